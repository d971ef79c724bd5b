import { type Comparison, type Explanation, totalCounters } from '@p2c/api'
import { systemClock } from '@p2c/base'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compareProject } from '../../apps/server/src/compare/compare-project.ts'
import { createCompareDeps, createExplainDeps } from '../../apps/server/src/compare-deps.ts'
import { explainRecord } from '../../apps/server/src/explain/explain-record.ts'
import { fileScope } from '../support/command-line.ts'
import type { PostedInvoice } from './kit/clerk.ts'
import { type ProspectToCash, startProspectToCash } from './kit/prospect-to-cash.ts'
import type { Row } from './kit/wire.ts'

/** The judge and the explanation where keys are not what they seem: two orders under one number, and invoices, whose key is longer than their number. */
let p2c: ProspectToCash
let customer: Row

const scope = fileScope(afterAll)
const signal = new AbortController().signal

async function compare(name: string): Promise<Comparison> {
  const project = await p2c.engine.findProject(name)
  if (project === undefined) throw new Error(`there is no project ${name}`)
  return compareProject(project, { maxDifferences: 100, signal }, createCompareDeps({ engine: p2c.engine, clock: systemClock }))
}

const explain = (entity: string, key: string, line?: number): Promise<Explanation> =>
  explainRecord({ entity, key, ...(line !== undefined && { line }) }, createExplainDeps(p2c.engine), signal)

async function activated(ordernumber: string, lines: readonly { product: string; quantity: number; discount?: number }[]): Promise<void> {
  await p2c.seller.activateOrder(await p2c.seller.order({ customer, lines, values: { ordernumber } }))
}

beforeAll(async () => {
  p2c = await startProspectToCash(scope)
  await p2c.offer({ 'DW-40': 20 })
  customer = await p2c.seller.account()
})

test('an order that another one of the same number has overwritten is missing for the comparison', async () => {
  await activated('ORD-TWIN', [{ product: 'DW-40', quantity: 1 }])
  await activated('ord-twin', [{ product: 'DW-40', quantity: 5 }])
  await p2c.runAll()
  const comparison = await compare('orders-to-supply-chain')
  expect(comparison.clean).toBe(false)
  const [missing, ...others] = comparison.differences
  expect(others).toEqual([])
  expect({ ...missing, key: missing?.key?.toLowerCase() }).toMatchObject({ kind: 'missing', task: 'OrderLine', key: 'ord-twin|1' })
})

/** An invoice, and a credit note whose line Sales refuses: no line there has a discount below 0 (templates specification 9.2). */
async function creditedOrder(number: string): Promise<{ readonly invoice: PostedInvoice; readonly credit: PostedInvoice }> {
  const { clerk } = p2c
  await activated(number, [{ product: 'DW-40', quantity: 4, discount: 2 }])
  await p2c.runAll()
  await clerk.confirm(number)
  await clerk.pick(number)
  await clerk.pack(number)
  const invoice = await clerk.invoice(number)
  const credit = await clerk.credit(invoice.invoiceNumber, [{ line: 1, quantity: 1 }])
  await clerk.calculateTotals()
  await p2c.runAll()
  return { invoice, credit }
}

test('lines and headers of invoices are refused, waiting or sent by their number, whatever more their key has', async () => {
  const { invoice, credit } = await creditedOrder('ORD-CREDIT')
  const errors = await p2c.errors('invoices')
  expect(errors.map(({ taskName, code }) => ({ taskName, code }))).toEqual([{ taskName: 'SalesInvoiceLine', code: 'value-out-of-range' }])
  const [line] = errors
  const sequence = Number(line?.source.LineCreationSequenceNumber)

  // The credit note reaches no total without its line.
  expect((await compare('invoices')).differences).toEqual([
    { task: 'SalesInvoiceHeader', kind: 'total', key: credit.invoiceNumber, field: 'totalamount', expected: '-19.5', found: '0' },
    { task: 'SalesInvoiceLine', kind: 'refused', key: `${credit.invoiceNumber}|${sequence}` },
  ])
  const refused = (await explain('invoice', credit.invoiceNumber, sequence)).rows
  expect(refused).toMatchObject([
    { outcome: 'failed', reasons: [{ code: 'value-out-of-range' }], errors: [{ code: 'value-out-of-range' }] },
  ])
  const sent = (await explain('invoice', invoice.invoiceNumber)).rows
  expect(sent.map(({ task, outcome }) => ({ task, outcome }))).toEqual([
    { task: 'SalesInvoiceHeader', outcome: 'sent' },
    { task: 'SalesInvoiceLine', outcome: 'sent' },
  ])
  const [last] = await p2c.engine.listExecutions({ projectName: 'invoices', limit: 1 })
  expect(totalCounters(last?.tasks ?? [])).toMatchObject({ inserted: 3, failed: 1 })
  for (const row of sent) expect(row.sent).toMatchObject({ executionId: last?.id })
})
