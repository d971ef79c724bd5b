import type { TableDefinition } from '@p2c/dataverse'
import { documentAddress } from './address-columns.ts'
import { choice, dateOnly, flag, integer, lookup, memo, moment, reasonedStateColumns, text } from './columns.ts'
import { customerProjections, deliveryTerms, documentColumns, documentOrigin, headerTax } from './document-columns.ts'
import { deliveryColumns, fulfilmentColumns, lineColumns, lockCopy, requestedDelivery, solutionFlag } from './line-columns.ts'
import { DEFAULT_VALUE, FREIGHT_TERMS, PROCESSING_STATUSES } from './option-sets.ts'

/** Source: Sales 2.4. */
const ORDER_STATES = reasonedStateColumns(
  [
    {
      value: 0,
      label: 'Active',
      reasons: [
        [1, 'New'],
        [2, 'Pending'],
      ],
    },
    { value: 1, label: 'Submitted', reasons: [[3, 'In Progress']] },
    { value: 2, label: 'Canceled', reasons: [[4, 'No Money']] },
    {
      value: 3,
      label: 'Fulfilled',
      reasons: [
        [100001, 'Complete'],
        [100002, 'Partial'],
      ],
    },
    { value: 4, label: 'Invoiced', reasons: [[100003, 'Invoiced']] },
  ],
  { fixedOnCreate: true },
)

/** What a customer has ordered. Source: Sales 1.10 and 6.6. */
export const salesorder: TableDefinition = {
  logicalName: 'salesorder',
  privilegeName: 'SalesOrder',
  entitySetName: 'salesorders',
  primaryId: 'salesorderid',
  primaryName: 'name',
  objectTypeCode: 1088,
  ownership: 'user',
  label: 'Order',
  pluralLabel: 'Orders',
  changeTracking: true,
  optimisticConcurrency: true,
  alternateKeys: [],
  columns: [
    text('ordernumber', 'Order ID', 100, { required: 'system' }),
    ...documentColumns({ stem: 'order', plural: 'orders' }),
    ...customerProjections,
    lookup('quoteid', 'Quote', { table: 'quote', collection: 'quote_orders' }),
    lookup('opportunityid', 'Opportunity', { table: 'opportunity', collection: 'opportunity_sales_orders' }),
    lookup('campaignid', 'Source Campaign', { table: 'campaign', collection: 'campaign_orders' }),
    flag('ispricelocked', 'Prices Locked', { required: 'application' }),
    choice('prioritycode', 'Priority', { options: DEFAULT_VALUE, default: 1 }),
    dateOnly('requestdeliveryby', 'Requested Delivery Date'),
    dateOnly('datefulfilled', 'Date Fulfilled'),
    dateOnly('submitdate', 'Date Submitted'),
    integer('submitstatus', 'Submitted Status', { range: [0, 1_000_000_000] }),
    memo('submitstatusdescription', 'Submitted Status Description'),
    moment('lastbackofficesubmit', 'Last Submitted to Back Office'),
    ...deliveryTerms,
    choice('freighttermscode', 'Freight Terms', { options: FREIGHT_TERMS }),
    ...documentAddress({ prefix: 'billto', on: 'header', named: true }),
    ...documentAddress({ prefix: 'shipto', on: 'header', named: true }),
    ...documentOrigin,
    choice('msdynce_processingstatus', 'Processing Status', { options: PROCESSING_STATUSES, default: 647390011 }),
    headerTax,
    ...ORDER_STATES,
  ],
}

/** A line of an order. Source: Sales 1.9 and 6.6. */
export const salesorderdetail: TableDefinition = {
  logicalName: 'salesorderdetail',
  entitySetName: 'salesorderdetails',
  primaryId: 'salesorderdetailid',
  primaryName: 'salesorderdetailname',
  objectTypeCode: 1089,
  ownership: 'parent',
  label: 'Order Line',
  pluralLabel: 'Order Lines',
  changeTracking: true,
  optimisticConcurrency: true,
  alternateKeys: [],
  columns: [
    ...lineColumns({
      table: 'salesorderdetail',
      nameColumn: 'salesorderdetailname',
      parent: { table: 'salesorder', column: 'salesorderid', label: 'Order', collection: 'order_details', states: ORDER_STATES },
    }),
    lookup('quotedetailid', 'Quote Line', { table: 'quotedetail', collection: 'quotedetail_salesorderdetail' }),
    lockCopy('salesorder', 'Order'),
    requestedDelivery,
    ...fulfilmentColumns,
    ...deliveryColumns(true),
    solutionFlag('ismaintainedexternally', 'Is Maintained Externally'),
    solutionFlag('orderhasexternalmaintainedproductsonly', 'Order Has Externally Maintained Products Only'),
    solutionFlag('orderissubmitted', 'Order Is Submitted'),
    text('msdynce_ordernumber', 'Order Number', 100),
    solutionFlag('ismisctax', 'Is Misc Tax'),
  ],
}
