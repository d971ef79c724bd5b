import { PLATFORM_READ, type RoleDefinition } from '@p2c/dataverse'
import { hubTableDefinitions } from './tables/hub-tables.ts'

/** Names of the roles that the hub comes with. */
export const ROLES = { administrator: 'System Administrator', integration: 'Integration' } as const

/** The role of integrators: everything that the hub holds. `System Administrator` belongs to the platform. */
export const hubRoles: readonly RoleDefinition[] = [
  {
    name: ROLES.integration,
    tables: { ...PLATFORM_READ, ...Object.fromEntries(hubTableDefinitions.map((table) => [table.logicalName, 'global' as const])) },
  },
]
