import { ENTITIES } from '../../entities/catalogue.ts'
import { INVENTORY_VIEWS } from './inventory-views.ts'
import { PRODUCT_VIEWS } from './product-views.ts'
import { RECEIVABLES_VIEWS } from './receivables-views.ts'
import { SALES_INVOICE_VIEWS } from './sales-invoice-views.ts'
import { SALES_ORDER_VIEWS } from './sales-order-views.ts'
import { SALES_QUOTATION_VIEWS } from './sales-quotation-views.ts'
import { SET_UP_VIEWS } from './set-up-views.ts'
import type { View } from './view.ts'

/** Views in the order in which they depend on each other; dropped the other way round. */
export const VIEWS: readonly View[] = [
  ...SET_UP_VIEWS,
  ...PRODUCT_VIEWS,
  ...INVENTORY_VIEWS,
  ...SALES_QUOTATION_VIEWS,
  ...SALES_ORDER_VIEWS,
  ...SALES_INVOICE_VIEWS,
  ...RECEIVABLES_VIEWS,
]

/** Views that an entity names but nobody made: none, or the catalogue and this file have parted. */
export const missingViews = (): readonly string[] =>
  ENTITIES.filter(
    ({ storage }) =>
      (storage.isView || storage.readRelation !== storage.relation) && !VIEWS.some(({ name }) => name === storage.readRelation),
  ).map(({ name }) => name)
