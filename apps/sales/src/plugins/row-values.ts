import { type ColumnValue, type Row, type RowReference, refuse, type TableEvent } from '@p2c/dataverse'
import type { RuleRefusal } from '../domain/refusal.ts'

/** A value that is a lookup, else null. */
export const referenceOf = (value: ColumnValue | undefined): RowReference | null =>
  typeof value === 'object' && value !== null && 'id' in value ? value : null

/** The id that a lookup holds, else null. */
export const idOf = (value: ColumnValue | undefined): string | null => referenceOf(value)?.id ?? null

/** Text of a column, null where it is empty. */
export const textOf = (value: ColumnValue | undefined): string | null => (typeof value === 'string' ? value : null)

/** The value that a column will have: the written one, else the stored one. */
export const nextValue = (event: TableEvent, column: string): ColumnValue => {
  const written = event.target[column]
  return written === undefined ? (event.before?.[column] ?? null) : written
}

/** True where an event writes a column with another value than the stored one; on create where it writes one at all. */
export function changes(event: TableEvent, column: string): boolean {
  const written = event.target[column]
  if (written === undefined) return false
  const stored = event.before?.[column] ?? null
  return event.before === undefined ? written !== null : !sameValue(written, stored)
}

function sameValue(a: ColumnValue, b: ColumnValue): boolean {
  const left = referenceOf(a)
  const right = referenceOf(b)
  return left !== null && right !== null ? left.id === right.id && left.table === right.table : a === b
}

/** Ids that the events' columns will hold, each once. */
export const nextIds = (events: readonly TableEvent[], ...columns: readonly string[]): readonly string[] => [
  ...new Set(events.flatMap((event) => columns.flatMap((column) => idOf(nextValue(event, column)) ?? []))),
]

/** Rows by their key. */
export const byId = (rows: readonly Row[], key: string): ReadonlyMap<string, Row> => new Map(rows.map((row) => [String(row[key]), row]))

/** Throws the refusal, where there is one: the whole write rolls back. */
export function enforce(refusal: RuleRefusal | undefined): void {
  if (refusal !== undefined) refuse(refusal)
}
