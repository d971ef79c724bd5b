import type { TableDefinition } from '@p2c/dataverse'
import { ACTIVITY_STATES, ACTIVITY_TABLE, activityColumns } from './activity-columns.ts'
import { currency, integer, lookup, money, text } from './columns.ts'
import { ANY_AMOUNT } from './document-columns.ts'

const REVISION = [0, 1_000_000_000] as const

/** How an opportunity ended. Source: Sales 1.6 and 2.2. */
export const opportunityclose: TableDefinition = {
  ...ACTIVITY_TABLE,
  logicalName: 'opportunityclose',
  entitySetName: 'opportunitycloses',
  objectTypeCode: 4208,
  label: 'Opportunity Close',
  pluralLabel: 'Opportunity Close',
  columns: [
    ...activityColumns('opportunityclose'),
    lookup('opportunityid', 'Opportunity', {
      table: 'opportunity',
      required: 'application',
      collection: 'Opportunity_OpportunityClose',
      onDelete: 'cascade',
    }),
    money('actualrevenue', 'Actual Revenue', { range: ANY_AMOUNT }),
    lookup('competitorid', 'Competitor', { table: 'competitor', collection: 'competitor_opportunity_activities' }),
    currency(),
    ...ACTIVITY_STATES,
  ],
}

/** How a quote ended. Source: Sales 2.3. */
export const quoteclose: TableDefinition = {
  ...ACTIVITY_TABLE,
  logicalName: 'quoteclose',
  entitySetName: 'quotecloses',
  objectTypeCode: 4211,
  label: 'Quote Close',
  pluralLabel: 'Quote Close',
  columns: [
    ...activityColumns('quoteclose'),
    lookup('quoteid', 'Quote', { table: 'quote', required: 'application', collection: 'Quote_QuoteClose', onDelete: 'cascade' }),
    text('quotenumber', 'Quote ID', 100),
    integer('revision', 'Revision', { range: REVISION }),
    ...ACTIVITY_STATES,
  ],
}

/** How an order ended. Source: Sales 2.4. */
export const orderclose: TableDefinition = {
  ...ACTIVITY_TABLE,
  logicalName: 'orderclose',
  entitySetName: 'ordercloses',
  objectTypeCode: 4209,
  label: 'Order Close',
  pluralLabel: 'Order Close',
  columns: [
    ...activityColumns('orderclose'),
    lookup('salesorderid', 'Order', {
      table: 'salesorder',
      required: 'application',
      collection: 'SalesOrder_OrderClose',
      onDelete: 'cascade',
    }),
    text('ordernumber', 'Order ID', 100),
    integer('revision', 'Revision', { range: REVISION }),
    ...ACTIVITY_STATES,
  ],
}
