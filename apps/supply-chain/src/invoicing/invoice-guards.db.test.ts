import { expect, test } from 'vitest'
import { COMPANY, onHand, run } from '../inventory/stock.fixture.ts'
import { D, type Json, type TestApp } from '../supply-chain-app.fixture.ts'
import { addTaxedCustomer, addTaxedOrder, deliver, done, invoice, ledger, refusal, rowsOf, startInvoicing } from './invoices.fixture.ts'

const FIVE = [{ OrderedSalesQuantity: 5, SalesPrice: 12 }]
const customer = (account = 'C-1') => `${D}/CustomersV3(dataAreaId='${COMPANY}',CustomerAccount='${account}')`

async function patch(app: TestApp, path: string, values: Json): Promise<void> {
  const reply = await app.patch(path, values)
  if (reply.status !== 204 && reply.status !== 200) throw new Error(`${path}: ${reply.status} ${reply.text}`)
}

/** Everything that a refused invoice must have left as it was. */
async function state(app: TestApp): Promise<Json> {
  const sequences = await app.database.query("select next::text from number_sequence where is_continuous = 'Yes' order by rec_id")
  return {
    invoices: await rowsOf(app, 'SalesInvoiceHeadersV2'),
    transactions: await rowsOf(app, 'CustTransactions'),
    stock: await onHand(app, 'D0001'),
    ledger: await ledger(app),
    orders: await rowsOf(app, 'SalesOrderHeadersV2'),
    sequences: sequences.rows,
  }
}

test('EX-30: on hold Invoice an order is entered, confirmed, and not invoiced (E10); on hold All it is not even entered (E09)', async (t) => {
  const app = await startInvoicing(t)
  const delivered = await addTaxedOrder(app, FIVE)
  await deliver(app, delivered, { 1: 5 })
  await patch(app, customer(), { OnHoldStatus: 'Invoice' })
  const salesOrderNumber = await addTaxedOrder(app, FIVE)
  await done(app, 'confirm-sales-order', { salesOrderNumber })
  const before = await state(app)
  const held = 'E10 Customer account C-1 is on hold for invoicing and delivery.'
  expect(await refusal(app, 'post-sales-invoice', { salesOrderNumber: delivered })).toEqual([held])
  expect(await refusal(app, 'post-sales-invoice', { salesOrderNumber, quantityRule: 'All' })).toEqual([held])
  await patch(app, customer(), { OnHoldStatus: 'All' })
  expect(await refusal(app, 'post-sales-invoice', { salesOrderNumber: delivered })).toEqual([
    'E09 Customer account C-1 is on hold for all transactions.',
  ])
  expect(await state(app)).toEqual(before)
  const entered = await app.post(`${D}/SalesOrderHeadersV2`, {
    dataAreaId: COMPANY,
    OrderingCustomerAccountNumber: 'C-1',
    InvoiceCustomerAccountNumber: 'C-1',
  })
  expect([entered.status, entered.text]).toEqual([400, expect.stringContaining('Customer account C-1 is on hold for all transactions.')])
  await patch(app, customer(), { OnHoldStatus: 'No' })
  expect(await invoice(app, delivered)).toMatchObject({ invoiceAmount: 64.8 })
})

test('a cancelled order (E21), an order on hold (E20), a stopped line, a closed period (E12) and nothing delivered (E22) are not invoiced', async (t) => {
  const app = await startInvoicing(t)
  const salesOrderNumber = await addTaxedOrder(app, [FIVE[0] ?? {}, { OrderedSalesQuantity: 1, SalesPrice: 12 }])
  expect(await refusal(app, 'post-sales-invoice', { salesOrderNumber })).toEqual([
    `E22 There are no quantities to post for sales order ${salesOrderNumber}.`,
  ])
  const cancelled = await addTaxedOrder(app, FIVE)
  await done(app, 'cancel-deliver-remainder', { salesOrderNumber: cancelled })
  expect(await refusal(app, 'post-sales-invoice', { salesOrderNumber: cancelled, quantityRule: 'All' })).toEqual([
    expect.stringMatching(/^E21 Sales order SO-\d+ has status \w+ and cannot be updated\.$/),
  ])
  await deliver(app, salesOrderNumber, { 1: 4, 2: 1 })
  const before = await state(app)
  await done(app, 'hold-sales-order', { salesOrderNumber })
  expect(await refusal(app, 'post-sales-invoice', { salesOrderNumber })).toEqual([
    `E20 Sales order ${salesOrderNumber} is on hold and cannot be processed.`,
  ])
  await done(app, 'clear-sales-order-hold', { salesOrderNumber })
  expect(await refusal(app, 'post-sales-invoice', { salesOrderNumber, date: '2019-12-31' })).toEqual([
    'E12 Fiscal period for 2019-12-31 is not open.',
  ])
  expect((await state(app)).invoices).toEqual(before.invoices)
  const [, second] = await rowsOf(app, 'SalesOrderLines')
  await patch(app, `${D}/SalesOrderLines(dataAreaId='${COMPANY}',InventoryLotId='${second?.InventoryLotId}')`, { IsLineStopped: 'Yes' })
  expect((await invoice(app, salesOrderNumber)).lines).toMatchObject([{ lineCreationSequenceNumber: 1, quantity: 4 }])
})

test('unknown orders, lines and slips are refused with E01, and impossible parameters before anything is read', async (t) => {
  const app = await startInvoicing(t)
  const salesOrderNumber = await addTaxedOrder(app, FIVE)
  await deliver(app, salesOrderNumber, { 1: 5 })
  const post = (values: Json) => refusal(app, 'post-sales-invoice', { salesOrderNumber, ...values })
  expect(await refusal(app, 'post-sales-invoice', { salesOrderNumber: 'NONE' })).toEqual([
    expect.stringMatching(/^E01 The value 'NONE' in field 'Sales order'/),
  ])
  expect(await post({ lines: [{ lineCreationSequenceNumber: 7 }] })).toEqual([expect.stringMatching(/^E01 The value '7'/)])
  expect(await post({ lines: [{ inventoryLotId: 'X' }] })).toEqual([expect.stringMatching(/^E01 The value 'X'/)])
  expect(await post({ packingSlipNumbers: ['X'] })).toEqual([expect.stringMatching(/^E01 The value 'X' in field 'Packing slip'/)])
  expect(await post({ lines: [{ lineCreationSequenceNumber: 1, quantity: -1 }] })).toEqual([expect.stringMatching(/^E14/)])
  expect(await post({ lines: [{ lineCreationSequenceNumber: 1, quantity: 2.5 }] })).toEqual([expect.stringMatching(/^L52/)])
  const invalid: readonly Json[] = [
    {},
    { salesOrderNumber, salesOrderNumbers: [salesOrderNumber] },
    { salesOrderNumber, quantityRule: 'Everything' },
    { salesOrderNumber, quantityRule: 'All', packingSlipNumbers: ['PS-1'] },
    { salesOrderNumber, date: '2025-02-30' },
    { salesOrderNumber, lines: [] },
    { salesOrderNumber, lines: [{ lineCreationSequenceNumber: 1, inventoryLotId: 'X' }] },
    { salesOrderNumber, lines: [{ quantity: 1 }] },
    { salesOrderNumber, lines: [{ lineCreationSequenceNumber: 1, quantity: 'many' }] },
    { salesOrderNumber, quantity: 1 },
    { salesOrderNumbers: [] },
  ]
  for (const body of invalid) {
    const reply = await run(app, 'post-sales-invoice', body)
    expect([body, reply.status, reply.json.error?.code]).toEqual([body, 400, 'command-parameter'])
  }
  expect(await rowsOf(app, 'SalesInvoiceHeadersV2')).toEqual([])
})

test('the rule All delivers what was not delivered, refuses what is not there (E07), and what must be delivered first (E13)', async (t) => {
  const app = await startInvoicing(t)
  const salesOrderNumber = await addTaxedOrder(app, [{ OrderedSalesQuantity: 10, SalesPrice: 12 }])
  await deliver(app, salesOrderNumber, { 1: 2 })
  const before = await state(app)
  const all = { salesOrderNumber, quantityRule: 'All' }
  expect(await refusal(app, 'post-sales-invoice', all)).toEqual([expect.stringMatching(/^E07 8\.00 cannot be picked because only 6\.00/)])
  const policy = `${D}/InventoryPolicies(dataAreaId='${COMPANY}',PolicyId='FIFO')`
  await patch(app, policy, { IsDeductionRequired: 'Yes' })
  const text = 'Item D0001 must be physically updated by a packing slip before it can be invoiced.'
  expect(await refusal(app, 'post-sales-invoice', all)).toEqual([`E13 ${text}`])
  expect(await state(app)).toEqual(before)
  await patch(app, policy, { IsDeductionRequired: 'No' })
  const typed = { ...all, lines: [{ lineCreationSequenceNumber: 1, quantity: 7 }] }
  expect((await done(app, 'post-sales-invoice', typed)).result.invoices).toMatchObject([{ salesBalance: 84 }])
  expect(await onHand(app, 'D0001')).toMatchObject({ OnHandQuantity: 1, OnOrderQuantity: 3 })
  expect(await rowsOf(app, 'SalesPackingSlipLines')).toMatchObject([{ DeliveredQuantity: 2, InvoicedQuantity: 2 }])
  const books = await ledger(app)
  expect(books).toMatchObject({ 'Cost of goods sold': '14', Inventory: '2' })
  expect(Object.keys(books)).not.toContain('Packing slips, delivered not invoiced')
})

test('E19: an invoice beyond the credit limit is refused, or warned of where the parameters say so', async (t) => {
  const app = await startInvoicing(t, { CreditLimit: 100 })
  const salesOrderNumber = await addTaxedOrder(app, FIVE)
  await deliver(app, salesOrderNumber, { 1: 5 })
  await patch(app, customer(), { CreditLimit: 50 })
  expect(await refusal(app, 'post-sales-invoice', { salesOrderNumber })).toEqual([
    'E19 Customer C-1 has exceeded the credit limit by 10.00 USD.',
  ])
  expect(await rowsOf(app, 'SalesInvoiceHeadersV2')).toEqual([])
  await patch(app, `${D}/SalesParameters(dataAreaId='${COMPANY}')`, { CreditLimitMessage: 'Warning' })
  const { result, warnings } = await done(app, 'post-sales-invoice', { salesOrderNumber })
  expect(result.invoices).toHaveLength(1)
  expect(warnings).toMatchObject([{ code: 'E19', severity: 'Warning' }])
})

test('a proforma invoice has the figures of the invoice and posts nothing', async (t) => {
  const app = await startInvoicing(t)
  const salesOrderNumber = await addTaxedOrder(app, FIVE)
  await deliver(app, salesOrderNumber, { 1: 5 })
  const before = await state(app)
  const { result } = await done(app, 'post-sales-invoice', { salesOrderNumber, proforma: true })
  expect(result.invoices).toMatchObject([{ salesBalance: 60, taxAmount: 4.8, invoiceAmount: 64.8 }])
  expect(result.invoices[0]).not.toHaveProperty('invoiceNumber')
  const service = '/api/services/SalesOrderServices/SalesOrderService/PostSalesInvoice'
  const served = await app.call('POST', service, { dataAreaId: COMPANY, salesOrderNumber, proforma: true })
  expect([served.status, served.text]).toEqual([200, expect.stringContaining('"invoiceAmount":64.8')])
  expect(await state(app)).toEqual(before)
})

test('posted invoices cannot be written, and order lines that are fully invoiced go where the parameters say so', async (t) => {
  const app = await startInvoicing(t)
  await patch(app, `${D}/SalesParameters(dataAreaId='${COMPANY}')`, { DeleteInvoicedLines: 'Yes' })
  const salesOrderNumber = await addTaxedOrder(app, [
    { OrderedSalesQuantity: 2, SalesPrice: 12 },
    { OrderedSalesQuantity: 3, SalesPrice: 12 },
  ])
  await deliver(app, salesOrderNumber, { 1: 2 })
  const { invoiceNumber } = await invoice(app, salesOrderNumber)
  expect(await rowsOf(app, 'SalesOrderLines')).toMatchObject([{ LineCreationSequenceNumber: 2 }])
  const [posted] = await rowsOf(app, 'SalesInvoiceHeadersV2')
  const key = `dataAreaId='${COMPANY}',InvoiceNumber='${invoiceNumber}',InvoiceDate=2025-02-11T12:00:00Z,LedgerVoucher='${posted?.LedgerVoucher}'`
  for (const set of ['SalesInvoiceHeadersV2', 'ExternallyMaintainedCustomerSalesInvoiceHeaders']) {
    expect((await app.get(`${D}/${set}(${key})`)).json).toMatchObject({ TotalInvoiceAmount: 25.92 })
    expect((await app.patch(`${D}/${set}(${key})`, { TotalInvoiceAmount: 1 })).status).toBeGreaterThanOrEqual(400)
    expect((await app.delete(`${D}/${set}(${key})`)).status).toBeGreaterThanOrEqual(400)
    expect((await app.post(`${D}/${set}`, { InvoiceNumber: 'X' })).status).toBeGreaterThanOrEqual(400)
  }
  expect((await rowsOf(app, 'SalesInvoiceHeadersV2'))[0]).toEqual(posted)
  // The line is gone, its invoice can still be given back.
  const { result } = await done(app, 'create-credit-note', { invoiceNumber, post: true })
  expect(result.invoices).toMatchObject([{ invoiceAmount: -25.92 }])
  expect(await refusal(app, 'create-credit-note', { invoiceNumber })).toEqual([expect.stringMatching(/^L60/)])
})

test('only invoices whose two customers Sales maintains are exported, and not those of work orders; a changed flag is a change', async (t) => {
  const app = await startInvoicing(t)
  await addTaxedCustomer(app, 'C-2', { IsExternallyMaintained: 'No' })
  const invoiced = async (values: Json): Promise<string> => {
    const salesOrderNumber = await addTaxedOrder(app, [{ OrderedSalesQuantity: 1, SalesPrice: 12 }], values)
    await deliver(app, salesOrderNumber, { 1: 1 })
    return (await invoice(app, salesOrderNumber)).invoiceNumber
  }
  const own = await invoiced({})
  const paidByOther = await invoiced({ InvoiceCustomerAccountNumber: 'C-2' })
  await invoiced({ SalesOrderOriginCode: 'WORKORDER' })
  const exported = async () => {
    const headers = await rowsOf(app, 'ExternallyMaintainedCustomerSalesInvoiceHeaders')
    const lines = await rowsOf(app, 'ExternallyMaintainedCustomerSalesInvoiceLinesV2')
    expect(lines.map(({ InvoiceNumber }) => InvoiceNumber)).toEqual(headers.map(({ InvoiceNumber }) => InvoiceNumber))
    return headers.map(({ InvoiceNumber }) => InvoiceNumber)
  }
  expect(await exported()).toEqual([own])
  expect(await rowsOf(app, 'SalesInvoiceHeadersV2')).toHaveLength(3)
  const changes = () =>
    app.database.query<{ xid: string }>('select max(change_xid)::text as xid from externally_maintained_sales_invoice_line')
  const before = await changes()
  await patch(app, customer('C-2'), { IsExternallyMaintained: 'Yes' })
  expect(await exported()).toEqual([own, paidByOther])
  expect(BigInt((await changes()).rows[0]?.xid ?? '0')).toBeGreaterThan(BigInt(before.rows[0]?.xid ?? '0'))
})
