/** A sum of amounts that each count for one window from the moment they were added. */
export interface SlidingSum {
  add(now: number, amount: number): void
  total(now: number): number
  /** Milliseconds until the total is at most `most`; 0 when it is already. */
  waitFor(now: number, most: number): number
}

interface Entry {
  readonly at: number
  readonly amount: number
}

/** Entries behind the window are cut off once so many have gathered, so that each costs little. */
const CUT_AT = 1_024

/** An amount that was added at `t` counts until just before `t + windowMs`. Times must not go back by more than the caller can bear. */
export function createSlidingSum(windowMs: number): SlidingSum {
  let entries: Entry[] = []
  let first = 0
  let sum = 0

  const expire = (now: number): void => {
    for (let entry = entries[first]; entry !== undefined && now - entry.at >= windowMs; entry = entries[first]) {
      sum -= entry.amount
      first += 1
    }
    if (first === entries.length) sum = 0 // what rounding left
    if (first < CUT_AT) return
    entries = entries.slice(first)
    first = 0
  }

  return {
    add(now, amount) {
      expire(now)
      entries.push({ at: now, amount })
      sum += amount
    },
    total(now) {
      expire(now)
      return sum
    },
    waitFor(now, most) {
      expire(now)
      let left = sum
      for (let at = first; left > most; at += 1) {
        const entry = entries[at]
        if (entry === undefined) return windowMs
        left -= entry.amount
        if (left <= most) return entry.at + windowMs - now
      }
      return 0
    },
  }
}
