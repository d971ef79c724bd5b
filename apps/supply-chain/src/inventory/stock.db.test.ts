import { decimal } from '@p2c/base'
import { expect, test } from 'vitest'
import { D, type Json, startTestApp, type TestApp } from '../supply-chain-app.fixture.ts'
import { add, addCustomer, addItem, addOrder, adjust, COMPANY, done, onHand, run } from './stock.fixture.ts'
import { openStock, type Stock } from './stock.ts'

/** Opens the stock of a lot in a transaction of its own and saves what `work` did. */
const inStock = <Result>(app: TestApp, lots: readonly string[], work: (stock: Stock) => Result): Promise<Result> =>
  app.database.transaction(async (sql) => {
    const stock = await openStock(sql, { dataAreaId: COMPANY, lots, now: app.clock.now() })
    const result = work(stock)
    await stock.save()
    return result
  })

/** Columns of EX-14 as OData shows the item, with what the lot has picked and delivered. */
async function columns(app: TestApp, lot: string): Promise<readonly number[]> {
  const row = await onHand(app, 'A-1')
  const quantities = await inStock(app, [lot], (stock) => stock.quantities(lot))
  return [
    row.OnOrderQuantity,
    row.ReservedOnHandQuantity,
    quantities.Picked.toNumber(),
    quantities.Deducted.toNumber(),
    row.OnHandQuantity,
    row.AvailableOnHandQuantity,
  ]
}

/** Sums of the database that differ from its transactions; recalculation would correct them. */
const wrongRows = async (app: TestApp): Promise<number> => (await done(app, 'recalculate-on-hand', {})).correctedRows

test('EX-14 stock columns follow an order from its line to the packing slip', async (t) => {
  const app = await startTestApp(t)
  await addCustomer(app)
  await addItem(app, 'A-1')
  await adjust(app, 'A-1', 8, { CostPrice: 2 })
  const { InventoryLotId: lot } = await addOrder(app, { ItemNumber: 'A-1', OrderedSalesQuantity: 10, SalesPrice: 12 })
  expect(await columns(app, lot)).toEqual([10, 0, 0, 0, 8, 8])
  const slip = { voucher: 'PSV-1', date: '2025-02-11', packingSlipNumber: 'PS-1' }
  const tooMuch = await inStock(app, [lot], (stock) => stock.deduct(lot, decimal(9), slip))
  expect(tooMuch).toMatchObject({
    infolog: { code: 'E07', text: '9.00 cannot be picked because only 8.00 is/are available from the inventory for item: A-1.' },
  })
  const all = await inStock(app, [lot], (stock) => [stock.reserve(lot, decimal(9)).ok, stock.reserve(lot, stock.reservable(lot))])
  expect(all).toEqual([false, { ok: true, reserved: decimal(8) }])
  expect(await columns(app, lot)).toEqual([2, 8, 0, 0, 8, 0])
  await inStock(app, [lot], (stock) => stock.pick(lot, decimal(5)))
  expect(await columns(app, lot)).toEqual([2, 3, 5, 0, 3, 0])
  expect(await inStock(app, [lot], (stock) => stock.deduct(lot, decimal(5), slip))).toEqual({ ok: true, cost: decimal(10) })
  expect(await columns(app, lot)).toEqual([2, 3, 0, 5, 3, 0])
  // EX-15: invoices leave what is there as it is; the cancelled remainder frees its reservation.
  const invoice = { voucher: 'INV', date: '2025-02-11', invoiceNumber: 'INV-1' }
  expect(await inStock(app, [lot], (stock) => [stock.sell(lot, decimal(3), invoice), stock.sell(lot, decimal(2), invoice)])).toEqual([
    { ok: true, cost: decimal(6), physicalCost: decimal(6) },
    { ok: true, cost: decimal(4), physicalCost: decimal(4) },
  ])
  expect(await columns(app, lot)).toEqual([2, 3, 0, 0, 3, 0])
  expect((await inStock(app, [lot], (stock) => stock.cancelRemainder(lot, decimal(5)))).toFixed()).toBe('5')
  expect(await columns(app, lot)).toEqual([0, 0, 0, 0, 3, 3])
  expect(await wrongRows(app)).toBe(0)
})

test('saving twice writes once, and a transaction that fails leaves stock as it was', async (t) => {
  const app = await startTestApp(t)
  await addCustomer(app)
  await addItem(app, 'A-1')
  await adjust(app, 'A-1', 8)
  const { InventoryLotId: lot } = await addOrder(app, { ItemNumber: 'A-1', OrderedSalesQuantity: 6, SalesPrice: 12 })
  await app.database.transaction(async (sql) => {
    const stock = await openStock(sql, { dataAreaId: COMPANY, lots: [lot, lot.toLowerCase(), 'no such lot', ''], now: app.clock.now() })
    stock.pick(lot, decimal(2))
    await stock.save()
    await stock.save()
    stock.pick(lot, decimal(1))
    await stock.save()
  })
  expect(await columns(app, lot)).toEqual([3, 0, 3, 0, 5, 5])
  const failed = inStock(app, [lot], (stock) => {
    stock.pick(lot, decimal(1))
    throw new Error('stop')
  })
  await expect(failed).rejects.toThrow('stop')
  expect(await columns(app, lot)).toEqual([3, 0, 3, 0, 5, 5])
  const { rows } = await app.database.query('select 1 from inventory_transaction where invent_trans_id = $1', [lot])
  expect(rows).toHaveLength(2)
  expect(await wrongRows(app)).toBe(0)
})

test('20 clerks who reserve and pick the same goods at once take no more than there is', async (t) => {
  const app = await startTestApp(t)
  await addCustomer(app)
  await addItem(app, 'A-1')
  await addItem(app, 'A-2')
  await adjust(app, 'A-1', 25)
  await adjust(app, 'A-2', 25)
  const orders = await Promise.all(
    Array.from({ length: 20 }, async (_, index) => {
      const first = await addOrder(app, { ItemNumber: index % 2 === 0 ? 'A-1' : 'A-2', OrderedSalesQuantity: 2, SalesPrice: 1 })
      // Each order takes both items, every other one in the other order.
      const second = await add(app, 'SalesOrderLines', {
        SalesOrderNumber: first.SalesOrderNumber,
        ItemNumber: index % 2 === 0 ? 'A-2' : 'A-1',
        ShippingSiteId: '1',
        ShippingWarehouseId: '13',
        OrderedSalesQuantity: 2,
        SalesPrice: 1,
      })
      return [first.InventoryLotId as string, second.InventoryLotId as string]
    }),
  )
  const outcomes = await Promise.all(
    orders.map((lots) =>
      inStock(app, lots, (stock) => lots.map((lot) => stock.reserve(lot, decimal(2)).ok && stock.pick(lot, decimal(2)).ok)),
    ),
  )
  // 12 of 2 fit into 25 of each item.
  expect(outcomes.flat().filter((isPicked) => isPicked)).toHaveLength(24)
  expect(await onHand(app, 'A-1')).toMatchObject({ OnHandQuantity: 1, AvailableOnHandQuantity: 1, OnOrderQuantity: 16 })
  expect(await onHand(app, 'A-2')).toMatchObject({ OnHandQuantity: 1, AvailableOnHandQuantity: 1, OnOrderQuantity: 16 })
  expect(await wrongRows(app)).toBe(0)
})

test('20 clerks who are the first at a place meet in one row', async (t) => {
  const app = await startTestApp(t)
  await addCustomer(app)
  await addItem(app, 'A-1')
  await Promise.all(Array.from({ length: 20 }, () => addOrder(app, { ItemNumber: 'A-1', OrderedSalesQuantity: 1, SalesPrice: 1 })))
  expect(await onHand(app, 'A-1')).toMatchObject({ OnHandQuantity: 0, OnOrderQuantity: 20 })
  const { rows } = await app.database.query("select 1 from inventory_sum where item_number = 'A-1'")
  expect(rows).toHaveLength(1)
  // The same with lines that reserve: together they take what is there and no more.
  await adjust(app, 'A-1', 25)
  const header = { InventoryReservationMethod: 'Automatic' }
  const line = { ItemNumber: 'A-1', OrderedSalesQuantity: 2, SalesPrice: 1 }
  await Promise.all(Array.from({ length: 20 }, () => addOrder(app, line, header)))
  expect(await onHand(app, 'A-1')).toMatchObject({ OnHandQuantity: 25, ReservedOnHandQuantity: 25, OnOrderQuantity: 20 + 15 })
})

test('lines that are reserved automatically take what is there in the order in which they were written', async (t) => {
  const app = await startTestApp(t)
  await addCustomer(app)
  await addItem(app, 'A-1')
  await adjust(app, 'A-1', 5)
  const header = { InventoryReservationMethod: 'Automatic' }
  const first = await addOrder(app, { ItemNumber: 'A-1', OrderedSalesQuantity: 3, SalesPrice: 1 }, header)
  const second = await addOrder(app, { ItemNumber: 'A-1', OrderedSalesQuantity: 4, SalesPrice: 1 }, header)
  expect(await onHand(app, 'A-1')).toMatchObject({ ReservedOnHandQuantity: 5, OnOrderQuantity: 2 })
  const reserved = (lot: string) => inStock(app, [lot], (stock) => stock.quantities(lot).ReservPhysical.toFixed())
  expect([await reserved(first.InventoryLotId), await reserved(second.InventoryLotId)]).toEqual(['3', '2'])
  // Less is ordered: what was reserved of it is free again, and the line that waits takes it only when it is written.
  await app.patch(`${D}/SalesOrderLines(dataAreaId='usmf',InventoryLotId='${first.InventoryLotId}')`, { OrderedSalesQuantity: 1 })
  expect(await onHand(app, 'A-1')).toMatchObject({ ReservedOnHandQuantity: 3, AvailableOnHandQuantity: 2, OnOrderQuantity: 2 })
})

test('a line that moves to another warehouse or item takes its demand along, and a deleted one ends it', async (t) => {
  const app = await startTestApp(t)
  await addCustomer(app)
  await addItem(app, 'A-1')
  await addItem(app, 'A-2')
  await adjust(app, 'A-1', 5)
  const line = await addOrder(app, { ItemNumber: 'A-1', OrderedSalesQuantity: 3, SalesPrice: 1 })
  const path = `${D}/SalesOrderLines(dataAreaId='usmf',InventoryLotId='${line.InventoryLotId}')`
  await inStock(app, [line.InventoryLotId], (stock) => stock.reserve(line.InventoryLotId, decimal(3)))
  expect((await app.patch(path, { ShippingWarehouseId: '12' })).status).toBe(204)
  expect(await onHand(app, 'A-1')).toMatchObject({ ReservedOnHandQuantity: 0, OnOrderQuantity: 0, AvailableOnHandQuantity: 5 })
  expect(await onHand(app, 'A-1', '12')).toMatchObject({ OnHandQuantity: 0, OnOrderQuantity: 3 })
  expect((await app.patch(path, { ItemNumber: 'A-2' })).status).toBe(204)
  expect(await onHand(app, 'A-1', '12')).toMatchObject({ OnOrderQuantity: 0 })
  expect(await onHand(app, 'A-2', '12')).toMatchObject({ OnOrderQuantity: 3 })
  expect((await app.delete(path)).status).toBe(204)
  expect(await onHand(app, 'A-2', '12')).toMatchObject({ OnOrderQuantity: 0 })
  const { rows } = await app.database.query('select 1 from inventory_transaction_origin where invent_trans_id = $1', [line.InventoryLotId])
  expect(rows).toEqual([])
  expect(await wrongRows(app)).toBe(0)
})

test('on-hand is read by warehouse and by site, with blank dimensions as empty text', async (t) => {
  const app = await startTestApp(t)
  await addItem(app, 'A-1')
  await adjust(app, 'A-1', 4)
  await adjust(app, 'A-1', 3, { InventoryWarehouseId: '12' })
  const key =
    "dataAreaId='usmf',ItemNumber='A-1',ProductConfigurationId='',ProductColorId='',ProductSizeId='',ProductStyleId='',ProductVersionId='',InventorySiteId='1'"
  expect((await app.get(`${D}/WarehousesOnHandV2(${key},InventoryWarehouseId='12')`)).json).toMatchObject({
    ItemNumber: 'A-1',
    ProductColorId: '',
    ProductName: 'Product A-1',
    OnHandQuantity: 3,
    AreWarehouseManagementProcessesUsed: 'No',
  })
  expect((await app.get(`${D}/InventorySitesOnHandV2(${key})`)).json).toMatchObject({ OnHandQuantity: 7, TotalAvailableQuantity: 7 })
  const transactions = await app.get(`${D}/InventTransCDSEntities?$filter=dataAreaId eq 'usmf' and ItemNumber eq 'A-1'&$orderby=RecordId`)
  expect(transactions.json.value.map((row: Json) => [row.StatusReceipt, row.StatusIssue, row.Qty, row.InventoryWarehouseId])).toEqual([
    ['Purchased', 'None', 4, '13'],
    ['Purchased', 'None', 3, '12'],
  ])
  expect((await app.post(`${D}/WarehousesOnHandV2`, { ItemNumber: 'A-1' })).status).toBeGreaterThanOrEqual(400)
})

test('recalculation corrects sums that were tampered with, and rows that are missing', async (t) => {
  const app = await startTestApp(t)
  await addItem(app, 'A-1')
  await addItem(app, 'A-2')
  await adjust(app, 'A-1', 4, { CostPrice: 3 })
  await adjust(app, 'A-2', 6)
  await app.database.query("update inventory_sum set posted_qty = 99, on_order = 7 where item_number = 'A-1'")
  await app.database.query("delete from inventory_sum where item_number = 'A-2'")
  expect(await wrongRows(app)).toBe(2)
  expect(await onHand(app, 'A-1')).toMatchObject({ OnHandQuantity: 4, OnOrderQuantity: 0 })
  expect(await onHand(app, 'A-2')).toMatchObject({ OnHandQuantity: 6 })
  expect(await wrongRows(app)).toBe(0)
  expect((await run(app, 'recalculate-on-hand', { itemNumber: 'A-1', nonsense: 1 })).status).toBe(400)
})
