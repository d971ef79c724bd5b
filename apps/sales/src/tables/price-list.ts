import type { TableDefinition } from '@p2c/dataverse'
import { activeOrInactive, choice, currency, dateOnly, lookup, memo, money, number, text } from './columns.ts'
import { DEFAULT_VALUE, numbered } from './option-sets.ts'

/** Prices in one currency. Whoever may read products may read price lists. Source: Sales 1.7 and 7. */
export const pricelevel: TableDefinition = {
  logicalName: 'pricelevel',
  privilegeName: 'Product',
  entitySetName: 'pricelevels',
  primaryId: 'pricelevelid',
  primaryName: 'name',
  objectTypeCode: 1022,
  ownership: 'organization',
  label: 'Price List',
  pluralLabel: 'Price Lists',
  changeTracking: true,
  optimisticConcurrency: true,
  alternateKeys: [],
  columns: [
    // The price list rules refuse a blank one with their own code (0x80043b0e), before the platform does.
    text('name', 'Name', 100, { required: 'system' }),
    currency({ required: 'application' }),
    dateOnly('begindate', 'Start Date'),
    dateOnly('enddate', 'End Date'),
    memo('description', 'Description'),
    choice('freighttermscode', 'Freight Terms', { options: DEFAULT_VALUE, default: 1 }),
    choice('paymentmethodcode', 'Payment Method', { options: DEFAULT_VALUE, default: 1 }),
    choice('shippingmethodcode', 'Shipping Method', { options: DEFAULT_VALUE, default: 1 }),
    ...activeOrInactive(100001, 100002),
  ],
}

const PRICING_METHODS = numbered(1, [
  'Currency Amount',
  'Percent of List',
  'Percent Markup - Current Cost',
  'Percent Margin - Current Cost',
  'Percent Markup - Standard Cost',
  'Percent Margin - Standard Cost',
])

/** The price of one product in one unit on one price list. Source: Sales 1.7. */
export const productpricelevel: TableDefinition = {
  logicalName: 'productpricelevel',
  privilegeName: 'Product',
  entitySetName: 'productpricelevels',
  primaryId: 'productpricelevelid',
  objectTypeCode: 1026,
  ownership: 'organization',
  label: 'Price List Item',
  pluralLabel: 'Price List Items',
  changeTracking: true,
  optimisticConcurrency: true,
  alternateKeys: [],
  columns: [
    lookup('pricelevelid', 'Price List', {
      table: 'pricelevel',
      required: 'system',
      collection: 'price_level_product_price_levels',
      onDelete: 'cascade',
    }),
    lookup('productid', 'Product', { table: 'product', required: 'system', collection: 'product_price_levels', onDelete: 'cascade' }),
    lookup('uomid', 'Unit', {
      table: 'uom',
      required: 'application',
      collection: 'unit_of_measurement_product_price_level',
      onDelete: 'restrict',
    }),
    lookup('uomscheduleid', 'Unit Group', {
      table: 'uomschedule',
      readOnly: true,
      collection: 'unit_of_measurement_schedule_product_price_level',
      onDelete: 'restrict',
    }),
    choice('pricingmethodcode', 'Pricing Method', { options: PRICING_METHODS, required: 'application', default: 1 }),
    money('amount', 'Amount', { range: ['0', '100000000000000'], source: 1 }),
    number('percentage', 'Percentage', { precision: 5, range: ['0', '1000000000'] }),
    choice('quantitysellingcode', 'Quantity Selling Option', {
      options: numbered(1, ['No Control', 'Whole', 'Whole and Fractional']),
      required: 'application',
      default: 1,
    }),
    choice('roundingpolicycode', 'Rounding Policy', {
      options: numbered(1, ['None', 'Up', 'Down', 'To Nearest']),
      required: 'application',
      default: 1,
    }),
    choice('roundingoptioncode', 'Rounding Option', { options: numbered(1, ['Ends in', 'Multiple of']), required: 'application' }),
    money('roundingoptionamount', 'Rounding Amount', { range: ['-100000000000000', '100000000000000'], required: 'application' }),
    lookup('discounttypeid', 'Discount List', {
      table: 'discounttype',
      collection: 'discount_type_product_price_levels',
      onDelete: 'restrict',
    }),
    currency({ readOnly: true }),
    text('productnumber', 'Product ID', 100, { readOnly: true }),
    lookup('organizationid', 'Organization', { table: 'organization', readOnly: true, onDelete: 'restrict' }),
  ],
}
