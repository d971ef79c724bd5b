import { formatDecimal, parseDecimal } from '@p2c/base'
import { type Expectation, type TextOfField, toAlpha2 } from './expected-value.ts'
import type { Condition, FieldStatement, StatedValue } from './statements/statement.ts'

/** What a statement says of one field of a row; `unknown` where it is silent: the field is not written, or its value cannot be foretold. */
export function statedValue({ value, onlyWith, onlyWithout, zeroWhen }: FieldStatement, fieldText: TextOfField): Expectation {
  const isFilled = (field: string): boolean => fieldText(field).trim() !== ''
  if (onlyWith !== undefined && !onlyWith.some(isFilled)) return { kind: 'unknown' }
  if (onlyWithout?.some(isFilled)) return { kind: 'unknown' }
  if (zeroWhen !== undefined && holds(zeroWhen, fieldText)) return { kind: 'value', value: '0' }
  return valueBy(value, fieldText)
}

/** Whether a condition holds of a row. */
export function holds({ field, is, isNot }: Condition, fieldText: TextOfField): boolean {
  const value = fieldText(field).trim().toLowerCase()
  const among = (values: readonly string[]): boolean => values.some((one) => one.toLowerCase() === value)
  return (is === undefined || among(is)) && (isNot === undefined || !among(isNot))
}

/** Source fields that a statement of a field reads. */
export function statedFields({ value, onlyWith = [], onlyWithout = [], zeroWhen }: FieldStatement): readonly string[] {
  const of = value.is === 'constant' ? [] : value.is === 'copy' ? value.of : [value.of]
  const divisor = value.is === 'copy' && value.dividedBy !== undefined ? [value.dividedBy] : []
  return [...of, ...divisor, ...onlyWith, ...onlyWithout, ...(zeroWhen === undefined ? [] : [zeroWhen.field])]
}

function valueBy(value: StatedValue, fieldText: TextOfField): Expectation {
  switch (value.is) {
    case 'constant':
      return known(value.value)
    case 'copy':
      return known(copied(value, fieldText))
    case 'entry': {
      const found = value.entries[fieldText(value.of).normalize('NFC').trim().toLowerCase()]
      return found === undefined ? { kind: 'refused' } : known(found)
    }
    case 'country':
      return countryOf(fieldText(value.of).trim(), value.blank)
    case 'date-part':
      return known(datePart(fieldText(value.of), value.part))
  }
}

const known = (value: string): Expectation => ({ kind: 'value', value })

function copied({ of, blank = '', cutTo, dividedBy }: StatedValue & { readonly is: 'copy' }, fieldText: TextOfField): string {
  const text = of.map(fieldText).find((one) => one.trim() !== '') ?? blank
  if (dividedBy !== undefined) return quotient(text, fieldText(dividedBy))
  return cutTo === undefined ? text : cut(text, cutTo)
}

/** The price of one unit; a price unit that is blank, 0 or 1 divides nothing (templates specification 7.7). */
function quotient(text: string, by: string): string {
  const [value, divisor] = [parseDecimal(text), parseDecimal(by)]
  if (value === undefined || divisor === undefined || divisor.isZero()) return text
  return formatDecimal(value.dividedBy(divisor).toDecimalPlaces(10))
}

/** At most so many UTF-16 units, never half a character. */
function cut(text: string, length: number): string {
  const isHalf = /[\uD800-\uDBFF]/.test(text[length - 1] ?? '') && text.length > length
  return text.slice(0, isHalf ? length - 1 : length)
}

function countryOf(text: string, blank: string): Expectation {
  if (text === '') return known(blank)
  const alpha2 = toAlpha2(text)
  // Another spelling (an alias, a name in another language) may be known to the project and not to us: nothing can be foretold then.
  return alpha2 === undefined ? { kind: 'unknown' } : known(alpha2)
}

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']

function datePart(date: string, part: 'day' | 'month' | 'year'): string {
  const [year = '', month = '', day = ''] = date.slice(0, 10).split('-')
  return { day, month: MONTHS[Number(month) - 1] ?? '', year }[part]
}
