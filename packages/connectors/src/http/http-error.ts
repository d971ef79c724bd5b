import { AppError } from '@p2c/base'
import { parseJson } from '@p2c/odata'
import type { HttpRequest, HttpResponse } from './http-message.ts'

/** Failures before a request left: it certainly was not carried out. */
const NOT_SENT = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_CLOSED',
  'UND_ERR_DESTROYED',
]
const TLS_FAILURES = [
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_HAS_EXPIRED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]

const hasErrorCode = (error: unknown, ...codes: readonly string[]): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && codes.includes(String(error.code))

/** True where the request may have been carried out though its answer was lost: look before you repeat a write. */
export const isAmbiguous = (error: unknown): boolean => error instanceof AppError && error.details.ambiguous === true

interface FailedExchange {
  readonly url: URL
  readonly method: string
  readonly timedOut: boolean
  readonly timeoutMs: number
}

/** An error of the network as `connection-unreachable`, `connection-untrusted`, `request-timed-out` or `connection-lost`. */
export function connectionFailure(error: unknown, exchange: FailedExchange): AppError {
  if (error instanceof AppError) return error
  const { origin } = exchange.url
  const reason = error instanceof Error ? error.message : String(error)
  const facts = { category: 'connectivity', cause: error } as const
  if (hasErrorCode(error, ...TLS_FAILURES)) {
    return new AppError({
      ...facts,
      code: 'connection-untrusted',
      message: `The certificate of ${origin} is not trusted (${reason}). Correct the address or the certificate.`,
    })
  }
  if (hasErrorCode(error, ...NOT_SENT)) {
    return new AppError({
      ...facts,
      code: 'connection-unreachable',
      message: `${origin} cannot be reached (${reason}). Check the address and that the system runs.`,
      retryable: true,
    })
  }
  if (exchange.timedOut || hasErrorCode(error, 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT')) {
    const message = `${exchange.method} ${exchange.url.pathname} of ${origin} was not answered within ${exchange.timeoutMs} ms.`
    return new AppError({ ...facts, code: 'request-timed-out', message, retryable: true, details: { ambiguous: true } })
  }
  const message = `The connection to ${origin} broke during ${exchange.method} ${exchange.url.pathname} (${reason}).`
  return new AppError({ ...facts, code: 'connection-lost', message, retryable: true, details: { ambiguous: true } })
}

/** Statuses that say nothing about the row or query: 403 is left to the caller, since it may be about one table. */
export function statusFailure(response: HttpResponse, context: { readonly root: string; readonly now: Date }): AppError | undefined {
  const wait = retryAfterMs(response.headers['retry-after'], context.now)
  const retry = { retryable: true, ...(wait !== undefined && { retryAfterMs: wait }) }
  if (response.status === 429) {
    const message = `${context.root} asks for fewer requests (429)${wait === undefined ? '' : `, and to wait ${wait / 1000} s`}.`
    return new AppError({ category: 'throttling', code: 'throttled', message, ...retry })
  }
  if ([502, 503, 504].includes(response.status)) {
    const message = `${context.root} is not available (${response.status}). It is tried again; if this lasts, check the system.`
    return new AppError({
      category: 'connectivity',
      code: 'service-unavailable',
      message,
      details: { status: response.status, ambiguous: true },
      ...retry,
    })
  }
  return undefined
}

/**
 * A 500 in place of an answer: of a gateway or of a server that broke. A read is repeated; a write may have been carried out. Words of the
 * service about a write (an error body) are left to the caller, as is what may not be repeated.
 */
export function serverFault(response: HttpResponse, request: HttpRequest, root: string): AppError | undefined {
  if (response.status !== 500) return undefined
  const words = errorBody(response.text)
  const isRead = request.method === 'GET'
  // F&O refuses actions with 500 and says why inside (F&O 10): that is an answer.
  if (words !== undefined && !(isRead || (request.repeatable === true && words.innererror === undefined))) return undefined
  return new AppError({
    category: 'connectivity',
    code: 'service-unavailable',
    message: `${root} failed (500) without saying why. It is tried again; if this lasts, look into its log.`,
    details: { status: 500, ambiguous: true, ...(words !== undefined && { hasWords: true }) },
    retryable: true,
  })
}

/** The member `error` of an error body; undefined for a page of a gateway, an empty body, a body without a text. */
function errorBody(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const error = (parseJson(text) as { readonly error?: unknown } | null)?.error
    if (typeof error !== 'object' || error === null) return undefined
    const { code, message, innererror } = error as Readonly<Record<string, unknown>>
    const says = [code, message].some((value) => typeof value === 'string' && value !== '') || innererror !== undefined
    return says ? (error as Readonly<Record<string, unknown>>) : undefined
  } catch {
    return undefined // not JSON: no words of the service
  }
}

/** 401 after a fresh token: the identity is not known to the system. */
export function refusedConnection(root: string, response: HttpResponse): AppError {
  return new AppError({
    category: 'auth',
    code: 'connection-refused',
    message: `${root} refused the connection (${response.status}). Check that the application is registered there as a user with a role.`,
    details: { status: response.status },
  })
}

/** `Retry-After` in seconds or as a date; undefined where there is none or it cannot be read. Never negative. */
export function retryAfterMs(header: string | readonly string[] | undefined, now: Date): number | undefined {
  const text = typeof header === 'string' ? header.trim() : header?.[0]?.trim()
  if (text === undefined || text === '') return undefined
  if (/^\d{1,9}(\.\d+)?$/.test(text)) return Math.round(Number(text) * 1000)
  const date = Date.parse(text)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now.getTime())
}
