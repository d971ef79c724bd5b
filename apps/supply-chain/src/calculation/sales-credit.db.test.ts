import { expect, test } from 'vitest'
import { WRITE_EFFECTS } from '../effects.ts'
import { CDS_SALES_ORDER_LINES } from '../entities/sales-orders.ts'
import { createImportRows } from '../packages/import-rows.ts'
import { problemOf, type QuotationApp, startQuotations } from '../quotations/sales-quotations.fixture.ts'
import { D, F, type Json } from '../supply-chain-app.fixture.ts'

const LINES = `${D}/CDSSalesOrderLines`
const customer = (account = 'C-1'): string => `${D}/CustomersV3(dataAreaId='usmf',CustomerAccount='${account}')`
const line = (SalesOrderNumber: string, values: Json = {}): Json => ({
  dataAreaId: 'usmf',
  SalesOrderNumber,
  ProductNumber: 'DW-40',
  OrderedSalesQuantity: 1,
  SalesPrice: 200,
  ...values,
})
const lineAddress = (order: string, sequence: number): string =>
  `${LINES}(dataAreaId='usmf',SalesOrderNumber='${order}',LineCreationSequenceNumber=${sequence})`

/** What the company checks, and whether it stops. */
async function setParameters(app: QuotationApp, values: Json): Promise<void> {
  const reply = await app.patch(`${D}/SalesParameters(dataAreaId='usmf')`, values)
  if (reply.status === 404) await app.add('SalesParameters', { dataAreaId: 'usmf', ...values })
  else expect(reply.status).toBe(204)
}

/** An open transaction of the customer, as an invoice leaves it. */
const owe = (app: QuotationApp, account: string, amount: number) =>
  app.database.query(`insert into cust_trans_open (data_area_id, account_num, amount_cur, amount_mst) values ('usmf', $1, $2, $2)`, [
    account,
    amount,
  ])

test('EX-25 over HTTP: with 600.00 open, 250.00 delivered and 300.00 ordered, an order of 200.00 passes by balance alone', async (t) => {
  const app = await startQuotations(t)
  await owe(app, 'C-1', 600)
  for (const order of ['DELIVERED', 'ORDERED', 'NEW']) await app.addOrder(order)
  await app.post(LINES, line('DELIVERED', { SalesPrice: 250 }))
  await app.database.query('update sales_order_line set delivered_quantity = 1, remain_sales_physical = 0, remain_sales_financial = 1')
  await app.post(LINES, line('ORDERED', { SalesPrice: 300 }))
  await app.patch(customer(), { CreditLimit: 1000 })
  const excess: Record<string, string | undefined> = {
    None: undefined,
    Balance: undefined,
    BalanceDelivered: '50.00',
    BalanceAll: '350.00',
  }
  for (const [CreditLimitType, amount] of Object.entries(excess)) {
    await setParameters(app, { CreditLimitType })
    const reply = await app.post(LINES, line('NEW', { LineCreationSequenceNumber: 1 }))
    expect([CreditLimitType, reply.status]).toEqual([CreditLimitType, amount === undefined ? 201 : 400])
    if (amount === undefined) expect((await app.delete(lineAddress('NEW', 1))).status).toBe(204)
    else expect(problemOf(reply)).toContain(`Customer C-1 has exceeded the credit limit by ${amount} USD.`)
  }
  // A mandatory limit is checked by balance even where the company checks nothing; 0 then allows nothing.
  await setParameters(app, { CreditLimitType: 'None' })
  await app.patch(customer(), { CreditLimit: 700, CreditLimitIsMandatory: 'Yes' })
  expect(problemOf(await app.post(LINES, line('NEW')))).toContain('by 100.00 USD')
  await app.patch(customer(), { CreditLimit: 0 })
  expect(problemOf(await app.post(LINES, line('NEW')))).toContain('by 800.00 USD')
  await setParameters(app, { CreditLimitMessage: 'Warning' })
  expect((await app.post(LINES, line('NEW'))).status).toBe(201)
})

test('E19 at line entry: an order may not grow beyond the limit, may always shrink, and counts at its whole open amount', async (t) => {
  const app = await startQuotations(t)
  await app.patch(customer(), { CreditLimit: 500 })
  await app.addOrder('SO-1')
  expect((await app.post(LINES, line('SO-1', { LineCreationSequenceNumber: 1 }))).status).toBe(201)
  expect((await app.post(LINES, line('SO-1', { LineCreationSequenceNumber: 2, SalesPrice: 300 }))).status).toBe(201)
  const reply = await app.post(LINES, line('SO-1', { SalesPrice: 0.01 }))
  expect([reply.status, problemOf(reply)]).toEqual([400, expect.stringContaining('by 0.01 USD.')])
  expect(problemOf(await app.patch(lineAddress('SO-1', 1), { OrderedSalesQuantity: 2 }))).toContain('by 200.00 USD.')
  expect((await app.lines('SO-1')).map((each) => each.LineAmount)).toEqual([200, 300])
  // Below the limit that the customer has meanwhile, text and smaller quantities may still be written.
  await app.patch(customer(), { CreditLimit: 100 })
  expect((await app.patch(lineAddress('SO-1', 1), { LineDescription: 'Grey' })).status).toBe(204)
  expect((await app.patch(lineAddress('SO-1', 2), { SalesPrice: 250 })).status).toBe(204)
  expect((await app.delete(lineAddress('SO-1', 2))).status).toBe(204)
  expect(problemOf(await app.patch(lineAddress('SO-1', 1), { SalesPrice: 201 }))).toContain('by 101.00 USD.')
})

test('amounts in another currency count at the rate of the day', async (t) => {
  const app = await startQuotations(t)
  await app.add('Currencies', { CurrencyCode: 'XTS', Name: 'Test money' })
  await app.add('ExchangeRates', {
    RateTypeName: 'Default',
    FromCurrency: 'XTS',
    ToCurrency: 'USD',
    StartDate: '2025-01-01',
    Rate: 250,
    ConversionFactor: 'Hundred',
  })
  await app.patch(customer(), { CreditLimit: 500 })
  await app.addOrder('SO-1', { CurrencyCode: 'XTS' })
  expect((await app.post(LINES, line('SO-1', { LineCreationSequenceNumber: 1 }))).status).toBe(201)
  expect(problemOf(await app.patch(lineAddress('SO-1', 1), { SalesPrice: 210 }))).toContain('by 25.00 USD.')
})

test('of many lines that enter at once, as many pass as the limit holds', async (t) => {
  const app = await startQuotations(t)
  await setParameters(app, { CreditLimitType: 'BalanceAll' })
  await app.patch(customer(), { CreditLimit: 500 })
  const orders = [1, 2, 3, 4, 5].map((number) => `SO-${number}`)
  for (const order of orders) await app.addOrder(order)
  const replies = await Promise.all(orders.map((order) => app.post(LINES, line(order))))
  expect(replies.map(({ status }) => status).sort()).toEqual([201, 201, 400, 400, 400])
})

test('a package of lines keeps those that fit the limit and tells of the others', async (t) => {
  const app = await startQuotations(t)
  await app.patch(customer(), { CreditLimit: 500 })
  await app.addOrder('SO-1')
  await app.addOrder('SO-2', { OrderingCustomerAccountNumber: 'C-2', CurrencyCode: 'USD' })
  const importRows = createImportRows({ database: app.database, clock: app.clock, effects: WRITE_EFFECTS })
  const rows = [1, 2, 3, 4].flatMap((sequence) =>
    ['SO-1', 'SO-2'].map((SalesOrderNumber) => ({
      values: {
        SalesOrderNumber,
        LineCreationSequenceNumber: String(sequence),
        ProductNumber: 'DW-40',
        OrderedSalesQuantity: '1',
        SalesPrice: '200',
      },
    })),
  )
  const outcomes = await importRows(CDS_SALES_ORDER_LINES, 'usmf', rows as unknown as Parameters<typeof importRows>[2])
  expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, true, true, false, true, false, true])
  expect(outcomes[4]).toMatchObject({ message: 'Customer C-1 has exceeded the credit limit by 300.00 USD.' })
  expect((await app.lines('SO-1')).map((each) => each.LineCreationSequenceNumber)).toEqual([1, 2])
  expect(await app.lines('SO-2')).toHaveLength(4)
})

test('EX-30 a customer on hold for Invoice: the order is entered and confirmed, its packing slip is refused (E10); for All, both are (E09)', async (t) => {
  const app = await startQuotations(t)
  const run = (command: string, order: string, values: Json = {}) =>
    app.post(`${F}/api/commands/${command}`, { dataAreaId: 'usmf', salesOrderNumber: order, ...values })
  await app.addOrder('SO-1')
  await app.post(LINES, line('SO-1'))
  await app.patch(customer(), { OnHoldStatus: 'All' })
  expect((await run('confirm-sales-order', 'SO-1')).text).toContain('Customer account C-1 is on hold for all transactions.')
  await app.patch(customer(), { OnHoldStatus: 'Invoice' })
  expect((await run('confirm-sales-order', 'SO-1')).status).toBe(200)
  const slip = await run('post-packing-slip', 'SO-1', { quantityRule: 'All' })
  expect([slip.status, slip.text]).toEqual([400, expect.stringContaining('Customer account C-1 is on hold for invoicing and delivery.')])
  // The limit is looked at when an order is confirmed, too: it may have been lowered since.
  await app.patch(customer(), { OnHoldStatus: 'No', CreditLimit: 150 })
  expect((await run('confirm-sales-order', 'SO-1')).text).toContain('Customer C-1 has exceeded the credit limit by 50.00 USD.')
  await setParameters(app, { CreditLimitMessage: 'Warning' })
  const warned = await run('confirm-sales-order', 'SO-1')
  expect([warned.status, warned.text]).toEqual([200, expect.stringContaining('Customer C-1 has exceeded the credit limit by 50.00 USD.')])
})

test('EX-30 a customer on hold for Invoice may order; one on hold for All may not, be it the one who orders or the one who pays', async (t) => {
  const app = await startQuotations(t)
  await app.patch(customer('C-2'), { OnHoldStatus: 'Invoice' })
  await app.addOrder('SO-1', { InvoiceCustomerAccountNumber: 'C-2' })
  expect((await app.post(LINES, line('SO-1'))).status).toBe(201)
  await app.patch(customer('C-2'), { OnHoldStatus: 'All' })
  const header = { dataAreaId: 'usmf', SalesOrderNumber: 'SO-2', OrderingCustomerAccountNumber: 'C-1' }
  const held = 'Customer account C-2 is on hold for all transactions.'
  expect(problemOf(await app.post(`${D}/CDSSalesOrderHeaders`, { ...header, InvoiceCustomerAccountNumber: 'C-2' }))).toContain(held)
  expect(
    problemOf(
      await app.post(`${D}/SalesOrderHeadersV2`, { ...header, OrderingCustomerAccountNumber: 'C-2', InvoiceCustomerAccountNumber: 'C-1' }),
    ),
  ).toContain(held)
  for (const OnHoldStatus of ['Payment', 'Requisition', 'Never', 'PurchOrder']) {
    await app.patch(customer('C-2'), { OnHoldStatus })
    const reply = await app.post(`${D}/CDSSalesOrderHeaders`, {
      ...header,
      SalesOrderNumber: `SO-${OnHoldStatus}`,
      OrderingCustomerAccountNumber: 'C-2',
    })
    expect([OnHoldStatus, reply.status]).toEqual([OnHoldStatus, 201])
  }
})
