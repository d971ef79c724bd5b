import { expect, test } from 'vitest'
import { WRITE_EFFECTS } from '../effects.ts'
import { CDS_SALES_QUOTATION_HEADERS, CDS_SALES_QUOTATION_LINES } from '../entities/sales-quotations.ts'
import { createImportRows } from '../packages/import-rows.ts'
import { aCustomer, D, type Json } from '../supply-chain-app.fixture.ts'
import {
  problemOf,
  QUOTATION_LINES,
  type QuotationApp,
  quotationAddress,
  quotedLineAddress,
  startQuotations,
} from './sales-quotations.fixture.ts'

/** Rows of every table that a confirmation writes: none of them may change when it is refused. */
async function footprint(app: QuotationApp): Promise<Json> {
  const { rows } = await app.database.query<Json>(
    `select (select count(*)::int from sales_order) as orders, (select count(*)::int from sales_order_line) as lines,
       (select count(*)::int from sales_order_charge) as charges,
       (select string_agg(sales_quotation_number || rec_version, ',' order by 1) from sales_quotation) as quotations,
       (select string_agg(status_issue, ',' order by 1) from inventory_transaction) as transactions`,
  )
  return rows[0] ?? {}
}

const inCompany = (row: Json): Json => ({ dataAreaId: 'usmf', ...row })

test('a confirmed quotation becomes an order with its lines, numbers, prices, discounts, charges and address', async (t) => {
  const app = await startQuotations(t)
  await app.addQuotation('Q-1', {
    SalesQuotationName: 'Boats',
    CustomersReference: 'PO 7',
    PaymentTermsName: 'Net10',
    TotalDiscountPercentage: 5,
    DeliveryAddressStreet: 'Kai 4',
  })
  await app.quote('Q-1', { LineCreationSequenceNumber: 30, TotalDiscountAmount: 10, LineDescription: 'Grey' })
  await app.quote('Q-1', { LineCreationSequenceNumber: 20, LineDiscountPercentage: 5, FixedPriceCharges: 7.5, ShippingWarehouseId: '21' })
  await app.add('SalesQuotationHeaderCharges', inCompany({ SalesQuotationNumber: 'Q-1', ChargeCode: 'FREIGHT', ChargeValue: 30 }))
  const lots = await app.quotedLines('Q-1')
  await app.add(
    'SalesQuotationLineCharges',
    inCompany({
      SalesQuotationNumber: 'Q-1',
      InventoryLotId: lots[1]?.InventoryLotId,
      ChargeCode: 'HANDLING',
      ChargeCategory: 'Pcs',
      ChargeValue: 2,
    }),
  )
  await app.run('send', 'Q-1')
  const reply = await app.run('confirm', 'Q-1')
  expect(reply.json.result).toMatchObject({ salesQuotationNumber: 'Q-1', salesQuotationStatus: 'Confirmed' })
  const number: string = reply.json.result.salesOrderNumber
  expect(await app.quotation('Q-1')).toMatchObject({
    SalesQuotationStatus: 'Confirmed',
    GeneratedSalesOrderNumber: number,
    SalesQuotationConfirmationDate: '2025-02-11T12:00:00Z',
  })
  expect(await app.order(number)).toMatchObject({
    SalesOrderName: 'Boats',
    QuotationNumber: 'Q-1',
    CustomersOrderReference: 'PO 7',
    OrderingCustomerAccountNumber: 'C-1',
    PaymentTermsName: 'Net10',
    DeliveryAddressStreet: 'Kai 4',
    DeliveryAddressCity: '',
    SalesOrderStatus: 'Backorder',
    SalesOrderProcessingStatus: 'Active',
  })
  expect((await app.order(number, 'SalesOrderHeadersV2')).TotalDiscountPercentage).toBe(5)
  const quoted = await app.quotedLines('Q-1')
  const ordered = await app.lines(number)
  const SAME = [
    'LineCreationSequenceNumber',
    'ProductNumber',
    'SalesPrice',
    'LineDiscountAmount',
    'LineDiscountPercentage',
    'FixedPriceCharges',
  ]
  const shown = (rows: Json[]) =>
    rows.map((row) => [...SAME, 'TotalDiscountAmount', 'LineAmount', 'ShippingWarehouseId'].map((name) => row[name]))
  expect(shown(ordered)).toEqual(shown(quoted))
  expect(ordered.map((row) => [row.LineCreationSequenceNumber, row.LineAmount, row.TotalDiscountAmount])).toEqual([
    [20, 150, 7.5],
    [30, 140, 10],
  ])
  const charges = await app.get(`${D}/SalesOrderHeaderCharges?$filter=SalesOrderNumber eq '${number}'`)
  expect(charges.json.value).toMatchObject([{ ChargeCode: 'FREIGHT', ChargeValue: 30, IsClosed: 'No' }])
  const lineCharges = await app.get(`${D}/SalesOrderLineCharges?$filter=SalesOrderNumber eq '${number}'`)
  expect(lineCharges.json.value).toMatchObject([{ ChargeCode: 'HANDLING', ChargeCategory: 'Pcs', ChargeValue: 2 }])
  const { rows } = await app.database.query('select status_issue, qty::text from inventory_transaction order by rec_id')
  expect(rows).toEqual([
    { status_issue: 'OnOrder', qty: '-3' },
    { status_issue: 'OnOrder', qty: '-3' },
  ])
})

test('the rest of a split travels unrounded: the order has the discount of the quotation whatever its quantity becomes', async (t) => {
  const app = await startQuotations(t)
  await app.addQuotation('Q-1')
  await app.quote('Q-1', { RequestedSalesQuantity: 7, SalesPrice: 9.99, TotalDiscountAmount: 17.35, FixedPriceCharges: 4 })
  const number: string = (await app.run('confirm', 'Q-1')).json.result.salesOrderNumber
  expect((await app.lines(number))[0]).toMatchObject({
    LineDiscountAmount: 2.48,
    FixedPriceCharges: 4.01,
    LineAmount: 56.58,
    TotalDiscountAmount: 17.35,
  })
  await app.patch(`${D}/CDSSalesOrderLines(dataAreaId='usmf',SalesOrderNumber='${number}',LineCreationSequenceNumber=1)`, {
    OrderedSalesQuantity: 8,
  })
  expect((await app.lines(number))[0]).toMatchObject({ LineDiscountAmount: 2.17, FixedPriceCharges: 4.01, TotalDiscountAmount: 17.35 })
})

test('a refused confirmation changes nothing: no customer, no lines, a customer on hold (E09), credit (E19), a stopped item (E11)', async (t) => {
  const app = await startQuotations(t)
  const refusal = async (number: string): Promise<string> => {
    const before = await footprint(app)
    const reply = await app.run('confirm', number)
    expect([number, reply.status, await footprint(app)]).toEqual([number, 400, before])
    return reply.text
  }
  await app.addQuotation('PROSPECT', { RequestingCustomerAccountNumber: '', ProspectId: 'P-7', DefaultShippingSiteId: '1' })
  await app.quote('PROSPECT', { ShippingSiteId: '1' })
  expect(await refusal('PROSPECT')).toContain('Quotation PROSPECT is for a prospect and cannot be confirmed.')
  await app.addQuotation('EMPTY')
  expect(await refusal('EMPTY')).toContain('Quotation EMPTY has no lines and cannot be confirmed.')
  await app.addQuotation('Q-1')
  await app.quote('Q-1')
  const customer = `${D}/CustomersV3(dataAreaId='usmf',CustomerAccount='C-1')`
  await app.patch(customer, { OnHoldStatus: 'All' })
  expect(await refusal('Q-1')).toContain('Customer account C-1 is on hold for all transactions.')
  await app.patch(customer, { OnHoldStatus: 'Invoice', CreditLimit: 100 })
  expect(await refusal('Q-1')).toContain('Customer C-1 has exceeded the credit limit by 50.00 USD.')
  await app.patch(customer, { CreditLimit: 150 })
  await app.add('ProductDefaultOrderSettings', inCompany({ ItemNumber: 'DW-40', IsSalesProcessingStopped: 'Yes' }))
  expect(await refusal('Q-1')).toContain('Item DW-40 is stopped for sales orders.')
  await app.patch(`${D}/ProductDefaultOrderSettings(dataAreaId='usmf',ItemNumber='DW-40')`, { IsSalesProcessingStopped: 'No' })
  expect((await app.run('confirm', 'Q-1')).status).toBe(200)
  // The prospect became a customer: its quotation takes the customer's defaults and can be confirmed.
  await app.patch(customer, { CreditLimit: 0 })
  await app.patch(quotationAddress('PROSPECT'), { RequestingCustomerAccountNumber: 'C-1' })
  expect(await app.quotation('PROSPECT')).toMatchObject({
    InvoiceCustomerAccountNumber: 'C-1',
    PaymentTermsName: 'Net30',
    DeliveryAddressCity: 'Bergen',
  })
  expect((await app.run('confirm', 'PROSPECT')).status).toBe(200)
})

test('of many who confirm one quotation at once, one makes the order and the others are told E25', async (t) => {
  const app = await startQuotations(t)
  await app.addQuotation('Q-1')
  await app.quote('Q-1')
  const replies = await Promise.all([1, 2, 3, 4, 5].map(() => app.run('confirm', 'Q-1')))
  expect(replies.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400, 400])
  expect(replies.filter(({ text }) => text.includes('has status Confirmed and cannot be confirmed'))).toHaveLength(4)
  expect((await footprint(app)).orders).toBe(1)
})

test('a quotation that is confirmed while others edit it: the order has the lines that the quotation has', async (t) => {
  const app = await startQuotations(t)
  for (const number of ['Q-1', 'Q-2', 'Q-3']) {
    await app.addQuotation(number)
    await app.quote(number, { LineCreationSequenceNumber: 1 })
    const line = { SalesQuotationNumber: number, ProductNumber: 'DW-40', RequestedSalesQuantity: 1 }
    const [confirmed, ...edits] = await Promise.all([
      app.run('confirm', number),
      app.post(QUOTATION_LINES, inCompany(line)),
      app.patch(quotedLineAddress(number, 1), { SalesPrice: 60 }),
      app.patch(quotationAddress(number), { CustomersReference: 'PO 8' }),
      app.post(QUOTATION_LINES, inCompany(line)),
      app.run('lose', number),
    ])
    expect(confirmed?.status).toBe(200)
    for (const { status, text } of edits) expect([status < 300 || text.includes('and cannot be'), text]).toEqual([true, text])
    const order: string = confirmed?.json.result.salesOrderNumber
    const amounts = (rows: Json[]) => rows.map((row) => [row.LineCreationSequenceNumber, row.LineAmount])
    expect(amounts(await app.lines(order))).toEqual(amounts(await app.quotedLines(number)))
    expect((await app.order(order)).CustomersOrderReference).toBe((await app.quotation(number)).CustomersReference)
  }
})

test('a customer, its quotation and the lines in one change set: what a row asks of one that was made a moment ago is answered', async (t) => {
  const app = await startQuotations(t)
  await app.add('Currencies', {
    CurrencyCode: 'XTS',
    Name: 'Whole money',
    RoundingRuleSalesOrders: 1,
    RoundingRulePrices: 1,
    GeneralRoundingRule: 1,
  })
  await app.add('ExchangeRates', {
    RateTypeName: 'Default',
    FromCurrency: 'USD',
    ToCurrency: 'XTS',
    StartDate: '2025-01-01',
    Rate: 150.5,
    ConversionFactor: 'One',
  })
  const part = (id: number, set: string, body: Json): string[] => [
    '--changeset_q',
    'Content-Type: application/http',
    'Content-Transfer-Encoding: binary',
    `Content-ID: ${id}`,
    '',
    `POST ${set}?cross-company=true HTTP/1.1`,
    'Content-Type: application/json',
    '',
    JSON.stringify({ ...(set === 'CustomersV3' ? {} : { SalesQuotationNumber: 'Q-1' }), ...body, dataAreaId: 'usmf' }),
  ]
  const send = (lines: Json[]) =>
    app.batch([
      '--batch_hms1',
      'Content-Type: multipart/mixed; boundary=changeset_q',
      '',
      ...part(
        1,
        'CustomersV3',
        aCustomer({ CustomerAccount: 'C-NEW', SalesCurrencyCode: 'XTS', PaymentTerms: 'Net10', SiteId: '1', AddressCity: 'Oslo' }),
      ),
      ...part(2, 'CDSSalesQuotationHeaders', { RequestingCustomerAccountNumber: 'c-new' }),
      ...lines.flatMap((line, index) => part(index + 3, 'CDSSalesQuotationLines', line)),
      '--changeset_q--',
      '--batch_hms1--',
    ])
  const line = { ProductNumber: 'DW-40', RequestedSalesQuantity: 3 }
  const refused = await send([line, { ...line, ProductNumber: 'NONE' }])
  expect(refused.text).toContain('The product NONE is not released')
  expect((await app.get(quotationAddress('Q-1'))).status).toBe(404)
  const reply = await send([line, { ...line, SalesPrice: 100.4, TotalDiscountAmount: 10 }])
  expect([...reply.text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1])).toEqual(['201', '201', '201', '201'])
  expect(await app.quotation('Q-1')).toMatchObject({
    RequestingCustomerAccountNumber: 'C-NEW',
    CurrencyCode: 'XTS',
    PaymentTermsName: 'Net10',
  })
  expect(await app.quotedLines('Q-1')).toMatchObject([
    // 100 USD at 150.5, in a currency without parts.
    { LineCreationSequenceNumber: 1, SalesPrice: 15050, LineAmount: 45150, DeliveryAddressCity: 'Oslo' },
    {
      LineCreationSequenceNumber: 2,
      SalesPrice: 100.4,
      LineDiscountAmount: 3,
      FixedPriceCharges: -1,
      LineAmount: 291,
      TotalDiscountAmount: 10,
    },
  ])
})

test('a package of quotations obeys the same rules, row by row', async (t) => {
  const app = await startQuotations(t)
  const importRows = createImportRows({ database: app.database, clock: app.clock, effects: WRITE_EFFECTS })
  const load = (entity: typeof CDS_SALES_QUOTATION_HEADERS, rows: readonly Readonly<Record<string, string>>[]) =>
    importRows(entity, 'usmf', rows.map((values) => ({ values })) as unknown as Parameters<typeof importRows>[2])
  const headers = await load(CDS_SALES_QUOTATION_HEADERS, [
    { SalesQuotationNumber: 'Q-1', RequestingCustomerAccountNumber: 'C-1' },
    { SalesQuotationNumber: 'Q-2', RequestingCustomerAccountNumber: 'C-9' },
    { SalesQuotationNumber: 'Q-3', RequestingCustomerAccountNumber: 'C-1' },
  ])
  expect(headers.map(({ ok }) => ok)).toEqual([true, false, true])
  const line = { ProductNumber: 'DW-40', RequestedSalesQuantity: '3', SalesPrice: '50' }
  const rows = [
    { ...line, SalesQuotationNumber: 'Q-1', LineCreationSequenceNumber: '1', TotalDiscountAmount: '10' },
    { ...line, SalesQuotationNumber: 'Q-2', LineCreationSequenceNumber: '1' },
    { ...line, SalesQuotationNumber: 'Q-1', LineCreationSequenceNumber: '2' },
    { ...line, SalesQuotationNumber: 'Q-3', LineCreationSequenceNumber: '1' },
  ]
  const lines = await load(CDS_SALES_QUOTATION_LINES, rows)
  expect(lines.map(({ ok }) => ok)).toEqual([true, false, true, true])
  expect(await app.quotedLines('Q-1')).toMatchObject([
    { LineDiscountAmount: 3.33, LineAmount: 140, SalesQuotationLineCreationMethod: 'Dynamics365Sales' },
    { LineAmount: 150 },
  ])
  await app.run('confirm', 'Q-1')
  // Sent again as it was, a confirmed quotation is fine; changed, it is refused and stops no other.
  const again = await load(CDS_SALES_QUOTATION_LINES, [rows[0] ?? {}, { ...rows[2], SalesPrice: '51' }, { ...rows[3], SalesPrice: '51' }])
  expect(again).toEqual([
    { ok: true },
    expect.objectContaining({ ok: false, message: 'Quotation Q-1 has status Confirmed and cannot be updated.' }),
    { ok: true },
  ])
})

test('agreed prices and discounts fill what was not given; without an agreement the base price does, exchanged, or E29', async (t) => {
  const app = await startQuotations(t)
  const agreement = (values: Json) =>
    app.add('SalesPriceAgreements', inCompany({ ItemNumber: 'DW-40', PriceCurrencyCode: 'USD', QuantityUnitSymbol: 'ea', ...values }))
  await agreement({
    AgreementNumber: 'A-1',
    PriceType: 'PriceSales',
    CustomerAccountNumber: 'C-1',
    FromQuantity: 5,
    Price: 900,
    SalesPriceQuantity: 10,
    FixedPriceCharges: 4,
  })
  await agreement({ AgreementNumber: 'A-2', PriceType: 'LineDiscSales', DiscountAmount: 0.5, DiscountPercentage1: 10 })
  await app.addQuotation('Q-1')
  const quoted = async (values: Json) => app.quote('Q-1', { SalesPrice: undefined, ...values })
  // 10 of a price of 900 for 10, less 5 for 10 and 10 percent, and the charges of the price.
  expect(await quoted({ RequestedSalesQuantity: 10 })).toMatchObject({
    SalesPrice: 900,
    SalesPriceQuantity: 10,
    FixedPriceCharges: 4,
    LineAmount: 809.5,
  })
  expect(await quoted({ RequestedSalesQuantity: 4 })).toMatchObject({ SalesPrice: 100, SalesPriceQuantity: 1, LineAmount: 358.2 })
  expect(await quoted({ RequestedSalesQuantity: 10, SalesPrice: 50 })).toMatchObject({
    SalesPrice: 50,
    SalesPriceQuantity: 1,
    FixedPriceCharges: 0,
    LineAmount: 445.5,
  })
  expect(await quoted({ RequestedSalesQuantity: 4, LineDiscountAmount: 0 })).toMatchObject({ LineDiscountPercentage: 0, LineAmount: 400 })
  // The base price is per sales unit (2.6): twelve pieces make a box.
  expect(await quoted({ RequestedSalesQuantity: 1, SalesUnitSymbol: 'box', LineDiscountAmount: 0 })).toMatchObject({
    SalesPrice: 1200,
    LineAmount: 1200,
  })
  expect(await quoted({ ProductNumber: 'BX-1', RequestedSalesQuantity: 24, SalesUnitSymbol: 'ea' })).toMatchObject({
    SalesPrice: 8.33,
    LineAmount: 199.92,
  })
  await app.add('Currencies', { CurrencyCode: 'XTS', Name: 'Money without rate' })
  await app.addQuotation('Q-2', { RequestingCustomerAccountNumber: 'C-2', CurrencyCode: 'XTS' })
  const unpriced = inCompany({ SalesQuotationNumber: 'Q-2', ProductNumber: 'DW-40', RequestedSalesQuantity: 1 })
  expect(problemOf(await app.post(QUOTATION_LINES, unpriced))).toContain('No exchange rate exists between USD and XTS on 2025-02-11.')
  expect((await app.post(QUOTATION_LINES, { ...unpriced, SalesPrice: 5 })).status).toBe(201)
  // A line without a price keeps the amount that was given for it, until a price comes.
  await app.quote('Q-2', { LineCreationSequenceNumber: 9, SalesPrice: 0, LineAmount: 99.5 })
  await app.patch(quotedLineAddress('Q-2', 9), { RequestedSalesQuantity: 4 })
  expect((await app.quotedLines('Q-2'))[1]).toMatchObject({ LineAmount: 99.5 })
  await app.patch(quotedLineAddress('Q-2', 9), { SalesPrice: 10 })
  expect((await app.quotedLines('Q-2'))[1]).toMatchObject({ LineAmount: 40 })
})
