import type { Plugin } from '@p2c/dataverse'
import type { SalesSwitches } from '../domain/sales-switches.ts'
import { accountPlugins } from './account-plugins.ts'
import { addressPlugins } from './address-plugins.ts'
import { contactPlugins } from './contact-plugins.ts'
import { currencyPlugins } from './currency-plugins.ts'
import { priceListItemPlugins } from './price-list-item-plugins.ts'
import { priceListPlugins } from './price-list-plugins.ts'
import { productPlugins } from './product-plugins.ts'
import { productPricingPlugins } from './product-pricing.ts'
import { productRevisionPlugins } from './product-revisions.ts'
import { productStatePlugins } from './product-states.ts'
import { recordNumberPlugins } from './record-numbers.ts'
import { unitPlugins } from './unit-plugins.ts'

/**
 * Every rule of Sales in the order it runs. Numbers are drawn last: their sequences stay locked until the transaction ends, so
 * nothing that may be refused or slow comes between.
 */
export const salesPlugins = (_switches: SalesSwitches): readonly Plugin[] => [
  ...currencyPlugins,
  ...unitPlugins,
  ...priceListPlugins,
  ...priceListItemPlugins,
  ...productPlugins,
  ...productStatePlugins,
  ...productRevisionPlugins,
  ...productPricingPlugins,
  ...accountPlugins,
  ...contactPlugins,
  ...addressPlugins,
  ...recordNumberPlugins,
]
