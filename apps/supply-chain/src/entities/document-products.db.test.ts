import { expect, test } from 'vitest'
import { startOrders } from '../orders/sales-orders.fixture.ts'
import type { Json } from '../supply-chain-app.fixture.ts'

/** Products that each lack one thing that the sellable rules ask for; the first and the last few lack nothing. */
const PRODUCTS: Readonly<Record<string, Json>> = {
  COMPLETE: {},
  'NO-MODEL': { ItemModelGroupId: '' },
  'NO-GROUP': { ProductGroupId: '' },
  'NO-STORAGE': { StorageDimensionGroupName: '' },
  'NO-TRACKING': { TrackingDimensionGroupName: '' },
  'NO-CONVERSION': { SalesUnitSymbol: 'kg' },
  BOXED: { SalesUnitSymbol: 'box' },
  ENDED: { ProductLifecycleStateId: 'Ended' },
  ADVANCED: { StorageDimensionGroupName: 'Advanced' },
  SERVICE: { ProductType: 'Service', ItemModelGroupId: 'Service' },
  // 4.6: a service is not stocked, though goods of its model group are.
  'STOCKED-SERVICE': { ProductType: 'Service' },
  PRICED: { SalesPrice: 12.5, SalesPriceQuantity: 10, FixedSalesPriceCharges: 3, SalesSalesTaxItemGroupCode: 'FULL' },
}

const SHARED = [
  'product_number',
  'item_number',
  'product_name',
  'product_size_id',
  'product_color_id',
  'is_stocked_product',
  'is_sales_stopped',
  'sales_unit_symbol',
  'inventory_unit_symbol',
]

test('lines see the products that the public entities show, and the same of them as sellable', async (t) => {
  const app = await startOrders(t)
  await app.add('ProductLifecycleStates', { ProductLifecycleStateId: 'Ended', IsActiveForSalesOrder: 'No' })
  await app.add('StorageDimensionGroups', { GroupName: 'Advanced', AreAdvancedWarehouseManagementProcessesEnabled: 'Yes' })
  for (const [ItemNumber, values] of Object.entries(PRODUCTS))
    await app.add('ReleasedProductCreationsV2', {
      dataAreaId: 'usmf',
      ItemNumber,
      ProductNumber: ItemNumber,
      ProductName: `Product ${ItemNumber}`,
      ProductType: 'Item',
      ProductSubType: 'Product',
      ItemModelGroupId: 'FIFO',
      ProductGroupId: 'Goods',
      StorageDimensionGroupName: 'SiteWH',
      TrackingDimensionGroupName: 'None',
      InventoryUnitSymbol: 'ea',
      ...values,
    })
  await app.add('ProductDefaultOrderSettings', {
    dataAreaId: 'usmf',
    ItemNumber: 'BOXED',
    IsSalesProcessingStopped: 'Yes',
    SalesSiteId: '2',
  })
  const rowsOf = async (statement: string) => (await app.database.query<Record<string, string>>(statement)).rows
  const columns = SHARED.join(', ')
  const seen = await rowsOf(`select ${columns} from document_product order by product_number`)
  expect(seen).toEqual(await rowsOf(`select ${columns} from released_distinct_product order by product_number`))
  expect(seen.length).toBeGreaterThan(Object.keys(PRODUCTS).length)
  const sellable = (await rowsOf(`select product_number from document_product where is_sellable = 'Yes' order by 1`)).map(
    (row) => row.product_number,
  )
  expect(sellable).toEqual(
    (await rowsOf('select product_number from sellable_released_product order by 1')).map((row) => row.product_number),
  )
  expect(Object.keys(PRODUCTS).filter((number) => sellable.includes(number))).toEqual([
    'COMPLETE',
    'BOXED',
    'SERVICE',
    'STOCKED-SERVICE',
    'PRICED',
  ])
  expect(seen.filter((row) => /^(COMPLETE|.*SERVICE)$/.test(row.product_number ?? '')).map((row) => row.is_stocked_product)).toEqual([
    'Yes',
    'No',
    'No',
  ])
  const [priced] = await rowsOf(
    `select base_sales_price::text as price, base_sales_price_quantity::text as unit, fixed_sales_price_charges::text as charges, sales_tax_item_group_code as tax
     from document_product where product_number = 'PRICED'`,
  )
  expect(priced).toEqual({ price: '12.5', unit: '10', charges: '3', tax: 'FULL' })
})
