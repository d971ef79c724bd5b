import type { ColumnValue, TableEvent } from '@p2c/dataverse'

/** The value that a column will have: the written one, else the stored one. */
export const nextValue = (event: TableEvent, column: string): ColumnValue => {
  const written = event.target[column]
  return written === undefined ? (event.before?.[column] ?? null) : written
}

/** The text that a column will have; empty where that is none, or blanks only. */
export const nextText = (event: TableEvent, column: string): string => {
  const value = nextValue(event, column)
  return typeof value === 'string' && value.trim() !== '' ? value : ''
}

/** Writes a value unless the column has it already: an update that names no more columns than it must is the cheaper one. */
export function settle(event: TableEvent, column: string, value: ColumnValue): void {
  if (nextValue(event, column) !== value) event.target[column] = value
}

/** True for texts that differ in case and outer blanks at most. */
export const sameText = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase()
