import { formatDecimal, parseDecimal } from '@p2c/base'
import type { FieldValue } from '@p2c/engine'
import { numberText, rawNumber } from '@p2c/odata'
import type { FinOpsField } from './entity.ts'

/** Any time of that day means "no date" (FO-029, FO-030). */
const EMPTY_DAY = '1900-01-01'
const EMPTY_DATE = '1900-01-01T12:00:00Z'
const EMPTY_TIME = '1900-01-01T00:00:00Z'
const EMPTY_GUID = '00000000-0000-0000-0000-000000000000'

/** A value of an answer as the engine knows it: `""`, the empty date and the empty GUID are null, dates lose their noon. */
export function fromWire(field: FinOpsField, value: unknown): FieldValue {
  if (value === null || value === undefined || value === '') return null
  switch (field.dataType) {
    case 'Date':
      return isEmptyDay(value) ? null : String(value).slice(0, 10)
    case 'UtcDateTime':
      return isEmptyDay(value) ? null : String(value)
    case 'Guid':
      return value === EMPTY_GUID ? null : String(value).toLowerCase()
    case 'Real':
      return plainDecimal(value)
    case 'Int32':
    case 'Int64':
    case 'Time':
      return typeof value === 'number' ? value : (numberText(value) ?? String(value))
    default:
      return typeof value === 'boolean' || typeof value === 'number' ? value : String(value)
  }
}

const isEmptyDay = (value: unknown): boolean => String(value).startsWith(EMPTY_DAY)

function plainDecimal(value: unknown): string {
  const digits = numberText(value) ?? String(value)
  if (typeof value === 'number' && !digits.includes('e')) return digits
  const parsed = parseDecimal(digits)
  return parsed === undefined ? digits : formatDecimal(parsed)
}

export type WireValue = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly expected: string }

const ok = (value: unknown): WireValue => ({ ok: true, value })
const bad = (expected: string): WireValue => ({ ok: false, expected })

/** A value of the engine as JSON of this field; a blank is the empty value of the type, since null clears nothing here (F&O 7). */
export function toWire(field: FinOpsField, value: FieldValue): WireValue {
  if (value === null || value === '') return ok(emptyValue(field))
  switch (field.dataType) {
    case 'Real': {
      const parsed = typeof value === 'boolean' ? undefined : parseDecimal(value)
      return parsed === undefined ? bad('a decimal number') : ok(rawNumber(formatDecimal(parsed)))
    }
    case 'Int32':
    case 'Int64':
    case 'Time':
      return toInteger(value)
    case 'Date':
      return toDay(value)
    case 'Enum':
      return toMember(field, value)
    default:
      return ok(String(value).trimEnd())
  }
}

/** The member with the value 0 is the blank of an enumeration. */
export function emptyValue(field: FinOpsField): unknown {
  switch (field.dataType) {
    case 'Real':
    case 'Int32':
    case 'Int64':
    case 'Time':
      return 0
    case 'Date':
      return EMPTY_DATE
    case 'UtcDateTime':
      return EMPTY_TIME
    case 'Guid':
      return EMPTY_GUID
    case 'Enum':
      return field.members?.[0] ?? ''
    default:
      return ''
  }
}

function toInteger(value: FieldValue): WireValue {
  const text = String(value).trim()
  if (!/^-?\d{1,19}$/.test(text)) return bad('a whole number')
  const number = Number(text)
  return ok(Number.isSafeInteger(number) ? number : rawNumber(text))
}

/** Noon, so that no time zone shift changes the day (FO-031). */
function toDay(value: FieldValue): WireValue {
  const text = String(value)
  return /^\d{4}-\d{2}-\d{2}([T ].*)?$/.test(text) ? ok(`${text.slice(0, 10)}T12:00:00Z`) : bad('a date (YYYY-MM-DD)')
}

function toMember(field: FinOpsField, value: FieldValue): WireValue {
  const wanted = typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value).trim().toLowerCase()
  const member = field.members?.find((name) => name.toLowerCase() === wanted)
  return member === undefined ? bad(`one of ${(field.members ?? []).slice(0, 20).join(', ')}`) : ok(member)
}

/** True where the row already holds the value. */
export function isStored(field: FinOpsField, stored: unknown, wire: unknown): boolean {
  if (stored === undefined) return false
  const left = fromWire(field, stored)
  const right = fromWire(field, wire)
  if (field.dataType === 'Real') return decimalsEqual(left, right)
  if (field.dataType === 'Enum') return String(left).toLowerCase() === String(right).toLowerCase()
  if (field.dataType === 'UtcDateTime' && left !== null && right !== null) return Date.parse(String(left)) === Date.parse(String(right))
  return left === right || (left !== null && right !== null && String(left) === String(right))
}

function decimalsEqual(left: FieldValue, right: FieldValue): boolean {
  const [a, b] = [left, right].map((value) => (value === null || typeof value === 'boolean' ? undefined : parseDecimal(value)))
  return a === undefined || b === undefined ? left === right : a.equals(b)
}
