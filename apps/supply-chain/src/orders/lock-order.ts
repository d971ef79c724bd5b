import type { SqlRunner } from '@p2c/base'
import { decimal } from '@p2c/base'
import { tableByRelation } from '../entities/catalogue.ts'
import { findRows } from '../store/rows.ts'
import { joinKey, type StoredRow } from '../store/tracked-row.ts'

/** Names one sales order. */
export interface OrderKey {
  readonly dataAreaId: string
  readonly salesOrderNumber: string
}

/** An order with all its lines, by LineNumber and then by creation sequence. */
export interface OrderRows {
  readonly header: StoredRow
  readonly lines: readonly StoredRow[]
}

/** The text under which `lockOrders` keeps an order: the same in any case of its parts. */
export const orderKeyText = ({ dataAreaId, salesOrderNumber }: OrderKey): string => joinKey([dataAreaId, salesOrderNumber])

const keyOf = ({ values }: StoredRow): string => joinKey([values.dataAreaId ?? '', values.SalesOrderNumber ?? ''])

const byPlace = (a: StoredRow, b: StoredRow): number =>
  decimal(a.values.LineNumber ?? '0').comparedTo(decimal(b.values.LineNumber ?? '0')) ||
  Number(a.values.LineCreationSequenceNumber) - Number(b.values.LineCreationSequenceNumber)

/**
 * Locks the headers in key order, then all their lines, until the transaction ends, and gives them by `orderKeyText`. An order that does
 * not exist is missing from the map. Two statements, whatever the number of orders. Every command starts with it: all writers of an order
 * lock its header first, so that they follow each other and nobody waits in a circle.
 */
export async function lockOrders(sql: SqlRunner, keys: readonly OrderKey[]): Promise<ReadonlyMap<string, OrderRows>> {
  const wanted = [...new Map(keys.map((key) => [orderKeyText(key), [key.dataAreaId, key.salesOrderNumber]])).values()]
  const common = { fields: ['dataAreaId', 'SalesOrderNumber'], keys: wanted, isForUpdate: true }
  const headers = await findRows(sql, { ...common, table: tableByRelation('sales_order') })
  if (headers.length === 0) return new Map()
  const lines = await findRows(sql, { ...common, table: tableByRelation('sales_order_line'), isMany: true })
  const linesByOrder = Map.groupBy(lines, keyOf)
  return new Map(
    headers.map((header) => [keyOf(header), { header, lines: (linesByOrder.get(keyOf(header)) ?? []).toSorted(byPlace) }] as const),
  )
}
