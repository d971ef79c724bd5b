import { AppError } from '@p2c/base'
import { type Dispatcher, Pool } from 'undici'
import { type ConnectionPool, type ConnectorSettings, DEFAULT_CONNECTIONS } from './connector-settings.ts'
import { connectionFailure, refusedConnection } from './http-error.ts'
import type { HttpRequest, HttpResponse } from './http-message.ts'
import { defaultWait, LONGEST_WAIT_MS, repeated } from './repeat.ts'
import { createTokenSource, type TokenSource } from './token-source.ts'
import { besideBudget, REMAINING_REQUESTS, REMAINING_TIME, withinBudget } from './within-budget.ts'

export interface HttpClient {
  /** Scheme, host and port of the connection. */
  readonly origin: string
  /**
   * An answer of any status but 401, 429, 502, 503, 504 and a 500 without words of the service, which are repeated within bounds and then thrown
   * as `AppError`.
   */
  send(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse>
  /** Waits as a repeat does; a longer wait than the setting allows is refused (`false`), then the work belongs back into the queue. */
  pause(ms: number, signal: AbortSignal): Promise<boolean>
  close(): Promise<void>
}

/** Beside requests with a token: sign-in and blobs of the same origin do not keep those waiting. */
const SPARE_CONNECTIONS = 2
const DEFAULTS = { timeoutMs: 120_000, maxResponseBytes: 64 * 1024 * 1024 }

/** One system's HTTP: keep-alive pool, bearer token, limits, repeats. `throttleDelayMs` is the first wait where an answer names none. */
export function createHttpClient(settings: ConnectorSettings, options: { readonly throttleDelayMs: number }): HttpClient {
  const origin = new URL(settings.root).origin
  const pools = createPools(settings)
  const exchange = (request: HttpRequest, signal: AbortSignal) => exchangeOnce({ settings, poolOf: pools.poolOf, origin }, request, signal)
  const repeats = { settings, throttleDelayMs: options.throttleDelayMs }
  const tokens = createTokenSource(settings, (request, signal) =>
    repeated({ ...repeats, send: exchange, waitsForPauses: false }, request, signal),
  )
  const { budget } = settings
  const budgeted = budget === undefined ? exchange : withinBudget({ settings, budget, exchange })
  const exempt = budget === undefined ? exchange : besideBudget({ settings, budget, exchange })
  const send = withToken({ settings, tokens, exchange, budgeted, exempt })
  const waitsForPauses = ({ withoutToken, isExempt }: HttpRequest) => budget !== undefined && withoutToken !== true && isExempt !== true
  return {
    origin,
    send: (request, signal) => repeated({ ...repeats, send, waitsForPauses: waitsForPauses(request) }, request, signal),
    pause: async (ms, signal) => {
      if (ms > (settings.longestWaitMs ?? LONGEST_WAIT_MS)) return false
      await (settings.wait ?? defaultWait)(ms, signal)
      return true
    },
    close: pools.close,
  }
}

function createPools(settings: ConnectorSettings) {
  const createPool = settings.createPool ?? undiciPool
  const pools = new Map<string, ConnectionPool>()
  return {
    poolOf: (target: string): ConnectionPool => {
      const known = pools.get(target)
      if (known !== undefined) return known
      const pool = createPool(target, { connections: (settings.connections ?? DEFAULT_CONNECTIONS) + SPARE_CONNECTIONS })
      pools.set(target, pool)
      return pool
    },
    close: async (): Promise<void> => {
      await Promise.all([...pools.values()].map((pool) => pool.close()))
    },
  }
}

type Send = (request: HttpRequest, signal: AbortSignal) => Promise<HttpResponse>

/** Tokens in a row that one request may find refused: some are lost to disturbances, a client that is not known stays refused. */
const MOST_RENEWALS = 6
const RENEWAL_DELAY_MS = 100

interface Sending {
  readonly settings: ConnectorSettings
  readonly tokens: TokenSource
  readonly exchange: Send
  readonly budgeted: Send
  readonly exempt: Send
}

/** Sends with a token, and with a new one where it was refused (DV-002, FO-002). Throws `connection-refused`. */
const withToken =
  (parts: Sending): Send =>
  async (request, signal) => {
    if (request.withoutToken === true) return parts.exchange(request, signal)
    const send = request.isExempt === true ? parts.exempt : parts.budgeted
    let token = await parts.tokens.current(signal)
    for (let renewal = 0; ; renewal += 1) {
      const response = await send(authorised(request, token), signal)
      if (response.status !== 401) return response
      if (renewal >= MOST_RENEWALS) throw refusedConnection(parts.settings.root, response)
      if (renewal > 0) await (parts.settings.wait ?? defaultWait)(RENEWAL_DELAY_MS * 2 ** (renewal - 1), signal)
      token = await parts.tokens.renewed(token, signal)
    }
  }

const undiciPool = (origin: string, options: { readonly connections: number }): ConnectionPool =>
  new Pool(origin, { connections: options.connections, pipelining: 1, keepAliveTimeout: 10_000, connect: { timeout: 10_000 } })

const authorised = (request: HttpRequest, token: string): HttpRequest => ({
  ...request,
  headers: { ...request.headers, authorization: `Bearer ${token}` },
})

interface Exchange {
  readonly settings: ConnectorSettings
  readonly poolOf: (origin: string) => ConnectionPool
  readonly origin: string
}

async function exchangeOnce(context: Exchange, request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
  const url = new URL(request.url, context.origin)
  const timeoutMs = context.settings.timeoutMs ?? DEFAULTS.timeoutMs
  const deadline = AbortSignal.timeout(timeoutMs)
  try {
    const response = await context.poolOf(url.origin).request({
      method: request.method,
      path: `${url.pathname}${url.search}`,
      ...(request.headers !== undefined && { headers: { ...request.headers } }),
      ...(request.body !== undefined && { body: request.body }),
      signal: AbortSignal.any([signal, deadline]),
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    })
    logLimits(response.headers, context.settings)
    const bytes = await readBody(response, context.settings.maxResponseBytes ?? DEFAULTS.maxResponseBytes)
    return toResponse(response, bytes)
  } catch (error) {
    signal.throwIfAborted()
    throw connectionFailure(error, { url, method: request.method, timedOut: deadline.aborted, timeoutMs })
  }
}

/** For those who look for the reason of a pause (DV-114). */
function logLimits(headers: Dispatcher.ResponseData['headers'], { log, root }: ConnectorSettings): void {
  const remainingRequests = headers[REMAINING_REQUESTS]
  if (remainingRequests !== undefined) log.debug({ root, remainingRequests, remainingTime: headers[REMAINING_TIME] }, 'service limits')
}

/** The text is made when it is first asked for: the parts of a batch are read from the bytes, and a page held twice is memory for nothing. */
function toResponse({ statusCode, headers }: Dispatcher.ResponseData, bytes: Buffer): HttpResponse {
  let text: string | undefined
  return {
    status: statusCode,
    headers,
    bytes,
    get text() {
      text ??= bytes.toString('utf8')
      return text
    },
  }
}

async function readBody(response: Dispatcher.ResponseData, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > limit) {
      throw new AppError({
        category: 'connectivity',
        code: 'response-too-large',
        message: `The answer is larger than ${limit} bytes. Ask for smaller pages or raise the limit.`,
      })
    }
    chunks.push(chunk)
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)
}
