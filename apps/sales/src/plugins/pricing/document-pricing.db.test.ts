import { expect, test } from 'vitest'
import { refusalOf } from '../../sales-app.fixture.ts'
import { accepted, ofPrice, ofProduct, type PricingUnderTest, startPricing, writeIn } from './pricing.fixture.ts'

test('the discount of a document may not exceed its lines, whoever shrinks or raises it', async (t) => {
  const p = await startPricing(t)
  const quote = await p.document('quote', { discountamount: 50 })
  const small = await p.line('quote', quote, writeIn('small', 30))
  expect(await p.read('quote', quote)).toMatchObject({ totalamountlessfreight: -20 })
  const large = await p.line('quote', quote, writeIn('large', 70))
  expect(await p.read('quote', quote)).toMatchObject({ totalamountlessfreight: 50 })
  expect(refusalOf(await p.change('quote', quote, { discountamount: 100.01 }))).toBe('400 0x800404f4')
  expect(refusalOf(await p.change('quote', quote, { discountpercentage: 50.01 }))).toBe('400 0x800404f4')
  expect(refusalOf(await p.changeLine('quote', large, { priceperunit: 19.99 }))).toBe('400 0x800404f4')
  expect(refusalOf(await p.sales.remove(`quotedetails(${large.quotedetailid})`))).toBe('400 0x800404f4')
  expect(await p.read('quote', quote)).toMatchObject({ totalamountlessfreight: 50, discountamount: 50 })
  await accepted(p.sales.remove(`quotedetails(${small.quotedetailid})`))
  await accepted(p.sales.remove(`quotedetails(${large.quotedetailid})`))
  expect(await p.read('quote', quote)).toMatchObject({ totallineitemamount: 0 })
})

test('what the other system keeps may come header first', async (t) => {
  const p = await startPricing(t)
  const order = await p.document('salesorder', { msdynce_ismaintainedexternally: true })
  await p.line('salesorder', order, writeIn('x', 10))
  await accepted(p.change('salesorder', order, { discountamount: 25 }))
  await p.line('salesorder', order, writeIn('y', 20))
  expect(await p.read('salesorder', order)).toMatchObject({ totalamountlessfreight: 5 })
})

test('another discount, freight or price list changes the totals at once', async (t) => {
  const p = await startPricing(t)
  const usd = await p.currency('USD')
  const created = await p.sales.create('pricelevels', {
    name: 'Second',
    'transactioncurrencyid@odata.bind': `/transactioncurrencies(${usd})`,
  })
  const product = await p.product({ price: 10 })
  await p.sales.create('productpricelevels', {
    'pricelevelid@odata.bind': `/pricelevels(${created.pricelevelid})`,
    'productid@odata.bind': `/products(${product})`,
    'uomid@odata.bind': `/uoms(${p.unit})`,
    amount: 7,
  })
  const quote = await p.document('quote')
  await p.line('quote', quote, ofProduct(product, { quantity: 10 }))
  await p.line('quote', quote, ofPrice(product, 1, { quantity: 1 }))
  await accepted(p.change('quote', quote, { discountpercentage: 10, freightamount: 3 }))
  expect(await p.read('quote', quote)).toMatchObject({ totaldiscountamount: 10.1, totalamount: 93.9 })
  await accepted(p.change('quote', quote, { discountpercentage: null, freightamount: null }))
  expect(await p.read('quote', quote)).toMatchObject({ totaldiscountamount: 0, totalamount: 101 })
  await accepted(p.change('quote', quote, { 'pricelevelid@odata.bind': `/pricelevels(${created.pricelevelid})` }))
  expect(await p.read('quote', quote)).toMatchObject({ totalamount: 71 })
  await accepted(p.change('quote', quote, { 'pricelevelid@odata.bind': null }))
  expect(await p.read('quote', quote)).toMatchObject({ totalamount: 71, pricingerrorcode: 1 })
  expect((await p.lines('quote', quote)).map((line) => line.pricingerrorcode)).toEqual([2, 0])
})

test('an opportunity that calculates its revenue estimates its total', async (t) => {
  const p = await startPricing(t)
  const opportunity = await p.document('opportunity', { isrevenuesystemcalculated: true, estimatedvalue: 5 })
  expect(await p.read('opportunity', opportunity)).toMatchObject({ estimatedvalue: 0 })
  await p.line('opportunity', opportunity, writeIn('x', 40))
  expect(await p.read('opportunity', opportunity)).toMatchObject({ estimatedvalue: 40, totalamount: 40 })
  await accepted(p.change('opportunity', opportunity, { estimatedvalue: 5 }))
  expect(await p.read('opportunity', opportunity)).toMatchObject({ estimatedvalue: 40 })
  await accepted(p.change('opportunity', opportunity, { isrevenuesystemcalculated: false, estimatedvalue: 5 }))
  expect(await p.read('opportunity', opportunity)).toMatchObject({ estimatedvalue: 5, totalamount: 40 })
  await accepted(p.change('opportunity', opportunity, { isrevenuesystemcalculated: true }))
  expect(await p.read('opportunity', opportunity)).toMatchObject({ estimatedvalue: 40 })
})

test('currencies: of the price list, of the document, of what it was made from', async (t) => {
  const p = await startPricing(t)
  const eur = await p.addCurrency('EUR', { precision: 2, rate: '0.92' })
  const euro = { 'transactioncurrencyid@odata.bind': `/transactioncurrencies(${eur.currency})` }
  const euroList = { 'pricelevelid@odata.bind': `/pricelevels(${eur.list})` }
  const body = { name: 'x', 'customerid_account@odata.bind': `/accounts(${p.account})` }
  expect(refusalOf(await p.sales.post('quotes', { ...body, ...euro, 'pricelevelid@odata.bind': `/pricelevels(${p.list})` }))).toBe(
    '400 0x80048cf6',
  )

  for (const [kind, code] of [
    ['quote', '0x8004480e'],
    ['opportunity', '0x80048479'],
  ] as const) {
    const header = await p.document(kind)
    expect(refusalOf(await p.change(kind, header, euroList))).toBe('400 0x80048cf6')
    await accepted(p.change(kind, header, { ...euro, ...euroList, freightamount: 9.2 }))
    const usd = { 'transactioncurrencyid@odata.bind': `/transactioncurrencies(${await p.currency('USD')})` }
    await p.line(kind, header, writeIn('x', 1))
    expect(refusalOf(await p.change(kind, header, { ...usd, 'pricelevelid@odata.bind': `/pricelevels(${p.list})` }))).toBe(`400 ${code}`)
    expect(await p.read(kind, header)).toMatchObject({
      _transactioncurrencyid_value: eur.currency,
      totalamount: 10.2,
      freightamount_base: 10,
    })
  }
  for (const kind of ['salesorder', 'invoice'] as const) {
    const header = await p.document(kind)
    expect(refusalOf(await p.change(kind, header, { ...euro, ...euroList }))).toBe('400 0x80040203')
    await accepted(p.change(kind, header, { 'transactioncurrencyid@odata.bind': null, name: 'kept' }))
    expect(await p.read(kind, header)).toMatchObject({ _transactioncurrencyid_value: await p.currency('USD'), name: 'kept' })
  }
  const sale = await p.document('opportunity')
  expect(refusalOf(await p.sales.post('quotes', { ...body, ...euroList, 'opportunityid@odata.bind': `/opportunities(${sale})` }))).toBe(
    '400 0x80048cef',
  )
  const order = await p.document('salesorder')
  expect(refusalOf(await p.sales.post('invoices', { ...body, ...euroList, 'salesorderid@odata.bind': `/salesorders(${order})` }))).toBe(
    '400 0x80048ced',
  )
})

/** An order with one catalogue line at 10.00 and one overridden at 3.00. */
async function anOrder(p: PricingUnderTest) {
  const product = await p.product({ price: 10 })
  const order = await p.document('salesorder')
  const line = await p.line('salesorder', order, ofProduct(product, { quantity: 2 }))
  await p.line('salesorder', order, ofPrice(product, 3, { quantity: 1 }))
  return { product, order, line, item: await p.itemOf(product) }
}

const lock = (p: PricingUnderTest, order: string) => p.sales.post(`salesorders(${order})/Microsoft.Dynamics.CRM.LockSalesOrderPricing`, {})

test('open documents follow the catalogue, locked ones and overridden prices do not', async (t) => {
  const p = await startPricing(t)
  const { product, order, item } = await anOrder(p)
  const quote = await p.document('quote')
  await p.line('quote', quote, ofProduct(product, { quantity: 1 }))
  const total = async (): Promise<number> => (await p.read('salesorder', order)).totalamount
  const before = await p.lines('salesorder', order)
  await accepted(p.sales.patch(`productpricelevels(${item})`, { amount: 12 }))
  expect(await total()).toBe(27)
  const after = await p.lines('salesorder', order)
  expect(after[1]?.['@odata.etag']).toBe(before[1]?.['@odata.etag'])
  expect(after[0]?.['@odata.etag']).not.toBe(before[0]?.['@odata.etag'])

  await accepted(p.change('quote', quote, { statecode: 1, statuscode: 2 }))
  await accepted(lock(p, order))
  await accepted(p.sales.patch(`productpricelevels(${item})`, { amount: 20 }))
  expect(await total()).toBe(27)
  expect(await p.read('quote', quote)).toMatchObject({ totalamount: 12 })
  await accepted(p.change('quote', quote, { statecode: 0 }))
  expect(await p.read('quote', quote)).toMatchObject({ totalamount: 20 })
  expect((await p.sales.remove(`productpricelevels(${item})`)).status).toBe(204)
  expect(await p.read('quote', quote)).toMatchObject({ totalamount: 0, pricingerrorcode: 1 })
  expect(await total()).toBe(27)
})

test('a new price is not refused for the sake of a document', async (t) => {
  const p = await startPricing(t)
  const product = await p.product({ price: 10 })
  const quote = await p.document('quote')
  await p.line('quote', quote, ofProduct(product, { quantity: 10 }))
  await accepted(p.change('quote', quote, { discountamount: 90 }))
  const large = await p.document('quote')
  await p.line('quote', large, ofProduct(product, { quantity: 90_000_000_000 }))
  await accepted(p.sales.patch(`productpricelevels(${await p.itemOf(product)})`, { amount: 5 }))
  expect(await p.read('quote', quote)).toMatchObject({ totallineitemamount: 50, totalamount: -40 })
  await accepted(p.sales.patch(`productpricelevels(${await p.itemOf(product)})`, { amount: 20_000 }))
  expect(await p.read('quote', quote)).toMatchObject({ totalamount: 199_910 })
  expect(await p.read('quote', large)).toMatchObject({ totalamount: 450_000_000_000 })
})

test('an order that was handed over keeps its prices', async (t) => {
  const p = await startPricing(t)
  const { order, item } = await anOrder(p)
  await p.sales.database.query('update salesorder set msdynce_processingstatus = 647390001 where salesorderid = $1', [order])
  await accepted(p.sales.patch(`productpricelevels(${item})`, { amount: 12 }))
  expect(await p.read('salesorder', order)).toMatchObject({ totalamount: 23 })
})

test('a price that follows cost or list price follows the product', async (t) => {
  const p = await startPricing(t)
  const product = await p.product({ item: { pricingmethodcode: 3, percentage: 50 }, values: { currentcost: 10 } })
  const quote = await p.document('quote')
  await p.line('quote', quote, ofProduct(product, { quantity: 2 }))
  expect(await p.read('quote', quote)).toMatchObject({ totalamount: 30 })
  await accepted(p.sales.patch(`products(${product})`, { currentcost: 20 }))
  expect(await p.read('quote', quote)).toMatchObject({ totalamount: 60 })
  const eur = await p.addCurrency('EUR', { precision: 2, rate: '0.92' })
  const foreign = await p.sales.post('productpricelevels', {
    'pricelevelid@odata.bind': `/pricelevels(${eur.list})`,
    'productid@odata.bind': `/products(${product})`,
    'uomid@odata.bind': `/uoms(${p.unit})`,
    pricingmethodcode: 2,
    percentage: 90,
  })
  expect(refusalOf(foreign)).toBe('400 0x80048cf9')
})

test('a volume discount stays until the quantity changes, also on a locked order', async (t) => {
  const p = await startPricing(t)
  const discounts = await p.discountList({ isAmount: false, ranges: [[10, 99, 10]] })
  const product = await p.product({ price: 10, item: { 'discounttypeid@odata.bind': `/discounttypes(${discounts})` } })
  const item = await p.itemOf(product)
  const order = await p.document('salesorder')
  const line = await p.line('salesorder', order, ofProduct(product, { quantity: 10 }))
  expect(line).toMatchObject({ volumediscountamount: 1, baseamount: 90 })
  await accepted(p.sales.patch(`productpricelevels(${item})`, { amount: 20 }))
  expect((await p.lines('salesorder', order))[0]).toMatchObject({ priceperunit: 20, volumediscountamount: 1, baseamount: 190 })
  await accepted(lock(p, order))
  await accepted(p.sales.patch(`discounttypes(${discounts})`, { statecode: 1 }))
  await accepted(p.sales.patch(`productpricelevels(${item})`, { amount: 30 }))
  await accepted(p.changeLine('salesorder', line, { quantity: 20 }))
  expect((await p.lines('salesorder', order))[0]).toMatchObject({ priceperunit: 20, volumediscountamount: 2, baseamount: 360 })
  await accepted(p.changeLine('salesorder', line, { quantity: 5 }))
  expect((await p.lines('salesorder', order))[0]).toMatchObject({ priceperunit: 20, volumediscountamount: 0, baseamount: 100 })
})

test('locks: once each, no write-in lines meanwhile, prices of the other system all the same', async (t) => {
  const p = await startPricing(t)
  const { sales } = p
  const { product, order } = await anOrder(p)
  await accepted(sales.post('LockSalesOrderPricing', { SalesOrderId: order }))
  expect(refusalOf(await lock(p, order))).toBe('400 0x80043b1d')
  expect(refusalOf(await p.tryLine('salesorder', order, writeIn('x', 1)))).toBe('400 0x8004022e')
  const elsewhere = await p.line('salesorder', await p.document('salesorder'), writeIn('x', 1))
  const move = { 'salesorderid@odata.bind': `/salesorders(${order})` }
  expect(refusalOf(await p.changeLine('salesorder', elsewhere, move))).toBe('400 0x8004022e')
  expect(await p.line('salesorder', order, ofPrice(product, 77, { quantity: 1 }))).toMatchObject({ priceperunit: 77 })
  await accepted(sales.post('UnlockSalesOrderPricing', { SalesOrderId: order }))
  expect(refusalOf(await sales.post('UnlockSalesOrderPricing', { SalesOrderId: order }))).toBe('400 0x80043b1e')

  const invoice = await p.document('invoice')
  await accepted(sales.post('LockInvoicePricing', { InvoiceId: invoice }))
  expect(refusalOf(await sales.post('LockInvoicePricing', { InvoiceId: invoice }))).toBe('400 0x80043b1d')
  expect(await p.line('invoice', invoice, writeIn('Freight Tax', 0, { msdynce_ismisctax: true, tax: 2 }))).toMatchObject({
    extendedamount: 2,
  })
  await accepted(sales.post('UnlockInvoicePricing', { InvoiceId: invoice }))
  expect(refusalOf(await sales.post('UnlockInvoicePricing', { InvoiceId: invoice }))).toBe('400 0x80043b1e')
  const missing = '00000000-0000-4000-8000-000000000001'
  expect(refusalOf(await sales.post('UnlockInvoicePricing', { InvoiceId: missing }))).toBe('404 0x80040217')
  await accepted(p.change('invoice', invoice, { statecode: 2, statuscode: 100001 }))
  expect(refusalOf(await sales.post('LockInvoicePricing', { InvoiceId: invoice }))).toBe('400 0x8004022e')
})

test('a line added to a locked order gets its price once', async (t) => {
  const p = await startPricing(t)
  const { product, order, item } = await anOrder(p)
  await accepted(lock(p, order))
  const line = await p.line('salesorder', order, ofProduct(product, { quantity: 1, priceperunit: 1 }))
  expect(line).toMatchObject({ priceperunit: 10 })
  await accepted(p.sales.patch(`productpricelevels(${item})`, { amount: 12 }))
  await accepted(p.changeLine('salesorder', line, { quantity: 3 }))
  expect((await p.lines('salesorder', order)).at(-1)).toMatchObject({ priceperunit: 10, extendedamount: 30 })
})

test('CalculatePrice prices a document again, from the document or one of its lines', async (t) => {
  const p = await startPricing(t)
  const { order, line, item } = await anOrder(p)
  await p.set({ oobpricecalculationenabled: false })
  await accepted(p.sales.patch(`productpricelevels(${item})`, { amount: 11 }))
  const target = (type: string, key: string, id: string) => ({ Target: { '@odata.type': `Microsoft.Dynamics.CRM.${type}`, [key]: id } })
  await accepted(p.sales.post('CalculatePrice', target('salesorder', 'salesorderid', order)))
  expect(await p.read('salesorder', order)).toMatchObject({ totalamount: 23 })
  await p.set({ oobpricecalculationenabled: true })
  await accepted(p.sales.post('CalculatePrice', target('salesorder', 'salesorderid', order)))
  expect(await p.read('salesorder', order)).toMatchObject({ totalamount: 25 })
  await p.set({ discountcalculationmethod: 1 })
  await p.sales.database.query('update salesorderdetail set manualdiscountamount = 1 where salesorderdetailid = $1', [
    line.salesorderdetailid,
  ])
  await accepted(
    p.sales.post('CalculatePrice', { ...target('salesorderdetail', 'salesorderdetailid', line.salesorderdetailid), ParentId: order }),
  )
  expect(await p.read('salesorder', order)).toMatchObject({ totalamount: 23, totallineitemdiscountamount: 2 })
  expect((await p.sales.post('CalculatePrice', target('account', 'accountid', p.account))).status).toBe(400)
  expect((await p.sales.post('CalculatePrice', {})).status).toBe(400)
})

test('GetQuantityDecimal tells how many decimals a quantity may have', async (t) => {
  const p = await startPricing(t)
  const product = await p.product({ decimals: 3 })
  const quote = await p.document('quote')
  const call = `GetQuantityDecimal(Target=@t,ProductId=@p,UoMId=@u)?@t={'@odata.id':'quotes(${quote})'}&@p=${product}&@u=${p.unit}`
  const answer = await p.sales.get(call)
  expect(answer.body).toMatchObject({ Quantity: 3 })
  expect(answer.body['@odata.context']).toContain('#Microsoft.Dynamics.CRM.GetQuantityDecimalResponse')
  const missing = '00000000-0000-4000-8000-000000000001'
  expect(refusalOf(await p.sales.get(`GetQuantityDecimal(ProductId=${missing})`))).toBe('404 0x80040217')
})

test('lines opt out of pricing, for their creation or their changes', async (t) => {
  const p = await startPricing(t)
  const product = await p.product({ price: 10 })
  const quote = await p.document('quote')
  const given = { quantity: 2, priceperunit: 4, baseamount: 8, extendedamount: 9, tax: 1 }
  const line = await p.line('quote', quote, ofProduct(product, { ...given, skippricecalculation: 1 }))
  expect(line).toMatchObject({ priceperunit: 4, baseamount: 8, extendedamount: 9 })
  expect(await p.read('quote', quote)).toMatchObject({ totallineitemamount: 8, totaltax: 1, totalamount: 9 })
  await accepted(p.changeLine('quote', line, { quantity: 3 }))
  expect((await p.lines('quote', quote))[0]).toMatchObject({ priceperunit: 10, extendedamount: 31 })
  await accepted(p.changeLine('quote', line, { skippricecalculation: 2, extendedamount: 5 }))
  expect(await p.read('quote', quote)).toMatchObject({ totalamount: 5 })
  await p.set({ enablepricingoncreate: false })
  expect(await p.line('quote', quote, ofProduct(product, given))).toMatchObject({ priceperunit: 4, extendedamount: 9 })
})

test('a document that opts out does not follow the catalogue by itself', async (t) => {
  const p = await startPricing(t)
  const { order, line, item } = await anOrder(p)
  await accepted(p.change('salesorder', order, { skippricecalculation: 1 }))
  await accepted(p.sales.patch(`productpricelevels(${item})`, { amount: 12 }))
  expect(await p.read('salesorder', order)).toMatchObject({ totalamount: 23 })
  await accepted(p.changeLine('salesorder', line, { tax: 1 }))
  expect(await p.read('salesorder', order)).toMatchObject({ totalamount: 28 })
})

test('with integrated order processing the integration writes its own amounts', async (t) => {
  const p = await startPricing(t)
  await p.set({ issopintegrationenabled: true })
  const order = await p.document('salesorder', { totalamount: 50 })
  const line = await p.line('salesorder', order, writeIn('x', 10, { baseamount: 40, extendedamount: 41 }))
  expect(line).toMatchObject({ baseamount: 40, extendedamount: 41 })
  expect(await p.read('salesorder', order)).toMatchObject({ totalamount: 50 })
  const quote = await p.document('quote', { totalamount: 50 })
  await p.line('quote', quote, writeIn('x', 10, { extendedamount: 41 }))
  expect(await p.read('quote', quote)).toMatchObject({ totalamount: 10 })
})
