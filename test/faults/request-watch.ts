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

/**
 * The share of the allowed requests that was used while there was demand: from one window behind the first request, since the first window may be
 * used up at once, to one second before the last.
 */
export function usedShare(counts: readonly RequestCount[], limit: { readonly requests: number; readonly windowSeconds: number }): number {
  const first = counts.find((count) => arrived(count) > 0)
  const last = counts.findLast((count, index) => index > 0 && arrived(count) > arrived(counts[index - 1] ?? count))
  if (first === undefined || last === undefined) throw new Error('no request was seen')
  const from = first.atMs + limit.windowSeconds * 1000
  const to = last.atMs - 1000
  if (to - from < limit.windowSeconds * 1000)
    throw new Error(`the steady time is only ${Math.round(to - from)} ms long: more rows are needed`)
  const steady = counts.filter(({ atMs }) => atMs >= from && atMs <= to)
  const [begin, end] = [steady[0], steady.at(-1)]
  if (begin === undefined || end === undefined) throw new Error('nothing was seen in the steady time')
  const allowed = ((end.atMs - begin.atMs) / 1000) * (limit.requests / limit.windowSeconds)
  return (end.accepted - begin.accepted) / allowed
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
