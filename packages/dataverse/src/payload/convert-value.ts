import { formatDecimal, parseDecimal, roundTo } from '@p2c/base'
import { numberText } from '@p2c/odata'
import { wireErrors } from '../errors/wire-errors.ts'
import type { ColumnValue } from '../model/plugin.ts'
import type { Column, Table } from '../model/resolved-model.ts'
import type { ColumnType } from '../model/table.ts'

export const EDM_TYPES: Record<ColumnType, string> = {
  string: 'Edm.String',
  memo: 'Edm.String',
  integer: 'Edm.Int32',
  bigint: 'Edm.Int64',
  decimal: 'Edm.Decimal',
  double: 'Edm.Double',
  money: 'Edm.Decimal',
  boolean: 'Edm.Boolean',
  choice: 'Edm.Int32',
  state: 'Edm.Int32',
  status: 'Edm.Int32',
  lookup: 'Edm.Guid',
  datetime: 'Edm.DateTimeOffset',
  guid: 'Edm.Guid',
}

/** Edm type of a column on the wire. Source: wire specification 6. */
export const edmType = (column: Column): string =>
  column.definition.type === 'datetime' && column.definition.behavior === 'date-only' ? 'Edm.Date' : EDM_TYPES[column.type]

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** A GUID in the spelling of the store, or undefined where the text is none. */
export const toGuid = (text: string): string | undefined => (GUID.test(text) ? text.toLowerCase() : undefined)

/**
 * A JSON value as the stored value of a column. A value of the wrong type is refused (400 `0x80048d19`), a numeric string on a number
 * column too: DV-141. Empty text is null. Ranges are not looked at here.
 */
export function convertValue(table: Table, column: Column, value: unknown): ColumnValue {
  if (value === null) return null
  const converted = CONVERT[column.type](value, column)
  if (converted === undefined) {
    const shown = JSON.stringify(value)?.slice(0, 100) ?? typeof value
    throw wireErrors.badPayload(
      table.entitySetName,
      `Cannot convert a value to target type '${edmType(column)}' because of conversion error: property '${column.property}', value ${shown}.`,
    )
  }
  return converted
}

const text = (value: unknown): ColumnValue | undefined => {
  // PostgreSQL holds neither NUL nor half of a surrogate pair.
  if (typeof value !== 'string' || value.includes('\u0000') || !value.isWellFormed()) return undefined
  return value === '' ? null : value
}

const INT32 = 2_147_483_647

function wholeNumber(value: unknown): ColumnValue | undefined {
  const digits = numberText(value)
  if (digits === undefined || !/^-?\d+$/.test(digits)) return undefined
  const number = Number(digits)
  return Math.abs(number) <= INT32 ? number : undefined
}

function longNumber(value: unknown): ColumnValue | undefined {
  const digits = numberText(value)
  return digits !== undefined && /^-?\d{1,18}$/.test(digits) ? digits : undefined
}

/** Decimals beyond the column's precision are rounded, not refused; those of money follow its precision source later. */
function exactNumber(value: unknown, column: Column): ColumnValue | undefined {
  const digits = numberText(value)
  const number = digits === undefined ? undefined : parseDecimal(digits)
  if (number === undefined) return undefined
  const definition = column.definition
  return formatDecimal(definition.type === 'decimal' || definition.type === 'double' ? roundTo(number, definition.precision) : number)
}

const MOMENT = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,12})?)?(Z|[+-]\d{2}:\d{2})$/i
const DAY = /^(\d{4})-(\d{2})-(\d{2})$/

function moment(value: unknown, column: Column): ColumnValue | undefined {
  if (typeof value !== 'string') return undefined
  const behavior = column.definition.type === 'datetime' ? column.definition.behavior : 'user-local'
  if (behavior === 'date-only') return DAY.test(value) && isDay(value) ? value : undefined
  const parts = MOMENT.exec(value)
  if (parts === null || !isDay(value.slice(0, 10))) return undefined
  const local = `${value.slice(0, 10)}T${parts[4]}:${parts[5]}:${parts[6] ?? '00'}`
  // A zone-independent time is a clock on the wall: an offset does not move it (DV-024).
  const time = new Date(behavior === 'time-zone-independent' ? `${local}Z` : `${local}${parts[7]?.toUpperCase() ?? 'Z'}`)
  if (Number.isNaN(time.getTime())) return undefined
  const iso = time.toISOString()
  return iso.length === 24 ? `${iso.slice(0, 19)}Z` : undefined
}

/** True for a date that the calendar has: `2025-02-30` is none. */
function isDay(date: string): boolean {
  const time = new Date(`${date}T00:00:00Z`)
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(date)
}

const guid = (value: unknown): ColumnValue | undefined => (typeof value === 'string' ? toGuid(value) : undefined)
const flag = (value: unknown): ColumnValue | undefined => (typeof value === 'boolean' ? value : undefined)

const CONVERT: Record<ColumnType, (value: unknown, column: Column) => ColumnValue | undefined> = {
  string: text,
  memo: text,
  integer: wholeNumber,
  bigint: longNumber,
  decimal: exactNumber,
  double: exactNumber,
  money: exactNumber,
  boolean: flag,
  choice: wholeNumber,
  state: wholeNumber,
  status: wholeNumber,
  lookup: guid,
  datetime: moment,
  guid,
}
