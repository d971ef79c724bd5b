import { setTimeout as delay } from 'node:timers/promises'

/** Between two looks at another process: short against what is measured, long enough to leave the machine to that process. */
const LOOK_EVERY_MS = 20

/**
 * Looks again and again until there is something to see, at most `withinMs`: the wait is for work in another process. Throws with `what` when
 * the time is up.
 */
export async function until<Seen>(what: string, withinMs: number, look: () => Promise<Seen | undefined | false>): Promise<Seen> {
  const end = performance.now() + withinMs
  for (;;) {
    const seen = await look()
    if (seen !== undefined && seen !== false) return seen
    if (performance.now() > end) throw new Error(`${what}: not within ${Math.round(withinMs / 1000)} s`)
    await delay(LOOK_EVERY_MS)
  }
}
