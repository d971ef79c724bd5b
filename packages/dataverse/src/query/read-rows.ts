import type { SqlRunner } from '@p2c/base'
import {
  dataverseProfile,
  filterToSql,
  keysetAfter,
  type OrderColumn,
  orderColumns,
  orderTerms,
  type QueryOptions,
  type SqlOptions,
  SqlParameters,
  type SqlScope,
} from '@p2c/odata'
import type { Model, Table } from '../model/resolved-model.ts'
import type { Caller } from '../pipeline/write-context.ts'
import { readScopeSql, rowRefused } from '../security/access.ts'
import { type ExpandContext, expandMembers } from './expand.ts'
import { type AnnotationFilter, jsonRow } from './json-row.ts'
import { orderScope } from './order-scope.ts'
import type { PagePlace, PageRow } from './paging-cookie.ts'
import { selectedColumns } from './selection.ts'
import { tableScope } from './table-scope.ts'

/** Who reads what of which table; shared by single rows, pages and counts. */
export interface ReadScope {
  readonly model: Model
  readonly table: Table
  readonly caller: Caller
  readonly now: Date
  readonly annotations: AnnotationFilter
  readonly root: string
  /** Decoded text of `$expand`; empty where there is none. */
  readonly expandText: string
  readonly pageSize: number
}

/** Adds the condition that the path sets: children of a row, rows since a version. Gives undefined for none. */
export type PathCondition = (alias: string, parameters: SqlParameters) => string | undefined

export const ROW_ALIAS = 't'

/** SQL options of one statement. */
export const statementOptions = (scope: Pick<ReadScope, 'now' | 'caller'>): SqlOptions => ({
  parameters: new SqlParameters(),
  profile: dataverseProfile,
  queryFunctions: { now: scope.now, userId: scope.caller.userId, businessUnitId: scope.caller.businessUnitId },
})

/** SQL of a row as JSON with everything that the options ask for. */
export function rowSql(scope: ReadScope, options: QueryOptions, sql: SqlOptions): string {
  let aliases = 0
  const context: ExpandContext = {
    model: scope.model,
    holder: scope.caller,
    sql,
    annotations: scope.annotations,
    root: scope.root,
    expandText: scope.expandText,
    pageSize: scope.pageSize,
    nextAlias: () => {
      aliases += 1
      return `e${aliases}`
    },
  }
  return jsonRow({
    model: scope.model,
    table: scope.table,
    alias: ROW_ALIAS,
    columns: selectedColumns(scope.table, options),
    annotations: scope.annotations,
    members: expandMembers(context, { table: scope.table, alias: ROW_ALIAS, place: 'row' }, options.expand),
  })
}

/** Names of the rows of a statement. */
export const rowScope = (scope: ReadScope): SqlScope => tableScope(scope.model, scope.table, { alias: ROW_ALIAS, holder: scope.caller })

/** Conditions of what the caller may read, of a path and of a `$filter`. */
export function conditionSql(
  scope: ReadScope,
  at: { readonly options: QueryOptions; readonly path: PathCondition | undefined },
  sql: SqlOptions,
): readonly string[] {
  const path = at.path?.(ROW_ALIAS, sql.parameters)
  const filter = at.options.filter === undefined ? undefined : filterToSql(at.options.filter, rowScope(scope), sql)
  return [readScopeSql(scope.caller, scope.table, ROW_ALIAS), path, filter].flatMap((condition) =>
    condition === undefined ? [] : [`(${condition})`],
  )
}

const whereSql = (conditions: readonly string[]): string => (conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`)

export interface Page {
  /** JSON text of each row. */
  readonly rows: readonly string[]
  readonly first: PageRow | undefined
  readonly last: PageRow | undefined
  readonly hasMore: boolean
}

export interface PageRequest {
  readonly options: QueryOptions
  readonly path: PathCondition | undefined
  readonly place: PagePlace | undefined
  readonly limit: number
}

/** Sort columns of a request: `$orderby`, then the key, so that pages are stable (DV-069). */
export function pageOrder(scope: ReadScope, options: QueryOptions, sql: SqlOptions): readonly OrderColumn[] {
  const place = { alias: ROW_ALIAS, holder: scope.caller }
  const asked = orderColumns(options.orderby ?? [], orderScope(scope.model, scope.table, place), sql)
  return [...asked, { sql: `${ROW_ALIAS}.${scope.table.primaryId.sql}`, type: 'guid', descending: false, nullable: false }]
}

/**
 * One page of rows in order. The database takes the rows of the page first and writes their JSON then, so what is skipped costs nothing.
 */
export async function readPage(runner: SqlRunner, scope: ReadScope, request: PageRequest): Promise<Page> {
  const sql = statementOptions(scope)
  const order = pageOrder(scope, request.options, sql)
  const conditions = [...conditionSql(scope, request, sql)]
  if (request.place !== undefined) conditions.push(keysetAfter(order, [...request.place.values, request.place.id], sql.parameters))
  const outer = [
    `${rowSql(scope, request.options, sql)} as j`,
    `t.${scope.table.primaryId.sql}::text as id`,
    ...order.slice(0, -1).map((_, index) => `platform_sort_${index} as s${index}`),
  ]
  const found = await runner.query<Record<string, string | null>>(
    `select ${outer.join(', ')} from ${pageSource(scope.table, { order, conditions, limit: request.limit + 1 })}`,
    sql.parameters.values,
  )
  return toPage(found.rows, { limit: request.limit, sorts: order.length - 1 })
}

/** SQL of the rows of a page. Rows that need sorting are sorted by their keys alone: sorting wide rows takes as long as all the rest. */
function pageSource(
  table: Table,
  at: { readonly order: readonly OrderColumn[]; readonly conditions: readonly string[]; readonly limit: number },
): string {
  const rest = `from ${table.sql} ${ROW_ALIAS}${whereSql(at.conditions)} order by ${orderTerms(at.order).join(', ')} limit ${at.limit}`
  const sorts = at.order.slice(0, -1).map((column, index) => `(${column.sql})::text as platform_sort_${index}`)
  if (sorts.length === 0) return `(select t.* ${rest}) ${ROW_ALIAS}`
  const keys = `select t.${table.primaryId.sql} as platform_id, ${sorts.join(', ')} ${rest}`
  const placed = `select k.*, row_number() over () as platform_place from (${keys}) k`
  return `(${placed}) placed join ${table.sql} ${ROW_ALIAS} on t.${table.primaryId.sql} = placed.platform_id order by placed.platform_place`
}

function toPage(found: readonly Record<string, string | null>[], facts: { readonly limit: number; readonly sorts: number }): Page {
  const hasMore = found.length > facts.limit
  const rows = hasMore ? found.slice(0, facts.limit) : found
  const place = (row: Record<string, string | null> | undefined): PageRow | undefined =>
    row === undefined
      ? undefined
      : { id: row.id ?? '', values: Array.from({ length: facts.sorts }, (_, index) => row[`s${index}`] ?? null) }
  return { rows: rows.map((row) => row.j ?? ''), first: place(rows[0]), last: place(rows.at(-1)), hasMore }
}

/** Number of rows, counted no further than `limit`. */
export async function countRows(
  runner: SqlRunner,
  scope: ReadScope,
  request: { readonly options: QueryOptions; readonly path: PathCondition | undefined; readonly limit: number },
): Promise<number> {
  const sql = statementOptions(scope)
  const conditions = conditionSql(scope, request, sql)
  const found = await runner.query<{ n: string }>(
    `select count(*) as n from (select 1 from ${scope.table.sql} ${ROW_ALIAS}${whereSql(conditions)} limit ${request.limit}) counted`,
    sql.parameters.values,
  )
  return Number(found.rows[0]?.n ?? 0)
}

export interface ReadRow {
  readonly json: string
  readonly version: string
}

/** One row by id; undefined where it is missing. One that the caller may not read is refused by 403 `0x80040220`. */
export async function readRow(
  runner: SqlRunner,
  scope: ReadScope,
  row: { readonly id: string; readonly options: QueryOptions },
): Promise<ReadRow | undefined> {
  const sql = statementOptions(scope)
  const json = rowSql(scope, row.options, sql)
  const id = sql.parameters.add(row.id, 'uuid')
  const allowed = readScopeSql(scope.caller, scope.table, ROW_ALIAS)
  const found = await runner.query<{ j: string; v: string; ok?: boolean }>(
    `select ${json} as j, t.versionnumber::text as v${allowed === undefined ? '' : `, ${allowed} as ok`} from ${scope.table.sql} ${ROW_ALIAS} where t.${scope.table.primaryId.sql} = ${id}`,
    sql.parameters.values,
  )
  const [first] = found.rows
  if (first?.ok === false) throw rowRefused(scope.caller, scope.table, { right: 'Read', id: row.id })
  return first === undefined ? undefined : { json: first.j, version: first.v }
}
