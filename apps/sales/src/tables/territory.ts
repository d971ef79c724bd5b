import type { TableDefinition } from '@p2c/dataverse'
import { lookup, memo, text } from './columns.ts'

/** A sales area. Source: Sales 1.12. */
export const territory: TableDefinition = {
  logicalName: 'territory',
  entitySetName: 'territories',
  primaryId: 'territoryid',
  primaryName: 'name',
  objectTypeCode: 2013,
  ownership: 'organization',
  label: 'Territory',
  pluralLabel: 'Territories',
  changeTracking: true,
  optimisticConcurrency: true,
  alternateKeys: [],
  columns: [
    text('name', 'Territory Name', 200, { required: 'system' }),
    lookup('managerid', 'Manager', { table: 'systemuser', collection: 'system_user_territories' }),
    memo('description', 'Description'),
  ],
}
