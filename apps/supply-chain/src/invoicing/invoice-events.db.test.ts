import { expect, test } from 'vitest'
import { startReceiver } from '../events/event-receiver.fixture.ts'
import { adjust, COMPANY, run } from '../inventory/stock.fixture.ts'
import { findImbalances } from '../receivables/receivables.fixture.ts'
import { D } from '../supply-chain-app.fixture.ts'
import { addTaxedCustomer, addTaxedOrder, deliver, done, invoice, ledger, rowsOf, startInvoicing } from './invoices.fixture.ts'

test('G-FO-31: a posted invoice raises its business event with account, numbers, days and amounts; a refused one raises none', async (t) => {
  const app = await startInvoicing(t)
  const receiver = await startReceiver(t)
  await app.post(`${D}/BusinessEventEndpoints`, { EndpointId: 'hub', EndpointUrl: receiver.url })
  const activation = { EndpointId: 'hub', BusinessEventId: 'SalesInvoicePostedBusinessEvent', LegalEntityId: COMPANY }
  expect((await app.post(`${D}/BusinessEventActivations`, activation)).status).toBe(201)
  const salesOrderNumber = await addTaxedOrder(app, [{ OrderedSalesQuantity: 5, SalesPrice: 12 }])
  await deliver(app, salesOrderNumber, { 1: 5 })
  expect((await run(app, 'post-sales-invoice', { salesOrderNumber, date: '2019-12-31' })).status).toBe(400)
  const { invoiceNumber } = await invoice(app, salesOrderNumber)
  const [event] = await receiver.waitFor(1)
  expect(event?.json).toMatchObject({
    BusinessEventId: 'SalesInvoicePostedBusinessEvent',
    BusinessEventLegalEntity: COMPANY,
    InvoiceAccount: 'C-1',
    InvoiceId: invoiceNumber,
    SalesId: salesOrderNumber,
    InvoiceDate: '/Date(1739232000000)/',
    InvoiceDueDate: '/Date(1741824000000)/',
    InvoiceAmount: 64.8,
    InvoiceTaxAmount: 4.8,
    LegalEntity: COMPANY,
  })
})

test('an idempotency key posts an invoice once, however often it is sent', async (t) => {
  const app = await startInvoicing(t)
  const salesOrderNumber = await addTaxedOrder(app, [{ OrderedSalesQuantity: 4, SalesPrice: 12 }])
  await deliver(app, salesOrderNumber, { 1: 4 })
  const body = { dataAreaId: COMPANY, salesOrderNumber, lines: [{ lineCreationSequenceNumber: 1, quantity: 2 }] }
  const send = () => app.call('POST', '/api/commands/post-sales-invoice', body, { 'Idempotency-Key': 'invoice-1' })
  const [first, second] = [await send(), await send()]
  expect([first.status, second.status]).toEqual([200, 200])
  expect(second.json.result).toEqual(first.json.result)
  expect(await rowsOf(app, 'SalesInvoiceHeadersV2')).toHaveLength(1)
})

test('many clerks post invoices, credit notes and deliveries at once: nothing is posted twice, numbers have no gap, the ledger is balanced', async (t) => {
  const app = await startInvoicing(t)
  await addTaxedCustomer(app, 'C-2', { CreditLimit: 1_000_000 })
  await adjust(app, 'D0001', 500, { CostPrice: 2 })
  const orders: string[] = []
  for (const account of ['C-1', 'C-2', 'C-1', 'C-2']) {
    const accounts = { OrderingCustomerAccountNumber: account, InvoiceCustomerAccountNumber: account }
    orders.push(await addTaxedOrder(app, [{ OrderedSalesQuantity: 30, SalesPrice: 12 }], accounts))
  }
  const first = await Promise.all(
    orders.map((number) =>
      run(app, 'post-sales-invoice', {
        salesOrderNumber: number,
        quantityRule: 'All',
        lines: [{ lineCreationSequenceNumber: 1, quantity: 10 }],
      }),
    ),
  )
  expect(first.map(({ status }) => status)).toEqual(orders.map(() => 200))
  const numbers = first.map(({ json }) => json.result.invoices[0].invoiceNumber)
  const work = orders.flatMap((salesOrderNumber, index) => [
    run(app, 'create-credit-note', {
      invoiceNumber: numbers[index],
      lines: [{ lineCreationSequenceNumber: 1, quantity: 4 }],
      post: true,
      markInvoice: true,
    }),
    run(app, 'post-packing-slip', { salesOrderNumber, lines: [{ lineCreationSequenceNumber: 1, quantity: 5 }] }),
    run(app, 'post-sales-invoice', { salesOrderNumber, quantityRule: 'All', lines: [{ lineCreationSequenceNumber: 1, quantity: 5 }] }),
    run(app, 'post-sales-invoice', {
      salesOrderNumbers: [...orders].reverse(),
      quantityRule: 'All',
      summaryUpdate: true,
      lines: orders.map((number) => ({ salesOrderNumber: number, lineCreationSequenceNumber: 1, quantity: 1 })),
    }),
  ])
  const replies = await Promise.all(work)
  for (const reply of replies) expect([200, 400], reply.text).toContain(reply.status)
  const { rows } = await app.database.query<{ difference: string; invoiced: string; sold: string }>(
    `select (select trim_scale(coalesce(sum(accounting_currency_amount), 0))::text from ledger_transaction) as difference,
       (select trim_scale(sum(invoiced_quantity))::text from sales_order_line) as invoiced,
       (select trim_scale(-sum(t.qty))::text from inventory_transaction t join sales_order_line l on l.inventory_lot_id = t.invent_trans_id
        where t.status_issue = 'Sold' or t.status_receipt = 'Purchased') as sold`,
  )
  expect(rows[0]?.difference).toBe('0')
  expect(rows[0]?.invoiced).toBe(rows[0]?.sold)
  const headers = await rowsOf(app, 'SalesInvoiceHeadersV2')
  const invoices = headers.map(({ InvoiceNumber }) => InvoiceNumber).filter((number) => number.startsWith('INV-'))
  expect(invoices).toEqual(invoices.map((_, index) => `INV-${String(index + 1).padStart(6, '0')}`))
  expect(await findImbalances(app)).toEqual([])
  const { lines } = (
    await done(app, 'post-sales-invoice', { salesOrderNumbers: orders, quantityRule: 'All', proforma: true, summaryUpdate: true })
  ).result.invoices[0]
  expect(lines.length).toBeGreaterThan(0)
})

test('a currency without small coins rounds each column of the invoice; terms of payment and cash discount are those of the order', async (t) => {
  const app = await startInvoicing(t, { SalesCurrencyCode: 'CHF' })
  const currency = { CurrencyCode: 'CHF', Name: 'Swiss franc', RoundingRuleSalesOrders: 0.05, RoundingMethodSalesOrders: 'Ordinary' }
  const added = await app.post(`${D}/Currencies`, currency)
  if (added.status !== 201) await app.patch(`${D}/Currencies('CHF')`, currency)
  const rate = {
    RateTypeName: 'Default',
    FromCurrency: 'CHF',
    ToCurrency: 'USD',
    StartDate: '2025-01-01T12:00:00Z',
    Rate: 113,
    ConversionFactor: 'Hundred',
  }
  await app.post(`${D}/ExchangeRates`, rate)
  const salesOrderNumber = await addTaxedOrder(app, [{ OrderedSalesQuantity: 1, SalesPrice: 10.1 }], {
    CashDiscountCode: '2%D10',
    PaymentTermsBaseDate: '2025-02-15T12:00:00Z',
  })
  await deliver(app, salesOrderNumber, { 1: 1 })
  // 10.10 and 0.81 tax: nobody pays one centime.
  const posted = await invoice(app, salesOrderNumber)
  expect(posted).toMatchObject({ salesBalance: 10.1, taxAmount: 0.8, roundOff: 0, invoiceAmount: 10.9, invoiceAmountMST: 12.32 })
  expect(posted).toMatchObject({ dueDate: '2025-03-17', cashDiscountDate: '2025-02-25', cashDiscountAmount: 0.22 })
  expect(await rowsOf(app, 'CustTransOpens')).toMatchObject([
    { AmountCur: 10.9, PossibleCashDisc: 0.22, CashDiscDate: '2025-02-25T12:00:00Z' },
  ])
  expect((await ledger(app))['Accounts receivable']).toBe('12.32')
  const { result } = await done(app, 'create-credit-note', { invoiceNumber: posted.invoiceNumber, post: true, markInvoice: true })
  expect(result.invoices).toMatchObject([{ salesBalance: -10.1, taxAmount: -0.8, invoiceAmount: -10.9 }])
  expect(await findImbalances(app)).toEqual([])
})

test('the rule DeliverNow delivers and invoices what is to go now; Picked is no more than what was delivered', async (t) => {
  const app = await startInvoicing(t)
  const salesOrderNumber = await addTaxedOrder(app, [{ OrderedSalesQuantity: 6, SalesPrice: 12, SalesDeliverNow: 4 }])
  const { result } = await done(app, 'post-sales-invoice', { salesOrderNumber, quantityRule: 'DeliverNow' })
  expect(result.invoices).toMatchObject([{ salesBalance: 48 }])
  expect(await rowsOf(app, 'SalesOrderLines')).toMatchObject([{ SalesDeliverNow: 0, SalesOrderLineStatus: 'Backorder' }])
  expect((await run(app, 'post-sales-invoice', { salesOrderNumber, quantityRule: 'DeliverNow' })).json.error.code).toBe('E22')
  await done(app, 'post-picking-list', { salesOrderNumber })
  await done(app, 'register-picking', { salesOrderNumber })
  expect((await run(app, 'post-sales-invoice', { salesOrderNumber, quantityRule: 'Picked' })).json.error.code).toBe('E14')
  expect((await done(app, 'post-sales-invoice', { salesOrderNumber, quantityRule: 'All' })).result.invoices).toMatchObject([
    { salesBalance: 24 },
  ])
  expect(await rowsOf(app, 'SalesOrderHeadersV2')).toMatchObject([{ SalesOrderStatus: 'Invoiced' }])
})
