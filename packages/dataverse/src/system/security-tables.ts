import type { ManyToManyDefinition } from '../model/many-to-many.ts'
import type { TableDefinition } from '../model/table.ts'
import { flag, kept, text } from './columns.ts'

/**
 * A set of privileges. There is one row of a role for the whole organisation: the depth of a privilege counts from the business unit of
 * the user or team that holds it, so copies for each unit would say the same. Source: Sales specification 7.
 */
const role: TableDefinition = {
  logicalName: 'role',
  entitySetName: 'roles',
  primaryId: 'roleid',
  primaryName: 'name',
  objectTypeCode: 1036,
  ownership: 'business-unit',
  label: 'Security Role',
  pluralLabel: 'Security Roles',
  changeTracking: false,
  optimisticConcurrency: true,
  alternateKeys: [],
  columns: [
    text('name', 'Name', 100, 'system'),
    {
      name: 'businessunitid',
      label: 'Business Unit',
      type: 'lookup',
      targets: [{ table: 'businessunit', navigation: 'businessunitid', onDelete: 'restrict', collection: 'business_unit_roles' }],
    },
    {
      name: 'isinherited',
      label: "Member's privilege inheritance",
      type: 'choice',
      default: 1,
      options: [
        { value: 0, label: 'Team privileges only' },
        { value: 1, label: 'Direct User (Basic) access level and Team privileges' },
      ],
    },
  ],
}

/** The right to do one thing with one table, or a right of its own. Rows are made from the tables when the platform starts. */
const privilege: TableDefinition = {
  logicalName: 'privilege',
  entitySetName: 'privileges',
  primaryId: 'privilegeid',
  primaryName: 'name',
  objectTypeCode: 1023,
  ownership: 'none',
  label: 'Privilege',
  pluralLabel: 'Privileges',
  changeTracking: false,
  optimisticConcurrency: false,
  alternateKeys: [],
  columns: [
    text('name', 'Name', 100, 'system'),
    { name: 'accessright', label: 'Access Right', type: 'integer', min: 0, max: 2_147_483_647, readOnly: true },
    kept(flag('canbebasic', 'Can Be Basic')),
    kept(flag('canbelocal', 'Can Be Local')),
    kept(flag('canbedeep', 'Can Be Deep')),
    kept(flag('canbeglobal', 'Can Be Global')),
  ],
}

/** Rows shared with users and teams, written by `GrantAccess` and its kin alone. Source: public table reference of Dataverse. */
const principalobjectaccess: TableDefinition = {
  logicalName: 'principalobjectaccess',
  privilegeName: 'PrincipalObjectAccess',
  entitySetName: 'principalobjectaccessset',
  primaryId: 'principalobjectaccessid',
  objectTypeCode: 11,
  ownership: 'none',
  label: 'Principal Object Access',
  pluralLabel: 'Principal Object Accesses',
  changeTracking: false,
  optimisticConcurrency: false,
  alternateKeys: [],
  columns: [
    kept({ name: 'accessrightsmask', label: 'Access Rights Mask', type: 'integer', min: 0, max: 2_147_483_647 }),
    kept({ name: 'inheritedaccessrightsmask', label: 'Inherited Access Rights Mask', type: 'integer', min: 0, max: 2_147_483_647 }),
    kept({ name: 'changedon', label: 'Changed On', type: 'datetime', behavior: 'user-local' }),
    kept({ name: 'objectid', label: 'Object', type: 'guid' }),
    kept({ name: 'objecttypecode', label: 'Object Type', type: 'string', maxLength: 64 }),
    kept({ name: 'principalid', label: 'Principal', type: 'guid' }),
    kept({ name: 'principaltypecode', label: 'Principal Type', type: 'string', maxLength: 64 }),
  ],
}

export const SECURITY_TABLES: readonly TableDefinition[] = [role, privilege, principalobjectaccess]

/** Both navigation properties of a relationship of the platform are named like the relationship. */
const between = (
  facts: Omit<ManyToManyDefinition, 'sides'> & { readonly first: string; readonly second: string },
): ManyToManyDefinition => {
  const { first, second, ...rest } = facts
  const side = (table: string) => ({ table, navigation: facts.schemaName, column: `${table}id` })
  return { ...rest, sides: [side(first), side(second)] }
}

export const USER_ROLES = 'systemuserroles_association'
export const TEAM_ROLES = 'teamroles_association'
export const TEAM_MEMBERS = 'teammembership_association'

/** Who has which role, who is in which team, which role has which privilege. Source: wire specification 10, Sales specification 7. */
export const SECURITY_RELATIONS: readonly ManyToManyDefinition[] = [
  between({
    schemaName: USER_ROLES,
    intersectTable: 'systemuserroles',
    entitySetName: 'systemuserrolescollection',
    primaryId: 'systemuserroleid',
    objectTypeCode: 15,
    label: 'System User Role',
    first: 'systemuser',
    second: 'role',
  }),
  between({
    schemaName: TEAM_ROLES,
    intersectTable: 'teamroles',
    entitySetName: 'teamrolescollection',
    primaryId: 'teamroleid',
    objectTypeCode: 40,
    label: 'Team Role',
    first: 'team',
    second: 'role',
  }),
  between({
    schemaName: TEAM_MEMBERS,
    intersectTable: 'teammembership',
    entitySetName: 'teammemberships',
    primaryId: 'teammembershipid',
    objectTypeCode: 23,
    label: 'Team Membership',
    first: 'team',
    second: 'systemuser',
  }),
  between({
    schemaName: 'roleprivileges_association',
    intersectTable: 'roleprivileges',
    entitySetName: 'roleprivilegescollection',
    primaryId: 'roleprivilegeid',
    objectTypeCode: 12,
    label: 'Role Privilege',
    first: 'role',
    second: 'privilege',
    // A privilege of a role has a depth, which an association cannot say.
    closed: true,
    columns: [{ name: 'privilegedepthmask', label: 'Privilege Depth Mask', type: 'integer', min: 0, max: 8, readOnly: true }],
  }),
]
