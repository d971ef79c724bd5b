import type { Database } from '@p2c/base'
import { runChangeSet } from './run-change-set.ts'
import { ChangeSetFailure, type ChangeSetOptions, writeChangeSet } from './write-change-set.ts'
import type { WriteOperation, WriteOutcome } from './write-operation.ts'

/**
 * Writes a page of rows in one transaction; refused rows are left out and stop no other. Rows that an effect refuses are known only
 * once everything was written: the page is then written again without them.
 */
export async function writePage(
  database: Database,
  operations: readonly WriteOperation[],
  options: Omit<ChangeSetOptions, 'onFailure'>,
): Promise<WriteOutcome[]> {
  const outcomes: (WriteOutcome | undefined)[] = operations.map(() => undefined)
  let places = operations.map((_, index) => index)
  while (places.length > 0) {
    const tried = places.flatMap((index) => operations[index] ?? [])
    const result = await runChangeSet(database, (sql) => writeChangeSet(sql, tried, { ...options, onFailure: 'skip' }))
    if (!(result instanceof ChangeSetFailure)) {
      for (const [order, index] of places.entries()) outcomes[index] = result[order]
      break
    }
    const refused = new Map([[result.index, result.failure], ...result.others])
    if (places[result.index] === undefined) throw result
    for (const [order, index] of places.entries()) {
      const failure = refused.get(order)
      if (failure !== undefined) outcomes[index] = { ok: false, failure }
    }
    places = places.filter((_, order) => !refused.has(order))
  }
  return outcomes.map((outcome) => {
    if (outcome === undefined) throw new TypeError('an operation without outcome')
    return outcome
  })
}
