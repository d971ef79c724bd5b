import { expect, test } from 'vitest'
import { type Json, refusalOf, type SalesUnderTest, startSales } from '../../sales-app.fixture.ts'

const STATE = 'statecode,statuscode'

async function aUnit(sales: SalesUnderTest): Promise<Json> {
  const group = await sales.idOf('uomschedules', "name eq 'default unit'")
  const unit = await sales.idOf('uoms', "name eq 'each'")
  return { 'defaultuomscheduleid@odata.bind': `/uomschedules(${group})`, 'defaultuomid@odata.bind': `/uoms(${unit})` }
}

test('a new product is Draft, not maintained externally and of two decimals', async (t) => {
  const sales = await startSales(t)
  const product = await sales.create(
    'products',
    { name: 'Dekkvinsj DW-40', productnumber: 'DW-40', price: 12.345, statecode: 0, ...(await aUnit(sales)) },
    `${STATE},productstructure,quantitydecimal,producttypecode,msdynce_ismaintainedexternally,price,price_base,_pricelevelid_value`,
  )
  expect(product).toMatchObject({
    statecode: 2,
    statuscode: 0,
    productstructure: 1,
    quantitydecimal: 2,
    producttypecode: 1,
    msdynce_ismaintainedexternally: false,
    price: 12.35,
    price_base: 12.35,
    _pricelevelid_value: null,
  })
})

test('products without family start Active where the organisation says so', async (t) => {
  const sales = await startSales(t)
  const organization = (await sales.get('organizations')).body.value[0].organizationid
  await sales.patch(`organizations(${organization})`, { createproductswithoutparentinactivestate: true })
  const family = await sales.create('products', { name: 'Winches', productnumber: 'F-1', productstructure: 2 }, STATE)
  expect(family).toMatchObject({ statecode: 2, statuscode: 0 })
  const child = await sales.create(
    'products',
    { name: 'Child', productnumber: 'C-1', 'parentproductid@odata.bind': `/products(${family.productid})` },
    STATE,
  )
  expect(child).toMatchObject({ statecode: 2, statuscode: 0 })
  const alone = await sales.create('products', { name: 'Alone', productnumber: 'A-1' }, STATE)
  expect(alone).toMatchObject({ statecode: 0, statuscode: 1 })
})

test('product numbers are needed and unique without regard to case', async (t) => {
  const sales = await startSales(t)
  expect(refusalOf(await sales.post('products', { name: 'No number' }))).toBe('400 0x80043b05')
  expect(refusalOf(await sales.post('products', { name: 'No number', productnumber: '' }))).toBe('400 0x80043b05')
  const product = await sales.create('products', { name: 'Winch', productnumber: 'DW-40' })
  expect(refusalOf(await sales.post('products', { name: 'Other', productnumber: 'dw-40' }))).toBe('400 0x80043b06')
  const type = { '@odata.type': 'Microsoft.Dynamics.CRM.product' }
  const twice = [
    { ...type, name: 'a', productnumber: 'Ø-1' },
    { ...type, name: 'b', productnumber: 'ø-1' },
  ]
  expect(refusalOf(await sales.bulk('products', 'CreateMultiple', twice))).toBe('400 0x80043b06')
  const at = `products(${product.productid})`
  expect(refusalOf(await sales.patch(at, { productnumber: null }))).toBe('400 0x80043b05')
  expect((await sales.patch(at, { productnumber: 'DW-40', name: 'Same number' })).status).toBe(204)
  await sales.create('products', { name: 'Other', productnumber: 'DW-41' })
  expect(refusalOf(await sales.patch(at, { productnumber: 'DW-41' }))).toBe('400 0x80043b06')
})

test('of products with one number written at the same time one is stored', async (t) => {
  const sales = await startSales(t)
  const answers = await Promise.all(
    Array.from({ length: 6 }, (_, at) => sales.post('products', { name: `Race ${at}`, productnumber: 'RACE' })),
  )
  expect(answers.map((answer) => answer.status).sort()).toEqual([204, 400, 400, 400, 400, 400])
})

test('the default unit belongs to the unit group', async (t) => {
  const sales = await startSales(t)
  const other = await sales.create('uomschedules', { name: 'Time', baseuomname: 'Minute' })
  const unit = await aUnit(sales)
  const group = { 'defaultuomscheduleid@odata.bind': `/uomschedules(${other.uomscheduleid})` }
  expect(refusalOf(await sales.post('products', { name: 'x', productnumber: 'X', ...unit, ...group }))).toBe('400 0x80043b16')
  const { 'defaultuomid@odata.bind': each } = unit
  expect(refusalOf(await sales.post('products', { name: 'x', productnumber: 'X', 'defaultuomid@odata.bind': each }))).toBe('400 0x80043b13')
  const product = await sales.create('products', { name: 'x', productnumber: 'X', ...unit })
  expect(refusalOf(await sales.patch(`products(${product.productid})`, group))).toBe('400 0x80043b16')
})

test('the life of a product over HTTP', async (t) => {
  const sales = await startSales(t)
  const product = await sales.create('products', { name: 'Winch', productnumber: 'DW-40', price: 10 })
  const at = `products(${product.productid})`
  const move = async (statecode: number): Promise<string> => refusalOf(await sales.patch(at, { statecode }))
  expect(await move(1)).toBe('400 0x8004f978')
  expect(await move(0)).toBe('204')
  expect(await move(0)).toBe('400 0x8004f982')
  expect(await move(2)).toBe('400 0x8004f912')
  expect(refusalOf(await sales.patch(at, { productstructure: 2 }))).toBe('400 0x8004f995')
  expect(await move(3)).toBe('204')
  await sales.patch(at, { price: 99, name: 'Winch, revised' })
  expect((await sales.post(`${at}/Microsoft.Dynamics.CRM.RevertProduct`, {})).status).toBe(204)
  expect((await sales.get(`${at}?$select=name,price,${STATE}`)).body).toMatchObject({
    name: 'Winch',
    price: 10,
    statecode: 0,
    statuscode: 1,
  })
  expect(refusalOf(await sales.post(`${at}/Microsoft.Dynamics.CRM.RevertProduct`, {}))).toBe('400 0x8004f90a')
  expect(await move(1)).toBe('204')
  expect(await move(2)).toBe('400 0x8004f979')
  expect(await move(0)).toBe('204')
})

test('a family takes its products along', async (t) => {
  const sales = await startSales(t)
  const family = await sales.create('products', { name: 'Winches', productnumber: 'F-1', productstructure: 2 })
  const bind = { 'parentproductid@odata.bind': `/products(${family.productid})` }
  const child = await sales.create('products', { name: 'Winch', productnumber: 'W-1', ...bind }, 'hierarchypath')
  expect(child.hierarchypath).toBe('Winches')
  const at = { family: `products(${family.productid})`, child: `products(${child.productid})` }
  expect(refusalOf(await sales.patch(at.child, { statecode: 0 }))).toBe('400 0x8004f909')
  expect((await sales.post(`${at.family}/Microsoft.Dynamics.CRM.PublishProductHierarchy`, {})).status).toBe(204)
  const stateOf = async (path: string): Promise<number> => (await sales.get(`${path}?$select=statecode`)).body.statecode
  expect([await stateOf(at.family), await stateOf(at.child)]).toEqual([0, 0])
  await sales.patch(at.family, { statecode: 3 })
  expect([await stateOf(at.family), await stateOf(at.child)]).toEqual([3, 3])
  await sales.post(`${at.family}/Microsoft.Dynamics.CRM.PublishProductHierarchy`, {})
  await sales.patch(at.family, { statecode: 1 })
  expect([await stateOf(at.family), await stateOf(at.child)]).toEqual([1, 1])
  expect(refusalOf(await sales.patch(at.child, { statecode: 0 }))).toBe('400 0x80081017')
})

test('a parent is a family, and a family not its own', async (t) => {
  const sales = await startSales(t)
  const winch = await sales.create('products', { name: 'Winch', productnumber: 'W-1' })
  const child = { name: 'Drum', productnumber: 'D-1', 'parentproductid@odata.bind': `/products(${winch.productid})` }
  expect(refusalOf(await sales.post('products', child))).toBe('400 0x8004f973')
  const family = await sales.create('products', { name: 'Family', productnumber: 'F-1', productstructure: 2 })
  const self = { 'parentproductid@odata.bind': `/products(${family.productid})` }
  expect((await sales.patch(`products(${family.productid})`, self)).status).toBe(400)
})

test('actions on a product that is not there are 404, DV-127 and by GET too', async (t) => {
  const sales = await startSales(t)
  const missing = 'products(6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0ff)'
  expect(refusalOf(await sales.post(`${missing}/Microsoft.Dynamics.CRM.PublishProductHierarchy`, {}))).toBe('404 0x80040217')
  expect(refusalOf(await sales.post(`${missing}/Microsoft.Dynamics.CRM.RevertProduct`, {}))).toBe('404 0x80040217')
  const product = await sales.create('products', { name: 'Winch', productnumber: 'W-1' })
  expect((await sales.get(`products(${product.productid})/Microsoft.Dynamics.CRM.RevertProduct`)).status).toBe(404)
})

test('a deleted product takes its price list items along, a unit in use stays', async (t) => {
  const sales = await startSales(t)
  const product = await sales.create('products', {
    name: 'Winch',
    productnumber: 'W-1',
    price: 5,
    msdynce_ismaintainedexternally: true,
    ...(await aUnit(sales)),
  })
  expect((await sales.get('productpricelevels')).body.value).toHaveLength(1)
  expect(refusalOf(await sales.remove(`uoms(${await sales.idOf('uoms', "name eq 'Each'")})`))).toBe('405 0x80040227')
  expect((await sales.remove(`products(${product.productid})`)).status).toBe(204)
  expect((await sales.get('productpricelevels')).body.value).toEqual([])
})

test('hostile values are refused and break nothing', async (t) => {
  const sales = await startSales(t)
  const bodies = [
    { name: 'x', productnumber: 'a'.repeat(101) },
    { name: 'x', productnumber: 7 },
    { name: 'x', productnumber: 'ok', price: '1; drop table product' },
    { name: 'x', productnumber: 'ok', price: 1e300 },
    { name: 'x', productnumber: 'ok', 'defaultuomid@odata.bind': '/accounts(6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0ff)' },
    { name: 'x', productnumber: 'ok', 'defaultuomid@odata.bind': '/uoms(6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0ff)' },
    { name: 'x', productnumber: 'ok', 'DefaultUomId@odata.bind': '/uoms(6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0ff)' },
    { name: 'x', productnumber: 'ok', statecode: 9 },
  ]
  for (const body of bodies) {
    const answer = await sales.post('products', body)
    expect([JSON.stringify(body).slice(0, 80), [400, 404].includes(answer.status), answer.body.error?.code?.startsWith('0x')]).toEqual([
      JSON.stringify(body).slice(0, 80),
      true,
      true,
    ])
  }
  expect((await sales.get('products')).body.value).toEqual([])
  const quoted = await sales.create('products', { name: `O'Brien "x" \\ {a,b} NULL`, productnumber: `{"a",\\}'--` }, 'name,productnumber')
  expect(quoted).toMatchObject({ name: `O'Brien "x" \\ {a,b} NULL`, productnumber: `{"a",\\}'--` })
  expect(refusalOf(await sales.post('products', { name: 'again', productnumber: `{"A",\\}'--` }))).toBe('400 0x80043b06')
})

test('numbers change places within one call', async (t) => {
  const sales = await startSales(t)
  const one = await sales.create('products', { name: 'One', productnumber: 'A' })
  const two = await sales.create('products', { name: 'Two', productnumber: 'B' })
  const type = { '@odata.type': 'Microsoft.Dynamics.CRM.product' }
  const swap = [
    { ...type, productid: one.productid, productnumber: 'B' },
    { ...type, productid: two.productid, productnumber: 'A' },
  ]
  expect((await sales.bulk('products', 'UpdateMultiple', swap)).status).toBe(204)
  expect((await sales.get('products?$select=name&$orderby=productnumber')).body.value).toMatchObject([{ name: 'Two' }, { name: 'One' }])
})
