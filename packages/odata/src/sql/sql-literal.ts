import { parseDecimal } from '@p2c/base'
import type { Literal } from '../ast.ts'
import type { ODataProfile } from '../profile.ts'
import { odataError, quoteForMessage } from '../url/odata-error.ts'
import type { SqlColumn, SqlParameters, SqlType } from './sql-scope.ts'

/** PostgreSQL types that parameters are cast to. */
export const SQL_CASTS: Readonly<Record<SqlType, string>> = {
  text: 'text',
  integer: 'integer',
  bigint: 'bigint',
  decimal: 'numeric',
  double: 'double precision',
  boolean: 'boolean',
  guid: 'uuid',
  date: 'date',
  'date-time': 'timestamptz',
  enum: 'text',
}

const RANGES = {
  integer: [-(2n ** 31n), 2n ** 31n - 1n],
  bigint: [-(2n ** 63n), 2n ** 63n - 1n],
} as const

export const isNumeric = (type: SqlType): boolean => type === 'integer' || type === 'bigint' || type === 'decimal' || type === 'double'

/** A literal cannot be compared with what stands on the other side. */
export const typeMismatch = (found: string, expected: string, position: number, details: Readonly<Record<string, unknown>> = {}) =>
  odataError('odata-type-mismatch', `At position ${position}: ${found} cannot be compared with ${expected}.`, {
    position,
    expected: [expected],
    ...details,
  })

const outOfRange = (literal: Literal, expected: string) =>
  odataError(
    'odata-out-of-range',
    `At position ${literal.span.start}: ${quoteForMessage(literal.value)} is outside the range of ${expected}.`,
    {
      position: literal.span.start,
      expected: [expected],
    },
  )

/** What a literal is compared as: a column, or only the type of an expression. */
export type Target = Pick<SqlColumn, 'type' | 'enumType' | 'enumMembers'>

const TYPES_OF_LITERALS: Readonly<Partial<Record<Literal['type'], SqlType>>> = {
  string: 'text',
  boolean: 'boolean',
  integer: 'decimal',
  decimal: 'decimal',
  double: 'decimal',
  guid: 'guid',
  date: 'date',
  'date-time': 'date-time',
}

/** The type that a literal has of itself, where no column gives one; undefined for what no column can hold. */
export const ownType = (literal: Literal): SqlType | undefined =>
  literal.type === 'double' && !isFiniteText(literal.value) ? 'double' : TYPES_OF_LITERALS[literal.type]

const isFiniteText = (value: string): boolean => value !== 'NaN' && value !== 'INF' && value !== '-INF'

export interface LiteralContext {
  readonly target: Target
  readonly parameters: SqlParameters
  readonly profile: ODataProfile
}

/** A literal as a parameter of the target's type. Throws `odata-type-mismatch`, `odata-out-of-range`. Not for `null`. */
export function literalToSql(literal: Literal, context: LiteralContext): string {
  const { target, parameters, profile } = context
  if (literal.type === 'enum') return enumParameter(literal, context)
  const mismatch = () => typeMismatch(`the ${literal.type} ${quoteForMessage(literal.value)}`, describe(target), literal.span.start)
  if (isNumeric(target.type)) return numberParameter(literal, context, mismatch)
  if (target.type === 'enum' || TYPES_OF_LITERALS[literal.type] === undefined) throw mismatch()
  const value = plainValue(literal, target.type, profile)
  if (value === undefined) throw mismatch()
  return parameters.add(value, SQL_CASTS[target.type])
}

const describe = (target: Target): string =>
  target.type === 'enum' ? `a value of ${target.enumType ?? 'an enumeration'}` : `a value of type ${target.type}`

function plainValue(literal: Literal, type: SqlType, profile: ODataProfile): string | boolean | undefined {
  const finops = profile.name === 'finops'
  if (type === 'text' && literal.type === 'string') return finops ? literal.value.trimEnd() : literal.value
  if (type === 'boolean' && literal.type === 'boolean') return literal.value === 'true'
  if (type === 'guid' && literal.type === 'guid') return literal.value.toLowerCase()
  if (type === 'date' && literal.type === 'date') return literal.value
  if (type === 'date' && literal.type === 'date-time') return utcMoment(literal).slice(0, 10)
  if (type !== 'date-time' || (literal.type !== 'date' && literal.type !== 'date-time')) return undefined
  // The empty moment is 1900-01-01 at noon or at midnight, depending on the field: both spellings find it (FO-064).
  if (finops && literal.value.startsWith('1900-01-01')) return '1900-01-01T00:00:00Z'
  return literal.type === 'date' ? `${literal.value}T00:00:00Z` : utcMoment(literal)
}

/** A moment in UTC to the microsecond; one without zone is read as UTC. */
function utcMoment(literal: Literal): string {
  const zoned = /(z|[+-]\d\d:\d\d)$/i.test(literal.value) ? literal.value : `${literal.value}Z`
  const fraction = /\.(\d+)/.exec(zoned)?.[1]?.slice(0, 6) ?? '0'
  const moment = new Date(zoned.replace(/\.\d+/, '').toUpperCase())
  const year = moment.getUTCFullYear()
  if (!(year >= 1 && year <= 9999)) throw outOfRange(literal, 'dates from year 1 to 9999')
  return `${moment.toISOString().slice(0, 19)}.${fraction}Z`
}

function numberParameter(literal: Literal, { target, parameters }: LiteralContext, mismatch: () => Error): string {
  if (literal.type !== 'integer' && literal.type !== 'decimal' && literal.type !== 'double') throw mismatch()
  if (!isFiniteText(literal.value)) {
    if (target.type !== 'double') throw mismatch()
    return parameters.add(literal.value.replace('INF', 'Infinity'), 'double precision')
  }
  const range = target.type === 'integer' || target.type === 'bigint' ? RANGES[target.type] : undefined
  if (range !== undefined && literal.type === 'integer' && literal.value.length <= 25) {
    const value = BigInt(literal.value)
    if (value < range[0] || value > range[1]) throw outOfRange(literal, describe(target))
    return parameters.add(literal.value, SQL_CASTS[target.type])
  }
  if (range !== undefined && literal.type === 'integer') throw outOfRange(literal, describe(target))
  const value = parseDecimal(literal.value)
  if (value === undefined || value.abs().greaterThan('1e308')) throw outOfRange(literal, 'a number')
  if (target.type !== 'double') return parameters.add(literal.value, 'numeric')
  if (!value.isZero() && value.abs().lessThan('1e-300')) throw outOfRange(literal, describe(target))
  return parameters.add(literal.value, 'double precision')
}

function enumParameter(literal: Literal, { target, parameters }: LiteralContext): string {
  const { enumMembers: members, enumType } = target
  const position = literal.span.start
  const written = `${literal.enumType}'${literal.value}'`
  const sameType = enumType === undefined || enumType === literal.enumType
  if (members === undefined || !sameType) throw typeMismatch(`the enumeration ${quoteForMessage(written)}`, describe(target), position)
  const member = findMember(members, literal.value)
  if (member === undefined) {
    const expected = `a member of ${enumType ?? literal.enumType}: ${[...members.keys()].slice(0, 20).join(', ')}`
    throw typeMismatch(`the enumeration ${quoteForMessage(written)}`, expected, position)
  }
  return target.type === 'enum' ? parameters.add(member[0], 'text') : parameters.add(member[1], SQL_CASTS[target.type])
}

/** A member by name, else by name without case, else by number. */
function findMember(members: ReadonlyMap<string, number>, text: string): readonly [string, number] | undefined {
  const exact = members.get(text)
  if (exact !== undefined) return [text, exact]
  const lower = text.toLowerCase()
  return [...members].find(([name, number]) => name.toLowerCase() === lower || String(number) === text)
}
