import { SUPPLY_CHAIN_ROOT } from './applications.ts'
import { sendChangeSet, type Write } from './change-set.ts'
import type { ApplicationClient } from './http.ts'
import type { LoadProduct } from './load-set.ts'
import { quote, readRows } from './read-rows.ts'
import { type LoadOutcome, writeBatches } from './write-batches.ts'

/** Products of one change set. */
const BATCH_SIZE = 50
const LANES = 2

/** The set-up rows of a new installation that a product needs so that it can be sold (Supply Chain specification, section 7). */
const SET_UP = {
  Item: { ItemModelGroupId: 'FIFO', ProductGroupId: 'Goods', StorageDimensionGroupName: 'SiteWH', TrackingDimensionGroupName: 'None' },
  Service: {
    ItemModelGroupId: 'Service',
    ProductGroupId: 'Services',
    StorageDimensionGroupName: 'SiteWH',
    TrackingDimensionGroupName: 'None',
  },
} as const

export interface SupplyChainLoader {
  loadProducts(products: readonly LoadProduct[], onProgress: (done: number) => void): Promise<LoadOutcome>
}

/** Releases products in one company of a Supply Chain application over OData; a product that is there gets the new texts and prices. */
export async function createSupplyChainLoader(client: ApplicationClient, company: string): Promise<SupplyChainLoader> {
  let released = await readReleased(client, company)
  const send = (batch: readonly LoadProduct[]): Promise<void> =>
    sendChangeSet(
      client,
      SUPPLY_CHAIN_ROOT,
      batch.flatMap((product) => (released.has(product.number.toLowerCase()) ? changes(product, company) : [release(product, company)])),
    )
  /** A change set that was carried out though no answer came back is refused when it is sent again: its products are there. */
  const write = async (batch: readonly LoadProduct[]): Promise<void> => {
    try {
      await send(batch)
    } catch (error) {
      const before = released
      released = await readReleased(client, company)
      if (!batch.some(({ number }) => released.has(number.toLowerCase()) && !before.has(number.toLowerCase()))) throw error
      await send(batch)
    }
  }
  return {
    loadProducts: (items, onProgress) =>
      writeBatches({ items, size: BATCH_SIZE, lanes: LANES, keyOf: (product) => product.number, write, onProgress }),
  }
}

/** Item numbers in lower case. */
async function readReleased(client: ApplicationClient, company: string): Promise<ReadonlySet<string>> {
  const filter = encodeURIComponent(`dataAreaId eq ${quote(company)}`)
  const path = `${SUPPLY_CHAIN_ROOT}/ReleasedProductsV2?cross-company=true&$select=ItemNumber&$filter=${filter}`
  const rows = await readRows<{ readonly ItemNumber: string }>(client, path)
  return new Set(rows.map((row) => row.ItemNumber.toLowerCase()))
}

const release = (product: LoadProduct, company: string): Write => ({
  method: 'POST',
  path: 'ReleasedProductCreationsV2?cross-company=true',
  body: {
    dataAreaId: company,
    ItemNumber: product.number,
    ProductNumber: product.number,
    ProductName: product.name,
    ProductDescription: product.description ?? '',
    ProductType: product.type,
    ProductSubType: 'Product',
    ...SET_UP[product.type],
    InventoryUnitSymbol: product.unit,
    SalesUnitSymbol: product.unit,
    PurchaseUnitSymbol: product.unit,
    BOMUnitSymbol: product.unit,
    SalesPrice: Number(product.salesPrice),
    UnitCost: Number(product.unitCost),
  },
})

const changes = (product: LoadProduct, company: string): Write[] => [
  {
    method: 'PATCH',
    path: `ReleasedProductsV2(dataAreaId='${company}',ItemNumber=${quoteKey(product.number)})?cross-company=true`,
    body: { SalesPrice: Number(product.salesPrice), UnitCost: Number(product.unitCost) },
  },
  {
    method: 'PATCH',
    path: `ProductsV2(ProductNumber=${quoteKey(product.number)})`,
    body: { ProductName: product.name, ProductDescription: product.description ?? '' },
  },
]

const quoteKey = (text: string): string => encodeURIComponent(quote(text))
