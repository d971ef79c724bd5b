import { expect, test } from 'vitest'
import { calculateSalesTotals } from '../jobs/calculate-sales-totals.ts'
import { problemOf } from '../quotations/sales-quotations.fixture.ts'
import { D, type Json } from '../supply-chain-app.fixture.ts'
import { FREIGHT, runJob, startTotals } from './sales-totals.fixture.ts'

test('5.6 charges are numbered within their document, take its tax group and make its totals out of date; wrong ones are refused', async (t) => {
  const app = await startTotals(t)
  await app.addOrder('SO-1')
  await app.addOrder('SO-2')
  await app.addLine('SO-1')
  const [line] = (await app.get(`${D}/SalesOrderLines`)).json.value
  const InventoryLotId = line.InventoryLotId
  const charge = (values: Json) => app.post(`${D}/SalesOrderHeaderCharges`, { ...FREIGHT, SalesOrderNumber: 'SO-1', ...values })
  const ofLine = (values: Json) =>
    app.post(`${D}/SalesOrderLineCharges`, { ...FREIGHT, SalesOrderNumber: 'SO-1', InventoryLotId, ...values })
  const added = [
    await charge({}),
    await charge({ ChargeCode: 'HANDLING', SalesTaxGroupCode: '' }),
    await charge({ SalesOrderNumber: 'so-2' }),
  ]
  expect(added.map(({ json }) => [json.ChargeLineNumber, json.SalesTaxGroupCode, json.SalesTaxItemGroupCode])).toEqual([
    [1, 'TX', 'ALL'],
    [2, '', ''],
    [1, 'TX', 'ALL'],
  ])
  expect((await ofLine({ ChargeCategory: 'Percent', ChargeValue: 2 })).json).toMatchObject({ ChargeLineNumber: 1, SalesTaxGroupCode: 'TX' })
  await runJob(app)
  expect(await app.order('SO-1')).toMatchObject({ OrderTotalChargesAmount: 65.1, AreTotalsUpdated: 'Yes' })
  const addressOf = (number: number) => `${D}/SalesOrderHeaderCharges(dataAreaId='usmf',SalesOrderNumber='SO-1',ChargeLineNumber=${number})`
  expect((await app.patch(addressOf(2), { ChargeValue: 20 })).status).toBe(204)
  expect(await app.order('SO-1')).toMatchObject({ AreTotalsUpdated: 'No' })

  expect(problemOf(await charge({ ChargeCategory: 'Pcs' }))).toContain(
    "Charges category 'Pcs' is not supported for a header. Use Fixed, Percent.",
  )
  expect(problemOf(await ofLine({ ChargeCategory: 'Proportional' }))).toContain("category 'Proportional' is not supported for a line")
  expect(problemOf(await charge({ ChargeCode: 'NONE' }))).toContain("The value 'NONE' in field 'Charges code' is not found")
  expect(problemOf(await charge({ SalesOrderNumber: 'SO-9' }))).toContain("The value 'SO-9' in field 'Sales order' is not found")
  expect(problemOf(await ofLine({ SalesOrderNumber: 'SO-2' }))).toContain(`Line ${InventoryLotId} does not belong to SO-2.`)
  expect(problemOf(await ofLine({ InventoryLotId: 'LOT-9' }))).toContain("The value 'LOT-9' in field 'Lot ID' is not found")
  expect((await app.post(`${D}/SalesOrderLineCharges`, { ...FREIGHT, InventoryLotId })).status).toBe(400)

  // What was invoiced stays; a closed order gets nothing more.
  await app.database.query(
    "update sales_order_charge set invoiced_amount = 30, is_closed = 'Yes' where charge_line_number = 1 and sales_order_number = 'SO-1'",
  )
  expect(problemOf(await app.patch(addressOf(1), { ChargeValue: 1 }))).toContain(
    'The charge FREIGHT has been invoiced and cannot be changed.',
  )
  expect(problemOf(await app.delete(addressOf(1)))).toContain('has been invoiced')
  await app.postDocument('SO-1', { DeliveredQuantity: '10', InvoicedQuantity: '10', DocumentStatus: 'Invoice' })
  expect(problemOf(await charge({}))).toContain('Sales order SO-1 has status Invoiced and cannot be updated.')
})

test('5.6 new headers and lines get the auto charges that hold for them, unless they are told not to', async (t) => {
  const app = await startTotals(t)
  const auto = (values: Json) =>
    app.add('SalesAutoCharges', { dataAreaId: 'usmf', ChargeCode: 'FREIGHT', ChargeCategory: 'Fixed', ...values })
  await auto({ ChargeValue: 12, ToOrderAmount: 200 })
  await auto({ ChargeValue: 6, FromOrderAmount: 200 })
  await auto({ ChargeValue: 99, CustomerAccount: 'C-2' })
  await auto({ ChargeCode: 'HANDLING', ChargeCategory: 'Pcs', ChargeValue: 0.5, IsLineLevel: 'Yes', ItemNumber: 'DW-40' })
  expect(
    problemOf(await app.post(`${D}/SalesAutoCharges`, { dataAreaId: 'usmf', ChargeCode: 'FREIGHT', ChargeCategory: 'Pcs' })),
  ).toContain('not supported for a header')
  await app.addOrder('SO-1')
  await app.addLine('SO-1', { OrderedSalesQuantity: 4 })
  await app.addLine('SO-1', { ProductNumber: 'BX-1', OrderedSalesQuantity: 1 })
  const charges = async (collection: string) => (await app.get(`${D}/${collection}`)).json.value
  expect(await charges('SalesOrderHeaderCharges')).toMatchObject([
    {
      SalesOrderNumber: 'SO-1',
      ChargeLineNumber: 1,
      ChargeValue: 12,
      CurrencyCode: 'USD',
      SalesTaxGroupCode: 'TX',
      SalesTaxItemGroupCode: 'ALL',
      ToOrderAmount: 200,
    },
    { SalesOrderNumber: 'SO-1', ChargeLineNumber: 2, ChargeValue: 6, FromOrderAmount: 200 },
  ])
  expect(await charges('SalesOrderLineCharges')).toMatchObject([
    { SalesOrderNumber: 'SO-1', ChargeCode: 'HANDLING', ChargeCategory: 'Pcs', ChargeValue: 0.5 },
  ])
  await runJob(app)
  expect(await app.order('SO-1')).toMatchObject({ OrderTotalChargesAmount: 14 })
  await app.addLine('SO-1', { OrderedSalesQuantity: 4 })
  await runJob(app)
  expect(await app.order('SO-1')).toMatchObject({ OrderTotalChargesAmount: 10 })

  await app.add('SalesOrderHeadersV2', {
    dataAreaId: 'usmf',
    SalesOrderNumber: 'SO-2',
    OrderingCustomerAccountNumber: 'C-1',
    InvoiceCustomerAccountNumber: 'C-1',
    SkipCreateAutoCharges: 'Yes',
  })
  await app.add('SalesOrderLines', {
    dataAreaId: 'usmf',
    SalesOrderNumber: 'SO-2',
    ItemNumber: 'DW-40',
    OrderedSalesQuantity: 1,
    SkipCreateAutoCharges: 'Yes',
  })
  await app.addQuotation('Q-1')
  expect((await charges('SalesOrderHeaderCharges')).length).toBe(2)
  expect((await charges('SalesOrderLineCharges')).length).toBe(2)
  expect(await charges('SalesQuotationHeaderCharges')).toMatchObject([{ SalesQuotationNumber: 'Q-1' }, { SalesQuotationNumber: 'Q-1' }])
})

test('5.4 lines of one multiline group get their discount together, as lines come, change and go; given discounts stay', async (t) => {
  const app = await startTotals(t)
  for (const ItemNumber of ['DW-40', 'BX-1'])
    await app.patch(`${D}/ReleasedProductsV2(dataAreaId='usmf',ItemNumber='${ItemNumber}')`, {
      SalesMultilineDiscountProductGroupCode: 'PUMPS',
    })
  const agreement = {
    dataAreaId: 'usmf',
    PriceType: 'MultiLineDiscSales',
    PriceCurrencyCode: 'USD',
    FromQuantity: 10,
    DiscountPercentage1: 10,
  }
  expect((await app.add('SalesPriceAgreements', { ...agreement, ProductDiscountGroupCode: 'PUMPS' })).AgreementNumber).not.toBe('')
  expect(problemOf(await app.post(`${D}/SalesPriceAgreements`, { ...agreement, ItemNumber: 'DW-40' }))).toContain(
    'A multiline discount cannot be agreed',
  )
  await app.addOrder('SO-1')
  const line = (OrderedSalesQuantity: number, values: Json = {}) =>
    app.addLine('SO-1', { OrderedSalesQuantity, SalesPrice: 100, ...values })
  const figures = async () =>
    (await app.lines('SO-1')).map((each) => [each.MultilineDiscountPercentage, each.LineAmount, each.TotalDiscountAmount])
  await line(6)
  expect(await figures()).toEqual([[0, 600, 0]])
  // The answer to the new line shows what it came to.
  expect(await line(4, { ProductNumber: 'BX-1', SalesUnitSymbol: 'ea' })).toMatchObject({
    MultilineDiscountPercentage: 10,
    LineAmount: 360,
  })
  expect(await figures()).toEqual([
    [10, 540, 60],
    [10, 360, 40],
  ])
  await line(1, { MultilineDiscountPercentage: 50 })
  await line(1, { TotalDiscountAmount: 5 })
  expect((await figures()).slice(2)).toEqual([
    [50, 50, 50],
    [0, 95, 5],
  ])
  const address = (sequence: number) =>
    `${D}/CDSSalesOrderLines(dataAreaId='usmf',SalesOrderNumber='SO-1',LineCreationSequenceNumber=${sequence})`
  expect((await app.delete(address(2))).status).toBe(204)
  expect(await figures()).toEqual([
    [0, 600, 0],
    [50, 50, 50],
    [0, 95, 5],
  ])
  expect((await app.patch(address(1), { OrderedSalesQuantity: 10 })).status).toBe(204)
  expect((await figures())[0]).toEqual([10, 900, 100])
})

test('5.4 5.5 a header without a percentage takes the total discount that is agreed for what its lines come to', async (t) => {
  const app = await startTotals(t)
  const agreement = { dataAreaId: 'usmf', PriceType: 'EndDiscSales', PriceCurrencyCode: 'USD' }
  await app.add('SalesPriceAgreements', { ...agreement, FromQuantity: 200, DiscountPercentage1: 5 })
  await app.add('SalesPriceAgreements', { ...agreement, FromQuantity: 200, DiscountPercentage1: 1, CustomerAccountNumber: 'C-1' })
  await app.addOrder('SO-1')
  await app.addLine('SO-1', { OrderedSalesQuantity: 1, SalesPrice: 199 })
  await runJob(app)
  expect(await app.order('SO-1')).toMatchObject({ TotalDiscountAmount: 0 })
  await app.addLine('SO-1', { OrderedSalesQuantity: 1, SalesPrice: 1 })
  await runJob(app)
  expect(await app.order('SO-1')).toMatchObject({ TotalDiscountAmount: 12, OrderTotalAmount: 203.04 })
  await app.patch(`${D}/SalesOrderHeadersV2(dataAreaId='usmf',SalesOrderNumber='SO-1')`, { TotalDiscountPercentage: 50 })
  await runJob(app)
  expect(await app.order('SO-1')).toMatchObject({ TotalDiscountAmount: 100 })
})

test('5.6 5.7 charges and taxes in another currency, and taxes per unit, are counted in those of the document', async (t) => {
  const app = await startTotals(t)
  await app.add('ExchangeRates', {
    RateTypeName: 'Default',
    FromCurrency: 'NOK',
    ToCurrency: 'USD',
    StartDate: '2025-01-01T12:00:00Z',
    Rate: 10,
    ConversionFactor: 'Hundred',
  })
  await app.add('TaxCodes', { dataAreaId: 'usmf', TaxCode: 'DUTY', TaxBase: 'AmountByUnit', TaxUnitId: 'box', TaxCurrencyCodeId: 'NOK' })
  await app.add('TaxCodeValuesV2', { dataAreaId: 'usmf', TaxCodeId: 'DUTY', Value: 30 })
  await app.add('TaxGroupDatas', { dataAreaId: 'usmf', TaxGroupId: 'TX', TaxCodeId: 'DUTY' })
  await app.add('TaxItemGroups', { dataAreaId: 'usmf', TaxItemGroupCode: 'ALL', TaxCodeId: 'DUTY' })
  await app.addOrder('SO-1')
  await app.addLine('SO-1', { OrderedSalesQuantity: 24, SalesPrice: 1 })
  await app.add('SalesOrderHeaderCharges', {
    ...FREIGHT,
    SalesOrderNumber: 'SO-1',
    ChargeValue: 100,
    CurrencyCode: 'NOK',
    SalesTaxGroupCode: '',
  })
  await runJob(app)
  // 2 boxes at 3.00 USD and 8 percent of 24.00; freight of 10.00 USD.
  expect(await app.order('SO-1')).toMatchObject({ OrderTotalTaxAmount: 7.92, OrderTotalChargesAmount: 10, OrderTotalAmount: 41.92 })
  await app.database.query("delete from exchange_rate where 'NOK' in (from_currency, to_currency)")
  expect(await calculateSalesTotals(app.database, { now: app.clock.now() })).toContain(
    'No exchange rate exists between NOK and USD on 2025-02-11.',
  )
})

/** One operation of a change set. */
const part = (id: number, collection: string, body: Json): string[] => [
  '--changeset_c',
  'Content-Type: application/http',
  'Content-Transfer-Encoding: binary',
  `Content-ID: ${id}`,
  '',
  `POST ${collection}?cross-company=true HTTP/1.1`,
  'Content-Type: application/json',
  '',
  JSON.stringify(body),
]

test('5.6 a change set makes an order with its charges beside the automatic ones, and a package repeats charges without a change', async (t) => {
  const app = await startTotals(t)
  await app.add('SalesAutoCharges', { dataAreaId: 'usmf', ChargeCode: 'HANDLING', ChargeValue: 2 })
  const reply = await app.batch([
    '--batch_hms1',
    'Content-Type: multipart/mixed; boundary=changeset_c',
    '',
    ...part(1, 'CDSSalesOrderHeaders', { dataAreaId: 'usmf', SalesOrderNumber: 'SO-1', OrderingCustomerAccountNumber: 'C-1' }),
    ...part(2, 'SalesOrderHeaderCharges', { ...FREIGHT, SalesOrderNumber: 'SO-1' }),
    '--changeset_c--',
    '--batch_hms1--',
  ])
  expect(reply.text.match(/HTTP\/1.1 201/g)).toHaveLength(2)
  const charges = async () => (await app.get(`${D}/SalesOrderHeaderCharges?$orderby=ChargeLineNumber`)).json.value
  expect(await charges()).toMatchObject([
    { ChargeLineNumber: 1, ChargeCode: 'FREIGHT', ChargeValue: 30 },
    { ChargeLineNumber: 2, ChargeCode: 'HANDLING', ChargeValue: 2 },
  ])
  const row = { SalesOrderNumber: 'SO-1', ChargeLineNumber: '1', ChargeCode: 'FREIGHT', ChargeCategory: 'Fixed', ChargeValue: '31' }
  expect(await app.importRows('SalesOrderHeaderCharge', [row, { ...row, ChargeLineNumber: '3' }])).toMatchObject([
    { ok: true },
    { ok: true },
  ])
  await runJob(app)
  expect(await app.order('SO-1')).toMatchObject({ OrderTotalChargesAmount: 64, AreTotalsUpdated: 'Yes' })
  const before = await charges()
  expect(await app.importRows('SalesOrderHeaderCharge', [row])).toMatchObject([{ ok: true }])
  expect(await charges()).toEqual(before)
  // What says nothing new leaves the totals current.
  expect(await app.order('SO-1')).toMatchObject({ AreTotalsUpdated: 'Yes' })
})

test('twenty clerks add a charge to one order at once and get twenty different numbers', async (t) => {
  const app = await startTotals(t)
  await app.addOrder('SO-1')
  await app.addLine('SO-1')
  const [{ InventoryLotId }] = (await app.get(`${D}/SalesOrderLines`)).json.value
  const writes = Array.from({ length: 20 }, (_, index) =>
    app.post(`${D}/${index % 2 === 0 ? 'SalesOrderHeaderCharges' : 'SalesOrderLineCharges'}`, {
      ...FREIGHT,
      SalesOrderNumber: 'SO-1',
      ...(index % 2 === 1 && { InventoryLotId }),
      ChargeValue: 1,
    }),
  )
  const replies = await Promise.all(writes)
  expect(replies.map(({ status }) => status)).toEqual(Array(20).fill(201))
  for (const even of [0, 1]) {
    const numbers = replies.filter((_, index) => index % 2 === even).map(({ json }) => json.ChargeLineNumber)
    expect(numbers.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  }
  await runJob(app)
  expect(await app.order('SO-1')).toMatchObject({ OrderTotalChargesAmount: 20 })
})
