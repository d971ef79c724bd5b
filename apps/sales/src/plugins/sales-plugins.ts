import type { Plugin } from '@p2c/dataverse'
import type { SalesSwitches } from '../domain/sales-switches.ts'
import { accountPlugins } from './account-plugins.ts'
import { activityPlugins } from './activity-plugins.ts'
import { addressPlugins } from './address-plugins.ts'
import { annotationPlugins } from './annotation-plugins.ts'
import { bundlePlugins } from './bundle-plugins.ts'
import { contactPlugins } from './contact-plugins.ts'
import { currencyPlugins } from './currency-plugins.ts'
import { discountPlugins } from './discount-plugins.ts'
import { documentCustomerPlugins } from './document-customers.ts'
import { documentLineCopyPlugins } from './document-line-copies.ts'
import { documentLockPlugins } from './document-locks.ts'
import { documentNumberPlugins } from './document-numbers.ts'
import { documentStatePlugins } from './document-states.ts'
import { leadPlugins } from './lead-plugins.ts'
import { campaignNumberPlugins, marketingCampaignPlugins } from './marketing-campaign-plugins.ts'
import { marketingListPlugins } from './marketing-list-plugins.ts'
import { opportunityPlugins } from './opportunity-plugins.ts'
import { p2cLockPlugins, p2cPlugins } from './p2c-plugins.ts'
import { solutionRowPlugins } from './p2c-solution-rows.ts'
import { priceListItemPlugins } from './price-list-item-plugins.ts'
import { priceListPlugins } from './price-list-plugins.ts'
import { pricingPlugins } from './pricing/pricing-plugins.ts'
import { productPlugins } from './product-plugins.ts'
import { productPricingPlugins } from './product-pricing.ts'
import { productRevisionPlugins } from './product-revisions.ts'
import { productStatePlugins } from './product-states.ts'
import { recordNumberPlugins } from './record-numbers.ts'
import { unitPlugins } from './unit-plugins.ts'

/**
 * Every rule of Sales in the order it runs. What closed documents refuse is asked first, before rules add columns to what the client
 * wrote. Numbers are drawn last: their sequences stay locked until the transaction ends, so
 * nothing that may be refused or slow comes between.
 */
export const salesPlugins = (switches: SalesSwitches): readonly Plugin[] => [
  ...documentStatePlugins,
  ...documentLockPlugins,
  ...p2cLockPlugins(switches),
  ...opportunityPlugins,
  ...currencyPlugins,
  ...unitPlugins,
  ...priceListPlugins,
  ...priceListItemPlugins,
  ...discountPlugins,
  ...productPlugins,
  ...productStatePlugins,
  ...productRevisionPlugins,
  ...productPricingPlugins,
  ...bundlePlugins,
  ...accountPlugins,
  ...contactPlugins,
  ...leadPlugins,
  ...addressPlugins,
  ...documentCustomerPlugins,
  ...pricingPlugins,
  ...documentLineCopyPlugins,
  ...marketingListPlugins,
  ...marketingCampaignPlugins,
  ...activityPlugins,
  ...annotationPlugins,
  ...p2cPlugins(switches),
  ...solutionRowPlugins,
  ...recordNumberPlugins,
  ...documentNumberPlugins,
  ...campaignNumberPlugins,
]
