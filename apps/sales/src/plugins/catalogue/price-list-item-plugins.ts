import type { Plugin, PluginContext, Row, TableEvent } from '@p2c/dataverse'
import { ITEM_TAKEN, refuseItemProduct, refusePercentage } from '../../domain/catalogue/price-list-item.ts'
import { byId, enforce, idOf, nextIds, nextValue, textOf } from '../row-values.ts'
import { lockValues } from '../unique-values.ts'

interface ItemFacts {
  readonly products: ReadonlyMap<string, Row>
  readonly units: ReadonlyMap<string, Row>
  readonly lists: ReadonlyMap<string, Row>
  readonly organizationId: string
}

async function readFacts(context: PluginContext, events: readonly TableEvent[]): Promise<ItemFacts> {
  const read = async (table: string, column: string, columns: readonly string[]): Promise<ReadonlyMap<string, Row>> => {
    const key = `${table}id`
    const ids = nextIds(events, column)
    return ids.length === 0 ? new Map() : byId(await context.service.find({ table, columns, where: { [key]: ids } }), key)
  }
  const [organization] = await context.service.find({ table: 'organization', columns: [], limit: 1 })
  return {
    products: await read('product', 'productid', ['name', 'productnumber', 'statecode', 'productstructure', 'defaultuomscheduleid']),
    units: await read('uom', 'uomid', ['name', 'uomscheduleid']),
    lists: await read('pricelevel', 'pricelevelid', ['transactioncurrencyid']),
    organizationId: String(organization?.organizationid ?? ''),
  }
}

/** Checks product and unit of items, copies what they show of product, unit group and list, and keeps them unique. */
async function checkItems(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  const facts = await readFacts(context, events)
  for (const event of events) {
    const product = facts.products.get(idOf(nextValue(event, 'productid')) ?? '')
    if (product === undefined) continue // Missing columns are refused by the platform.
    const schedule = idOf(product.defaultuomscheduleid)
    const unit = facts.units.get(idOf(nextValue(event, 'uomid')) ?? '')
    enforce(
      refuseItemProduct(
        { name: String(product.name), statecode: Number(product.statecode), productstructure: Number(product.productstructure), schedule },
        unit === undefined ? undefined : { name: String(unit.name), schedule: idOf(unit.uomscheduleid) ?? '' },
      ),
    )
    Object.assign(event.target, {
      productnumber: product.productnumber ?? null,
      uomscheduleid: product.defaultuomscheduleid ?? null,
      transactioncurrencyid: facts.lists.get(idOf(nextValue(event, 'pricelevelid')) ?? '')?.transactioncurrencyid ?? null,
      organizationid: { table: 'organization', id: facts.organizationId },
    })
  }
  await checkTriples(context, events, facts)
}

/** One item per price list, product and unit. */
async function checkTriples(context: PluginContext, events: readonly TableEvent[], facts: ItemFacts): Promise<void> {
  const wanted = events.map((event) => ({ event, key: tripleOf((column) => idOf(nextValue(event, column))) }))
  await lockValues(
    context.sql,
    'productpricelevel',
    wanted.map((item) => item.key),
  )
  const columns = ['pricelevelid', 'productid', 'uomid']
  const where = { productid: nextIds(events, 'productid') }
  const stored = await context.service.find({ table: 'productpricelevel', columns, where })
  const moved = new Set(events.map((event) => event.id))
  const taken = new Set(
    stored.filter((row) => !moved.has(String(row.productpricelevelid))).map((row) => tripleOf((column) => idOf(row[column]))),
  )
  for (const { event, key } of wanted) {
    if (taken.has(key)) enforce(ITEM_TAKEN(nameIn(facts.products, event, 'productid'), nameIn(facts.units, event, 'uomid')))
    taken.add(key)
  }
}

const tripleOf = (id: (column: string) => string | null): string =>
  ['pricelevelid', 'productid', 'uomid'].map((column) => id(column) ?? '').join(' ')

const nameIn = (rows: ReadonlyMap<string, Row>, event: TableEvent, column: string): string =>
  String(rows.get(idOf(nextValue(event, column)) ?? '')?.name ?? '')

async function checkPercentages(events: readonly TableEvent[]): Promise<void> {
  for (const event of events) {
    enforce(refusePercentage(Number(nextValue(event, 'pricingmethodcode') ?? 1), textOf(nextValue(event, 'percentage'))))
  }
}

const before = { table: 'productpricelevel', stage: 'pre-operation' } as const

/** Items of price lists. Source: Sales 1.7. */
export const priceListItemPlugins: readonly Plugin[] = [
  { ...before, name: 'price list item', message: 'create', run: checkItems },
  { ...before, name: 'price list item', message: 'update', columns: ['pricelevelid', 'productid', 'uomid'], run: checkItems },
  { ...before, name: 'price list item percentage', message: 'create', run: checkPercentages },
  { ...before, name: 'price list item percentage', message: 'update', columns: ['pricingmethodcode', 'percentage'], run: checkPercentages },
]
