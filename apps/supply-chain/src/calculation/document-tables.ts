import type { DocumentKind } from '../domain/pricing/calculation-document.ts'
import type { StoredRow } from '../store/tracked-row.ts'

/** Names one document. */
export interface DocumentKey {
  readonly dataAreaId: string
  readonly number: string
}

/** Documents to be calculated. */
export interface CalculationRequest {
  readonly kind: DocumentKind
  readonly keys: readonly DocumentKey[]
  /** Day of the calculation: the document date where a document has no delivery date. */
  readonly on: string
  /** Locks the headers in key order until the transaction ends. */
  readonly isForUpdate?: boolean
  /** The stored headers and lines of the documents, where the caller has locked and read them whole. */
  readonly known?: { readonly headers: readonly StoredRow[]; readonly lines: readonly StoredRow[] }
}

/** Where a kind of document and what is calculated of it are kept. */
export interface DocumentTables {
  readonly kind: DocumentKind
  readonly header: string
  readonly line: string
  readonly charge: string
  readonly lineCharge: string
  readonly total: string
  readonly lineTotal: string
  /** Property that names the document in all of them. */
  readonly number: string
  readonly quantity: string
  readonly customer: string
  readonly invoiceCustomer: string
  /** Property of the header with the charge group of the customer; orders only. */
  readonly chargeGroup: string
  /** Properties of a line with its delivery date, the first that is set; the header has the same ones. */
  readonly deliveryDates: readonly string[]
  /** `Order` in `OrderTotalAmount`. */
  readonly prefix: 'Order' | 'Quotation'
}

const ORDER: DocumentTables = {
  kind: 'order',
  header: 'sales_order',
  line: 'sales_order_line',
  charge: 'sales_order_charge',
  lineCharge: 'sales_order_line_charge',
  total: 'sales_order_total',
  lineTotal: 'sales_order_line_total',
  number: 'SalesOrderNumber',
  quantity: 'OrderedSalesQuantity',
  customer: 'OrderingCustomerAccountNumber',
  invoiceCustomer: 'InvoiceCustomerAccountNumber',
  chargeGroup: 'ChargeCustomerGroupId',
  deliveryDates: ['ConfirmedShippingDate', 'RequestedShippingDate'],
  prefix: 'Order',
}

const QUOTATION: DocumentTables = {
  kind: 'quotation',
  header: 'sales_quotation',
  line: 'sales_quotation_line',
  charge: 'sales_quotation_charge',
  lineCharge: 'sales_quotation_line_charge',
  total: 'sales_quotation_total',
  lineTotal: 'sales_quotation_line_total',
  number: 'SalesQuotationNumber',
  quantity: 'RequestedSalesQuantity',
  customer: 'RequestingCustomerAccountNumber',
  invoiceCustomer: 'InvoiceCustomerAccountNumber',
  chargeGroup: 'ChargeCustomerGroupId',
  deliveryDates: ['RequestedShippingDate'],
  prefix: 'Quotation',
}

/** The tables of each kind of document that has totals. */
export const DOCUMENT_TABLES: Readonly<Record<DocumentKind, DocumentTables>> = { order: ORDER, quotation: QUOTATION }
