import { setTimeout as delay } from 'node:timers/promises'
import type { AdministeredApplication } from '../support/fault-control.ts'

/** How many requests an application has counted, at a time of this process's clock. */
export interface RequestCount {
  readonly atMs: number
  readonly accepted: number
  readonly refused: number
  readonly early: number
}

export interface RequestWatch {
  /** Ends the watch and gives what it saw, oldest first. */
  stop(): Promise<readonly RequestCount[]>
}

const LOOK_EVERY_MS = 25

/** Looks at the counters of the application again and again; looks are not counted by it. */
export function watchRequests(application: AdministeredApplication): RequestWatch {
  const counts: RequestCount[] = []
  let stopped = false
  const watching = (async () => {
    while (!stopped) {
      const clients = await application.clients()
      const sum = (value: (client: (typeof clients)[number]) => number): number => clients.reduce((total, one) => total + value(one), 0)
      const atMs = performance.now()
      counts.push({ atMs, accepted: sum((one) => one.accepted), refused: sum((one) => one.refused), early: sum((one) => one.early) })
      await delay(LOOK_EVERY_MS)
    }
  })()
  return {
    stop: async () => {
      stopped = true
      await watching
      return counts
    },
  }
}

const arrived = ({ accepted, refused }: RequestCount): number => accepted + refused

/** Requests that were let through in the steady time of a watch. */
export interface SteadyTime {
  readonly seconds: number
  readonly accepted: number
  readonly perSecond: number
}

/**
 * What was let through while there was demand: from `warmUpMs` behind the first request (the first window may be used up at once) to one second
 * before the last. Throws where that is less than `leastMs`: it would say little.
 */
export function steadyTime(
  counts: readonly RequestCount[],
  { warmUpMs, leastMs }: { readonly warmUpMs: number; readonly leastMs: number },
): SteadyTime {
  const first = counts.find((count) => arrived(count) > 0)
  const last = counts.findLast((count, index) => index > 0 && arrived(count) > arrived(counts[index - 1] ?? count))
  if (first === undefined || last === undefined) throw new Error('no request was seen')
  const [from, to] = [first.atMs + warmUpMs, last.atMs - 1000]
  const steady = counts.filter(({ atMs }) => atMs >= from && atMs <= to)
  const [begin, end] = [steady[0], steady.at(-1)]
  if (begin === undefined || end === undefined || end.atMs - begin.atMs < leastMs)
    throw new Error(`the steady time is ${Math.round(to - from)} ms, not ${leastMs} ms long: more rows are needed`)
  const seconds = (end.atMs - begin.atMs) / 1000
  const accepted = end.accepted - begin.accepted
  return { seconds, accepted, perSecond: accepted / seconds }
}

/** The most requests that arrived within `withinMs` of the end of a time of at least `pauseMs` in which none did. */
export function mostAfterPause(
  counts: readonly RequestCount[],
  { pauseMs, withinMs }: { readonly pauseMs: number; readonly withinMs: number },
) {
  let most = 0
  let pauses = 0
  let quietSince = counts[0]
  for (const [index, count] of counts.entries()) {
    const before = counts[index - 1]
    if (before === undefined || quietSince === undefined || arrived(count) === arrived(before)) continue
    if (arrived(before) > 0 && before.atMs - quietSince.atMs >= pauseMs) {
      pauses++
      const until = counts.findLast(({ atMs }) => atMs <= before.atMs + withinMs) ?? count
      most = Math.max(most, arrived(until) - arrived(before))
    }
    quietSince = count
  }
  return { pauses, most }
}
