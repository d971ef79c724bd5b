import type { Market, SequenceClient } from './command-sequences.ts'

/** Makes items with stock at site 1 in warehouses 11 and 13, and customers: what orders need in the demo company `usmf`. */
export async function openMarket(
  client: SequenceClient,
  options: { readonly items: number; readonly customers: number; readonly stock: number },
): Promise<Market> {
  const dataAreaId = 'usmf'
  const post = async (path: string, body: object): Promise<Record<string, string>> => {
    const reply = await client.data('POST', path, body)
    if (reply.status !== 201) throw new Error(`POST ${path}: ${reply.status} ${reply.text}`)
    return reply.json
  }
  const items = Array.from({ length: options.items }, (_, index) => `M-ITEM-${index + 1}`)
  const customers = Array.from({ length: options.customers }, (_, index) => `M-CUST-${index + 1}`)
  for (const ItemNumber of items) {
    await post('/ReleasedProductCreationsV2', {
      ...{ dataAreaId, ItemNumber, ProductNumber: ItemNumber, ProductName: ItemNumber, ProductType: 'Item', ProductSubType: 'Product' },
      ...{ ItemModelGroupId: 'FIFO', ProductGroupId: 'Goods', StorageDimensionGroupName: 'SiteWH', TrackingDimensionGroupName: 'None' },
      ...{ InventoryUnitSymbol: 'ea', SalesUnitSymbol: 'ea', PurchaseUnitSymbol: 'ea', SalesPrice: 12.5, UnitCost: 4.25 },
    })
  }
  for (const CustomerAccount of customers) {
    await post('/CustomersV3', {
      ...{ dataAreaId, CustomerAccount, OrganizationName: CustomerAccount, CustomerGroupId: '10', SalesCurrencyCode: 'USD' },
      ...{ SiteId: '1', WarehouseId: '13', SalesTaxGroup: 'TX' },
    })
  }
  if (options.stock > 0) {
    const { JournalNumber = '' } = await post('/InventoryAdjustmentJournalHeaders', { dataAreaId })
    for (const ItemNumber of items) {
      for (const InventoryWarehouseId of ['11', '13']) {
        await post('/InventoryAdjustmentJournalLines', {
          ...{ dataAreaId, JournalNumber, ItemNumber, InventorySiteId: '1', InventoryWarehouseId },
          ...{ InventoryQuantity: options.stock, CostPrice: 4 },
        })
      }
    }
    const posted = await client.command('post-inventory-journal', { dataAreaId, journalNumber: JournalNumber })
    if (posted.status !== 200) throw new Error(`post-inventory-journal: ${posted.status} ${posted.text}`)
  }
  return { dataAreaId, items, customers }
}
