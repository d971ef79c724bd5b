import { afterAll, beforeAll, expect, test } from 'vitest'
import { fileScope } from '../support/command-line.ts'
import { countersOf } from './kit/integrator.ts'
import { type ProspectToCash, startProspectToCash } from './kit/prospect-to-cash.ts'
import { ofCompany, PROCESSING } from './kit/seller.ts'
import type { Row } from './kit/wire.ts'

/** Rows that come before what they refer to: they wait, and go out by themselves when it has arrived (integration specification, 9.1). */
let p2c: ProspectToCash

const scope = fileScope(afterAll)

beforeAll(async () => {
  p2c = await startProspectToCash(scope)
  const { clerk, offer } = p2c
  await offer({ 'DW-40': 20, 'AC-12': 50 })
  for (const ItemNumber of ['DW-40', 'AC-12'])
    await clerk.add('ProductDefaultOrderSettings', { ItemNumber, SalesSiteId: '1', SalesWarehouseId: '13' })
}, 120_000)

const LINES = [
  { product: 'DW-40', quantity: 2 },
  { product: 'AC-12', quantity: 1 },
]

const supplyOrder = async (number: string): Promise<Row> =>
  (await p2c.clerk.rows('CDSSalesOrderHeaders', `SalesOrderNumber eq '${number}'`))[0] ?? {}
const supplyLines = (number: string) => p2c.clerk.rows('CDSSalesOrderLines', `SalesOrderNumber eq '${number}'`)

async function expectNothingOpen(): Promise<void> {
  expect(await p2c.errors()).toEqual([])
  expect(await p2c.waiting()).toEqual([])
}

test('an order and a quote of an account that was never sent wait with their lines until the accounts go', async () => {
  const { seller, clerk, run, waiting } = p2c
  const customer = await seller.account()
  const order = await seller.order({ customer, lines: LINES })
  const quote = await seller.quote({ customer, lines: LINES })
  await seller.activateOrder(order)
  await seller.activateQuote(quote)
  for (const project of ['orders-to-supply-chain', 'quotes']) {
    const execution = await run(project)
    expect(execution.status, 'rows that wait are no errors').toBe('warning')
    expect(countersOf(execution)).toMatchObject({ inserted: 0, failed: 0, waiting: 3 })
  }
  expect((await waiting('orders-to-supply-chain')).map(({ taskName, code }) => [taskName, code])).toEqual(
    expect.arrayContaining([
      ['OrderHeader', 'lookup-not-found'],
      ['OrderLine', 'header-missing'],
      ['OrderLine', 'header-missing'],
    ]),
  )
  await run('accounts')
  await expectNothingOpen()
  expect(await supplyOrder(order.ordernumber)).toMatchObject({ OrderingCustomerAccountNumber: customer.accountnumber })
  expect(await supplyLines(order.ordernumber)).toHaveLength(2)
  expect(await clerk.rows('CDSSalesQuotationLines', `SalesQuotationNumber eq '${quote.quotenumber}'`)).toHaveLength(2)
})

test('an order of a contact waits until the contact has become a customer', async () => {
  const { seller, run } = p2c
  const contact = await seller.contact()
  const order = await seller.order({ customer: contact, lines: LINES })
  await seller.activateOrder(order)
  expect(countersOf(await run('orders-to-supply-chain'))).toMatchObject({ inserted: 0, waiting: 3 })
  await run('contacts-to-customer')
  await expectNothingOpen()
  expect(await supplyLines(order.ordernumber)).toHaveLength(2)
})

test('a line of Supply Chain waits for its product, while the order and its other lines are there', async () => {
  const { seller, clerk, sales, run, waiting } = p2c
  const { accountnumber } = await seller.account()
  await run('accounts')
  await clerk.product('LATE-1', { SalesPrice: 7 })
  const number = 'LATE-PRODUCT'
  const line = { OrderedSalesQuantity: 3 }
  await clerk.order({
    number,
    customer: accountnumber,
    lines: [
      { ...line, ProductNumber: 'DW-40' },
      { ...line, ProductNumber: 'LATE-1' },
    ],
  })
  await clerk.confirm(number)
  await clerk.calculateTotals()
  expect(await run('orders-to-sales')).toMatchObject({ status: 'warning' })
  expect(await sales.orderLines(number)).toMatchObject([{ sequencenumber: 1 }])
  expect(await waiting()).toMatchObject([{ taskName: 'OrderLine', code: 'lookup-not-found', message: expect.stringContaining('LATE-1') }])
  await run('products')
  await expectNothingOpen()
  expect(await sales.orderLines(number)).toMatchObject([{ sequencenumber: 1 }, { sequencenumber: 2, quantity: 3, priceperunit: 7 }])
  expect(await sales.order(number)).toMatchObject({ totalamount: 81 })
})

test('everything in the wrong order: each project runs before those it needs, and in the end all is as it should be', async () => {
  const { seller, clerk, sales, run, runAll } = p2c
  const company = await seller.account({ name: 'Last Yard Ltd' })
  const person = await seller.contact({ ...ofCompany(company), lastname: 'Late' })
  const order = await seller.order({ customer: company, lines: LINES })
  await seller.activateOrder(order)
  await clerk.product('LATE-2', { SalesPrice: 5 })
  const wrongOrder = [
    'invoices',
    'orders-to-sales',
    'orders-to-supply-chain',
    'quotes',
    'contacts-to-customer',
    'contacts',
    'accounts',
    'products',
  ]
  for (const project of wrongOrder) await run(project)
  await expectNothingOpen()
  expect(await clerk.rows('CDSContactPersons', `ContactPersonPartyNumber eq '${person.msdynce_contactnumber}'`)).toHaveLength(1)
  await clerk.confirm(order.ordernumber)
  await clerk.pack(order.ordernumber)
  const { invoiceNumber, invoiceAmount } = await clerk.invoice(order.ordernumber)
  const own = 'LATE-ORDER'
  await clerk.order({ number: own, customer: company.accountnumber, lines: [{ ProductNumber: 'LATE-2', OrderedSalesQuantity: 1 }] })
  await clerk.confirm(own)
  await clerk.calculateTotals()
  for (const project of wrongOrder) await run(project)
  await expectNothingOpen()
  expect(await sales.order(order.ordernumber)).toMatchObject({ msdynce_processingstatus: PROCESSING.invoiced, totalamount: invoiceAmount })
  expect(await sales.invoice(invoiceNumber)).toMatchObject({ totalamount: invoiceAmount })
  expect(await sales.orderLines(own)).toHaveLength(1)
  for (const execution of await runAll())
    expect(countersOf(execution), execution.projectName).toMatchObject({ inserted: 0, updated: 0, failed: 0, waiting: 0 })
})

test('in the end the independent comparison finds both sides equal', async () => {
  await p2c.runAll()
  expect(await p2c.errors()).toEqual([])
  expect(await p2c.differences()).toEqual([])
})
