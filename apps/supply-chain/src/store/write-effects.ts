import type { SqlRunner } from '@p2c/base'
import type { FieldValues } from '../domain/field-value.ts'
import type { InfologEntry } from '../domain/messages.ts'

/** One row that a change set wrote. `before` is absent for a new row, `after` for a deleted one. */
export interface RowChange {
  readonly recId: string
  readonly before?: FieldValues
  readonly after?: FieldValues
}

/** What an effect may look at beside the rows. */
export interface EffectContext {
  readonly now: Date
  /** Refuses the operation that wrote the row: everything that the change set did is undone. */
  readonly refuse: (change: RowChange, ...infolog: readonly InfologEntry[]) => never
  /** The same for several rows at once: a page of rows is then written again without all of them. */
  readonly refuseAll: (refusals: ReadonlyMap<RowChange, readonly InfologEntry[]>) => never
}

/**
 * What else happens when rows of a table were written: stock transactions of a line, the status of its header. Runs once for all rows
 * of one change set, after they are stored and in the same transaction; a fixed number of statements, whatever the number of rows.
 */
export type WriteEffect = (sql: SqlRunner, changes: readonly RowChange[], context: EffectContext) => Promise<void>

/** Effects by relation, in the order in which they run. Tables follow each other as in the catalogue: parents first. */
export type WriteEffects = Readonly<Record<string, readonly WriteEffect[]>>
