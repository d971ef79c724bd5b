import { setTimeout as delayFor } from 'node:timers/promises'
import { AppError, type Clock, type Database, type Logger, systemClock } from '@p2c/base'
import type { BudgetStatus, RequestBudget, RequestReport } from '../model/request-budget.ts'
import { createBudgetRows } from './budget-rows.ts'
import { type BudgetSettings, EMPTY_TALLY, type Tally, TELL_MS, windowMsOf } from './budget-state.ts'
import { exclusively } from './exclusive.ts'

export interface RequestBudgetsDeps {
  readonly database: Database
  readonly log: Logger
  /** Says how often this process tells what it saw; nothing that hosts must agree on is taken from it. */
  readonly clock?: Clock
  /** 0 to 1, for the jitter of pauses that nobody named. */
  readonly random?: () => number
  /** Replaced in tests. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>
}

export interface RequestBudgets {
  /** The same object for the same identity; the settings of the first call count. */
  budgetOf(identity: string, settings?: BudgetSettings): RequestBudget
  /** All that any worker ever reported about, by identity. */
  list(): Promise<readonly BudgetStatus[]>
}

/** One allowance per identity for all processes on one database (ADR 0009). */
export function createRequestBudgets(deps: RequestBudgetsDeps): RequestBudgets {
  const rows = createBudgetRows(deps.database, deps.random ?? Math.random)
  const known = new Map<string, RequestBudget>()
  return {
    budgetOf: (identity, settings = {}) => {
      const found = known.get(identity)
      if (found !== undefined) return found
      const budget = createBudget({ ...deps, rows, identity, settings })
      known.set(identity, budget)
      return budget
    },
    list: () => rows.list(),
  }
}

interface BudgetParts extends RequestBudgetsDeps {
  readonly rows: ReturnType<typeof createBudgetRows>
  readonly identity: string
  readonly settings: BudgetSettings
}

function createBudget(parts: BudgetParts): RequestBudget {
  const teller = createTeller(parts)
  const wait = parts.wait ?? defaultWait
  return {
    acquire: async (signal, { longestWaitMs = Number.MAX_SAFE_INTEGER } = {}) => {
      signal.throwIfAborted()
      await teller.tellPause()
      // A pause that any worker was told of while this one waited for its moment asks for another moment.
      let waitMs = await parts.rows.take(parts.identity, longestWaitMs)
      while (waitMs > 0) {
        if (waitMs > longestWaitMs) throw throttled(parts.identity, waitMs)
        await wait(Math.ceil(waitMs), signal)
        const pauseMs = await parts.rows.pauseLeft(parts.identity)
        waitMs = pauseMs > 0 ? await parts.rows.take(parts.identity, longestWaitMs) : 0
      }
      signal.throwIfAborted()
    },
    report: (report) => teller.report(report),
    exclusive: (name, work, signal) => exclusively(parts, { name: `${parts.identity}|${name}`, work, signal, wait }),
  }
}

interface Teller {
  report(report: RequestReport): Promise<void>
  /** Stores what must be known to all before anything more may leave, where that failed at first. */
  tellPause(): Promise<void>
}

/** Collects what the requests of this process tell and passes it on now and then; a pause at once. */
function createTeller({ rows, identity, settings, log, clock = systemClock }: BudgetParts): Teller {
  const everyMs = Math.min(TELL_MS, windowMsOf(settings) / 60)
  let tally = EMPTY_TALLY
  let toldAtMs = Number.NEGATIVE_INFINITY
  let telling: Promise<void> | undefined
  let tellsPause = false
  const tell = async (): Promise<void> => {
    while (telling !== undefined) await telling.catch(() => undefined)
    if (tally === EMPTY_TALLY) return // another one told it
    const told = tally
    tally = EMPTY_TALLY
    toldAtMs = clock.now().getTime()
    tellsPause = isPause(told)
    telling = rows.tell(identity, told, settings)
    try {
      await telling
    } catch (error) {
      tally = added(told, tally)
      throw error
    } finally {
      telling = undefined
    }
  }
  return {
    tellPause: async () => {
      // One that is being told is not stored yet: a request that asked the database now would not be held by it.
      while (telling !== undefined && tellsPause) await telling.catch(() => undefined)
      if (isPause(tally)) await tell()
    },
    report: async (report) => {
      tally = added(tally, tallyOf(report))
      if (!isPause(tally)) {
        // Who knows more than what was told waits until it is: otherwise quick requests would rush past the limit meanwhile.
        if (telling !== undefined) return telling.catch(() => undefined)
        if (clock.now().getTime() - toldAtMs < everyMs && !isMuch(tally)) return
      }
      // The answer that was reported must not be lost with the database: what is not stored yet is stored before the next request leaves.
      await tell().catch((error: unknown) => log.warn({ err: error, identity }, 'what a request told of the service is not stored yet'))
    },
  }
}

/** A good part of what is left: small limits are told of sooner. */
const isMuch = ({ requests, remainingRequests }: Tally): boolean => remainingRequests !== undefined && requests * 20 >= remainingRequests

const isPause = (tally: Tally): boolean => tally.pauseMs > 0 || tally.unnamed || tally.throttled > 0

function tallyOf(report: RequestReport): Tally {
  const isThrottled = report.status === 429
  const asksToWait = isThrottled || report.status === 503
  return {
    requests: isThrottled ? 0 : 1,
    throttled: isThrottled ? 1 : 0,
    pauseMs: asksToWait ? (report.retryAfterMs ?? 0) : 0,
    unnamed: isThrottled && report.retryAfterMs === undefined,
    // Refusals come quickly, and an answer that never came says nothing of the usual.
    latencyMs: report.status !== undefined && report.status < 400 ? report.latencyMs : 0,
    latencies: report.status !== undefined && report.status < 400 ? 1 : 0,
    ...(report.remainingRequests !== undefined && { remainingRequests: report.remainingRequests }),
    ...(report.remainingTimeMs !== undefined && { remainingTimeMs: report.remainingTimeMs }),
  }
}

const added = (a: Tally, b: Tally): Tally => ({
  requests: a.requests + b.requests,
  throttled: a.throttled + b.throttled,
  pauseMs: Math.max(a.pauseMs, b.pauseMs),
  unnamed: a.unnamed || b.unnamed,
  latencyMs: a.latencyMs + b.latencyMs,
  latencies: a.latencies + b.latencies,
  ...least('remainingRequests', a, b),
  ...least('remainingTimeMs', a, b),
})

/** Answers overtake each other, and more than one web server may answer: the smallest number counts. */
function least<Name extends 'remainingRequests' | 'remainingTimeMs'>(name: Name, a: Tally, b: Tally): Partial<Record<Name, number>> {
  const told = [a[name], b[name]].filter((value) => value !== undefined)
  return told.length === 0 ? {} : ({ [name]: Math.min(...told) } as Partial<Record<Name, number>>)
}

const throttled = (identity: string, retryAfterMs: number): AppError =>
  new AppError({
    category: 'throttling',
    code: 'throttled',
    message: `${identity.split('|')[0]} takes no more requests for ${Math.ceil(retryAfterMs / 1000)} s. The work goes on then.`,
    details: { paused: true },
    retryable: true,
    retryAfterMs: Math.ceil(retryAfterMs),
  })

/** A timer holds no more than this. */
const LONGEST_TIMER_MS = 2_000_000_000

const defaultWait = async (ms: number, signal: AbortSignal): Promise<void> => {
  await delayFor(Math.min(ms, LONGEST_TIMER_MS), undefined, { signal }).catch((error: unknown) => {
    signal.throwIfAborted()
    throw error
  })
}
