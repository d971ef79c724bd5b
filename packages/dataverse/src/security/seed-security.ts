import type { Database, SqlRunner } from '@p2c/base'
import type { Row } from '../model/plugin.ts'
import { type Model, tableOf } from '../model/resolved-model.ts'
import { arrayLiteral } from '../storage/column-sql.ts'
import { insertMissing, type SeedIdentity, userId } from '../system/seed-platform.ts'
import { stableId } from '../system/stable-id.ts'
import { DEPTHS, type Depth, type PrivilegeRow, privilegeId, privilegeName, privilegesOf, RIGHTS, type Right } from './privileges.ts'
import { type RoleHolder, seedDefaultTeams, seedRoleHolders } from './seed-members.ts'

/** What a role may do with one table: one depth for every right, or a depth for some. */
export type TableGrant = Depth | Readonly<Partial<Record<Right, Depth>>>

/** A role that an application comes with. */
export interface RoleDefinition {
  readonly name: string
  /** By logical name of the table. */
  readonly tables: Readonly<Record<string, TableGrant>>
  /** Privileges of no table: `prvActOnBehalfOfAnotherUser`. */
  readonly privileges?: readonly string[]
  /** A team that has it may own rows by it; members of the team get nothing from it. */
  readonly teamOnly?: boolean
}

export const ADMINISTRATOR_ROLE = 'System Administrator'

export const roleId = (name: string, organizationId: string): string => stableId('role', name, organizationId)

export interface SecuritySeed {
  readonly model: Model
  readonly now: string
  readonly organizationId: string
  readonly seed: SeedIdentity
  /** Roles of the application beside the System Administrator. */
  readonly roles: readonly RoleDefinition[]
}

/**
 * Privileges, roles, who has which, and default teams. Runs at every start: an installation from before gets what is new. Programs that start at
 * once take turns.
 */
export async function seedSecurity(database: Database, at: SecuritySeed): Promise<void> {
  await database.transaction(async (sql) => {
    await sql.query('select pg_advisory_xact_lock(7204313)')
    const newRoles = await seedRoles(sql, at)
    const idOf = (name: string): string => roleId(name, at.organizationId)
    const administrator = at.seed.administrator.id ?? stableId('systemuser', at.seed.administrator.name)
    await seedDefaultTeams(sql, { model: at.model, now: at.now, administrator })
    const root = await sql.query<{ id: string }>(
      'select t.teamid as id from team t join businessunit b on b.businessunitid = t.businessunitid where t.isdefault and b.parentbusinessunitid is null limit 1',
    )
    await seedRoleHolders(sql, {
      newRoles,
      holders: [
        { kind: 'systemuser', id: administrator, roleIds: [idOf(ADMINISTRATOR_ROLE)] },
        ...at.seed.applicationUsers.map(
          (user): RoleHolder => ({ kind: 'systemuser', id: userId(user), roleIds: (user.roles ?? [ADMINISTRATOR_ROLE]).map(idOf) }),
        ),
        ...root.rows.map((team): RoleHolder => ({ kind: 'team', id: team.id, roleIds: (at.seed.defaultTeamRoles ?? []).map(idOf) })),
      ],
    })
  })
}

/**
 * Brings privileges and roles to what the model and the application describe: privileges of new tables appear, the System Administrator has
 * every one, and roles of the application get those that are new. What an administrator took from a role, or gave it, stays as it is. Gives
 * the ids of new roles.
 */
async function seedRoles(sql: SqlRunner, at: SecuritySeed): Promise<ReadonlySet<string>> {
  const newRoles = new Set<string>()
  const { model } = at
  const rows = privilegesOf(model)
  const known = await existing(sql, 'privilege')
  await insertMissing(sql, { model, table: 'privilege', rows: rows.filter((row) => !known.has(row.id)).map((row) => toRow(row, at.now)) })
  const roles = await existing(sql, 'role')
  await grant(sql, { role: roleId(ADMINISTRATOR_ROLE, at.organizationId), depths: rows.map((row) => [row.id, DEPTHS.global] as const) })
  const unit = await sql.query<{ id: string }>(
    'select businessunitid as id from businessunit where parentbusinessunitid is null order by createdon limit 1',
  )
  for (const role of at.roles) {
    const id = roleId(role.name, at.organizationId)
    const isNew = !roles.has(id)
    const row: Row = {
      roleid: id,
      name: role.name,
      businessunitid: { table: 'businessunit', id: unit.rows[0]?.id ?? '' },
      isinherited: role.teamOnly === true ? 0 : 1,
      createdon: at.now,
      modifiedon: at.now,
    }
    if (isNew) {
      newRoles.add(id)
      await insertMissing(sql, { model, table: 'role', rows: [row] })
    }
    await grant(sql, { role: id, depths: depthsOf(model, role).filter(([privilege]) => isNew || !known.has(privilege)) })
  }
  return newRoles
}

async function existing(sql: SqlRunner, table: 'privilege' | 'role'): Promise<ReadonlySet<string>> {
  const found = await sql.query<{ id: string }>(`select ${table}id as id from ${table}`)
  return new Set(found.rows.map((row) => row.id))
}

const toRow = (row: PrivilegeRow, now: string): Row => ({
  privilegeid: row.id,
  name: row.name,
  accessright: row.accessRight,
  canbebasic: row.depths.includes('basic'),
  canbelocal: row.depths.includes('local'),
  canbedeep: row.depths.includes('deep'),
  canbeglobal: row.depths.includes('global'),
  createdon: now,
  modifiedon: now,
})

/** Gives a role privileges that it does not have yet. */
async function grant(
  sql: SqlRunner,
  at: { readonly role: string; readonly depths: readonly (readonly [privilege: string, depth: number])[] },
): Promise<void> {
  if (at.depths.length === 0) return
  const missing = await sql.query<{ id: string; depth: number }>(
    `select g.id, g.depth from unnest($2::uuid[], $3::integer[]) as g(id, depth)
     where not exists (select 1 from roleprivileges rp where rp.roleid = $1 and rp.privilegeid = g.id)`,
    [at.role, arrayLiteral(at.depths.map(([id]) => id)), arrayLiteral(at.depths.map(([, depth]) => depth))],
  )
  if (missing.rows.length === 0) return
  await sql.query(
    `insert into roleprivileges (roleid, privilegeid, privilegedepthmask) select $1, id, depth from unnest($2::uuid[], $3::integer[]) as g(id, depth)
     on conflict (roleid, privilegeid) do nothing`,
    [at.role, arrayLiteral(missing.rows.map((row) => row.id)), arrayLiteral(missing.rows.map((row) => row.depth))],
  )
}

/** Deepest of what the tables that share a privilege ask for. */
function depthsOf(model: Model, role: RoleDefinition): readonly (readonly [string, number])[] {
  const found = new Map<string, number>()
  for (const [name, given] of Object.entries(role.tables)) {
    const table = tableOf(model, name)
    for (const right of RIGHTS) {
      const depth = typeof given === 'string' ? given : given[right]
      if (depth === undefined) continue
      const id = privilegeId(privilegeName(right, table))
      found.set(id, Math.max(found.get(id) ?? 0, DEPTHS[depth]))
    }
  }
  for (const name of role.privileges ?? []) found.set(privilegeId(name), DEPTHS.global)
  return [...found]
}
