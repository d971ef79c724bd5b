import type { Plugin } from '@p2c/dataverse'
import { headerPluginsOf } from './header-writes.ts'
import { itemCurrencyPlugins } from './item-currencies.ts'
import { leavingPluginOf } from './leaving-headers.ts'
import { linePluginsOf } from './line-writes.ts'
import { priceChangePlugins } from './price-changes.ts'
import { PRICED_DOCUMENTS } from './pricing-documents.ts'

/** The pricing engine on documents, their lines and the catalogue. Source: Sales 4. */
export const pricingPlugins: readonly Plugin[] = [
  ...PRICED_DOCUMENTS.flatMap((document) => [...headerPluginsOf(document), leavingPluginOf(document), ...linePluginsOf(document)]),
  ...itemCurrencyPlugins,
  ...priceChangePlugins,
]
