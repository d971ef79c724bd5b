import { afterAll, beforeAll, expect, test } from 'vitest'
import { fileScope } from '../support/command-line.ts'
import { countersOf } from './kit/integrator.ts'
import { type ProspectToCash, startProspectToCash } from './kit/prospect-to-cash.ts'
import { onTermsOf, PROCESSING } from './kit/seller.ts'
import type { Row } from './kit/wire.ts'

/** One sale from the lead to the payment, seen from both sides at each step; the steps in their order. */
let p2c: ProspectToCash
let account: Row
let contact: Row
let opportunity: Row
let quote: Row
let order: Row

const scope = fileScope(afterAll)

beforeAll(async () => {
  p2c = await startProspectToCash(scope)
  await p2c.offer({ 'DW-40': 20, 'AC-12': 50 })
}, 120_000)

/** Status in Supply Chain, and what Sales shows once the totals job and D7 have run. */
async function statuses(): Promise<readonly [string, number]> {
  const { clerk, sales, run } = p2c
  await clerk.calculateTotals()
  await run('orders-to-sales')
  const [inSupplyChain] = await clerk.rows('CDSSalesOrderHeaders', `SalesOrderNumber eq '${order.ordernumber}'`)
  const inSales = await sales.order(order.ordernumber)
  expect(inSales).toMatchObject({ statecode: 0, totalamount: inSupplyChain?.OrderTotalAmount })
  return [inSupplyChain?.SalesOrderProcessingStatus, inSales.msdynce_processingstatus]
}

test('a qualified lead becomes an account with a number, its contact and an opportunity', async () => {
  const { seller, run, clerk } = p2c
  const lead = await seller.lead({
    ...(await onCurrency()),
    subject: 'Refit of two trawlers',
    companyname: 'Halvorsen Marine Supply',
    firstname: 'Ingrid',
    lastname: 'Lind',
  })
  ;({ account = {}, contact = {}, opportunity = {} } = await seller.qualify(lead))
  expect(account).toMatchObject({ name: 'Halvorsen Marine Supply', accountnumber: expect.stringMatching(/^ACC-/) })
  expect(contact).toMatchObject({ _parentcustomerid_value: account.accountid, msdynce_iscompanyanaccount: true })
  expect(await run('accounts')).toMatchObject({ status: 'completed' })
  expect(await run('contacts')).toMatchObject({ status: 'completed' })
  expect(await clerk.rows('CustomersV2', `CustomerAccount eq '${account.accountnumber}'`)).toHaveLength(1)
  expect(await clerk.rows('CDSContactPersons', `ContactPersonPartyNumber eq '${contact.msdynce_contactnumber}'`)).toHaveLength(1)
})

const onCurrency = async (): Promise<Row> => {
  const terms = await onTermsOf(p2c.seller, 'USD')
  return Object.fromEntries(Object.entries(terms).filter(([name]) => name.startsWith('transactioncurrencyid')))
}

test('its opportunity becomes a quote, which is a quotation in Supply Chain once it is active', async () => {
  const { seller, run, clerk } = p2c
  await seller.change('opportunities', opportunity, await onTermsOf(seller, 'USD'))
  await seller.addLine('opportunities', opportunity, { product: 'DW-40', quantity: 4 })
  await seller.addLine('opportunities', opportunity, { product: 'AC-12', quantity: 3 })
  quote = await seller.quoteOf(opportunity)
  expect(quote).toMatchObject({ totalamount: 230, msdynce_hasexternallymaintainedproductsonly: true })
  await seller.activateQuote(quote)
  expect(await run('quotes')).toMatchObject({ status: 'completed' })
  await clerk.calculateTotals()
  expect(await clerk.rows('CDSSalesQuotationHeaders', `SalesQuotationNumber eq '${quote.quotenumber}'`)).toMatchObject([
    { RequestingCustomerAccountNumber: account.accountnumber, QuotationTotalAmount: 230 },
  ])
})

test('the won quote becomes an order, which is a draft that nothing sends until it is activated', async () => {
  const { seller, run, clerk } = p2c
  order = await seller.convertQuote(quote)
  expect(order).toMatchObject({ msdynce_processingstatus: PROCESSING.draft, totalamount: 230 })
  expect(countersOf(await run('quotes'), await run('orders-to-supply-chain'))).toMatchObject({ inserted: 0, updated: 0, failed: 0 })
  await seller.activateOrder(order)
  expect(countersOf(await run('orders-to-supply-chain'))).toMatchObject({ inserted: 3, failed: 0 })
  expect(await clerk.rows('CDSSalesOrderHeaders', `SalesOrderNumber eq '${order.ordernumber}'`)).toMatchObject([
    { OrderingCustomerAccountNumber: account.accountnumber, SalesOrderProcessingStatus: 'Active' },
  ])
})

test('confirmation, picking, packing and invoice show in Sales one after the other, while the order stays active', async () => {
  const { clerk } = p2c
  await clerk.confirm(order.ordernumber)
  expect(await statuses()).toEqual(['Confirmed', PROCESSING.confirmed])
  await clerk.pick(order.ordernumber)
  expect(await statuses()).toEqual(['Picked', PROCESSING.picked])
  await clerk.pack(order.ordernumber, [{ line: 1, quantity: 1 }])
  expect(await statuses()).toEqual(['PartiallyDelivered', PROCESSING.partiallyShipped])
  await clerk.pack(order.ordernumber)
  expect(await statuses()).toEqual(['Delivered', PROCESSING.shipped])
})

test('the invoice comes to Sales with the owner of the order; a payment settles it, and another round writes nothing', async () => {
  const { clerk, sales, run, runAll, seller } = p2c
  const posted = await clerk.invoice(order.ordernumber)
  expect(await statuses()).toEqual(['Invoiced', PROCESSING.invoiced])
  expect(await run('invoices')).toMatchObject({ status: 'completed' })
  const invoice = await sales.invoice(posted.invoiceNumber)
  expect(invoice).toMatchObject({
    _ownerid_value: order._ownerid_value,
    _salesorderid_value: order.salesorderid,
    _customerid_value: account.accountid,
    totalamount: posted.invoiceAmount,
    statecode: 0,
    statuscode: 4,
    msdynce_ismaintainedexternally: true,
  })
  await clerk.receivePayment(posted)
  expect(await clerk.rows('CustBalances', `AccountNum eq '${account.accountnumber}'`)).toEqual([])
  await seller.change('invoices', invoice, { statecode: 2, statuscode: 100001 })
  for (const execution of await runAll())
    expect(countersOf(execution), execution.projectName).toMatchObject({ inserted: 0, updated: 0, failed: 0, waiting: 0 })
  expect(await sales.invoice(posted.invoiceNumber)).toMatchObject({ statecode: 2 })
})

test('in the end the independent comparison finds both sides equal', async () => {
  await p2c.runAll()
  expect(await p2c.errors()).toEqual([])
  expect(await p2c.differences()).toEqual([])
})
