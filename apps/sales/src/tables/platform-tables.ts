import { type ColumnDefinition, systemTables, type TableDefinition } from '@p2c/dataverse'
import { addressColumns } from './address-columns.ts'
import { lookup } from './columns.ts'

/** A table of the platform with what Sales adds to it. */
function extended(logicalName: string, columns: readonly ColumnDefinition[]): TableDefinition {
  const base = systemTables({}).find((table) => table.logicalName === logicalName)
  if (base === undefined) throw new TypeError(`the platform has no table '${logicalName}'`)
  return { ...base, columns: [...base.columns, ...columns] }
}

const USER_WIDTHS = { line: 1024, city: 128 }
const UNIT_WIDTHS = { name: 100 }

/** Users with territory and addresses, business units with theirs. Source: Sales 1.2 and 1.12. */
export const extendedPlatformTables: readonly TableDefinition[] = [
  extended('systemuser', [
    lookup('territoryid', 'Territory', { table: 'territory', collection: 'territory_system_users' }),
    ...addressColumns({ prefix: 'address1', label: 'Address', widths: USER_WIDTHS }),
    ...addressColumns({ prefix: 'address2', label: 'Other Address', widths: USER_WIDTHS }),
  ]),
  extended('businessunit', [
    ...addressColumns({ prefix: 'address1', label: 'Bill To', widths: UNIT_WIDTHS }),
    ...addressColumns({ prefix: 'address2', label: 'Ship To', widths: UNIT_WIDTHS }),
  ]),
]
