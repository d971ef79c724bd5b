import { afterAll, beforeAll, expect, test } from 'vitest'
import { fileScope } from '../support/command-line.ts'
import { countersOf } from './kit/integrator.ts'
import { type ProspectToCash, startProspectToCash } from './kit/prospect-to-cash.ts'
import { PROCESSING } from './kit/seller.ts'
import type { Row } from './kit/wire.ts'

/** What happens to orders after they were taken, on either side; one installation, every scenario with orders of its own. */
let p2c: ProspectToCash
let customer: Row

const scope = fileScope(afterAll)

const WRITES_NOTHING = { inserted: 0, updated: 0, failed: 0, waiting: 0 }

beforeAll(async () => {
  p2c = await startProspectToCash(scope)
  const { seller, run, offer } = p2c
  await offer({ 'DW-40': 20, 'AC-12': 50 })
  customer = await seller.account()
  await run('accounts')
}, 120_000)

/** An order of a seller that is in Supply Chain and confirmed there. */
async function soldOrder(lines: Parameters<ProspectToCash['seller']['order']>[0]['lines'] = []): Promise<Row> {
  const { seller, clerk, run } = p2c
  const order = await seller.order({ customer, lines })
  await seller.activateOrder(order)
  await run('orders-to-supply-chain')
  await clerk.confirm(order.ordernumber)
  return order
}

/** Brings orders and invoices back to Sales, and demands that nothing of it failed. */
async function bringBack(): Promise<void> {
  const { clerk, run, errors } = p2c
  await clerk.calculateTotals()
  for (const project of ['orders-to-sales', 'invoices']) expect(await run(project)).toMatchObject({ status: 'completed' })
  expect(await errors()).toEqual([])
}

const supplyOrder = async (number: string): Promise<Row> =>
  (await p2c.clerk.rows('CDSSalesOrderHeaders', `SalesOrderNumber eq '${number}'`))[0] ?? {}

test('an order goes out in three deliveries with two invoices, each of which is in Sales with its own lines', async () => {
  const { clerk, sales } = p2c
  const { ordernumber } = await soldOrder([
    { product: 'DW-40', quantity: 10 },
    { product: 'AC-12', quantity: 4 },
  ])
  await clerk.pack(ordernumber, [{ line: 1, quantity: 3 }])
  await clerk.pack(ordernumber, [{ line: 2, quantity: 4 }])
  const first = await clerk.invoice(ordernumber)
  await bringBack()
  expect(await sales.order(ordernumber)).toMatchObject({ msdynce_processingstatus: PROCESSING.partiallyInvoiced, totalamount: 400 })
  expect(await sales.invoiceLines(first.invoiceNumber)).toMatchObject([
    { sequencenumber: 1, quantity: 3, priceperunit: 20 },
    { sequencenumber: 2, quantity: 4, priceperunit: 50 },
  ])

  await clerk.pack(ordernumber)
  await bringBack()
  expect(await supplyOrder(ordernumber)).toMatchObject({ SalesOrderProcessingStatus: 'DeliveredPartiallyInvoiced' })
  expect(await sales.order(ordernumber)).toMatchObject({ msdynce_processingstatus: PROCESSING.partiallyInvoiced })
  const second = await clerk.invoice(ordernumber)
  await bringBack()
  expect(await sales.order(ordernumber)).toMatchObject({ msdynce_processingstatus: PROCESSING.invoiced, totalamount: 400 })
  expect(await sales.invoice(first.invoiceNumber)).toMatchObject({ totalamount: 260 })
  expect(await sales.invoice(second.invoiceNumber)).toMatchObject({ totalamount: 140 })
  expect(await sales.invoiceLines(second.invoiceNumber)).toMatchObject([{ sequencenumber: 1, quantity: 7 }])
})

test('a credit note gives back what was invoiced: an invoice of its own below zero, and the order gets its lines', async () => {
  const { clerk, sales } = p2c
  const { ordernumber } = await soldOrder([{ product: 'DW-40', quantity: 5 }])
  await clerk.pack(ordernumber)
  const invoice = await clerk.invoice(ordernumber)
  const note = await clerk.credit(invoice.invoiceNumber, [{ line: 1, quantity: 2 }])
  expect(note.invoiceAmount).toBe(-40)
  await bringBack()
  expect(await sales.invoice(invoice.invoiceNumber)).toMatchObject({ totalamount: 100 })
  expect(await sales.invoice(note.invoiceNumber)).toMatchObject({ totalamount: -40, statecode: 0 })
  expect(await sales.invoiceLines(note.invoiceNumber)).toMatchObject([{ quantity: -2, priceperunit: 20 }])
  const { OrderTotalAmount } = await supplyOrder(ordernumber)
  expect(await sales.order(ordernumber)).toMatchObject({ totalamount: OrderTotalAmount })
})

test('a cancelled line stays in Sales with quantity 0, and the totals are those of the rest', async () => {
  const { clerk, sales } = p2c
  const { ordernumber } = await soldOrder([
    { product: 'DW-40', quantity: 10, discount: 5 },
    { product: 'AC-12', quantity: 4 },
  ])
  await bringBack()
  expect(await sales.order(ordernumber)).toMatchObject({ totalamount: 395 })
  await clerk.cancelRemainder(ordernumber, [1])
  await bringBack()
  expect(await sales.orderLines(ordernumber)).toMatchObject([
    { sequencenumber: 1, quantity: 0, manualdiscountamount: 0, tax: 0 },
    { sequencenumber: 2, quantity: 4 },
  ])
  expect(await supplyOrder(ordernumber)).toMatchObject({ OrderTotalAmount: 200 })
  expect(await sales.order(ordernumber)).toMatchObject({ totalamount: 200, msdynce_processingstatus: PROCESSING.confirmed })
})

test('a cancelled order is cancelled in Sales and stays active there', async () => {
  const { clerk, sales, run } = p2c
  const { ordernumber } = await soldOrder([{ product: 'AC-12', quantity: 4 }])
  await clerk.cancelRemainder(ordernumber)
  await bringBack()
  expect(await supplyOrder(ordernumber)).toMatchObject({ SalesOrderProcessingStatus: 'Canceled', OrderTotalAmount: 0 })
  expect(await sales.order(ordernumber)).toMatchObject({
    msdynce_processingstatus: PROCESSING.cancelled,
    statecode: 0,
    totalamount: 0,
  })
  expect(countersOf(await run('orders-to-supply-chain'))).toMatchObject(WRITES_NOTHING)
})

test('what a clerk changes on a confirmed order comes to Sales, and Sales sends none of it back', async () => {
  const { clerk, sales, run } = p2c
  const { ordernumber } = await soldOrder([{ product: 'DW-40', quantity: 10 }])
  await bringBack()
  const key = { SalesOrderNumber: ordernumber, LineCreationSequenceNumber: 1 }
  await clerk.change('CDSSalesOrderLines', key, { OrderedSalesQuantity: 12, SalesPrice: 19.5 })
  await clerk.add('CDSSalesOrderLines', {
    SalesOrderNumber: ordernumber,
    LineCreationSequenceNumber: 7,
    ProductNumber: 'AC-12',
    OrderedSalesQuantity: 1,
  })
  // A line has the processing status of its own numbers: only what is confirmed leaves (supply-chain specification, 3.5).
  await clerk.confirm(ordernumber)
  await bringBack()
  expect(await sales.orderLines(ordernumber)).toMatchObject([
    { sequencenumber: 1, quantity: 12, priceperunit: 19.5 },
    { sequencenumber: 7, quantity: 1, priceperunit: 50, msdynce_ordernumber: ordernumber },
  ])
  expect(await sales.order(ordernumber)).toMatchObject({ totalamount: 284 })
  expect(countersOf(await run('orders-to-supply-chain', { allData: true }))).toMatchObject(WRITES_NOTHING)
})

test('an order can be changed while it is a draft; from its activation on a seller can change nothing of it', async () => {
  const { seller, clerk, run } = p2c
  const order = await seller.order({ customer, lines: [{ product: 'DW-40', quantity: 1 }] })
  await seller.change('salesorders', order, { name: 'Two winches' })
  const line = await seller.addLine('salesorders', order, { product: 'AC-12', quantity: 2 })
  await seller.change('salesorderdetails', line, { quantity: 3 })
  await seller.activateOrder(order)
  const locked = [
    ['PATCH', `/salesorders(${order.salesorderid})`, { name: 'Three winches' }],
    ['PATCH', `/salesorderdetails(${line.salesorderdetailid})`, { quantity: 4 }],
    ['DELETE', `/salesorderdetails(${line.salesorderdetailid})`, undefined],
    ['PATCH', `/salesorders(${order.salesorderid})`, { msdynce_processingstatus: PROCESSING.draft }],
    [
      'POST',
      '/salesorderdetails',
      {
        'salesorderid@odata.bind': `/salesorders(${order.salesorderid})`,
        quantity: 1,
        isproductoverridden: true,
        productdescription: 'Rigging',
      },
    ],
  ] as const
  for (const [method, path, body] of locked) expect((await seller.wire.refused(method, path, body)).status, path).toBe(400)
  await run('orders-to-supply-chain')
  expect(await supplyOrder(order.ordernumber)).toMatchObject({ SalesOrderName: 'Two winches' })
  const lines = await clerk.rows('CDSSalesOrderLines', `SalesOrderNumber eq '${order.ordernumber}' and LineCreationSequenceNumber eq 2`)
  expect(lines).toMatchObject([{ OrderedSalesQuantity: 3 }])
})

test('an order with a write-in line cannot be activated, and says why', async () => {
  const { seller } = p2c
  const order = await seller.order({ customer, lines: [{ writeIn: 'Rigging by hand', quantity: 1, price: 15 }] })
  const activation = { msdynce_processingstatus: PROCESSING.active }
  expect(await seller.wire.refused('PATCH', `/salesorders(${order.salesorderid})`, activation)).toMatchObject({
    status: 400,
    message: expect.stringMatching(/externally maintained/i),
  })
})

test('a contact buys as a customer: quote, order and invoice go under the number of the contact, both ways', async () => {
  const { seller, clerk, sales, run, runAll } = p2c
  // The customer that D3 makes has no site of its own: the search ends at the product (templates specification, 6 C6).
  await clerk.add('ProductDefaultOrderSettings', { ItemNumber: 'DW-40', SalesSiteId: '1', SalesWarehouseId: '13' })
  const contact = await seller.contact({ lastname: 'Solheim' })
  const number = contact.msdynce_contactnumber
  const quote = await seller.quote({ customer: contact, lines: [{ product: 'DW-40', quantity: 2 }] })
  await seller.activateQuote(quote)
  await run('contacts-to-customer')
  await run('quotes')
  expect(await clerk.rows('CDSSalesQuotationHeaders', `SalesQuotationNumber eq '${quote.quotenumber}'`)).toMatchObject([
    { RequestingCustomerAccountNumber: number },
  ])
  const order = await seller.convertQuote(quote)
  await seller.activateOrder(order)
  await run('orders-to-supply-chain')
  await clerk.confirm(order.ordernumber)
  await clerk.pack(order.ordernumber)
  const { invoiceNumber } = await clerk.invoice(order.ordernumber)
  await bringBack()
  expect(await sales.order(order.ordernumber)).toMatchObject({ _customerid_value: contact.contactid })
  expect(await sales.invoice(invoiceNumber)).toMatchObject({ _customerid_value: contact.contactid, totalamount: 40 })
  const owned = 'C-OF-CONTACT'
  await clerk.order({ number: owned, customer: number, lines: [{ ProductNumber: 'AC-12', OrderedSalesQuantity: 1 }] })
  await clerk.confirm(owned)
  await bringBack()
  expect(await sales.order(owned)).toMatchObject({ _customerid_value: contact.contactid })
  for (const execution of await runAll()) expect(countersOf(execution), execution.projectName).toMatchObject(WRITES_NOTHING)
})

test('a work order of another integration stays out of Sales', async () => {
  const { clerk, sales, run } = p2c
  const number = 'WORK-1'
  await clerk.order({
    number,
    customer: customer.accountnumber,
    lines: [{ ProductNumber: 'AC-12', OrderedSalesQuantity: 1 }],
    values: { SalesOrderOriginCode: 'WORKORDER' },
  })
  await clerk.confirm(number)
  await clerk.calculateTotals()
  expect(await supplyOrder(number)).toMatchObject({ SalesOrderOriginType: 'WorkOrderIntegration' })
  expect(countersOf(await run('orders-to-sales'))).toMatchObject(WRITES_NOTHING)
  expect(await sales.wire.rows('salesorders', `ordernumber eq '${number}'`)).toEqual([])
})

test('in the end the independent comparison finds both sides equal', async () => {
  await p2c.runAll()
  expect(await p2c.errors()).toEqual([])
  expect(await p2c.differences()).toEqual([])
})
