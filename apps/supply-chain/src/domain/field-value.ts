import { decimal, parseDecimal, roundTo } from '@p2c/base'
import type { AxType, EntityProperty } from '../entities/entity.ts'
import { emptyEnumMember, findEnumMember } from '../entities/enums.ts'
import { type InfologEntry, refuseField } from './messages.ts'

/**
 * Values of a row by property name, each in its canonical text: numbers without trailing zeros, dates `YYYY-MM-DD`,
 * times `YYYY-MM-DDThh:mm:ssZ`, enumerations by symbol, texts right-trimmed. One form makes "unchanged" a comparison of texts.
 */
export type FieldValues = Readonly<Record<string, string>>

/** A value as it stands in a JSON body or a file cell: numbers arrive as their digits. */
export type GivenValue =
  | { readonly kind: 'text' | 'number'; readonly value: string }
  | { readonly kind: 'null' }
  | { readonly kind: 'other' }

export type ReadValue =
  | { readonly ok: true; readonly value: string }
  /** The value cannot be of this type at all: the request is invalid. */
  | { readonly ok: false; readonly problem: string }
  /** The value has the type but the field refuses it. */
  | { readonly ok: false; readonly entry: InfologEntry }

/** A date that is not set. */
export const EMPTY_DATE = '1900-01-01'
/** A time that is not set. */
export const EMPTY_TIME = '1900-01-01T00:00:00Z'
const EMPTY_GUID = '00000000-0000-0000-0000-000000000000'

const EMPTY: Record<Exclude<AxType, 'Enum'>, string> = {
  String: '',
  Int32: '0',
  Int64: '0',
  Real: '0',
  Date: EMPTY_DATE,
  UtcDateTime: EMPTY_TIME,
  Guid: EMPTY_GUID,
}

/** What a field holds when nothing was given. */
export const emptyValue = (property: EntityProperty): string =>
  property.enumeration === undefined ? EMPTY[property.type === 'Enum' ? 'String' : property.type] : emptyEnumMember(property.enumeration)

/** Money and quantities are stored with six decimals. Source: Supply Chain specification, 0.3. */
const REAL_DECIMALS = 6
const REAL_LIMIT = decimal('1e26')

const wrongType = (property: EntityProperty, shown: string): ReadValue => ({
  ok: false,
  problem: `${property.name}: cannot convert ${shown} to the expected type '${property.type === 'Real' ? 'Edm.Decimal' : property.type === 'Enum' ? property.enumeration : `Edm.${property.type}`}'.`,
})

const shown = (given: GivenValue): string => ('value' in given ? JSON.stringify(given.value.slice(0, 60)) : `a value of kind ${given.kind}`)

/** `given` as the canonical text of a field, or why not. `null` is the empty value. */
export function readFieldValue(property: EntityProperty, given: GivenValue): ReadValue {
  if (given.kind === 'null') return { ok: true, value: emptyValue(property) }
  if (given.kind === 'other') return wrongType(property, 'an object or array')
  switch (property.type) {
    case 'String':
      return given.kind === 'text' ? readText(property, given.value) : wrongType(property, shown(given))
    case 'Enum':
      return given.kind === 'text' ? readEnum(property, given.value) : wrongType(property, shown(given))
    case 'Real':
      return readReal(property, given)
    case 'Int32':
      return readInteger(property, given, 31n)
    case 'Int64':
      return readInteger(property, given, 63n)
    case 'Date':
    case 'UtcDateTime':
      return given.kind === 'text' ? readTime(property, given.value) : wrongType(property, shown(given))
    case 'Guid':
      return given.kind === 'text' && /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(given.value)
        ? { ok: true, value: given.value.toLowerCase() }
        : wrongType(property, shown(given))
  }
}

function readText(property: EntityProperty, value: string): ReadValue {
  const trimmed = value.trimEnd()
  if (trimmed.includes('\u0000') || !trimmed.isWellFormed()) {
    const entry = refuseField(property.name, 'L15', trimmed.toWellFormed().replaceAll('\u0000', '?').slice(0, 60), property.label)
    return { ok: false, entry }
  }
  if (trimmed.length > property.length && [...trimmed].length > property.length)
    return { ok: false, entry: refuseField(property.name, 'E28', trimmed.slice(0, 60), property.label, String(property.length)) }
  return { ok: true, value: trimmed }
}

function readEnum(property: EntityProperty, value: string): ReadValue {
  if (property.enumeration === undefined) return wrongType(property, JSON.stringify(value))
  const qualified = /^[A-Za-z0-9_.]+'([^']*)'$/.exec(value)
  const member = findEnumMember(property.enumeration, qualified?.[1] ?? value)
  return member === undefined ? wrongType(property, JSON.stringify(value.slice(0, 60))) : { ok: true, value: member }
}

function readReal(property: EntityProperty, given: { readonly value: string }): ReadValue {
  const number = given.value.length > 60 ? undefined : parseDecimal(given.value)
  if (number === undefined || !number.isFinite() || number.abs().greaterThanOrEqualTo(REAL_LIMIT))
    return wrongType(property, JSON.stringify(given.value.slice(0, 60)))
  const text = roundTo(number, REAL_DECIMALS).toFixed()
  return { ok: true, value: plainNumber(text) }
}

/** `12.500` -> `12.5`, `-0` -> `0`. */
function plainNumber(text: string): string {
  const short = text.includes('.') ? text.replace(/\.?0+$/, '') : text
  return short === '-0' ? '0' : short
}

function readInteger(property: EntityProperty, given: { readonly value: string }, bits: bigint): ReadValue {
  if (!/^[+-]?\d{1,20}$/.test(given.value)) return wrongType(property, JSON.stringify(given.value.slice(0, 60)))
  const number = BigInt(given.value)
  const limit = 1n << bits
  return number >= -limit && number < limit ? { ok: true, value: number.toString() } : wrongType(property, given.value)
}

const TIME = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,12})?)?(Z|[+-]\d{2}:\d{2})?)?$/

function readTime(property: EntityProperty, value: string): ReadValue {
  const match = TIME.exec(value)
  const [, year = '', month = '', day = '', hour = '00', minute = '00', second = '00', zone = 'Z'] = match ?? []
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}${zone}`)
  const isDay =
    match !== null && !Number.isNaN(time.getTime()) && Number(day) <= new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()
  if (!isDay || Number(year) < 1) return wrongType(property, JSON.stringify(value.slice(0, 60)))
  // The day of a date is the one that was written: clients send noon UTC so that no time zone moves it.
  if (property.type === 'Date') return { ok: true, value: `${year}-${month}-${day}` }
  return { ok: true, value: `${time.toISOString().slice(0, 19)}Z` }
}

/** Two values of a field that the application holds for the same: texts without regard to case where it is an identifier. */
export const isSameText = (left: string, right: string): boolean => left === right || left.toLowerCase() === right.toLowerCase()

/** The value of a property; blank where there is no row, or none in it. */
export const at = (row: FieldValues | undefined, name: string): string => row?.[name] ?? ''

/** The day of a moment in UTC: `2025-02-11`. */
export const dayOf = (moment: Date): string => moment.toISOString().slice(0, 10)

/** A moment as rows hold it: UTC, whole seconds. */
export const timeOf = (moment: Date): string => `${moment.toISOString().slice(0, 19)}Z`
