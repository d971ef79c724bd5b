import { expect, test } from 'vitest'
import { WRITE_EFFECTS } from '../effects.ts'
import { CDS_SALES_ORDER_LINES } from '../entities/sales-orders.ts'
import { startOrders } from '../orders/sales-orders.fixture.ts'
import { createImportRows } from './import-rows.ts'

test('a blank cell is the default of a new row and empties a stored one', async (t) => {
  const app = await startOrders(t)
  const importRows = createImportRows({ database: app.database, clock: app.clock, effects: WRITE_EFFECTS })
  await app.database.query("update released_product set sales_price = 99.5 where item_number = 'DW-40'")
  const created = await app.post('/data/CDSSalesOrderHeaders', {
    dataAreaId: 'usmf',
    SalesOrderNumber: 'SO-B',
    OrderingCustomerAccountNumber: 'C-1',
  })
  expect(created.status, created.text).toBe(201)
  const row = { SalesOrderNumber: 'SO-B', LineCreationSequenceNumber: '1', ProductNumber: 'DW-40', OrderedSalesQuantity: '2' }
  const load = (values: Readonly<Record<string, string>>) => importRows(CDS_SALES_ORDER_LINES, 'usmf', [{ values }])
  const price = async () =>
    (await app.database.query("select sales_price::text, line_description from sales_order_line where sales_order_number = 'SO-B'")).rows
  expect(await load({ ...row, SalesPrice: '', LineDescription: 'Deck' })).toEqual([{ ok: true }])
  expect(await price()).toEqual([{ sales_price: '99.5', line_description: 'Deck' }])
  expect(await load({ ...row, SalesPrice: '', LineDescription: '' })).toEqual([{ ok: true }])
  expect(await price()).toEqual([{ sales_price: '0', line_description: '' }])
})
