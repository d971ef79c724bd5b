import { setTimeout as pause } from 'node:timers/promises'
import { passOverAnswer, unreachableReason } from '@p2c/base'
import { addressOf, readAuthentication } from './authentication.ts'
import type { Endpoint } from './registration.ts'

/** The part of a delivery that its request line and headers are made of. */
export interface Envelope {
  /** Host of the organisation. */
  readonly organization: string
  readonly table: string
  readonly messageName: string
  readonly correlationId: string
  readonly isTrimmed: boolean
}

export interface Delivery {
  readonly endpoint: Endpoint
  readonly envelope: Envelope
  readonly body: string
}

export type PostOutcome = { readonly ok: true } | { readonly ok: false; readonly reason: string }

/** Posts one delivery. Never throws; an aborted one fails with the reason `stopped`. */
export type Poster = (delivery: Delivery, signal: AbortSignal) => Promise<PostOutcome>

export interface PosterOptions {
  readonly fetch: typeof fetch
  /** A receiver that has not answered by then has failed. */
  readonly timeoutMs: number
  /** Wait before the one repeat. */
  readonly retryPauseMs: number
}

/** Source: wire specification 19, DV-122. */
const RETRIED = [502, 503, 504]
export const STOPPED = 'stopped'

/** Posts with one repeat where the receiver's side says that it is away (502, 503, 504). Redirects are not followed: they count as failures. */
export const createPoster =
  (options: PosterOptions): Poster =>
  async (delivery, signal) => {
    for (let attempt = 1; ; attempt += 1) {
      const answered = await postOnce(options, delivery, signal)
      if (typeof answered !== 'number') return { ok: false, reason: signal.aborted ? STOPPED : answered }
      if (answered >= 200 && answered < 300) return { ok: true }
      if (!RETRIED.includes(answered) || attempt > 1) return { ok: false, reason: `The receiver answered with HTTP status ${answered}.` }
      await pause(options.retryPauseMs, undefined, { signal }).catch(() => undefined)
    }
  }

async function postOnce({ fetch, timeoutMs }: PosterOptions, delivery: Delivery, signal: AbortSignal): Promise<number | string> {
  const reading = readAuthentication(delivery.endpoint)
  if (!reading.ok) return reading.problem
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    const answer = await fetch(addressOf(delivery.endpoint.url, reading.authentication), {
      method: 'POST',
      headers: [...reading.authentication.headers.map(([name, value]): [string, string] => [name, value]), ...headersOf(delivery.envelope)],
      body: delivery.body,
      redirect: 'manual',
      signal: AbortSignal.any([signal, timeout]),
    })
    await passOverAnswer(answer)
    return answer.status
  } catch (error) {
    return timeout.aborted ? `The receiver did not answer within ${timeoutMs / 1000} s.` : unreachableReason(error)
  }
}

/** Source: wire specification 19, DV-119. */
const headersOf = (envelope: Envelope): [string, string][] => [
  ['content-type', 'application/json; charset=utf-8'],
  ['x-ms-dynamics-organization', envelope.organization],
  ['x-ms-dynamics-entity-name', envelope.table],
  ['x-ms-dynamics-request-name', envelope.messageName],
  ['x-ms-correlation-request-id', envelope.correlationId],
  ...(envelope.isTrimmed ? [['x-ms-dynamics-msg-size-exceeded', 'true'] as [string, string]] : []),
]
