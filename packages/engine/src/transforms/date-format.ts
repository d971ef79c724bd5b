import type { z } from 'zod'
import type { dateFormatTransformSchema } from '../model/transform-document.ts'
import { isBlank, NOT_WRITTEN, quoted, type Transform } from './transform.ts'

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']

interface DateParts {
  readonly year: string
  readonly month: number
  readonly day: number
  readonly hour: string
  readonly minute: string
  readonly second: string
}

const TOKENS: Readonly<Record<string, (date: DateParts) => string>> = {
  yyyy: (date) => date.year,
  yy: (date) => date.year.slice(2),
  MMMM: (date) => MONTHS[date.month - 1] ?? '',
  MMM: (date) => (MONTHS[date.month - 1] ?? '').slice(0, 3),
  MM: (date) => String(date.month).padStart(2, '0'),
  M: (date) => String(date.month),
  dd: (date) => String(date.day).padStart(2, '0'),
  d: (date) => String(date.day),
  HH: (date) => date.hour,
  mm: (date) => date.minute,
  ss: (date) => date.second,
}

const PIECE = /'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+|'/g

/** The pattern as a list of writers, or the first piece of it that is not one. */
function parsePattern(format: string): readonly ((date: DateParts) => string)[] | { readonly wrong: string } {
  const writers: ((date: DateParts) => string)[] = []
  for (const [piece, literal] of format.matchAll(PIECE)) {
    const token = TOKENS[piece]
    if (literal !== undefined) writers.push(() => (literal === '' ? "'" : literal.replaceAll("''", "'")))
    else if (token !== undefined) writers.push(token)
    else if (/^[A-Za-z']/.test(piece)) return { wrong: piece }
    else writers.push(() => piece)
  }
  return writers
}

const DATE = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?.*)?$/

/** The calendar parts as they are written: a birth date is a day, not an instant, so no time zone moves it. */
function readDate(text: string): DateParts | undefined {
  const match = DATE.exec(text.trim())
  if (match === null) return undefined
  const [, year = '', month = '', day = '', hour = '00', minute = '00', second = '00'] = match
  const check = new Date(`${year}-${month}-${day}T00:00:00Z`)
  if (Number.isNaN(check.getTime()) || check.getUTCDate() !== Number(day)) return undefined
  return { year, month: Number(month), day: Number(day), hour, minute, second }
}

/**
 * Writes parts of a date by a pattern of `yyyy yy MMMM MMM MM M dd d HH mm ss`; month names are English, as the enumeration members
 * are. Text in single quotes and signs stay. A blank is not written; what is no date is a failure `date-invalid`.
 */
export const dateFormat: Transform<z.infer<typeof dateFormatTransformSchema>> = {
  transformType: 'DateFormat',
  check: ({ format }) => {
    const parsed = parsePattern(format)
    if (!('wrong' in parsed)) return []
    return [
      {
        code: 'date-format-invalid',
        message: `${quoted(parsed.wrong)} in ${quoted(format)} is no part of a date: use ${Object.keys(TOKENS).join(', ')}.`,
      },
    ]
  },
  compile: ({ format }, target) => {
    const parsed = parsePattern(format)
    const writers = 'wrong' in parsed ? [] : parsed
    return (value) => {
      if (isBlank(value)) return NOT_WRITTEN
      const date = typeof value === 'string' ? readDate(value) : undefined
      if (date === undefined)
        return { code: 'date-invalid', message: `${quoted(value)} for '${target.field}' is no date: expected YYYY-MM-DD.` }
      return writers.map((write) => write(date)).join('')
    }
  },
}
