import type { SqlRunner } from '@p2c/base'
import { keysetAfter, type OrderColumn, orderTerms } from '@p2c/odata'
import { type AnnotationFilter, annotationParts, presentValue } from '../query/json-row.ts'
import { sqlConcat, sqlText } from '../query/sql-text.ts'
import { type CookieColumn, type ReadCookie, readFetchCookie } from './fetch-cookie.ts'
import { fetchErrors } from './fetch-errors.ts'
import { type FetchOrderColumn, orderOf, orderSql } from './fetch-order.ts'
import type { FetchQuery } from './fetch-query.ts'
import type { FetchContext } from './fetch-scope.ts'
import type { FetchTables } from './joins.ts'
import { type Output, outputsOf, withCompanions } from './outputs.ts'

/** Where a page lies. */
export interface PageSpan {
  readonly page: number
  readonly size: number
}

export interface RowPage {
  /** JSON text of each row. */
  readonly rows: readonly string[]
  readonly hasMore: boolean
  /** Sort columns with their values, for a cookie; empty where a page has no place that a cookie could name. */
  readonly columns: readonly CookieColumn[]
}

/** Rows that are skipped by their number and not by a cookie, at most. Source: wire specification 11.6. */
const MOST_SKIPPED = 50_000

/** The first row of a page by its number. Throws `0x80040203` for one so high that it needs a cookie. */
export function offsetOf(span: PageSpan, query: FetchQuery): number {
  const offset = (span.page - 1) * span.size
  if (offset >= MOST_SKIPPED && query.pagingCookie === undefined) throw fetchErrors.cookieRequired()
  return offset
}

interface SortColumn {
  readonly name: string
  readonly order: OrderColumn
  readonly isId: boolean
}

/** One page of a query without aggregation. Rows begin behind the cookie's last one, or are counted where there is no fitting cookie. */
export async function readRowPage(
  runner: SqlRunner,
  context: FetchContext,
  at: { readonly query: FetchQuery; readonly tables: FetchTables; readonly span: PageSpan; readonly annotations: AnnotationFilter },
): Promise<RowPage> {
  const { query, tables, span } = at
  const outputs = withCompanions(tables.root, outputsOf(tables))
  const sorts = sortColumns(context, tables, query.rawOrder)
  const cookie = query.pagingCookie === undefined || span.page === 1 ? undefined : readFetchCookie(query.pagingCookie)
  const follows = cookie !== undefined && cookie.page === span.page - 1
  const conditions = [...tables.where, ...(follows ? [afterSql(context, sorts, cookie)] : [])]
  const offset = follows || span.page === 1 ? '' : ` offset ${offsetOf(span, query)}`
  const where = conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`
  const columns = [`${rowJson(context, { tables, outputs, annotations: at.annotations })} as j`]
  columns.push(...sorts.map((sort, index) => `(${sort.order.sql})::text as s${index}`))
  const order = orderTerms(sorts.map((sort) => sort.order))
  const found = await runner.query<Record<string, string | null>>(
    `select ${columns.join(', ')} from ${tables.from}${where} order by ${order.join(', ')} limit ${span.size + 1}${offset}`,
    context.sql.parameters.values,
  )
  const rows = found.rows.slice(0, span.size)
  return {
    rows: rows.map((row) => row.j ?? ''),
    hasMore: found.rows.length > span.size,
    columns: sorts.map(({ name, isId }, index) => ({
      name,
      isId,
      first: rows[0]?.[`s${index}`] ?? null,
      last: rows.at(-1)?.[`s${index}`] ?? null,
    })),
  }
}

/** The asked order, then the root's key, then the keys of links that give a row more than once: no two rows are equal (DV-069). */
function sortColumns(context: FetchContext, tables: FetchTables, raw: boolean): readonly SortColumn[] {
  const keyOf = (source: FetchOrderColumn['source'], name: string): SortColumn => ({
    name,
    isId: true,
    order: orderSql(context, { source, column: source.table.primaryId, descending: false }, true),
  })
  const asked = orderOf(tables).map(
    (order): SortColumn => ({ name: order.name, isId: order.column.type === 'guid', order: orderSql(context, order, raw) }),
  )
  const keys = [
    keyOf(tables.root, tables.root.table.primaryId.name),
    ...tables.joins.filter((join) => join.multiplies).map(({ source }) => keyOf(source, `${source.name}.${source.table.primaryId.name}`)),
  ]
  return [...asked, ...keys.filter((key) => !asked.some((sort) => sort.name === key.name))]
}

function afterSql(context: FetchContext, sorts: readonly SortColumn[], cookie: ReadCookie): string {
  const values = sorts.map(({ name }) => {
    const value = cookie.last.get(name)
    if (value === undefined) throw fetchErrors.foreignCookie()
    return value
  })
  if (cookie.last.size !== sorts.length) throw fetchErrors.foreignCookie()
  return keysetAfter(
    sorts.map((sort) => sort.order),
    values,
    context.sql.parameters,
  )
}

function rowJson(
  context: FetchContext,
  at: { readonly tables: FetchTables; readonly outputs: readonly Output[]; readonly annotations: AnnotationFilter },
): string {
  const { root } = at.tables
  const parts = [sqlText('{"@odata.etag":"W/\\"'), `${root.alias}.versionnumber`, sqlText('\\""')]
  for (const output of at.outputs) parts.push(...memberParts(context, output, at.annotations))
  return sqlConcat([...parts, "'}'"])
}

/** SQL of a member with its annotations before it; null, and so nothing, where the column is empty (DV-022). */
export const memberParts = (context: FetchContext, output: Output, annotations: AnnotationFilter): readonly string[] => [
  ...annotationParts({ model: context.model, table: output.source.table, alias: output.source.alias, annotations }, output),
  `${sqlText(`,"${output.name}":`)} || ${presentValue(output.column, output.source.alias)}`,
]
