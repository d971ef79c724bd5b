/** Requests per slice of the service's window, so that it is known how much of what was used comes back when. */
export interface Ledger {
  /** Number of the slice that `counts` ends with, counted from 1970. */
  readonly slice: number
  /** Requests of each slice of the last window, the oldest first. */
  readonly counts: readonly number[]
}

/** Slices of one window. */
const SLICES = 60

export const EMPTY_LEDGER: Ledger = { slice: 0, counts: [] }

const sliceMs = (windowMs: number): number => windowMs / SLICES

/** The ledger with `requests` more at `nowMs`; what is older than the window is dropped. */
export function countInLedger(ledger: Ledger, requests: number, at: { readonly nowMs: number; readonly windowMs: number }): Ledger {
  const slice = Math.max(Math.floor(at.nowMs / sliceMs(at.windowMs)), ledger.slice)
  const shift = Math.min(slice - ledger.slice, SLICES)
  // One slice more than the window: the oldest is only partly out of it.
  const counts = [...ledger.counts, ...Array.from({ length: shift }, () => 0)].slice(-SLICES - 1)
  if (counts.length === 0) counts.push(0)
  counts[counts.length - 1] = (counts.at(-1) ?? 0) + requests
  return { slice, counts }
}

export interface WindowFacts {
  readonly ledger: Ledger
  /** The largest number of remaining requests that was ever told: the limit, as far as it is known. */
  readonly limit: number
  readonly remaining: number
  readonly nowMs: number
  readonly windowMs: number
}

/** Above this share of the limit nothing is spaced. */
const FREE_SHARE = 0.9
/** Below this share what is left is divided over the time until used requests come back. */
const PLANNED_SHARE = 0.5
/** Between the two: so many times the rate that could be kept up for ever. */
const QUICK = 5
/** Never used up: requests under way when the answer was written are not in its number. */
const RESERVED_SHARE = 0.02
const LEAST_RESERVE = 1
/** When all is used, a request now and then still asks whether that holds: nobody else tells. */
const LEAST_SHARE_OF_RATE = 0.1
/** In requests per second: who joins when others have used nearly all knows no limit yet, and must not take the little that is left for it. */
const LEAST_RATE = 1
/** The nearest time that is planned for, in slices: what comes back in one slice is often one request or none. */
const NEAREST = 2

/**
 * Requests per second that the window allows so that it is never used up; undefined while it is nearly untouched. What is left is spread
 * over each possible time ahead together with what comes back until then, and the tightest of them counts: one first rush may use half,
 * and what follows settles just under the limit. Only what this installation sent is known to come back, so a guess is always too low.
 */
export function rateOfWindow(facts: WindowFacts): number | undefined {
  const sustainable = facts.limit / (facts.windowMs / 1000)
  const share = facts.remaining / facts.limit
  if (share > FREE_SHARE) return undefined
  if (share > PLANNED_SHARE) return Math.max(QUICK * sustainable, LEAST_RATE)
  const planned = Math.min(QUICK * sustainable, tightest(facts))
  return Math.max(planned, LEAST_SHARE_OF_RATE * sustainable, LEAST_RATE)
}

function tightest({ ledger, limit, remaining, nowMs, windowMs }: WindowFacts): number {
  const left = Math.max(0, remaining - Math.max(LEAST_RESERVE, RESERVED_SHARE * limit))
  const width = sliceMs(windowMs)
  const now = Math.floor(nowMs / width)
  let back = 0
  let rate = Number.POSITIVE_INFINITY
  for (let ahead = 1; ahead <= SLICES + 1; ahead += 1) {
    // Until the end of the slice `ahead` from now, by when the slice that lies a window before it has come back whole.
    const seconds = (ahead * width - (nowMs - now * width)) / 1000
    const position = ledger.counts.length - 1 - (ledger.slice - (now + ahead - 1 - SLICES))
    back = Math.min(back + (ledger.counts[position] ?? 0), limit - remaining)
    if (ahead >= NEAREST) rate = Math.min(rate, (left + back) / seconds)
  }
  return rate
}
