import type { ColumnDefinition, TableDefinition } from '@p2c/dataverse'
import { flag, integer, lookup, memo, moment, text } from './columns.ts'

const organizationTable = { ownership: 'organization', changeTracking: false, optimisticConcurrency: false, alternateKeys: [] } as const

/** Whose name and prefixes the parts of a solution carry. Source: Sales 6.1. */
export const publisher: TableDefinition = {
  ...organizationTable,
  logicalName: 'publisher',
  entitySetName: 'publishers',
  primaryId: 'publisherid',
  primaryName: 'friendlyname',
  objectTypeCode: 7101,
  label: 'Publisher',
  pluralLabel: 'Publishers',
  columns: [
    text('uniquename', 'Name', 256, { required: 'system' }),
    text('friendlyname', 'Display Name', 256, { required: 'system' }),
    text('customizationprefix', 'Prefix', 8, { required: 'system' }),
    integer('customizationoptionvalueprefix', 'Option Value Prefix', { range: [10_000, 99_999], required: 'system' }),
  ],
}

const SOLUTION_COLUMNS: readonly ColumnDefinition[] = [
  text('uniquename', 'Name', 65, { required: 'system' }),
  text('friendlyname', 'Display Name', 256, { required: 'system' }),
  text('version', 'Version', 256, { required: 'system' }),
  memo('description', 'Description'),
  flag('ismanaged', 'Package Type', { labels: ['Unmanaged', 'Managed'] }),
  flag('isvisible', 'Is visible outside platform', { default: true }),
  moment('installedon', 'Installed On'),
  moment('updatedon', 'Updated On'),
  lookup('publisherid', 'Publisher', { table: 'publisher', required: 'system', collection: 'publisher_solution', onDelete: 'restrict' }),
]

/** What is installed, as clients ask before they use it: `solutions?$filter=uniquename eq '...'&$select=version`. Source: Sales 6.1. */
export const solution: TableDefinition = {
  ...organizationTable,
  logicalName: 'solution',
  entitySetName: 'solutions',
  primaryId: 'solutionid',
  primaryName: 'friendlyname',
  objectTypeCode: 7100,
  label: 'Solution',
  pluralLabel: 'Solutions',
  columns: SOLUTION_COLUMNS,
}
