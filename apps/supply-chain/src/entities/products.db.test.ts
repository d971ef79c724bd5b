import { expect, test } from 'vitest'
import { D, type Json, startGolden, startTestApp, type TestApp } from '../supply-chain-app.fixture.ts'

const N = 'Microsoft.Dynamics.DataEntities'

const aRelease = (values: Json = {}): Json => ({
  dataAreaId: 'usmf',
  ItemNumber: 'DW-40',
  ProductNumber: 'DW-40',
  ProductName: 'Deck winch 40',
  ProductDescription: 'Two speeds',
  ProductType: 'Item',
  ProductSubType: 'Product',
  ItemModelGroupId: 'FIFO',
  ProductGroupId: 'Goods',
  StorageDimensionGroupName: 'SiteWH',
  TrackingDimensionGroupName: 'None',
  InventoryUnitSymbol: 'ea',
  SalesPrice: 3120,
  UnitCost: 1800.5,
  ...values,
})

const sellable = async (app: TestApp, query = ''): Promise<Json[]> =>
  (await app.get(`${D}/SellableReleasedProducts?cross-company=true${query}`)).json.value

async function release(app: TestApp, values: Json = {}): Promise<void> {
  const reply = await app.post(`${D}/ReleasedProductCreationsV2`, aRelease(values))
  expect(reply.text).toContain('"ItemNumber"')
  expect(reply.status).toBe(201)
}

test('a released product of a fresh database is sellable at once, with the price of one sales unit and the currency of the company', async (t) => {
  const app = await startTestApp(t)
  await release(app, { SalesPriceQuantity: 100, SalesUnitSymbol: 'box' })
  const [product] = await sellable(app)
  expect(product).toMatchObject({
    dataAreaId: 'usmf',
    ProductNumber: 'DW-40',
    ProductName: 'Deck winch 40',
    ProductDescription: 'Two speeds',
    ProductType: 'Item',
    IsStockedProduct: 'Yes',
    IsSalesStopped: 'No',
    SalesUnitSymbol: 'box',
    SalesUnitDecimalPrecision: 0,
    InventoryUnitSymbol: 'ea',
    SalesPrice: 31.2,
    UnitCost: 1800.5,
    CurrencyCode: 'USD',
    FieldServiceProductType: 'Inventory',
  })
  expect((await app.get(`${D}/CDSReleasedDistinctProducts`)).json.value).toMatchObject([
    { ItemNumber: 'DW-40', IsCatchWeightProduct: 'No' },
  ])
  expect((await app.get(`${D}/ProductsV2('dw-40')`)).json).toMatchObject({ ProductName: 'Deck winch 40', ProductSubType: 'Product' })
})

test('the released products entity needs an existing shared product and refuses deletes', async (t) => {
  const app = await startTestApp(t)
  const { ProductName: _, ProductDescription: __, ...values } = aRelease()
  const unknown = await app.post(`${D}/ReleasedProductsV2`, values)
  expect(unknown.status).toBe(400)
  expect(unknown.text).toContain("The value 'DW-40' in field 'Product number' is not found in the related table 'Products'.")
  await app.post(`${D}/ProductsV2`, { ProductNumber: 'DW-40', ProductName: 'Deck winch', ProductType: 'Item', ProductSubType: 'Product' })
  expect((await app.post(`${D}/ReleasedProductsV2`, values)).status).toBe(201)
  expect((await app.post(`${D}/ReleasedProductsV2`, { ...values, dataAreaId: 'demf' })).status).toBe(201)
  expect((await sellable(app)).map((each) => [each.dataAreaId, each.CurrencyCode])).toEqual([
    ['demf', 'EUR'],
    ['usmf', 'USD'],
  ])
  expect((await app.delete(`${D}/ReleasedProductsV2(dataAreaId='usmf',ItemNumber='DW-40')`)).status).toBe(405)
})

/** Each rule broken on its own: the product disappears, and Validate says why. Source: Supply Chain specification, section 7. */
const BROKEN: readonly (readonly [rule: string, values: Json, message: string])[] = [
  ['2', { ItemModelGroupId: '' }, 'Item model group must be specified for item DW-40.'],
  ['3', { ProductGroupId: '' }, 'Item group must be specified for item DW-40.'],
  ['4', { StorageDimensionGroupName: '' }, 'Storage dimension group must be specified for item DW-40.'],
  ['5', { TrackingDimensionGroupName: '' }, 'Tracking dimension group must be specified for item DW-40.'],
  ['6', { InventoryUnitSymbol: '', SalesUnitSymbol: 'ea', PurchaseUnitSymbol: 'ea' }, 'Inventory unit must be specified for item DW-40.'],
  ['7', { SalesUnitSymbol: 'kg' }, 'No conversion exists between unit kg and unit ea for product DW-40.'],
  ['9', { StorageDimensionGroupName: 'Ware' }, 'Reservation hierarchy must be specified for item DW-40.'],
  ['11', { ProductLifecycleStateId: 'Obsolete' }, 'The product DW-40 does not have the information required for a sales order.'],
]

test.each(BROKEN)('sellable rule %s hides a product, and Validate names it', async (_rule, values, message) => {
  await withApp(async (app) => {
    await release(app, values)
    expect(await sellable(app)).toEqual([])
    const reply = await app.post(`${D}/ReleasedProductsV2(dataAreaId='usmf',ItemNumber='DW-40')/${N}.ValidateReleasedProduct`, {})
    expect(reply.status).toBe(200)
    const messages: Json[] = JSON.parse(reply.json.value)
    expect(messages.map((each) => each.text)).toContain(message)
  })
})

/** `test.each` hands in no context: the application ends with the work. */
async function withApp(work: (app: TestApp) => Promise<void>): Promise<void> {
  const endings: (() => Promise<void>)[] = []
  const app = await startTestApp({ onTestFinished: (ending) => endings.unshift(ending) })
  try {
    await work(app)
  } finally {
    for (const ending of endings) await ending()
  }
}

test('sellable rules 7, 10, 12: a product conversion, the distinct-product job, a product stopped for sales', async (t) => {
  const app = await startTestApp(t)
  await release(app, { SalesUnitSymbol: 'kg' })
  expect(await sellable(app)).toEqual([])
  expect(
    (
      await app.post(`${D}/ProductUnitOfMeasureConversions`, {
        FromUnitSymbol: 'kg',
        ToUnitSymbol: 'ea',
        ProductNumber: 'DW-40',
        Factor: 4,
      })
    ).status,
  ).toBe(201)
  expect(await sellable(app)).toHaveLength(1)
  expect(
    (await app.post(`${D}/ProductDefaultOrderSettings`, { dataAreaId: 'usmf', ItemNumber: 'DW-40', IsSalesProcessingStopped: 'Yes' }))
      .status,
  ).toBe(201)
  expect(await sellable(app)).toMatchObject([{ IsSalesStopped: 'Yes' }])
  await app.database.query('delete from distinct_product')
  expect(await sellable(app)).toEqual([])
  const populate = () => app.post(`${D}/BatchJobs/${N}.PopulateDistinctProductTable`, {})
  expect((await populate()).json.value).toBe(1)
  expect((await populate()).json.value).toBe(0)
  expect(await sellable(app)).toHaveLength(1)
})

test('sellable rules 1 and 8: a master is never sold, each of its variants is', async (t) => {
  const app = await startTestApp(t)
  await release(app, { ProductSubType: 'ProductMaster', ProductDimensionGroupName: 'SizeCol' })
  expect(await sellable(app)).toEqual([])
  const variant = { dataAreaId: 'usmf', ItemNumber: 'DW-40', ProductSizeId: 'L' }
  const incomplete = await app.post(`${D}/ReleasedProductVariantsV2`, variant)
  expect(incomplete.status).toBe(400)
  const created = await app.post(`${D}/ReleasedProductVariantsV2`, { ...variant, ProductColorId: 'Red' })
  expect(created.json).toMatchObject({ ProductVariantNumber: 'DW-40 : Red : L' })
  expect(await sellable(app)).toMatchObject([{ ProductNumber: 'DW-40 : Red : L', ProductName: 'Deck winch 40' }])
  const entities = await app.get(`${D}/CDSReleasedDistinctProducts`)
  expect(entities.json.value).toMatchObject([{ ItemNumber: 'DW-40', ProductColorId: 'Red', ProductSizeId: 'L' }])
})

test('FieldServiceProductType follows type and stock', async (t) => {
  const app = await startTestApp(t)
  await release(app, { ItemNumber: 'A', ProductNumber: 'A' })
  await release(app, { ItemNumber: 'B', ProductNumber: 'B', ItemModelGroupId: 'NONSTOCK' })
  await release(app, {
    ItemNumber: 'C',
    ProductNumber: 'C',
    ProductType: 'Service',
    ItemModelGroupId: 'Service',
    InventoryUnitSymbol: 'hr',
  })
  expect((await sellable(app, '&$orderby=ProductNumber')).map((each) => each.FieldServiceProductType)).toEqual([
    'Inventory',
    'NonInventory',
    'Service',
  ])
  expect(await sellable(app, `&$filter=FieldServiceProductType eq ${N}.EcoResFieldServiceProductType'Service'`)).toHaveLength(1)
})

/** What an incremental export would see: the numbers of the sellable products that `work` changed or made appear. */
async function increment(app: TestApp, work: () => Promise<unknown>): Promise<string[]> {
  const { rows } = await app.database.query<{ snapshot: string }>('select pg_current_snapshot()::text as snapshot')
  await work()
  const changed = await app.database.query<{ product_number: string }>(
    'select product_number from sellable_released_product where not pg_visible_in_snapshot(change_xid, $1::text::pg_snapshot) order by 1',
    [rows[0]?.snapshot],
  )
  return changed.rows.map((row) => row.product_number)
}

/** Set-up that a product refers to, with a change of it. Source: the sellable rules and the columns of the entity. */
const SETUP_CHANGES: readonly (readonly [address: string, change: Json])[] = [
  [`ProductsV2('DW-40')`, { ProductName: 'Deck winch forty' }],
  [`ReleasedProductsV2(dataAreaId='usmf',ItemNumber='DW-40')`, { SalesPrice: 3200 }],
  [`InventoryPolicies(dataAreaId='usmf',PolicyId='FIFO')`, { IsStockedProduct: 'No' }],
  [`ProductGroups(dataAreaId='usmf',GroupId='Goods')`, { GroupName: 'All goods' }],
  [`StorageDimensionGroups('Ware')`, { GroupDescription: 'Changed' }],
  [`TrackingDimensionGroups('None')`, { GroupDescription: 'Changed' }],
  [`ProductDimensionGroups('Size')`, { GroupDescription: 'Changed' }],
  [`InventoryReservationHierarchies('Default')`, { HierarchyDescription: 'Changed' }],
  [`ProductLifecycleStates('Operational')`, { Description: 'Changed' }],
  [`UnitsOfMeasure('ea')`, { DecimalPrecision: 2 }],
  [`UnitsOfMeasure('box')`, { DecimalPrecision: 2 }],
  [`UnitsOfMeasure('dz')`, { UnitDescription: 'Twelve' }],
  [`UnitOfMeasureConversions(FromUnitSymbol='box',ToUnitSymbol='ea')`, { Factor: 24 }],
  [`LegalEntities('usmf')`, { AccountingCurrency: 'CAD' }],
]

test('FO-125 an increment of sellable products holds each product whose row or rules a change touches, and no other', async (t) => {
  const app = await startTestApp(t)
  await release(app, {
    StorageDimensionGroupName: 'Ware',
    ProductDimensionGroupName: 'Size',
    InventoryReservationHierarchyName: 'Default',
    ProductLifecycleStateId: 'Operational',
    SalesUnitSymbol: 'box',
    PurchaseUnitSymbol: 'dz',
  })
  await release(app, { ItemNumber: 'Z', ProductNumber: 'Z', ItemModelGroupId: 'NONSTOCK', InventoryUnitSymbol: 'kg', dataAreaId: 'demf' })
  for (const [address, change] of SETUP_CHANGES) {
    const work = async () => {
      const reply = await app.patch(`${D}/${address}?cross-company=true`, change)
      expect([address, reply.status, reply.text]).toEqual([address, 204, ''])
    }
    const shared = ['StorageDimensionGroups', 'TrackingDimensionGroups'].some((name) => address.startsWith(name))
    const expected = address.startsWith('TrackingDimensionGroups') && shared ? ['DW-40', 'Z'] : ['DW-40']
    expect([address, await increment(app, work)]).toEqual([address, expected])
  }
})

test('FO-125 a product that becomes sellable is in the increment, whichever rule let it in', async (t) => {
  const app = await startTestApp(t)
  await release(app, { SalesUnitSymbol: 'kg', ProductLifecycleStateId: 'Obsolete' })
  const own = { FromUnitSymbol: 'ea', ToUnitSymbol: 'kg', ProductNumber: 'DW-40', Factor: 4 }
  expect(await increment(app, () => app.post(`${D}/ProductUnitOfMeasureConversions`, own))).toEqual([])
  expect(await increment(app, () => app.patch(`${D}/ProductLifecycleStates('Obsolete')`, { IsActiveForSalesOrder: 'Yes' }))).toEqual([
    'DW-40',
  ])
  await app.delete(`${D}/ProductUnitOfMeasureConversions(FromUnitSymbol='ea',ToUnitSymbol='kg',ProductNumber='DW-40')`)
  expect(await sellable(app)).toEqual([])
  const general = { FromUnitSymbol: 'kg', ToUnitSymbol: 'ea', Factor: 4 }
  expect(await increment(app, () => app.post(`${D}/UnitOfMeasureConversions`, general))).toEqual(['DW-40'])
  const settings = { dataAreaId: 'usmf', ItemNumber: 'DW-40', IsSalesProcessingStopped: 'Yes' }
  expect(await increment(app, () => app.post(`${D}/ProductDefaultOrderSettings`, settings))).toEqual(['DW-40'])
  const remove = () => app.delete(`${D}/ProductDefaultOrderSettings(dataAreaId='usmf',ItemNumber='DW-40')`)
  expect(await increment(app, remove)).toEqual(['DW-40'])
  expect(await sellable(app)).toMatchObject([{ IsSalesStopped: 'No' }])
})

test('a set-up row that is in use cannot be deleted', async (t) => {
  const golden = await startGolden(t)
  const reply = await golden.delete(`${D}/CustomerGroups(dataAreaId='hms1',CustomerGroupId='10')`)
  expect(reply.status).toBe(400)
  expect(reply.text).toContain("because records in 'Customers' refer to it")
})
