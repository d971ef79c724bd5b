import type { ColumnDefinition } from '@p2c/dataverse'
import { choice, flag, integer, text } from './columns.ts'
import { numbered } from './option-sets.ts'

const COUNTER = { range: [1, 2_147_483_647], default: 1000 } as const

/** A column whose default belongs to a text: the shared builder has none. */
const prefix = (name: string, label: string, value: string): ColumnDefinition => ({
  ...text(name, label, 20),
  type: 'string',
  maxLength: 20,
  default: value,
})

/** Settings of Sales on the organisation row; rules read them when they run. Source: Sales 1.14. */
export const ORGANIZATION_COLUMNS: readonly ColumnDefinition[] = [
  choice('discountcalculationmethod', 'Discount calculation method', { options: numbered(0, ['Line item', 'Per unit']), default: 0 }),
  flag('oobpricecalculationenabled', 'Use system pricing calculation', { default: true }),
  flag('createproductswithoutparentinactivestate', 'Create products in active state'),
  flag('useinbuiltrulefordefaultpricelistselection', 'Allow selection of default price list by the inbuilt rule', { default: true }),
  integer('maxproductsinbundle', 'Maximum number of products in a bundle', { range: [0, 1_000], default: 15 }),
  flag('ispricelistmandatory', 'Price lists are mandatory', { default: true }),
  flag('enablepricingoncreate', 'Calculate prices on create', { default: true }),
  flag('issopintegrationenabled', 'Sales order processing integration enabled'),
  prefix('quoteprefix', 'Quote Prefix', 'QUO'),
  prefix('orderprefix', 'Order Prefix', 'ORD'),
  prefix('invoiceprefix', 'Invoice Prefix', 'INV'),
  prefix('campaignprefix', 'Campaign Prefix', 'CMP'),
  integer('currentquotenumber', 'Current Quote Number', COUNTER),
  integer('currentordernumber', 'Current Order Number', COUNTER),
  integer('currentinvoicenumber', 'Current Invoice Number', COUNTER),
  integer('currentcampaignnumber', 'Current Campaign Number', COUNTER),
  integer('uniquespecifierlength', 'Unique String Length', { range: [4, 6], default: 6 }),
  choice('fullnameconventioncode', 'Full Name Display Order', {
    options: numbered(0, [
      'Last Name, First Name',
      'First Name, Last Name',
      'Last Name, First Name, Middle Initial',
      'First Name, Middle Initial, Last Name',
      'Last Name, First Name, Middle Name',
      'First Name, Middle Name, Last Name',
      'Last Name, space, First Name',
      'Last Name, no space, First Name',
    ]),
    default: 1,
  }),
]
