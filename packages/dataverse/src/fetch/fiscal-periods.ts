import { SQL_CASTS, type SqlColumn, type SqlParameters } from '@p2c/odata'
import { fetchErrors } from './fetch-errors.ts'

/** Quarters counted from year 0: the first of 2025 is 8,100. */
const quarterOf = (date: Date): number => date.getUTCFullYear() * 4 + Math.floor(date.getUTCMonth() / 3)

/** First day of a quarter; undefined outside the years that a date can have. */
function dayOf(quarter: number): string | undefined {
  const year = Math.floor(quarter / 4)
  if (year < 1 || year > 9999) return undefined
  return `${String(year).padStart(4, '0')}-${String((quarter % 4) * 3 + 1).padStart(2, '0')}-01`
}

interface FiscalCondition {
  readonly name: string
  readonly column: SqlColumn
  readonly values: readonly number[]
  readonly now: Date
  readonly parameters: SqlParameters
}

/**
 * The condition of a fiscal operator. The fiscal year is the calendar year and a period is a quarter. `last-x` and `next-x` count whole
 * periods beside the present one, which they leave out.
 */
export function fiscalSql(condition: FiscalCondition): string {
  const { name, column, values, now } = condition
  if (column.type !== 'date' && column.type !== 'date-time')
    throw fetchErrors.badCondition(`'${name}' needs a date, not a value of type ${column.type}.`)
  if (name === 'in-period') return `extract(quarter from ${column.sql}) = ${condition.parameters.add(values[0], 'integer')}`
  const [from, before] = rangeOf(name, values, quarterOf(now))
  const bounds = [
    ...(from === undefined ? [] : [`${column.sql} >= ${dayParameter(condition, from)}`]),
    ...(before === undefined ? [] : [`${column.sql} < ${dayParameter(condition, before)}`]),
  ]
  return `(${bounds.join(' and ')})`
}

function dayParameter({ column, parameters, name }: FiscalCondition, quarter: number): string {
  const day = dayOf(quarter)
  if (day === undefined) throw fetchErrors.badCondition(`'${name}' leads out of the calendar.`)
  return parameters.add(column.type === 'date' ? day : `${day}T00:00:00Z`, SQL_CASTS[column.type])
}

/** First quarter inside and first quarter behind; an absent bound is open. */
function rangeOf(name: string, values: readonly number[], now: number): readonly [from: number | undefined, before?: number] {
  const [first = 0, second = 0] = values
  const year = now - (now % 4)
  const named = second * 4 + first - 1
  const ranges: Readonly<Record<string, readonly [from: number | undefined, before?: number]>> = {
    'this-period': [now, now + 1],
    'last-period': [now - 1, now],
    'next-period': [now + 1, now + 2],
    'last-x-periods': [now - first, now],
    'next-x-periods': [now + 1, now + 1 + first],
    'last-x-years': [year - first * 4, year],
    'next-x-years': [year + 4, year + 4 + first * 4],
    'in-year': [first * 4, first * 4 + 4],
    'in-period-and-year': [named, named + 1],
    'in-or-before': [undefined, named + 1],
    'in-or-after': [named],
  }
  const range = ranges[name]
  if (range === undefined) throw new TypeError(`no fiscal operator '${name}'`)
  return range
}
