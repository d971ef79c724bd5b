import type { TableDefinition } from '@p2c/dataverse'
import { account } from './account.ts'
import { activitypointer, task } from './activity.ts'
import { annotation } from './annotation.ts'
import { autoNumber } from './auto-number.ts'
import { campaign, campaignitem, campaignresponse } from './campaign.ts'
import { opportunityclose, orderclose, quoteclose } from './close-activities.ts'
import { competitor } from './competitor.ts'
import { contact } from './contact.ts'
import { discount, discounttype } from './discount.ts'
import { invoice, invoicedetail } from './invoice.ts'
import { lead } from './lead.ts'
import { list, listmember } from './marketing-list.ts'
import { opportunity, opportunityproduct } from './opportunity.ts'
import { extendedPlatformTables } from './platform-tables.ts'
import { pricelevel, productpricelevel } from './price-list.ts'
import { product } from './product.ts'
import { productassociation } from './product-association.ts'
import { quote, quotedetail } from './quote.ts'
import { salesorder, salesorderdetail } from './sales-order.ts'
import { publisher, solution } from './solution.ts'
import { territory } from './territory.ts'
import { uom, uomschedule } from './unit.ts'

const CUSTOMERS_AND_SALES: readonly TableDefinition[] = [
  contact,
  lead,
  opportunity,
  opportunityproduct,
  quote,
  quotedetail,
  salesorder,
  salesorderdetail,
  invoice,
  invoicedetail,
  competitor,
]

const CATALOGUE: readonly TableDefinition[] = [
  product,
  productassociation,
  uomschedule,
  uom,
  pricelevel,
  productpricelevel,
  discounttype,
  discount,
]

const ACTIVITIES: readonly TableDefinition[] = [activitypointer, task, opportunityclose, quoteclose, orderclose, campaignresponse]
const MARKETING: readonly TableDefinition[] = [campaign, campaignitem, list, listmember]

/** Every table that Sales adds to those of the platform, and the platform's that it widens. */
export const salesTables = (options: { readonly uniqueAccountNumber: boolean }): readonly TableDefinition[] => [
  account({ uniqueNumber: options.uniqueAccountNumber }),
  ...CUSTOMERS_AND_SALES,
  ...CATALOGUE,
  ...ACTIVITIES,
  ...MARKETING,
  territory,
  annotation,
  autoNumber,
  publisher,
  solution,
  ...extendedPlatformTables,
]
