import { expect, test } from 'vitest'
import { type Json, refusalOf, type SalesUnderTest, startSales } from '../../sales-app.fixture.ts'

const currencyOf = (sales: SalesUnderTest): Promise<string> => sales.idOf('transactioncurrencies', "isocurrencycode eq 'USD'")
const aList = (sales: SalesUnderTest, values: Json = {}): Promise<Json> => sales.create('discounttypes', { name: 'Volume', ...values })
const anAmountList = async (sales: SalesUnderTest): Promise<Json> =>
  aList(sales, { isamounttype: true, 'transactioncurrencyid@odata.bind': `/transactioncurrencies(${await currencyOf(sales)})` })
const range = (list: Json, low: number, high: number, values: Json = { percentage: 5 }): Json => ({
  lowquantity: low,
  highquantity: high,
  ...values,
  'discounttypeid@odata.bind': `/discounttypes(${list.discounttypeid})`,
})

test('a list of amounts has a currency, one of percentages has none, and neither becomes the other', async (t) => {
  const sales = await startSales(t)
  const usd = { 'transactioncurrencyid@odata.bind': `/transactioncurrencies(${await currencyOf(sales)})` }
  expect(refusalOf(await sales.post('discounttypes', { name: 'x', isamounttype: true }))).toBe('400 0x80048cf7')
  expect(refusalOf(await sales.post('discounttypes', { name: 'x', ...usd }))).toBe('400 0x80048cf1')
  expect(refusalOf(await sales.post('discounttypes', { isamounttype: false }))).toBe('400 0x80040200')
  const percentages = await aList(sales)
  expect(percentages).toMatchObject({ isamounttype: false, statecode: 0, statuscode: 100001, _transactioncurrencyid_value: null })
  expect(refusalOf(await sales.patch(`discounttypes(${percentages.discounttypeid})`, { isamounttype: true, ...usd }))).toBe(
    '400 0x80040203',
  )
  expect(refusalOf(await sales.patch(`discounttypes(${percentages.discounttypeid})`, usd))).toBe('400 0x80048cf1')
  expect((await sales.patch(`discounttypes(${percentages.discounttypeid})`, { isamounttype: false, name: 'Renamed' })).status).toBe(204)
  const amounts = await anAmountList(sales)
  expect(refusalOf(await sales.patch(`discounttypes(${amounts.discounttypeid})`, { 'transactioncurrencyid@odata.bind': null }))).toBe(
    '400 0x80048cf7',
  )
})

test('a discount gives what its list gives, and copies its kind and currency', async (t) => {
  const sales = await startSales(t)
  const [percentages, amounts] = [await aList(sales), await anAmountList(sales)]
  const post = async (body: Json): Promise<string> => refusalOf(await sales.post('discounts', body))
  expect(await post(range(percentages, 1, 9, { amount: 5 }))).toBe('400 0x80043b21')
  expect(await post(range(amounts, 1, 9, { percentage: 5 }))).toBe('400 0x80043b20')
  expect(await post(range(amounts, 1, 9, { amount: 5, percentage: 5 }))).toBe('400 0x80043b1f')
  expect(await post(range(percentages, 1, 9, { amount: 5, percentage: 5 }))).toBe('400 0x80043b1f')
  expect(await post(range(percentages, 9, 1))).toBe('400 0x80040203')
  expect(await post(range(percentages, 0, 1))).toBe('400 0x80044330')
  expect(await post({ lowquantity: 1, highquantity: 2, percentage: 5 })).toBe('400 0x80040200')
  expect(await post({ ...range(percentages, 1, 2), highquantity: null })).toBe('400 0x80040200')
  const stored = await sales.create('discounts', range(amounts, 2, 5, { amount: 5, isamounttype: false }))
  expect(stored).toMatchObject({ isamounttype: true, amount: 5, _transactioncurrencyid_value: amounts._transactioncurrencyid_value })
  expect(refusalOf(await sales.patch(`discounts(${stored.discountid})`, { percentage: 5 }))).toBe('400 0x80043b1f')
  expect(refusalOf(await sales.patch(`discounts(${stored.discountid})`, { percentage: 5, amount: null }))).toBe('400 0x80043b20')
  expect((await sales.patch(`discounts(${stored.discountid})`, { amount: 6 })).status).toBe(204)
})

test('ranges of one list do not overlap, both ends included; other lists have their own', async (t) => {
  const sales = await startSales(t)
  const [one, two] = [await aList(sales), await aList(sales)]
  const post = async (list: Json, low: number, high: number): Promise<string> =>
    refusalOf(await sales.post('discounts', range(list, low, high)))
  expect(await post(one, 10, 49)).toBe('204')
  expect(await post(one, 50, 99)).toBe('204')
  expect(await post(one, 99, 120)).toBe('400 0x80043b02')
  expect(await post(one, 1, 10)).toBe('400 0x80043b02')
  expect(await post(one, 20, 30)).toBe('400 0x80043b02')
  expect(await post(two, 20, 30)).toBe('204')
  const first = await sales.idOf('discounts', 'lowquantity eq 10')
  expect(refusalOf(await sales.patch(`discounts(${first})`, { highquantity: 50 }))).toBe('400 0x80043b02')
  expect((await sales.patch(`discounts(${first})`, { highquantity: 49.5 })).status).toBe(204)
  const type = { '@odata.type': 'Microsoft.Dynamics.CRM.discount' }
  const within = await sales.bulk('discounts', 'CreateMultiple', [
    { ...type, ...range(two, 100, 200) },
    { ...type, ...range(two, 150, 250) },
  ])
  expect(refusalOf(within)).toBe('400 0x80043b02')
  expect((await sales.get('discounts/$count')).text).toMatch(/3$/)
})

test('of eight overlapping ranges that come at once one stands', async (t) => {
  const sales = await startSales(t)
  const list = await aList(sales)
  const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => sales.post('discounts', range(list, 10 + n, 100 + n))))
  expect(answers.map(refusalOf).sort()).toEqual(['204', ...Array.from({ length: 7 }, () => '400 0x80043b02')])
})

test('a list comes with its discounts in one call and takes them along when it goes', async (t) => {
  const sales = await startSales(t)
  const discounts = [
    { lowquantity: 1, highquantity: 9, percentage: 5 },
    { lowquantity: 10, highquantity: 99, percentage: 7.5 },
  ]
  const list = await sales.create('discounttypes', { name: 'Deep', discount_type_discounts: discounts })
  expect((await sales.get(`discounttypes(${list.discounttypeid})/discount_type_discounts`)).body.value).toHaveLength(2)
  expect((await sales.remove(`discounttypes(${list.discounttypeid})`)).status).toBe(204)
  expect((await sales.get('discounts')).body.value).toEqual([])
})

test('a price list item uses a list of amounts in its own currency only', async (t) => {
  const sales = await startSales(t)
  const eur = await sales.create('transactioncurrencies', {
    currencyname: 'Crown',
    isocurrencycode: 'XCR',
    currencysymbol: 'x',
    currencyprecision: 2,
    exchangerate: 0.9,
  })
  const amounts = await anAmountList(sales)
  const percentages = await aList(sales)
  const prices = await sales.create('pricelevels', {
    name: 'Crowns',
    'transactioncurrencyid@odata.bind': `/transactioncurrencies(${eur.transactioncurrencyid})`,
  })
  const [group, each] = [await sales.idOf('uomschedules', "name eq 'Default Unit'"), await sales.idOf('uoms', "name eq 'Each'")]
  const product = await sales.create('products', {
    name: 'Winch',
    productnumber: 'W-1',
    'defaultuomscheduleid@odata.bind': `/uomschedules(${group})`,
    'defaultuomid@odata.bind': `/uoms(${each})`,
  })
  const item = {
    amount: 10,
    'pricelevelid@odata.bind': `/pricelevels(${prices.pricelevelid})`,
    'productid@odata.bind': `/products(${product.productid})`,
    'uomid@odata.bind': `/uoms(${each})`,
  }
  const using = (list: Json) => ({ 'discounttypeid@odata.bind': `/discounttypes(${list.discounttypeid})` })
  expect(refusalOf(await sales.post('productpricelevels', { ...item, ...using(amounts) }))).toBe('400 0x80048cf8')
  const stored = await sales.create('productpricelevels', { ...item, ...using(percentages) })
  expect(refusalOf(await sales.patch(`productpricelevels(${stored.productpricelevelid})`, using(amounts)))).toBe('400 0x80048cf8')
  expect((await sales.patch(`productpricelevels(${stored.productpricelevelid})`, { 'discounttypeid@odata.bind': null })).status).toBe(204)
})
