import type { SqlRunner } from '@p2c/base'
import type { Grant, UserRights } from './access.ts'
import { DEPTHS } from './privileges.ts'

/** A user as the caller look-up found it. */
export interface UserFacts {
  readonly id: string
  readonly unit: string
  readonly accessMode: number
}

interface HeldPrivilege extends Record<string, unknown> {
  readonly unit: string
  readonly name: string
  readonly depth: number
}

/** `systemuser.accessmode`, as messages show it. */
const ACCESS_MODES = ['0 Read-Write', '1 Administrative', '2 Read', '3 Support User', '4 Non-interactive', '5 Delegated Admin']

/**
 * Roles of a user, and of the teams that it is in, with the business unit that their depths count from. A role with "Team privileges only" says
 * what its team may own, and gives the members nothing (derived: the service lets them work on rows of the team by it).
 */
const HELD_ROLES = `
  select ur.roleid, u.businessunitid as unit
  from systemuserroles ur join systemuser u on u.systemuserid = ur.systemuserid where ur.systemuserid = $1
  union all
  select tr.roleid, t.businessunitid
  from teammembership m join team t on t.teamid = m.teamid join teamroles tr on tr.teamid = t.teamid join role r on r.roleid = tr.roleid
  where m.systemuserid = $1 and coalesce(r.isinherited, 1) = 1`

const TEAM_ROLES = `
  select tr.roleid, t.businessunitid as unit from team t join teamroles tr on tr.teamid = t.teamid where t.teamid = $1`

/**
 * What a user may do now: the union of its own roles and of those of all its teams; undefined where it has no role. Source: Sales specification 7.
 */
export function readUserRights(sql: SqlRunner, user: UserFacts): Promise<UserRights | undefined> {
  return readRights(sql, user, { roles: HELD_ROLES, teams: 'select teamid::text from teammembership where systemuserid = $1' })
}

/** What a team may do, whoever its members are; undefined where it has no role. */
export function readTeamRights(sql: SqlRunner, team: Pick<UserFacts, 'id' | 'unit'>): Promise<UserRights | undefined> {
  return readRights(sql, { ...team, accessMode: 0 }, { roles: TEAM_ROLES, teams: 'select null::text where false' })
}

/** SQL with the id of the principal as `$1`: its roles with the units that their depths count from, and the teams that it is in. */
interface PrincipalSql {
  readonly roles: string
  readonly teams: string
}

async function readRights(sql: SqlRunner, user: UserFacts, at: PrincipalSql): Promise<UserRights | undefined> {
  const held = await sql.query<HeldPrivilege>(
    `select h.unit, p.name, max(rp.privilegedepthmask) as depth
     from (${at.roles}) h join roleprivileges rp on rp.roleid = h.roleid join privilege p on p.privilegeid = rp.privilegeid
     group by 1, 2`,
    [user.id],
  )
  const facts = await sql.query<{ roles: number; teams: string[] }>(
    `select (select count(*)::integer from (${at.roles}) h) as roles, array(${at.teams}) as teams`,
    [user.id],
  )
  const roleCount = facts.rows[0]?.roles ?? 0
  if (roleCount === 0) return undefined
  const units = held.rows.some((row) => row.depth === DEPTHS.deep) ? await readUnitTree(sql) : new Map<string, readonly string[]>()
  const grants = new Map<string, Grant>()
  const own = [user.id, ...(facts.rows[0]?.teams ?? [])]
  for (const row of held.rows) grants.set(row.name, merged(grants.get(row.name), grantOf(row, { own, units })))
  return { userId: user.id, unitId: user.unit, accessMode: ACCESS_MODES[user.accessMode] ?? String(user.accessMode), roleCount, grants }
}

function grantOf(
  row: HeldPrivilege,
  facts: { readonly own: readonly string[]; readonly units: ReadonlyMap<string, readonly string[]> },
): Grant {
  const { depth } = row
  return {
    everything: depth >= DEPTHS.global,
    owners: new Set(depth >= DEPTHS.basic ? facts.own : []),
    units: new Set(depth >= DEPTHS.deep ? subtree(facts.units, row.unit) : depth >= DEPTHS.local ? [row.unit] : []),
  }
}

const merged = (known: Grant | undefined, more: Grant): Grant =>
  known === undefined
    ? more
    : {
        everything: known.everything || more.everything,
        owners: new Set([...known.owners, ...more.owners]),
        units: new Set([...known.units, ...more.units]),
      }

/** Children of each business unit. */
async function readUnitTree(sql: SqlRunner): Promise<Map<string, readonly string[]>> {
  const found = await sql.query<{ id: string; parent: string }>(
    'select businessunitid as id, parentbusinessunitid as parent from businessunit where parentbusinessunitid is not null',
  )
  const children = new Map<string, string[]>()
  for (const row of found.rows) children.set(row.parent, [...(children.get(row.parent) ?? []), row.id])
  return children
}

/** A unit and all below it; a circle, which no rule lets pass, would end here too. */
function subtree(children: ReadonlyMap<string, readonly string[]>, root: string): ReadonlySet<string> {
  const found = new Set([root])
  for (const id of found) for (const child of children.get(id) ?? []) found.add(child)
  return found
}

/** Rights in memory; each holds as long as the version of the tables that it was read from. */
export interface RightsCache {
  /** `version` is that of `platform_security`, read in the statement that found the user or before it. */
  find(sql: SqlRunner, user: UserFacts, version: string): Promise<UserRights | undefined>
}

const MAX_USERS = 10_000

/**
 * Keeps the rights of users until anything in the tables of security changes, in this program or another one. What is read may be newer
 * than its version, never older: then it is read once more at the next request.
 */
export function createRightsCache(): RightsCache {
  const known = new Map<string, { readonly version: string; readonly facts: string; readonly rights: UserRights | undefined }>()
  return {
    find: async (sql, user, version) => {
      const facts = `${user.unit} ${user.accessMode}`
      const entry = known.get(user.id)
      if (entry !== undefined && entry.version === version && entry.facts === facts) return entry.rights
      const rights = await readUserRights(sql, user)
      if (known.size >= MAX_USERS) known.clear()
      known.set(user.id, { version, facts, rights })
      return rights
    },
  }
}
