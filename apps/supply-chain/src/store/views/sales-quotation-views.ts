import { formattedDeliveryAddress, invoiceAddressColumns, joinSame, orZero, tableColumns } from './document-columns.ts'
import type { View } from './view.ts'

/** Totals are current while they were made for the content that the quotation has now. Source: Supply Chain specification, 2.14. */
const isCurrent = (totals: string): string => `case when ${totals}.content_version = q.content_version then 'Yes' else 'No' end`

const AMOUNTS = [
  'quotation_total_amount',
  'quotation_total_tax_amount',
  'quotation_header_tax_amount',
  'quotation_total_charges_amount',
  'quotation_total_discount_amount',
  'total_discount_amount',
]

/** The payer and the totals beside each quotation. A quotation counts as changed when any of them changed. */
const SALES_QUOTATION_VIEW = `
  select ${tableColumns('sales_quotation', 'q')},
    greatest(q.change_xid, t.change_xid, ic.change_xid) as change_xid,
    ${formattedDeliveryAddress('q')} as formatted_delivery_address,
    ${invoiceAddressColumns('ic')},
    ${isCurrent('t')} as are_totals_calculated,
    ${AMOUNTS.map((column) => `${orZero(`t.${column}`)} as ${column}`).join(', ')}
  from sales_quotation q
  ${joinSame('customer', 'ic', ['customer_account', 'q.invoice_customer_account_number'])}
  ${joinSame('sales_quotation_total', 't', ['sales_quotation_number', 'q.sales_quotation_number'])}`

const SALES_QUOTATION_LINE_VIEW = `
  select ${tableColumns('sales_quotation_line', 'l')},
    greatest(l.change_xid, q.change_xid, lt.change_xid) as change_xid,
    ${formattedDeliveryAddress('l')} as formatted_delivery_address,
    coalesce(q.currency_code, '') as currency_code,
    coalesce(q.sales_quotation_status, 'Created') as sales_quotation_status,
    ${isCurrent('lt')} as are_totals_calculated,
    ${orZero('lt.total_charges_amount')} as total_charges_amount, ${orZero('lt.total_tax_amount')} as total_tax_amount
  from sales_quotation_line l
  ${joinSame('sales_quotation', 'q', ['sales_quotation_number', 'l.sales_quotation_number'])}
  ${joinSame('sales_quotation_line_total', 'lt', ['inventory_lot_id', 'l.inventory_lot_id'])}`

/** Views of sales quotations: every row of the table with what is read live. */
export const SALES_QUOTATION_VIEWS: readonly View[] = [
  { name: 'sales_quotation_view', sql: SALES_QUOTATION_VIEW },
  { name: 'sales_quotation_line_view', sql: SALES_QUOTATION_LINE_VIEW },
]
