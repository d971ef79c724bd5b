import { expect, test } from 'vitest'
import { COMMANDS } from '../command-list.ts'
import { run } from '../inventory/stock.fixture.ts'
import { act, addOneLine, ITEM, refusal, startWithStock, stateOf } from '../orders/fulfilment.fixture.ts'
import { D, F, type Json, startTestApp } from '../supply-chain-app.fixture.ts'

const SLIP = `${F}/api/commands/post-packing-slip`
const SERVICE = `${F}/api/services/SalesOrderServices/SalesOrderService`

test('every command is listed with its parameters, and has a name, an operation and a company of its own', async (scope) => {
  const app = await startTestApp(scope)
  const { commands } = (await app.get(`${F}/api/commands`)).json
  expect(commands.map((each: Json) => each.name)).toEqual(COMMANDS.map(({ name }) => name))
  expect(new Set(commands.map((each: Json) => each.name)).size).toBe(COMMANDS.length)
  expect(new Set(commands.map((each: Json) => each.operation)).size).toBe(COMMANDS.length)
  for (const each of commands) expect(each.parameters.properties, each.name).toHaveProperty('dataAreaId')
  const one = await app.get(SLIP)
  expect(one.json).toMatchObject({
    name: 'post-packing-slip',
    operation: '/api/services/SalesOrderServices/SalesOrderService/PostPackingSlip',
  })
  expect(one.json.parameters.properties.quantityRule).toMatchObject({ enum: ['All', 'DeliverNow', 'Picked', 'PickedAndNotStocked'] })
  expect((await app.post(`${F}/api/commands/nothing`, {})).status).toBe(404)
  expect((await app.call('PUT', SLIP, {})).status).toBe(405)
  expect((await app.call('POST', SLIP, {}, { authorization: 'Bearer nonsense' })).status).toBe(401)
})

/** Bodies that cannot be read as parameters: member, value and expectation are told. */
const UNREADABLE: readonly (readonly [body: unknown, text: RegExp])[] = [
  ['[]', /must be one JSON object/],
  ['{"salesOrderNumber":', /JSON/],
  [{}, /'salesOrderNumber'.*expected either salesOrderNumber or salesOrderNumbers/],
  [{ salesOrderNumber: 'SO-1', salesOrderNumbers: ['SO-1'] }, /expected either/],
  [{ salesOrderNumbers: [] }, /Parameter 'salesOrderNumbers' has the value \[\]: expected array of at least 1/],
  [{ salesOrderNumber: 5 }, /Parameter 'salesOrderNumber' has the value 5: expected string/],
  [{ salesOrderNumber: '' }, /'salesOrderNumber'.*at least 1/],
  [{ salesOrderNumber: 'x'.repeat(21) }, /'salesOrderNumber'.*at most 20/],
  [{ salesOrderNumber: 'SO-1\u0000' }, /'salesOrderNumber' contains a character that cannot be stored/],
  ['{"salesOrderNumber":"\\ud800"}', /cannot be stored|JSON/],
  [{ salesOrderNumber: 'SO-1', quantityRule: 'Most' }, /'quantityRule' has the value "Most": expected one of All, DeliverNow/],
  [{ salesOrderNumber: 'SO-1', date: '2025-02-30' }, /'date' has the value "2025-02-30": expected date/],
  [{ salesOrderNumber: 'SO-1', quantityrule: 'All' }, /Parameter 'quantityrule' is not known/],
  [{ salesOrderNumber: 'SO-1', lines: [{ quantity: 'five' }] }, /'lines\[0\].quantity' has the value "five": expected a decimal number/],
  [{ salesOrderNumber: 'SO-1', lines: [{ lineCreationSequenceNumber: 1 }] }, /'lines\[0\].quantity' is not found/],
  [
    { salesOrderNumber: 'SO-1', lines: [{ lineCreationSequenceNumber: 1.5, quantity: 1 }] },
    /'lines\[0\].lineCreationSequenceNumber'.*expected int/,
  ],
  [{ salesOrderNumber: 'SO-1', lines: [{ lineCreationSequenceNumber: 1, quantity: 1e30 }] }, /'lines\[0\].quantity'/],
  [{ salesOrderNumber: 'SO-1', lines: [{ lineCreationSequenceNumber: 1, quantity: 0.0000001 }] }, /'lines\[0\].quantity'/],
  [
    '{"salesOrderNumber":"SO-1","lines":[{"lineCreationSequenceNumber":1,"quantity":123456789012345678901234567890}]}',
    /'lines\[0\].quantity'/,
  ],
  [{ salesOrderNumbers: ['SO-1'], lines: [{ lineCreationSequenceNumber: 1, quantity: 1 }] }, /'lines'.*expected lines of one order/],
  [{ salesOrderNumber: 'SO-1', lines: [{ lot: 'L-1', quantity: 1 }] }, /'lines\[0\].lot' is not known/],
  [{ salesOrderNumber: null }, /'salesOrderNumber' has the value null: expected string/],
]

test('parameters that cannot be read are refused with member, value and expectation', async (scope) => {
  const app = await startTestApp(scope)
  for (const [body, text] of UNREADABLE) {
    const reply = await app.post(SLIP, body)
    expect(reply.status, reply.text).toBe(400)
    expect(reply.json.error.innererror.message, JSON.stringify(body)).toMatch(text)
  }
  expect((await app.post(SLIP, { salesOrderNumber: 'NOPE' })).json).toEqual({
    error: {
      code: 'E01',
      message: 'An error has occurred.',
      innererror: {
        message: "Infolog: Error: The value 'NOPE' in field 'Sales order' is not found in the related table 'Sales orders'.",
        type: 'Microsoft.Dynamics.Ax.Xpp.ErrorException',
        stacktrace: '',
      },
      infolog: [
        {
          severity: 'Error',
          code: 'E01',
          text: "The value 'NOPE' in field 'Sales order' is not found in the related table 'Sales orders'.",
        },
      ],
    },
  })
})

test('a company that does not exist or that the user may not access is refused; without one the default company counts', async (scope) => {
  const app = await startTestApp(scope, { findUser: (clientId) => ({ userId: clientId, defaultCompany: 'demf', companies: ['demf'] }) })
  for (const dataAreaId of ['usmf', 'USMF', 'nope', ' usmf ']) {
    expect(refusal(await app.post(SLIP, { dataAreaId, salesOrderNumber: 'SO-1' })), dataAreaId).toMatchObject({ status: 400, code: 'L07' })
  }
  expect(refusal(await app.post(SLIP, { dataAreaId: 'DEMF', salesOrderNumber: 'SO-1' }))).toMatchObject({ code: 'E01' })
  expect(refusal(await app.post(SLIP, { salesOrderNumber: 'SO-1' }))).toMatchObject({ code: 'E01' })
})

test('FO-082: commands are custom services with discovery on each level and calls by exact names', async (scope) => {
  const app = await startWithStock(scope)
  const groups = (await app.get(`${F}/api/services`)).json.ServiceGroups.map((each: Json) => each.Name)
  expect(groups).toEqual(expect.arrayContaining(['UserSessionService', 'SalesOrderServices', 'SalesQuotationServices']))
  expect((await app.get(`${F}/api/services/SalesOrderServices`)).json.Services).toContainEqual({ Name: 'SalesOrderService' })
  expect((await app.get(SERVICE)).json.Operations).toEqual(
    expect.arrayContaining([{ Name: 'ConfirmSalesOrder' }, { Name: 'PostPackingSlip' }]),
  )
  expect((await app.get(`${SERVICE}/ReserveSalesOrderLine`)).json).toEqual({
    Parameters: [
      { Name: 'dataAreaId', Type: 'String' },
      { Name: 'salesOrderNumber', Type: 'String' },
      { Name: 'lines', Type: 'List' },
    ],
    Return: { Name: 'return', Type: 'ReserveSalesOrderLineResult' },
  })
  const order = await addOneLine(app)
  const confirmed = await app.post(`${SERVICE}/ConfirmSalesOrder`, { dataAreaId: 'usmf', salesOrderNumber: order })
  expect(confirmed.status, confirmed.text).toBe(200)
  expect(confirmed.json).toMatchObject({ confirmations: [{ confirmationNumber: `${order}-1`, totalAmount: 120 }], warnings: [] })
  const refused = await app.post(`${SERVICE}/PostPackingSlip`, { dataAreaId: 'usmf', salesOrderNumber: order })
  expect(refused.status).toBe(500)
  expect(refused.json).toEqual({
    Message: 'An error has occurred.',
    ExceptionMessage: `Infolog: Error: 10.00 cannot be picked because only 8.00 is/are available from the inventory for item: ${ITEM}.`,
    ExceptionType: 'Microsoft.Dynamics.Ax.Xpp.ErrorException',
    ActivityId: refused.headers['ms-dyn-aid'],
  })
  expect((await app.post(`${SERVICE}/ReserveSalesOrderLine`, {})).status).toBe(400)
  expect((await app.post(`${SERVICE}/ReserveSalesOrderLine`, { SalesOrderNumber: order })).status).toBe(400)
  expect((await app.post(`${SERVICE}/ReserveSalesOrderLine`, { salesOrderNumber: order, extra: 1 })).status).toBe(400)
  expect((await app.call('PUT', `${SERVICE}/ReserveSalesOrderLine`, {})).status).toBe(405)
  expect((await app.post(`${SERVICE}/Nothing`, {})).status).toBe(404)
})

test('the same request with the same idempotency key happens once, however many ask at once', async (scope) => {
  const app = await startWithStock(scope, 50)
  const order = await addOneLine(app)
  const body = { dataAreaId: 'usmf', salesOrderNumber: order, lines: [{ lineCreationSequenceNumber: 1, quantity: 2.5 }] }
  const two = { ...body, lines: [{ lineCreationSequenceNumber: 1, quantity: 2 }] }
  const send = (key: string, value: unknown) => app.call('POST', SLIP, value, { 'idempotency-key': key })
  const replies = await Promise.all(Array.from({ length: 8 }, () => send('slip-1', two)))
  expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200))
  expect(new Set(replies.map(({ text }) => text)).size).toBe(1)
  expect(replies.filter(({ headers }) => headers['idempotency-replayed'] === 'true')).toHaveLength(7)
  expect(await stateOf(app, order)).toMatchObject({ Deducted: 2 })
  // Order of members and spaces make no other request; another quantity or another command does.
  const { dataAreaId, ...rest } = two
  expect((await send('slip-1', JSON.stringify({ ...rest, dataAreaId }, undefined, 2))).text).toBe(replies[0]?.text)
  expect((await send('slip-1', { ...two, lines: [{ lineCreationSequenceNumber: 1, quantity: 3 }] })).json.error.code).toBe(
    'idempotency-key-reused',
  )
  const other = await app.call('POST', `${F}/api/commands/post-picking-list`, two, { 'idempotency-key': 'slip-1' })
  expect(other.status).toBe(409)
  // A key that differs by case is another key.
  expect((await send('SLIP-1', two)).headers['idempotency-replayed']).toBeUndefined()
  expect(await stateOf(app, order)).toMatchObject({ Deducted: 4 })
  // A refused request did nothing and keeps no key.
  expect((await send('slip-2', body)).status).toBe(400)
  expect((await send('slip-2', two)).status).toBe(200)
  expect(await stateOf(app, order)).toMatchObject({ Deducted: 6 })
  expect((await send('x'.repeat(201), two)).status).toBe(400)
})

test('answers of a week ago are taken away by the requests that follow', async (scope) => {
  const app = await startWithStock(scope, 50)
  const order = await addOneLine(app)
  const confirm = (key: string) =>
    app.call('POST', `${F}/api/commands/confirm-sales-order`, { dataAreaId: 'usmf', salesOrderNumber: order }, { 'idempotency-key': key })
  await confirm('old')
  await app.database.query("update command_request set requested_at = '2025-01-01T00:00:00Z'")
  await confirm('new')
  expect((await app.database.query('select 1 from command_request')).rows).toHaveLength(1)
  expect((await confirm('old')).headers['idempotency-replayed']).toBeUndefined()
})

test('clerks who deliver the same order at once take turns: nothing is delivered twice', async (scope) => {
  const app = await startWithStock(scope, 50)
  const orders = [await addOneLine(app), await addOneLine(app)]
  const calls = orders.flatMap((order) =>
    Array.from({ length: 4 }, () =>
      run(app, 'post-packing-slip', { salesOrderNumber: order, lines: [{ lineCreationSequenceNumber: 1, quantity: 4 }] }),
    ),
  )
  const replies = await Promise.all(calls)
  expect(replies.filter(({ status }) => status === 200)).toHaveLength(4)
  for (const reply of replies.filter(({ status }) => status !== 200)) expect(refusal(reply)).toMatchObject({ status: 400, code: 'E08' })
  for (const order of orders) expect(await stateOf(app, order)).toMatchObject({ Deducted: 8, RemainPhys: 2, RemainFin: 8 })
})

test('clerks who take the last goods for different orders never deliver more than there is', async (scope) => {
  const app = await startWithStock(scope, 8)
  const orders = await Promise.all(Array.from({ length: 6 }, () => addOneLine(app, { OrderedSalesQuantity: 3 })))
  const replies = await Promise.all(orders.map((order) => run(app, 'post-packing-slip', { salesOrderNumber: order })))
  expect(replies.filter(({ status }) => status === 200)).toHaveLength(2)
  for (const reply of replies.filter(({ status }) => status !== 200)) expect(refusal(reply)).toMatchObject({ status: 400, code: 'E07' })
})

test('a posting that fails on its way leaves nothing behind', async (scope) => {
  const app = await startWithStock(scope)
  const order = await addOneLine(app)
  await act(app, 'reserve-sales-order-line', order)
  const before = await stateOf(app, order)
  // Slips are written after numbers were taken and stock was saved: what cannot be written must take that back with it.
  await app.database.query(
    'create function refuse_event() returns trigger language plpgsql as $$ begin raise exception $m$the disk is full$m$; end $$',
  )
  await app.database.query(
    'create trigger refuse_slip after insert on packing_slip_line for each statement execute function refuse_event()',
  )
  const failed = await app.call(
    'POST',
    SLIP,
    { dataAreaId: 'usmf', salesOrderNumber: order, lines: [{ lineCreationSequenceNumber: 1, quantity: 5 }] },
    { 'idempotency-key': 'k' },
  )
  expect(failed.status).toBe(500)
  expect(failed.text).not.toContain('disk')
  expect(await stateOf(app, order)).toEqual(before)
  expect((await app.get(`${D}/SalesPackingSlipHeaders`)).json.value).toEqual([])
  await app.database.query('drop trigger refuse_slip on packing_slip_line')
  const again = await app.call(
    'POST',
    SLIP,
    { dataAreaId: 'usmf', salesOrderNumber: order, lines: [{ lineCreationSequenceNumber: 1, quantity: 5 }] },
    { 'idempotency-key': 'k' },
  )
  expect(again.status, again.text).toBe(200)
  expect(again.headers['idempotency-replayed']).toBeUndefined()
})
