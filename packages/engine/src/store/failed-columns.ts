import type { FailedRow } from './store.ts'

/** Columns of failed rows as arrays for `unnest`, in the order of FAILED_COLUMNS. */
export const failedArrays = (rows: readonly FailedRow[]): readonly unknown[] => [
  rows.map((row) => storable(row.sourceKey)),
  rows.map((row) => row.failure.category),
  rows.map((row) => row.failure.code),
  rows.map((row) => storable(row.failure.message)),
  rows.map((row) => storableJson(row.failure.details ?? {})),
  rows.map((row) => storableJson(row.source)),
  rows.map((row) => (row.mapped === undefined ? null : storableJson(row.mapped))),
]

export const FAILED_COLUMNS = `unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::jsonb[], $8::jsonb[])
  as u (source_key, category, code, message, details, source, mapped)`

/** PostgreSQL text cannot hold the NUL character, whatever a source sends. */
export const storable = (text: string): string => (text.includes('\u0000') ? text.replaceAll('\u0000', '\ufffd') : text)

/** In JSON text the NUL character and half surrogate pairs hide as escapes, which `jsonb` refuses; an escaped backslash before them is text. */
const UNSTORABLE_ESCAPE = /(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/gi

export const storableJson = (value: unknown): string => JSON.stringify(value).replace(UNSTORABLE_ESCAPE, '$1\ufffd')

/** Executions from one attempt to the next: doubled with each failure of an unchanged row, which a day overrules long before the largest is reached. */
export const nextDistance = (table: 'record_error' | 'waiting_record'): string =>
  `case when ${table}.source is distinct from excluded.source then 1 else least(${table}.distance * 2, 1024) end`

/** Longest time that a row which failed is left alone. */
export const LONGEST_DISTANCE = `interval '1 day'`
