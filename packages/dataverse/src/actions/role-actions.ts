import { type JsonValue, numberText } from '@p2c/odata'
import { PlatformError } from '../errors/platform-error.ts'
import { wireErrors } from '../errors/wire-errors.ts'
import { tableOf } from '../model/resolved-model.ts'
import { toGuid } from '../payload/convert-value.ts'
import { checkRowsById, holderOf } from '../pipeline/check-rights.ts'
import { DEPTH_NAMES, DEPTHS } from '../security/privileges.ts'
import { arrayLiteral } from '../storage/column-sql.ts'
import type { ActionContext, ActionResult, AppAction } from './app-action.ts'

/** Functions and actions on roles. Names, bindings and parameters as the public Web API reference has them. */

interface HeldPrivilege extends Record<string, unknown> {
  readonly id: string
  readonly name: string
  readonly depth: number
  readonly unit: string | null
}

const DEPTH_NAME = new Map<number, string>(Object.entries(DEPTH_NAMES).map(([name, mask]) => [mask, name]))

const rolePrivileges = (type: string, rows: readonly HeldPrivilege[]): ActionResult => ({
  kind: 'value',
  type: `Microsoft.Dynamics.CRM.${type}`,
  value: {
    RolePrivileges: rows.map((row) => ({
      Depth: DEPTH_NAME.get(row.depth) ?? 'Basic',
      PrivilegeId: row.id,
      BusinessUnitId: row.unit,
      PrivilegeName: row.name,
    })),
  },
})

/** The deepest of what several roles give. `roles` is SQL that gives `roleid` and `unit` for the id `$1`. */
async function heldPrivileges(context: ActionContext, roles: string, id: string): Promise<readonly HeldPrivilege[]> {
  const found = await context.write.sql.query<HeldPrivilege>(
    `select p.privilegeid as id, p.name, max(rp.privilegedepthmask) as depth, (array_agg(r.unit order by rp.privilegedepthmask desc))[1] as unit
     from (${roles}) r join roleprivileges rp on rp.roleid = r.roleid join privilege p on p.privilegeid = rp.privilegeid
     group by p.privilegeid, p.name order by p.name`,
    [id],
  )
  return found.rows
}

const TEAM_ROLES = 'select tr.roleid, t.businessunitid as unit from teamroles tr join team t on t.teamid = tr.teamid'
const USER_ROLES = `select ur.roleid, u.businessunitid as unit from systemuserroles ur join systemuser u on u.systemuserid = ur.systemuserid where ur.systemuserid = $1
  union all ${TEAM_ROLES} join teammembership m on m.teamid = t.teamid where m.systemuserid = $1`

const retrieveUserPrivileges: AppAction = {
  name: 'RetrieveUserPrivileges',
  kind: 'function',
  binding: { table: 'systemuser' },
  parameters: [],
  returns: 'mscrm.RetrieveUserPrivilegesResponse',
  run: async (context) =>
    rolePrivileges('RetrieveUserPrivilegesResponse', await heldPrivileges(context, USER_ROLES, context.boundId ?? '')),
}

const retrieveTeamPrivileges: AppAction = {
  name: 'RetrieveTeamPrivileges',
  kind: 'function',
  binding: { table: 'team' },
  parameters: [],
  returns: 'mscrm.RetrieveTeamPrivilegesResponse',
  run: async (context) =>
    rolePrivileges(
      'RetrieveTeamPrivilegesResponse',
      await heldPrivileges(context, `${TEAM_ROLES} where t.teamid = $1`, context.boundId ?? ''),
    ),
}

const retrieveRolePrivileges: AppAction = {
  name: 'RetrieveRolePrivilegesRole',
  kind: 'function',
  binding: 'unbound',
  parameters: [{ name: 'RoleId', type: 'Edm.Guid' }],
  returns: 'mscrm.RetrieveRolePrivilegesRoleResponse',
  run: async (context, parameters) => {
    const id = String(parameters.RoleId)
    await requireRole(context, id, 'Read')
    const held = await heldPrivileges(context, 'select roleid, businessunitid as unit from role where roleid = $1', id)
    return rolePrivileges('RetrieveRolePrivilegesRoleResponse', held)
  },
}

async function requireRole(context: ActionContext, id: string, right: 'Read' | 'Write'): Promise<void> {
  const [role] = await context.service.find({ table: 'role', columns: [], where: { roleid: id } })
  if (role === undefined) throw wireErrors.rowNotFound('role', id)
  await checkRowsById(context.write, tableOf(context.write.core.model, 'role'), { right, ids: [id] })
}

interface WantedPrivilege {
  readonly id: string
  readonly depth: number
}

const writesPrivileges = (name: 'AddPrivilegesRole' | 'ReplacePrivilegesRole'): AppAction => ({
  name,
  binding: { table: 'role' },
  parameters: [{ name: 'Privileges', type: 'Collection(mscrm.RolePrivilege)' }],
  run: async (context, parameters) => {
    const role = context.boundId ?? ''
    await requireRole(context, role, 'Write')
    const wanted = await readWanted(context, name, parameters.Privileges)
    const { sql } = context.write
    if (name === 'ReplacePrivilegesRole') await sql.query('delete from roleprivileges where roleid = $1', [role])
    await sql.query(
      `insert into roleprivileges (roleid, privilegeid, privilegedepthmask) select $1, id, depth from unnest($2::uuid[], $3::integer[]) as w(id, depth)
       on conflict (roleid, privilegeid) do update set privilegedepthmask = excluded.privilegedepthmask`,
      [role, arrayLiteral(wanted.map((one) => one.id)), arrayLiteral(wanted.map((one) => one.depth))],
    )
    return undefined
  },
})

async function readWanted(context: ActionContext, action: string, given: JsonValue | undefined): Promise<readonly WantedPrivilege[]> {
  if (!Array.isArray(given)) throw wireErrors.badPayload(action, `The parameter 'Privileges' of ${action} must be an array.`)
  const wanted = new Map(given.map((item) => readPrivilege(action, item)).map((one) => [one.id, one] as const))
  const known = await context.write.sql.query<{ id: string; name: string }>(
    'select privilegeid as id, name from privilege where privilegeid = any($1::uuid[])',
    [arrayLiteral([...wanted.keys()])],
  )
  const names = new Map(known.rows.map((row) => [row.id, row.name]))
  for (const { id, depth } of wanted.values()) {
    const name = names.get(id)
    if (name === undefined) throw wireErrors.rowNotFound('privilege', id)
    requireHeld(context, { name, id, depth })
  }
  return [...wanted.values()]
}

/** Nobody gives what it does not have: else whoever may change roles could do everything. */
function requireHeld(context: ActionContext, wanted: WantedPrivilege & { readonly name: string }): void {
  for (const rights of holderOf(context.write).rights ?? []) {
    const grant = rights.grants.get(wanted.name)
    const isHeld = grant !== undefined && (wanted.depth < DEPTHS.global || grant.everything)
    if (!isHeld)
      throw new PlatformError(
        403,
        '0x80040220',
        `Principal user (Id=${rights.userId}, type=8) is missing ${wanted.name} privilege (Id=${wanted.id}) at the depth that it would give.`,
      )
  }
}

/** `{"Depth":"Local","PrivilegeId":"…"}`; the depth may be the number of the enum's member too. */
function readPrivilege(action: string, item: JsonValue): WantedPrivilege {
  const record = typeof item === 'object' && item !== null && !Array.isArray(item) ? (item as Readonly<Record<string, JsonValue>>) : {}
  const id = typeof record.PrivilegeId === 'string' ? toGuid(record.PrivilegeId) : undefined
  const { Depth: depth } = record
  const members = Object.entries(DEPTH_NAMES)
  const ordinal = depth === undefined || depth === null ? undefined : numberText(depth)
  const member = members.find(([name], index) => name === depth || (ordinal !== undefined && ordinal === String(index)))
  if (id === undefined || member === undefined)
    throw wireErrors.badPayload(
      action,
      `Each of the Privileges of ${action} needs a PrivilegeId and a Depth of ${members.map(([name]) => name).join(', ')}.`,
    )
  return { id, depth: member[1] }
}

const removePrivilege: AppAction = {
  name: 'RemovePrivilegeRole',
  binding: { table: 'role' },
  parameters: [
    { name: 'Privilege', type: 'mscrm.privilege', optional: true },
    { name: 'PrivilegeId', type: 'Edm.Guid', optional: true },
  ],
  run: async (context, parameters) => {
    const role = context.boundId ?? ''
    await requireRole(context, role, 'Write')
    const id = privilegeOf(parameters)
    if (id === undefined)
      throw wireErrors.badPayload('RemovePrivilegeRole', "The parameter 'Privilege' of RemovePrivilegeRole needs a privilegeid.")
    const removed = await context.write.sql.query('delete from roleprivileges where roleid = $1 and privilegeid = $2', [role, id])
    if (removed.rowCount === 0) throw wireErrors.rowNotFound('privilege', id)
    return undefined
  },
}

function privilegeOf(parameters: Readonly<Record<string, JsonValue>>): string | undefined {
  if (typeof parameters.PrivilegeId === 'string') return parameters.PrivilegeId
  const { Privilege: given } = parameters
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return undefined
  const { privilegeid: id, '@odata.id': link } = given as Readonly<Record<string, JsonValue>>
  const text = typeof id === 'string' ? id : typeof link === 'string' ? /\(([^)]+)\)$/.exec(link)?.[1] : undefined
  return text === undefined ? undefined : toGuid(text)
}

export const ROLE_ACTIONS: readonly AppAction[] = [
  retrieveUserPrivileges,
  retrieveTeamPrivileges,
  retrieveRolePrivileges,
  writesPrivileges('AddPrivilegesRole'),
  writesPrivileges('ReplacePrivilegesRole'),
  removePrivilege,
]
