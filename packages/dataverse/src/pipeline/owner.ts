import { refuse } from '../errors/platform-error.ts'
import type { Row } from '../model/plugin.ts'
import type { Table } from '../model/resolved-model.ts'
import { arrayLiteral, isReference } from '../storage/column-sql.ts'
import type { WriteContext } from './write-context.ts'

/**
 * Fills the owner columns of rows that name an owner, and of new rows that do not: these belong to the caller. Changes the rows.
 * Source: Sales specification 0.1 and 7.
 */
export async function settleOwners(
  context: WriteContext,
  table: Table,
  options: { readonly rows: readonly Row[]; readonly isNew: boolean },
): Promise<void> {
  if (!table.userOwned) return
  const units = new Map<string, string>([[context.caller.userId, context.caller.businessUnitId]])
  const others = new Set<string>()
  for (const row of options.rows) {
    if (options.isNew && !isReference(row.ownerid)) row.ownerid = { table: 'systemuser', id: context.caller.userId }
    if (isReference(row.ownerid) && !units.has(row.ownerid.id)) others.add(row.ownerid.id)
  }
  if (others.size > 0) await readUnits(context, { ids: [...others], units })
  for (const row of options.rows) setOwner(row, units)
}

async function readUnits(
  context: WriteContext,
  facts: { readonly ids: readonly string[]; readonly units: Map<string, string> },
): Promise<void> {
  const found = await context.sql.query<{ id: string; unit: string | null }>(
    `select systemuserid as id, businessunitid as unit from systemuser where systemuserid = any($1::uuid[])
     union all select teamid, businessunitid from team where teamid = any($1::uuid[])`,
    [arrayLiteral(facts.ids)],
  )
  for (const row of found.rows) facts.units.set(row.id, row.unit ?? context.caller.businessUnitId)
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
