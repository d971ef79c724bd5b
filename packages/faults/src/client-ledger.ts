import { DEFAULT_LIMITS, type LimitReason, type Limits } from './limits.ts'
import { createSlidingSum, type SlidingSum } from './sliding-sum.ts'

/** What `GET /local/limits` tells of one client. Times in UTC. */
export interface ClientReport {
  readonly client: string
  /** Requests that were not answered 429. */
  readonly accepted: number
  /** Requests that were answered 429. */
  readonly refused: number
  /** Requests that came although a 429 had told the client to wait. */
  readonly early: number
  /** By how many milliseconds the most early one came before its time; 0: none did. */
  readonly earliestMs: number
  readonly firstAt: string
  readonly lastAt: string
}

/** A 429: which limit, and when to come again. */
export interface Refusal {
  readonly reason: LimitReason
  readonly seconds: number
  /** By a rule, not by limits: text and code may differ. */
  readonly isInjected: boolean
  /** To be called when the 429 has left and what was on its way has arrived: from then on the client knows. */
  readonly known: () => void
}

/** A request that was let through. `end` once it is over, however it ended. */
export interface Admission {
  readonly end: (now: number) => void
  /** A batch has more operations than the one that was counted. */
  readonly countMore: (now: number, requests: number) => void
  readonly allowance: (now: number) => Allowance
}

export interface Allowance {
  readonly requests: number
  readonly seconds: number
}

/** Who called how often, who must wait until when, and what each has left of the limits. Times are milliseconds since 1970. */
export interface ClientLedger {
  /** Notes a request that arrives; answers with the 429 that it must get because of an earlier one. */
  arrive(client: string, now: number): Refusal | undefined
  /** Lets the request through, or refuses it by the limits. */
  admit(client: string, now: number): { readonly refusal: Refusal } | { readonly admission: Admission }
  /** Refuses the request by a rule, and every later one of the client for so long. */
  refuse(client: string, now: number, throttle: { readonly seconds: number; readonly reason: LimitReason }): Refusal
  /** Lets clients go on that wait because of a rule: the rules were replaced. */
  liftInjected(): void
  report(): ClientReport[]
}

/** How much longer a client waits for each request that came too early, until the wait is a whole window. Derived. */
const PENALTY_MS = 1_000
/** How long a client waits that has too many requests open: nobody knows when one ends. Derived. */
const CONCURRENCY_WAIT_MS = 1_000

/** From a 429 until the client may come again. */
interface Closure {
  readonly reason: LimitReason
  readonly isInjected: boolean
  until: number
  /** A request that comes now is early. */
  isKnown: boolean
}

interface Account {
  readonly client: string
  readonly requests: SlidingSum
  readonly work: SlidingSum
  running: number
  accepted: number
  refused: number
  early: number
  earliestMs: number
  readonly firstAt: number
  lastAt: number
  closure: Closure | undefined
}

/** A ledger without entries. Without limits it counts and holds clients to the 429s of rules. */
export function createClientLedger(limits: Limits | undefined): ClientLedger {
  const accounts = new Map<string, Account>()
  const accountOf = (client: string, now: number): Account => {
    const known = accounts.get(client)
    if (known !== undefined) return known
    const added = newAccount(client, now, (limits ?? DEFAULT_LIMITS).windowSeconds * 1_000)
    accounts.set(client, added)
    return added
  }
  return {
    arrive(client, now) {
      const account = accountOf(client, now)
      account.lastAt = now
      const { closure } = account
      if (closure === undefined) return undefined
      if (now >= closure.until) {
        account.closure = undefined
        return undefined
      }
      noteEarly(account, closure, { now, limits })
      return refusal(account, closure, now)
    },
    admit(client, now) {
      const account = accountOf(client, now)
      const exceeded = limits === undefined ? undefined : exceededLimit(account, limits, now)
      if (exceeded === undefined) return { admission: admit(account, limits, now) }
      return { refusal: close(account, now, { ...exceeded, isInjected: false }) }
    },
    refuse: (client, now, { seconds, reason }) => close(accountOf(client, now), now, { reason, waitMs: seconds * 1_000, isInjected: true }),
    liftInjected() {
      for (const account of accounts.values()) if (account.closure?.isInjected === true) account.closure = undefined
    },
    report: () => [...accounts.values()].map(toReport),
  }
}

const newAccount = (client: string, now: number, windowMs: number): Account => ({
  client,
  requests: createSlidingSum(windowMs),
  work: createSlidingSum(windowMs),
  running: 0,
  accepted: 0,
  refused: 0,
  early: 0,
  earliestMs: 0,
  firstAt: now,
  lastAt: now,
  closure: undefined,
})

function noteEarly(account: Account, closure: Closure, at: { readonly now: number; readonly limits: Limits | undefined }): void {
  if (!closure.isKnown) return
  account.early += 1
  account.earliestMs = Math.max(account.earliestMs, closure.until - at.now)
  if (closure.isInjected || at.limits === undefined) return
  const longest = at.now + at.limits.windowSeconds * 1_000
  closure.until = Math.max(closure.until, Math.min(closure.until + PENALTY_MS, longest))
}

interface Exceeded {
  readonly reason: LimitReason
  readonly waitMs: number
}

/** The limits are exact: as many as they say go through, the next one does not. */
function exceededLimit(account: Account, limits: Limits, now: number): Exceeded | undefined {
  if (account.running >= limits.concurrent) return { reason: 'concurrency', waitMs: CONCURRENCY_WAIT_MS }
  const forRequests = account.requests.waitFor(now, limits.requests - 1)
  if (forRequests > 0) return { reason: 'requests', waitMs: forRequests }
  const forWork = account.work.waitFor(now, limits.executionSeconds * 1_000)
  return forWork > 0 ? { reason: 'execution-time', waitMs: forWork } : undefined
}

function close(account: Account, now: number, facts: Exceeded & { readonly isInjected: boolean }): Refusal {
  // Whole seconds, rounded up: who obeys the header is never too early.
  const until = now + Math.ceil(facts.waitMs / 1_000) * 1_000
  const closure: Closure = { reason: facts.reason, isInjected: facts.isInjected, until, isKnown: false }
  account.closure = closure
  return refusal(account, closure, now)
}

function refusal(account: Account, closure: Closure, now: number): Refusal {
  account.refused += 1
  return {
    reason: closure.reason,
    isInjected: closure.isInjected,
    seconds: Math.ceil((closure.until - now) / 1_000),
    known: () => {
      closure.isKnown = true
    },
  }
}

function admit(account: Account, limits: Limits | undefined, startedAt: number): Admission {
  account.accepted += 1
  account.running += 1
  if (limits !== undefined) account.requests.add(startedAt, 1)
  let isOver = false
  return {
    end(now) {
      if (isOver) return
      isOver = true
      account.running -= 1
      if (limits !== undefined) account.work.add(now, Math.max(now - startedAt, 0))
    },
    countMore: (now, requests) => account.requests.add(now, requests),
    allowance: (now) => ({
      requests: Math.max((limits?.requests ?? 0) - account.requests.total(now), 0),
      seconds: Math.max((limits?.executionSeconds ?? 0) - account.work.total(now) / 1_000, 0),
    }),
  }
}

const toReport = ({ client, accepted, refused, early, earliestMs, firstAt, lastAt }: Account): ClientReport => ({
  client,
  accepted,
  refused,
  early,
  earliestMs,
  firstAt: new Date(firstAt).toISOString(),
  lastAt: new Date(lastAt).toISOString(),
})
