import { formatDecimal, parseDecimal } from '@p2c/base'
import type { ValueKind } from './statements/statement.ts'

/** One spelling for all values that count as equal: two sides agree where these texts are the same. */
export function comparable(kind: ValueKind, value: string): string {
  switch (kind) {
    case 'text':
      return trimmed(value)
    case 'code':
      return value.normalize('NFC').trim().toLowerCase()
    case 'number':
      return value.trim() === '' ? '0' : numeral(value)
    case 'date':
      return value.startsWith(EMPTY_DATE) ? '' : value.slice(0, 10)
    case 'yes-no':
      return truth(value) ?? (value.trim() === '' ? 'no' : value)
    case 'loose':
      return loose(value)
    case 'loose-code':
      return loose(value.normalize('NFC').trim().toLowerCase())
  }
}

/** Supply Chain's date of nothing. */
const EMPTY_DATE = '1900-01-01'

/** Supply Chain drops blanks at the end; line ends are those of whoever typed last. */
const trimmed = (value: string): string => value.replaceAll('\r\n', '\n').trimEnd()

const numeral = (value: string): string => {
  const parsed = parseDecimal(value)
  return parsed === undefined ? value : formatDecimal(parsed.isZero() ? parsed.abs() : parsed)
}

const TRUTH: Readonly<Record<string, 'yes' | 'no'>> = { yes: 'yes', true: 'yes', no: 'no', false: 'no', '1': 'yes', '0': 'no' }
const truth = (value: string): 'yes' | 'no' | undefined => TRUTH[value.trim().toLowerCase()]

const NUMBER = /^-?\d+(\.\d+)?$/
const WORDS: Readonly<Record<string, string>> = { true: 'yes', false: 'no', yes: 'yes', no: 'no' }
/** What Supply Chain holds where nothing was set: the number 0, the enumeration member None. */
const NOTHING: readonly string[] = ['', '0', 'None', 'none']

/** A day, which Supply Chain sends as its noon. */
const DAY = /^\d{4}-\d{2}-\d{2}(T12:00:00(\.0+)?Z)?$/i

/** Where nothing is known of a field: numbers by value, but `0012` is text that looks like one; yes and no in either spelling. */
function loose(value: string): string {
  const text = trimmed(value)
  if (text.startsWith(EMPTY_DATE)) return ''
  if (DAY.test(text)) return text.slice(0, 10)
  const known = NUMBER.test(text) && !/^-?0\d/.test(text) ? numeral(text) : (WORDS[text.toLowerCase()] ?? text)
  return NOTHING.includes(known) ? '' : known
}
