import { SUPPLY_CHAIN_ROOT } from './applications.ts'
import { sendChangeSet, type Write } from './change-set.ts'
import type { ApplicationClient } from './http.ts'
import type { LoadProduct } from './load-set.ts'
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
  const released = await readReleased(client, company)
  return {
    loadProducts: (items, onProgress) =>
      writeBatches({
        items,
        size: BATCH_SIZE,
        lanes: LANES,
        keyOf: (product) => product.number,
        write: (batch) =>
          sendChangeSet(
            client,
            SUPPLY_CHAIN_ROOT,
            batch.flatMap((product) =>
              released.has(product.number.toLowerCase()) ? changes(product, company) : [release(product, company)],
            ),
          ),
        onProgress,
      }),
  }
}

/** Item numbers in lower case. */
async function readReleased(client: ApplicationClient, company: string): Promise<ReadonlySet<string>> {
  const numbers = new Set<string>()
  let path: string | undefined =
    `${SUPPLY_CHAIN_ROOT}/ReleasedProductsV2?cross-company=true&$select=ItemNumber&$filter=${encodeURIComponent(`dataAreaId eq '${company}'`)}`
  while (path !== undefined) {
    const page = (await client.json('GET', path)) as { value: { ItemNumber: string }[]; '@odata.nextLink'?: string }
    for (const row of page.value) numbers.add(row.ItemNumber.toLowerCase())
    const next = page['@odata.nextLink']
    path = next === undefined ? undefined : `${new URL(next).pathname}${new URL(next).search}`
  }
  return numbers
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

const quoteKey = (text: string): string => encodeURIComponent(`'${text.replaceAll("'", "''")}'`)
