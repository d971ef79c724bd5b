import type { Facts, Question, WriteCandidate } from '../decision.ts'
import { at, EMPTY_DATE, type FieldValues } from '../field-value.ts'
import type { InfologEntry } from '../messages.ts'
import { alignSite, warehouseQuestions } from '../site-and-warehouse.ts'
import { customerAddress, decideDeliveryAddress, deliveryAddressQuestions } from './delivery-address.ts'

/** The fields that orders and quotations name differently. */
export interface HeaderNames {
  readonly customer: string
  readonly name: string
  /** Dates that are today where none is given. */
  readonly requestedDates: readonly string[]
  /** Further fields of the document with the field of the ordering customer that they default from. */
  readonly fromCustomer?: FieldValues
  /** Further fields of the document with the field of the invoice customer that they default from. */
  readonly fromInvoiceCustomer?: FieldValues
}

const INVOICE_CUSTOMER = 'InvoiceCustomerAccountNumber'
const PLACE = { site: 'DefaultShippingSiteId', warehouse: 'DefaultShippingWarehouseId' }

/** What a document takes from the ordering customer. Source: Supply Chain specification, 2.15 no. 1. */
const FROM_CUSTOMER: FieldValues = {
  LanguageId: 'LanguageId',
  DeliveryModeCode: 'DeliveryMode',
  DeliveryTermsCode: 'DeliveryTerms',
  PriceCustomerGroupCode: 'DiscountPriceGroupId',
  LineDiscountCustomerGroupCode: 'LineDiscountCode',
  MultilineDiscountCustomerGroupCode: 'MultiLineDiscountCode',
  TotalDiscountCustomerGroupCode: 'TotalDiscountCode',
  ChargeCustomerGroupId: 'ChargesGroupId',
  ContactPersonId: 'ContactPersonId',
  Email: 'PrimaryContactEmail',
  URL: 'PrimaryContactURL',
}

/** What it takes from the customer who pays. */
const FROM_INVOICE_CUSTOMER: FieldValues = {
  PaymentTermsName: 'PaymentTerms',
  CashDiscountCode: 'PaymentCashDiscount',
  SalesTaxGroupCode: 'SalesTaxGroup',
}
const INCLUDES_TAX = 'ArePricesIncludingSalesTax'

const customerOf = (facts: Facts, account: string) => facts.find('CustomerV3', 'CustomerAccount', account)
const asksCustomer = (value: string): readonly Question[] =>
  value === '' ? [] : [{ entityName: 'CustomerV3', field: 'CustomerAccount', value }]
const asksCurrency = (value: string): readonly Question[] =>
  value === '' ? [] : [{ entityName: 'Currency', field: 'CurrencyCode', value }]

/** The rows that a header must be seen with; to be joined by `laterHeaderQuestions`. */
export const headerQuestions = (row: FieldValues, names: HeaderNames): readonly Question[] => [
  ...asksCustomer(at(row, names.customer)),
  ...asksCustomer(at(row, INVOICE_CUSTOMER)),
  ...deliveryAddressQuestions(row),
  ...warehouseQuestions(row, PLACE),
  { entityName: 'LegalEntity', field: 'LegalEntityId', value: at(row, 'dataAreaId') },
]

/** The invoice customer, and the currency that the lines of the header will round to. */
export function laterHeaderQuestions(row: FieldValues, facts: Facts, names: HeaderNames): readonly Question[] {
  const { invoice, customer } = customersOf(row, facts, names)
  return [
    ...asksCustomer(at(customer, 'InvoiceAccount')),
    ...asksCurrency(at(row, 'CurrencyCode') || currencyOf(row, facts, invoice)),
    ...(at(customer, 'WarehouseId') === '' ? [] : warehouseQuestions({ [PLACE.warehouse]: at(customer, 'WarehouseId') }, PLACE)),
  ]
}

/** Who orders and who pays. */
export interface HeaderCustomers {
  readonly customer: FieldValues | undefined
  readonly invoice: FieldValues | undefined
}

/** The customers that a header names; who pays is the customer's invoice account where the header names none, else the customer. */
function customersOf(row: FieldValues, facts: Facts, names: HeaderNames): HeaderCustomers {
  const customer = customerOf(facts, at(row, names.customer))
  const account = at(row, INVOICE_CUSTOMER) || at(customer, 'InvoiceAccount')
  return { customer, invoice: account === '' ? customer : (customerOf(facts, account) ?? customer) }
}

const currencyOf = (row: FieldValues, facts: Facts, invoice: FieldValues | undefined): string =>
  at(invoice, 'SalesCurrencyCode') || at(facts.find('LegalEntity', 'LegalEntityId', at(row, 'dataAreaId')), 'AccountingCurrency')

/** The header as it is to be stored, with its customers; or why not. */
export type HeaderOutcome =
  | ({ readonly ok: true; readonly row: FieldValues } & HeaderCustomers)
  | { readonly ok: false; readonly infolog: readonly InfologEntry[] }

/**
 * A header with its defaults: what was given stays, blank fields of a new one come from its customers. Another customer brings its own values
 * for all that is not given with it, but not its currency: prices of the lines are in it. Source: Supply Chain specification, 2.15 no. 1 to 3.
 */
export function decideHeader(candidate: WriteCandidate, names: HeaderNames): HeaderOutcome {
  const { before, given } = candidate
  const isOtherCustomer = before !== undefined && !isSame(at(before, names.customer), at(candidate.row, names.customer))
  const isFollowing = isOtherCustomer && !given.has(INVOICE_CUSTOMER)
  const row = isFollowing ? { ...candidate.row, [INVOICE_CUSTOMER]: '' } : candidate.row
  const customers = customersOf(row, candidate.facts, names)
  const isOtherPayer = before !== undefined && !isSame(at(before, INVOICE_CUSTOMER), at(customers.invoice, 'CustomerAccount'))
  const isNew = before === undefined
  const values: Record<string, string> = {
    ...row,
    ...taken(candidate, customers.customer, {
      // A document keeps the name that it has.
      sources: { ...FROM_CUSTOMER, ...(isNew && { [names.name]: 'OrganizationName' }), ...names.fromCustomer },
      isNew,
      isOther: isOtherCustomer,
    }),
    ...taken(candidate, customers.invoice, {
      sources: { ...FROM_INVOICE_CUSTOMER, ...names.fromInvoiceCustomer },
      isNew,
      isOther: isOtherPayer,
    }),
    [INVOICE_CUSTOMER]: at(row, INVOICE_CUSTOMER) || at(customers.invoice, 'CustomerAccount'),
    CurrencyCode: at(row, 'CurrencyCode') || at(before, 'CurrencyCode') || currencyOf(row, candidate.facts, customers.invoice),
  }
  if ((isNew || isOtherPayer) && !given.has(INCLUDES_TAX))
    values[INCLUDES_TAX] = at(customers.invoice, 'IsSalesTaxIncludedInPrices') || 'No'
  // A date that is cleared was not meant to be: a document always has one.
  const dated = (name: string) =>
    [values[name], before?.[name]].find((date) => date !== undefined && date !== EMPTY_DATE) ?? candidate.today
  for (const name of names.requestedDates) values[name] = dated(name)
  if (isNew || isOtherCustomer) Object.assign(values, customerPlace(candidate, customers.customer))
  const address = decideDeliveryAddress(addressCandidate(candidate, isOtherCustomer), customerAddress(customers.customer))
  const place = alignSite({ row: values, given, fields: PLACE, facts: candidate.facts })
  const problems = [address, place].flatMap((outcome) => ('entry' in outcome ? [outcome.entry] : []))
  if (problems.length > 0) return { ok: false, infolog: problems }
  Object.assign(values, 'values' in address ? address.values : {}, 'values' in place ? place.values : {})
  return { ok: true, row: values, ...customers }
}

const isSame = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase()

interface Taken {
  /** Fields of the document with the field of the customer. */
  readonly sources: FieldValues
  readonly isNew: boolean
  /** Another customer took the place of the stored one. */
  readonly isOther: boolean
}

function taken({ row, given }: WriteCandidate, customer: FieldValues | undefined, { sources, isNew, isOther }: Taken): FieldValues {
  if (customer === undefined) return {}
  const wanted = Object.entries(sources).filter(([name]) => (isNew ? at(row, name) === '' : isOther && !given.has(name)))
  // The name of a customer may be longer than that of a document.
  return Object.fromEntries(wanted.map(([name, source]) => [name, [...at(customer, source)].slice(0, 100).join('')]))
}

/** Site and warehouse of the customer, as far as they fit what was given. */
function customerPlace({ row, given }: WriteCandidate, customer: FieldValues | undefined): FieldValues {
  const isGiven = (name: string) => given.has(name) && at(row, name) !== ''
  if (customer === undefined || isGiven(PLACE.warehouse)) return {}
  if (!isGiven(PLACE.site)) return { [PLACE.site]: at(customer, 'SiteId'), [PLACE.warehouse]: at(customer, 'WarehouseId') }
  return isSame(at(row, PLACE.site), at(customer, 'SiteId')) ? { [PLACE.warehouse]: at(customer, 'WarehouseId') } : {}
}

/** With another customer, an address that was inherited is inherited anew, as in a new document. */
function addressCandidate(candidate: WriteCandidate, isOtherCustomer: boolean): WriteCandidate {
  const { before, ...rest } = candidate
  return isOtherCustomer && at(before, 'IsDeliveryAddressOrderSpecific') !== 'Yes'
    ? { ...rest, row: withoutInherited(candidate) }
    : candidate
}

const withoutInherited = ({ row, given }: WriteCandidate): FieldValues => ({
  ...row,
  ...Object.fromEntries(INHERITED_LABELS.filter((name) => !given.has(name)).map((name) => [name, ''])),
})

const INHERITED_LABELS = ['DeliveryAddressName', 'DeliveryAddressDescription', 'DeliveryAddressLocationId']
