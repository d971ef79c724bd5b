import type { SqlRunner } from '@p2c/base'
import { freePhysical, type Lot, type StockPlace, type StockState, setParts } from '../domain/inventory/stock-state.ts'
import { moveParts, quantityIn } from '../domain/inventory/stock-transaction.ts'
import { loadStock } from './load-stock.ts'
import { createStockSaver } from './save-stock.ts'

/**
 * Goods that came in go to those who reserved them before they arrived, oldest reservation first: nobody else can take them meanwhile.
 * Call it in the transaction that received the goods; their places are locked already. Source: Supply Chain specification, 4.3.
 */
export async function fillOrderedReservations(sql: SqlRunner, dataAreaId: string, places: readonly StockPlace[]): Promise<void> {
  const { rows } = await sql.query<{ lot: string }>(
    `select t.invent_trans_id as lot
     from unnest($2::text[], $3::text[]) as p(item, anchor)
     join inventory_sum s on lower(s.data_area_id) = lower($1) and lower(s.item_number) = lower(p.item) and lower(s.anchor_dim_id) = lower(p.anchor)
       and s.reserv_ordered > 0
     join inventory_transaction t on lower(t.data_area_id) = lower($1) and lower(t.item_number) = lower(s.item_number)
       and lower(t.invent_dim_id) = lower(s.invent_dim_id) and t.status_issue = 'ReservOrdered'
     group by t.invent_trans_id order by min(t.rec_id)`,
    [dataAreaId, places.map((place) => place.itemNumber), places.map((place) => place.anchorDimId)],
  )
  if (rows.length === 0) return
  const loaded = await loadStock(sql, { dataAreaId, lots: rows.map(({ lot }) => lot), places: [] })
  for (const { lot } of rows) {
    const found = loaded.state.lots.get(lot.toLowerCase())
    if (found !== undefined) fillReservation(loaded.state, found)
  }
  await createStockSaver(sql, dataAreaId, loaded)()
}

function fillReservation(state: StockState, lot: Lot): void {
  const waiting = quantityIn(lot.parts, 'ReservOrdered')
  const free = freePhysical(state, lot.origin)
  const quantity = free.lessThan(waiting) ? free : waiting
  setParts(state, lot, moveParts(lot.parts, { from: ['ReservOrdered'], event: 'reserve', quantity }).parts)
}
