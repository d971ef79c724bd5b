import type { FieldValues } from '../field-value.ts'

/** Parts of the invoice address on an invoice, and the same parts of an address of a customer. Source: Supply Chain specification, 2.12. */
const PARTS: readonly (readonly [onInvoice: string, ofCustomer: string])[] = [
  ['InvoiceAddressStreet', 'Street'],
  ['InvoiceAddressStreetNumber', 'StreetNumber'],
  ['InvoiceAddressCity', 'City'],
  ['InvoiceAddressState', 'State'],
  ['InvoiceAddressZipCode', 'ZipCode'],
  ['InvoiceAddressCountryRegionId', 'CountryRegionId'],
  ['InvoiceAddressCountryRegionISOCode', 'CountryRegionISOCode'],
]

const partsOf = (customer: FieldValues, prefix: string): FieldValues =>
  Object.fromEntries(PARTS.map(([onInvoice, part]) => [onInvoice, customer[`${prefix}${part}`] ?? '']))

const isBlank = (address: FieldValues): boolean => Object.values(address).every((part) => part === '')

/**
 * The address that an invoice is sent to, as it is at posting: of the invoice customer, or of the ordering customer where that one wants its
 * own (`InvoiceAddress` is OrderAccount). A customer without an invoice address has its primary one.
 */
export function invoiceAddressOf(invoiceCustomer: FieldValues, orderingCustomer: FieldValues): FieldValues {
  const customer = orderingCustomer.InvoiceAddress === 'OrderAccount' ? orderingCustomer : invoiceCustomer
  const ofInvoices = partsOf(customer, 'InvoiceAddress')
  return isBlank(ofInvoices) ? partsOf(customer, 'Address') : ofInvoices
}
