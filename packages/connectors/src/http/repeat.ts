import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '@p2c/base'
import type { ConnectorSettings } from './connector-settings.ts'
import { isAmbiguous, serverFault, statusFailure } from './http-error.ts'
import type { HttpRequest, HttpResponse } from './http-message.ts'

export interface Repeats {
  readonly settings: ConnectorSettings
  /** First wait after a 429 that names none (DV-112, FO-112). */
  readonly throttleDelayMs: number
  readonly send: (request: HttpRequest, signal: AbortSignal) => Promise<HttpResponse>
  /** True where `send` itself waits until a pause is over: with a budget. */
  readonly waitsForPauses: boolean
}

const MOST_REPEATS = 14
/** A program that does not listen, or does not answer in time, is no passing disturbance: the work goes back into the queue sooner. */
const MOST_OF_CODE: Readonly<Record<string, number>> = { 'connection-unreachable': 4, 'request-timed-out': 2 }
export const LONGEST_WAIT_MS = 60_000

const SHORT_DELAY_MS = 200
const LONGEST_SHORT_DELAY_MS = 2_000
const LONGEST_THROTTLE_DELAY_MS = 300_000

/**
 * The bounded repeats of one request. A write is repeated only where it certainly was not carried out (429, no connection); after a
 * time-out or a reset its caller must look first, so the error goes out with `details.ambiguous`. A 500 that stays goes to the caller as it is.
 */
export async function repeated(context: Repeats, request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
  const mayRepeat = request.method === 'GET' || request.repeatable === true
  for (let repeat = 0; ; repeat += 1) {
    const { failure, response } = await attempt(context, request, signal)
    if (failure === undefined) return response
    const isLast = repeat >= mostRepeats(context.settings, failure) || (isAmbiguous(failure) && !mayRepeat)
    // The service itself said what is wrong: its words are the caller's to read.
    if (isLast && response !== undefined && failure.details.hasWords === true) return response
    if (isLast || !failure.retryable || failure.details.signIn === true) throw failure
    await waitFor(context, { failure, repeat }, signal)
  }
}

const mostRepeats = ({ maxRepeats = MOST_REPEATS }: ConnectorSettings, failure: AppError): number =>
  Math.min(maxRepeats, MOST_OF_CODE[failure.code] ?? MOST_REPEATS)

interface Failed {
  readonly failure: AppError
  readonly repeat: number
}

async function waitFor(context: Repeats, { failure, repeat }: Failed, signal: AbortSignal): Promise<void> {
  const isPause = context.waitsForPauses && (failure.code === 'throttled' || failure.retryAfterMs !== undefined)
  const waitMs = failure.retryAfterMs ?? (isPause ? 0 : backoffMs(repeat, failure, context))
  if (waitMs > (context.settings.longestWaitMs ?? LONGEST_WAIT_MS)) throw failure
  context.settings.log.warn({ code: failure.code, waitMs, repeat: repeat + 1 }, 'a request is repeated')
  if (!isPause) await (context.settings.wait ?? defaultWait)(waitMs, signal)
}

type Attempt =
  | { readonly failure: undefined; readonly response: HttpResponse }
  | { readonly failure: AppError; readonly response?: HttpResponse }

async function attempt(context: Repeats, request: HttpRequest, signal: AbortSignal): Promise<Attempt> {
  try {
    const response = await context.send(request, signal)
    const { root, clock } = context.settings
    const failure = statusFailure(response, { root, now: clock.now() }) ?? serverFault(response, request, root)
    return { failure, response }
  } catch (error) {
    if (error instanceof AppError) return { failure: error }
    throw error
  }
}

function backoffMs(repeat: number, error: AppError, context: Repeats): number {
  const isThrottled = error.category === 'throttling'
  const full = (isThrottled ? context.throttleDelayMs : SHORT_DELAY_MS) * 2 ** repeat
  const jitter = 0.5 + (context.settings.random ?? Math.random)() / 2
  return Math.round(Math.min(full, isThrottled ? LONGEST_THROTTLE_DELAY_MS : LONGEST_SHORT_DELAY_MS) * jitter)
}

export const defaultWait = async (ms: number, signal: AbortSignal): Promise<void> => {
  await delay(ms, undefined, { signal })
}
