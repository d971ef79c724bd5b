import type { OrderItem } from '../ast.ts'
import { odataError } from '../url/odata-error.ts'
import { operandToSql } from './comparison.ts'
import { createEnvironment } from './sql-environment.ts'
import { SQL_CASTS } from './sql-literal.ts'
import type { SqlOptions, SqlParameters, SqlScope, SqlType } from './sql-scope.ts'

/** One column that rows are ordered by. */
export interface OrderColumn {
  readonly sql: string
  readonly type: SqlType
  readonly descending: boolean
  readonly nullable: boolean
}

/** Texts are ordered without case, as they are compared. */
const sortSql = ({ sql, type }: OrderColumn): string => (type === 'text' ? `lower(${sql})` : sql)

/**
 * The columns of a `$orderby`. Throws `odata-unknown-property`, `odata-unsupported` (a condition as order). The caller adds the key columns
 * as last ones, so that pages are stable.
 */
export function orderColumns(items: readonly OrderItem[], scope: SqlScope, options: SqlOptions): OrderColumn[] {
  const environment = createEnvironment(scope, options)
  return items.map(({ expression, descending }) => {
    if (expression.kind !== 'path' && expression.kind !== 'binary' && expression.kind !== 'negate' && expression.kind !== 'count') {
      const position = expression.span.start
      throw odataError('odata-unsupported', `At position ${position}: rows are ordered by columns only.`, { option: '$orderby', position })
    }
    const { sql, type, nullable } = operandToSql(expression, environment)
    return { sql, type, nullable, descending }
  })
}

/** The terms of an `order by`: null comes first ascending and last descending, as in the services' own database. */
export const orderTerms = (columns: readonly OrderColumn[]): string[] =>
  columns.map((column) => {
    const nulls = column.nullable ? (column.descending ? ' nulls last' : ' nulls first') : ''
    return `${sortSql(column)}${column.descending ? ' desc' : ''}${nulls}`
  })

/** `orderTerms` of `orderColumns`. */
export const orderByToSql = (items: readonly OrderItem[], scope: SqlScope, options: SqlOptions): string[] =>
  orderTerms(orderColumns(items, scope, options))

/**
 * The condition for rows behind the one that has `values` in the order columns: the next page. Values are texts as read from the database,
 * or null. The last columns must be a unique key, else rows with equal values are lost.
 */
export function keysetAfter(
  columns: readonly OrderColumn[],
  values: readonly (string | number | boolean | null)[],
  parameters: SqlParameters,
): string {
  if (columns.length === 0 || columns.length !== values.length) throw new TypeError('keysetAfter needs one value per order column')
  const places = columns.map((column, index) => placeOf(column, values[index] ?? null, parameters))
  const direction = columns[0]?.descending
  if (columns.length > 1 && columns.every((column) => column.descending === direction && !column.nullable)) {
    return `(${columns.map(sortSql).join(', ')}) ${direction ? '<' : '>'} (${places.join(', ')})` // one range of an index
  }
  return behind(columns, places, 0)
}

/** A parameter of the column's type; undefined for null. */
function placeOf(column: OrderColumn, value: string | number | boolean | null, parameters: SqlParameters): string | undefined {
  if (value === null) return undefined
  const place = parameters.add(value, SQL_CASTS[column.type])
  return column.type === 'text' ? `lower(${place})` : place
}

function behind(columns: readonly OrderColumn[], places: readonly (string | undefined)[], index: number): string {
  const column = columns[index]
  if (column === undefined) return 'false'
  const sql = sortSql(column)
  const place = places[index]
  const later = laterThan(column, sql, place)
  if (index === columns.length - 1) return later
  const same = place === undefined ? `${sql} is null` : `${sql} = ${place}`
  return `(${later} or (${same} and ${behind(columns, places, index + 1)}))`
}

function laterThan({ descending, nullable }: OrderColumn, sql: string, place: string | undefined): string {
  if (place === undefined) return descending ? 'false' : `${sql} is not null`
  if (!descending) return `${sql} > ${place}`
  return nullable ? `(${sql} < ${place} or ${sql} is null)` : `${sql} < ${place}`
}
