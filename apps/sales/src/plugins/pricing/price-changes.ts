import type { Plugin, PluginContext, TableEvent } from '@p2c/dataverse'
import { EDITABLE_STATE } from '../../domain/documents/document-lock.ts'
import { PROCESSING_STATUSES } from '../../domain/p2c/p2c-processing-status.ts'
import { SKIP_ON_RETRIEVE } from '../../domain/pricing/pricing-runs.ts'
import { changes, idOf } from '../row-values.ts'
import { PRICED_DOCUMENTS, type PricedDocument } from './pricing-documents.ts'
import { recalculateDocuments } from './recalculate-documents.ts'

/** Documents that follow the catalogue: they can be edited here, their prices are not locked, and they do not opt out. Source: Sales 2.4.1. */
const followsCatalogue = ({ hasColumn, isLockable }: PricedDocument): string =>
  [
    `h.statecode = ${EDITABLE_STATE}`,
    `coalesce(h.skippricecalculation, 0) <> ${SKIP_ON_RETRIEVE}`,
    ...(isLockable ? ['h.ispricelocked is not true'] : []),
    ...(hasColumn('msdynce_ismaintainedexternally') ? ['h.msdynce_ismaintainedexternally is not true'] : []),
    ...(hasColumn('msdynce_processingstatus')
      ? [`coalesce(h.msdynce_processingstatus, ${PROCESSING_STATUSES.draft}) = ${PROCESSING_STATUSES.draft}`]
      : []),
  ].join(' and ')

/** Documents with lines whose price may have changed with these products. */
async function documentsOfProducts(
  context: PluginContext,
  document: PricedDocument,
  productIds: readonly string[],
): Promise<readonly string[]> {
  const found = await context.sql.query<{ id: string }>(
    `select distinct h."${document.headerId}" as id from "${document.line}" l join "${document.header}" h on h."${document.headerId}" = l."${document.parent}"
     where l.productid = any($1::uuid[]) and l.ispriceoverridden is not true and ${followsCatalogue(document)}`,
    [productIds],
  )
  return found.rows.map((row) => row.id)
}

async function documentsOfLists(context: PluginContext, document: PricedDocument, listIds: readonly string[]): Promise<readonly string[]> {
  const found = await context.sql.query<{ id: string }>(
    `select h."${document.headerId}" as id from "${document.header}" h where h.pricelevelid = any($1::uuid[]) and ${followsCatalogue(document)}`,
    [listIds],
  )
  return found.rows.map((row) => row.id)
}

async function repriceProducts(context: PluginContext, productIds: readonly string[]): Promise<void> {
  if (productIds.length === 0) return
  for (const document of PRICED_DOCUMENTS) {
    const ids = await documentsOfProducts(context, document, productIds)
    await recalculateDocuments(context, document, { ids, productIds })
  }
}

/** What a price list item makes a price of. Its discount list counts when a quantity changes, not before. Source: Sales 4.5. */
const ITEM_COLUMNS = [
  'pricelevelid',
  'productid',
  'uomid',
  'pricingmethodcode',
  'amount',
  'percentage',
  'roundingpolicycode',
  'roundingoptioncode',
  'roundingoptionamount',
] as const

/** What methods 2 to 6 start from, and where a product finds a price by itself. */
const PRODUCT_COLUMNS = ['price', 'currentcost', 'standardcost', 'pricelevelid', 'transactioncurrencyid'] as const

const changing = (events: readonly TableEvent[], columns: readonly string[]): readonly TableEvent[] =>
  events.filter((event) => event.before === undefined || event.after === undefined || columns.some((column) => changes(event, column)))

const followItems: Plugin['run'] = (events, context) =>
  repriceProducts(context, [
    ...new Set(
      changing(events, ITEM_COLUMNS).flatMap(({ before, after }) =>
        [before?.productid, after?.productid].flatMap((value) => idOf(value) ?? []),
      ),
    ),
  ])

const followProducts: Plugin['run'] = (events, context) =>
  repriceProducts(
    context,
    changing(events, PRODUCT_COLUMNS).map((event) => event.id),
  )

const followLists: Plugin['run'] = async (events, context) => {
  const listIds = changing(events, ['statecode']).map((event) => event.id)
  if (listIds.length === 0) return
  for (const document of PRICED_DOCUMENTS) {
    await recalculateDocuments(context, document, { ids: await documentsOfLists(context, document, listIds) })
  }
}

const item = { table: 'productpricelevel', name: 'document prices', stage: 'post-operation' } as const

/**
 * Open documents follow the catalogue: what a read of an open document would find in the product, a change of the catalogue writes at
 * once. Source: Sales 2.4.1 and 4.1.
 */
export const priceChangePlugins: readonly Plugin[] = [
  { ...item, message: 'create', run: followItems },
  { ...item, message: 'update', columns: ITEM_COLUMNS, reads: ITEM_COLUMNS, run: followItems },
  { ...item, message: 'delete', run: followItems },
  { ...item, table: 'product', message: 'update', columns: PRODUCT_COLUMNS, reads: PRODUCT_COLUMNS, run: followProducts },
  { ...item, table: 'pricelevel', message: 'update', columns: ['statecode'], reads: ['statecode'], run: followLists },
]
