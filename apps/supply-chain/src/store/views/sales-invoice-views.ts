import type { View } from './view.ts'

/**
 * The row filter of the externally maintained invoices. Both customers are looked at as they are now, so a change of a customer counts as a
 * change of its invoices: a flag that is set later brings the invoices into the next increment. Invoices without an order are free text invoices;
 * proforma invoices are never stored. Source: Supply Chain specification, 2.12.
 */
const EXTERNALLY_MAINTAINED = `
  join customer ic on lower(ic.data_area_id) = lower(i.data_area_id) and lower(ic.customer_account) = lower(i.invoice_customer_account_number)
    and ic.is_externally_maintained = 'Yes'
  join customer oc on lower(oc.data_area_id) = lower(i.data_area_id) and lower(oc.customer_account) = lower(i.ordering_customer_account_number)
    and oc.is_externally_maintained = 'Yes'
  where i.sales_order_number <> '' and i.sales_order_origin_type <> 'WorkOrderIntegration'`

/** Columns of the table with the changes of the customers; `create view` takes a column once, so its own are named one by one. */
const changed = (alias: string, also: string): string =>
  `greatest(${alias}.change_xid, ${also}ic.change_xid, oc.change_xid) as change_xid, greatest(${alias}.modified_at, ic.modified_at, oc.modified_at) as modified_at`

const HEADER_COLUMNS = [
  'rec_id',
  'rec_version',
  'created_at',
  'data_area_id',
  'invoice_number',
  'invoice_date',
  'ledger_voucher',
  'sales_order_number',
  'invoice_customer_account_number',
  'contact_person_id',
  'currency_code',
  'customers_order_reference',
  'payment_terms_name',
  'delivery_mode_code',
  'delivery_terms_code',
  'invoice_address_street',
  'invoice_address_street_number',
  'invoice_address_city',
  'invoice_address_state',
  'invoice_address_zip_code',
  'invoice_address_country_region_id',
  'invoice_address_country_region_iso_code',
  'total_invoice_amount',
  'total_tax_amount',
  'invoice_header_tax_amount',
  'total_charge_amount',
  'total_discount_amount',
  'total_discount_customer_group_code',
  'sales_order_responsible_personnel_number',
  'sales_order_origin_type',
]

const LINE_COLUMNS = [
  'rec_id',
  'rec_version',
  'created_at',
  'data_area_id',
  'invoice_number',
  'invoice_date',
  'ledger_voucher',
  'line_creation_sequence_number',
  'invoiced_quantity',
  'sales_price',
  'sales_unit_symbol',
  'line_amount',
  'line_total_discount_amount',
  'line_total_charge_amount',
  'line_total_tax_amount',
  'product_number',
  'product_name',
  'product_description',
  'currency_code',
  'confirmed_shipping_date',
]

const columns = (alias: string, names: readonly string[]): string => names.map((name) => `${alias}.${name}`).join(', ')

const EXTERNAL_HEADERS = `
  select ${columns('i', HEADER_COLUMNS)}, ${changed('i', '')}
  from sales_invoice i ${EXTERNALLY_MAINTAINED}`

const EXTERNAL_LINES = `
  select ${columns('l', LINE_COLUMNS)}, ${changed('l', 'i.change_xid, ')}
  from sales_invoice_line l
  join sales_invoice i on lower(i.data_area_id) = lower(l.data_area_id) and lower(i.invoice_number) = lower(l.invoice_number)
    and i.invoice_date = l.invoice_date and lower(i.ledger_voucher) = lower(l.ledger_voucher) ${EXTERNALLY_MAINTAINED}`

/** Views of posted invoices. */
export const SALES_INVOICE_VIEWS: readonly View[] = [
  { name: 'externally_maintained_sales_invoice', sql: EXTERNAL_HEADERS },
  { name: 'externally_maintained_sales_invoice_line', sql: EXTERNAL_LINES },
]
