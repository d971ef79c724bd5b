import { expect, test } from 'vitest'
import { refusalOf } from '../../sales-app.fixture.ts'
import { accepted, KINDS, ofPrice, ofProduct, startPricing, writeIn } from './pricing.fixture.ts'

test.for([
  ['E1 line item', 0, 11, 1090],
  ['E1 per unit', 1, 11, 990],
  ['E2 line item', 0, 200, 19_990],
  ['E2 per unit', 1, 200, 18_000],
] as const)('%s: a line discount of 10 on 100.00', async ([, method, quantity, extendedamount], t) => {
  const p = await startPricing(t)
  await p.set({ discountcalculationmethod: method })
  const quote = await p.document('quote')
  const line = await p.line('quote', quote, ofProduct(await p.product({ price: 100 }), { quantity, manualdiscountamount: 10 }))
  expect(line).toMatchObject({
    priceperunit: 100,
    baseamount: 100 * quantity,
    extendedamount,
    volumediscountamount: 0,
    pricingerrorcode: 0,
  })
  expect(await p.read('quote', quote)).toMatchObject({ totallineitemamount: extendedamount, totalamount: extendedamount })
})

const E3_TOTALS = {
  totallineitemamount: 1009.97,
  totallineitemdiscountamount: 50,
  totaldiscountamount: 176,
  totalamountlessfreight: 883.97,
  totaltax: 80.8,
  totalamount: 1004.77,
}

test('E3 header percentage, header amount and freight on every kind of document', async (t) => {
  const p = await startPricing(t)
  const [first, second] = [await p.product({ price: 250 }), await p.product({ price: 19.99 })]
  for (const kind of KINDS) {
    const header = await p.document(kind, { discountpercentage: 10, discountamount: 25, freightamount: 40, totalamount: 999 })
    expect(await p.line(kind, header, ofProduct(first, { quantity: 4, manualdiscountamount: 50, tax: 76 }))).toMatchObject({
      baseamount: 1000,
      extendedamount: 1026,
    })
    expect(await p.line(kind, header, ofProduct(second, { quantity: 3, tax: 4.8 }))).toMatchObject({
      baseamount: 59.97,
      extendedamount: 64.77,
    })
    expect(await p.read(kind, header)).toMatchObject({ ...E3_TOTALS, pricingerrorcode: 0 })
  }
})

test('E4 E3 in euro: every amount with its twin in the base currency', async (t) => {
  const p = await startPricing(t)
  const { currency, list } = await p.addCurrency('EUR', { precision: 2, rate: '0.92' })
  const first = await p.product({ price: 250, list, currency })
  const second = await p.product({ price: 19.99, list, currency })
  const order = await p.document('salesorder', {
    'pricelevelid@odata.bind': `/pricelevels(${list})`,
    discountpercentage: 10,
    discountamount: 25,
    freightamount: 40,
  })
  await p.line('salesorder', order, ofProduct(first, { quantity: 4, manualdiscountamount: 50, tax: 76 }))
  await p.line('salesorder', order, ofProduct(second, { quantity: 3, tax: 4.8 }))
  expect(await p.read('salesorder', order)).toMatchObject({
    ...E3_TOTALS,
    _transactioncurrencyid_value: currency,
    exchangerate: 0.92,
    totalamount_base: 1092.1413,
    totallineitemamount_base: 1097.7935,
    totalamountlessfreight_base: 960.837,
    totaltax_base: 87.8261,
    freightamount_base: 43.4783,
  })
})

test('E5 a volume discount in per cent is rounded per unit', async (t) => {
  const p = await startPricing(t)
  const discounts = await p.discountList({
    isAmount: false,
    ranges: [
      [10, 49, 5],
      [50, 99, 7.5],
      [100, 99_999, 10],
    ],
  })
  const product = await p.product({ price: 12.35, item: { 'discounttypeid@odata.bind': `/discounttypes(${discounts})` } })
  const quote = await p.document('quote')
  const line = await p.line('quote', quote, ofProduct(product, { quantity: 60, manualdiscountamount: 5.2 }))
  expect(line).toMatchObject({ volumediscountamount: 0.93, baseamount: 685.2, extendedamount: 680 })
  expect(await p.read('quote', quote)).toMatchObject({ totallineitemdiscountamount: 5.2, totalamount: 680 })
})

test('E6 a volume discount as an amount: both ends of a range belong to it', async (t) => {
  const p = await startPricing(t)
  const discounts = await p.discountList({ isAmount: true, ranges: [[2, 5, 5]] })
  const product = await p.product({ price: 499, item: { 'discounttypeid@odata.bind': `/discounttypes(${discounts})` } })
  const quote = await p.document('quote')
  const line = await p.line('quote', quote, ofProduct(product, { quantity: 5 }))
  expect(line).toMatchObject({ volumediscountamount: 5, baseamount: 2470 })
  await accepted(p.changeLine('quote', line, { quantity: 6 }))
  expect((await p.lines('quote', quote))[0]).toMatchObject({ volumediscountamount: 0, baseamount: 2994 })
  expect(await p.line('quote', quote, ofPrice(product, 499, { quantity: 5 }))).toMatchObject({ volumediscountamount: 0, baseamount: 2495 })
})

test('E7 fractions of a unit, as many as the product allows', async (t) => {
  const p = await startPricing(t)
  const [three, two] = [await p.product({ price: 10.37, decimals: 3 }), await p.product({ price: 10.37, decimals: 2 })]
  const quote = await p.document('quote')
  const values = { quantity: 2.345, manualdiscountamount: 0.32, tax: 1.68 }
  expect(await p.line('quote', quote, ofProduct(three, values))).toMatchObject({ baseamount: 24.32, extendedamount: 25.68 })
  expect(refusalOf(await p.tryLine('quote', quote, ofProduct(two, values)))).toBe('400 0x80043b07')
})

test('E8 currencies without decimals, and their base amounts', async (t) => {
  const p = await startPricing(t)
  const yen = await p.addCurrency('JPY', { precision: 0, rate: '147.63' })
  const order = await p.document('salesorder', { 'pricelevelid@odata.bind': `/pricelevels(${yen.list})` })
  expect(await p.line('salesorder', order, writeIn('Survey', 333.33, { quantity: 3 }))).toMatchObject({
    priceperunit: 333.33,
    baseamount: 1000,
    extendedamount: 1000,
  })
  const shown = await p.sales.get(`salesorders(${order})?$select=totalamount,totalamount_base`)
  expect(shown.body).toMatchObject({ totalamount: 1000, totalamount_base: 6.7737 })

  const yuan = await p.addCurrency('CNY', { precision: 2, rate: '7.25' })
  const other = await p.document('salesorder', { 'pricelevelid@odata.bind': `/pricelevels(${yuan.list})` })
  await p.line('salesorder', other, writeIn('Survey', 1000))
  expect(await p.read('salesorder', other)).toMatchObject({ totalamount: 1000, totalamount_base: 137.931 })
})

test('E9 the full line discount is kept undivided', async (t) => {
  const p = await startPricing(t)
  const order = await p.document('salesorder')
  const line = await p.line('salesorder', order, ofProduct(await p.product({ price: 50 }), { quantity: 3, manualdiscountamount: 10 }))
  expect(line).toMatchObject({ baseamount: 150, manualdiscountamount: 10, extendedamount: 140 })
})

test('E10 a header tax as a line of its own', async (t) => {
  const p = await startPricing(t)
  const order = await p.document('salesorder', { freightamount: 30 })
  await p.line('salesorder', order, ofProduct(await p.product({ price: 120 }), { quantity: 2, tax: 24 }))
  expect(await p.line('salesorder', order, writeIn('Freight Tax', 0, { tax: 6 }))).toMatchObject({ baseamount: 0, extendedamount: 6 })
  expect(await p.read('salesorder', order)).toMatchObject({ totallineitemamount: 240, totaltax: 30, totalamount: 300 })
})

test('E11 price list items by cost, margin and list price, with their roundings', async (t) => {
  const p = await startPricing(t)
  const quote = await p.document('quote')
  const values = { price: 80, currentcost: 40, standardcost: 40 }
  const priceOf = async (item: Record<string, number>): Promise<number> =>
    (await p.line('quote', quote, ofProduct(await p.product({ item, values }), { quantity: 1 }))).priceperunit
  expect(await priceOf({ pricingmethodcode: 3, percentage: 35 })).toBe(54)
  expect(await priceOf({ pricingmethodcode: 2, percentage: 90 })).toBe(72)
  const margin = { pricingmethodcode: 4, percentage: 35 }
  expect(await priceOf(margin)).toBe(61.54)
  const quarter = { ...margin, roundingoptioncode: 2, roundingoptionamount: 0.25 }
  expect(await priceOf({ ...quarter, roundingpolicycode: 2 })).toBe(61.75)
  expect(await priceOf({ ...quarter, roundingpolicycode: 3 })).toBe(61.5)
  expect(await priceOf({ ...quarter, roundingpolicycode: 4 })).toBe(61.5)
  const ending = { pricingmethodcode: 5, percentage: 35, roundingoptioncode: 1, roundingoptionamount: 0.99 }
  expect(await priceOf({ ...ending, roundingpolicycode: 2 })).toBe(54.99)
  expect(await priceOf({ ...ending, roundingpolicycode: 3 })).toBe(53.99)
  expect(await priceOf({ ...ending, roundingpolicycode: 4 })).toBe(53.99)
})

test('E12 an order from a won quote keeps its prices until they are unlocked', async (t) => {
  const p = await startPricing(t)
  const { sales } = p
  const product = await p.product({ price: 20 })
  const item = await p.itemOf(product)
  const quote = await p.document('quote')
  await p.line('quote', quote, ofProduct(product, { quantity: 10 }))
  await accepted(p.change('quote', quote, { statecode: 1, statuscode: 2 }))
  await accepted(sales.post('WinQuote', { QuoteClose: { subject: 'Won', 'quoteid@odata.bind': `/quotes(${quote})` }, Status: -1 }))
  const made = await sales.post('ConvertQuoteToSalesOrder', { QuoteId: quote, ColumnSet: { AllColumns: true } })
  const order: string = made.body.salesorderid
  const total = async (): Promise<number> => (await p.read('salesorder', order)).totalamount
  expect(await p.read('salesorder', order)).toMatchObject({ totalamount: 200, ispricelocked: true })
  await accepted(sales.patch(`productpricelevels(${item})`, { amount: 30 }))
  expect(await total()).toBe(200)
  await accepted(sales.post('UnlockSalesOrderPricing', { SalesOrderId: order }))
  expect(await total()).toBe(300)
  await accepted(sales.post(`salesorders(${order})/Microsoft.Dynamics.CRM.LockSalesOrderPricing`, {}))
  await accepted(sales.patch(`productpricelevels(${item})`, { amount: 35 }))
  expect(await total()).toBe(300)
})

test('E13 per unit: the discount times the quantity', async (t) => {
  const p = await startPricing(t)
  await p.set({ discountcalculationmethod: 1 })
  const invoice = await p.document('invoice', { discountpercentage: 5, freightamount: 20 })
  const line = await p.line(
    'invoice',
    invoice,
    ofProduct(await p.product({ price: 100 }), { quantity: 11, manualdiscountamount: 10, tax: 5 }),
  )
  expect(line).toMatchObject({ baseamount: 1100, extendedamount: 995 })
  expect(await p.read('invoice', invoice)).toMatchObject({
    totallineitemamount: 990,
    totallineitemdiscountamount: 110,
    totaldiscountamount: 159.5,
    totalamountlessfreight: 940.5,
    totalamount: 965.5,
  })
})

test('E14 a write-in line beside one of the catalogue', async (t) => {
  const p = await startPricing(t)
  const quote = await p.document('quote', { discountamount: 10, freightamount: 5 })
  expect(await p.line('quote', quote, ofProduct(await p.product({ price: 100 }), { quantity: 1 }))).toMatchObject({ extendedamount: 100 })
  expect(await p.line('quote', quote, writeIn('Crane hire', 15.5, { quantity: 2, manualdiscountamount: 1, tax: 1.24 }))).toMatchObject({
    extendedamount: 31.24,
    ispriceoverridden: true,
    productname: 'Crane hire',
    quotedetailname: 'Crane hire',
    productnumber: null,
  })
  expect(await p.read('quote', quote)).toMatchObject({
    totallineitemamount: 130,
    totaldiscountamount: 11,
    totalamountlessfreight: 120,
    totalamount: 126.24,
  })
})

test('E15 a credit line', async (t) => {
  const p = await startPricing(t)
  const order = await p.document('salesorder', { discountpercentage: 10 })
  const product = await p.product({ price: 80 })
  await p.line('salesorder', order, ofProduct(product, { quantity: 10 }))
  await p.line('salesorder', order, ofProduct(product, { quantity: -2 }))
  expect(await p.read('salesorder', order)).toMatchObject({ totallineitemamount: 640, totaldiscountamount: 64, totalamount: 576 })
})

test('E16 half a cent is rounded away from nought', async (t) => {
  const p = await startPricing(t)
  const quote = await p.document('quote', { discountpercentage: 12.5 })
  await p.line('quote', quote, writeIn('Bolt', 1))
  expect(await p.read('quote', quote)).toMatchObject({ totaldiscountamount: 0.13, totalamount: 0.87 })
})

test('E17 without system pricing clients keep what they write', async (t) => {
  const p = await startPricing(t)
  await p.set({ oobpricecalculationenabled: false })
  const order = await p.document('salesorder', { totalamount: 77, totaltax: 7 })
  expect(await p.read('salesorder', order)).toMatchObject({ totalamount: 77, totaltax: 7, totalamount_base: 77 })
  const line = await p.line(
    'salesorder',
    order,
    ofProduct(await p.product({ price: 20 }), { quantity: 3, priceperunit: 1, extendedamount: 5 }),
  )
  expect(line).toMatchObject({ priceperunit: 1, extendedamount: 5, baseamount: null })
  expect(await p.read('salesorder', order)).toMatchObject({ totalamount: 77 })
  await accepted(p.change('salesorder', order, { totalamount: 78 }))
  expect(await p.read('salesorder', order)).toMatchObject({ totalamount: 78, totaltax: 7 })
  await p.set({ oobpricecalculationenabled: true })
  await accepted(p.change('salesorder', order, { totalamount: 79, freightamount: 1 }))
  expect(await p.read('salesorder', order)).toMatchObject({ totalamount: 6, totallineitemamount: 5 })
})
