import { expect, test } from 'vitest'
import { addItem, addOrder, adjust, done, run } from '../inventory/stock.fixture.ts'
import { D, type Json } from '../supply-chain-app.fixture.ts'
import { act, addOneLine, attempt, ITEM, line, refusal, startWithStock, stateOf } from './fulfilment.fixture.ts'

/** The rows of EX-14: what is done, and every column after it. */
const STEPS: readonly (readonly [command: string | undefined, values: Json, expected: readonly (number | string)[]])[] = [
  [undefined, {}, [10, 0, 0, 0, 8, 8, 10, 0, 'Backorder', 'None', 'Active']],
  ['confirm-sales-order', {}, [10, 0, 0, 0, 8, 8, 10, 0, 'Backorder', 'Confirmation', 'Confirmed']],
  ['reserve-sales-order-line', {}, [2, 8, 0, 0, 8, 0, 10, 0, 'Backorder', 'Confirmation', 'Confirmed']],
  ['post-picking-list', line(5), [2, 8, 0, 0, 8, 0, 10, 0, 'Backorder', 'PickingList', 'Picked']],
  ['register-picking', {}, [2, 3, 5, 0, 3, 0, 10, 0, 'Backorder', 'PickingList', 'Picked']],
  ['post-packing-slip', { quantityRule: 'Picked' }, [2, 3, 0, 5, 3, 0, 5, 5, 'Backorder', 'PackingSlip', 'PartiallyDelivered']],
]

const row = (columns: readonly (number | string)[]): Json => {
  const [OnOrder, ReservPhys, Picked, Deducted, PhysicalInvent, AvailPhysical, RemainPhys, RemainFin, status, document, processing] =
    columns
  return {
    OnOrder,
    ReservPhys,
    Picked,
    Deducted,
    PhysicalInvent,
    AvailPhysical,
    RemainPhys,
    RemainFin,
    line: status,
    header: status,
    document,
    processing,
  }
}

test('EX-14: each step of a partial delivery leaves every column as specified', async (scope) => {
  const app = await startWithStock(scope)
  const order = await addOneLine(app)
  for (const [command, values, expected] of STEPS) {
    if (command !== undefined) await act(app, command, order, values)
    expect(await stateOf(app, order), command ?? 'create').toMatchObject(row(expected))
  }
  expect((await app.get(`${D}/SalesPackingSlipLines?$filter=SalesOrderNumber eq '${order}'`)).json.value).toMatchObject([
    { DeliveredQuantity: 5, RemainingQuantity: 5, OrderedSalesQuantity: 10, InventoryQuantity: 5, CostAmount: 10, IsCanceled: 'No' },
  ])
  const ledger = await app.get(`${D}/GeneralJournalAccountEntries?$filter=Voucher eq 'PSV*'&$orderby=AccountingCurrencyAmount desc`)
  expect(ledger.json.value).toMatchObject([
    { MainAccount: '500200', AccountingCurrencyAmount: 10 },
    { MainAccount: '140300', AccountingCurrencyAmount: -10 },
  ])
})

test('EX-14: a packing slip beyond the stock is refused in the words of the application, and changes nothing', async (scope) => {
  const app = await startWithStock(scope)
  const order = await addOneLine(app)
  await act(app, 'confirm-sales-order', order)
  await act(app, 'reserve-sales-order-line', order)
  const before = await stateOf(app, order)
  expect(refusal(await attempt(app, 'post-packing-slip', order, line(9)))).toEqual({
    status: 400,
    code: 'E07',
    text: `9.00 cannot be picked because only 8.00 is/are available from the inventory for item: ${ITEM}.`,
  })
  expect(await stateOf(app, order)).toEqual(before)
  expect((await app.get(`${D}/SalesPackingSlipHeaders`)).json.value).toEqual([])
  // What another order has reserved is not there for this one.
  const other = await addOneLine(app)
  expect(refusal(await attempt(app, 'reserve-sales-order-line', other, line(1)))).toMatchObject({ code: 'E07' })
  expect(refusal(await attempt(app, 'post-packing-slip', other, line(1)))).toMatchObject({ code: 'E07' })
})

test('EX-15: the remainder of a delivered order is cancelled, and reservations of it go', async (scope) => {
  const app = await startWithStock(scope)
  const order = await addOneLine(app)
  for (const [command, values] of STEPS.slice(1)) if (command !== undefined) await act(app, command, order, values)
  await act(app, 'cancel-deliver-remainder', order)
  expect(await stateOf(app, order)).toMatchObject({
    OnOrder: 0,
    ReservPhys: 0,
    Deducted: 5,
    PhysicalInvent: 3,
    AvailPhysical: 3,
    RemainPhys: 0,
    RemainFin: 5,
    header: 'Delivered',
    processing: 'Delivered',
  })
  expect(refusal(await attempt(app, 'cancel-deliver-remainder', order))).toMatchObject({ code: 'E21' })
})

test('goods that are picked or on a list keep a remainder from being cancelled', async (scope) => {
  const app = await startWithStock(scope)
  const order = await addOneLine(app)
  await act(app, 'post-picking-list', order, line(5))
  expect(refusal(await attempt(app, 'cancel-deliver-remainder', order))).toMatchObject({ code: 'L44' })
  await act(app, 'register-picking', order, { ...line(2), endRemainder: true })
  expect(await stateOf(app, order)).toMatchObject({ picked: 2, listed: 0, Picked: 2, ReservPhys: 3 })
  expect(refusal(await attempt(app, 'cancel-deliver-remainder', order))).toMatchObject({ code: 'L44' })
  await act(app, 'unpick', order)
  expect(await stateOf(app, order)).toMatchObject({ picked: 0, Picked: 0, ReservPhys: 5, OnOrder: 5, processing: 'Picked' })
  await act(app, 'cancel-deliver-remainder', order)
  expect(await stateOf(app, order)).toMatchObject({
    OnOrder: 0,
    ReservPhys: 0,
    AvailPhysical: 8,
    header: 'Canceled',
    processing: 'Canceled',
  })
})

test('picking is registered in parts: what is not picked stays on the list or returns to the order', async (scope) => {
  const app = await startWithStock(scope)
  const order = await addOneLine(app)
  const { pickingRoutes } = await act(app, 'post-picking-list', order, { reduceQuantity: true })
  const pickingRouteNumber = pickingRoutes[0].pickingRouteNumber
  const status = async () =>
    (await app.get(`${D}/SalesPickingRouteHeaders(dataAreaId='usmf',PickingRouteNumber='${pickingRouteNumber}')`)).json.PickingRouteStatus
  expect(await stateOf(app, order)).toMatchObject({ listed: 8, ReservPhys: 8, OnOrder: 2 })
  expect(await status()).toBe('Activated')
  expect(refusal(await run(app, 'register-picking', { pickingRouteNumber, ...line(9) }))).toMatchObject({ code: 'L41' })
  await done(app, 'register-picking', { pickingRouteNumber, ...line(3) })
  expect(await status()).toBe('Started')
  expect(refusal(await attempt(app, 'unreserve-sales-order-line', order, line(1)))).toMatchObject({ code: 'L41' })
  await done(app, 'register-picking', { pickingRouteNumber, ...line(4), endRemainder: true })
  expect(await status()).toBe('Complete')
  expect(await stateOf(app, order)).toMatchObject({ Picked: 7, picked: 7, listed: 0, ReservPhys: 1 })
  expect(refusal(await run(app, 'register-picking', { pickingRouteNumber }))).toMatchObject({ code: 'L43' })
  await act(app, 'unreserve-sales-order-line', order)
  expect(await stateOf(app, order)).toMatchObject({ ReservPhys: 0, OnOrder: 3, AvailPhysical: 1 })
})

test('a packing slip is corrected, then cancelled: stock, cost and statuses go back', async (scope) => {
  const app = await startWithStock(scope)
  const order = await addOneLine(app)
  await act(app, 'confirm-sales-order', order)
  await act(app, 'post-picking-list', order, line(5))
  await act(app, 'register-picking', order)
  const before = await stateOf(app, order)
  const { packingSlips } = await act(app, 'post-packing-slip', order, line(7))
  const packingSlipNumber = packingSlips[0].packingSlipNumber
  expect(await stateOf(app, order)).toMatchObject({ Deducted: 7, picked: 0, RemainFin: 7, PhysicalInvent: 1 })
  const correct = (deliveredQuantity: number) => ({ packingSlipNumber, lines: [{ lineCreationSequenceNumber: 1, deliveredQuantity }] })
  expect(refusal(await run(app, 'cancel-packing-slip', correct(8)))).toMatchObject({ code: 'L41' })
  expect(refusal(await run(app, 'cancel-packing-slip', correct(-1)))).toMatchObject({ code: 'L51' })
  await done(app, 'cancel-packing-slip', correct(6))
  // What was not picked goes back first.
  expect(await stateOf(app, order)).toMatchObject({ Deducted: 6, picked: 0, Picked: 0, RemainFin: 6, processing: 'PartiallyDelivered' })
  await done(app, 'cancel-packing-slip', { packingSlipNumber })
  expect(await stateOf(app, order)).toEqual({ ...before, OnOrder: 5, ReservPhys: 0 })
  expect((await app.get(`${D}/SalesPackingSlipHeaders`)).json.value).toMatchObject([
    { IsCanceled: 'Yes', PackingSlipNumber: packingSlipNumber },
  ])
  expect(refusal(await run(app, 'cancel-packing-slip', { packingSlipNumber }))).toMatchObject({ code: 'L45' })
  const ledger = await app.get(`${D}/GeneralJournalAccountEntries?$filter=MainAccount eq '140300'&$select=AccountingCurrencyAmount`)
  const amounts: readonly number[] = ledger.json.value.map((each: Json) => each.AccountingCurrencyAmount)
  expect(amounts).toEqual(expect.arrayContaining([-14, 2, 12]))
  expect(amounts).toHaveLength(3)
  await act(app, 'unpick', order)
  await act(app, 'post-packing-slip', order, line(8))
  expect(await stateOf(app, order)).toMatchObject({ Deducted: 8, document: 'PackingSlip' })
})

test('a delivery past its picking list ends what the list still holds', async (scope) => {
  const app = await startWithStock(scope, 20)
  const order = await addOneLine(app)
  await act(app, 'post-picking-list', order, line(6))
  await act(app, 'post-packing-slip', order, line(7))
  expect(await stateOf(app, order)).toMatchObject({ listed: 3, RemainPhys: 3 })
  await act(app, 'post-packing-slip', order)
  expect(await stateOf(app, order)).toMatchObject({ listed: 0, RemainPhys: 0, header: 'Delivered' })
  expect((await app.get(`${D}/SalesPickingRouteHeaders`)).json.value).toMatchObject([{ PickingRouteStatus: 'Complete' }])
  expect((await app.get(`${D}/SalesPickingRouteLines`)).json.value).toMatchObject([
    { PickingListQuantity: 6, PickedQuantity: 0, EndedQuantity: 6 },
  ])
})

test('over-delivery is allowed within its percentage, and a rest within the allowed underdelivery is closed on request', async (scope) => {
  const app = await startWithStock(scope, 100)
  const over = await addOneLine(app, { AllowedOverdeliveryPercentage: 10 })
  expect(refusal(await attempt(app, 'post-packing-slip', over, line(12)))).toEqual({
    status: 400,
    code: 'E08',
    text: 'Overdelivery of line is 20.00 percent, but the allowed overdelivery is only 10.00 percent.',
  })
  await act(app, 'post-packing-slip', over, line(6))
  await act(app, 'post-packing-slip', over, line(5))
  expect(await stateOf(app, over)).toMatchObject({ RemainPhys: 0, RemainFin: 11, Deducted: 11, OnOrder: 0, header: 'Delivered' })
  const under = await addOneLine(app, { AllowedUnderdeliveryPercentage: 10 })
  await act(app, 'post-packing-slip', under, { ...line(8), closeUnderdelivery: true })
  expect(await stateOf(app, under)).toMatchObject({ RemainPhys: 2, OnOrder: 2 })
  await act(app, 'post-packing-slip', under, { ...line(1), closeUnderdelivery: true })
  expect(await stateOf(app, under)).toMatchObject({ RemainPhys: 0, RemainFin: 9, OnOrder: 0, header: 'Delivered' })
})

test('quantities that a unit cannot count, of the wrong sign, of an unknown line or of nothing are refused', async (scope) => {
  const app = await startWithStock(scope)
  const order = await addOneLine(app)
  expect(refusal(await attempt(app, 'post-packing-slip', order, line('2.5')))).toMatchObject({ code: 'L52' })
  expect(refusal(await attempt(app, 'post-packing-slip', order, line(-1)))).toMatchObject({ code: 'L51' })
  expect(refusal(await attempt(app, 'post-packing-slip', order, line(0)))).toMatchObject({ code: 'E22' })
  expect(refusal(await attempt(app, 'post-packing-slip', order, { quantityRule: 'DeliverNow' }))).toMatchObject({ code: 'E22' })
  expect(
    refusal(await attempt(app, 'post-packing-slip', order, { lines: [{ lineCreationSequenceNumber: 2, quantity: 1 }] })),
  ).toMatchObject({ code: 'E01' })
  expect(refusal(await attempt(app, 'post-packing-slip', order, { lines: [{ inventoryLotId: 'NOPE', quantity: 1 }] }))).toMatchObject({
    code: 'E01',
  })
  const twice = {
    lines: [
      { lineCreationSequenceNumber: 1, quantity: 1 },
      { lineCreationSequenceNumber: 1, quantity: 1 },
    ],
  }
  for (const command of ['post-packing-slip', 'post-picking-list', 'reserve-sales-order-line'])
    expect(refusal(await attempt(app, command, order, twice)), command).toMatchObject({ code: 'L61' })
  expect(refusal(await attempt(app, 'post-packing-slip', 'NOPE'))).toMatchObject({ code: 'E01' })
  expect(refusal(await attempt(app, 'post-packing-slip', order, { ...line(1), date: '1999-01-01' }))).toMatchObject({ code: 'E12' })
})

test('stopped lines are skipped, and deliver-now quantities are used up', async (scope) => {
  const app = await startWithStock(scope, 50)
  const order = await addOneLine(app, { SalesDeliverNow: 4 })
  const second = await app.post(`${D}/SalesOrderLines`, {
    dataAreaId: 'usmf',
    SalesOrderNumber: order,
    ItemNumber: ITEM,
    OrderedSalesQuantity: 3,
    SalesPrice: 12,
    ShippingSiteId: '1',
    ShippingWarehouseId: '13',
    IsLineStopped: 'Yes',
  })
  expect(second.status, second.text).toBe(201)
  const { packingSlips } = await act(app, 'post-packing-slip', order, { quantityRule: 'DeliverNow' })
  expect(packingSlips[0].lines).toMatchObject([{ lineCreationSequenceNumber: 1, quantity: 4 }])
  expect(refusal(await attempt(app, 'post-packing-slip', order, { quantityRule: 'DeliverNow' }))).toMatchObject({ code: 'E22' })
  const rest = await act(app, 'post-packing-slip', order)
  expect(rest.packingSlips[0].lines).toMatchObject([{ lineCreationSequenceNumber: 1, quantity: 6 }])
  expect(refusal(await attempt(app, 'post-packing-slip', order))).toMatchObject({ code: 'E22' })
})

test('one slip per shipping site and delivery address; services are delivered with the picked goods', async (scope) => {
  const app = await startWithStock(scope, 50)
  await addItem(app, 'SERVICE', { ProductType: 'Service', ItemModelGroupId: 'Service' })
  await adjust(app, ITEM, 10, { InventorySiteId: '2', InventoryWarehouseId: '21' })
  const order = await addOneLine(app)
  const add = (values: Json) =>
    app.post(`${D}/SalesOrderLines`, {
      dataAreaId: 'usmf',
      SalesOrderNumber: order,
      ItemNumber: ITEM,
      OrderedSalesQuantity: 1,
      SalesPrice: 1,
      ShippingSiteId: '1',
      ShippingWarehouseId: '13',
      ...values,
    })
  const lines = [
    { ShippingSiteId: '2', ShippingWarehouseId: '21' },
    { DeliveryAddressCity: 'Bergen', DeliveryAddressCountryRegionId: 'NOR' },
    { ItemNumber: 'SERVICE' },
  ]
  for (const values of lines) expect((await add(values)).status).toBe(201)
  expect(refusal(await attempt(app, 'reserve-sales-order-line', order, { lines: [{ lineCreationSequenceNumber: 4 }] }))).toMatchObject({
    code: 'L42',
  })
  const picked = await act(app, 'post-packing-slip', order, { quantityRule: 'PickedAndNotStocked' })
  expect(picked.packingSlips).toMatchObject([{ lines: [{ lineCreationSequenceNumber: 4 }], costAmount: 0 }])
  const { packingSlips } = await act(app, 'post-packing-slip', order)
  expect(packingSlips.map((slip: Json) => [slip.shippingSiteId, slip.lines.map((each: Json) => each.lineCreationSequenceNumber)])).toEqual([
    ['1', [1]],
    ['2', [2]],
    ['1', [3]],
  ])
})

test('goods are reduced to what is there where the parameters say so', async (scope) => {
  const app = await startWithStock(scope)
  expect(
    (await app.call('PATCH', `${D}/SalesParameters(dataAreaId='usmf')?cross-company=true`, { PackingSlipAutomaticReduction: 'Yes' }))
      .status,
  ).toBe(204)
  const order = await addOneLine(app)
  const { packingSlips } = await act(app, 'post-packing-slip', order)
  expect(packingSlips[0].lines).toMatchObject([{ quantity: 8 }])
  expect(refusal(await attempt(app, 'post-packing-slip', order))).toMatchObject({ code: 'E22' })
})

test('a picking list may register picking at once where the parameters say so', async (scope) => {
  const app = await startWithStock(scope)
  expect(
    (await app.call('PATCH', `${D}/SalesParameters(dataAreaId='usmf')?cross-company=true`, { PickingRouteStatus: 'Complete' })).status,
  ).toBe(204)
  const order = await addOneLine(app)
  expect(refusal(await attempt(app, 'post-picking-list', order))).toEqual({
    status: 400,
    code: 'E07',
    text: `10.00 cannot be picked because only 8.00 is/are available from the inventory for item: ${ITEM}.`,
  })
  const { pickingRoutes } = await act(app, 'post-picking-list', order, { reduceQuantity: true })
  expect(pickingRoutes).toMatchObject([{ status: 'Complete' }])
  expect(await stateOf(app, order)).toMatchObject({ Picked: 8, picked: 8, listed: 0, processing: 'Picked' })
})

test('several orders are posted in one call, or none of them', async (scope) => {
  const app = await startWithStock(scope)
  const orders = [await addOneLine(app, { OrderedSalesQuantity: 5 }), await addOneLine(app, { OrderedSalesQuantity: 4 })]
  expect(refusal(await run(app, 'post-packing-slip', { salesOrderNumbers: orders }))).toMatchObject({ code: 'E07' })
  for (const order of orders) expect(await stateOf(app, order)).toMatchObject({ Deducted: 0, RemainFin: 0, document: 'None' })
  expect((await app.get(`${D}/SalesPackingSlipHeaders`)).json.value).toEqual([])
  await adjust(app, ITEM, 1)
  const { packingSlips } = await done(app, 'post-packing-slip', { salesOrderNumbers: [...orders, ...orders] })
  expect(packingSlips).toMatchObject(orders.map((salesOrderNumber) => ({ salesOrderNumber })))
})

test('an order is confirmed again and again; each confirmation keeps the amounts of its moment', async (scope) => {
  const app = await startWithStock(scope)
  const order = await addOneLine(app)
  await act(app, 'confirm-sales-order', order)
  const lineOf = `${D}/CDSSalesOrderLines(dataAreaId='usmf',SalesOrderNumber='${order}',LineCreationSequenceNumber=1)?cross-company=true`
  expect((await app.call('PATCH', lineOf, { SalesPrice: 15 })).status).toBe(204)
  await act(app, 'confirm-sales-order', order, { date: '2025-03-01' })
  expect(
    (await app.get(`${D}/SalesOrderConfirmationHeaders?$orderby=ConfirmationNumber&$expand=SalesOrderConfirmationLines`)).json.value,
  ).toMatchObject([
    {
      ConfirmationNumber: `${order}-1`,
      ConfirmationDate: '2025-02-11T12:00:00Z',
      LineTotalAmount: 120,
      SalesOrderConfirmationLines: [{ SalesPrice: 12 }],
    },
    {
      ConfirmationNumber: `${order}-2`,
      ConfirmationDate: '2025-03-01T12:00:00Z',
      LineTotalAmount: 150,
      SalesOrderConfirmationLines: [{ SalesPrice: 15 }],
    },
  ])
  const empty = await app.post(`${D}/SalesOrderHeadersV2`, {
    dataAreaId: 'usmf',
    OrderingCustomerAccountNumber: 'C-1',
    InvoiceCustomerAccountNumber: 'C-1',
  })
  expect(refusal(await attempt(app, 'confirm-sales-order', empty.json.SalesOrderNumber))).toMatchObject({ code: 'E22' })
})

test('parts of a box of twelve are counted in both units', async (scope) => {
  const app = await startWithStock(scope, 30)
  const { SalesOrderNumber: order } = await addOrder(app, {
    ItemNumber: ITEM,
    OrderedSalesQuantity: 3,
    SalesUnitSymbol: 'box',
    SalesPrice: 100,
  })
  await act(app, 'reserve-sales-order-line', order)
  expect(await stateOf(app, order)).toMatchObject({ OnOrder: 6, ReservPhys: 30 })
  await act(app, 'post-packing-slip', order, line(2))
  expect(await stateOf(app, order)).toMatchObject({ Deducted: 24, RemainPhys: 1, RemainFin: 2, PhysicalInvent: 6 })
  expect(refusal(await attempt(app, 'post-packing-slip', order))).toMatchObject({
    text: `12.00 cannot be picked because only 6.00 is/are available from the inventory for item: ${ITEM}.`,
  })
})
