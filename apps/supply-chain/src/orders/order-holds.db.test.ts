import { expect, test } from 'vitest'
import { adjust, onHand, run } from '../inventory/stock.fixture.ts'
import { D, type Json } from '../supply-chain-app.fixture.ts'
import { act, addOneLine, attempt, ITEM, line, refusal, startWithStock, stateOf } from './fulfilment.fixture.ts'

test('release to warehouse follows the rule of the warehouse', async (scope) => {
  const app = await startWithStock(scope)
  const order = await addOneLine(app)
  expect(refusal(await attempt(app, 'release-to-warehouse', order))).toMatchObject({ code: 'L48' })
  const warehouse = `${D}/Warehouses(dataAreaId='usmf',WarehouseId='13')?cross-company=true`
  const rule = (WarehouseReleaseReservationRequirementRule: string) =>
    app.call('PATCH', warehouse, { AreAdvancedWarehouseManagementProcessesEnabled: 'Yes', WarehouseReleaseReservationRequirementRule })
  expect((await rule('RequireFullReservation')).status).toBe(204)
  await act(app, 'reserve-sales-order-line', order)
  expect(refusal(await attempt(app, 'release-to-warehouse', order))).toMatchObject({ code: 'L49' })
  expect((await rule('AllowPartialReservation')).status).toBe(204)
  await act(app, 'release-to-warehouse', order)
  const released = async () =>
    (await app.database.query(`select release_status, document_status from sales_order where sales_order_number = '${order}'`)).rows
  expect(await released()).toEqual([{ release_status: 'PartialReleased', document_status: 'None' }])
  expect(refusal(await attempt(app, 'release-to-warehouse', order))).toMatchObject({ code: 'E22' })
  await adjust(app, ITEM, 2)
  await act(app, 'reserve-sales-order-line', order)
  await act(app, 'release-to-warehouse', order)
  expect(await released()).toEqual([{ release_status: 'Released', document_status: 'None' }])
  await act(app, 'register-picking', order, { ...line(9), endRemainder: true })
  expect(await released()).toEqual([{ release_status: 'PartialReleased', document_status: 'None' }])
  await act(app, 'post-packing-slip', order, { quantityRule: 'Picked' })
  expect(await stateOf(app, order)).toMatchObject({ Deducted: 9, listed: 0, ReservPhys: 1 })
})

test('a hold stops release, picking and packing until it is cleared; its code may drop reservations', async (scope) => {
  const app = await startWithStock(scope)
  const order = await addOneLine(app)
  await act(app, 'reserve-sales-order-line', order)
  await act(app, 'hold-sales-order', order)
  await act(app, 'hold-sales-order', order, { holdCode: 'credit', comment: 'Waits for the bank' })
  expect(await stateOf(app, order)).toMatchObject({ ReservPhys: 0, OnOrder: 10 })
  for (const command of ['confirm-sales-order', 'release-to-warehouse', 'post-picking-list', 'post-packing-slip'])
    expect(refusal(await attempt(app, command, order)), command).toEqual({
      status: 400,
      code: 'E20',
      text: `Sales order ${order} is on hold and cannot be processed.`,
    })
  await act(app, 'clear-sales-order-hold', order, { holdCode: 'Hold' })
  expect(refusal(await attempt(app, 'post-packing-slip', order, line(1)))).toMatchObject({ code: 'E20' })
  expect(refusal(await attempt(app, 'clear-sales-order-hold', order, { holdCode: 'Hold' }))).toMatchObject({ code: 'L50' })
  await act(app, 'clear-sales-order-hold', order)
  expect((await app.get(`${D}/SalesOrderHolds?$orderby=HoldSequenceNumber`)).json.value).toMatchObject([
    { HoldSequenceNumber: 1, SalesOrderHoldCode: 'Hold', IsActive: 'No' },
    { HoldSequenceNumber: 2, SalesOrderHoldCode: 'Credit', IsActive: 'No', HoldComment: 'Waits for the bank' },
  ])
  await act(app, 'post-packing-slip', order, line(1))
  expect(refusal(await attempt(app, 'clear-sales-order-hold', order))).toMatchObject({ code: 'L50' })
  expect(refusal(await attempt(app, 'hold-sales-order', order, { holdCode: 'NOPE' }))).toMatchObject({ code: 'E01' })
})

test('a customer over its credit limit stops confirmation and delivery, or is warned of, as the parameters say', async (scope) => {
  const app = await startWithStock(scope)
  const order = await addOneLine(app)
  const change = (path: string, values: Json) => app.call('PATCH', `${D}/${path}?cross-company=true`, values)
  expect((await change(`CustomersV3(dataAreaId='usmf',CustomerAccount='C-1')`, { CreditLimit: 100 })).status).toBe(204)
  const text = 'Customer C-1 has exceeded the credit limit by 20.00 USD.'
  for (const command of ['confirm-sales-order', 'post-packing-slip'])
    expect(refusal(await attempt(app, command, order, {})), command).toEqual({ status: 400, code: 'E19', text })
  expect((await change(`SalesParameters(dataAreaId='usmf')`, { CreditLimitMessage: 'Warning' })).status).toBe(204)
  const confirmed = await attempt(app, 'confirm-sales-order', order)
  expect(confirmed.json).toMatchObject({ result: { confirmations: [{ salesOrderNumber: order }] }, warnings: [{ code: 'E19', text }] })
})

test('goods that a credit note gives back are received by a packing slip, at the cost that they left at', async (scope) => {
  const app = await startWithStock(scope)
  const order = await addOneLine(app, { OrderedSalesQuantity: 5 })
  await act(app, 'post-packing-slip', order)
  const { invoices } = await act(app, 'post-sales-invoice', order)
  const credit = await run(app, 'create-credit-note', {
    invoiceNumber: invoices[0].invoiceNumber,
    lines: [{ lineCreationSequenceNumber: 1, quantity: 2 }],
  })
  expect(credit.status, credit.text).toBe(200)
  const line2 = (quantity: number) => ({ lines: [{ lineCreationSequenceNumber: 2, quantity }] })
  expect(refusal(await attempt(app, 'post-packing-slip', order, line2(1)))).toMatchObject({ code: 'L51' })
  expect(refusal(await attempt(app, 'post-packing-slip', order, line2(-3)))).toMatchObject({ code: 'E08' })
  const { packingSlips } = await act(app, 'post-packing-slip', order)
  expect(packingSlips).toMatchObject([{ costAmount: -4, lines: [{ lineCreationSequenceNumber: 2, quantity: -2 }] }])
  const available = async () => (await onHand(app, ITEM)).AvailableOnHandQuantity
  expect(await available()).toBe(5)
  const { packingSlipNumber } = packingSlips[0]
  const taken = await run(app, 'cancel-packing-slip', { packingSlipNumber })
  expect(taken.status, taken.text).toBe(200)
  expect(await available()).toBe(3)
  const first = (await app.get(`${D}/SalesPackingSlipHeaders?$orderby=PackingSlipNumber&$top=1`)).json.value[0].PackingSlipNumber
  expect(refusal(await run(app, 'cancel-packing-slip', { packingSlipNumber: first }))).toMatchObject({ code: 'L46' })
})

test('confirmations and packing slips tell who asked for their business events', async (scope) => {
  const app = await startWithStock(scope)
  expect((await app.post(`${D}/BusinessEventEndpoints`, { EndpointId: 'hub', EndpointUrl: 'http://127.0.0.1:9/' })).status).toBe(201)
  for (const BusinessEventId of ['SalesOrderConfirmedBusinessEvent', 'SalesPackingSlipPostedBusinessEvent'])
    expect((await app.post(`${D}/BusinessEventActivations`, { EndpointId: 'hub', BusinessEventId, LegalEntityId: 'usmf' })).status).toBe(
      201,
    )
  const order = await addOneLine(app)
  await act(app, 'confirm-sales-order', order)
  await attempt(app, 'post-packing-slip', order, line(9))
  await act(app, 'post-packing-slip', order, line(2))
  const { rows } = await app.database.query<{ payload: string }>('select payload from business_event_delivery order by control_number')
  expect(rows.map(({ payload }) => JSON.parse(payload))).toMatchObject([
    {
      BusinessEventId: 'SalesOrderConfirmedBusinessEvent',
      SalesId: order,
      ConfirmId: `${order}-1`,
      ConfirmAmount: 120,
      LegalEntity: 'usmf',
    },
    {
      BusinessEventId: 'SalesPackingSlipPostedBusinessEvent',
      SalesId: order,
      PackingSlipId: expect.stringMatching(/^PS-/),
      InvoiceAccount: 'C-1',
    },
  ])
})

test('EX-30: a customer on hold for invoices may have orders confirmed, but nothing delivered', async (scope) => {
  const app = await startWithStock(scope)
  const order = await addOneLine(app)
  const hold = (OnHoldStatus: string) =>
    app.call('PATCH', `${D}/CustomersV3(dataAreaId='usmf',CustomerAccount='C-1')?cross-company=true`, { OnHoldStatus })
  await hold('Invoice')
  await act(app, 'confirm-sales-order', order)
  expect(refusal(await attempt(app, 'post-packing-slip', order, line(1)))).toMatchObject({ code: 'E10' })
  await hold('All')
  expect(refusal(await attempt(app, 'confirm-sales-order', order))).toMatchObject({ code: 'E09' })
  expect(refusal(await attempt(app, 'post-packing-slip', order, line(1)))).toMatchObject({ code: 'E09' })
  // What is a warning where a row is written is an error of a command: nothing of it happened.
  const { json } = await attempt(app, 'post-packing-slip', order)
  expect(json.error.infolog).toMatchObject([{ severity: 'Error', code: 'E09' }])
  expect(json.error.innererror.message).toMatch(/^Infolog: Error: Customer account C-1/)
})
