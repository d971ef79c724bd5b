import type { SqlRunner } from '@p2c/base'
import { readSalesParameters } from '../calculation/read-parameters.ts'
import { tableByRelation } from '../entities/catalogue.ts'
import type { OrderKey } from '../orders/lock-order.ts'
import { deleteRows } from '../store/delete-rows.ts'

/** Tables with figures of a line, which go with it. */
const OF_LINE = ['sales_order_line_total', 'sales_order_line_charge'] as const

/**
 * Removes the order lines that are fully invoiced, where the company wants that (`DeleteInvoicedLines`). Their statuses are in the header by
 * then; what was posted of them stays: invoices, packing slips and stock transactions name their lot. Source: Supply Chain specification, 0.2.
 */
export async function removeInvoicedLines(sql: SqlRunner, dataAreaId: string, orders: readonly OrderKey[]): Promise<void> {
  const { deleteInvoicedLines } = await readSalesParameters(sql, dataAreaId)
  if (!deleteInvoicedLines) return
  const { rows } = await sql.query<{ rec_id: string; lot: string }>(
    `select l.rec_id::text, lower(l.inventory_lot_id) as lot from sales_order_line l
     where lower(l.data_area_id) = lower($1) and lower(l.sales_order_number) in (select lower(n) from unnest($2::text[]) n)
       and l.sales_order_line_status = 'Invoiced'`,
    [dataAreaId, orders.map(({ salesOrderNumber }) => salesOrderNumber)],
  )
  if (rows.length === 0) return
  for (const relation of OF_LINE)
    await sql.query(`delete from ${relation} t where lower(t.data_area_id) = lower($1) and lower(t.inventory_lot_id) = any($2::text[])`, [
      dataAreaId,
      rows.map(({ lot }) => lot),
    ])
  await deleteRows(
    sql,
    tableByRelation('sales_order_line'),
    rows.map(({ rec_id }) => rec_id),
  )
}
