import { expect, test } from 'vitest'
import { add, addItem, adjust, onHand, run } from '../inventory/stock.fixture.ts'
import { D, type Json, type TestApp } from '../supply-chain-app.fixture.ts'
import { addTaxedCustomer, addTaxedOrder, deliver, done, invoice, ledger, refusal, rowsOf, startInvoicing } from './invoices.fixture.ts'

const TEN = [{ OrderedSalesQuantity: 10, SalesPrice: 12 }]

/** What EX-15 shows of an order after each step. */
async function progress(app: TestApp, salesOrderNumber: string): Promise<Json> {
  const [header] = await rowsOf(app, 'SalesOrderHeadersV2', `SalesOrderNumber eq '${salesOrderNumber}'`)
  const { rows } = await app.database.query<{ status: string; quantity: string }>(
    `select case when t.status_issue <> 'None' then t.status_issue else t.status_receipt end as status, trim_scale(sum(abs(t.qty)))::text as quantity
     from inventory_transaction t join sales_order_line l on l.inventory_lot_id = t.invent_trans_id and l.sales_order_number = $1
     group by 1 having sum(t.qty) <> 0`,
    [salesOrderNumber],
  )
  const lines = await app.database.query<{ remain: string }>(
    'select trim_scale(sum(remain_sales_financial))::text as remain from sales_order_line where sales_order_number = $1',
    [salesOrderNumber],
  )
  return {
    ...Object.fromEntries(rows.map(({ status, quantity }) => [status, quantity])),
    remainFinancial: lines.rows[0]?.remain,
    status: header?.SalesOrderStatus,
    processing: header?.SalesOrderProcessingStatus,
  }
}

test('EX-15: partial invoices of delivered goods, E14 beyond them, and the end of the order by cancelling the rest', async (t) => {
  const app = await startInvoicing(t)
  const salesOrderNumber = await addTaxedOrder(app, TEN)
  const order = { salesOrderNumber }
  const line = { lineCreationSequenceNumber: 1 }
  await done(app, 'confirm-sales-order', order)
  await done(app, 'reserve-sales-order-line', order)
  await done(app, 'post-picking-list', { ...order, lines: [{ ...line, quantity: 5 }] })
  await done(app, 'register-picking', order)
  await done(app, 'post-packing-slip', { ...order, quantityRule: 'Picked' })
  expect(await progress(app, salesOrderNumber)).toMatchObject({ Deducted: '5', remainFinancial: '5', processing: 'PartiallyDelivered' })
  expect(await ledger(app)).toMatchObject({ 'Cost of goods delivered, not invoiced': '10' })

  expect(await invoice(app, salesOrderNumber, { 1: 3 })).toMatchObject({ salesBalance: 36, taxAmount: 2.88, invoiceAmount: 38.88 })
  expect(await progress(app, salesOrderNumber)).toMatchObject({
    Deducted: '2',
    Sold: '3',
    remainFinancial: '2',
    status: 'Backorder',
    processing: 'PartiallyInvoiced',
  })
  expect(await invoice(app, salesOrderNumber, { 1: 2 })).toMatchObject({ salesBalance: 24, taxAmount: 1.92, invoiceAmount: 25.92 })
  const invoiced = { Sold: '5', remainFinancial: '0', status: 'Backorder', processing: 'PartiallyInvoiced' }
  expect(await progress(app, salesOrderNumber)).toMatchObject(invoiced)

  const beyond = { ...order, quantityRule: 'PackingSlip', lines: [{ ...line, quantity: 1 }] }
  const text = 'The quantity to invoice (1) exceeds the delivered, not invoiced quantity (0) for line 1.'
  expect(await refusal(app, 'post-sales-invoice', beyond)).toEqual([`E14 ${text}`])
  expect(await progress(app, salesOrderNumber)).toMatchObject(invoiced)
  expect(await onHand(app, 'D0001')).toMatchObject({ OnHandQuantity: 3, ReservedOnHandQuantity: 3, AvailableOnHandQuantity: 0 })

  await done(app, 'cancel-deliver-remainder', order)
  expect(await progress(app, salesOrderNumber)).toMatchObject({ Sold: '5', status: 'Invoiced', processing: 'Invoiced' })
  expect(await onHand(app, 'D0001')).toMatchObject({
    OnHandQuantity: 3,
    ReservedOnHandQuantity: 0,
    AvailableOnHandQuantity: 3,
    OnOrderQuantity: 0,
  })
  expect(await refusal(app, 'post-sales-invoice', order)).toEqual([
    `E22 There are no quantities to post for sales order ${salesOrderNumber}.`,
  ])
})

test('EX-16: the rest of a split discount on two invoices under each of the three parameters', async (t) => {
  const app = await startInvoicing(t)
  const expected = {
    EveryInvoice: [93.33, 46.66],
    FirstInvoice: [93.33, 46.67],
    Prorate: [93.33, 46.67],
  }
  for (const [SalesChargeOnPartialInvoice, amounts] of Object.entries(expected)) {
    await app.patch(`${D}/SalesParameters(dataAreaId='usmf')`, { SalesChargeOnPartialInvoice })
    const salesOrderNumber = await addTaxedOrder(app, [])
    const CDS = { SalesOrderNumber: salesOrderNumber, ProductNumber: 'D0001', ShippingSiteId: '1', ShippingWarehouseId: '13' }
    await add(app, 'CDSSalesOrderLines', { ...CDS, OrderedSalesQuantity: 3, SalesPrice: 50, TotalDiscountAmount: 10 })
    await adjust(app, 'D0001', 100)
    await deliver(app, salesOrderNumber, { 1: 3 })
    const invoices = [await invoice(app, salesOrderNumber, { 1: 2 }), await invoice(app, salesOrderNumber, { 1: 1 })]
    expect([SalesChargeOnPartialInvoice, ...invoices.map(({ salesBalance }) => salesBalance)]).toEqual([
      SalesChargeOnPartialInvoice,
      ...amounts,
    ])
  }
  const lines = await rowsOf(app, 'SalesInvoiceV2Lines')
  // 150.00 less the discount is what the line shows: the rest of the split is a discount, not a charge.
  expect(lines.slice(2, 4)).toMatchObject([
    { InvoicedQuantity: 2, SalesPrice: 50, LineAmount: 93.33, LineTotalDiscountAmount: 6.67, LineTotalChargeAmount: 0 },
    { InvoicedQuantity: 1, SalesPrice: 50, LineAmount: 46.67, LineTotalDiscountAmount: 3.33, LineTotalChargeAmount: 0 },
  ])
})

/** Freight of 15.00 on an order of 10 x 12.00 that is invoiced by 3, 2 and 5; what each invoice takes. */
async function freight(
  app: TestApp,
  { isProrated, isKept }: { readonly isProrated: boolean; readonly isKept: boolean },
): Promise<number[]> {
  await app.patch(`${D}/CDSSalesCharges(dataAreaId='usmf',ChargeCode='FREIGHT')`, {
    WillSalesInvoicingProrateChargeAmounts: isProrated ? 'Yes' : 'No',
  })
  const salesOrderNumber = await addTaxedOrder(app, TEN)
  await add(app, 'SalesOrderHeaderCharges', {
    SalesOrderNumber: salesOrderNumber,
    ChargeCode: 'FREIGHT',
    ChargeCategory: 'Fixed',
    ChargeValue: 15,
    IsKept: isKept ? 'Yes' : 'No',
  })
  await deliver(app, salesOrderNumber, { 1: 10 })
  const charges: number[] = []
  for (const quantity of [3, 2, 5]) charges.push((await invoice(app, salesOrderNumber, { 1: quantity })).chargesAmount)
  return charges
}

test('EX-17: freight on three partial invoices, prorated, whole on the first, and kept on each', async (t) => {
  const app = await startInvoicing(t)
  await adjust(app, 'D0001', 100)
  expect(await freight(app, { isProrated: true, isKept: false })).toEqual([4.5, 3, 7.5])
  expect(await freight(app, { isProrated: false, isKept: false })).toEqual([15, 0, 0])
  expect(await freight(app, { isProrated: false, isKept: true })).toEqual([15, 15, 15])
  const [first] = await rowsOf(app, 'SalesInvoiceHeadersV2')
  // 36.00 + 4.50 and 8 percent of both: the tax on the freight is apart.
  expect(first).toMatchObject({ TotalChargeAmount: 4.5, InvoiceHeaderTaxAmount: 0.36, TotalTaxAmount: 3.24, TotalInvoiceAmount: 43.74 })
})

test('EX-08 and EX-12: an invoice in a foreign currency with taxed freight; line tax without that of the header', async (t) => {
  const app = await startInvoicing(t, { SalesCurrencyCode: 'EUR' })
  await addItem(app, 'SERVICE', { SalesSalesTaxItemGroupCode: 'ALL', ProductType: 'Service', ItemModelGroupId: 'Service' })
  const rate = { RateTypeName: 'Default', FromCurrency: 'EUR', ToCurrency: 'USD', StartDate: '2025-01-01T12:00:00Z', Rate: 110 }
  await app.post(`${D}/ExchangeRates`, { ...rate, ConversionFactor: 'Hundred' })
  const salesOrderNumber = await addTaxedOrder(app, [
    { ItemNumber: 'SERVICE', OrderedSalesQuantity: 1, SalesPrice: 300 },
    { ItemNumber: 'SERVICE', OrderedSalesQuantity: 1, SalesPrice: 140 },
  ])
  await add(app, 'SalesOrderHeaderCharges', {
    SalesOrderNumber: salesOrderNumber,
    ChargeCode: 'FREIGHT',
    ChargeCategory: 'Fixed',
    ChargeValue: 30,
  })
  const { result } = await done(app, 'post-sales-invoice', { salesOrderNumber, quantityRule: 'All' })
  expect(result.invoices[0]).toMatchObject({ taxAmount: 37.6, headerTaxAmount: 2.4, invoiceAmount: 507.6, invoiceAmountMST: 558.36 })
  const [header] = await rowsOf(app, 'ExternallyMaintainedCustomerSalesInvoiceHeaders')
  expect(header).toMatchObject({ CurrencyCode: 'EUR', TotalChargeAmount: 30, InvoiceHeaderTaxAmount: 2.4, TotalInvoiceAmount: 507.6 })
  const lines = await rowsOf(app, 'ExternallyMaintainedCustomerSalesInvoiceLines')
  expect(lines.map(({ LineAmount, LineTotalTaxAmount }) => [LineAmount, LineTotalTaxAmount])).toEqual([
    [300, 24],
    [140, 11.2],
  ])
  const [transaction] = await rowsOf(app, 'CustTransactions')
  expect(transaction).toMatchObject({ AmountCur: 507.6, AmountMST: 558.36, ExchRate: 110, DueDate: '2025-03-13T12:00:00Z' })
  expect(await ledger(app)).toEqual({
    'Accounts receivable': '558.36',
    'Charge revenue': '-33',
    'Sales revenue': '-484',
    'Sales tax payable': '-41.36',
    // The stock of the seed.
    Inventory: '16',
    'Inventory profit and loss': '-16',
  })
})

test('EX-11: prices with tax in them: the line stays gross, the invoice shows net and tax', async (t) => {
  const app = await startInvoicing(t)
  const salesOrderNumber = await addTaxedOrder(app, [{ OrderedSalesQuantity: 1, SalesPrice: 108 }], { ArePricesIncludingSalesTax: 'Yes' })
  await deliver(app, salesOrderNumber, { 1: 1 })
  expect(await invoice(app, salesOrderNumber)).toMatchObject({ salesBalance: 100, taxAmount: 8, invoiceAmount: 108 })
  expect(await rowsOf(app, 'SalesInvoiceV2Lines')).toMatchObject([{ SalesPrice: 108, LineAmount: 108, LineTotalTaxAmount: 8 }])
})

test('a summary invoice takes all orders of one account and currency; equal line numbers get the next one', async (t) => {
  const app = await startInvoicing(t)
  await addTaxedCustomer(app, 'C-2')
  const own = [
    await addTaxedOrder(app, [{ OrderedSalesQuantity: 1, SalesPrice: 12 }]),
    await addTaxedOrder(app, [{ OrderedSalesQuantity: 2, SalesPrice: 12 }]),
  ]
  const other = { OrderingCustomerAccountNumber: 'C-2', InvoiceCustomerAccountNumber: 'C-2' }
  const third = await addTaxedOrder(app, [{ OrderedSalesQuantity: 1, SalesPrice: 12 }], other)
  for (const number of [...own, third]) await done(app, 'post-packing-slip', { salesOrderNumber: number })
  const { result } = await done(app, 'post-sales-invoice', { salesOrderNumbers: [...own, third], summaryUpdate: true })
  expect(result.invoices).toMatchObject([
    { salesOrderNumbers: own, salesBalance: 36, invoiceAmount: 38.88 },
    { salesOrderNumbers: [third], salesBalance: 12, invoiceAmount: 12.96 },
  ])
  const lines = await rowsOf(app, 'SalesInvoiceV2Lines', `InvoiceNumber eq '${result.invoices[0].invoiceNumber}'`)
  expect(lines.map((line) => [line.LineCreationSequenceNumber, line.InvoicedQuantity])).toEqual([
    [1, 1],
    [2, 2],
  ])
  expect((await rowsOf(app, 'SalesOrderHeadersV2')).map(({ SalesOrderStatus }) => SalesOrderStatus)).toEqual([
    'Invoiced',
    'Invoiced',
    'Invoiced',
  ])
})

test('two invoices of one slip at once: one is posted, the other finds nothing to invoice', async (t) => {
  const app = await startInvoicing(t)
  const salesOrderNumber = await addTaxedOrder(app, [{ OrderedSalesQuantity: 5, SalesPrice: 12 }])
  const packingSlipNumber = await deliver(app, salesOrderNumber, { 1: 5 })
  const wanted = { salesOrderNumber, packingSlipNumbers: [packingSlipNumber] }
  const replies = await Promise.all([
    run(app, 'post-sales-invoice', wanted),
    run(app, 'post-sales-invoice', wanted),
    run(app, 'post-sales-invoice', { salesOrderNumber, lines: [{ lineCreationSequenceNumber: 1, quantity: 5 }] }),
  ])
  expect(replies.map(({ status }) => status).sort()).toEqual([200, 400, 400])
  for (const { status, json } of replies) if (status === 400) expect(json.error.code).toMatch(/^E(14|22)$/)
  expect(await rowsOf(app, 'SalesInvoiceV2Lines')).toMatchObject([{ InvoicedQuantity: 5 }])
  expect(await rowsOf(app, 'SalesPackingSlipLines')).toMatchObject([{ DeliveredQuantity: 5, InvoicedQuantity: 5 }])
  expect(await rowsOf(app, 'CustTransactions')).toHaveLength(1)
})
