import { expect, test } from 'vitest'
import { PROCESSING_STATUSES } from '../../domain/p2c/p2c-processing-status.ts'
import { refusalOf } from '../../sales-app.fixture.ts'
import { expectDone } from '../documents/documents.fixture.ts'
import { type P2cUnderTest, STATUS, startP2c } from './p2c.fixture.ts'

const LOCKED = '400 0x80040265'
const { confirmed, invoiced, partiallyInvoiced, cancelled } = PROCESSING_STATUSES

const ofOrder = (order: string) => ({ 'salesorderid@odata.bind': `/salesorders(${order})` })
const stateOf = (p2c: P2cUnderTest, order: string) => p2c.read(`salesorders(${order})`, `${STATUS},statecode,statuscode`)

test('T8 the arrival of an invoice makes its order Invoiced and leaves the state at 0', async (t) => {
  const p2c = await startP2c(t)
  const order = await p2c.ordered('salesorders', { [STATUS]: confirmed })
  await p2c.document('invoices', ofOrder(order))
  expect(await stateOf(p2c, order)).toMatchObject({ [STATUS]: invoiced, statecode: 0, statuscode: 1 })
})

test('T8 with p2cInvoiceArrival = state the order moves to 4/100003, and the integration brings it back', async (t) => {
  const p2c = await startP2c(t, { p2cInvoiceArrival: 'state' })
  const order = await p2c.ordered('salesorders', { [STATUS]: confirmed })
  await p2c.document('invoices', ofOrder(order))
  expect(await stateOf(p2c, order)).toMatchObject({ [STATUS]: invoiced, statecode: 4, statuscode: 100_003 })
  await expectDone(p2c.sales.patch(`salesorders(${order})`, { statecode: 0 }))
  expect(await stateOf(p2c, order)).toMatchObject({ statecode: 0, statuscode: 1 })
})

test('T8 with p2cInvoiceArrival = none the order stays as it was', async (t) => {
  const p2c = await startP2c(t, { p2cInvoiceArrival: 'none' })
  const order = await p2c.ordered('salesorders', { [STATUS]: confirmed })
  await p2c.document('invoices', ofOrder(order))
  expect(await stateOf(p2c, order)).toMatchObject({ [STATUS]: confirmed, statecode: 0 })
})

test.for(['processing-status', 'state'] as const)('T8 with %s an order at Partially Invoiced or Cancelled stays so', async (arrival, t) => {
  const p2c = await startP2c(t, { p2cInvoiceArrival: arrival })
  for (const status of [partiallyInvoiced, cancelled]) {
    const order = await p2c.ordered('salesorders', { [STATUS]: status })
    await p2c.document('invoices', ofOrder(order))
    expect(await stateOf(p2c, order)).toMatchObject({ [STATUS]: status, statecode: 0 })
  }
})

test('T8 S9 an invoice and its lines belong to the owner of the order, also when it gets another order', async (t) => {
  const p2c = await startP2c(t)
  const owner = await p2c.sales.idOf('systemusers', "fullname eq 'System Administrator'")
  const assigned = { 'ownerid@odata.bind': `/systemusers(${owner})` }
  const [first, second] = [await p2c.ordered('salesorders'), await p2c.ordered('salesorders', assigned)]
  const integration = (await p2c.read(`salesorders(${first})`, '_ownerid_value'))._ownerid_value
  expect(integration).not.toBe(owner)
  const invoice = await p2c.ordered('invoices', { ...assigned, ...ofOrder(first) })
  const owners = async () => [
    (await p2c.read(`invoices(${invoice})`, '_ownerid_value'))._ownerid_value,
    ...(await p2c.lines('invoicedetails', invoice)).map((line) => line._ownerid_value),
  ]
  expect(await owners()).toEqual([integration, integration])
  await expectDone(p2c.sales.patch(`invoices(${invoice})`, ofOrder(second)))
  expect(await owners()).toEqual([owner, owner])
  expect(await stateOf(p2c, second)).toMatchObject({ [STATUS]: invoiced })
})

test('an invoice without an order tells nobody and keeps its owner', async (t) => {
  const p2c = await startP2c(t)
  const order = await p2c.ordered('salesorders', { [STATUS]: confirmed })
  const invoice = await p2c.document('invoices')
  await expectDone(p2c.sales.patch(`invoices(${invoice})`, { name: 'By hand' }))
  expect(await stateOf(p2c, order)).toMatchObject({ [STATUS]: confirmed })
})

test('an invoice of the other system is read-only for users but for its state', async (t) => {
  const p2c = await startP2c(t)
  const invoice = await p2c.ordered('invoices', { msdynce_ismaintainedexternally: true })
  const [line] = await p2c.lines('invoicedetails', invoice)
  const path = `invoicedetails(${line?.invoicedetailid})`
  for (const attempt of [
    p2c.seller.patch(`invoices(${invoice})`, { name: 'Mine' }),
    p2c.seller.patch(`invoices(${invoice})`, { name: 'Mine', statecode: 2 }),
    p2c.seller.post('invoicedetails', { 'invoiceid@odata.bind': `/invoices(${invoice})`, ...p2c.line() }),
    p2c.seller.patch(path, { quantity: 3 }),
    p2c.seller.remove(path),
  ])
    expect(refusalOf(await attempt)).toBe(LOCKED)
  await expectDone(p2c.sales.patch(path, { quantity: 3 }))
  await expectDone(p2c.seller.patch(`invoices(${invoice})`, { statecode: 2, statuscode: 100_001 }))
})

test('an invoice made by hand is open to users, but does not become one of the other system', async (t) => {
  const p2c = await startP2c(t)
  const invoice = await p2c.document('invoices')
  await expectDone(p2c.seller.patch(`invoices(${invoice})`, { name: 'By hand' }))
  await expectDone(p2c.seller.post('invoicedetails', { 'invoiceid@odata.bind': `/invoices(${invoice})`, ...p2c.line() }))
  expect(refusalOf(await p2c.seller.patch(`invoices(${invoice})`, { msdynce_ismaintainedexternally: true }))).toBe(LOCKED)
})
