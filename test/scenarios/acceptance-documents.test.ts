import { afterAll, beforeAll, expect, test } from 'vitest'
import { fileScope } from '../support/command-line.ts'
import { countersOf } from './kit/integrator.ts'
import { type ProspectToCash, startProspectToCash } from './kit/prospect-to-cash.ts'
import { PROCESSING } from './kit/seller.ts'
import type { Row } from './kit/wire.ts'

/** Acceptance checks A5 to A12 of the templates specification, section 12; one installation, and the scenarios in their order. */
let p2c: ProspectToCash
/** Who buys in all of them: an account of Sales that is a customer of Supply Chain, and pays tax there. */
let customer: Row

const scope = fileScope(afterAll)

const WRITES_NOTHING = { inserted: 0, updated: 0, failed: 0, waiting: 0 }

beforeAll(async () => {
  p2c = await startProspectToCash(scope)
  const { seller, clerk, run, offer } = p2c
  await offer({ 'DW-40': 20, 'AC-12': 50 })
  customer = await seller.account()
  await run('accounts')
  await clerk.change('CustomersV3', { CustomerAccount: customer.accountnumber }, { SalesTaxGroup: 'TX' })
}, 120_000)

/** Orders in Supply Chain by their number, read anew. */
const supplyOrder = (number: string) => p2c.clerk.rows('CDSSalesOrderHeaders', `SalesOrderNumber eq '${number}'`)
const supplyLines = async (number: string) =>
  [...(await p2c.clerk.rows('CDSSalesOrderLines', `SalesOrderNumber eq '${number}'`))].sort(
    (a, b) => a.LineCreationSequenceNumber - b.LineCreationSequenceNumber,
  )

test('A5 a quote with a write-in line is not read when it is activated; without the line it is, once it is active again', async () => {
  const { seller, clerk, run, errors } = p2c
  const quote = await seller.quote({ customer, lines: [{ product: 'DW-40', quantity: 2 }] })
  const rigging = await seller.addLine('quotes', quote, { writeIn: 'Rigging by hand', quantity: 1, price: 15.5 })
  const quotations = () => clerk.rows('CDSSalesQuotationHeaders', `SalesQuotationNumber eq '${quote.quotenumber}'`)
  await seller.activateQuote(quote)
  expect(countersOf(await run('quotes'))).toMatchObject(WRITES_NOTHING)
  expect(await quotations()).toEqual([])

  await seller.reopenQuote(quote)
  await seller.remove('quotedetails', rigging)
  expect(countersOf(await run('quotes'))).toMatchObject(WRITES_NOTHING)
  await seller.activateQuote(quote)
  expect(countersOf(await run('quotes'))).toMatchObject({ inserted: 2, failed: 0, waiting: 0 })
  expect(await quotations()).toMatchObject([{ RequestingCustomerAccountNumber: customer.accountnumber, CurrencyCode: 'USD' }])
  expect(await clerk.rows('CDSSalesQuotationLines', `SalesQuotationNumber eq '${quote.quotenumber}'`)).toMatchObject([
    { ProductNumber: 'DW-40', RequestedSalesQuantity: 2, SalesPrice: 20 },
  ])
  expect(await errors()).toEqual([])
})

test('A6 an order goes out when it is activated, not before, its lines by their sequence numbers and its blank country as US', async () => {
  const { seller, run } = p2c
  const lines = [
    { product: 'DW-40', quantity: 2 },
    { product: 'AC-12', quantity: 5 },
  ]
  const order = await seller.order({ customer, lines, values: { shipto_line1: 'Pier 7', shipto_city: 'Boston' } })
  expect(countersOf(await run('orders-to-supply-chain'))).toMatchObject(WRITES_NOTHING)
  expect(await supplyOrder(order.ordernumber)).toEqual([])

  await seller.activateOrder(order)
  expect(await run('orders-to-supply-chain')).toMatchObject({
    status: 'completed',
    tasks: [
      { name: 'OrderHeader', counters: { inserted: 1, failed: 0 } },
      { name: 'OrderLine', counters: { inserted: 2, failed: 0 } },
    ],
  })
  expect(await supplyOrder(order.ordernumber)).toMatchObject([
    {
      OrderingCustomerAccountNumber: customer.accountnumber,
      DeliveryAddressStreet: 'Pier 7',
      DeliveryAddressCity: 'Boston',
      DeliveryAddressCountryRegionISOCode: 'US',
      SalesOrderProcessingStatus: 'Active',
    },
  ])
  expect(await supplyLines(order.ordernumber)).toMatchObject([
    { LineCreationSequenceNumber: 1, ProductNumber: 'DW-40', OrderedSalesQuantity: 2, SalesUnitSymbol: 'ea' },
    { LineCreationSequenceNumber: 2, ProductNumber: 'AC-12', OrderedSalesQuantity: 5, SalesUnitSymbol: 'ea' },
  ])
})

test('A7 a discount of 10.00 on three pieces is 3.33 each and -0.01 in Supply Chain, and 10.00 when it comes back', async () => {
  const { seller, clerk, sales, run } = p2c
  const order = await seller.order({ customer, lines: [{ product: 'DW-40', quantity: 3, discount: 10 }] })
  await seller.activateOrder(order)
  await run('orders-to-supply-chain')
  expect(await supplyLines(order.ordernumber)).toMatchObject([
    { LineDiscountAmount: 3.33, FixedPriceCharges: -0.01, TotalDiscountAmount: 10, LineAmount: 50 },
  ])
  await clerk.confirm(order.ordernumber)
  await clerk.calculateTotals()
  expect(await run('orders-to-sales')).toMatchObject({ status: 'completed' })
  expect(await sales.orderLines(order.ordernumber)).toMatchObject([{ quantity: 3, manualdiscountamount: 10, priceperunit: 20 }])
})

test('A8 an order of Supply Chain comes to Sales when it is confirmed and its totals are calculated: active, and confirmed', async () => {
  const { clerk, sales, run } = p2c
  const number = 'A8-ORDER'
  await clerk.order({ number, customer: customer.accountnumber, lines: [{ ProductNumber: 'DW-40', OrderedSalesQuantity: 4 }] })
  const inSales = () => sales.wire.rows('salesorders', `ordernumber eq '${number}'`)
  expect(countersOf(await run('orders-to-sales'))).toMatchObject(WRITES_NOTHING)
  expect(await inSales()).toEqual([])

  await clerk.confirm(number)
  expect(await supplyOrder(number)).toMatchObject([{ SalesOrderProcessingStatus: 'Confirmed', AreTotalsUpdated: 'No' }])
  expect(countersOf(await run('orders-to-sales'))).toMatchObject(WRITES_NOTHING)
  expect(await inSales()).toEqual([])

  await clerk.calculateTotals()
  expect(countersOf(await run('orders-to-sales'))).toMatchObject({ inserted: 2, failed: 0, waiting: 0 })
  expect(await inSales()).toMatchObject([
    {
      _customerid_value: customer.accountid,
      statecode: 0,
      msdynce_processingstatus: PROCESSING.confirmed,
      msdynce_ismaintainedexternally: true,
      totalamount: 86.4,
    },
  ])
  expect(await sales.orderLines(number)).toMatchObject([{ sequencenumber: 1, quantity: 4, priceperunit: 20, tax: 6.4 }])
})

test('A9 tax on the header becomes a Freight Tax line, and the line goes when the tax does; totals are those of Supply Chain', async () => {
  const { clerk, sales, run } = p2c
  const number = 'A9-ORDER'
  await clerk.order({ number, customer: customer.accountnumber, lines: [{ ProductNumber: 'DW-40', OrderedSalesQuantity: 5 }] })
  const charge = { SalesOrderNumber: number, ChargeCode: 'FREIGHT', ChargeCategory: 'Fixed', ChargeValue: 20 }
  const { ChargeLineNumber } = await clerk.add('SalesOrderHeaderCharges', {
    ...charge,
    CurrencyCode: 'USD',
    SalesTaxGroupCode: 'TX',
    SalesTaxItemGroupCode: 'ALL',
  })
  await clerk.confirm(number)
  await clerk.calculateTotals()
  expect(await supplyOrder(number)).toMatchObject([{ OrderHeaderTaxAmount: 1.6, OrderTotalAmount: 129.6 }])
  await run('orders-to-sales')
  expect(await sales.order(number)).toMatchObject({ msdynce_misctax: 1.6, freightamount: 20, totaltax: 9.6, totalamount: 129.6 })
  expect(await sales.orderLines(number)).toMatchObject([
    { sequencenumber: 0, productdescription: 'Freight Tax', priceperunit: 0, tax: 1.6, msdynce_ismisctax: true },
    { sequencenumber: 1, tax: 8, msdynce_ismisctax: false },
  ])

  await clerk.change('SalesOrderHeaderCharges', { SalesOrderNumber: number, ChargeLineNumber }, { SalesTaxItemGroupCode: '' })
  await clerk.calculateTotals()
  expect(await supplyOrder(number)).toMatchObject([{ OrderHeaderTaxAmount: 0, OrderTotalAmount: 128 }])
  await run('orders-to-sales')
  expect(await sales.order(number)).toMatchObject({ msdynce_misctax: 0, freightamount: 20, totaltax: 8, totalamount: 128 })
  expect(await sales.orderLines(number)).toMatchObject([{ sequencenumber: 1, tax: 8 }])
})

test('A10 an order or invoice with a customer who is not from Sales is read by neither D7 nor D8', async () => {
  const { clerk, sales, run, errors } = p2c
  const stranger = (await clerk.customer('A10-STRANGER')).CustomerAccount
  const known = customer.accountnumber
  const parties = [
    ['A10-BOTH', stranger, stranger],
    ['A10-BUYER', stranger, known],
    ['A10-PAYER', known, stranger],
  ]
  const invoices: string[] = []
  for (const [number = '', buyer = '', payer = ''] of parties) {
    await clerk.order({
      number,
      customer: buyer,
      lines: [{ ProductNumber: 'DW-40', OrderedSalesQuantity: 1 }],
      values: { InvoiceCustomerAccountNumber: payer },
    })
    await clerk.confirm(number)
    await clerk.pack(number)
    invoices.push((await clerk.invoice(number)).invoiceNumber)
  }
  await clerk.calculateTotals()
  expect(countersOf(await run('orders-to-sales'), await run('invoices'))).toMatchObject(WRITES_NOTHING)
  expect(await sales.wire.rows('salesorders', "startswith(ordernumber,'A10-')")).toEqual([])
  for (const number of invoices) expect(await sales.wire.rows('invoices', `invoicenumber eq '${number}'`)).toEqual([])
  expect(await errors()).toEqual([])
})

test('A11 an invoice waits for its order and goes out when D7 brings it: with the owner of the order, which is invoiced and still active', async () => {
  const { clerk, sales, run, waiting } = p2c
  const number = 'A11-ORDER'
  await clerk.order({ number, customer: customer.accountnumber, lines: [{ ProductNumber: 'AC-12', OrderedSalesQuantity: 2 }] })
  await clerk.confirm(number)
  await clerk.pack(number)
  const { invoiceNumber } = await clerk.invoice(number)
  expect(await run('invoices')).toMatchObject({ status: 'warning' })
  expect(await waiting('invoices')).toMatchObject([
    { taskName: 'SalesInvoiceHeader', code: 'lookup-not-found' },
    { taskName: 'SalesInvoiceLine' },
  ])
  await clerk.calculateTotals()
  expect(await run('orders-to-sales')).toMatchObject({ status: 'completed' })
  expect(await waiting()).toEqual([])
  const order = await sales.order(number)
  expect(order).toMatchObject({ statecode: 0, msdynce_processingstatus: PROCESSING.invoiced })
  expect(await sales.invoice(invoiceNumber)).toMatchObject({
    _ownerid_value: order._ownerid_value,
    _salesorderid_value: order.salesorderid,
    _customerid_value: customer.accountid,
    totalamount: 108,
    statecode: 0,
  })
  expect(await sales.invoiceLines(invoiceNumber)).toMatchObject([{ sequencenumber: 1, quantity: 2, priceperunit: 50, tax: 8 }])
})

test('A12 all eight templates twice: the second round writes nothing, with what changed and with all data, and both sides agree', async () => {
  const { runAll, errors, waiting, differences } = p2c
  for (const { projectName, status } of await runAll()) expect({ projectName, status }).toEqual({ projectName, status: 'completed' })
  for (const options of [{}, { allData: true }]) {
    const round = await runAll(options)
    expect(round.map(({ projectName }) => projectName)).toEqual([
      'accounts',
      'products',
      'contacts',
      'contacts-to-customer',
      'orders-to-supply-chain',
      'quotes',
      'orders-to-sales',
      'invoices',
    ])
    for (const execution of round) expect(countersOf(execution), execution.projectName).toMatchObject(WRITES_NOTHING)
  }
  expect(await errors()).toEqual([])
  expect(await waiting()).toEqual([])
  expect(await differences()).toEqual([])
})
