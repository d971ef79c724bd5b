import type { Plugin, PluginContext, Row, TableEvent } from '@p2c/dataverse'
import {
  BUNDLE_IS_FULL,
  BUNDLE_IS_PUBLISHED,
  type BundleMember,
  refuseBundleItem,
  refuseBundleUnit,
} from '../../domain/catalogue/bundle-rules.ts'
import { PRODUCT_STATES } from '../../domain/catalogue/product-state.ts'
import { byId, enforce, idOf, nextIds, nextValue } from '../row-values.ts'

const PRODUCT_COLUMNS = ['name', 'productstructure', 'statecode', 'defaultuomid', 'defaultuomscheduleid'] as const

const toMember = (row: Row): BundleMember => ({
  id: String(row.productid),
  name: String(row.name ?? row.productid),
  structure: Number(row.productstructure),
  statecode: Number(row.statecode),
})

/** What may be put into a bundle, in which unit, and how much of it. The bundles are locked first: the limit holds for writers at once. */
async function checkItems(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  const bundles = await readProducts(context, nextIds(events, 'productid'), true)
  const products = await readProducts(context, nextIds(events, 'associatedproduct'), false)
  for (const event of events) {
    const bundle = bundles.get(idOf(nextValue(event, 'productid')) ?? '')
    const product = products.get(idOf(nextValue(event, 'associatedproduct')) ?? '')
    if (bundle === undefined || product === undefined) continue
    enforce(refuseBundleItem(toMember(bundle), toMember(product)))
    if (event.before === undefined) event.target.statecode = bundle.statecode ?? PRODUCT_STATES.draft
    if (event.before === undefined) event.target.statuscode = REASONS[Number(event.target.statecode)] ?? 0
    if (idOf(nextValue(event, 'uomid')) === null) event.target.uomid = product.defaultuomid ?? null
  }
  await checkUnits(events, context, products)
  if (context.message === 'create') await checkLimit(events, context, bundles)
}

/** The one reason of each state, the same as of products. */
const REASONS: Readonly<Record<number, number>> = { 0: 1, 1: 2, 2: 0, 3: 3 }

async function readProducts(context: PluginContext, ids: readonly string[], forUpdate: boolean): Promise<ReadonlyMap<string, Row>> {
  if (ids.length === 0) return new Map()
  const rows = await context.service.find({ table: 'product', columns: PRODUCT_COLUMNS, where: { productid: ids }, forUpdate })
  return byId(rows, 'productid')
}

async function checkUnits(events: readonly TableEvent[], context: PluginContext, products: ReadonlyMap<string, Row>): Promise<void> {
  const ids = nextIds(events, 'uomid')
  if (ids.length === 0) return
  const units = byId(await context.service.find({ table: 'uom', columns: ['name', 'uomscheduleid'], where: { uomid: ids } }), 'uomid')
  for (const event of events) {
    const unit = units.get(idOf(nextValue(event, 'uomid')) ?? '')
    const product = products.get(idOf(nextValue(event, 'associatedproduct')) ?? '')
    if (unit === undefined || product === undefined) continue
    const fits = idOf(unit.uomscheduleid) === idOf(product.defaultuomscheduleid)
    enforce(refuseBundleUnit({ product: String(product.name), unit: String(unit.name), fits }))
  }
}

async function checkLimit(events: readonly TableEvent[], context: PluginContext, bundles: ReadonlyMap<string, Row>): Promise<void> {
  const [organization] = await context.service.find({ table: 'organization', columns: ['maxproductsinbundle'], limit: 1 })
  const limit = Number(organization?.maxproductsinbundle ?? 15)
  const found = await context.sql.query<{ id: string; n: string }>(
    'select productid as id, count(*) as n from productassociation where productid = any($1::uuid[]) group by productid',
    [[...bundles.keys()]],
  )
  const counts = new Map(found.rows.map((row) => [row.id, Number(row.n)]))
  for (const event of events) {
    const id = idOf(event.target.productid) ?? ''
    const count = (counts.get(id) ?? 0) + 1
    counts.set(id, count)
    if (count > limit) enforce(BUNDLE_IS_FULL(String(bundles.get(id)?.name ?? id), limit))
  }
}

/** A published bundle keeps its products; with the bundle itself they go: that is a cascade, deeper than a client's own delete. */
async function checkDeletes(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  if (context.depth > 1) return
  const bundles = await readProducts(
    context,
    events.flatMap((event) => idOf(event.before?.productid) ?? []),
    true,
  )
  for (const bundle of bundles.values()) {
    const isPublished = bundle.statecode === PRODUCT_STATES.active || bundle.statecode === PRODUCT_STATES.underRevision
    if (isPublished) enforce(BUNDLE_IS_PUBLISHED(String(bundle.name)))
  }
}

/** The products of a bundle show the state of the bundle. */
async function followBundles(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  const states = new Map(events.map((event) => [event.id, Number(event.after?.statecode)]))
  const items = await context.service.find({
    table: 'productassociation',
    columns: ['productid', 'statecode'],
    where: { productid: [...states.keys()] },
  })
  const changed = items.flatMap((item) => {
    const statecode = states.get(idOf(item.productid) ?? '')
    return statecode === undefined || statecode === item.statecode
      ? []
      : [{ id: String(item.productassociationid), values: { statecode, statuscode: REASONS[statecode] ?? 0 } }]
  })
  await context.service.update('productassociation', changed)
}

const ITEM_COLUMNS = ['productid', 'associatedproduct', 'uomid'] as const

/** Products in bundles. Source: Sales 1.7. */
export const bundlePlugins: readonly Plugin[] = [
  { table: 'productassociation', name: 'bundle item', message: 'create', stage: 'pre-operation', run: checkItems },
  {
    table: 'productassociation',
    name: 'bundle item',
    message: 'update',
    stage: 'pre-operation',
    columns: ITEM_COLUMNS,
    reads: ITEM_COLUMNS,
    run: checkItems,
  },
  { table: 'productassociation', name: 'bundle item', message: 'delete', stage: 'pre-operation', run: checkDeletes },
  { table: 'product', name: 'bundle item states', message: 'update', stage: 'post-operation', columns: ['statecode'], run: followBundles },
]
