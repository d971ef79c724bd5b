import type { TableDefinition } from '@p2c/dataverse'
import { activeOrInactive, integer, text } from './columns.ts'

/** One running number of the Prospect to Cash solution. Source: Sales 6.3. */
export const autoNumber: TableDefinition = {
  logicalName: 'msdynce_p2cautonumber',
  entitySetName: 'msdynce_p2cautonumbers',
  primaryId: 'msdynce_p2cautonumberid',
  primaryName: 'msdynce_name',
  objectTypeCode: 10005,
  ownership: 'user',
  label: 'P2C Auto Number',
  pluralLabel: 'P2C Auto Numbers',
  changeTracking: false,
  optimisticConcurrency: true,
  alternateKeys: [
    { name: 'msdynce_EntityName', columns: ['msdynce_entityname'] },
    { name: 'msdynce_Prefix', columns: ['msdynce_prefix'] },
  ],
  columns: [
    text('msdynce_name', 'Name', 100),
    text('msdynce_entityname', 'Entity Name', 100, { required: 'application' }),
    text('msdynce_prefix', 'Prefix', 3, { required: 'application' }),
    integer('msdynce_numbersequence', 'Number Sequence', { range: [1, 2_147_483_647], required: 'application' }),
    integer('msdynce_suffixlength', 'Suffix Length', { range: [4, 6], required: 'application', default: 6 }),
    ...activeOrInactive(1, 2),
  ],
}
