import { AppError } from '@p2c/base'
import { parseJson } from '@p2c/odata'
import type { ConnectorSettings } from './connector-settings.ts'
import type { HttpRequest, HttpResponse } from './http-message.ts'

export interface TokenSource {
  /** A token that lives for another 60 seconds at least. Throws `sign-in-refused`, `sign-in-invalid`. */
  current(signal: AbortSignal): Promise<string>
  /** A newer token than the one that was refused; several callers that were refused share one renewal. */
  renewed(refused: string, signal: AbortSignal): Promise<string>
}

interface Token {
  readonly text: string
  readonly expiresAtMs: number
}

const MARGIN_MS = 60_000
const DEFAULT_LIFE_S = 300

/** Tokens by client credentials, one request at a time (DV-001, DV-002, FO-001, FO-002). */
export function createTokenSource(
  settings: ConnectorSettings,
  exchange: (request: HttpRequest, signal: AbortSignal) => Promise<HttpResponse>,
): TokenSource {
  let token: Token | undefined
  let renewal: Promise<Token> | undefined
  const renew = async (): Promise<Token> => {
    // Not the signal of one caller: the others wait for the same answer.
    const response = await exchange(tokenRequest(settings), new AbortController().signal).catch((error: unknown) => {
      throw unavailableSignIn(settings, error)
    })
    token = readToken(settings, response)
    return token
  }
  const renewOnce = (): Promise<Token> => {
    renewal ??= renew().finally(() => {
      renewal = undefined
    })
    return renewal
  }
  return {
    async current(signal) {
      signal.throwIfAborted()
      if (token !== undefined && token.expiresAtMs - settings.clock.now().getTime() > MARGIN_MS) return token.text
      return (await renewOnce()).text
    },
    async renewed(refused, signal) {
      signal.throwIfAborted()
      if (token !== undefined && token.text !== refused) return token.text
      return (await renewOnce()).text
    },
  }
}

function tokenRequest(settings: ConnectorSettings): HttpRequest {
  const form = new URLSearchParams({
    client_id: settings.clientId,
    client_secret: settings.clientSecret,
    // A doubled slash would give a token for another audience.
    scope: settings.scope ?? `${settings.root.replace(/\/+$/, '')}/.default`,
    grant_type: 'client_credentials',
  })
  return {
    method: 'POST',
    url: settings.tokenUrl,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: form.toString(),
    withoutToken: true,
    repeatable: true,
  }
}

function readToken(settings: ConnectorSettings, response: HttpResponse): Token {
  const body = readObject(response.text)
  if (response.status !== 200) throw refusedSignIn(settings, response.status, body)
  const text = body?.access_token
  if (typeof text !== 'string' || text === '') {
    throw new AppError({
      category: 'auth',
      code: 'sign-in-invalid',
      message: `${settings.tokenUrl} answered without an access token. Check that this is a token end point.`,
    })
  }
  const seconds = Number(body?.expires_in)
  const life = Number.isFinite(seconds) && seconds > 0 ? seconds : DEFAULT_LIFE_S
  return { text, expiresAtMs: settings.clock.now().getTime() + life * 1000 }
}

/**
 * A sign-in that failed for the moment: the request that waited for its token never left, so nothing about it is in doubt, and it is not repeated
 * here once more. Where nothing listens the error stays what it is.
 */
function unavailableSignIn(settings: ConnectorSettings, error: unknown): unknown {
  if (!(error instanceof AppError) || !error.retryable) return error
  const isUnreachable = error.code === 'connection-unreachable'
  return new AppError({
    category: isUnreachable ? error.category : 'auth',
    code: isUnreachable ? error.code : 'sign-in-unavailable',
    message: isUnreachable ? error.message : `Sign-in at ${settings.tokenUrl} failed for the moment: ${error.message}`,
    details: { signIn: true },
    retryable: true,
    cause: error,
    ...(error.retryAfterMs !== undefined && { retryAfterMs: error.retryAfterMs }),
  })
}

/** The provider's error code is repeated, its description is not: it can hold ids and, in some products, what was sent. */
function refusedSignIn(settings: ConnectorSettings, status: number, body: Readonly<Record<string, unknown>> | undefined): AppError {
  const error = typeof body?.error === 'string' ? body.error : 'no error code'
  if (status === 429 || status >= 500) {
    return new AppError({
      category: 'auth',
      code: 'sign-in-unavailable',
      message: `Sign-in at ${settings.tokenUrl} failed for the moment (${status}, ${error}).`,
      details: { status, error, signIn: true },
      retryable: true,
    })
  }
  return new AppError({
    category: 'auth',
    code: 'sign-in-refused',
    message: `Sign-in of client '${settings.clientId}' was refused (${status}, ${error}). Check client id and secret, then test the connection.`,
    details: { status, error },
  })
}

function readObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const body = parseJson(text)
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : undefined
  } catch {
    return undefined // an HTML page of a proxy: the status says enough
  }
}
