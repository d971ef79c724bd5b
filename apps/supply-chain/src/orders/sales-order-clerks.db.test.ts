import { expect, test } from 'vitest'
import { D, type Json } from '../supply-chain-app.fixture.ts'
import { CDS_LINES, headerAddress, LINES, lineAddress, type OrderApp, startOrders } from './sales-orders.fixture.ts'

/** Numbers in [0, 1) that a printed seed brings back. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const ORDERS = ['SO-1', 'SO-2', 'SO-3', 'SO-4']

interface Clerk {
  readonly app: OrderApp
  readonly lots: readonly string[]
  readonly random: () => number
}

/** One request of a clerk; gives its status, 200 for an import. */
async function work({ app, lots, random }: Clerk): Promise<number> {
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] ?? expect.fail('nothing to pick')
  const order = pick(ORDERS)
  const chance = random()
  if (chance < 0.3)
    return (
      await app.post(CDS_LINES, {
        dataAreaId: 'usmf',
        SalesOrderNumber: order,
        ProductNumber: pick(['DW-40', 'BX-1']),
        OrderedSalesQuantity: 2,
      })
    ).status
  if (chance < 0.5)
    return (await app.patch(headerAddress(order), { CustomersOrderReference: String(random()), DeliveryAddressCity: pick(['A', 'B']) }))
      .status
  if (chance < 0.7)
    return (
      await app.patch(`${LINES}(dataAreaId='usmf',InventoryLotId='${pick(lots)}')`, { OrderedSalesQuantity: 1 + Math.floor(random() * 9) })
    ).status
  if (chance < 0.8) return (await app.delete(lineAddress(order, 1 + Math.floor(random() * 8)))).status
  if (chance < 0.84) return (await app.delete(headerAddress(order))).status
  if (chance < 0.9)
    return (
      await app.post(`${D}/CDSSalesOrderHeaders`, { dataAreaId: 'usmf', SalesOrderNumber: order, OrderingCustomerAccountNumber: 'C-1' })
    ).status
  const wanted = random() < 0.5 ? ORDERS : [...ORDERS].reverse()
  await app.importRows(
    'CDSSalesOrderLine',
    wanted.map((SalesOrderNumber) => ({
      SalesOrderNumber,
      LineCreationSequenceNumber: String(Math.floor(random() * 8)),
      ProductNumber: 'DW-40',
      OrderedSalesQuantity: '3',
    })),
  )
  return 200
}

test('clerks who add, change, import and delete the same orders at once never deadlock, and stock agrees with the lines that remain', async (t) => {
  const seed = Math.floor(Math.random() * 1e9)
  console.log(`clerks of orders: seed ${seed}`)
  const app = await startOrders(t)
  for (const number of ORDERS) {
    await app.addOrder(number)
    await app.addLine(number)
    await app.addLine(number)
  }
  const lots = (await app.get(LINES)).json.value.map((line: Json) => line.InventoryLotId)
  const statuses = await Promise.all(
    Array.from({ length: 10 }, async (_, index) => {
      const clerk = { app, lots, random: createRandom(seed + index) }
      const seen: number[] = []
      for (let turn = 0; turn < 12; turn++) seen.push(await work(clerk))
      return seen
    }),
  )
  for (const status of statuses.flat()) expect([200, 201, 204, 400]).toContain(status)
  const [counts] = (
    await app.database.query<Json>(`select
      (select deadlocks::text from pg_stat_database where datname = current_database()) as deadlocks,
      (select count(*)::int from sales_order_line l where not exists
        (select 1 from sales_order o where o.sales_order_number = l.sales_order_number)) as orphans,
      (select count(*)::int from sales_order_line l where l.qty_ordered is distinct from
        (select -sum(s.qty) from inventory_transaction s where s.invent_trans_id = l.inventory_lot_id)) as differing,
      (select count(*)::int from inventory_transaction s where not exists
        (select 1 from sales_order_line l where l.inventory_lot_id = s.invent_trans_id)) as leftovers,
      (select count(*)::int from (select 1 from sales_order_line group by sales_order_number, line_number having count(*) > 1) d) as repeated`)
  ).rows
  expect(counts).toEqual({ deadlocks: '0', orphans: 0, differing: 0, leftovers: 0, repeated: 0 })
})
