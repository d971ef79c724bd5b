import { systemClock } from '@p2c/base'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compareProject } from '../../apps/server/src/compare/compare-project.ts'
import { createCompareDeps, createExplainDeps } from '../../apps/server/src/compare-deps.ts'
import { explainRecord } from '../../apps/server/src/explain/explain-record.ts'
import { fileScope } from '../support/command-line.ts'
import { type ProspectToCash, startProspectToCash } from './kit/prospect-to-cash.ts'
import { ofCompany } from './kit/seller.ts'
import type { Row } from './kit/wire.ts'

/** The comparison looks through the hub: what left the one side must be at the other end, by the statements H1 to H8. */
let p2c: ProspectToCash
let order: Row

const scope = fileScope(afterAll)
const signal = new AbortController().signal
const SET = 'local-two-hop'

beforeAll(async () => {
  p2c = await startProspectToCash(scope, { withHub: true })
  const { seller, clerk, runAll } = p2c
  await clerk.product('DW-40', { SalesPrice: 20 })
  await clerk.stock({ 'DW-40': 100 })
  const customer = await seller.account({ name: 'Bjørnson & Çelik', address1_line1: 'Strandgaten 14', address1_country: 'Norway' })
  await seller.contact({ ...ofCompany(customer), birthdate: '1980-02-03', gendercode: 2, accountrolecode: 1 })
  await runAll({}, SET)
  const address = {
    shipto_line1: 'Kaigaten 2, entrance on the left',
    shipto_line2: 'Gate 4',
    shipto_city: 'Bergen',
    shipto_country: 'Norway',
  }
  const quote = await seller.quote({ customer, lines: [{ product: 'DW-40', quantity: 3 }], values: address })
  await seller.activateQuote(quote)
  order = await seller.order({ customer, lines: [{ product: 'DW-40', quantity: 3 }], values: address })
  const sold = await seller.order({ customer, lines: [{ product: 'DW-40', quantity: 2 }] })
  for (const each of [order, sold]) await seller.activateOrder(each)
  await runAll({}, SET)
  await clerk.confirm(sold.ordernumber)
  await clerk.pack(sold.ordernumber)
  await clerk.invoice(sold.ordernumber)
  await clerk.calculateTotals()
  await runAll({}, SET)
}, 180_000)

test.each([
  ['accounts', 'H1'],
  ['contacts', 'H2'],
  ['contacts-to-customer', 'H3'],
  ['products', 'H4'],
  ['quotes', 'H5'],
  ['orders-to-sales', 'H6'],
  ['invoices', 'H7'],
  ['orders-to-supply-chain', 'H8'],
])('%s through the hub agree from end to end by %s', async (name, statement) => {
  const { engine, errors } = p2c
  const project = await engine.findProject(`${name}-two-hop`)
  if (project === undefined) throw new Error(`there is no project ${name}-two-hop`)
  expect(await errors(project.name)).toEqual([])
  const comparison = await compareProject(project, { maxDifferences: 50, signal }, createCompareDeps({ engine, clock: systemClock }))
  expect(comparison, JSON.stringify(comparison.differences)).toMatchObject({ clean: true, statement })
  for (const task of comparison.tasks) expect(task.equalRows, task.task).toBe(task.comparedRows)
  if (name !== 'contacts-to-customer') expect(comparison.tasks[0]?.equalRows).toBeGreaterThan(0)
})

test('an order is explained leg by leg: into the hub and out of it', async () => {
  const { rows } = await explainRecord(
    { entity: 'order', key: order.ordernumber, connectionSet: SET },
    createExplainDeps(p2c.engine),
    signal,
  )
  const legs = rows.filter(({ project, task }) => project === 'orders-to-supply-chain-two-hop' && task === 'OrderHeader')
  expect(legs).toMatchObject([
    {
      leg: '001',
      outcome: 'sent',
      source: { side: 'sales' },
      destination: { side: 'common-data-service', entity: 'SalesOrder', found: true },
    },
    { leg: '002', outcome: 'sent', source: { side: 'common-data-service' }, destination: { side: 'supply-chain', found: true } },
  ])
})
