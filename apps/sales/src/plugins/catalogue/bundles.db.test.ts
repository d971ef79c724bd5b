import { expect, test } from 'vitest'
import { type Json, refusalOf, type SalesUnderTest, startSales } from '../../sales-app.fixture.ts'

async function aProduct(sales: SalesUnderTest, productnumber: string, values: Json = {}): Promise<string> {
  const [group, each] = [await sales.idOf('uomschedules', "name eq 'Default Unit'"), await sales.idOf('uoms', "name eq 'Each'")]
  const units = { 'defaultuomscheduleid@odata.bind': `/uomschedules(${group})`, 'defaultuomid@odata.bind': `/uoms(${each})` }
  return (await sales.create('products', { name: productnumber, productnumber, ...units, ...values })).productid
}

const item = (bundle: string, product: string, values: Json = {}): Json => ({
  quantity: 1,
  'productid@odata.bind': `/products(${bundle})`,
  'associatedproduct@odata.bind': `/products(${product})`,
  ...values,
})

test('a bundle takes products and nothing else, each in a unit of its own group', async (t) => {
  const sales = await startSales(t)
  const [bundle, other, winch] = [
    await aProduct(sales, 'B-1', { productstructure: 3 }),
    await aProduct(sales, 'B-2', { productstructure: 3 }),
    await aProduct(sales, 'W-1'),
  ]
  const family = await aProduct(sales, 'F-1', { productstructure: 2 })
  const time = await sales.create('uomschedules', { name: 'Time', baseuomname: 'Minute' })
  const minute = await sales.idOf('uoms', `name eq 'Minute' and _uomscheduleid_value eq ${time.uomscheduleid}`)
  const post = async (body: Json): Promise<string> => refusalOf(await sales.post('productassociations', body))
  expect(await post(item(winch, bundle))).toBe('400 0x80040203')
  expect(await post(item(bundle, bundle))).toBe('400 0x80061031')
  expect(await post(item(bundle, other))).toBe('400 0x8004f972')
  expect(await post(item(bundle, family))).toBe('400 0x8004f992')
  expect(await post(item(bundle, winch, { 'uomid@odata.bind': `/uoms(${minute})` }))).toBe('400 0x80043b14')
  const stored = await sales.create('productassociations', item(bundle, winch))
  expect(stored).toMatchObject({ statecode: 2, statuscode: 0, _uomid_value: await sales.idOf('uoms', "name eq 'Each'") })
})

test('a bundle is published with active products only, and keeps them while it is', async (t) => {
  const sales = await startSales(t)
  const [bundle, winch, drum] = [
    await aProduct(sales, 'B-1', { productstructure: 3 }),
    await aProduct(sales, 'W-1'),
    await aProduct(sales, 'D-1'),
  ]
  const stored = await sales.create('productassociations', item(bundle, winch))
  const move = async (id: string, statecode: number): Promise<string> => refusalOf(await sales.patch(`products(${id})`, { statecode }))
  expect(await move(bundle, 0)).toBe('400 0x8004f907')
  expect(await move(winch, 0)).toBe('204')
  expect(await move(bundle, 0)).toBe('204')
  const path = `productassociations(${stored.productassociationid})`
  expect((await sales.get(`${path}?$select=statecode`)).body.statecode).toBe(0)
  expect(await move(winch, 1)).toBe('400 0x8004f915')
  expect(refusalOf(await sales.post('productassociations', item(bundle, drum)))).toBe('400 0x8004f994')
  expect(refusalOf(await sales.remove(path))).toBe('400 0x80061010')
  expect(await move(bundle, 1)).toBe('204')
  expect(await move(winch, 1)).toBe('204')
  const draft = await aProduct(sales, 'B-2', { productstructure: 3 })
  expect(refusalOf(await sales.post('productassociations', item(draft, winch)))).toBe('400 0x8004f993')
})

test('a bundle holds as many products as the organisation allows, whoever adds them at once', async (t) => {
  const sales = await startSales(t)
  const bundle = await aProduct(sales, 'B-1', { productstructure: 3 })
  const [organization] = (await sales.get('organizations?$select=organizationid')).body.value
  await sales.patch(`organizations(${organization.organizationid})`, { maxproductsinbundle: 3 })
  const products = await Promise.all(Array.from({ length: 6 }, (_, n) => aProduct(sales, `W-${n}`)))
  const answers = await Promise.all(products.map((product) => sales.post('productassociations', item(bundle, product))))
  expect(answers.map(refusalOf).sort()).toEqual(['204', '204', '204', '400 0x8004f976', '400 0x8004f976', '400 0x8004f976'])
})
