import type { SqlRunner } from '@p2c/base'
import type { OrderLine } from '../domain/fulfilment/order-line.ts'
import { type DocumentStatus, highestDocumentStatus } from '../domain/orders/order-status.ts'
import { joinKey } from '../store/tracked-row.ts'

/**
 * The highest document that is still posted for each line, by lot: what is left after one was cancelled. Call it when the cancelled document is
 * stored. One statement. Source: Supply Chain specification, 3.3.
 */
export async function readPostedStatuses(
  sql: SqlRunner,
  dataAreaId: string,
  lines: readonly OrderLine[],
): Promise<ReadonlyMap<string, DocumentStatus>> {
  const own = 'lower(d.data_area_id) = lower($1) and lower(d.inventory_lot_id) = lower(k.lot)'
  const { rows } = await sql.query<{ lot: string; slip: boolean; list: boolean; confirmation: boolean }>(
    `select k.lot,
       exists (select 1 from packing_slip_line d where ${own} and d.is_canceled <> 'Yes') as slip,
       exists (select 1 from picking_route_line d join picking_route r on lower(r.data_area_id) = lower(d.data_area_id)
         and lower(r.picking_route_number) = lower(d.picking_route_number) where ${own} and r.is_released_to_warehouse <> 'Yes') as list,
       exists (select 1 from sales_order_confirmation_line d where ${own}) as confirmation
     from unnest($2::text[]) as k(lot)`,
    [dataAreaId, lines.map(({ lotId }) => lotId)],
  )
  const posted = new Map(rows.map((row) => [row.lot, row]))
  return new Map(
    lines.map((line) => {
      const found = posted.get(line.lotId)
      const statuses = [
        line.invoiced.isZero() ? 'None' : 'Invoice',
        found?.slip === true ? 'PackingSlip' : 'None',
        found?.list === true ? 'PickingList' : 'None',
        found?.confirmation === true ? 'Confirmation' : 'None',
      ]
      return [joinKey([line.lotId]), highestDocumentStatus(statuses)]
    }),
  )
}
