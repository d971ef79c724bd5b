import type { SqlColumn } from '@p2c/odata'
import { type Column, quoteName } from '../model/resolved-model.ts'
import { isDateOnly } from '../query/json-row.ts'
import { fetchErrors } from './fetch-errors.ts'
import type { DateGrouping, FetchAggregate, FetchAttribute, FetchQuery } from './fetch-query.ts'
import { columnNamed, type FetchContext, folded, type Source, sqlOf } from './fetch-scope.ts'
import { checkedAlias, type FetchTables } from './joins.ts'
import { type Output, outputsOf } from './outputs.ts'

/** A column that rows are grouped by; without a name it only serves another one. */
export interface Group {
  readonly source: Source
  readonly column: Column
  readonly name?: string
}

/** A part of a date that rows are grouped by, or a value over the rows of a group. */
export interface Measure {
  readonly name: string
  readonly source: Source
  readonly column: Column
  readonly kind: DateGrouping | FetchAggregate
  /** SQL over the source rows. */
  readonly sql: string
  readonly isGroup: boolean
  /** The value is one of the column's own, and shows like it. */
  readonly isValue: boolean
  readonly type: SqlColumn['type']
}

export interface GroupPlan {
  readonly groups: readonly Group[]
  readonly measures: readonly Measure[]
}

const ownAttributes = (source: Source): readonly (readonly [Source, FetchAttribute])[] =>
  source.entity.attributes.map((attribute) => [source, attribute] as const)

/** What a query groups by and computes. Throws codes of `fetchErrors` for what does not fit together. */
export function groupPlan(context: FetchContext, query: FetchQuery, tables: FetchTables): GroupPlan {
  if (!query.aggregate) return distinctPlan(tables)
  const sources = [tables.root, ...tables.joins.map((join) => join.source)]
  const everything = sources.find((source) => source.entity.allAttributes)
  if (everything !== undefined) throw fetchErrors.plainWithAggregate('all-attributes')
  const groups: Group[] = []
  const measures: Measure[] = []
  const names = new Set<string>()
  for (const [source, attribute] of sources.flatMap(ownAttributes)) {
    const name = aliasOf(attribute)
    if (names.has(name)) throw fetchErrors.duplicateAlias(name)
    names.add(name)
    const column = columnNamed(source.table, attribute.name)
    const item = { name, source, column }
    if (attribute.aggregate !== undefined) measures.push(aggregateOf(context, item, attribute))
    else if (attribute.dateGrouping !== undefined) measures.push(dateGroupOf(context, item, attribute.dateGrouping))
    else groups.push(plainGroup(item))
  }
  if (names.size === 0) throw fetchErrors.missingElement("'attribute' with 'aggregate' or 'groupby'")
  return { groups, measures }
}

/** `distinct` without aggregation groups by all that is returned. A key that is returned brings the row's version along. */
function distinctPlan(tables: FetchTables): GroupPlan {
  const groups: Group[] = outputsOf(tables).map((output: Output) => ({ ...output }))
  const add = (source: Source, column: Column | undefined): void => {
    if (column !== undefined && !groups.some((group) => group.source === source && group.column === column)) groups.push({ source, column })
  }
  for (const { source, column } of [...groups]) {
    if (column.type === 'money') add(source, source.table.byName.get('transactioncurrencyid'))
    if (source === tables.root && column === source.table.primaryId) add(source, source.table.byName.get('versionnumber'))
  }
  return { groups, measures: [] }
}

function aliasOf(attribute: FetchAttribute): string {
  if (attribute.aggregate === undefined && !attribute.groupBy) throw fetchErrors.plainWithAggregate(attribute.name)
  if (attribute.aggregate !== undefined && attribute.groupBy) throw fetchErrors.groupedAndAggregated(attribute.name)
  if (attribute.alias === undefined) throw fetchErrors.aggregateNeedsAlias(attribute.name)
  return checkedAlias(attribute.alias)
}

interface Item {
  readonly name: string
  readonly source: Source
  readonly column: Column
}

function plainGroup(item: Item): Group {
  if (item.column.type === 'datetime' && !isDateOnly(item.column))
    throw fetchErrors.invalidDateGrouping(`the date-time '${item.column.name}' needs one of them to be grouped.`)
  return item
}

/** Weeks begin on Sunday, and the week of 1 January is the first. Fiscal periods are quarters of the calendar year. */
const DATE_PARTS: Readonly<Record<DateGrouping, (value: string) => string>> = {
  day: (value) => `extract(day from ${value})`,
  week: (value) => `floor((extract(doy from ${value}) - 1 + extract(dow from date_trunc('year', ${value}))) / 7) + 1`,
  month: (value) => `extract(month from ${value})`,
  quarter: (value) => `extract(quarter from ${value})`,
  year: (value) => `extract(year from ${value})`,
  'fiscal-period': (value) => `extract(quarter from ${value})`,
  'fiscal-year': (value) => `extract(year from ${value})`,
}

function dateGroupOf(context: FetchContext, item: Item, grouping: DateGrouping): Measure {
  if (item.column.type !== 'datetime') throw fetchErrors.invalidDateGrouping(`'${item.column.name}' is no date.`)
  const { sql } = sqlOf(context, item.source, item.column)
  return { ...item, kind: grouping, sql: `(${DATE_PARTS[grouping](sql)})::integer`, isGroup: true, isValue: false, type: 'integer' }
}

const isNumber = ({ type }: SqlColumn): boolean => type === 'integer' || type === 'bigint' || type === 'decimal' || type === 'double'

function aggregateOf(context: FetchContext, item: Item, attribute: FetchAttribute): Measure {
  const kind = attribute.aggregate ?? 'count'
  const column = sqlOf(context, item.source, item.column)
  const measure = { ...item, kind, isGroup: false, isValue: false } as const
  if (kind === 'count') return { ...measure, sql: 'count(*)', type: 'bigint' }
  if (kind === 'countcolumn')
    return { ...measure, sql: `count(${attribute.distinct ? `distinct ${folded(column)}` : column.sql})`, type: 'bigint' }
  if (kind === 'sum' || kind === 'avg') {
    if (!isNumber(column) || isOption(item.column)) throw fetchErrors.invalidAggregate(kind, item.column.type)
    // Averages have nine decimals at most, as under `$apply`.
    const sql = kind === 'sum' ? `sum((${column.sql})::numeric)` : `trim_scale(round(avg((${column.sql})::numeric), 9))`
    return { ...measure, sql, type: kind === 'sum' && column.type === 'integer' ? 'bigint' : 'decimal' }
  }
  if (column.type === 'boolean' || column.type === 'guid') throw fetchErrors.invalidAggregate(kind, item.column.type)
  return { ...measure, sql: `${kind}(${column.sql})`, type: column.type, isValue: true }
}

const isOption = ({ type }: Column): boolean => type === 'choice' || type === 'state' || type === 'status'

/** Name of a group's column in the inner statement, and of the column with its target table. */
export const groupColumn = (index: number): string => quoteName(`g${index}`)
export const groupTarget = (index: number): string => quoteName(`g${index}t`)
export const measureColumn = (index: number): string => quoteName(`m${index}`)
