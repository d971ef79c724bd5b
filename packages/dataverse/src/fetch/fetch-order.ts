import type { OrderColumn } from '@p2c/odata'
import type { Column, Model } from '../model/resolved-model.ts'
import { lookupText } from '../query/formatted-value.ts'
import { sqlText } from '../query/sql-text.ts'
import { fetchErrors } from './fetch-errors.ts'
import { columnNamed, type FetchContext, type Source, sourceNamed, sqlOf } from './fetch-scope.ts'
import type { FetchTables } from './joins.ts'

/** A column that rows are ordered by. */
export interface FetchOrderColumn {
  readonly source: Source
  readonly column: Column
  readonly descending: boolean
  /** Name in a paging cookie. */
  readonly name: string
}

/** The order that a query without aggregation asks for: the root's, then the links' in the order of the document. */
export function orderOf(tables: FetchTables): readonly FetchOrderColumn[] {
  const links = tables.joins.map((join) => join.source)
  const found = [tables.root, ...links].flatMap((own) =>
    own.entity.orders.map((order): FetchOrderColumn => {
      if (order.alias !== undefined && order.attribute === undefined) throw fetchErrors.aliasForPlainOrder()
      if (order.attribute === undefined || order.attribute === '') throw fetchErrors.orderNeedsAttribute()
      const source = order.entityName === undefined ? own : sourceNamed(links, order.entityName)
      const column = columnNamed(source.table, order.attribute)
      const name = source.name === undefined ? column.name : `${source.name}.${column.name}`
      return { source, column, descending: order.descending, name }
    }),
  )
  // Ordering twice by one column changes nothing; a cookie could not hold it.
  return found.filter((order, index) => found.findIndex((other) => other.name === order.name) === index)
}

/** The sort expression of an order. */
export function orderSql(
  context: FetchContext,
  order: Pick<FetchOrderColumn, 'source' | 'column' | 'descending'>,
  raw: boolean,
): OrderColumn {
  const { source, column, descending } = order
  const text = raw && column.type !== 'lookup' ? undefined : shownText(context.model, column, source.alias)
  if (text !== undefined) return { sql: text, type: 'text', descending, nullable: true }
  const { sql, type } = sqlOf(context, source, column)
  // The key of an outer link may be empty.
  return { sql, type, descending, nullable: source.name !== undefined || column !== source.table.primaryId }
}

/** Choices are ordered by their labels and lookups by the names they show; undefined for a column that shows itself. */
function shownText(model: Model, column: Column, alias: string): string | undefined {
  const { definition } = column
  if (definition.type === 'lookup') return `(${lookupText(model, { column, alias })})::text`
  if (definition.type !== 'choice' && definition.type !== 'state' && definition.type !== 'status') return undefined
  if (definition.options.length === 0) return undefined
  const labels = definition.options.map((option) => `when ${option.value} then ${sqlText(option.label)}`)
  return `(case ${alias}.${column.sql} ${labels.join(' ')} end)::text`
}
