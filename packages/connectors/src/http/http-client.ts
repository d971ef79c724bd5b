import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '@p2c/base'
import { type Dispatcher, Pool } from 'undici'
import type { ConnectionPool, ConnectorSettings } from './connector-settings.ts'
import { connectionFailure, isAmbiguous, refusedConnection, statusFailure } from './http-error.ts'
import type { HttpRequest, HttpResponse } from './http-message.ts'
import { createTokenSource } from './token-source.ts'

export interface HttpClient {
  /** Scheme, host and port of the connection. */
  readonly origin: string
  /** An answer of any status but 401, 429, 502, 503 and 504, which are repeated within bounds and then thrown as `AppError`. */
  send(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse>
  /** Waits as a repeat does; a longer wait than the setting allows is refused (`false`), then the work belongs back into the queue. */
  pause(ms: number, signal: AbortSignal): Promise<boolean>
  close(): Promise<void>
}

const DEFAULTS = { connections: 8, timeoutMs: 120_000, maxResponseBytes: 64 * 1024 * 1024, maxRepeats: 4, longestWaitMs: 60_000 }

/** One system's HTTP: keep-alive pool, bearer token, limits, repeats. `throttleDelayMs` is the first wait where an answer names none. */
export function createHttpClient(settings: ConnectorSettings, options: { readonly throttleDelayMs: number }): HttpClient {
  const origin = new URL(settings.root).origin
  const createPool = settings.createPool ?? undiciPool
  const pools = new Map<string, ConnectionPool>()
  const poolOf = (target: string) => {
    const known = pools.get(target)
    if (known !== undefined) return known
    const pool = createPool(target, { connections: settings.connections ?? DEFAULTS.connections })
    pools.set(target, pool)
    return pool
  }
  const exchange = (request: HttpRequest, signal: AbortSignal) => exchangeOnce({ settings, poolOf, origin }, request, signal)
  const tokens = createTokenSource(settings, exchange)
  const withToken = async (request: HttpRequest, signal: AbortSignal) => {
    if (request.withoutToken === true) return exchange(request, signal)
    const token = await tokens.current(signal)
    const response = await exchange(authorised(request, token), signal)
    if (response.status !== 401) return response
    const second = await exchange(authorised(request, await tokens.renewed(token, signal)), signal)
    if (second.status === 401) throw refusedConnection(settings.root, second)
    return second
  }
  return {
    origin,
    send: (request, signal) => repeated({ settings, throttleDelayMs: options.throttleDelayMs, send: withToken }, request, signal),
    pause: async (ms, signal) => {
      if (ms > (settings.longestWaitMs ?? DEFAULTS.longestWaitMs)) return false
      await (settings.wait ?? defaultWait)(ms, signal)
      return true
    },
    close: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.close()))
    },
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
    return { status: response.statusCode, headers: response.headers, bytes, text: bytes.toString('utf8') }
  } catch (error) {
    signal.throwIfAborted()
    throw connectionFailure(error, { url, method: request.method, timedOut: deadline.aborted, timeoutMs })
  }
}

const REMAINING_REQUESTS = 'x-ms-ratelimit-burst-remaining-xrm-requests'
const REMAINING_TIME = 'x-ms-ratelimit-time-remaining-xrm-requests'

/** What is left of the service's budget, for those who look for the reason of a pause; calls are paced by 429 only (DV-114). */
function logLimits(headers: Dispatcher.ResponseData['headers'], { log, root }: ConnectorSettings): void {
  const remainingRequests = headers[REMAINING_REQUESTS]
  if (remainingRequests !== undefined) log.debug({ root, remainingRequests, remainingTime: headers[REMAINING_TIME] }, 'service limits')
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

interface Repeats {
  readonly settings: ConnectorSettings
  readonly throttleDelayMs: number
  readonly send: (request: HttpRequest, signal: AbortSignal) => Promise<HttpResponse>
}

/**
 * The bounded repeats of one request. A write is repeated only where it certainly was not carried out (429, no connection); after a
 * time-out or a reset its caller must look first, so the error goes out with `details.ambiguous`.
 */
async function repeated(context: Repeats, request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
  const maxRepeats = context.settings.maxRepeats ?? DEFAULTS.maxRepeats
  const longestWaitMs = context.settings.longestWaitMs ?? DEFAULTS.longestWaitMs
  const mayRepeat = request.method === 'GET' || request.repeatable === true
  for (let repeat = 0; ; repeat += 1) {
    const answer = await attempt(context, request, signal)
    if (!(answer instanceof AppError)) return answer
    if (!answer.retryable || repeat >= maxRepeats || (isAmbiguous(answer) && !mayRepeat)) throw answer
    const waitMs = answer.retryAfterMs ?? backoffMs(repeat, answer, context)
    if (waitMs > longestWaitMs) throw answer
    context.settings.log.warn({ code: answer.code, waitMs, repeat: repeat + 1 }, 'a request is repeated')
    await (context.settings.wait ?? defaultWait)(waitMs, signal)
  }
}

async function attempt(context: Repeats, request: HttpRequest, signal: AbortSignal): Promise<HttpResponse | AppError> {
  try {
    const response = await context.send(request, signal)
    return statusFailure(response, { root: context.settings.root, now: context.settings.clock.now() }) ?? response
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
}

const SHORT_DELAY_MS = 200

function backoffMs(repeat: number, error: AppError, context: Repeats): number {
  const first = error.category === 'throttling' ? context.throttleDelayMs : SHORT_DELAY_MS
  const jitter = 0.5 + (context.settings.random ?? Math.random)() / 2
  return Math.round(first * 2 ** repeat * jitter)
}

const defaultWait = async (ms: number, signal: AbortSignal): Promise<void> => {
  await delay(ms, undefined, { signal })
}
