import { PLATFORM_READ, type RoleDefinition, type TableDefinition, type TableGrant } from '@p2c/dataverse'

/** Names of the roles that Sales comes with. Source: Sales 7. */
export const ROLES = {
  administrator: 'System Administrator',
  manager: 'Sales Manager',
  seller: 'Salesperson',
  integration: 'Integration',
  /** What a team needs to own rows that the integration brings. */
  integrationTeam: 'Integration Team',
} as const

/** Tables without an owner: a seller reads them and refers to them. */
const LOOKED_UP: TableGrant = { Read: 'global', AppendTo: 'global' }

/** A seller works on own rows, and sees and refers to those of the business unit. The depths are derived. */
const SOLD_BY_SELLER: TableGrant = {
  Create: 'basic',
  Read: 'local',
  Write: 'basic',
  Delete: 'basic',
  Append: 'basic',
  AppendTo: 'local',
  Assign: 'basic',
  Share: 'basic',
}

const nounOf = (table: TableDefinition): string => (table.privilegeName ?? table.logicalName).toLowerCase()

const granted = (tables: readonly string[], grant: TableGrant): Readonly<Record<string, TableGrant>> =>
  Object.fromEntries(tables.map((table) => [table, grant]))

/** The roles of a new installation over the tables of Sales; `System Administrator` belongs to the platform. */
export function salesRoles(tables: readonly TableDefinition[]): readonly RoleDefinition[] {
  const owned = tables.filter((table) => table.ownership === 'user')
  const nouns = new Set(owned.map(nounOf))
  // Rows without owner that share the privileges of rows with one, as members of a list do, must not deepen these.
  const shared = tables.filter((table) => table.ownership === 'organization' && !nouns.has(nounOf(table))).map((table) => table.logicalName)
  const sold = owned.map((table) => table.logicalName)
  return [
    { name: ROLES.manager, tables: { ...granted(sold, 'deep'), ...granted(shared, 'global'), ...PLATFORM_READ } },
    { name: ROLES.seller, tables: { ...granted(sold, SOLD_BY_SELLER), ...granted(shared, LOOKED_UP), ...PLATFORM_READ } },
    { name: ROLES.integration, tables: { ...granted([...sold, ...shared], 'global'), ...PLATFORM_READ } },
    { name: ROLES.integrationTeam, teamOnly: true, tables: granted(sold, 'basic') },
  ]
}
