import type { Plugin } from '@p2c/dataverse'
import type { SalesSwitches } from '../domain/sales-switches.ts'
import { annotationPlugins } from './annotation-plugins.ts'
import { bundlePlugins } from './catalogue/bundle-plugins.ts'
import { currencyPlugins } from './catalogue/currency-plugins.ts'
import { discountPlugins } from './catalogue/discount-plugins.ts'
import { priceListItemPlugins } from './catalogue/price-list-item-plugins.ts'
import { priceListPlugins } from './catalogue/price-list-plugins.ts'
import { productPlugins } from './catalogue/product-plugins.ts'
import { productPricingPlugins } from './catalogue/product-pricing.ts'
import { productRevisionPlugins } from './catalogue/product-revisions.ts'
import { productStatePlugins } from './catalogue/product-states.ts'
import { unitPlugins } from './catalogue/unit-plugins.ts'
import { accountPlugins } from './customers/account-plugins.ts'
import { addressPlugins } from './customers/address-plugins.ts'
import { contactPlugins } from './customers/contact-plugins.ts'
import { documentCustomerPlugins } from './documents/document-customers.ts'
import { documentLineCopyPlugins } from './documents/document-line-copies.ts'
import { documentLockPlugins } from './documents/document-locks.ts'
import { documentNumberPlugins } from './documents/document-numbers.ts'
import { documentStatePlugins } from './documents/document-states.ts'
import { p2cLockPlugins, p2cPlugins } from './p2c/p2c-plugins.ts'
import { solutionRowPlugins } from './p2c/p2c-solution-rows.ts'
import { pricingPlugins } from './pricing/pricing-plugins.ts'
import { activityPlugins } from './prospects/activity-plugins.ts'
import { leadPlugins } from './prospects/lead-plugins.ts'
import { campaignNumberPlugins, marketingCampaignPlugins } from './prospects/marketing-campaign-plugins.ts'
import { marketingListPlugins } from './prospects/marketing-list-plugins.ts'
import { opportunityPlugins } from './prospects/opportunity-plugins.ts'
import { recordNumberPlugins } from './record-numbers.ts'

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
