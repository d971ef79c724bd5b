import { formatDecimal, parseDecimal } from '@p2c/base'
import type { FieldMapping } from '@p2c/engine'
import countries from 'i18n-iso-countries'
import english from 'i18n-iso-countries/langs/en.json' with { type: 'json' }

countries.registerLocale(english)

/** What the destination must hold; `refused` where no value can come of the source row, so the row must not have been written. */
export type Expectation = { readonly kind: 'value'; readonly value: string } | { readonly kind: 'refused' } | { readonly kind: 'unknown' }

type TransformDocument = NonNullable<FieldMapping['valueTransforms']>[number]

/**
 * The value that a field mapping must produce, worked out from the published meaning of the transforms and not by the engine: this is the
 * second opinion of a comparison. Source: integration specification 10.
 */
export function expectedValue(source: string, transforms: readonly TransformDocument[], fieldText: TextOfField): Expectation {
  let current: Expectation = { kind: 'value', value: source }
  for (const transform of transforms) {
    if (current.kind !== 'value') return current
    current = applyTransform(current.value, transform as Readonly<Record<string, unknown>>, fieldText)
  }
  return current
}

/** The text of a further source field of the row; a blank is the empty string. */
export type TextOfField = (field: string) => string

/** The further source fields that a transform needs, by the parameters that name fields. */
export function furtherFields(transform: Readonly<Record<string, unknown>>): readonly string[] {
  const inner = (list(transform.then) as Readonly<Record<string, unknown>>[]).flatMap(furtherFields)
  const single = [transform.field, transform.by].filter((field) => typeof field === 'string')
  return [...list(transform.anyFilled), ...list(transform.allBlank), ...single, ...list(transform.fields), ...inner].map(String)
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

function applyTransform(value: string, transform: Readonly<Record<string, unknown>>, fieldText: TextOfField): Expectation {
  switch (transform.transformType) {
    case 'When':
      if (conditionHolds(transform, fieldText)) return expectedValue(value, list(transform.then) as readonly TransformDocument[], fieldText)
      // A field that is left out keeps whatever the destination has.
      return transform.otherwise === 'omit' ? { kind: 'unknown' } : { kind: 'value', value }
    case 'Constant':
      return { kind: 'value', value: text(transform.value) }
    case 'Divide':
      return { kind: 'value', value: divided(value, fieldText(text(transform.by))) }
    case 'Coalesce':
      return {
        kind: 'value',
        value: [value, ...list(transform.fields).map((field) => fieldText(String(field)))].find((one) => one.trim() !== '') ?? '',
      }
    case 'Default':
      return { kind: 'value', value: value.trim() === '' ? text(transform.defaultValue) : value }
    case 'ValueMap':
      return mapped(value, transform)
    case 'CountryRegionCode':
      return country(value, transform)
    case 'Truncate':
      // Without a length it is the destination field's, which the destination says of itself and we do not ask.
      if (value !== '' && typeof transform.maxLength !== 'number') return { kind: 'unknown' }
      return { kind: 'value', value: value.slice(0, Number(transform.maxLength ?? 0)) }
    case 'DateFormat':
      return { kind: 'value', value: value === '' ? '' : datePart(value, text(transform.format)) }
    default:
      return { kind: 'unknown' }
  }
}

function conditionHolds(transform: Readonly<Record<string, unknown>>, fieldText: TextOfField): boolean {
  const isFilled = (field: unknown): boolean => fieldText(String(field)).trim() !== ''
  if (transform.oneOf !== undefined) {
    const value = normal(fieldText(text(transform.field)))
    return list(transform.oneOf).some((one) => normal(String(one)) === value)
  }
  return transform.allBlank === undefined ? list(transform.anyFilled).some(isFilled) : !list(transform.allBlank).some(isFilled)
}

function divided(value: string, by: string): string {
  const [dividend, divisor] = [parseDecimal(value), parseDecimal(by)]
  return dividend === undefined || divisor === undefined || divisor.isZero()
    ? value
    : formatDecimal(dividend.dividedBy(divisor).toDecimalPlaces(10))
}

const text = (value: unknown): string => (value === null || value === undefined ? '' : String(value))
const normal = (value: string): string => value.normalize('NFC').trim().toLowerCase()

function mapped(value: string, transform: Readonly<Record<string, unknown>>): Expectation {
  const wanted = normal(value)
  const entries = Object.entries(transform.valueMap as Readonly<Record<string, unknown>>)
  const entry = entries.find(([key]) => normal(key === '__blank__' ? '' : key) === wanted)
  if (entry !== undefined) return { kind: 'value', value: text(entry[1]) }
  switch (transform.onUnmatched) {
    case 'passthrough':
      return { kind: 'value', value }
    case 'default':
      return { kind: 'value', value: text(transform.defaultValue) }
    case 'null':
      return { kind: 'value', value: '' }
    default:
      return { kind: 'refused' }
  }
}

function country(value: string, transform: Readonly<Record<string, unknown>>): Expectation {
  if (value.trim() === '') return { kind: 'value', value: '' }
  const alpha2 = toAlpha2(value.trim())
  // The engine may know a spelling that is not in our list (an alias, a name in another language): then nothing can be foretold here.
  if (alpha2 === undefined) return { kind: 'unknown' }
  return transform.to === undefined || transform.to === 'iso2' ? { kind: 'value', value: alpha2 } : { kind: 'unknown' }
}

/** Two letters of a country by its code of two or three letters, its number or its English name; undefined for any other text. */
export function toAlpha2(value: string): string | undefined {
  const upper = value.toUpperCase()
  if (/^[A-Z]{2}$/.test(upper) && countries.isValid(upper)) return upper
  if (/^[A-Z]{3}$/.test(upper)) return countries.alpha3ToAlpha2(upper)
  if (/^\d{3}$/.test(value)) return countries.numericToAlpha2(value)
  return countries.getAlpha2Code(value, 'en')
}

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']

function datePart(value: string, format: string): string {
  const [year = '', month = '', day = ''] = value.slice(0, 10).split('-')
  const parts: Readonly<Record<string, string>> = {
    yyyy: year,
    MMMM: MONTHS[Number(month) - 1] ?? '',
    MM: month,
    M: String(Number(month)),
    dd: day,
    d: String(Number(day)),
  }
  return parts[format] ?? value
}
