import { expect, test } from 'vitest'
import { adjust, COMPANY, onHand, run } from '../inventory/stock.fixture.ts'
import { findImbalances } from '../receivables/receivables.fixture.ts'
import { D, type Json, type TestApp } from '../supply-chain-app.fixture.ts'
import { addTaxedOrder, deliver, done, invoice, ledger, refusal, rowsOf, startInvoicing } from './invoices.fixture.ts'

/** Five pieces at 12.00, delivered and invoiced. */
async function invoiceFive(app: TestApp): Promise<Json> {
  const salesOrderNumber = await addTaxedOrder(app, [{ OrderedSalesQuantity: 5, SalesPrice: 12 }])
  await deliver(app, salesOrderNumber, { 1: 5 })
  return { ...(await invoice(app, salesOrderNumber)), salesOrderNumber }
}

const credit = (quantity: number) => ({ lines: [{ lineCreationSequenceNumber: 1, quantity }] })

test('EX-24: a credit note gives back two of five at the cost of the issue, marked against the invoice; E27 beyond what is left', async (t) => {
  const app = await startInvoicing(t)
  const { invoiceNumber, salesOrderNumber } = await invoiceFive(app)
  expect(await rowsOf(app, 'SalesInvoiceHeadersV2')).toMatchObject([{ TotalInvoiceAmount: 64.8, TotalTaxAmount: 4.8 }])
  // Another receipt moves the average: the goods come back at 2.00 all the same.
  await adjust(app, 'D0001', 10, { CostPrice: 5 })
  const posted = { ...credit(2), post: true, markInvoice: true, reasonCode: 'DEFECT' }
  const { result } = await done(app, 'create-credit-note', { invoiceNumber, ...posted })
  expect(result).toMatchObject({ salesOrderNumbers: [salesOrderNumber], lines: [{ quantity: -2, lineCreationSequenceNumber: 2 }] })
  const [note] = result.invoices
  expect(note).toMatchObject({ isCreditNote: true, salesBalance: -24, taxAmount: -1.92, invoiceAmount: -25.92, dueDate: '2025-02-11' })
  expect(note.invoiceNumber).not.toBe(invoiceNumber)
  const { rows } = await app.database.query(
    `select t.status_receipt as status, trim_scale(t.qty)::text as quantity, trim_scale(t.cost_amount_posted)::text as cost
     from inventory_transaction t where t.invent_trans_id = $1`,
    [result.lines[0].inventoryLotId],
  )
  expect(rows).toEqual([{ status: 'Purchased', quantity: '2', cost: '4' }])
  expect(await onHand(app, 'D0001')).toMatchObject({ OnHandQuantity: 15 })
  const open = await rowsOf(app, 'CustTransOpens')
  expect(open.map(({ AmountCur }) => AmountCur)).toEqual([38.88])
  expect(await ledger(app)).toMatchObject({
    'Accounts receivable': '38.88',
    'Cost of goods sold': '6',
    'Sales revenue': '-36',
    'Sales tax payable': '-2.88',
  })
  expect(await ledger(app)).not.toHaveProperty('Cost of goods delivered, not invoiced')
  expect(await refusal(app, 'create-credit-note', { invoiceNumber, ...credit(4) })).toEqual([
    'E27 The credited quantity 4 exceeds the invoiced quantity 3.',
  ])
  expect(await rowsOf(app, 'ExternallyMaintainedCustomerSalesInvoiceHeaders')).toMatchObject([
    { InvoiceNumber: note.invoiceNumber, TotalInvoiceAmount: -25.92, TotalTaxAmount: -1.92 },
    { InvoiceNumber: invoiceNumber, TotalInvoiceAmount: 64.8 },
  ])
  expect(await rowsOf(app, 'SalesOrderHeadersV2')).toMatchObject([{ SalesOrderStatus: 'Invoiced', SalesOrderProcessingStatus: 'Invoiced' }])
})

test('without quantities a credit note gives back all that is left, and then nothing is', async (t) => {
  const app = await startInvoicing(t)
  const { invoiceNumber } = await invoiceFive(app)
  await done(app, 'create-credit-note', { invoiceNumber, ...credit(2) })
  const { result } = await done(app, 'create-credit-note', { invoiceNumber, post: true })
  expect(result.invoices).toMatchObject([{ salesBalance: -36, taxAmount: -2.88, invoiceAmount: -38.88 }])
  expect(await refusal(app, 'create-credit-note', { invoiceNumber })).toEqual([
    `L60 Nothing of invoice ${invoiceNumber} is left to be credited.`,
  ])
  // A credit note is itself no invoice that could be given back.
  const again = { invoiceNumber: result.invoices[0].invoiceNumber }
  expect(await refusal(app, 'create-credit-note', again)).toEqual([`L60 Nothing of invoice ${again.invoiceNumber} is left to be credited.`])
})

test('credit lines that were not posted are posted with the order: received, then invoiced as a credit note of their own', async (t) => {
  const app = await startInvoicing(t)
  const { invoiceNumber, salesOrderNumber } = await invoiceFive(app)
  await done(app, 'create-credit-note', { invoiceNumber, ...credit(2) })
  expect(await rowsOf(app, 'SalesOrderHeadersV2')).toMatchObject([{ SalesOrderStatus: 'Backorder' }])
  expect(await rowsOf(app, 'SalesInvoiceHeadersV2')).toHaveLength(1)
  await deliver(app, salesOrderNumber, { 2: -2 })
  expect(await onHand(app, 'D0001')).toMatchObject({ OnHandQuantity: 5 })
  expect(await invoice(app, salesOrderNumber)).toMatchObject({ isCreditNote: true, invoiceAmount: -25.92 })
  expect(await ledger(app)).not.toHaveProperty('Packing slips, delivered not invoiced')
})

test('6.4 what a credit line gives back is worth what was invoiced: product, unit, price, discounts and tax stay', async (t) => {
  const app = await startInvoicing(t)
  const { invoiceNumber, salesOrderNumber } = await invoiceFive(app)
  await done(app, 'create-credit-note', { invoiceNumber, ...credit(2) })
  const line = `${D}/CDSSalesOrderLines(dataAreaId='${COMPANY}',SalesOrderNumber='${salesOrderNumber}',LineCreationSequenceNumber=2)`
  const changes: readonly Json[] = [
    { SalesPrice: 99 },
    { SalesPriceQuantity: 10 },
    { LineDiscountAmount: 1 },
    { LineDiscountPercentage: 5 },
    { TotalDiscountAmount: -3 },
    { MultilineDiscountPercentage: 5 },
    { FixedPriceCharges: 7 },
    { SalesUnitSymbol: 'dz' },
  ]
  for (const change of changes) {
    const refused = await app.patch(line, change)
    expect([change, refused.status, refused.text]).toEqual([change, 400, expect.stringContaining('cannot be changed.')])
  }
  expect((await app.patch(line, { SalesPrice: 12, LineDescription: 'Damaged' })).status).toBe(204)
  await deliver(app, salesOrderNumber, { 2: -2 })
  expect(await invoice(app, salesOrderNumber)).toMatchObject({ invoiceAmount: -25.92 })
})

test('a return order takes the lines of an invoice; its customers, currency and prices are those of the invoiced order', async (t) => {
  const app = await startInvoicing(t)
  const { invoiceNumber, salesOrderNumber } = await invoiceFive(app)
  const { result } = await done(app, 'create-credit-note', { invoiceNumber, ...credit(1), returnOrder: true, post: true })
  expect(result.salesOrderNumbers).toHaveLength(1)
  expect(result.salesOrderNumbers).not.toContain(salesOrderNumber)
  expect(result.invoices).toMatchObject([{ invoiceAmount: -12.96, salesOrderNumbers: result.salesOrderNumbers }])
  const { rows } = await app.database.query('select sales_type from sales_order where sales_order_number = $1', result.salesOrderNumbers)
  expect(rows).toEqual([{ sales_type: 'ReturnItem' }])
  expect(await refusal(app, 'create-credit-note', { invoiceNumber, ...credit(5) })).toEqual([
    'E27 The credited quantity 5 exceeds the invoiced quantity 4.',
  ])
})

test('a credit note repeats discounts and tax of its invoice to the cent, though rates and header have changed since', async (t) => {
  const app = await startInvoicing(t)
  const lines = [{ OrderedSalesQuantity: 3, SalesPrice: 0.33, LineDiscountAmount: 0.01 }]
  const salesOrderNumber = await addTaxedOrder(app, [...lines, { OrderedSalesQuantity: 2, SalesPrice: 50 }], { TotalDiscountPercentage: 5 })
  await deliver(app, salesOrderNumber, { 1: 3, 2: 2 })
  const { invoiceNumber, ...posted } = await invoice(app, salesOrderNumber)
  expect(posted).toMatchObject({ salesBalance: 100.96, totalDiscountAmount: 5.05, taxAmount: 7.67, invoiceAmount: 103.58 })
  const rate = {
    TaxCodeId: 'ST8',
    FromDate: '2025-02-01T12:00:00Z',
    ToDate: '1900-01-01T12:00:00Z',
    MinimumLimit: 0,
    MaximumLimit: 0,
    Value: 25,
  }
  expect((await app.post(`${D}/TaxCodeValuesV2`, { dataAreaId: 'usmf', ...rate })).status).toBe(201)
  await app.database.query('update sales_order set total_discount_percentage = 20')
  const notes: Json[] = []
  for (let part = 1; part <= 3; part++)
    notes.push((await done(app, 'create-credit-note', { invoiceNumber, ...credit(1), post: true })).result.invoices[0])
  notes.push((await done(app, 'create-credit-note', { invoiceNumber, post: true })).result.invoices[0])
  const total = (name: string): number => Math.round(notes.reduce((sum, note) => sum + note[name] * 100, 0)) / 100
  expect([total('salesBalance'), total('totalDiscountAmount'), total('taxAmount')]).toEqual([-100.96, -5.05, -7.67])
  expect(total('invoiceAmount')).toBe(-103.58)
  expect(await ledger(app)).not.toHaveProperty('Sales tax payable')
})

test('two credit notes of one invoice at once give back no more than was invoiced', async (t) => {
  const app = await startInvoicing(t)
  const { invoiceNumber } = await invoiceFive(app)
  const replies = await Promise.all(
    [3, 3, 3].map((quantity) => run(app, 'create-credit-note', { invoiceNumber, ...credit(quantity), post: true })),
  )
  expect(replies.map(({ status }) => status).sort()).toEqual([200, 400, 400])
  const lines = await rowsOf(app, 'SalesInvoiceV2Lines')
  expect(lines.map(({ InvoicedQuantity }) => InvoicedQuantity)).toEqual([-3, 5])
})

test('the rest of a partly credited line stays on the order, or is cancelled on request', async (t) => {
  const app = await startInvoicing(t)
  const { invoiceNumber, salesOrderNumber } = await invoiceFive(app)
  await done(app, 'create-credit-note', { invoiceNumber, ...credit(4) })
  const part = (quantity: number) => ({ salesOrderNumber, quantityRule: 'All', lines: [{ lineCreationSequenceNumber: 2, quantity }] })
  await done(app, 'post-sales-invoice', part(-1))
  expect(await rowsOf(app, 'SalesOrderHeadersV2')).toMatchObject([{ SalesOrderStatus: 'Backorder' }])
  await done(app, 'post-sales-invoice', { ...part(-1), creditRemainingQuantity: false })
  expect(await rowsOf(app, 'SalesOrderHeadersV2')).toMatchObject([{ SalesOrderStatus: 'Invoiced' }])
  // What was cancelled is not given back: it may be credited again.
  const { result } = await done(app, 'create-credit-note', { invoiceNumber, ...credit(3) })
  expect(result.lines).toMatchObject([{ quantity: -3 }])
})

test('what was given away is given back by a credit note of nought; an item that is stopped for sales by now, too', async (t) => {
  const app = await startInvoicing(t)
  const salesOrderNumber = await addTaxedOrder(app, [
    { OrderedSalesQuantity: 2, SalesPrice: 0 },
    { OrderedSalesQuantity: 1, SalesPrice: 12 },
  ])
  await deliver(app, salesOrderNumber, { 1: 2, 2: 1 })
  const { invoiceNumber } = await invoice(app, salesOrderNumber)
  const stopped = { dataAreaId: COMPANY, ItemNumber: 'D0001', IsSalesProcessingStopped: 'Yes', MinimumSalesOrderQuantity: 5 }
  expect((await app.post(`${D}/ProductDefaultOrderSettings`, stopped)).status).toBe(201)
  const { result } = await done(app, 'create-credit-note', { invoiceNumber, ...credit(2), post: true })
  expect(result.invoices).toMatchObject([{ invoiceNumber: 'CRN-000001', isCreditNote: true, invoiceAmount: 0 }])
  expect(await rowsOf(app, 'CustTransOpens')).toHaveLength(1)
  expect(await onHand(app, 'D0001')).toMatchObject({ OnHandQuantity: 7 })
  expect(await findImbalances(app)).toEqual([])
})

test('a credit note between two invoices takes no freight of the order, and gives back its share of the sales charges of the line', async (t) => {
  const app = await startInvoicing(t)
  await adjust(app, 'D0001', 10)
  await app.patch(`${D}/CDSSalesCharges(dataAreaId='usmf',ChargeCode='FREIGHT')`, { WillSalesInvoicingProrateChargeAmounts: 'Yes' })
  const salesOrderNumber = await addTaxedOrder(app, [{ OrderedSalesQuantity: 10, SalesPrice: 12, FixedPriceCharges: 4 }])
  const freight = {
    dataAreaId: COMPANY,
    SalesOrderNumber: salesOrderNumber,
    ChargeCode: 'FREIGHT',
    ChargeCategory: 'Fixed',
    ChargeValue: 15.5,
  }
  expect((await app.post(`${D}/SalesOrderHeaderCharges`, freight)).status).toBe(201)
  await deliver(app, salesOrderNumber, { 1: 10 })
  // 40.00 of 124.00 is the share of the freight; the sales charges are on every invoice.
  const first = await invoice(app, salesOrderNumber, { 1: 3 })
  expect(first).toMatchObject({ salesBalance: 40, chargesAmount: 5, taxAmount: 3.6 })
  const { result } = await done(app, 'create-credit-note', { invoiceNumber: first.invoiceNumber, ...credit(1), post: true })
  expect(result.invoices).toMatchObject([{ salesBalance: -13.33, chargesAmount: 0, taxAmount: -1.07 }])
  expect(await invoice(app, salesOrderNumber, { 1: 7 })).toMatchObject({ salesBalance: 88, chargesAmount: 10.5 })
  const rest = await done(app, 'create-credit-note', { invoiceNumber: first.invoiceNumber, post: true })
  expect(rest.result.invoices).toMatchObject([{ salesBalance: -26.67, chargesAmount: 0, taxAmount: -2.13 }])
  expect(await rowsOf(app, 'SalesInvoiceHeadersV2', "InvoiceNumber eq 'CRN-000001'")).toMatchObject([
    { TotalChargeAmount: -1.33, InvoiceHeaderTaxAmount: 0 },
  ])
})
