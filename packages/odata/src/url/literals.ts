import type { JsonValue, Literal, LiteralType, Span } from '../ast.ts'
import { odataError, quoteForMessage } from './odata-error.ts'

const DATE = /^(\d{4})-(\d\d)-(\d\d)$/
const CLOCK = /^(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?$/
const ZONE = /(?:z|([+-])(\d\d):(\d\d))$/i
const DURATION = /^-?P(?=\d|T\d)(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$/
const BASE64_URL = /^[A-Za-z0-9_\-+/]*={0,2}$/

export const literal = (type: LiteralType, value: string, span: Span): Literal => ({ kind: 'literal', type, value, span })

/** Whether a value of a call or of a path is a literal node and not JSON that looks like one. */
export const isLiteral = (value: JsonValue | Literal): value is Literal =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'literal' && Object.getPrototypeOf(value) !== null

const refuse = (text: string, expected: string, span: Span) =>
  odataError('odata-syntax', `Syntax error at position ${span.start}: ${quoteForMessage(text)} is not ${expected}.`, {
    position: span.start,
    expected: [expected],
  })

function isCalendarDay(text: string): boolean {
  const match = DATE.exec(text)
  if (match === null) return false
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  return year > 0 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}

function isClock(text: string): boolean {
  const match = CLOCK.exec(text)
  return match !== null && Number(match[1]) < 24 && Number(match[2]) < 60 && Number(match[3] ?? 0) < 60
}

function isZone(text: string): boolean {
  const match = ZONE.exec(text)
  return match === null || match[1] === undefined || (Number(match[2]) <= 14 && Number(match[3]) < 60)
}

/** A day, or a day with a time (`T10:00`, `T10:00:00.5Z`, `T10:00:00+02:00`); a time without zone is read as UTC later. */
export function dateLiteral(date: string, time: string | null, span: Span): Literal {
  const text = date + (time ?? '')
  if (!isCalendarDay(date)) throw refuse(text, 'a day of the calendar', span)
  if (time === null) return literal('date', text, span)
  if (!isClock(time.slice(1).replace(ZONE, '')) || !isZone(time)) throw refuse(text, 'a time of the day', span)
  return literal('date-time', text, span)
}

export function timeLiteral(text: string, span: Span): Literal {
  if (!isClock(text)) throw refuse(text, 'a time of the day', span)
  return literal('time', text, span)
}

/** `duration'P1DT2H'`, `binary'AQID'`, and `Ns.Type'Member'` for an enumeration. */
export function typedLiteral(name: string, value: string, span: Span): Literal {
  if (name === 'duration') {
    if (!DURATION.test(value)) throw refuse(value, "a duration such as 'P1DT2H30M'", span)
    return literal('duration', value, span)
  }
  if (name === 'binary') {
    if (!BASE64_URL.test(value)) throw refuse(value, 'base64url text', span)
    return literal('binary', value, span)
  }
  if (!name.includes('.')) throw refuse(`${name}'${value}'`, "a literal; an enumeration is written Namespace.Type'Member'", span)
  return { kind: 'literal', type: 'enum', value, enumType: name, span }
}

const WORDS: ReadonlyMap<string, LiteralType> = new Map([
  ['null', 'null'],
  ['true', 'boolean'],
  ['false', 'boolean'],
  ['INF', 'double'],
  ['NaN', 'double'],
])

/** The literal that a bare word stands for; undefined where the word is a name. */
export function wordLiteral(word: string, span: Span): Literal | undefined {
  const type = WORDS.get(word)
  return type === undefined ? undefined : literal(type, word, span)
}

/** The refusal of a bare word where only a value may stand. */
export const notAValue = (word: string, span: Span) => refuse(word, 'a literal; texts stand in single quotes', span)
