import { expect, test } from 'vitest'
import { CDS_LINES, startOrders } from '../orders/sales-orders.fixture.ts'
import { D, F, HOST } from '../supply-chain-app.fixture.ts'

const MENU_ITEM = '/?cmp=USMF&mi=action:SalesPopulateProspectToCash'
const RUN = `${D}/BatchJobs/Microsoft.Dynamics.DataEntities.SalesPopulateProspectToCash`

/** Three lines numbered 0, 5 and 0, as they were before the integration came. */
async function startUnnumbered(t: Parameters<typeof startOrders>[0]) {
  const app = await startOrders(t)
  await app.addOrder('SO-1')
  for (const sequence of [1, 5, 7]) await app.addLine('SO-1', { LineCreationSequenceNumber: sequence })
  await app.database.query('update sales_order_line set line_creation_sequence_number = 0 where line_creation_sequence_number <> 5')
  const numbers = async () => {
    const { rows } = await app.database.query<{ number: number }>(
      'select line_creation_sequence_number as number from sales_order_line order by line_number',
    )
    return rows.map(({ number }) => number)
  }
  return { app, numbers }
}

test('EX-29 lines without a creation sequence get the next numbers of their document, and a second run changes nothing', async (t) => {
  const { app, numbers } = await startUnnumbered(t)
  expect(await numbers()).toEqual([0, 5, 0])
  expect((await app.call('POST', RUN, { legalEntityId: 'demf' })).json.value).toBe(0)
  const first = await app.call('POST', RUN, { legalEntityId: 'USMF' })
  expect([first.status, first.json.value]).toEqual([200, 2])
  expect(await numbers()).toEqual([6, 5, 7])
  expect((await app.call('POST', RUN, {})).json.value).toBe(0)
  expect(await numbers()).toEqual([6, 5, 7])
  expect((await app.lines('SO-1')).map((line) => line.LineCreationSequenceNumber)).toEqual([5, 6, 7])
  // Numbered lines are unique again.
  expect(
    (await app.post(CDS_LINES, { dataAreaId: 'usmf', SalesOrderNumber: 'SO-1', LineCreationSequenceNumber: 6, ProductNumber: 'DW-40' }))
      .status,
  ).toBe(400)
  const { rows } = await app.database.query('select 1 from distinct_product')
  await app.database.query("delete from distinct_product where product_number = 'BX-1'")
  expect((await app.call('POST', RUN, { legalEntityId: 'usmf' })).json.value).toBe(1)
  expect((await app.database.query('select 1 from distinct_product')).rows).toHaveLength(rows.length)
})

test('the menu item asks for confirmation, OK runs it, and a form of another site does not', async (t) => {
  const { app, numbers } = await startUnnumbered(t)
  const call = (method: 'GET' | 'POST', url: string, headers: Readonly<Record<string, string>> = {}) =>
    app.app.inject({ method, url, headers: { host: HOST, ...headers } })
  const page = await call('GET', MENU_ITEM)
  expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
  expect(page.payload).toContain('<form method="post"><button type="submit">OK</button></form>')
  expect(page.payload).toContain('Company: usmf')
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  expect((await call('POST', MENU_ITEM, { ...form, origin: 'https://elsewhere.example' })).statusCode).toBe(403)
  expect((await call('POST', MENU_ITEM, { ...form, origin: 'null' })).statusCode).toBe(403)
  expect(await numbers()).toEqual([0, 5, 0])
  const done = await call('POST', MENU_ITEM, { ...form, origin: F })
  expect([done.statusCode, done.payload]).toEqual([
    200,
    expect.stringContaining('Lines numbered: 2 of sales orders, 0 of quotations, 0 of invoices.'),
  ])
  expect(await numbers()).toEqual([6, 5, 7])
  expect((await call('GET', '/?cmp=%3Cb%3E&mi=action%3Asalespopulateprospecttocash')).payload).toContain(
    'The company &lt;b&gt; does not exist.',
  )
  for (const path of ['/', '/?mi=action:Else', '/?mi=display:SalesPopulateProspectToCash'])
    expect((await call('GET', path)).statusCode).toBe(404)
})

test('EX-29 the job numbers the lines of quotations and invoices too, each document on its own', async (t) => {
  const app = await startOrders(t)
  const lines = (relation: string, document: string, numbers: readonly number[]) =>
    Promise.all(
      numbers.map((number, index) =>
        app.database.query(
          `insert into ${relation} (data_area_id, inventory_lot_id, line_number, line_creation_sequence_number, ${document.split('=')[0]})
           values ('usmf', $1, $2, $3, $4)`,
          [`${relation}-${document}-${index}`, index + 1, number, document.split('=')[1]],
        ),
      ),
    )
  await app.database.query("insert into sales_quotation (data_area_id, sales_quotation_number) values ('usmf', 'Q-1'), ('usmf', 'Q-2')")
  await app.database.query("insert into sales_invoice (data_area_id, invoice_number, ledger_voucher) values ('usmf', 'I-1', 'V-1')")
  await lines('sales_quotation_line', 'sales_quotation_number=Q-1', [0, 0])
  await lines('sales_quotation_line', 'sales_quotation_number=Q-2', [3, 0])
  await lines('sales_invoice_line', 'invoice_number=I-1', [0, 2, 0])
  const reply = await app.call('POST', RUN, { legalEntityId: 'usmf' })
  expect([reply.status, reply.json.value]).toEqual([200, 5])
  const numbers = async (relation: string) =>
    (
      await app.database.query<{ number: number }>(
        `select line_creation_sequence_number as number from ${relation} order by inventory_lot_id`,
      )
    ).rows.map(({ number }) => number)
  expect(await numbers('sales_quotation_line')).toEqual([1, 2, 3, 4])
  expect(await numbers('sales_invoice_line')).toEqual([3, 2, 4])
  expect((await app.call('POST', RUN, { legalEntityId: 'usmf' })).json.value).toBe(0)
})
