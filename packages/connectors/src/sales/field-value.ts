import { formatDecimal, parseDecimal } from '@p2c/base'
import type { FieldType, FieldValue } from '@p2c/engine'
import { numberText, rawNumber } from '@p2c/odata'
import type { SalesColumn } from './table.ts'

/** A value of an answer as the engine knows it: blank is null, decimals are plain text without superfluous zeros. */
export function fromWire(type: FieldType, value: unknown): FieldValue {
  if (value === null || value === undefined || value === '') return null
  if (typeof value === 'boolean' || typeof value === 'string') return value
  const digits = numberText(value)
  if (digits === undefined) return JSON.stringify(value)
  if (type === 'decimal') return plainDecimal(value, digits)
  // A row version outgrows what a number holds exactly: it stays text then.
  return typeof value === 'number' ? value : digits
}

const plainDecimal = (value: unknown, digits: string): string => {
  if (typeof value === 'number' && !digits.includes('e')) return digits
  const parsed = parseDecimal(digits)
  return parsed === undefined ? digits : formatDecimal(parsed)
}

export type WireValue = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly expected: string }

const ok = (value: unknown): WireValue => ({ ok: true, value })
const bad = (expected: string): WireValue => ({ ok: false, expected })

/** A value of the engine as JSON of this column; money goes out as a bare number with the digits it has (DV-029, DV-141). */
export function toWire(column: SalesColumn, value: FieldValue): WireValue {
  if (value === null || value === '') return ok(null)
  switch (column.type) {
    case 'decimal': {
      const parsed = typeof value === 'boolean' ? undefined : parseDecimal(value)
      return parsed === undefined ? bad('a decimal number') : ok(rawNumber(formatDecimal(parsed)))
    }
    case 'integer':
    case 'choice':
      return toInteger(value)
    case 'boolean':
      return toBoolean(value)
    case 'date': {
      const text = String(value)
      return /^\d{4}-\d{2}-\d{2}([T ].*)?$/.test(text) ? ok(text.slice(0, 10)) : bad('a date (YYYY-MM-DD)')
    }
    case 'text':
      return toText(column, String(value))
    default:
      return ok(String(value))
  }
}

function toInteger(value: FieldValue): WireValue {
  const text = String(value).trim()
  const number = /^[+-]?\d{1,15}(\.0*)?$/.test(text) ? Number(text) : Number.NaN
  return Number.isSafeInteger(number) ? ok(number) : bad('a whole number')
}

function toBoolean(value: FieldValue): WireValue {
  if (typeof value === 'boolean') return ok(value)
  const text = String(value).trim().toLowerCase()
  if (text === 'true' || text === '1') return ok(true)
  return text === 'false' || text === '0' ? ok(false) : bad('true or false')
}

/** The service would refuse it with `0x80044331` and with it the whole bulk message: told before it is sent. */
function toText(column: SalesColumn, text: string): WireValue {
  if (column.maxLength !== undefined && text.length > column.maxLength) return bad(`a text of at most ${column.maxLength} characters`)
  return ok(text)
}

/** True where the row already holds the value: then writing it would only make a new row version. */
export function isStored(column: SalesColumn, stored: unknown, wire: unknown): boolean {
  if (wire === null) return stored === null || stored === undefined || stored === ''
  if (stored === null || stored === undefined) return false
  if (column.type === 'decimal') {
    const left = parseDecimal(numberText(stored) ?? String(stored))
    const right = parseDecimal(numberText(wire) ?? String(wire))
    return left !== undefined && right !== undefined && left.equals(right)
  }
  if (column.type === 'guid' || column.type === 'lookup') return String(stored).toLowerCase() === String(wire).toLowerCase()
  if (column.type === 'date-time') return Date.parse(String(stored)) === Date.parse(String(wire))
  return stored === wire || (numberText(stored) === numberText(wire) && numberText(wire) !== undefined)
}
