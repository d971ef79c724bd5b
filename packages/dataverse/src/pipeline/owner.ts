import { PlatformError, refuse } from '../errors/platform-error.ts'
import type { Row } from '../model/plugin.ts'
import { type Column, parentColumn, type Table, tableOf } from '../model/resolved-model.ts'
import { privilegeId, privilegeName } from '../security/privileges.ts'
import { arrayLiteral, isReference } from '../storage/column-sql.ts'
import { readRowsById } from '../storage/row-statements.ts'
import type { WriteContext } from './write-context.ts'

/**
 * Fills the owner columns of rows that name an owner, and of new rows that do not: these belong to the caller, or to the owner of the
 * row they are part of. Changes the rows. Source: Sales specification 0.1 and 7.
 */
export async function settleOwners(
  context: WriteContext,
  table: Table,
  options: { readonly rows: readonly Row[]; readonly isNew: boolean },
): Promise<void> {
  if (!table.userOwned) return
  const parent = parentColumn(table)
  if (parent !== undefined) await followParents(context, parent, options.rows)
  const rows = options.isNew ? options.rows : options.rows.filter((row) => row.ownerid !== undefined)
  const units = new Map<string, string>([[context.caller.userId, context.caller.businessUnitId]])
  const others = new Set<string>()
  for (const row of rows) {
    if (options.isNew && !isReference(row.ownerid)) row.ownerid = { table: 'systemuser', id: context.caller.userId }
    if (isReference(row.ownerid) && !units.has(row.ownerid.id)) others.add(row.ownerid.id)
  }
  if (others.size > 0) await readUnits(context, table, { ids: [...others], units })
  for (const row of rows) setOwner(row, units)
}

async function followParents(context: WriteContext, column: Column, rows: readonly Row[]): Promise<void> {
  for (const target of column.targets) {
    const table = tableOf(context.core.model, target.table)
    const owner = table.byName.get('ownerid')
    const ids = rows.flatMap((row) => {
      const parent = row[column.name]
      return isReference(parent) && parent.table === target.table ? [parent.id] : []
    })
    if (owner === undefined || ids.length === 0) continue
    const parents = await readRowsById(context.sql, table, { ids: [...new Set(ids)], columns: [owner], lock: 'none' })
    for (const row of rows) {
      const parent = row[column.name]
      const found = isReference(parent) ? parents.get(parent.id)?.ownerid : undefined
      if (found != null) row.ownerid = found
    }
  }
}

interface FoundOwner extends Record<string, unknown> {
  readonly id: string
  readonly unit: string | null
  /** Type of a team; null for a user. */
  readonly teamType: number | null
  /** It has a role that lets it read rows of the table. */
  readonly mayRead: boolean
}

/** Roles of the owners, and of a user's teams as far as they count for their members, with the privilege `$2`. */
const MAY_READ = `exists (select 1 from roleprivileges rp join privilege p on p.privilegeid = rp.privilegeid and p.name = $2 where rp.roleid`
const OWNERS = `
  select u.systemuserid as id, u.businessunitid as unit, null::integer as "teamType", ${MAY_READ} in (
    select ur.roleid from systemuserroles ur where ur.systemuserid = u.systemuserid union all
    select tr.roleid from teammembership m join teamroles tr on tr.teamid = m.teamid join role r on r.roleid = tr.roleid
    where m.systemuserid = u.systemuserid and coalesce(r.isinherited, 1) = 1)) as "mayRead"
  from systemuser u where u.systemuserid = any($1::uuid[])
  union all
  select t.teamid, t.businessunitid, coalesce(t.teamtype, 0), ${MAY_READ} in (select tr.roleid from teamroles tr where tr.teamid = t.teamid))
  from team t where t.teamid = any($1::uuid[])`

async function readUnits(
  context: WriteContext,
  table: Table,
  facts: { readonly ids: readonly string[]; readonly units: Map<string, string> },
): Promise<void> {
  const found = await context.sql.query<FoundOwner>(OWNERS, [arrayLiteral(facts.ids), privilegeName('Read', table)])
  for (const owner of found.rows) {
    // Rows that are loaded as they are come before the roles of their owners.
    if (context.runPlugins) requireOwner(table, owner)
    facts.units.set(owner.id, owner.unit ?? context.caller.businessUnitId)
  }
}

const ACCESS_TEAM = 1

/** An owner must be able to read what it owns: without that it could never be given back. Source: Sales specification 7 and 8, T11. */
function requireOwner(table: Table, owner: FoundOwner): void {
  if (owner.teamType === ACCESS_TEAM)
    refuse({ code: '0x80048340', message: 'You cannot assign a record to the access team. You can assign a record to the owner team.' })
  if (owner.mayRead) return
  const privilege = privilegeName('Read', table)
  const missing = `is missing ${privilege} privilege (Id=${privilegeId(privilege)})`
  if (owner.teamType !== null) throw new PlatformError(403, '0x80040220', `Principal team (Id=${owner.id}, type=9) ${missing}`)
  throw new PlatformError(403, '0x80040231', `Principal user (Id=${owner.id}, type=8) ${missing}`)
}

function setOwner(row: Row, units: ReadonlyMap<string, string>): void {
  const owner = row.ownerid
  if (owner === null) refuse({ code: '0x80040215', message: 'The owner is missing: a record belongs to a user or a team.' })
  if (!isReference(owner)) return
  const unit = units.get(owner.id)
  if (unit === undefined) refuse({ code: '0x80040229', message: `The owner ${owner.id} is not valid: there is no such user or team.` })
  row.owninguser = owner.table === 'systemuser' ? owner : null
  row.owningteam = owner.table === 'team' ? owner : null
  row.owningbusinessunit = { table: 'businessunit', id: unit }
}
