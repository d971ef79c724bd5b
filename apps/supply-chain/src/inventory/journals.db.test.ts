import { expect, test } from 'vitest'
import { D, type Json, startTestApp, type TestApp } from '../supply-chain-app.fixture.ts'
import { add, addCustomer, addItem, addOrder, adjust, done, onHand, run } from './stock.fixture.ts'

const AT_13 = { InventorySiteId: '1', InventoryWarehouseId: '13' }

/** Expected goods of one item; gives the journal and the lot. */
async function expectGoods(
  app: TestApp,
  ItemNumber: string,
  quantity: number,
  values: Json = {},
): Promise<{ journal: string; lot: string }> {
  const { JournalNumber } = await add(app, 'InventoryReceiptJournalHeaders', {})
  const line = await add(app, 'InventoryReceiptJournalLines', {
    JournalNumber,
    ItemNumber,
    ...AT_13,
    InventoryQuantity: quantity,
    ...values,
  })
  return { journal: JournalNumber, lot: line.InventoryLotId }
}

const refusal = (reply: { readonly status: number; readonly json: Json }) => [reply.status, reply.json.error?.infolog?.[0]?.code]

/** Amounts of the ledger by account and voucher order. */
const ledger = async (app: TestApp) =>
  (
    await app.database.query<{ account: string; amount: string }>(
      `select main_account as account, trim_scale(accounting_currency_amount)::text as amount from ledger_transaction order by rec_id`,
    )
  ).rows.map(({ account, amount }) => [account, amount])

test('an adjustment posts goods, value and a voucher once, and is final', async (t) => {
  const app = await startTestApp(t)
  await addItem(app, 'A-1')
  const { JournalNumber } = await add(app, 'InventoryAdjustmentJournalHeaders', { Description: 'Start' })
  const line = (values: Json) => add(app, 'InventoryAdjustmentJournalLines', { JournalNumber, ItemNumber: 'a-1', ...AT_13, ...values })
  expect(refusal(await run(app, 'post-inventory-journal', { journalNumber: JournalNumber }))).toEqual([400, 'L35'])
  await line({ InventoryQuantity: 10, CostPrice: 30, CostPriceQuantity: 10 })
  await line({ InventoryQuantity: -4 })
  const posted = await done(app, 'post-inventory-journal', { journalNumber: JournalNumber })
  // In at 3.00, out at the running average of it.
  expect(posted).toMatchObject({ isPosted: true, value: '18' })
  expect(await onHand(app, 'A-1')).toMatchObject({ OnHandQuantity: 6 })
  expect(await ledger(app)).toEqual([
    ['140200', '18'],
    ['510500', '-18'],
  ])
  expect(refusal(await run(app, 'post-inventory-journal', { journalNumber: JournalNumber }))).toEqual([400, 'E26'])
  const path = `${D}/InventoryAdjustmentJournalLines(dataAreaId='usmf',JournalNumber='${JournalNumber}',LineNumber=1)`
  expect((await app.patch(path, { InventoryQuantity: 99 })).text).toContain('has already been posted')
  expect((await app.delete(path)).status).toBe(400)
  expect((await app.get(`${D}/InventoryAdjustmentJournalHeaders(dataAreaId='usmf',JournalNumber='${JournalNumber}')`)).json).toMatchObject({
    IsPosted: 'Yes',
    JournalType: 'Adjustment',
  })
})

test('an adjustment takes nothing that is reserved or not there, and nothing is posted half', async (t) => {
  const app = await startTestApp(t)
  await addCustomer(app)
  await addItem(app, 'A-1')
  await adjust(app, 'A-1', 5)
  await addOrder(app, { ItemNumber: 'A-1', OrderedSalesQuantity: 3, SalesPrice: 1 }, { InventoryReservationMethod: 'Automatic' })
  const { JournalNumber } = await add(app, 'InventoryAdjustmentJournalHeaders', {})
  const line = (InventoryQuantity: number) =>
    add(app, 'InventoryAdjustmentJournalLines', { JournalNumber, ItemNumber: 'A-1', ...AT_13, InventoryQuantity })
  await line(-2)
  await line(-1)
  const reply = await run(app, 'post-inventory-journal', { journalNumber: JournalNumber })
  expect(refusal(reply)).toEqual([400, 'E07'])
  expect(await onHand(app, 'A-1')).toMatchObject({ OnHandQuantity: 5, AvailableOnHandQuantity: 2 })
  expect((await app.get(`${D}/InventTransCDSEntities?$filter=dataAreaId eq 'usmf' and ItemNumber eq 'A-1'`)).json.value).toHaveLength(2)
})

test('counting books the difference to what is there, up and down, and nothing where it is right', async (t) => {
  const app = await startTestApp(t)
  await addItem(app, 'A-1')
  await addItem(app, 'A-2')
  await addItem(app, 'A-3')
  await adjust(app, 'A-1', 5)
  await adjust(app, 'A-2', 5)
  const { JournalNumber } = await add(app, 'InventoryCountingJournalHeaders', {})
  for (const [ItemNumber, CountedQuantity] of [
    ['A-1', 7],
    ['A-2', 5],
    ['A-3', 0],
  ])
    await add(app, 'InventoryCountingJournalLines', { JournalNumber, ItemNumber, ...AT_13, CountedQuantity })
  await done(app, 'post-inventory-journal', { journalNumber: JournalNumber })
  expect(await onHand(app, 'A-1')).toMatchObject({ OnHandQuantity: 7 })
  expect(await onHand(app, 'A-2')).toMatchObject({ OnHandQuantity: 5 })
  const second = await add(app, 'InventoryCountingJournalHeaders', {})
  await add(app, 'InventoryCountingJournalLines', {
    JournalNumber: second.JournalNumber,
    ItemNumber: 'A-1',
    ...AT_13,
    CountedQuantity: 1,
  })
  await done(app, 'post-inventory-journal', { journalNumber: second.JournalNumber })
  expect(await onHand(app, 'A-1')).toMatchObject({ OnHandQuantity: 1 })
})

test('journal lines are checked: item, place, batch, quantity and the type of their journal', async (t) => {
  const app = await startTestApp(t)
  await addItem(app, 'A-1')
  await addItem(app, 'S-1', { ItemModelGroupId: 'Service' })
  const { JournalNumber } = await add(app, 'InventoryAdjustmentJournalHeaders', {})
  const send = async (values: Json, collection = 'InventoryAdjustmentJournalLines') => {
    const body = { dataAreaId: 'usmf', JournalNumber, ItemNumber: 'A-1', ...AT_13, InventoryQuantity: 1, ...values }
    const reply = await app.post(`${D}/${collection}`, body)
    return [reply.status, reply.json.error?.innererror.message]
  }
  expect(await send({ ItemNumber: 'S-1' })).toEqual([400, expect.stringContaining('Item S-1 is not stocked.')])
  expect(await send({ InventorySiteId: '', InventoryWarehouseId: '' })).toEqual([
    400,
    expect.stringContaining('dimension Site is mandatory'),
  ])
  expect(await send({ InventorySiteId: '2' })).toEqual([400, expect.stringContaining('Warehouse 13 belongs to site 1')])
  expect(await send({ InventorySiteId: '' })).toEqual([201, undefined])
  expect(await send({ ItemBatchNumber: 'B1' })).toEqual([400, expect.stringContaining('Batch number is inactive')])
  expect(await send({ ProductColorId: 'Red' })).toEqual([400, expect.stringContaining('is inactive')])
  expect(await send({ InventoryQuantity: 0 })).toEqual([400, expect.stringContaining("'Quantity' must not be zero")])
  expect(await send({ CostPrice: -1 })).toEqual([400, expect.stringContaining('must not be negative')])
  expect(await send({ JournalNumber: 'nowhere' })).toEqual([400, expect.stringContaining('is not found in the related table')])
  expect(await send({ InventoryQuantity: undefined, CountedQuantity: 1 }, 'InventoryCountingJournalLines')).toEqual([
    400,
    expect.stringContaining('is of another type'),
  ])
  const wrongType = await app.get(`${D}/InventoryCountingJournalHeaders?$filter=dataAreaId eq 'usmf'`)
  expect(wrongType.json.value).toEqual([])
  // The warehouse is asked for when goods move.
  expect(await send({ InventoryWarehouseId: '' })).toEqual([201, undefined])
  expect(refusal(await run(app, 'post-inventory-journal', { journalNumber: JournalNumber }))).toEqual([400, 'E05'])
})

test('expected goods are ordered at once and come in step by step', async (t) => {
  const app = await startTestApp(t)
  await addItem(app, 'A-1')
  const { journal } = await expectGoods(app, 'A-1', 10, { CostPrice: 4, ExpectedReceiptDate: '2025-03-01T12:00:00Z' })
  expect(await onHand(app, 'A-1')).toMatchObject({ OnHandQuantity: 0, OrderedQuantity: 10, TotalAvailableQuantity: 10 })
  const post = (values: Json) => done(app, 'post-inventory-journal', { journalNumber: journal, ...values })
  expect(await post({ receiptStatus: 'Registered', lines: [{ lineNumber: 1, quantity: 6 }] })).toMatchObject({
    isPosted: false,
    voucher: '',
  })
  expect(await onHand(app, 'A-1')).toMatchObject({ OnHandQuantity: 6, OrderedQuantity: 4 })
  await post({ receiptStatus: 'Received', packingSlipNumber: 'PR-1', lines: [{ lineNumber: 1, quantity: 6 }] })
  expect(await onHand(app, 'A-1')).toMatchObject({ OnHandQuantity: 6, OrderedQuantity: 4 })
  const path = `${D}/InventoryReceiptJournalLines(dataAreaId='usmf',JournalNumber='${journal}',LineNumber=1)`
  expect((await app.patch(path, { InventoryQuantity: 20 })).text).toContain('has been received in part')
  const twice = await run(app, 'post-inventory-journal', { journalNumber: journal, lines: [{ lineNumber: 1 }, { lineNumber: 1 }] })
  expect([twice.status, twice.text]).toEqual([400, expect.stringContaining('expected each line once')])
  expect(await post({ invoiceNumber: 'V-1' })).toMatchObject({ isPosted: true, value: '40' })
  expect(await onHand(app, 'A-1')).toMatchObject({ OnHandQuantity: 10, OrderedQuantity: 0 })
  expect((await app.get(path)).json).toMatchObject({ ReceiptStatus: 'Purchased' })
  expect(refusal(await run(app, 'post-inventory-journal', { journalNumber: journal, lines: [{ lineNumber: 7 }] }))).toEqual([400, 'E26'])
})

test('goods that were reserved before they arrived wait for those who reserved them', async (t) => {
  const app = await startTestApp(t)
  await addCustomer(app)
  await addItem(app, 'A-1')
  await app.patch(`${D}/SalesParameters(dataAreaId='usmf')`, { ReserveOrdered: 'Yes', ReservationMode: 'Automatic' })
  const { journal } = await expectGoods(app, 'A-1', 6)
  const order = { ItemNumber: 'A-1', OrderedSalesQuantity: 4, SalesPrice: 1 }
  await addOrder(app, order)
  await addOrder(app, order)
  expect(await onHand(app, 'A-1')).toMatchObject({ ReservedOrderedQuantity: 6, AvailableOrderedQuantity: 0, OnOrderQuantity: 2 })
  await done(app, 'post-inventory-journal', { journalNumber: journal, lines: [{ lineNumber: 1, quantity: 5 }] })
  expect(await onHand(app, 'A-1')).toMatchObject({
    OnHandQuantity: 5,
    ReservedOnHandQuantity: 5,
    AvailableOnHandQuantity: 0,
    ReservedOrderedQuantity: 1,
    OnOrderQuantity: 2,
  })
  expect((await done(app, 'recalculate-on-hand', {})).correctedRows).toBe(0)
})

test('steps that the model group demands are not left out, and a deleted line is expected no more', async (t) => {
  const app = await startTestApp(t)
  await add(app, 'InventoryPolicies', { PolicyId: 'STRICT', IsRegistrationRequired: 'Yes', IsReceivingRequired: 'Yes' })
  await addItem(app, 'A-1', { ItemModelGroupId: 'STRICT' })
  const { journal } = await expectGoods(app, 'A-1', 5)
  const post = (receiptStatus: string) => run(app, 'post-inventory-journal', { journalNumber: journal, receiptStatus })
  expect(refusal(await post('Received'))).toEqual([400, 'L39'])
  expect((await post('Registered')).status).toBe(200)
  expect(refusal(await post('Purchased'))).toEqual([400, 'L39'])
  expect((await post('Received')).status).toBe(200)
  expect((await post('Purchased')).status).toBe(200)
  const other = await expectGoods(app, 'A-1', 8)
  expect(await onHand(app, 'A-1')).toMatchObject({ OnHandQuantity: 5, OrderedQuantity: 8 })
  const header = `${D}/InventoryReceiptJournalHeaders(dataAreaId='usmf',JournalNumber='${other.journal}')`
  expect(await app.delete(header)).toMatchObject({ status: 204, text: '' })
  expect(await onHand(app, 'A-1')).toMatchObject({ OnHandQuantity: 5, OrderedQuantity: 0 })
})

test('a journal of a closed period is refused and changes nothing', async (t) => {
  const app = await startTestApp(t)
  await addItem(app, 'A-1')
  const periods = await app.get(`${D}/LedgerFiscalPeriods?$filter=LegalEntityId eq 'usmf'&$orderby=StartDate desc&$top=1`)
  expect(periods.json.value).toHaveLength(1)
  const { journal } = await expectGoods(app, 'A-1', 1)
  const late = { journalNumber: journal, date: '2099-01-01' }
  expect(refusal(await run(app, 'post-inventory-journal', late))).toEqual([400, 'E12'])
  expect(refusal(await run(app, 'close-inventory', { date: '2099-01-01' }))).toEqual([400, 'E12'])
  expect(await onHand(app, 'A-1')).toMatchObject({ OnHandQuantity: 0, OrderedQuantity: 1 })
})

test('EX-18 close adjusts issues to the receipts that they were settled with, once', async (t) => {
  const app = await startTestApp(t)
  await addItem(app, 'A-1')
  await adjust(app, 'A-1', 10, { CostPrice: 2 })
  await adjust(app, 'A-1', 10, { CostPrice: 3 })
  await adjust(app, 'A-1', -4)
  expect(await done(app, 'close-inventory', { date: '2025-02-28' })).toMatchObject({ settledTransactions: 2, adjustment: '2' })
  expect(await done(app, 'close-inventory', { date: '2025-02-28' })).toMatchObject({ settledTransactions: 0, adjustment: '0', voucher: '' })
  const issues = await app.get(
    `${D}/InventTransCDSEntities?$filter=dataAreaId eq 'usmf' and ItemNumber eq 'A-1' and StatusIssue eq Microsoft.Dynamics.DataEntities.StatusIssue'Sold'`,
  )
  expect(issues.json.value).toMatchObject([{ CostAmountPosted: -10, CostAmountAdjustment: 2, ValueOpen: 'No' }])
  expect((await ledger(app)).slice(-2)).toEqual([
    ['140200', '2'],
    ['510500', '-2'],
  ])
  // The value that is left is that of 6 pieces at 2.00 and 10 at 3.00.
  const { rows } = await app.database.query("select trim_scale(posted_value)::text as value from inventory_sum where item_number = 'A-1'")
  expect(rows).toEqual([{ value: '42' }])
  expect((await done(app, 'recalculate-on-hand', {})).correctedRows).toBe(0)
})

test('EX-27 a request for stock is answered with what can be promised, and a line with its earliest ship date', async (t) => {
  const app = await startTestApp(t)
  await addCustomer(app)
  await addItem(app, 'A-1')
  await add(app, 'ProductDefaultOrderSettings', {
    ItemNumber: 'A-1',
    SalesOrderPromisingMethod: 'ATP',
    SalesATPBackwardDemandTimeFenceDays: 7,
    SalesATPBackwardSupplyTimeFenceDays: 7,
    SalesATPDelayedDemandOffsetDays: 1,
    SalesATPDelayedSupplyOffsetDays: 1,
  })
  await expectGoods(app, 'A-1', 200, { ExpectedReceiptDate: '2025-02-08T12:00:00Z' })
  await expectGoods(app, 'A-1', 100, { ExpectedReceiptDate: '2025-02-21T12:00:00Z' })
  await addOrder(app, { ItemNumber: 'A-1', OrderedSalesQuantity: 75, SalesPrice: 1, RequestedShippingDate: '2025-02-10T12:00:00Z' })
  const line = await addOrder(app, {
    ItemNumber: 'A-1',
    OrderedSalesQuantity: 150,
    SalesPrice: 1,
    RequestedShippingDate: '2025-02-01T12:00:00Z',
  })
  await add(app, 'CDSInventoryOnHandRequests', {
    RequestId: 'R-1',
    ProductNumber: 'A-1',
    InventoryWarehouseId: '13',
    IsATPCalculation: 'Yes',
    ReferenceNumber: line.SalesOrderNumber,
    LineCreationSequenceNumber: 1,
  })
  const answer = await app.get(`${D}/CDSInventoryOnHandRequests(dataAreaId='usmf',RequestId='R-1')?$expand=CDSInventoryOnHandEntries`)
  expect(answer.json).toMatchObject({ InventorySiteId: '1', CalculatedDateTime: '2025-02-11T09:30:00Z' })
  const entries: readonly Json[] = answer.json.CDSInventoryOnHandEntries
  expect(
    entries.map((row) => [row.ATPDate.slice(0, 10), row.ATPQuantity, row.ProjectedReceiptQuantity, row.ProjectedIssueQuantity]),
  ).toEqual([
    ['2025-02-11', 0, 0, 0],
    ['2025-02-12', 125, 200, 75],
    ['2025-02-21', 225, 100, 0],
  ])
  const promise = await done(app, 'promise-delivery-date', { inventoryLotId: line.InventoryLotId })
  expect(promise).toMatchObject({
    method: 'ATP',
    earliestShipDate: '2025-02-21',
    requestedShipDate: '2025-02-11',
    isRequestedDatePossible: false,
    isAvailable: true,
  })
  expect(await done(app, 'promise-delivery-date', { productNumber: 'A-1', quantity: 1, method: 'SalesLeadTime' })).toMatchObject({
    earliestShipDate: '2025-02-11',
  })
  expect((await run(app, 'promise-delivery-date', { quantity: 1 })).status).toBe(400)
  expect((await run(app, 'promise-delivery-date', { inventoryLotId: 'nowhere' })).status).toBe(400)
  expect((await app.delete(`${D}/CDSInventoryOnHandRequests(dataAreaId='usmf',RequestId='R-1')`)).status).toBe(204)
  expect((await app.get(`${D}/CDSInventoryOnHandEntries?$filter=dataAreaId eq 'usmf'`)).json.value).toEqual([])
})

test('goods in a blocking status are on hand but not available, and cannot be reserved', async (t) => {
  const app = await startTestApp(t)
  await addCustomer(app)
  await addItem(app, 'A-1')
  await adjust(app, 'A-1', 4, { InventoryStatusId: 'Blocking' })
  await adjust(app, 'A-1', 3, { InventoryStatusId: 'Available' })
  await add(app, 'CDSInventoryOnHandRequests', { RequestId: 'R-1', ProductNumber: 'A-1' })
  const entries = await app.get(`${D}/CDSInventoryOnHandEntries?$filter=dataAreaId eq 'usmf' and RequestId eq 'R-1'`)
  expect(entries.json.value).toMatchObject([
    { InventorySiteId: '1', InventoryWarehouseId: '13', OnHandQuantity: 7, UnavailableOnHandQuantity: 4, AvailableOnHandQuantity: 3 },
  ])
  const order = { ItemNumber: 'A-1', OrderedSalesQuantity: 2, SalesPrice: 1 }
  await addOrder(app, { ...order, OrderedInventoryStatusId: 'Blocking' }, { InventoryReservationMethod: 'Automatic' })
  expect(await onHand(app, 'A-1')).toMatchObject({ ReservedOnHandQuantity: 0, OnOrderQuantity: 2 })
  await addOrder(app, { ...order, OrderedInventoryStatusId: 'Available' }, { InventoryReservationMethod: 'Automatic' })
  expect(await onHand(app, 'A-1')).toMatchObject({ ReservedOnHandQuantity: 2, OnOrderQuantity: 2 })
})

test('a line under delivery date control is not asked for in the past, and its confirmed date stays as given', async (t) => {
  const app = await startTestApp(t)
  await addCustomer(app)
  await addItem(app, 'A-1')
  const dates = { RequestedShippingDate: '2025-02-01T12:00:00Z', ConfirmedShippingDate: '2025-01-30T12:00:00Z' }
  const order = { ItemNumber: 'A-1', OrderedSalesQuantity: 1, SalesPrice: 1, ...dates }
  const controlled = await addOrder(app, { ...order, SalesOrderPromisingMethod: 'ATP' })
  expect(controlled).toMatchObject({ RequestedShippingDate: '2025-02-11T12:00:00Z', ConfirmedShippingDate: '2025-01-30T12:00:00Z' })
  expect(await addOrder(app, { ...order, SalesOrderPromisingMethod: 'None' })).toMatchObject({
    RequestedShippingDate: '2025-02-01T12:00:00Z',
  })
  const path = `${D}/SalesOrderLines(dataAreaId='usmf',InventoryLotId='${controlled.InventoryLotId}')`
  const before = (await app.get(path)).json['@odata.etag']
  app.clock.advance(600_000)
  expect((await app.patch(path, dates)).status).toBe(204)
  expect((await app.get(path)).json['@odata.etag']).toBe(before)
})
