import type { ColumnDefinition } from '@p2c/dataverse'
import { choice, currency, flag, lookup, memo, money, number, text, toward } from './columns.ts'
import { HEADER_PRICE_SKIPS, PAYMENT_TERMS, PRICING_ERRORS, SHIPPING_METHODS } from './option-sets.ts'

/** Widest range of an amount. */
export const ANY_AMOUNT = ['-922337203685477', '922337203685477'] as const
/** Range of an amount that is entered, such as freight. */
export const ENTERED_AMOUNT = ['0', '1000000000000'] as const
/** Range of an amount that may be a credit, such as a tax. */
export const SIGNED_AMOUNT = ['-1000000000000', '1000000000000'] as const

export interface DocumentFacts {
  /** Head of the collections on customers, price lists ...: `order` gives `order_customer_accounts`. */
  readonly stem: 'opportunity' | 'quote' | 'order' | 'invoice'
  /** Name of its rows in collections of price lists. */
  readonly plural: string
}

/** What a customer means to a document. */
const HELD = { onDelete: 'restrict', onAssign: 'cascade' } as const

/** Customer of a document. A customer with documents cannot be deleted; who takes over the customer takes over the documents. Source: Sales 0.2, 0.3. */
export const customer = (stem: string): ColumnDefinition => ({
  name: 'customerid',
  label: 'Customer',
  type: 'lookup',
  required: 'application',
  targets: [
    toward('account', 'customerid_account', { collection: `${stem}_customer_accounts`, ...HELD }),
    toward('contact', 'customerid_contact', { collection: `${stem}_customer_contacts`, ...HELD }),
  ],
})

/** `accountid` and `contactid`: the customer by its kind, kept by rules. */
export const customerProjections: readonly ColumnDefinition[] = [
  lookup('accountid', 'Account', { table: 'account', readOnly: true, onDelete: 'restrict' }),
  lookup('contactid', 'Contact', { table: 'contact', readOnly: true, onDelete: 'restrict' }),
]

/**
 * What the price of a whole document is made of, and its totals. The totals may be written where system pricing is off; where it is on,
 * the pricing rules drop what a client sends. Source: Sales 1.8, 4.2, 4.3 and 4.8.
 */
export const documentAmounts: readonly ColumnDefinition[] = [
  number('discountpercentage', 'Discount (%)', { precision: 2, range: ['0', '100'] }),
  money('discountamount', 'Discount Amount', { range: ENTERED_AMOUNT }),
  money('freightamount', 'Freight Amount', { range: ENTERED_AMOUNT }),
  money('totallineitemamount', 'Total Detail Amount', { range: ANY_AMOUNT }),
  money('totallineitemdiscountamount', 'Total Line Item Discount Amount', { range: ANY_AMOUNT }),
  money('totaldiscountamount', 'Total Discount Amount', { range: ANY_AMOUNT }),
  money('totalamountlessfreight', 'Total Pre-Freight Amount', { range: ANY_AMOUNT }),
  money('totaltax', 'Total Tax', { range: ANY_AMOUNT }),
  money('totalamount', 'Total Amount', { range: ANY_AMOUNT }),
  choice('pricingerrorcode', 'Pricing Error', { options: PRICING_ERRORS, shared: 'qooi_pricingerrorcode', default: 0 }),
  choice('skippricecalculation', 'Skip Price Calculation', {
    options: HEADER_PRICE_SKIPS,
    shared: 'qooi_skippricecalculation',
    default: 0,
  }),
]

/** Columns that opportunities, quotes, orders and invoices share. Source: Sales 1.6, 1.8, 1.10 and 1.11. */
export const documentColumns = ({ stem, plural }: DocumentFacts, nameLabel = 'Name'): readonly ColumnDefinition[] => [
  text('name', nameLabel, 300, { required: 'application' }),
  customer(stem),
  lookup('pricelevelid', 'Price List', {
    table: 'pricelevel',
    collection: `price_level_${plural}`,
    onDelete: 'restrict',
    ...(stem !== 'opportunity' && { required: 'application' }),
  }),
  currency({ required: 'application' }),
  ...documentAmounts,
  memo('description', 'Description'),
]

/** Terms of delivery and payment on quotes, orders and invoices. Source: Sales 1.1 and 1.8. */
export const deliveryTerms: readonly ColumnDefinition[] = [
  choice('paymenttermscode', 'Payment Terms', { options: PAYMENT_TERMS }),
  choice('shippingmethodcode', 'Shipping Method', { options: SHIPPING_METHODS }),
  flag('willcall', 'Ship To', { labels: ['Address', 'Will Call'] }),
  text('emailaddress', 'Email Address', 100),
]

/** Flags of the Prospect to Cash solution on quotes, orders and invoices. Source: Sales 6.4, 6.6 and 6.7. */
export const documentOrigin: readonly ColumnDefinition[] = [
  flag('msdynce_ismaintainedexternally', 'Is Maintained Externally', { labels: ['No', 'Yes'] }),
  flag('msdynce_hasexternallymaintainedproductsonly', 'Has Externally Maintained Products Only', { default: true, labels: ['No', 'Yes'] }),
]

/** Tax on the whole of an order or invoice; a rule keeps the line that carries it. Source: Sales 6.6. */
export const headerTax: ColumnDefinition = money('msdynce_misctax', 'Misc Tax', { range: SIGNED_AMOUNT })
