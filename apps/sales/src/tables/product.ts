import type { ColumnDefinition, TableDefinition } from '@p2c/dataverse'
import { choice, currency, dateOnly, flag, integer, lookup, memo, money, number, stateColumns, text } from './columns.ts'
import { numbered } from './option-sets.ts'

const AMOUNT = ['0', '1000000000000'] as const
const STOCK = { precision: 5, range: ['0', '1000000000'] } as const

const SALE: readonly ColumnDefinition[] = [
  lookup('defaultuomscheduleid', 'Unit Group', {
    table: 'uomschedule',
    required: 'application',
    collection: 'unit_of_measurement_schedule_products',
    onDelete: 'restrict',
  }),
  lookup('defaultuomid', 'Default Unit', {
    table: 'uom',
    required: 'application',
    collection: 'unit_of_measurement_default_products',
    onDelete: 'restrict',
  }),
  integer('quantitydecimal', 'Decimals Supported', { range: [0, 5], required: 'application', default: 2 }),
  lookup('pricelevelid', 'Default Price List', {
    table: 'pricelevel',
    required: 'recommended',
    collection: 'price_level_products',
    onDelete: 'restrict',
  }),
  // Prices of the catalogue follow the organisation's pricing precision, like the price list items made from them.
  money('price', 'List Price', { range: AMOUNT, source: 1 }),
  money('standardcost', 'Standard Cost', { range: AMOUNT, source: 1 }),
  money('currentcost', 'Current Cost', { range: AMOUNT, source: 1 }),
  currency(),
  choice('producttypecode', 'Product Type', {
    options: numbered(1, ['Sales Inventory', 'Miscellaneous Charges', 'Services', 'Flat Fees']),
    default: 1,
  }),
]

const DETAILS: readonly ColumnDefinition[] = [
  flag('isstockitem', 'Stock Item'),
  flag('iskit', 'Is Kit'),
  number('quantityonhand', 'Quantity On Hand', STOCK),
  number('stockvolume', 'Stock Volume', STOCK),
  number('stockweight', 'Stock Weight', STOCK),
  dateOnly('validfromdate', 'Valid From'),
  dateOnly('validtodate', 'Valid To'),
  memo('description', 'Description'),
  text('size', 'Size', 200),
  text('suppliername', 'Supplier Name', 100),
  text('vendorname', 'Vendor', 100),
  text('vendorpartnumber', 'Vendor Part Number', 100),
  text('vendorid', 'Vendor ID', 100),
  text('producturl', 'URL', 255),
  text('hierarchypath', 'Hierarchy Path', 450, { readOnly: true }),
]

/** What can be sold, alone, as a family or as a bundle. Source: Sales 1.7, 2.6 and 6.5. */
export const product: TableDefinition = {
  logicalName: 'product',
  entitySetName: 'products',
  primaryId: 'productid',
  primaryName: 'name',
  objectTypeCode: 1024,
  ownership: 'organization',
  label: 'Product',
  pluralLabel: 'Products',
  changeTracking: true,
  optimisticConcurrency: true,
  alternateKeys: [],
  columns: [
    text('name', 'Name', 100, { required: 'application' }),
    // The product rules refuse a blank one with their own code (0x80043b05), before the platform does.
    text('productnumber', 'Product ID', 100, { required: 'system' }),
    choice('productstructure', 'Product Structure', {
      options: numbered(1, ['Product', 'Product Family', 'Product Bundle']),
      required: 'system',
      default: 1,
    }),
    lookup('parentproductid', 'Parent', { table: 'product', collection: 'product_parent_product', onDelete: 'restrict' }),
    ...SALE,
    ...DETAILS,
    // No on create; only products that are older than the solution have a blank. Source: Sales 6.5.
    { name: 'msdynce_ismaintainedexternally', label: 'Is Maintained Externally', type: 'boolean', labels: ['No', 'Yes'], default: false },
    ...stateColumns(
      [
        { value: 0, label: 'Active', invariantName: 'Active', defaultStatus: 1, reason: 'Active' },
        { value: 1, label: 'Retired', invariantName: 'Retired', defaultStatus: 2, reason: 'Retired' },
        { value: 2, label: 'Draft', invariantName: 'Draft', defaultStatus: 0, reason: 'Draft' },
        { value: 3, label: 'Under Revision', invariantName: 'UnderRevision', defaultStatus: 3, reason: 'Under Revision' },
      ],
      2,
    ),
  ],
}
