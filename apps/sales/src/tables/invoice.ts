import type { TableDefinition } from '@p2c/dataverse'
import { documentAddress } from './address-columns.ts'
import { choice, dateOnly, flag, lookup, moment, reasonedStateColumns, text } from './columns.ts'
import { customerProjections, deliveryTerms, documentColumns, documentOrigin, headerTax } from './document-columns.ts'
import { deliveryColumns, fulfilmentColumns, lineColumns, lockCopy, solutionFlag } from './line-columns.ts'
import { DEFAULT_VALUE } from './option-sets.ts'

/** Closed with its reasons is deprecated: rules refuse it. Source: Sales 2.5. */
const INVOICE_STATES = reasonedStateColumns(
  [
    {
      value: 0,
      label: 'Active',
      reasons: [
        [1, 'New'],
        [2, 'Partially Shipped'],
        [4, 'Billed'],
        [5, 'Booked'],
        [6, 'Installed'],
      ],
    },
    {
      value: 1,
      label: 'Closed (deprecated)',
      invariantName: 'Closed',
      reasons: [
        [3, 'Canceled (deprecated)'],
        [7, 'Paid in Full (deprecated)'],
      ],
    },
    {
      value: 2,
      label: 'Paid',
      reasons: [
        [100001, 'Complete'],
        [100002, 'Partial'],
      ],
    },
    { value: 3, label: 'Canceled', reasons: [[100003, 'Canceled']] },
  ],
  { fixedOnCreate: true },
)

/** What a customer has to pay. Source: Sales 1.11 and 6.7. */
export const invoice: TableDefinition = {
  logicalName: 'invoice',
  entitySetName: 'invoices',
  primaryId: 'invoiceid',
  primaryName: 'name',
  objectTypeCode: 1090,
  ownership: 'user',
  label: 'Invoice',
  pluralLabel: 'Invoices',
  changeTracking: true,
  optimisticConcurrency: true,
  alternateKeys: [],
  columns: [
    text('invoicenumber', 'Invoice ID', 100, { required: 'system' }),
    ...documentColumns({ stem: 'invoice', plural: 'invoices' }),
    ...customerProjections,
    lookup('salesorderid', 'Order', { table: 'salesorder', collection: 'order_invoices' }),
    lookup('opportunityid', 'Opportunity', { table: 'opportunity', collection: 'opportunity_invoices' }),
    flag('ispricelocked', 'Prices Locked', { required: 'application' }),
    choice('prioritycode', 'Priority', { options: DEFAULT_VALUE, default: 1 }),
    dateOnly('duedate', 'Due Date'),
    dateOnly('datedelivered', 'Date Delivered'),
    moment('lastbackofficesubmit', 'Last Submitted to Back Office'),
    ...deliveryTerms,
    ...documentAddress({ prefix: 'billto', on: 'header', named: false }),
    ...documentAddress({ prefix: 'shipto', on: 'header', named: false }),
    ...documentOrigin,
    dateOnly('msdynce_invoicedate', 'Invoice Date'),
    headerTax,
    ...INVOICE_STATES,
  ],
}

/** A line of an invoice. Source: Sales 1.9 and 6.7. */
export const invoicedetail: TableDefinition = {
  logicalName: 'invoicedetail',
  entitySetName: 'invoicedetails',
  primaryId: 'invoicedetailid',
  primaryName: 'invoicedetailname',
  objectTypeCode: 1091,
  ownership: 'parent',
  label: 'Invoice Line',
  pluralLabel: 'Invoice Lines',
  changeTracking: true,
  optimisticConcurrency: true,
  alternateKeys: [],
  columns: [
    ...lineColumns({
      table: 'invoicedetail',
      nameColumn: 'invoicedetailname',
      parent: { table: 'invoice', column: 'invoiceid', label: 'Invoice', collection: 'invoice_details', states: INVOICE_STATES },
    }),
    lookup('salesorderdetailid', 'Order Line', { table: 'salesorderdetail', collection: 'salesorderdetail_invoicedetail' }),
    lockCopy('invoice', 'Invoice'),
    dateOnly('actualdeliveryon', 'Delivered On'),
    text('shippingtrackingnumber', 'Shipment Tracking Number', 100),
    ...fulfilmentColumns,
    ...deliveryColumns(false),
    text('msdynce_invoicenumber', 'Invoice Number', 100),
    dateOnly('msdynce_invoicedate', 'Invoice Date'),
    solutionFlag('ismaintainedexternally', 'Is Maintained Externally'),
    solutionFlag('ismisctax', 'Is Misc Tax'),
  ],
}
