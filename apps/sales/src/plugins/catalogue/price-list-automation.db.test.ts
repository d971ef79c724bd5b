import { expect, test } from 'vitest'
import { PRICE_LIST_MISSING } from '../../domain/catalogue/price-list.ts'
import { type Json, refusalOf, type SalesUnderTest, startSales } from '../../sales-app.fixture.ts'

/** What the products template writes, for one product. */
async function anImport(sales: SalesUnderTest, changes: Json = {}): Promise<Json> {
  return {
    name: 'Deck winch DW-40',
    productnumber: 'DW-40',
    price: 3120,
    currentcost: 1999.5,
    producttypecode: 1,
    isstockitem: true,
    quantitydecimal: 0,
    msdynce_ismaintainedexternally: true,
    'transactioncurrencyid@odata.bind': `/transactioncurrencies(${await sales.idOf('transactioncurrencies', "isocurrencycode eq 'EUR'")})`,
    'defaultuomscheduleid@odata.bind': `/uomschedules(${await sales.idOf('uomschedules', "name eq 'default unit'")})`,
    'defaultuomid@odata.bind': `/uoms(${await sales.idOf('uoms', "name eq 'Each'")})`,
    ...changes,
  }
}

const ITEMS =
  'productpricelevels?$select=amount,amount_base,productnumber,pricingmethodcode,quantitysellingcode,roundingpolicycode&$expand=pricelevelid($select=name),uomid($select=name),transactioncurrencyid($select=isocurrencycode)'

async function itemsOf(sales: SalesUnderTest, product: Json): Promise<readonly Json[]> {
  return (await sales.get(`${ITEMS}&$filter=_productid_value eq ${product.productid}&$orderby=createdon`)).body.value
}

test('S4 an imported product gets the list of its currency and one item there', async (t) => {
  const sales = await startSales(t)
  const product = await sales.create('products', await anImport(sales), 'statecode,_pricelevelid_value')
  expect(product).toMatchObject({
    statecode: 2,
    _pricelevelid_value: await sales.idOf('pricelevels', "name eq 'CRM Service Europe (sample)'"),
  })
  expect(await itemsOf(sales, product)).toMatchObject([
    {
      amount: 3120,
      amount_base: 3391.3043,
      productnumber: 'DW-40',
      pricingmethodcode: 1,
      quantitysellingcode: 1,
      roundingpolicycode: 1,
      pricelevelid: { name: 'CRM Service Europe (sample)' },
      uomid: { name: 'Each' },
      transactioncurrencyid: { isocurrencycode: 'EUR' },
    },
  ])
})

test('S4 a changed price changes the item, an unchanged import leaves it alone', async (t) => {
  const sales = await startSales(t)
  const product = await sales.create('products', await anImport(sales))
  const before = await itemsOf(sales, product)
  expect((await sales.patch(`products(${product.productid})`, await anImport(sales))).status).toBe(204)
  expect(await itemsOf(sales, product)).toEqual(before)
  await sales.patch(`products(${product.productid})`, { price: 3300.555 })
  expect(await itemsOf(sales, product)).toMatchObject([{ amount: 3300.56 }])
})

test('S4 another unit or list makes another item and the old one stays', async (t) => {
  const sales = await startSales(t)
  const product = await sales.create('products', await anImport(sales))
  const at = `products(${product.productid})`
  await sales.patch(at, { 'defaultuomid@odata.bind': `/uoms(${await sales.idOf('uoms', "name eq 'Box'")})` })
  expect((await itemsOf(sales, product)).map((item) => item.uomid.name).sort()).toEqual(['Box', 'Each'])
  const list = await sales.create('pricelevels', { name: 'Standard' })
  await sales.patch(at, { 'pricelevelid@odata.bind': `/pricelevels(${list.pricelevelid})` })
  const items = await itemsOf(sales, product)
  expect(items).toHaveLength(3)
  expect(items.find((item) => item.pricelevelid.name === 'Standard')).toMatchObject({
    amount: 3120,
    uomid: { name: 'Box' },
    transactioncurrencyid: { isocurrencycode: 'USD' },
  })
})

test('T9 of the lists of a currency the first active one by name is taken', async (t) => {
  const sales = await startSales(t)
  const yen = await sales.create('transactioncurrencies', {
    isocurrencycode: 'JPY',
    currencyname: '円',
    currencysymbol: '¥',
    currencyprecision: 0,
    exchangerate: 147.63,
  })
  const bind = { 'transactioncurrencyid@odata.bind': `/transactioncurrencies(${yen.transactioncurrencyid})` }

  const refused = await sales.post('products', await anImport(sales, bind))
  expect(refusalOf(refused)).toBe('400 0x80040265')
  expect(refused.body.error.message).toContain(PRICE_LIST_MISSING)
  expect(refused.body.error.message).toContain("'DW-40'")
  expect(refused.body.error.message).toContain("'JPY'")
  expect((await sales.get("products?$filter=productnumber eq 'DW-40'")).body.value).toEqual([])

  await sales.create('pricelevels', { name: 'B', ...bind })
  const closed = await sales.create('pricelevels', { name: '0 closed', ...bind })
  await sales.patch(`pricelevels(${closed.pricelevelid})`, { statecode: 1 })
  await sales.create('pricelevels', { name: 'a', ...bind })
  const product = await sales.create('products', await anImport(sales, bind))
  expect(await itemsOf(sales, product)).toMatchObject([{ pricelevelid: { name: 'a' }, amount: 3120 }])
})

test('S4 a list that the import names is used, whatever its name', async (t) => {
  const sales = await startSales(t)
  const currency = await sales.idOf('transactioncurrencies', "isocurrencycode eq 'EUR'")
  const list = await sales.create('pricelevels', {
    name: 'Zz Standard',
    'transactioncurrencyid@odata.bind': `/transactioncurrencies(${currency})`,
  })
  const product = await sales.create('products', await anImport(sales, { 'pricelevelid@odata.bind': `/pricelevels(${list.pricelevelid})` }))
  expect(await itemsOf(sales, product)).toMatchObject([{ pricelevelid: { name: 'Zz Standard' } }])
})

test('S4 products of Sales itself are left alone', async (t) => {
  const sales = await startSales(t)
  const product = await sales.create('products', await anImport(sales, { msdynce_ismaintainedexternally: false }), '_pricelevelid_value')
  expect(product._pricelevelid_value).toBeNull()
  expect(await itemsOf(sales, product)).toEqual([])
})

test('S4 a product without currency takes the list of the base currency', async (t) => {
  const sales = await startSales(t)
  const { 'transactioncurrencyid@odata.bind': _currency, ...body } = await anImport(sales)
  const product = await sales.create('products', body)
  expect(await itemsOf(sales, product)).toMatchObject([{ pricelevelid: { name: 'CRM Service USA (sample)' } }])
})

test('S4 the number on items follows the product, and imports change active products', async (t) => {
  const sales = await startSales(t)
  const product = await sales.create('products', await anImport(sales))
  const at = `products(${product.productid})`
  expect((await sales.patch(at, { statecode: 0 })).status).toBe(204)
  expect((await sales.patch(at, { productnumber: 'DW-40b', price: 5 })).status).toBe(204)
  expect(await itemsOf(sales, product)).toMatchObject([{ productnumber: 'DW-40b', amount: 5 }])
  expect(refusalOf(await sales.patch(at, { statecode: 1 }))).toBe('400 0x8004f915')
})

test('S4 one bad product of a bulk call refuses the call and names the product', async (t) => {
  const sales = await startSales(t)
  const yen = await sales.create('transactioncurrencies', {
    isocurrencycode: 'JPY',
    currencyname: 'Yen',
    currencysymbol: '¥',
    currencyprecision: 0,
    exchangerate: 147.63,
  })
  const type = { '@odata.type': 'Microsoft.Dynamics.CRM.product' }
  const bad = await anImport(sales, {
    productnumber: 'BAD',
    'transactioncurrencyid@odata.bind': `/transactioncurrencies(${yen.transactioncurrencyid})`,
  })
  const answer = await sales.bulk('products', 'CreateMultiple', [
    { ...type, ...(await anImport(sales)) },
    { ...type, ...bad },
  ])
  expect(answer.body.error).toMatchObject({ code: '0x80040265', message: expect.stringContaining("'BAD'") })
  expect((await sales.get('products')).body.value).toEqual([])
  expect((await sales.get('productpricelevels')).body.value).toEqual([])
})
