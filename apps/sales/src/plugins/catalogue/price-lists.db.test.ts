import { expect, test } from 'vitest'
import { type Json, refusalOf, type SalesUnderTest, startSales } from '../../sales-app.fixture.ts'

const USA = "name eq 'CRM Service USA (sample)'"

async function aProduct(sales: SalesUnderTest, number: string): Promise<Json> {
  return sales.create('products', {
    name: number,
    productnumber: number,
    'defaultuomscheduleid@odata.bind': `/uomschedules(${await sales.idOf('uomschedules', "name eq 'Default Unit'")})`,
    'defaultuomid@odata.bind': `/uoms(${await sales.idOf('uoms', "name eq 'Each'")})`,
  })
}

async function anItem(sales: SalesUnderTest, product: Json, changes: Json = {}): Promise<Json> {
  return {
    'pricelevelid@odata.bind': `/pricelevels(${await sales.idOf('pricelevels', USA)})`,
    'productid@odata.bind': `/products(${product.productid})`,
    'uomid@odata.bind': `/uoms(${await sales.idOf('uoms', "name eq 'Each'")})`,
    amount: 10,
    ...changes,
  }
}

test('names of price lists are needed and unique', async (t) => {
  const sales = await startSales(t)
  expect(refusalOf(await sales.post('pricelevels', { description: 'x' }))).toBe('400 0x80043b0e')
  expect(refusalOf(await sales.post('pricelevels', { name: 'crm service usa (SAMPLE)' }))).toBe('400 0x80043b0f')
  const list = await sales.create('pricelevels', { name: 'Wholesale' }, 'statecode,statuscode,_transactioncurrencyid_value')
  const dollar = await sales.idOf('transactioncurrencies', "isocurrencycode eq 'USD'")
  expect(list).toMatchObject({ statecode: 0, statuscode: 100001, _transactioncurrencyid_value: dollar })
  const at = `pricelevels(${list.pricelevelid})`
  expect(refusalOf(await sales.patch(at, { name: 'CRM Service Europe (sample)' }))).toBe('400 0x80043b0f')
  expect((await sales.patch(at, { name: 'WHOLESALE' })).status).toBe(204)
})

test('a list that is somebody’s default can neither be deactivated nor deleted', async (t) => {
  const sales = await startSales(t)
  for (const set of ['accounts', 'contacts']) {
    const list = await sales.create('pricelevels', { name: `List of ${set}` })
    const at = `pricelevels(${list.pricelevelid})`
    await sales.create(set, { [set === 'accounts' ? 'name' : 'lastname']: 'x', 'defaultpricelevelid@odata.bind': `/${at}` })
    expect(refusalOf(await sales.patch(at, { statecode: 1 }))).toBe('400 0x80043b04')
    expect(refusalOf(await sales.remove(at))).toBe('405 0x80040227')
  }
  const free = await sales.create('pricelevels', { name: 'Free' })
  expect((await sales.patch(`pricelevels(${free.pricelevelid})`, { statecode: 1 })).status).toBe(204)
  expect((await sales.get(`pricelevels(${free.pricelevelid})?$select=statuscode`)).body.statuscode).toBe(100002)
  expect((await sales.remove(`pricelevels(${free.pricelevelid})`)).status).toBe(204)
})

test('the currency of a list is fixed once it has items', async (t) => {
  const sales = await startSales(t)
  const list = await sales.create('pricelevels', { name: 'Fixed' })
  const at = `pricelevels(${list.pricelevelid})`
  const euro = {
    'transactioncurrencyid@odata.bind': `/transactioncurrencies(${await sales.idOf('transactioncurrencies', "isocurrencycode eq 'EUR'")})`,
  }
  const pound = {
    'transactioncurrencyid@odata.bind': `/transactioncurrencies(${await sales.idOf('transactioncurrencies', "isocurrencycode eq 'GBP'")})`,
  }
  expect((await sales.patch(at, euro)).status).toBe(204)
  const product = await aProduct(sales, 'P-1')
  await sales.create('productpricelevels', await anItem(sales, product, { 'pricelevelid@odata.bind': `/${at}` }))
  expect(refusalOf(await sales.patch(at, pound))).toBe('400 0x80040265')
  expect((await sales.patch(at, euro)).status).toBe(204)
})

test('an item copies number, unit group and currency, and is the only one of its unit', async (t) => {
  const sales = await startSales(t)
  const product = await aProduct(sales, 'P-1')
  const item = await sales.create(
    'productpricelevels',
    await anItem(sales, product),
    'productnumber,_uomscheduleid_value,_transactioncurrencyid_value,_organizationid_value,amount_base',
  )
  expect(item).toMatchObject({
    productnumber: 'P-1',
    amount_base: 10,
    _uomscheduleid_value: await sales.idOf('uomschedules', "name eq 'Default Unit'"),
    _transactioncurrencyid_value: await sales.idOf('transactioncurrencies', "isocurrencycode eq 'USD'"),
    _organizationid_value: (await sales.get('organizations')).body.value[0].organizationid,
  })
  expect(refusalOf(await sales.post('productpricelevels', await anItem(sales, product)))).toBe('400 0x80043b08')
  const box = { 'uomid@odata.bind': `/uoms(${await sales.idOf('uoms', "name eq 'Box'")})` }
  const second = await sales.create('productpricelevels', await anItem(sales, product, box))
  const each = { 'uomid@odata.bind': `/uoms(${await sales.idOf('uoms', "name eq 'Each'")})` }
  expect(refusalOf(await sales.patch(`productpricelevels(${second.productpricelevelid})`, each))).toBe('400 0x80043b08')
})

test('items refuse units of other groups, families, retired products and impossible percentages', async (t) => {
  const sales = await startSales(t)
  const product = await aProduct(sales, 'P-1')
  const other = await sales.create('uomschedules', { name: 'Time', baseuomname: 'Minute' })
  const minute = { 'uomid@odata.bind': `/uoms(${await sales.idOf('uoms', `_uomscheduleid_value eq ${other.uomscheduleid}`)})` }
  expect(refusalOf(await sales.post('productpricelevels', await anItem(sales, product, minute)))).toBe('400 0x80043b14')
  const percent = { pricingmethodcode: 2, percentage: 100000 }
  expect(refusalOf(await sales.post('productpricelevels', await anItem(sales, product, percent)))).toBe('400 0x80043b0c')
  const family = await sales.create('products', { name: 'Family', productnumber: 'F', productstructure: 2 })
  expect(refusalOf(await sales.post('productpricelevels', await anItem(sales, family)))).toBe('400 0x8004f902')
  await sales.patch(`products(${product.productid})`, { statecode: 0 })
  await sales.patch(`products(${product.productid})`, { statecode: 1 })
  expect(refusalOf(await sales.post('productpricelevels', await anItem(sales, product)))).toBe('400 0x80061009')
})

test('a unit group comes with its base unit, and units keep to their group', async (t) => {
  const sales = await startSales(t)
  expect(refusalOf(await sales.post('uomschedules', { name: 'No base' }))).toBe('400 0x80043810')
  const group = await sales.create('uomschedules', { name: 'Time', baseuomname: 'Minute' })
  const units = async (): Promise<readonly Json[]> =>
    (
      await sales.get(
        `uomschedules(${group.uomscheduleid})/unit_of_measurement_schedule_conversions?$select=name,quantity,isschedulebaseuom,_baseuom_value&$orderby=quantity`,
      )
    ).body.value
  const [base] = await units()
  expect(base).toMatchObject({ name: 'Minute', quantity: 1, isschedulebaseuom: true, _baseuom_value: null })
  const inGroup = { 'uomscheduleid@odata.bind': `/uomschedules(${group.uomscheduleid})` }
  const hour = await sales.create(
    'uoms',
    { name: 'Hour', quantity: 60, isschedulebaseuom: true, ...inGroup },
    'isschedulebaseuom,_baseuom_value',
  )
  expect(hour).toMatchObject({ isschedulebaseuom: false, _baseuom_value: base?.uomid })

  expect(refusalOf(await sales.post('uoms', { name: 'HOUR', quantity: 60, ...inGroup }))).toBe('412 0x80040237')
  const foreign = { 'baseuom@odata.bind': `/uoms(${await sales.idOf('uoms', "name eq 'Each'")})` }
  expect(refusalOf(await sales.post('uoms', { name: 'Day', quantity: 1, ...inGroup, ...foreign }))).toBe('400 0x80043b0b')
  expect(refusalOf(await sales.patch(`uoms(${base?.uomid})`, { 'baseuom@odata.bind': `/uoms(${hour.uomid})` }))).toBe('400 0x80043b17')
  expect(refusalOf(await sales.patch(`uoms(${hour.uomid})`, { 'baseuom@odata.bind': `/uoms(${hour.uomid})` }))).toBe('400 0x80043b1a')
  expect(refusalOf(await sales.remove(`uoms(${base?.uomid})`))).toBe('400 0x80043b03')
  expect((await sales.remove(`uomschedules(${group.uomscheduleid})`)).status).toBe(204)
  expect((await sales.get(`uoms?$filter=_uomscheduleid_value eq ${group.uomscheduleid}`)).body.value).toEqual([])
})

test('a unit stays in its group, whose base unit it never becomes', async (t) => {
  const sales = await startSales(t)
  const [pieces, hours] = await Promise.all(
    ['Piece', 'Hour'].map(async (baseuomname) => {
      const { uomscheduleid } = await sales.create('uomschedules', { name: `Group ${baseuomname}`, baseuomname }, 'uomscheduleid')
      const bind = { 'uomscheduleid@odata.bind': `/uomschedules(${uomscheduleid})` }
      return { bind, base: await sales.idOf('uoms', `_uomscheduleid_value eq ${uomscheduleid}`) }
    }),
  )
  expect(refusalOf(await sales.patch(`uoms(${pieces?.base})`, { ...hours?.bind }))).toBe('400 0x80040203')
  const box = await sales.create('uoms', { name: 'Box', quantity: 10, ...pieces?.bind }, 'uomid')
  const toHours = { ...hours?.bind, 'baseuom@odata.bind': `/uoms(${hours?.base})` }
  expect(refusalOf(await sales.patch(`uoms(${box.uomid})`, toHours))).toBe('400 0x80040203')
  expect((await sales.patch(`uoms(${box.uomid})`, { 'baseuom@odata.bind': null })).status).toBe(204)
  const units = await sales.get('uoms?$select=name,isschedulebaseuom,_baseuom_value')
  expect(units.body.value).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ name: 'Piece', isschedulebaseuom: true, _baseuom_value: null }),
      expect.objectContaining({ name: 'Box', isschedulebaseuom: false, _baseuom_value: pieces?.base }),
    ]),
  )
})

test('currencies have one code each and the base currency is fixed', async (t) => {
  const sales = await startSales(t)
  const yen = { isocurrencycode: 'jpy', currencyname: 'Yen', currencysymbol: '¥', currencyprecision: 0, exchangerate: 147.63 }
  await sales.create('transactioncurrencies', yen)
  expect(refusalOf(await sales.post('transactioncurrencies', { ...yen, isocurrencycode: 'JPY' }))).toBe('400 0x80048cf3')
  const base = `transactioncurrencies(${await sales.idOf('transactioncurrencies', "isocurrencycode eq 'USD'")})`
  expect(refusalOf(await sales.patch(base, { exchangerate: 2 }))).toBe('400 0x80048cf5')
  expect((await sales.patch(base, { exchangerate: 1.0, currencysymbol: 'US$' })).status).toBe(204)
  expect(refusalOf(await sales.patch(base, { statecode: 1 }))).toBe('400 0x80048cf4')
  expect(refusalOf(await sales.remove(base))).toBe('400 0x80048cff')
  const euro = `transactioncurrencies(${await sales.idOf('transactioncurrencies', "isocurrencycode eq 'EUR'")})`
  expect(refusalOf(await sales.remove(euro))).toBe('405 0x80040227')
  expect((await sales.patch(euro, { exchangerate: 0.95 })).status).toBe(204)
})
