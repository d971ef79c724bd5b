import { expect, test } from 'vitest'
import { run } from '../inventory/stock.fixture.ts'
import type { Json, TestApp } from '../supply-chain-app.fixture.ts'
import { addOneLine, startWithStock } from './fulfilment.fixture.ts'

/** A number from 0 to `count` - 1; the same seed gives the same numbers. */
function dice(seed: number): (count: number) => number {
  let state = seed
  return (count) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return Math.floor((state / 0x80000000) * count)
  }
}

const ANY_LINE = (roll: (count: number) => number): Json => ({ lines: [{ lineCreationSequenceNumber: 1, quantity: 1 + roll(3) }] })

/** What clerks do, each with any order: most of it is refused some time. */
const DEEDS: readonly (readonly [command: string, values: (roll: (count: number) => number) => Json])[] = [
  ['confirm-sales-order', () => ({})],
  ['reserve-sales-order-line', () => ({})],
  ['unreserve-sales-order-line', () => ({})],
  ['post-picking-list', (roll) => ({ ...ANY_LINE(roll), reduceQuantity: true })],
  ['register-picking', (roll) => ({ endRemainder: roll(2) === 0 })],
  ['unpick', () => ({})],
  ['post-packing-slip', ANY_LINE],
  ['post-packing-slip', () => ({ quantityRule: 'Picked' })],
  ['cancel-deliver-remainder', () => ({})],
  ['post-sales-invoice', () => ({})],
  ['cancel-packing-slip', (roll) => ({ packingSlipNumber: `PS-00000${1 + roll(9)}` })],
]

/** Sums that must agree whatever happened, as the database has them. */
async function discrepancies(app: TestApp): Promise<readonly Json[]> {
  const { rows } = await app.database.query(
    `with lots as (
       select l.inventory_lot_id as lot, l.delivered_quantity as d, l.invoiced_quantity as i, l.picked_quantity as p, l.picking_list_quantity as k, l.remain_sales_physical as r,
         coalesce(sum(-t.qty) filter (where t.status_issue = 'Deducted'), 0) as deducted, coalesce(sum(-t.qty) filter (where t.status_issue = 'Sold'), 0) as sold,
         coalesce(sum(-t.qty) filter (where t.status_issue = 'Picked'), 0) as picked,
         coalesce(sum(-t.qty) filter (where t.status_issue in ('Picked', 'ReservPhysical', 'ReservOrdered', 'OnOrder')), 0) as open
       from sales_order_line l left join inventory_transaction t on t.data_area_id = l.data_area_id and t.invent_trans_id = l.inventory_lot_id group by 1, 2, 3, 4, 5, 6),
     slips as (select inventory_lot_id as lot, sum(delivered_quantity) as d, sum(invoiced_quantity) as i from packing_slip_line group by 1),
     routes as (select inventory_lot_id as lot, sum(picking_list_quantity - picked_quantity - ended_quantity) as k from picking_route_line group by 1)
     select l.* from lots l left join slips s using (lot) left join routes r using (lot)
     where l.d <> l.deducted + l.sold or l.i <> l.sold or l.p <> l.picked or l.r <> l.open or l.d <> coalesce(s.d, 0) or l.i <> coalesce(s.i, 0) or l.k <> coalesce(r.k, 0) or l.k + l.p > l.r`,
  )
  return rows
}

test('forty clerks who do anything to twelve orders at once never fail, never deadlock and leave sums that agree', async (scope) => {
  const seed = 20_250_211
  const app = await startWithStock(scope, 60)
  const orders = await Promise.all(Array.from({ length: 12 }, () => addOneLine(app)))
  const roll = dice(seed)
  for (let round = 0; round < 3; round++) {
    const deeds = Array.from({ length: 40 }, () => {
      const [command, values] = DEEDS[roll(DEEDS.length)] ?? ['confirm-sales-order', () => ({})]
      const order = command === 'cancel-packing-slip' ? {} : { salesOrderNumber: orders[roll(orders.length)] }
      return { command, body: { ...order, ...values(roll) } }
    })
    const replies = await Promise.all(deeds.map(({ command, body }) => run(app, command, body)))
    for (const [index, reply] of replies.entries())
      expect([200, 400], `seed ${seed}: ${JSON.stringify(deeds[index])} ${reply.text}`).toContain(reply.status)
    expect(replies.some(({ status }) => status === 200)).toBe(true)
    expect(await discrepancies(app), `seed ${seed}, round ${round}`).toEqual([])
  }
  const { rows } = await app.database.query<{ stock: string }>(
    "select sum(qty)::text as stock from inventory_transaction where status_receipt = 'Purchased' or status_issue in ('Deducted', 'Sold', 'Picked')",
  )
  expect(Number(rows[0]?.stock)).toBeGreaterThanOrEqual(0)
})
