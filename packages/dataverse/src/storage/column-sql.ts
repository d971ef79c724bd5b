import type { ColumnValue, RowReference } from '../model/plugin.ts'
import type { Column } from '../model/resolved-model.ts'
import type { ColumnType } from '../model/table.ts'

/** PostgreSQL type of each column type, as `format_type` spells it. Money and decimals are exact; date-times have whole seconds. */
const SQL_TYPES: Record<ColumnType, string> = {
  string: 'text',
  memo: 'text',
  integer: 'integer',
  bigint: 'bigint',
  decimal: 'numeric',
  double: 'double precision',
  money: 'numeric',
  boolean: 'boolean',
  choice: 'integer',
  state: 'integer',
  status: 'integer',
  lookup: 'uuid',
  datetime: 'timestamp with time zone',
  guid: 'uuid',
}

/** Stored type of a column. */
export const sqlType = (column: Column): string =>
  column.definition.type === 'datetime' && column.definition.behavior === 'date-only' ? 'date' : SQL_TYPES[column.type]

export const isReference = (value: unknown): value is RowReference =>
  typeof value === 'object' && value !== null && 'table' in value && 'id' in value

const NEEDS_QUOTES = /["\\]/g

/**
 * A PostgreSQL array literal. Written here because the driver's own conversion walks each value through several calls,
 * which is what bulk writes spend their time in.
 */
export function arrayLiteral(values: readonly (string | number | boolean | null | undefined)[]): string {
  let text = '{'
  let first = true
  for (const value of values) {
    if (first) first = false
    else text += ','
    if (value === null || value === undefined) text += 'NULL'
    else if (typeof value === 'string') text += `"${value.replace(NEEDS_QUOTES, '\\$&')}"`
    else text += String(value)
  }
  return `${text}}`
}

/** The scalar that is stored for a value: the id of a reference, everything else as it is. */
export const storedScalar = (value: ColumnValue | undefined): string | number | boolean | null =>
  value === undefined ? null : isReference(value) ? value.id : value

/** Text of a stored date-time as plug-ins see it: `2025-02-11 09:30:00+00` becomes `2025-02-11T09:30:00Z`. */
export const isoMoment = (stored: string): string => `${stored.slice(0, 10)}T${stored.slice(11, 19)}Z`

/** A value as the driver returned it, as plug-ins see it. */
export function fromStored(column: Column, value: unknown, target: unknown): ColumnValue {
  if (value === null || value === undefined) return null
  if (column.type === 'lookup') return { table: typeof target === 'string' ? target : (column.targets[0]?.table ?? ''), id: String(value) }
  if (column.definition.type === 'datetime' && column.definition.behavior !== 'date-only') return isoMoment(String(value))
  if (typeof value === 'number') return column.type === 'double' ? String(value) : value
  return typeof value === 'boolean' ? value : String(value)
}
