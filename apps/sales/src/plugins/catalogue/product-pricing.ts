import type { Plugin, PluginContext, Row, TableEvent } from '@p2c/dataverse'
import { choosePriceList, type PriceListCandidate } from '../../domain/catalogue/price-list.ts'
import { PRICING_COLUMNS } from '../../domain/catalogue/product-rules.ts'
import { PRODUCT_STRUCTURES } from '../../domain/catalogue/product-state.ts'
import { whileInstalled } from '../p2c/p2c-installed.ts'
import { enforce, idOf, nextValue, textOf } from '../row-values.ts'

const isPriced = (row: (column: string) => Row[string] | undefined): boolean =>
  row('msdynce_ismaintainedexternally') === true && row('productstructure') !== PRODUCT_STRUCTURES.family

/** Gives products of the integration their price list, or refuses them. Source: Sales 6.5 rules 1 to 3, Templates 5 S4. */
async function chooseLists(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  const without = events.filter(
    (event) => isPriced((column) => nextValue(event, column)) && idOf(nextValue(event, 'pricelevelid')) === null,
  )
  if (without.length === 0) return
  const currencies = await readCurrencies(context)
  const wanted = without.map((event) => idOf(nextValue(event, 'transactioncurrencyid')) ?? currencies.baseId)
  const lists = await readActiveLists(context, wanted)
  for (const [at, event] of without.entries()) {
    const currencyId = wanted[at] ?? ''
    const decision = choosePriceList(
      {
        productNumber: textOf(nextValue(event, 'productnumber')) ?? event.id,
        currency: currencies.codes.get(currencyId) ?? currencyId,
        ownPriceListId: null,
      },
      lists.get(currencyId) ?? [],
    )
    if (decision.ok) event.target.pricelevelid = { table: 'pricelevel', id: decision.value }
    else enforce(decision.refusal)
  }
}

/** ISO codes by id, and the base currency, which rows without currency get. */
async function readCurrencies(context: PluginContext): Promise<{ baseId: string; codes: ReadonlyMap<string, string> }> {
  const [organization] = await context.service.find({ table: 'organization', columns: ['basecurrencyid'], limit: 1 })
  const currencies = await context.service.find({ table: 'transactioncurrency', columns: ['isocurrencycode'] })
  return {
    baseId: idOf(organization?.basecurrencyid) ?? '',
    codes: new Map(currencies.map((row) => [String(row.transactioncurrencyid), String(row.isocurrencycode)])),
  }
}

async function readActiveLists(
  context: PluginContext,
  currencyIds: readonly string[],
): Promise<ReadonlyMap<string, readonly PriceListCandidate[]>> {
  const where = { statecode: 0, transactioncurrencyid: [...new Set(currencyIds)] }
  const found = await context.service.find({ table: 'pricelevel', columns: ['name', 'transactioncurrencyid'], where })
  const lists = new Map<string, PriceListCandidate[]>()
  for (const row of found) {
    const currencyId = idOf(row.transactioncurrencyid) ?? ''
    const list = { id: String(row.pricelevelid), name: String(row.name) }
    lists.set(currencyId, [...(lists.get(currencyId) ?? []), list])
  }
  return lists
}

interface WantedItem {
  readonly list: string
  readonly product: string
  readonly unit: string
  readonly amount: string | null
}

/** One item for product, list and default unit; items of earlier units and lists stay. Source: Sales 6.5 rule 4. */
async function writeItems(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  const wanted = events.flatMap(({ id, after }): readonly WantedItem[] => {
    const list = idOf(after?.pricelevelid)
    const unit = idOf(after?.defaultuomid)
    const priced = isPriced((column) => after?.[column])
    return priced && list !== null && unit !== null ? [{ list, product: id, unit, amount: textOf(after?.price) }] : []
  })
  if (wanted.length === 0) return
  const known = await readItems(
    context,
    wanted.map((item) => item.product),
  )
  const missing = wanted.filter((item) => !known.has(itemKey(item)))
  if (missing.length > 0) await context.service.create('productpricelevel', missing.map(newItem))
  await updateItems(context, wanted, known)
}

const itemKey = (item: Pick<WantedItem, 'list' | 'product' | 'unit'>): string => `${item.list} ${item.product} ${item.unit}`

/** What the automation writes beside the amount. */
const ITEM_VALUES = { pricingmethodcode: 1, quantitysellingcode: 1, roundingpolicycode: 1 } as const

const newItem = (item: WantedItem): Row => ({
  pricelevelid: { table: 'pricelevel', id: item.list },
  productid: { table: 'product', id: item.product },
  uomid: { table: 'uom', id: item.unit },
  amount: item.amount,
  ...ITEM_VALUES,
})

async function readItems(context: PluginContext, products: readonly string[]): Promise<ReadonlyMap<string, Row>> {
  const columns = ['pricelevelid', 'productid', 'uomid', 'amount', ...Object.keys(ITEM_VALUES)]
  const items = await context.service.find({ table: 'productpricelevel', columns, where: { productid: products } })
  return new Map(
    items.map((item) => [
      itemKey({ list: idOf(item.pricelevelid) ?? '', product: idOf(item.productid) ?? '', unit: idOf(item.uomid) ?? '' }),
      item,
    ]),
  )
}

/** Writes only items that differ: an import that changes no price leaves them and their versions alone. */
async function updateItems(context: PluginContext, wanted: readonly WantedItem[], known: ReadonlyMap<string, Row>): Promise<void> {
  const changed = wanted.flatMap((item) => {
    const stored = known.get(itemKey(item))
    if (stored === undefined) return []
    const values: Row = { ...ITEM_VALUES, amount: item.amount }
    const same = Object.entries(values).every(([column, value]) => stored[column] === value)
    return same ? [] : [{ id: String(stored.productpricelevelid), values }]
  })
  if (changed.length > 0) await context.service.update('productpricelevel', changed)
}

const product = { table: 'product', name: 'product price list' } as const

/** The price list automation of externally maintained products. Source: Sales 6.5, Templates 5 S4. */
export const productPricingPlugins: readonly Plugin[] = whileInstalled([
  { ...product, message: 'create', stage: 'pre-operation', run: chooseLists },
  { ...product, message: 'update', stage: 'pre-operation', columns: PRICING_COLUMNS, run: chooseLists },
  { ...product, message: 'create', stage: 'post-operation', run: writeItems },
  { ...product, message: 'update', stage: 'post-operation', columns: PRICING_COLUMNS, run: writeItems },
])
