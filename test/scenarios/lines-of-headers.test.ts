import type { Connector } from '@p2c/engine'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fileScope } from '../support/command-line.ts'
import { type ProspectToCash, startProspectToCash } from './kit/prospect-to-cash.ts'
import { PROCESSING } from './kit/seller.ts'
import type { Row } from './kit/wire.ts'

/** Entities whose lines the local applications give a new version when their header changes, and a cloud system may not. */
const LINES: ReadonlySet<string> = new Set([
  'quotedetails',
  'salesorderdetails',
  'CDSSalesOrderLines',
  'ExternallyMaintainedCustomerSalesInvoiceLines',
])

let p2c: ProspectToCash
let customer: Row
/** Requests for lines by their header, by entity. */
const asked: string[] = []

const scope = fileScope(afterAll)

/** A system that tells nothing of lines which did not change themselves: here of no line at all. */
const quietAboutLines = (connector: Connector): Connector => ({
  ...connector,
  async *read(request, signal) {
    for await (const page of connector.read(request, signal))
      yield request.position !== undefined && LINES.has(request.entity) ? { ...page, rows: [] } : page
  },
  readByFields: (request, search, signal) => {
    asked.push(request.entity)
    return connector.readByFields(request, search, signal)
  },
})

beforeAll(async () => {
  p2c = await startProspectToCash(scope, { wrap: quietAboutLines })
  await p2c.offer({ 'DW-40': 20, 'AC-12': 50 })
  customer = await p2c.seller.account()
  await p2c.run('accounts')
  // What is read from now on are increments.
  for (const project of PROJECTS) await p2c.run(project)
}, 120_000)

const PROJECTS = ['quotes', 'orders-to-supply-chain', 'orders-to-sales', 'invoices']

const DOCUMENT = {
  lines: [
    { product: 'DW-40', quantity: 2 },
    { product: 'AC-12', quantity: 5 },
  ],
}

test('T 2.5 no. 9 the lines of a quote that is activated go out, though nothing is told of them', async () => {
  const { seller, clerk, run } = p2c
  const quote = await seller.quote({ customer, ...DOCUMENT })
  const lines = () => clerk.rows('CDSSalesQuotationLines', `SalesQuotationNumber eq '${quote.quotenumber}'`)
  await run('quotes')
  expect([await lines(), asked]).toEqual([[], []])
  await seller.activateQuote(quote)
  const { tasks } = await run('quotes')
  expect(tasks[1]).toMatchObject({ name: 'QuoteLine', counters: { read: 2, inserted: 2, filtered: 0, unchanged: 0 } })
  expect(await lines()).toHaveLength(2)
  // A revision has the number of its quote: the lines of both are found, those of the closed one stay where they are.
  const revision = await seller.reviseQuote(quote)
  await seller.addLine('quotes', revision, { product: 'DW-40', quantity: 7 })
  await seller.activateQuote(revision)
  expect((await run('quotes')).tasks[1]).toMatchObject({ counters: { failed: 0, inserted: 1 } })
  expect(await lines()).toHaveLength(3)
  expect(asked).toEqual(['quotedetails', 'quotedetails'])
})

test('T 2.5 no. 9 the lines of an order go out with its activation and come back with its confirmation', async () => {
  const { seller, clerk, sales, run } = p2c
  const order = await seller.order({ customer, ...DOCUMENT })
  await seller.activateOrder(order)
  expect((await run('orders-to-supply-chain')).tasks[1]).toMatchObject({ counters: { read: 2, inserted: 2 } })
  await clerk.confirm(order.ordernumber)
  await clerk.calculateTotals()
  const back = await run('orders-to-sales')
  expect(back).toMatchObject({ status: 'completed', tasks: [{ counters: { updated: 1 } }, { counters: { read: 2, failed: 0 } }] })
  expect(await sales.order(order.ordernumber)).toMatchObject({ msdynce_processingstatus: PROCESSING.confirmed, statecode: 0 })
  asked.length = 0
  for (const project of PROJECTS) await run(project)
  // The write of D7 has changed the order in Sales, but not into the filter of D6: nothing is left to ask for, in any direction.
  expect(asked).toEqual([])
  expect(await p2c.errors()).toEqual([])
})

test('T 2.5 no. 9 the lines of an invoice are found by number, date and voucher of their header', async () => {
  const { seller, clerk, sales, run } = p2c
  const order = await seller.order({ customer, ...DOCUMENT })
  await seller.activateOrder(order)
  await run('orders-to-supply-chain')
  await clerk.confirm(order.ordernumber)
  await clerk.calculateTotals()
  await run('orders-to-sales')
  await clerk.pick(order.ordernumber)
  await clerk.pack(order.ordernumber)
  const { invoiceNumber } = await clerk.invoice(order.ordernumber)
  asked.length = 0
  expect(await run('invoices')).toMatchObject({
    status: 'completed',
    tasks: [{ counters: { inserted: 1 } }, { counters: { read: 2, inserted: 2 } }],
  })
  expect(await sales.invoiceLines(invoiceNumber)).toHaveLength(2)
  expect(asked).toEqual(['ExternallyMaintainedCustomerSalesInvoiceLines'])
})
