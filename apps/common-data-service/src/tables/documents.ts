import { INVOICE_STATUS, ORDER_LINE_STATUS, ORDER_STATUS, QUOTATION_STATUS } from './closed-lists.ts'
import { ACCOUNT } from './customers.ts'
import { address, amount, date, type Field, member, memo, quantity, text } from './fields.ts'
import { type HubTable, lineTable, type ReferenceFacts, recordTable, targetOf } from './hub-table.ts'
import { lineProduct } from './product.ts'

/** Who ordered, and who is invoiced. */
const CUSTOMERS: readonly ReferenceFacts[] = [
  { name: 'Account', target: ACCOUNT },
  { name: 'InvoiceAccount', target: ACCOUNT },
]

const QUOTATION: ReferenceFacts = { name: 'Quotation', target: targetOf('Quotation') }
const SALES_ORDER: ReferenceFacts = { name: 'SalesOrder', target: targetOf('SalesOrder') }
const SALES_INVOICE: ReferenceFacts = { name: 'SalesInvoice', target: targetOf('SalesInvoice') }

const headerAmounts: readonly Field[] = [
  ...amount('TotalAmount'),
  ...amount('TotalDiscountAmount'),
  ...amount('DiscountAmount'),
  ...amount('TotalChargeAmount'),
]

/** Lines hold what they were sold for; their totals are those of the side that they come from. */
const lineFields: readonly Field[] = [
  text('ProductName', 300),
  ...quantity('Quantity'),
  ...amount('UnitPrice'),
  ...amount('LineAmount'),
  ...amount('DiscountAmount'),
  ...amount('TotalTaxAmount'),
  memo('Description'),
]

/** Source: templates 8.5. */
export const quotation: HubTable = recordTable({
  entity: 'Quotation',
  label: 'Quotation',
  pluralLabel: 'Quotations',
  objectTypeCode: 10_004,
  references: CUSTOMERS,
  fields: [
    text('Name', 300),
    memo('Description'),
    date('RequestedDeliveryDate'),
    ...headerAmounts,
    member('Status', QUOTATION_STATUS),
    ...address('DeliveryAddress'),
  ],
})

/** Source: templates 8.6. */
export const quotationLine: HubTable = lineTable({
  entity: 'QuotationLine',
  label: 'Quotation Line',
  pluralLabel: 'Quotation Lines',
  objectTypeCode: 10_005,
  parent: QUOTATION,
  hasOwnOrganization: true,
  references: [lineProduct],
  fields: [...lineFields, date('RequestedDeliveryDate'), ...address('DeliveryAddress')],
})

/** Source: templates 8.5 and 8.7. */
export const salesOrder: HubTable = recordTable({
  entity: 'SalesOrder',
  label: 'Sales Order',
  pluralLabel: 'Sales Orders',
  objectTypeCode: 10_006,
  references: CUSTOMERS,
  fields: [
    text('Name', 300),
    memo('Description'),
    date('RequestedDeliveryDate'),
    date('OrderDate'),
    ...headerAmounts,
    member('Status', ORDER_STATUS),
    ...address('DeliveryAddress'),
    ...address('BillingAddress'),
  ],
})

/** Source: templates 8.6 and 8.7. */
export const salesOrderLine: HubTable = lineTable({
  entity: 'SalesOrderLine',
  label: 'Sales Order Line',
  pluralLabel: 'Sales Order Lines',
  objectTypeCode: 10_007,
  parent: SALES_ORDER,
  references: [lineProduct],
  fields: [...lineFields, member('Status', ORDER_LINE_STATUS), date('RequestedDeliveryDate'), ...address('DeliveryPostalAddress')],
})

/** Source: templates 8.8. */
export const salesInvoice: HubTable = recordTable({
  entity: 'SalesInvoice',
  label: 'Sales Invoice',
  pluralLabel: 'Sales Invoices',
  objectTypeCode: 10_008,
  references: [{ name: 'Account', target: ACCOUNT }, SALES_ORDER],
  fields: [
    text('Name', 300),
    memo('Description'),
    date('InvoiceDate'),
    ...headerAmounts,
    member('Status', INVOICE_STATUS),
    ...address('BillingAddress'),
  ],
})

/** Source: templates 8.8. */
export const salesInvoiceLine: HubTable = lineTable({
  entity: 'SalesInvoiceLine',
  label: 'Sales Invoice Line',
  pluralLabel: 'Sales Invoice Lines',
  objectTypeCode: 10_009,
  parent: SALES_INVOICE,
  references: [lineProduct],
  fields: lineFields,
})
