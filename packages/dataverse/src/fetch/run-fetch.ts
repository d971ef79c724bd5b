import type { SqlRunner } from '@p2c/base'
import { type Table, tableOf } from '../model/resolved-model.ts'
import type { PathCondition, ReadScope } from '../query/read-rows.ts'
import { ROW_ALIAS, statementOptions } from '../query/read-rows.ts'
import { readScopeSql } from '../security/access.ts'
import { formatFetchCookie } from './fetch-cookie.ts'
import { fetchErrors } from './fetch-errors.ts'
import { orderOf } from './fetch-order.ts'
import type { FetchQuery } from './fetch-query.ts'
import type { FetchContext } from './fetch-scope.ts'
import { groupPlan } from './group-plan.ts'
import { groupsSql, readGroupPage, refuseTooManyRows } from './group-query.ts'
import { type FetchTables, fetchTables } from './joins.ts'
import { outputsOf, sendsAll } from './outputs.ts'
import { readRowPage } from './row-query.ts'

export interface FetchAnswer {
  /** JSON text of each row. */
  readonly rows: readonly string[]
  /** Paging annotation; absent on the last page. */
  readonly cookie?: string
  /** Rows of all pages, counted no further than asked. */
  readonly total?: number
  /** Members that the context names; absent where it names none. */
  readonly selected?: readonly string[]
}

export interface FetchRequest {
  readonly query: FetchQuery
  /** Condition of the path that the query stands on: the children of a row. */
  readonly path?: PathCondition
  /** Counts all rows, no further than this. */
  readonly countTo?: number
}

/**
 * Runs a FetchXML query on the table of `scope`. Source: wire specification 11.6. Throws codes of `fetchErrors`, all 400: `0x80041128` for
 * another root table than the scope's, `0x8004e023` for an aggregation over more than 50,000 rows.
 */
export async function runFetch(runner: SqlRunner, scope: ReadScope, request: FetchRequest): Promise<FetchAnswer> {
  const { query } = request
  if (query.entity.name !== scope.table.logicalName) {
    if (!scope.model.tables.has(query.entity.name)) throw fetchErrors.unknownEntity(query.entity.name)
    throw fetchErrors.wrongEntity(query.entity.name, scope.table.logicalName)
  }
  // Each statement has its own parameters: the database refuses one that it does not use.
  const statement = () => prepare(scope, request)
  if (query.aggregate) {
    const counted = statement()
    await refuseTooManyRows(runner, counted.context, { query, tables: counted.tables })
  }
  const total = request.countTo === undefined ? undefined : await countAll(runner, statement(), { query, limit: request.countTo })
  const { context, tables } = statement()
  const span = {
    page: query.top === undefined ? (query.page ?? 1) : 1,
    size: query.top ?? Math.min(query.count ?? scope.pageSize, scope.pageSize),
  }
  const at = { query, tables, span, annotations: scope.annotations }
  const found = query.aggregate || query.distinct ? await readGroupPage(runner, context, at) : await readRowPage(runner, context, at)
  const selected = selectedNames(query, tables)
  return {
    rows: found.rows,
    ...(found.hasMore && query.top === undefined && { cookie: formatFetchCookie(span.page, found.columns) }),
    ...(total !== undefined && { total }),
    ...(selected !== undefined && { selected }),
  }
}

/** Refuses a query that could not run on a table: unknown names, types that do not compare. Runs nothing. */
export function checkFetch(scope: Pick<ReadScope, 'model' | 'caller' | 'now'>, query: FetchQuery): Table {
  const table = scope.model.tables.get(query.entity.name)
  if (table === undefined) throw fetchErrors.unknownEntity(query.entity.name)
  const { context, tables } = prepare({ ...scope, table: tableOf(scope.model, query.entity.name) }, { query })
  if (query.aggregate || query.distinct) groupPlan(context, query, tables)
  else {
    outputsOf(tables)
    orderOf(tables)
  }
  return table
}

interface Prepared {
  readonly context: FetchContext
  readonly tables: FetchTables
}

function prepare(scope: Pick<ReadScope, 'model' | 'table' | 'caller' | 'now'>, request: FetchRequest): Prepared {
  let aliases = 0
  const context: FetchContext = {
    model: scope.model,
    sql: statementOptions(scope),
    visible: (table, alias) => readScopeSql(scope.caller, table, alias),
    nextAlias: () => {
      aliases += 1
      return `l${aliases}`
    },
  }
  const tables = fetchTables(context, request.query, ROW_ALIAS)
  const path = request.path?.(ROW_ALIAS, context.sql.parameters)
  return { context, tables: path === undefined ? tables : { ...tables, where: [`(${path})`, ...tables.where] } }
}

async function countAll(
  runner: SqlRunner,
  { context, tables }: Prepared,
  at: { readonly query: FetchQuery; readonly limit: number },
): Promise<number> {
  const { query } = at
  const where = tables.where.length === 0 ? '' : ` where ${tables.where.join(' and ')}`
  const source = query.aggregate || query.distinct ? groupsSql(context, { query, tables }) : `select 1 from ${tables.from}${where}`
  const found = await runner.query<{ n: string }>(
    `select count(*) as n from (select 1 from (${source}) rows limit ${at.limit}) counted`,
    context.sql.parameters.values,
  )
  return Number(found.rows[0]?.n ?? 0)
}

/** The root's columns as asked, then its key; none for all columns or for groups (G-DV-31, DV-140). */
function selectedNames(query: FetchQuery, tables: FetchTables): readonly string[] | undefined {
  if (query.aggregate || sendsAll(tables.root)) return undefined
  const own = outputsOf(tables).filter((output) => output.source === tables.root)
  const names = own.map((output) => output.name)
  const key = tables.root.table.primaryId.property
  return query.distinct || names.includes(key) ? names : [...names, key]
}
