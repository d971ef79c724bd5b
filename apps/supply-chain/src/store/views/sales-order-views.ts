import {
  formattedDeliveryAddress,
  invoiceAddressColumns,
  isExternallyMaintained,
  joinSame,
  orZero,
  tableColumns,
} from './document-columns.ts'
import type { View } from './view.ts'

/** Totals are current while they were made for the content that the order has now. Source: Supply Chain specification, 2.14. */
const isCurrent = (totals: string, header: string): string =>
  `case when ${totals}.content_version = ${header}.content_version then 'Yes' else 'No' end`

const EMPTY_TIME = "timestamptz '1900-01-01T00:00:00Z'"

/** Customers and totals of the header under `o`. */
const HEADER_JOINS = `
  ${joinSame('customer', 'oc', ['customer_account', 'o.ordering_customer_account_number'])}
  ${joinSame('customer', 'ic', ['customer_account', 'o.invoice_customer_account_number'])}
  ${joinSame('sales_order_total', 't', ['sales_order_number', 'o.sales_order_number'])}`

/** Customer, totals and texts beside each order. An order counts as changed when any of them changed. */
const SALES_ORDER_VIEW = `
  select ${tableColumns('sales_order', 'o')},
    greatest(o.change_xid, t.change_xid, oc.change_xid, ic.change_xid) as change_xid,
    o.created_at as order_creation_date_time,
    ${formattedDeliveryAddress('o')} as formatted_delivery_address,
    ${invoiceAddressColumns('ic')},
    ${EMPTY_TIME} as invoice_valid_from, ${EMPTY_TIME} as invoice_valid_to,
    ${isExternallyMaintained('oc')} as ordering_customer_is_externally_maintained,
    ${isExternallyMaintained('ic')} as invoice_customer_is_externally_maintained,
    ${[
      'order_total_amount',
      'order_total_tax_amount',
      'order_header_tax_amount',
      'order_total_charges_amount',
      'order_total_discount_amount',
      'total_discount_amount',
    ]
      .map((column) => `${orZero(`t.${column}`)} as ${column}`)
      .join(', ')},
    ${isCurrent('t', 'o')} as are_totals_calculated
  from sales_order o ${HEADER_JOINS}`

const SALES_ORDER_LINE_VIEW = `
  select ${tableColumns('sales_order_line', 'l')},
    greatest(l.change_xid, o.change_xid, t.change_xid, lt.change_xid, oc.change_xid, ic.change_xid) as change_xid,
    ${formattedDeliveryAddress('l')} as formatted_delivery_address,
    coalesce(o.currency_code, '') as currency_code,
    coalesce(o.sales_order_origin_type, 'NotSpecified') as sales_order_origin_type,
    coalesce(o.sales_order_number, '') as sales_order_number_header,
    ${isExternallyMaintained('oc')} as ordering_customer_is_externally_maintained,
    ${isExternallyMaintained('ic')} as invoice_customer_is_externally_maintained,
    ${isCurrent('lt', 'o')} as are_totals_calculated,
    ${isCurrent('t', 'o')} as are_sales_order_totals_updated,
    ${orZero('lt.total_charges_amount')} as total_charges_amount, ${orZero('lt.total_tax_amount')} as total_tax_amount,
    '' as inventory_service_reservation_id
  from sales_order_line l
  ${joinSame('sales_order', 'o', ['sales_order_number', 'l.sales_order_number'])}
  ${HEADER_JOINS}
  ${joinSame('sales_order_line_total', 'lt', ['inventory_lot_id', 'l.inventory_lot_id'])}`

/** Views of sales orders: every row of the table with what is read live. */
export const SALES_ORDER_VIEWS: readonly View[] = [
  { name: 'sales_order_view', sql: SALES_ORDER_VIEW },
  { name: 'sales_order_line_view', sql: SALES_ORDER_LINE_VIEW },
]
