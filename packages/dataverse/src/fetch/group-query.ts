import type { SqlRunner } from '@p2c/base'
import { ANNOTATIONS, type OrderColumn, orderTerms, type SqlColumn } from '@p2c/odata'
import { decimalPattern, GROUPED } from '../query/formatted-value.ts'
import { type AnnotationFilter, annotationParts, presentValue } from '../query/json-row.ts'
import { sqlConcat, sqlText } from '../query/sql-text.ts'
import { fetchErrors } from './fetch-errors.ts'
import { orderOf, orderSql } from './fetch-order.ts'
import type { FetchOrder, FetchQuery } from './fetch-query.ts'
import { type FetchContext, folded, type Source, sqlOf } from './fetch-scope.ts'
import { type Group, type GroupPlan, groupColumn, groupPlan, groupTarget, type Measure, measureColumn } from './group-plan.ts'
import type { FetchTables } from './joins.ts'
import { memberParts, offsetOf, type PageSpan, type RowPage } from './row-query.ts'

/** Rows that an aggregation reads at most. Source: wire specification 11.6 and 16. */
const MOST_SOURCE_ROWS = 50_000

interface GroupRequest {
  readonly query: FetchQuery
  readonly tables: FetchTables
}

/**
 * One page of a query with `aggregate` or `distinct`. The inner statement groups the rows, the outer one writes their JSON and orders them.
 * Pages are counted: groups have no key that a cookie could name.
 */
export async function readGroupPage(
  runner: SqlRunner,
  context: FetchContext,
  at: GroupRequest & { readonly span: PageSpan; readonly annotations: AnnotationFilter },
): Promise<RowPage> {
  const { query, tables, span } = at
  const plan = withOrderColumns(groupPlan(context, query, tables), tables, query)
  const order = query.aggregate ? aggregateOrder(context, plan, tables) : distinctOrder(context, plan, at)
  const json = groupJson(context, { plan, tables, annotations: at.annotations })
  const inner = innerSql(context, plan, tables)
  const offset = span.page === 1 ? '' : ` offset ${offsetOf(span, query)}`
  const found = await runner.query<{ j: string }>(
    `select ${json} as j from (${inner}) q${sourceLaterals(plan)} order by ${orderTerms(order).join(', ')} limit ${span.size + 1}${offset}`,
    context.sql.parameters.values,
  )
  const rows = found.rows.slice(0, span.size).map((row) => row.j)
  return { rows, hasMore: found.rows.length > span.size, columns: [] }
}

/** SQL of the groups alone, to be counted. */
export const groupsSql = (context: FetchContext, { query, tables }: GroupRequest): string =>
  innerSql(context, withOrderColumns(groupPlan(context, query, tables), tables, query), tables)

/** Refuses an aggregation over too many rows. Throws `0x8004e023`. */
export async function refuseTooManyRows(runner: SqlRunner, context: FetchContext, { query, tables }: GroupRequest): Promise<void> {
  if (!query.aggregate) return
  const limit = Math.min(query.aggregateLimit ?? MOST_SOURCE_ROWS, MOST_SOURCE_ROWS)
  const found = await runner.query<{ n: string }>(
    `select count(*) as n from (select 1 from ${tables.from}${whereSql(tables)} limit ${limit + 1}) counted`,
    context.sql.parameters.values,
  )
  if (Number(found.rows[0]?.n ?? 0) > limit) throw fetchErrors.tooManySourceRows(limit)
}

const whereSql = ({ where }: FetchTables): string => (where.length === 0 ? '' : ` where ${where.join(' and ')}`)

/** A distinct query may be ordered by a column that it does not return: rows are then told apart by it too. */
function withOrderColumns(plan: GroupPlan, tables: FetchTables, query: FetchQuery): GroupPlan {
  if (query.aggregate) return plan
  const missing = orderOf(tables).filter(
    ({ source, column }) => !plan.groups.some((group) => group.source === source && group.column === column),
  )
  return { ...plan, groups: [...plan.groups, ...missing.map(({ source, column }) => ({ source, column }))] }
}

function innerSql(context: FetchContext, plan: GroupPlan, tables: FetchTables): string {
  const columns: string[] = []
  const groupBy: string[] = []
  plan.groups.forEach(({ source, column }, index) => {
    const value = sqlOf(context, source, column)
    // Texts differ without case; of the spellings of one group the first is shown.
    columns.push(`${value.type === 'text' ? `min(${value.sql})` : value.sql} as ${groupColumn(index)}`)
    groupBy.push(folded(value))
    if (column.sqlTarget === undefined) return
    columns.push(`${source.alias}.${column.sqlTarget} as ${groupTarget(index)}`)
    groupBy.push(`${source.alias}.${column.sqlTarget}`)
  })
  plan.measures.forEach((measure, index) => {
    columns.push(`${measure.sql} as ${measureColumn(index)}`)
    if (measure.isGroup) groupBy.push(measure.sql)
  })
  const group = groupBy.length === 0 ? '' : ` group by ${[...new Set(groupBy)].join(', ')}`
  return `select ${columns.join(', ')} from ${tables.from}${whereSql(tables)}${group}`
}

/** Each table's grouped columns come back under its alias, so that members and display texts are written as for a stored row. */
function sourceLaterals(plan: GroupPlan): string {
  const bySource = new Map<Source, Map<string, string>>()
  plan.groups.forEach(({ source, column }, index) => {
    const columns = bySource.get(source) ?? new Map<string, string>()
    columns.set(column.sql, `q.${groupColumn(index)} as ${column.sql}`)
    if (column.sqlTarget !== undefined) columns.set(column.sqlTarget, `q.${groupTarget(index)} as ${column.sqlTarget}`)
    bySource.set(source, columns)
  })
  const groups = [...bySource].map(
    ([source, columns]) => ` cross join lateral (select ${[...columns.values()].join(', ')}) ${source.alias}`,
  )
  const values = plan.measures.flatMap((measure, index) =>
    measure.isValue ? [` cross join lateral (select q.${measureColumn(index)} as ${measure.column.sql}) v${index}`] : [],
  )
  return [...groups, ...values].join('')
}

function distinctOrder(context: FetchContext, plan: GroupPlan, { query, tables }: GroupRequest): readonly OrderColumn[] {
  const asked = orderOf(tables).map((order) => orderSql(context, order, query.rawOrder))
  return [...asked, ...lastOrder(context, plan)]
}

/** Orders of an aggregation name the aliases of its columns. */
function aggregateOrder(context: FetchContext, plan: GroupPlan, tables: FetchTables): readonly OrderColumn[] {
  const sources = [tables.root, ...tables.joins.map((join) => join.source)]
  const asked = sources.flatMap((source) => source.entity.orders.map((order) => aliasOrder(context, plan, order)))
  return [...asked, ...lastOrder(context, plan)]
}

function aliasOrder(context: FetchContext, plan: GroupPlan, order: FetchOrder): OrderColumn {
  if (order.alias === undefined)
    throw order.attribute === undefined ? fetchErrors.orderNeedsAlias() : fetchErrors.attributeForAggregateOrder()
  const { alias, descending } = order
  const group = plan.groups.find((candidate) => candidate.name === alias)
  if (group !== undefined) return orderSql(context, { ...group, descending }, false)
  const index = plan.measures.findIndex((measure) => measure.name === alias)
  const measure = plan.measures[index]
  if (measure === undefined) throw fetchErrors.unknownAlias(alias)
  return { sql: `q.${measureColumn(index)}`, type: measure.type, descending, nullable: true }
}

/** What keeps pages stable: all that groups differ in. */
function lastOrder(context: FetchContext, plan: GroupPlan): readonly OrderColumn[] {
  const place = (sql: string, type: SqlColumn['type']): OrderColumn => ({ sql: `q.${sql}`, type, descending: false, nullable: true })
  const groups = plan.groups.map(({ source, column }, index) => place(groupColumn(index), sqlOf(context, source, column).type))
  const measures = plan.measures.map((measure, index) => place(measureColumn(index), measure.type))
  return [...groups, ...measures]
}

function groupJson(
  context: FetchContext,
  at: { readonly plan: GroupPlan; readonly tables: FetchTables; readonly annotations: AnnotationFilter },
): string {
  const { plan, tables, annotations } = at
  const parts = [
    ...etagParts(plan, tables),
    ...plan.groups.flatMap((group) => groupParts(context, group, hasCurrency(plan, group) ? annotations : () => false)),
    ...plan.measures.flatMap((measure, index) => measureParts(context, { measure, index, annotations })),
  ]
  // Each member begins with a comma; the first one's is cut away.
  return `'{' || substr(${sqlConcat(parts)}, 2) || '}'`
}

function etagParts(plan: GroupPlan, { root }: FetchTables): readonly string[] {
  const version = plan.groups.find(({ source, column }) => source === root && column.name === 'versionnumber')
  const hasKey = plan.groups.some(({ source, column }) => source === root && column === root.table.primaryId)
  return version === undefined || !hasKey
    ? []
    : [`${sqlText(',"@odata.etag":"W/\\"')} || ${root.alias}.versionnumber || ${sqlText('\\""')}`]
}

const groupParts = (context: FetchContext, group: Group, annotations: AnnotationFilter): readonly string[] =>
  group.name === undefined ? [] : memberParts(context, { ...group, name: group.name }, annotations)

/** Money is shown in the currency of its row: a group of amounts alone has none. */
const hasCurrency = (plan: GroupPlan, { source, column }: Group): boolean =>
  column.type !== 'money' ||
  column.baseOf !== undefined ||
  !source.table.byName.has('transactioncurrencyid') ||
  plan.groups.some((other) => other.source === source && other.column.name === 'transactioncurrencyid')

function measureParts(
  context: FetchContext,
  at: { readonly measure: Measure; readonly index: number; readonly annotations: AnnotationFilter },
): readonly string[] {
  const { measure, index, annotations } = at
  const { column, source, name } = measure
  const value = `q.${measureColumn(index)}`
  if (measure.isValue && column.type !== 'money') {
    const alias = `v${index}`
    return [
      ...annotationParts({ model: context.model, table: source.table, alias, annotations }, { column, name }),
      `${sqlText(`,"${name}":`)} || ${presentValue(column, alias)}`,
    ]
  }
  const pattern = measure.type === 'decimal' || measure.type === 'double' ? decimalPattern(2) : GROUPED
  // A year is written without groups of three.
  const text = measure.isGroup ? `${value}::text` : `to_char(${value}::numeric, ${sqlText(pattern)})`
  const shown = annotations(ANNOTATIONS.formattedValue)
    ? [`${sqlText(`,"${name}@${ANNOTATIONS.formattedValue}":"`)} || ${text} || '"'`]
    : []
  return [...shown, `${sqlText(`,"${name}":`)} || ${value}::text`]
}
