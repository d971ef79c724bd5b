import type { JsonValue, Literal, LiteralType, Span } from '../ast.ts'
import { dateLiteral, isLiteral, literal } from '../url/literals.ts'
import { odataError, quoteForMessage } from '../url/odata-error.ts'
import { namedPeriod } from './periods.ts'
import { isNumeric, literalToSql, SQL_CASTS, typeMismatch } from './sql-literal.ts'
import { patternToSql } from './sql-pattern.ts'
import type { QueryFunctionContext, SqlColumn, SqlHierarchy, SqlOptions, SqlType } from './sql-scope.ts'

export interface NamedCall {
  /** With or without its namespace. */
  readonly name: string
  readonly args: ReadonlyMap<string, JsonValue | Literal>
  /** Where the call begins, for messages. */
  readonly position?: number
}

/** Finds the column of a property path, or throws `odata-unknown-property`. */
export type ColumnOf = (path: readonly string[]) => SqlColumn

interface Call {
  readonly name: string
  readonly property: string
  readonly column: SqlColumn
  readonly values: readonly Literal[]
  readonly position: number
  readonly options: SqlOptions
  readonly context: QueryFunctionContext
}

/**
 * The condition of a Dataverse query function (wire specification 11.2). Weeks begin on Sunday; days are days in UTC. What negates
 * (`NotIn`, `NotBetween`, `NotEqualUserId`, `DoesNotContainValues`) holds for null, as `ne` does. The result may be null for false.
 * Throws `odata-unsupported`, `odata-syntax` (a missing argument), `odata-type-mismatch`, `odata-out-of-range`.
 */
export function namedCallToSql(namedCall: NamedCall, columnOf: ColumnOf, options: SqlOptions): string {
  const position = namedCall.position ?? 0
  const name = namedCall.name.slice(namedCall.name.lastIndexOf('.') + 1)
  const context = options.queryFunctions
  const translate = TRANSLATIONS[name] ?? (context === undefined ? undefined : periodTranslation(name, context.now))
  if (translate === undefined || context === undefined) throw refused(namedCall.name, position)
  const property = propertyName(namedCall, position)
  const column = columnOf(property.split('/'))
  const type = namedPeriod(name) === undefined ? column.type : 'integer' // LastXDays takes a number, whatever its column is
  return translate({ name, property, column, values: valuesOf(namedCall, type, position), position, options, context })
}

const refused = (name: string, position: number) =>
  odataError('odata-unsupported', `The function ${quoteForMessage(name)} is not supported here.`, { function: name, position })

function propertyName({ name, args }: NamedCall, position: number): string {
  const value = args.get('PropertyName')
  const text = value !== undefined && isLiteral(value) ? value.value : value
  if (typeof text === 'string' && text !== '') return text
  throw missing(name, 'PropertyName', position)
}

const missing = (name: string, argument: string, position: number) =>
  odataError('odata-syntax', `At position ${position}: ${name} needs ${argument}.`, { function: name, position, expected: [argument] })

/** `PropertyValue` or `PropertyValues` as literals of the column's type. */
function valuesOf({ args }: NamedCall, type: SqlType, position: number): Literal[] {
  const given = args.get('PropertyValues') ?? args.get('PropertyValue')
  if (given === undefined) return []
  const list: readonly (JsonValue | Literal)[] = Array.isArray(given) ? given : [given as JsonValue | Literal]
  return list.map((value) => toLiteral(value, type, { start: position, end: position }))
}

const SHAPES: Readonly<Record<'guid' | 'integer' | 'decimal' | 'double' | 'boolean', RegExp>> = {
  guid: /^\{?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\}?$/i,
  integer: /^(-?\d+)$/,
  decimal: /^(-?\d+\.\d+)$/,
  double: /^(-?\d+(?:\.\d+)?e[-+]?\d+)$/i,
  boolean: /^(true|false)$/,
}

/** A text as the literal that a column of this type is compared with: `'1'` is a number for a number. Throws `odata-syntax` for no date. */
export const literalOfText = (text: string, type: SqlType): Literal => toLiteral(text, type, { start: 0, end: text.length })

/** Values arrive as texts whatever the column is: `PropertyValues=['1','2']`. */
function toLiteral(value: JsonValue | Literal, type: SqlType, span: Span): Literal {
  if (isLiteral(value)) return value.type === 'string' ? toLiteral(value.value, type, value.span) : value
  if (value === null || typeof value === 'object')
    throw typeMismatch(`the value ${quoteForMessage(JSON.stringify(value))}`, 'a single value', span.start)
  const text = String(value)
  if (type === 'date' || type === 'date-time') return dateOf(text, span)
  if (type === 'boolean' && /^[01]$/.test(text)) return literal('boolean', String(text === '1'), span)
  const candidates: readonly LiteralType[] = isNumeric(type) ? ['integer', 'decimal', 'double'] : [type as LiteralType]
  for (const candidate of candidates) {
    const match = SHAPES[candidate as keyof typeof SHAPES]?.exec(text)
    if (match?.[1] !== undefined) return literal(candidate, match[1], span)
  }
  return literal('string', text, span)
}

function dateOf(text: string, span: Span): Literal {
  const [day = '', time] = [text.slice(0, 10), text.slice(10).replace(' ', 'T')]
  return dateLiteral(day, time === '' || time === undefined ? null : time, span)
}

type Translation = (call: Call) => string

const parameterOf = (value: Literal, { column, options }: Call): string =>
  literalToSql(value, { target: column, parameters: options.parameters, profile: options.profile })

function oneValue(call: Call): Literal {
  const [value] = call.values
  if (value === undefined || call.values.length !== 1) throw missing(call.name, 'PropertyValue, one value', call.position)
  return value
}

function twoValues(call: Call): readonly [Literal, Literal] {
  const [from, to] = call.values
  if (from === undefined || to === undefined || call.values.length !== 2)
    throw missing(call.name, 'PropertyValues, two values', call.position)
  return [from, to]
}

function someValues(call: Call): readonly Literal[] {
  if (call.values.length === 0) throw missing(call.name, 'PropertyValues, at least one value', call.position)
  return call.values
}

const folded = (sql: string, { column }: Call): string => (column.type === 'text' ? `lower(${sql})` : sql)

const among: Translation = (call) =>
  `${folded(call.column.sql, call)} in (${someValues(call)
    .map((value) => folded(parameterOf(value, call), call))
    .join(', ')})`

const between: Translation = (call) => {
  const [from, to] = twoValues(call)
  const column = folded(call.column.sql, call)
  return `(${column} >= ${folded(parameterOf(from, call), call)} and ${column} <= ${folded(parameterOf(to, call), call)})`
}

const pattern =
  (place: 'anywhere' | 'start' | 'end'): Translation =>
  (call) => {
    if (call.column.type !== 'text') throw typeMismatch(`'${call.property}', of type ${call.column.type},`, 'a text', call.position)
    const { parameters, profile } = call.options
    const request = { text: oneValue(call).value, place, wildcards: profile.wildcards, position: call.position }
    return patternToSql(call.column.sql, request, parameters) ?? 'false'
  }

/** Values of a multi-select column, stored as `1,4`. */
const containsValues: Translation = (call) => {
  if (call.column.type !== 'text')
    throw typeMismatch(`'${call.property}', of type ${call.column.type},`, 'a column of several choices', call.position)
  const values = call.options.parameters.add(
    someValues(call).map((value) => value.value),
    'text[]',
  )
  return `string_to_array(replace(${call.column.sql}, ' ', ''), ',') && ${values}`
}

const notOf =
  (translation: Translation): Translation =>
  (call) =>
    `(${translation(call)}) is not true`

const equalsContext =
  (field: 'userId' | 'businessUnitId', symbol: '=' | 'is distinct from'): Translation =>
  ({ name, column, context, position, options }) => {
    const id = context[field]
    if (id === undefined) throw refused(name, position)
    if (column.type !== 'guid') throw typeMismatch(`a value of type ${column.type}`, 'an id', position)
    return `${column.sql} ${symbol} ${options.parameters.add(id.toLowerCase(), SQL_CASTS.guid)}`
  }

/** Ids above or below a row, level by level; a circle ends, since no id is taken twice. */
const RELATIVES = {
  below: ({ table, key, parent }: SqlHierarchy, id: string): string =>
    `select ${key} as id from ${table} where ${parent} = ${id} union select h.${key} from ${table} h join relatives on h.${parent} = relatives.id`,
  above: ({ table, key, parent }: SqlHierarchy, id: string): string =>
    `select ${parent} as id from ${table} where ${key} = ${id} union select h.${parent} from ${table} h join relatives on h.${key} = relatives.id`,
} as const

const inHierarchy =
  (direction: keyof typeof RELATIVES, withSelf: boolean): Translation =>
  (call) => {
    const { name, column, options, position } = call
    const id = oneValue(call)
    if (id.type !== 'guid') throw typeMismatch(`the value ${quoteForMessage(id.value)}`, 'an id', position)
    if (column.hierarchy === undefined) throw refused(name, position)
    const place = options.parameters.add(id.value.toLowerCase(), SQL_CASTS.guid)
    const relatives = `with recursive relatives(id) as (${RELATIVES[direction](column.hierarchy, place)}) select id from relatives where id is not null`
    return withSelf ? `(${column.sql} = ${place} or ${column.sql} in (${relatives}))` : `${column.sql} in (${relatives})`
  }

/** A range of whole days around a day that the client names. */
const onDay =
  (bounds: 'both' | 'from' | 'to'): Translation =>
  (call) => {
    const day = oneValue(call)
    if (day.type !== 'date' && day.type !== 'date-time')
      throw typeMismatch(`the value ${quoteForMessage(day.value)}`, 'a date', call.position)
    const start = new Date(`${literalDay(day, call)}T00:00:00Z`)
    const end = new Date(start.getTime() + 86_400_000)
    return inRange(call, { ...(bounds !== 'to' && { from: start }), ...(bounds !== 'from' && { before: end }) })
  }

/** The UTC day of a literal. */
function literalDay(day: Literal, call: Call): string {
  if (day.type === 'date') return day.value
  const zoned = /(z|[+-]\d\d:\d\d)$/i.test(day.value) ? day.value : `${day.value}Z`
  const moment = new Date(zoned.toUpperCase())
  if (Number.isNaN(moment.getTime()) || moment.getUTCFullYear() < 1 || moment.getUTCFullYear() > 9999) {
    throw typeMismatch(`the value ${quoteForMessage(day.value)}`, 'a date', call.position)
  }
  return moment.toISOString().slice(0, 10)
}

interface TimeRange {
  readonly from?: Date
  readonly before?: Date
}

function inRange({ column, name, position, options }: Call, { from, before }: TimeRange): string {
  if (column.type !== 'date' && column.type !== 'date-time')
    throw typeMismatch(`a value of type ${column.type}`, `a date, as '${name}' needs`, position)
  const days = column.type === 'date'
  const text = (date: Date): string => (date.getUTCFullYear() > 9999 ? 'infinity' : date.toISOString().slice(0, days ? 10 : undefined))
  const place = (date: Date): string => options.parameters.add(text(date), SQL_CASTS[column.type])
  const tests = [
    ...(from === undefined ? [] : [`${column.sql} >= ${place(from)}`]),
    // The last millisecond before an end at midnight is the last day that counts.
    ...(before === undefined
      ? []
      : [days ? `${column.sql} <= ${place(new Date(before.getTime() - 1))}` : `${column.sql} < ${place(before)}`]),
  ]
  return tests.length === 1 ? (tests[0] ?? '') : `(${tests.join(' and ')})`
}

/** `ThisWeek`, `LastXDays`, …: names that a period of time stands behind. */
function periodTranslation(name: string, now: Date): Translation | undefined {
  const period = namedPeriod(name)
  if (period === undefined) return undefined
  return (call) => {
    const count = period.needsCount ? wholeCount(call) : 1
    const range = period.range(now, count)
    if (Object.values(range).some((date) => !isOnCalendar(date))) throw missing(call.name, 'PropertyValue, a smaller number', call.position)
    return inRange(call, range)
  }
}

/** Dates that the database and the wire formats both can write. */
const isOnCalendar = (date: Date | undefined): boolean => date !== undefined && date.getUTCFullYear() >= 1 && date.getUTCFullYear() <= 9999

const LARGEST_COUNT = 100_000

function wholeCount(call: Call): number {
  const value = call.values[0]?.value ?? ''
  const count = Number(value)
  if (!/^\d+$/.test(value) || count < 1 || count > LARGEST_COUNT)
    throw missing(call.name, 'PropertyValue, a whole number above 0', call.position)
  return count
}

const TRANSLATIONS: Readonly<Record<string, Translation>> = {
  In: among,
  NotIn: notOf(among),
  Between: between,
  NotBetween: notOf(between),
  On: onDay('both'),
  OnOrAfter: onDay('from'),
  OnOrBefore: onDay('to'),
  ContainValues: containsValues,
  DoesNotContainValues: notOf(containsValues),
  Contains: pattern('anywhere'),
  BeginsWith: pattern('start'),
  EndsWith: pattern('end'),
  EqualUserId: equalsContext('userId', '='),
  NotEqualUserId: equalsContext('userId', 'is distinct from'),
  EqualBusinessId: equalsContext('businessUnitId', '='),
  NotEqualBusinessId: equalsContext('businessUnitId', 'is distinct from'),
  Above: inHierarchy('above', false),
  AboveOrEqual: inHierarchy('above', true),
  Under: inHierarchy('below', false),
  UnderOrEqual: inHierarchy('below', true),
  NotUnder: notOf(inHierarchy('below', false)),
}
