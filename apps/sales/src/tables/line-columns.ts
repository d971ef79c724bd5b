import type { ColumnDefinition } from '@p2c/dataverse'
import { documentAddress } from './address-columns.ts'
import { choice, currency, dateOnly, flag, guid, integer, lookup, memo, money, number, text } from './columns.ts'
import { ANY_AMOUNT, ENTERED_AMOUNT, SIGNED_AMOUNT } from './document-columns.ts'
import { LINE_PRICE_SKIPS, LINE_PRODUCT_TYPES, PRICING_ERRORS, PROPERTY_CONFIGURATION } from './option-sets.ts'

const INTEGER_RANGE = [-2_147_483_648, 2_147_483_647] as const
const COUNT = [0, 1_000_000_000] as const

export interface LineFacts {
  /** `quotedetail` */
  readonly table: string
  /** `quotedetailname` */
  readonly nameColumn: string
  /** The header that the line is part of. */
  readonly parent: {
    readonly table: string
    /** `quoteid` */
    readonly column: string
    readonly label: string
    /** `quote_details` */
    readonly collection: string
    /** State and reason columns of the header: the line carries a copy of the state. */
    readonly states: readonly ColumnDefinition[]
  }
}

/**
 * Columns of every document line. The header comes first: it is the row that the line's owner follows. Amounts are worked out by the
 * pricing rules, which drop what a client sends in `volumediscountamount`, `baseamount`, `extendedamount` and `pricingerrorcode` while
 * system pricing is on. Source: Sales 1.9 and 4.2.
 */
export const lineColumns = (facts: LineFacts): readonly ColumnDefinition[] => [
  lookup(facts.parent.column, facts.parent.label, {
    table: facts.parent.table,
    required: 'system',
    collection: facts.parent.collection,
    onDelete: 'cascade',
  }),
  text(facts.nameColumn, 'Name', 500, { required: 'application' }),
  ...soldColumns(facts.table),
  ...AMOUNTS,
  ...POSITION,
  ...bundleColumns(facts.table),
  stateCopy(facts.parent),
  currency(),
]

/** What is sold, how much of it and in which unit. */
const soldColumns = (table: string): readonly ColumnDefinition[] => [
  flag('isproductoverridden', 'Select Product', { labels: ['Existing', 'Write In'] }),
  lookup('productid', 'Existing Product', { table: 'product', collection: `product_${table}s`, onDelete: 'restrict' }),
  text('productdescription', 'Write-In Product', 500),
  text('productname', 'Product Name', 500, { readOnly: true }),
  text('productnumber', 'Product ID', 100, { readOnly: true }),
  choice('producttypecode', 'Product Type', {
    options: LINE_PRODUCT_TYPES,
    shared: 'qooiproduct_producttype',
    required: 'system',
    default: 1,
  }),
  lookup('uomid', 'Unit', { table: 'uom', collection: `unit_of_measurement_${table}s`, onDelete: 'restrict' }),
  number('quantity', 'Quantity', { precision: 5, range: ['-100000000000', '100000000000'], required: 'application' }),
]

const AMOUNTS: readonly ColumnDefinition[] = [
  flag('ispriceoverridden', 'Pricing', { labels: ['Use Default', 'Override Price'] }),
  money('priceperunit', 'Price Per Unit', { range: ANY_AMOUNT, source: 1 }),
  money('volumediscountamount', 'Volume Discount', { range: ['0', ANY_AMOUNT[1]] }),
  money('baseamount', 'Amount', { range: ANY_AMOUNT }),
  money('manualdiscountamount', 'Manual Discount', { range: ENTERED_AMOUNT }),
  money('tax', 'Tax', { range: SIGNED_AMOUNT }),
  money('extendedamount', 'Extended Amount', { range: ANY_AMOUNT }),
  choice('pricingerrorcode', 'Pricing Error', { options: PRICING_ERRORS, shared: 'qooi_pricingerrorcode', default: 0 }),
  choice('skippricecalculation', 'Skip Price Calculation', {
    options: LINE_PRICE_SKIPS,
    shared: 'qooidetail_skippricecalculation',
    default: 0,
  }),
]

const POSITION: readonly ColumnDefinition[] = [
  integer('lineitemnumber', 'Line Item Number', { range: COUNT }),
  integer('sequencenumber', 'Sequence Number', { range: INTEGER_RANGE }),
  memo('description', 'Description'),
]

const bundleColumns = (table: string): readonly ColumnDefinition[] => [
  guid('parentbundleid', 'Parent Bundle'),
  lookup('parentbundleidref', 'Parent bundle product', { table, collection: `${table}_parent_${table}`, onDelete: 'cascade' }),
  guid('productassociationid', 'Bundle Item Association'),
  choice('propertyconfigurationstatus', 'Property Configuration', {
    options: PROPERTY_CONFIGURATION,
    shared: 'qooiproduct_propertiesconfigurationstatus',
    required: 'system',
    default: 2,
  }),
]

/** The header's state on the line. New lines begin with the header's first state; rules keep the copy. */
function stateCopy({ table, label, states }: LineFacts['parent']): ColumnDefinition {
  const state = states.find((column) => column.type === 'state')
  if (state?.type !== 'state') throw new TypeError(`the states of '${table}' have no state column`)
  const options = state.options.map((option) => ({ value: option.value, label: option.label }))
  return choice(`${table}statecode`, `${label} Status`, { options, required: 'system', readOnly: true, default: state.default })
}

/** Who sold a line, and where it goes; on lines of quotes, orders and invoices. Source: Sales 1.9. */
export const deliveryColumns = (named: boolean): readonly ColumnDefinition[] => [
  lookup('salesrepid', 'Salesperson', { table: 'systemuser' }),
  flag('willcall', 'Ship To', { labels: ['Address', 'Will Call'] }),
  ...documentAddress({ prefix: 'shipto', on: 'line', named }),
]

/** When a line of a quote or order is wanted. */
export const requestedDelivery: ColumnDefinition = dateOnly('requestdeliveryby', 'Requested Delivery Date')

/** What became of the quantity; on lines of orders and invoices. Source: Sales 1.9. */
export const fulfilmentColumns: readonly ColumnDefinition[] = [
  number('quantityshipped', 'Quantity Shipped', { precision: 5, range: ['-1000000000', '1000000000'] }),
  number('quantitybackordered', 'Quantity Back Ordered', { precision: 5, range: ['0', '1000000000'] }),
  number('quantitycancelled', 'Quantity Canceled', { precision: 5, range: ['0', '1000000000'] }),
  flag('iscopied', 'Copied'),
]

/** The header's price lock on its lines, kept by rules. */
export const lockCopy = (header: string, label: string): ColumnDefinition =>
  flag(`${header}ispricelocked`, `${label} Is Price Locked`, { required: 'application', readOnly: true })

/** A flag of the Prospect to Cash solution on a line. */
export const solutionFlag = (name: string, label: string): ColumnDefinition => flag(`msdynce_${name}`, label, { labels: ['No', 'Yes'] })
