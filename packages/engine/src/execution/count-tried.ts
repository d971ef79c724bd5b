import type { Counters } from '../model/execution.ts'
import type { FirstWrite, KnownWaiting } from '../store/store.ts'

export interface TriedRows {
  /** Rows of the page that waited before. */
  readonly before: ReadonlyMap<string, KnownWaiting>
  readonly executionId: string
  /** What the write of a row was that is complete now; undefined where it is not, or was not written. */
  outcomeOf(sourceKey: string): FirstWrite | undefined
}

/**
 * A row that this execution has counted as waiting is no further row: it moves to what it is now. One that is complete counts as what its first write was,
 * not as the update that completed it. So counters of one page may be below zero; those of the task are not.
 */
export function countTriedOnce(counters: Counters, { before, executionId, outcomeOf }: TriedRows): Counters {
  const own = [...before].filter(([, row]) => row.executionId === executionId)
  if (own.length === 0) return counters
  const result: Record<keyof Counters, number> = { ...counters }
  result.read -= own.length
  result.waiting -= own.length
  for (const [key, { firstWrite }] of own) {
    const outcome = outcomeOf(key)
    if (firstWrite === undefined || outcome === undefined) continue
    result[outcome]--
    result[firstWrite]++
  }
  return result
}
