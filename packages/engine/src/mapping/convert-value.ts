import { formatDecimal, parseDecimal } from '@p2c/base'
import type { FieldSchema } from '../model/entity-schema.ts'
import type { FieldValue } from '../model/field-value.ts'
import { quoted, type TransformFailure } from '../transforms/transform.ts'

export type Converted = FieldValue | TransformFailure
export type Converter = (value: string | number | boolean) => Converted

/** The function that brings a value that is not blank to the type of `field`; failures name the field, the value and what was expected. */
export function converterFor(path: string, field: FieldSchema, throughLookup: boolean): Converter {
  if (throughLookup) return (value) => (typeof value === 'string' ? value.trim() : String(value))
  switch (field.type) {
    case 'text':
      return textConverter(path, field.maxLength)
    case 'integer':
      return (value) => toInteger(value) ?? mismatch(path, value, 'a whole number')
    case 'decimal':
      return (value) => toDecimalText(value) ?? mismatch(path, value, 'a number')
    case 'boolean':
      return (value) => toBoolean(value) ?? mismatch(path, value, 'true or false')
    case 'date':
      return (value) => toDate(value) ?? mismatch(path, value, 'a date, YYYY-MM-DD')
    case 'date-time':
      return (value) => toDateTime(value) ?? mismatch(path, value, 'a time, ISO 8601')
    case 'guid':
      return (value) => toGuid(value) ?? mismatch(path, value, 'a GUID')
    case 'choice':
      return choiceConverter(path, field.options)
    case 'enumeration':
      return enumerationConverter(path, field.options)
    case 'lookup':
      return (value) => String(value)
  }
}

const mismatch = (path: string, value: FieldValue, expected: string): TransformFailure => ({
  code: 'type-mismatch',
  message: `${quoted(value)} for '${path}' is not ${expected}.`,
})

function textConverter(path: string, maxLength: number | undefined): Converter {
  const limit = maxLength ?? Number.POSITIVE_INFINITY
  return (value) => {
    const text = typeof value === 'string' ? value : String(value)
    if (text.length <= limit) return text
    return {
      code: 'value-too-long',
      message: `'${path}' takes ${limit} characters, the value has ${text.length}: shorten it at the source, or add a Truncate transform.`,
    }
  }
}

/** `12` and `12.0` are whole, `12.5` is not: a fraction is never dropped in silence. */
function toInteger(value: string | number | boolean): number | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : undefined
  if (typeof value === 'boolean') return undefined
  const parsed = parseDecimal(value)
  return parsed?.isInteger() && Number.isSafeInteger(parsed.toNumber()) ? parsed.toNumber() : undefined
}

/** Plain digits as they are most of the time; anything else goes through exact arithmetic. */
const CANONICAL_DECIMAL = /^-?(?:0|[1-9]\d{0,30})(?:\.\d{0,30}[1-9])?$/

function toDecimalText(value: string | number | boolean): string | undefined {
  if (typeof value === 'boolean') return undefined
  if (typeof value === 'string' && CANONICAL_DECIMAL.test(value) && value !== '-0') return value
  const parsed = parseDecimal(value)
  return parsed === undefined ? undefined : formatDecimal(parsed.isZero() ? parsed.abs() : parsed)
}

const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, false: false, yes: true, no: false, '1': true, '0': false }

const toBoolean = (value: string | number | boolean): boolean | undefined =>
  typeof value === 'boolean' ? value : BOOLEANS[String(value).trim().toLowerCase()]

const DATE = /^(\d{4}-\d{2}-\d{2})(?:T.*)?$/

function toDate(value: string | number | boolean): string | undefined {
  const day = typeof value === 'string' ? DATE.exec(value.trim())?.[1] : undefined
  return day !== undefined && isDay(day) ? day : undefined
}

function isDay(text: string): boolean {
  const time = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(text)
}

function toDateTime(value: string | number | boolean): string | undefined {
  if (typeof value !== 'string') return undefined
  const text = value.trim()
  const day = toDate(text)
  if (day === undefined) return undefined
  if (text === day) return `${day}T00:00:00Z`
  if (/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z$/.test(text)) return text
  const time = new Date(text)
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString()
}

const GUID = /^\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?$/

const toGuid = (value: string | number | boolean): string | undefined => GUID.exec(String(value).trim().toLowerCase())?.[1]

function choiceConverter(path: string, options: readonly (string | number)[] | undefined): Converter {
  const allowed = options === undefined ? undefined : new Set(options.map(Number))
  return (value) => {
    const choice = toInteger(value)
    if (choice === undefined) return mismatch(path, value, 'the integer of a choice')
    if (allowed === undefined || allowed.has(choice)) return choice
    return {
      code: 'choice-unknown',
      message: `'${path}' has no choice ${choice}: expected one of ${[...allowed].slice(0, 20).join(', ')}.`,
    }
  }
}

/** Member names compare without case and are written as the schema spells them; a boolean is Yes or No where the enumeration has both. */
function enumerationConverter(path: string, options: readonly (string | number)[] | undefined): Converter {
  const members = new Map((options ?? []).map((name) => [String(name).toLowerCase(), String(name)]))
  return (value) => {
    const text = typeof value === 'boolean' ? (value ? 'Yes' : 'No') : String(value).trim()
    if (options === undefined) return text
    const member = members.get(text.toLowerCase())
    if (member !== undefined) return member
    return {
      code: 'choice-unknown',
      message: `'${path}' has no member ${quoted(value)}: expected one of ${[...members.values()].slice(0, 20).join(', ')}.`,
    }
  }
}
