import type { RequestBudget, RequestReport } from '@p2c/engine'
import { type ConnectorSettings, DEFAULT_CONNECTIONS } from './connector-settings.ts'
import { retryAfterMs } from './http-error.ts'
import type { HttpRequest, HttpResponse } from './http-message.ts'
import { LONGEST_WAIT_MS } from './repeat.ts'

type Send = (request: HttpRequest, signal: AbortSignal) => Promise<HttpResponse>

/** What is left of the service's limits (Dataverse 17). */
export const REMAINING_REQUESTS = 'x-ms-ratelimit-burst-remaining-xrm-requests'
export const REMAINING_TIME = 'x-ms-ratelimit-time-remaining-xrm-requests'

interface BudgetedSending {
  readonly settings: ConnectorSettings
  readonly budget: RequestBudget
  readonly exchange: Send
}

/**
 * Asks the shared budget before each request and tells it what came of it, failures of the network included (ADR 0009). Asked only when a
 * connection is free: a request that was let go and then stood in line would leave into a pause that began meanwhile.
 */
export function withinBudget({ settings, budget, exchange }: BudgetedSending): Send {
  const connections = settings.connections ?? DEFAULT_CONNECTIONS
  const longestWaitMs = settings.longestWaitMs ?? LONGEST_WAIT_MS
  return inTurn(connections, async (request, signal) => {
    await budget.acquire(signal, { longestWaitMs })
    const startedAt = performance.now()
    let report: Omit<RequestReport, 'latencyMs'> | undefined
    try {
      const response = await exchange(request, signal)
      report = reportOf(response, settings)
      return response
    } finally {
      await budget.report({ ...report, latencyMs: performance.now() - startedAt })
    }
  })
}

/**
 * For what the service's limits leave alone: asks nobody and counts for nothing. Only when it is asked to wait all the same, the whole system is in
 * need: everyone is told; the request itself waits where it is repeated.
 */
export const besideBudget =
  ({ settings, budget, exchange }: BudgetedSending): Send =>
  async (request, signal) => {
    const startedAt = performance.now()
    const response = await exchange(request, signal)
    const report = reportOf(response, settings)
    if (report.status === 429 || report.retryAfterMs !== undefined)
      await budget.report({ ...report, latencyMs: performance.now() - startedAt })
    return response
  }

/** At most `limit` at once, in the order they came; who waits stops with its signal. */
function inTurn(limit: number, send: Send): Send {
  const waiting = new Set<() => void>()
  let running = 0
  const turn = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (running < limit) {
        running += 1
        resolve()
        return
      }
      const stop = () => {
        waiting.delete(go)
        reject(signal.reason)
      }
      const go = () => {
        signal.removeEventListener('abort', stop)
        resolve()
      }
      signal.addEventListener('abort', stop, { once: true })
      waiting.add(go)
    })
  const end = () => {
    const [next] = waiting
    if (next === undefined) {
      running -= 1
      return
    }
    waiting.delete(next)
    next() // the turn goes from hand to hand
  }
  return async (request, signal) => {
    signal.throwIfAborted()
    await turn(signal)
    try {
      return await send(request, signal)
    } finally {
      end()
    }
  }
}

function reportOf(response: HttpResponse, { clock }: ConnectorSettings): Omit<RequestReport, 'latencyMs'> {
  const pauseMs = [429, 503].includes(response.status) ? retryAfterMs(response.headers['retry-after'], clock.now()) : undefined
  const requests = numberOf(response.headers[REMAINING_REQUESTS])
  const seconds = numberOf(response.headers[REMAINING_TIME])
  return {
    status: response.status,
    ...(pauseMs !== undefined && { retryAfterMs: pauseMs }),
    ...(requests !== undefined && { remainingRequests: requests }),
    ...(seconds !== undefined && { remainingTimeMs: seconds * 1000 }),
  }
}

/** Seconds are written with separators and digits behind the point: `12,300.25`. */
function numberOf(header: string | readonly string[] | undefined): number | undefined {
  const text = typeof header === 'string' ? header : header?.[0]
  const value = text === undefined || text.trim() === '' ? Number.NaN : Number(text.replaceAll(',', ''))
  return Number.isFinite(value) && value >= 0 ? value : undefined
}
