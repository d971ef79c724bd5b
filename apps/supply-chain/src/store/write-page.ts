import type { Database, SqlRunner } from '@p2c/base'
import { runChangeSet } from './run-change-set.ts'
import { ChangeSetFailure, type ChangeSetOptions, writeChangeSet } from './write-change-set.ts'
import type { WriteOperation, WriteOutcome } from './write-operation.ts'

export interface PageOptions extends Omit<ChangeSetOptions, 'onFailure'> {
  /** Part of the transaction: what became of each row is known, and stored with the rows or not at all. */
  readonly onWritten?: (sql: SqlRunner, outcomes: readonly WriteOutcome[]) => Promise<void>
}

/**
 * Writes a page of rows in one transaction; refused rows are left out and stop no other. Rows that an effect refuses are known only
 * once everything was written: the page is then written again without them.
 */
export async function writePage(
  database: Database,
  operations: readonly WriteOperation[],
  { onWritten = async () => undefined, ...options }: PageOptions,
): Promise<WriteOutcome[]> {
  const outcomes: (WriteOutcome | undefined)[] = operations.map(() => undefined)
  let places = operations.map((_, index) => index)
  for (;;) {
    const tried = places.flatMap((index) => operations[index] ?? [])
    const result = await runChangeSet(database, async (sql) => {
      const written = tried.length === 0 ? [] : await writeChangeSet(sql, tried, { ...options, onFailure: 'skip' })
      for (const [order, index] of places.entries()) outcomes[index] = written[order]
      await onWritten(sql, known(outcomes))
    })
    if (!(result instanceof ChangeSetFailure)) return known(outcomes)
    const refused = new Map([[result.index, result.failure], ...result.others])
    if (places[result.index] === undefined) throw result
    for (const [order, index] of places.entries()) {
      const failure = refused.get(order)
      if (failure !== undefined) outcomes[index] = { ok: false, failure }
    }
    places = places.filter((_, order) => !refused.has(order))
  }
}

const known = (outcomes: readonly (WriteOutcome | undefined)[]): WriteOutcome[] =>
  outcomes.map((outcome) => {
    if (outcome === undefined) throw new TypeError('an operation without outcome')
    return outcome
  })
