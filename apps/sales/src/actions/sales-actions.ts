import type { AppAction } from '@p2c/dataverse'
import type { SalesSwitches } from '../domain/sales-switches.ts'
import { addressFunction } from './address-function.ts'
import { generateActions } from './generate-actions.ts'
import { invoiceActions } from './invoice-actions.ts'
import { leadActions } from './lead-actions.ts'
import { marketingActions } from './marketing-actions.ts'
import { mergeAction } from './merge-action.ts'
import { opportunityActions } from './opportunity-actions.ts'
import { orderActions } from './order-actions.ts'
import { pricingActions } from './pricing-actions.ts'
import { productActions } from './product-actions.ts'
import { quoteActions } from './quote-actions.ts'

/** Every action and function that Sales adds to those of the platform. Source: wire specification 15. */
export const salesActions = (switches: SalesSwitches): readonly AppAction[] => [
  ...productActions,
  ...pricingActions,
  ...leadActions,
  ...opportunityActions,
  ...marketingActions,
  ...quoteActions(switches),
  ...orderActions,
  ...invoiceActions(switches),
  ...generateActions,
  mergeAction,
  addressFunction,
]
