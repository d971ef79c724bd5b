import type { TableDefinition } from '@p2c/dataverse'
import { choice, lookup, number, stateColumns } from './columns.ts'
import { numbered } from './option-sets.ts'

/** A product in a bundle. Source: Sales 1.7. */
export const productassociation: TableDefinition = {
  logicalName: 'productassociation',
  privilegeName: 'Product',
  entitySetName: 'productassociations',
  primaryId: 'productassociationid',
  objectTypeCode: 1025,
  ownership: 'organization',
  label: 'Product Association',
  pluralLabel: 'Product Associations',
  changeTracking: true,
  optimisticConcurrency: true,
  alternateKeys: [],
  columns: [
    lookup('productid', 'Bundle', { table: 'product', collection: 'product_productassociation_prod', onDelete: 'cascade' }),
    lookup('associatedproduct', 'Product', { table: 'product', collection: 'product_productassociation_assoc', onDelete: 'restrict' }),
    number('quantity', 'Quantity', { precision: 5, range: ['0', '100000000000'], required: 'application' }),
    lookup('uomid', 'Unit', {
      table: 'uom',
      required: 'application',
      collection: 'unit_of_measurement_productassociation',
      onDelete: 'restrict',
    }),
    choice('productisrequired', 'Required', { options: numbered(0, ['Optional', 'Required']), default: 0 }),
    ...stateColumns(
      [
        { value: 0, label: 'Active', invariantName: 'Active', defaultStatus: 1, reason: 'Active' },
        { value: 1, label: 'Inactive', invariantName: 'Inactive', defaultStatus: 2, reason: 'Inactive' },
        { value: 2, label: 'Draft', invariantName: 'Draft', defaultStatus: 0, reason: 'Draft' },
        { value: 3, label: 'Under Revision', invariantName: 'UnderRevision', defaultStatus: 3, reason: 'Under Revision' },
      ],
      2,
    ),
  ],
}
