import { type Plugin, type PluginContext, type Row, refuse, type TableEvent } from '@p2c/dataverse'
import { PRODUCT_STATES } from '../../domain/catalogue/product-state.ts'
import { product } from '../../tables/product.ts'

/** The columns that a revision may change and a revert brings back. */
const REVISED_COLUMNS = product.columns
  .filter((column) => column.readOnly !== true && column.type !== 'state' && column.type !== 'status')
  .map((column) => column.name)

/** Remembers what is published when a revision begins, and forgets it when the revision is published. */
async function keepPublished(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  const revised = events.filter(
    (event) => event.before?.statecode === PRODUCT_STATES.active && event.target.statecode === PRODUCT_STATES.underRevision,
  )
  const published = events.filter((event) => event.target.statecode === PRODUCT_STATES.active)
  if (revised.length > 0) {
    await context.sql.query(
      `insert into product_revision (productid, published) select * from unnest($1::uuid[], $2::jsonb[])
       on conflict (productid) do update set published = excluded.published`,
      [revised.map((event) => event.id), revised.map((event) => JSON.stringify(publishedValues(event)))],
    )
  }
  if (published.length > 0)
    await context.sql.query('delete from product_revision where productid = any($1::uuid[])', [published.map((event) => event.id)])
}

const publishedValues = (event: TableEvent): Row =>
  Object.fromEntries(REVISED_COLUMNS.map((column) => [column, event.before?.[column] ?? null]))

export const productRevisionPlugins: readonly Plugin[] = [
  { name: 'product revisions', table: 'product', message: 'update', stage: 'post-operation', columns: ['statecode'], run: keepPublished },
]

/** What an action on products needs of the platform. */
export type ActionContext = Pick<PluginContext, 'service' | 'sql'>

/** Discards a revision: the product is Active again as it was published. Source: Sales 2.6, RevertProduct. */
export async function revertProduct(context: ActionContext, productId: string): Promise<void> {
  const [stored] = await context.service.find({
    table: 'product',
    columns: ['name', 'statecode'],
    where: { productid: productId },
    forUpdate: true,
  })
  if (stored !== undefined && stored.statecode !== PRODUCT_STATES.underRevision) {
    refuse({ code: '0x8004f90a', message: `Product '${stored.name}' is not Under Revision: there is nothing to revert.` })
  }
  const found = await context.sql.query<{ published: Row }>('select published from product_revision where productid = $1', [productId])
  await context.service.update('product', [{ id: productId, values: { ...found.rows[0]?.published, statecode: PRODUCT_STATES.active } }])
}

/** Publishes a product, and of a family every Draft or revised product below it, families first. Source: Sales 2.6, PublishProductHierarchy. */
export async function publishProductHierarchy(context: ActionContext, productId: string): Promise<void> {
  const found = await context.sql.query<{ id: string; statecode: number; depth: number }>(
    `with recursive below(id, statecode, depth) as (
       select productid, statecode, 0 from product where productid = $1
       union all
       select child.productid, child.statecode, below.depth + 1 from product child join below on child.parentproductid = below.id
     ) select id, statecode, depth from below order by depth, id`,
    [productId],
  )
  const open = found.rows.filter((row) => row.statecode === PRODUCT_STATES.draft || row.statecode === PRODUCT_STATES.underRevision)
  if (open.length === 0)
    refuse({ code: '0x8004f90a', message: 'Neither the product nor one below it is Draft or Under Revision: there is nothing to publish.' })
  for (const depth of new Set(open.map((row) => row.depth))) {
    const level = open.filter((row) => row.depth === depth)
    await context.service.update(
      'product',
      level.map((row) => ({ id: row.id, values: { statecode: PRODUCT_STATES.active } })),
    )
  }
}
