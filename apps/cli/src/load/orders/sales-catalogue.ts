import { AppError } from '@p2c/base'
import { SALES_ROOT } from '../applications.ts'
import type { ApplicationClient } from '../http.ts'
import type { LoadOrder } from '../order-set.ts'
import { quote, readRows } from '../read-rows.ts'
import { readCurrencies } from '../sales-loader.ts'

/** What order lines refer to in Sales. Products and price lists by number and currency. */
export interface SalesCatalogue {
  readonly products: ReadonlyMap<string, ProductRow>
  /** Id of the currency and of its price list, by ISO code. */
  readonly currencies: ReadonlyMap<string, { readonly id: string; readonly priceListId: string }>
}

export interface ProductRow {
  readonly productid: string
  readonly productnumber: string
  readonly statecode: number
  readonly _defaultuomid_value: string
}

/** State of a product that may be sold. */
const ACTIVE = 0
/** Rows of one bulk message. */
const BATCH_SIZE = 500

/**
 * What the orders need of the catalogue; the products that they sell are published and get an item in the price list of every currency that
 * they are sold in, at their list price. Throws `products-missing` where Sales does not know one of them, `price-list-missing`.
 */
export async function prepareCatalogue(client: ApplicationClient, orders: readonly LoadOrder[]): Promise<SalesCatalogue> {
  const catalogue = await readCatalogue(client, orders)
  const sold = [...new Set(orders.flatMap(({ lines }) => lines.map((line) => line.productNumber)))]
  const missing = sold.filter((number) => !catalogue.products.has(number))
  if (missing.length > 0) throw productsMissing(missing)
  await publish(
    client,
    sold.flatMap((number) => catalogue.products.get(number) ?? []),
  )
  await priceInAllCurrencies(client, catalogue, orders)
  return catalogue
}

async function readCatalogue(client: ApplicationClient, orders: readonly LoadOrder[]): Promise<SalesCatalogue> {
  const [products, lists, ids] = await Promise.all([
    readRows<ProductRow>(client, `${SALES_ROOT}/products?$select=productnumber,statecode,_defaultuomid_value`),
    readRows<{ readonly pricelevelid: string; readonly _transactioncurrencyid_value: string }>(
      client,
      `${SALES_ROOT}/pricelevels?$select=_transactioncurrencyid_value&$filter=statecode eq 0&$orderby=name`,
    ),
    readCurrencies(client),
  ])
  const codes = [...new Set(orders.map(({ currency }) => currency))]
  const currencies = codes.map((code) => {
    const id = ids.get(code) ?? ''
    const list = lists.find((each) => each._transactioncurrencyid_value === id)
    if (list === undefined) throw priceListMissing(code)
    return [code, { id, priceListId: list.pricelevelid }] as const
  })
  return { products: new Map(products.map((row) => [row.productnumber, row])), currencies: new Map(currencies) }
}

/** Products arrive as drafts; a draft cannot be sold. */
async function publish(client: ApplicationClient, products: readonly ProductRow[]): Promise<void> {
  const drafts = products.filter(({ statecode }) => statecode !== ACTIVE)
  for (let at = 0; at < drafts.length; at += BATCH_SIZE) {
    const targets = drafts.slice(at, at + BATCH_SIZE).map(({ productid }) => ({
      '@odata.type': 'Microsoft.Dynamics.CRM.product',
      ...{ productid, statecode: ACTIVE },
    }))
    await client.json('POST', `${SALES_ROOT}/products/Microsoft.Dynamics.CRM.UpdateMultiple`, { Targets: targets })
  }
}

interface Price {
  readonly productNumber: string
  readonly currency: string
  readonly amount: string
}

/** The first price at which a product is sold in a currency; the data keeps it over all orders. */
function listPrices(orders: readonly LoadOrder[]): Price[] {
  const prices = new Map<string, Price>()
  for (const { currency, lines } of orders) {
    for (const { productNumber, unitPrice } of lines) {
      const key = `${productNumber} ${currency}`
      if (!prices.has(key)) prices.set(key, { productNumber, currency, amount: unitPrice })
    }
  }
  return [...prices.values()]
}

/** Products come to Sales with the price in one currency; a price that is there stays as it is. */
async function priceInAllCurrencies(client: ApplicationClient, catalogue: SalesCatalogue, orders: readonly LoadOrder[]): Promise<void> {
  const found = await readRows<{ readonly _productid_value: string; readonly _pricelevelid_value: string }>(
    client,
    `${SALES_ROOT}/productpricelevels?$select=_productid_value,_pricelevelid_value`,
  )
  const known = new Set(found.map((row) => `${row._productid_value} ${row._pricelevelid_value}`))
  const targets = listPrices(orders).flatMap(({ productNumber, currency, amount }) => {
    const product = catalogue.products.get(productNumber)
    const list = catalogue.currencies.get(currency)?.priceListId
    if (product === undefined || list === undefined || known.has(`${product.productid} ${list}`)) return []
    return [
      {
        '@odata.type': 'Microsoft.Dynamics.CRM.productpricelevel',
        'productid@odata.bind': `/products(${product.productid})`,
        'pricelevelid@odata.bind': `/pricelevels(${list})`,
        'uomid@odata.bind': `/uoms(${product._defaultuomid_value})`,
        amount: Number(amount),
      },
    ]
  })
  for (let at = 0; at < targets.length; at += BATCH_SIZE) {
    const batch = targets.slice(at, at + BATCH_SIZE)
    await client.json('POST', `${SALES_ROOT}/productpricelevels/Microsoft.Dynamics.CRM.CreateMultiple`, { Targets: batch })
  }
}

const productsMissing = (numbers: readonly string[]): AppError =>
  new AppError({
    category: 'reference',
    code: 'products-missing',
    message: `Sales does not know ${numbers.length} of the products that are ordered, the first is ${quote(numbers[0] ?? '')}. See why they did not arrive: p2c errors --project products.`,
    details: { numbers: numbers.slice(0, 20) },
  })

const priceListMissing = (currency: string): AppError =>
  new AppError({
    category: 'business-rule',
    code: 'price-list-missing',
    message: `Sales has no active price list in ${currency}, in which some of the orders are. Create one and load again.`,
    details: { currency },
  })
