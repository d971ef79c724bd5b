import type { ColumnDefinition, LookupTarget, TableDefinition } from './table.ts'

const INT_MAX = 2_147_483_647
const to = (table: string, navigation: string): LookupTarget => ({ table, navigation, onDelete: 'remove-link' })
const user = (name: string, label: string): ColumnDefinition => ({
  name,
  label,
  type: 'lookup',
  readOnly: true,
  targets: [to('systemuser', name)],
})
const moment = (name: string, label: string): ColumnDefinition => ({
  name,
  label,
  type: 'datetime',
  behavior: 'user-local',
  readOnly: true,
})
const small = (name: string, label: string): ColumnDefinition => ({ name, label, type: 'integer', min: -INT_MAX, max: INT_MAX })

/** Columns of every table, kept by the platform. Source: Sales specification 0.1. */
export const COMMON_COLUMNS: readonly ColumnDefinition[] = [
  moment('createdon', 'Created On'),
  moment('modifiedon', 'Modified On'),
  user('createdby', 'Created By'),
  user('modifiedby', 'Modified By'),
  user('createdonbehalfby', 'Created By (Delegate)'),
  user('modifiedonbehalfby', 'Modified By (Delegate)'),
  { name: 'versionnumber', label: 'Version Number', type: 'bigint', readOnly: true },
  { name: 'overriddencreatedon', label: 'Record Created On', type: 'datetime', behavior: 'user-local' },
  small('importsequencenumber', 'Import Sequence Number'),
  small('timezoneruleversionnumber', 'Time Zone Rule Version Number'),
  small('utcconversiontimezonecode', 'UTC Conversion Time Zone Code'),
]

/** Columns of tables whose rows belong to a user or team; read-only where they follow the parent row. */
export const ownerColumns = (definition: TableDefinition): readonly ColumnDefinition[] => {
  if (definition.ownership !== 'user' && definition.ownership !== 'parent') return []
  const readOnly = definition.ownership === 'parent'
  return [
    {
      name: 'ownerid',
      label: 'Owner',
      type: 'lookup',
      required: 'system',
      readOnly,
      targets: [to('systemuser', 'ownerid'), to('team', 'ownerid')],
    },
    user('owninguser', 'Owning User'),
    { name: 'owningteam', label: 'Owning Team', type: 'lookup', readOnly: true, targets: [to('team', 'owningteam')] },
    {
      name: 'owningbusinessunit',
      label: 'Owning Business Unit',
      type: 'lookup',
      readOnly: true,
      targets: [to('businessunit', 'owningbusinessunit')],
    },
  ]
}

/** Currency, rate and the `_base` twins of a table with money columns. Source: Sales specification 0.1 and 4.2. */
export function moneyColumns(definition: TableDefinition): readonly ColumnDefinition[] {
  const money = definition.columns.filter((column) => column.type === 'money')
  if (money.length === 0) return []
  return [
    {
      name: 'transactioncurrencyid',
      label: 'Currency',
      type: 'lookup',
      targets: [{ table: 'transactioncurrency', navigation: 'transactioncurrencyid', onDelete: 'restrict' }],
    },
    {
      name: 'exchangerate',
      label: 'Exchange Rate',
      type: 'decimal',
      precision: 12,
      min: '0.000000000001',
      max: '100000000000',
      readOnly: true,
    },
    ...money.map(
      (column): ColumnDefinition => ({
        name: `${column.name}_base`,
        label: `${column.label} (Base)`,
        type: 'money',
        precision: 4,
        precisionSource: 0,
        min: '-922337203685477',
        max: '922337203685477',
        readOnly: true,
      }),
    ),
  ]
}
