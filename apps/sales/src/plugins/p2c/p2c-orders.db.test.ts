import { expect, test } from 'vitest'
import { PROCESSING_STATUSES } from '../../domain/p2c/p2c-processing-status.ts'
import { refusalOf } from '../../sales-app.fixture.ts'
import { documentAfter, expectDone, MESSAGES, WAYS } from '../documents/documents.fixture.ts'
import { activateOrder, FLAG, type P2cUnderTest, STATUS, startP2c, writeIn } from './p2c.fixture.ts'

const LOCKED = '400 0x80040265'
const EXTERNAL = 'msdynce_ismaintainedexternally'

const submitted = async (p2c: P2cUnderTest, order: string) =>
  (await p2c.lines('salesorderdetails', order)).map((line) => line.msdynce_orderissubmitted)

test('T6 a won quote becomes a draft order with locked prices; activating submits every line and leaves the state', async (t) => {
  const p2c = await startP2c(t)
  const quote = await p2c.ordered('quotes')
  await p2c.addLine('quotedetails', quote)
  await expectDone(p2c.seller.patch(`quotes(${quote})`, { statecode: 1, statuscode: 2 }))
  await expectDone(MESSAGES.win(p2c.seller, quote))
  const order = (await expectDone(MESSAGES.convert(p2c.seller, quote))).body.salesorderid
  const columns = `statecode,statuscode,${STATUS},ispricelocked,${FLAG}`
  const draft = { statecode: 0, statuscode: 1, [STATUS]: PROCESSING_STATUSES.draft, ispricelocked: true, [FLAG]: true }
  expect(await p2c.read(`salesorders(${order})`, columns)).toMatchObject(draft)
  expect(await submitted(p2c, order)).toEqual([false, false])
  await expectDone(activateOrder(p2c.seller, order))
  expect(await p2c.read(`salesorders(${order})`, columns)).toMatchObject({ ...draft, [STATUS]: PROCESSING_STATUSES.active })
  expect(await submitted(p2c, order)).toEqual([true, true])
  expect((await p2c.lines('salesorderdetails', order)).map((line) => line.sequencenumber)).toEqual([1, 2])
})

test('S7 an order with a line that is maintained in Sales is not activated by a user, and nothing changes', async (t) => {
  const p2c = await startP2c(t)
  const order = await p2c.ordered('salesorders')
  await p2c.addLine('salesorderdetails', order, writeIn())
  const before = (await p2c.sales.get(`salesorders(${order})`)).body
  const refused = await activateOrder(p2c.seller, order)
  expect(refusalOf(refused)).toBe(LOCKED)
  expect(refused.body.error.message).toContain('only orders with externally maintained products can be activated')
  expect((await p2c.sales.get(`salesorders(${order})`)).body).toEqual(before)
  expect(await submitted(p2c, order)).toEqual([false, false])
})

test('S7 an order without lines, one that is active and one of the other system are not activated by a user', async (t) => {
  const p2c = await startP2c(t)
  const empty = await p2c.document('salesorders', { msdynce_misctax: 3 })
  const active = await p2c.ordered('salesorders', { [STATUS]: PROCESSING_STATUSES.active })
  const external = await p2c.ordered('salesorders', { [EXTERNAL]: true })
  for (const [order, text] of [
    [empty, 'no lines'],
    [active, 'past processing status Draft'],
    [external, 'maintained externally'],
  ] as const) {
    const refused = await activateOrder(p2c.seller, order)
    expect(refusalOf(refused)).toBe(LOCKED)
    expect(refused.body.error.message).toContain(text)
  }
})

test('a user moves an order to no other status, and begins none but as a draft', async (t) => {
  const p2c = await startP2c(t)
  const order = await p2c.ordered('salesorders')
  for (const status of [PROCESSING_STATUSES.confirmed, PROCESSING_STATUSES.cancelled, null])
    expect(refusalOf(await p2c.seller.patch(`salesorders(${order})`, { [STATUS]: status }))).toBe(LOCKED)
  const body = {
    'customerid_account@odata.bind': `/accounts(${p2c.accountId})`,
    'pricelevelid@odata.bind': `/pricelevels(${p2c.listId})`,
  }
  expect(refusalOf(await p2c.seller.post('salesorders', { ...body, [STATUS]: PROCESSING_STATUSES.active }))).toBe(LOCKED)
  expect(refusalOf(await p2c.seller.post('salesorders', { ...body, [EXTERNAL]: true }))).toBe(LOCKED)
  expect(refusalOf(await p2c.seller.post('salesorders', { ...body, freightamount: 4 }))).toBe(LOCKED)
  const deep = { ...body, name: 'Refit', order_details: [p2c.line({ 'productid@odata.bind': `/products(${p2c.externalId})` })] }
  await expectDone(p2c.seller.post('salesorders', deep))
})

test('T7 the integration moves an order through the values of the other system, users do not', async (t) => {
  const p2c = await startP2c(t)
  const order = await p2c.ordered('salesorders')
  await expectDone(activateOrder(p2c.seller, order))
  const { draft: _draft, active: _active, ...values } = PROCESSING_STATUSES
  for (const status of [...Object.values(values), PROCESSING_STATUSES.confirmed, PROCESSING_STATUSES.invoiced]) {
    expect(refusalOf(await p2c.seller.patch(`salesorders(${order})`, { [STATUS]: status }))).toBe(LOCKED)
    await expectDone(p2c.sales.patch(`salesorders(${order})`, { [STATUS]: status }))
  }
  expect(await p2c.read(`salesorders(${order})`, `${STATUS},statecode`)).toMatchObject({
    [STATUS]: PROCESSING_STATUSES.invoiced,
    statecode: 0,
  })
  expect(await submitted(p2c, order)).toEqual([true])
})

test('T7 a salesperson activates an own order and then leaves it to the integration', async (t) => {
  const p2c = await startP2c(t)
  const person = p2c.sales.as(await p2c.sales.user({ roles: ['Salesperson'] }))
  const order = await person.create(
    'salesorders',
    {
      name: 'Own',
      'customerid_account@odata.bind': `/accounts(${p2c.accountId})`,
      'pricelevelid@odata.bind': `/pricelevels(${p2c.listId})`,
      order_details: [p2c.line({ 'productid@odata.bind': `/products(${p2c.externalId})` })],
    },
    'salesorderid',
  )
  await expectDone(activateOrder(person, order.salesorderid))
  const confirm = { [STATUS]: PROCESSING_STATUSES.confirmed }
  expect(refusalOf(await person.patch(`salesorders(${order.salesorderid})`, confirm))).toBe(LOCKED)
  await expectDone(p2c.sales.patch(`salesorders(${order.salesorderid})`, confirm))
})

test('S8 users change neither an order past Draft nor its lines, the integration does', async (t) => {
  const p2c = await startP2c(t)
  const order = await p2c.ordered('salesorders')
  const [line] = await p2c.lines('salesorderdetails', order)
  const draftEdit = { name: 'Before' }
  await expectDone(p2c.seller.patch(`salesorders(${order})`, draftEdit))
  await expectDone(p2c.seller.patch(`salesorderdetails(${line?.salesorderdetailid})`, { quantity: 2 }))
  await expectDone(activateOrder(p2c.seller, order))
  const newLine = { 'salesorderid@odata.bind': `/salesorders(${order})`, ...p2c.line() }
  const before = (await p2c.sales.get(`salesorders(${order})?$expand=order_details`)).body
  for (const attempt of [
    p2c.seller.patch(`salesorders(${order})`, { name: 'After' }),
    p2c.seller.patch(`salesorders(${order})`, { statecode: 1 }),
    p2c.seller.post('salesorderdetails', newLine),
    p2c.seller.patch(`salesorderdetails(${line?.salesorderdetailid})`, { quantity: 9 }),
    p2c.seller.remove(`salesorderdetails(${line?.salesorderdetailid})`),
  ])
    expect(refusalOf(await attempt)).toBe(LOCKED)
  expect((await p2c.sales.get(`salesorders(${order})?$expand=order_details`)).body).toEqual(before)
  await expectDone(p2c.sales.patch(`salesorders(${order})`, { name: 'By the integration', [STATUS]: PROCESSING_STATUSES.confirmed }))
  await expectDone(p2c.sales.patch(`salesorderdetails(${line?.salesorderdetailid})`, { quantity: 9 }))
  await expectDone(p2c.sales.post('salesorderdetails', newLine))
})

test('S8 a line does not move into a locked order, nor out of it', async (t) => {
  const p2c = await startP2c(t)
  const [open, locked] = [await p2c.ordered('salesorders'), await p2c.ordered('salesorders')]
  await expectDone(activateOrder(p2c.sales, locked))
  const [inOpen] = await p2c.lines('salesorderdetails', open)
  const [inLocked] = await p2c.lines('salesorderdetails', locked)
  const move = (line: string, order: string) =>
    p2c.seller.patch(`salesorderdetails(${line})`, { 'salesorderid@odata.bind': `/salesorders(${order})` })
  expect(refusalOf(await move(inOpen?.salesorderdetailid, locked))).toBe(LOCKED)
  expect(refusalOf(await move(inLocked?.salesorderdetailid, open))).toBe(LOCKED)
})

test('S6 a line that the integration writes after activation is not submitted, which stops the echo', async (t) => {
  const p2c = await startP2c(t)
  const order = await p2c.ordered('salesorders')
  await expectDone(activateOrder(p2c.sales, order))
  await p2c.addLine('salesorderdetails', order, { sequencenumber: 7 })
  expect(await submitted(p2c, order)).toEqual([true, true])
  await expectDone(p2c.sales.patch(`salesorders(${order})`, { [STATUS]: PROCESSING_STATUSES.confirmed }))
  const [line] = await p2c.lines('salesorderdetails', order)
  await expectDone(p2c.sales.patch(`salesorderdetails(${line?.salesorderdetailid})`, { quantity: 4 }))
  expect(await submitted(p2c, order)).toEqual([true, true])
  const product = { 'productid@odata.bind': `/products(${p2c.externalId})` }
  await expectDone(p2c.sales.patch(`salesorderdetails(${line?.salesorderdetailid})`, product))
  expect(await submitted(p2c, order)).toEqual([false, true])
})

test('users leave alone what the solution keeps: header discounts, freight, flags, line tax', async (t) => {
  const p2c = await startP2c(t)
  const order = await p2c.ordered('salesorders')
  const [line] = await p2c.lines('salesorderdetails', order)
  for (const values of [{ discountpercentage: 5 }, { discountamount: 5 }, { freightamount: 5 }, { [FLAG]: false }, { [EXTERNAL]: true }])
    expect(refusalOf(await p2c.seller.patch(`salesorders(${order})`, values))).toBe(LOCKED)
  for (const values of [{ tax: 1 }, { msdynce_orderissubmitted: true }, { msdynce_ismisctax: true }, { [EXTERNAL]: true }])
    expect(refusalOf(await p2c.seller.patch(`salesorderdetails(${line?.salesorderdetailid})`, values))).toBe(LOCKED)
  await expectDone(p2c.seller.patch(`salesorders(${order})`, { freightamount: 0, discountamount: null, [FLAG]: true }))
  await expectDone(p2c.seller.patch(`salesorderdetails(${line?.salesorderdetailid})`, { manualdiscountamount: 2, tax: null }))
  await expectDone(p2c.sales.patch(`salesorders(${order})`, { freightamount: 5 }))
})

test('p2cLockLineDiscount locks line discounts of quotes and orders for users', async (t) => {
  const p2c = await startP2c(t, { p2cLockLineDiscount: true })
  const [quote, order] = [await p2c.ordered('quotes'), await p2c.ordered('salesorders')]
  const [inQuote] = await p2c.lines('quotedetails', quote)
  const [inOrder] = await p2c.lines('salesorderdetails', order)
  for (const path of [`quotedetails(${inQuote?.quotedetailid})`, `salesorderdetails(${inOrder?.salesorderdetailid})`]) {
    expect(refusalOf(await p2c.seller.patch(path, { manualdiscountamount: 2 }))).toBe(LOCKED)
    await expectDone(p2c.sales.patch(path, { manualdiscountamount: 2 }))
  }
})

test('a user deletes an order with its lines, whatever its processing status: no form locks that', async (t) => {
  const p2c = await startP2c(t)
  const order = await p2c.ordered('salesorders')
  await expectDone(activateOrder(p2c.sales, order))
  await expectDone(p2c.seller.remove(`salesorders(${order})`))
  expect(await p2c.lines('salesorderdetails', order)).toEqual([])
})

test('an externally maintained product is read-only for users but for its state, the integration writes it', async (t) => {
  const p2c = await startP2c(t)
  expect(refusalOf(await p2c.seller.patch(`products(${p2c.externalId})`, { name: 'Mine' }))).toBe(LOCKED)
  expect(refusalOf(await p2c.seller.patch(`products(${p2c.productId})`, { [EXTERNAL]: true }))).toBe(LOCKED)
  await expectDone(p2c.seller.patch(`products(${p2c.externalId})`, { statecode: 3 }))
  await expectDone(p2c.sales.patch(`products(${p2c.externalId})`, { name: 'Theirs' }))
})

test('an order that is activated while a user adds lines is left whole: all lines in it are submitted', async (t) => {
  const p2c = await startP2c(t)
  const order = await p2c.ordered('salesorders')
  const line = {
    'salesorderid@odata.bind': `/salesorders(${order})`,
    ...p2c.line({ 'productid@odata.bind': `/products(${p2c.externalId})` }),
  }
  const attempts = [0, 1, 2, 3, 4].map(() => p2c.seller.post('salesorderdetails', line))
  const [activation, ...added] = await Promise.all([activateOrder(p2c.seller, order), ...attempts])
  expect(activation?.status).toBe(204)
  for (const answer of added) expect([204, 400]).toContain(answer.status)
  const done = added.filter((answer) => answer.status === 204).length
  expect(await submitted(p2c, order)).toEqual(Array.from({ length: 1 + done }, () => true))
})

test('9.3 no. 1 the integration writes an order with state Active from every state of Sales, and its lines after it', async (t) => {
  const p2c = await startP2c(t)
  const written = { statecode: 0, [STATUS]: PROCESSING_STATUSES.confirmed, [EXTERNAL]: true, msdynce_misctax: 1.6 }
  for (const [state, way] of Object.entries(WAYS.salesorders)) {
    const order = await documentAfter(p2c, 'salesorders', way, { order_details: [p2c.line({ sequencenumber: 1 })] })
    const [line] = await p2c.lines('salesorderdetails', order)
    await expectDone(p2c.sales.patch(`salesorders(${order})`, written))
    await expectDone(p2c.sales.patch(`salesorderdetails(${line?.salesorderdetailid})`, { quantity: 3, tax: 4 }))
    const columns = `statecode,statuscode,totaltax,${STATUS}`
    const found = await p2c.read(`salesorders(${order})`, columns)
    expect([state, found]).toMatchObject([state, { statecode: 0, statuscode: 1, totaltax: 5.6, [STATUS]: PROCESSING_STATUSES.confirmed }])
  }
})
