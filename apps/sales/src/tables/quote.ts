import type { TableDefinition } from '@p2c/dataverse'
import { documentAddress } from './address-columns.ts'
import { choice, dateOnly, integer, lookup, reasonedStateColumns, text } from './columns.ts'
import { customerProjections, deliveryTerms, documentColumns, documentOrigin } from './document-columns.ts'
import { deliveryColumns, lineColumns, requestedDelivery, solutionFlag } from './line-columns.ts'
import { FREIGHT_TERMS } from './option-sets.ts'

const REVISION = [0, 2_147_483_647] as const

/** Source: Sales 2.3. */
const QUOTE_STATES = reasonedStateColumns(
  [
    { value: 0, label: 'Draft', reasons: [[1, 'In Progress']] },
    {
      value: 1,
      label: 'Active',
      reasons: [
        [2, 'In Progress'],
        [3, 'Open'],
      ],
    },
    { value: 2, label: 'Won', reasons: [[4, 'Won']] },
    {
      value: 3,
      label: 'Closed',
      reasons: [
        [5, 'Lost'],
        [6, 'Canceled'],
        [7, 'Revised'],
        // Of the Prospect to Cash solution.
        [647390000, 'Submitted'],
      ],
      defaultReason: 7,
    },
  ],
  { fixedOnCreate: true },
)

/**
 * An offer to a customer. Revisions share one number: each (number, revision) exists once, which Sales' own storage holds, not an
 * alternate key. Source: Sales 1.8 and 6.4.
 */
export const quote: TableDefinition = {
  logicalName: 'quote',
  entitySetName: 'quotes',
  primaryId: 'quoteid',
  primaryName: 'name',
  objectTypeCode: 1084,
  ownership: 'user',
  label: 'Quote',
  pluralLabel: 'Quotes',
  changeTracking: true,
  optimisticConcurrency: true,
  alternateKeys: [],
  columns: [
    text('quotenumber', 'Quote ID', 100, { required: 'system' }),
    { ...integer('revisionnumber', 'Revision ID', { range: REVISION, required: 'system', default: 0 }), readOnly: true },
    ...documentColumns({ stem: 'quote', plural: 'quotes' }),
    ...customerProjections,
    lookup('opportunityid', 'Opportunity', { table: 'opportunity', collection: 'opportunity_quotes' }),
    lookup('campaignid', 'Source Campaign', { table: 'campaign', collection: 'campaign_quotes' }),
    dateOnly('effectivefrom', 'Effective From'),
    dateOnly('effectiveto', 'Effective To'),
    dateOnly('expireson', 'Due By'),
    dateOnly('closedon', 'Closed On'),
    dateOnly('requestdeliveryby', 'Requested Delivery Date'),
    ...deliveryTerms,
    choice('freighttermscode', 'Freight Terms', { options: FREIGHT_TERMS }),
    ...documentAddress({ prefix: 'billto', on: 'header', named: true }),
    ...documentAddress({ prefix: 'shipto', on: 'header', named: true }),
    ...documentOrigin,
    ...QUOTE_STATES,
  ],
}

/** A line of a quote. Source: Sales 1.9 and 6.4. */
export const quotedetail: TableDefinition = {
  logicalName: 'quotedetail',
  entitySetName: 'quotedetails',
  primaryId: 'quotedetailid',
  primaryName: 'quotedetailname',
  objectTypeCode: 1085,
  ownership: 'parent',
  label: 'Quote Line',
  pluralLabel: 'Quote Lines',
  changeTracking: true,
  optimisticConcurrency: true,
  alternateKeys: [],
  columns: [
    ...lineColumns({
      table: 'quotedetail',
      nameColumn: 'quotedetailname',
      parent: { table: 'quote', column: 'quoteid', label: 'Quote', collection: 'quote_details', states: QUOTE_STATES },
    }),
    requestedDelivery,
    ...deliveryColumns(true),
    solutionFlag('quotehasexternalmaintainedproductsonly', 'Quote Has Externally Maintained Products Only'),
    integer('msdynce_quoterevisionnumber', 'Quote Revision Number', { range: REVISION }),
    solutionFlag('ismaintainedexternally', 'Is Maintained Externally'),
  ],
}
