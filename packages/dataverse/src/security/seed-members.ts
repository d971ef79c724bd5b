import type { SqlRunner } from '@p2c/base'
import type { Row } from '../model/plugin.ts'
import type { Model } from '../model/resolved-model.ts'
import { arrayLiteral } from '../storage/column-sql.ts'
import { insertMissing } from '../system/seed-platform.ts'
import { stableId } from '../system/stable-id.ts'

/** A user or team and the names of the roles that it has from the start. */
export interface RoleHolder {
  readonly kind: 'systemuser' | 'team'
  readonly id: string
  readonly roleIds: readonly string[]
}

/**
 * Gives seeded users and teams their roles: those that are new, and to a user without any all of them, since nobody must lock an
 * environment for good. Otherwise what an administrator took away stays away.
 */
export async function seedRoleHolders(
  sql: SqlRunner,
  at: { readonly holders: readonly RoleHolder[]; readonly newRoles: ReadonlySet<string> },
): Promise<void> {
  for (const { kind, id, roleIds } of at.holders) {
    const table = kind === 'team' ? 'teamroles' : 'systemuserroles'
    const held = await sql.query<{ id: string }>(`select roleid as id from ${table} where ${kind}id = $1`, [id])
    const known = new Set(held.rows.map((row) => row.id))
    const isLocked = kind === 'systemuser' && known.size === 0
    const wanted = roleIds.filter((role) => !known.has(role) && (isLocked || at.newRoles.has(role)))
    if (wanted.length === 0) continue
    await sql.query(`insert into ${table} (${kind}id, roleid) select $1, r from unnest($2::uuid[]) as r on conflict do nothing`, [
      id,
      arrayLiteral(wanted),
    ])
  }
}

/** Business units have a default team with all their users: those from before that rule get it. Source: Sales specification 7. */
export async function seedDefaultTeams(
  sql: SqlRunner,
  at: { readonly model: Model; readonly now: string; readonly administrator: string },
): Promise<void> {
  const units = await sql.query<{ id: string; name: string }>(
    `select b.businessunitid as id, b.name from businessunit b where not exists (select 1 from team t where t.businessunitid = b.businessunitid and t.isdefault)`,
  )
  const teams = units.rows.map(
    (unit): Row => ({
      teamid: stableId('team', unit.id),
      name: unit.name,
      businessunitid: { table: 'businessunit', id: unit.id },
      administratorid: { table: 'systemuser', id: at.administrator },
      isdefault: true,
      systemmanaged: true,
      teamtype: 0,
      createdon: at.now,
      modifiedon: at.now,
    }),
  )
  if (teams.length > 0) await insertMissing(sql, { model: at.model, table: 'team', rows: teams })
  const missing = await sql.query<{ team: string; id: string }>(
    `select t.teamid as team, u.systemuserid as id from systemuser u join team t on t.businessunitid = u.businessunitid and t.isdefault
     where not exists (select 1 from teammembership m where m.teamid = t.teamid and m.systemuserid = u.systemuserid)`,
  )
  if (missing.rows.length === 0) return
  await sql.query(`insert into teammembership (teamid, systemuserid) select * from unnest($1::uuid[], $2::uuid[]) on conflict do nothing`, [
    arrayLiteral(missing.rows.map((row) => row.team)),
    arrayLiteral(missing.rows.map((row) => row.id)),
  ])
}
