import { refuse } from '../errors/platform-error.ts'
import type { Row } from '../model/plugin.ts'
import { type Column, type Table, tableOf } from '../model/resolved-model.ts'
import { arrayLiteral, isReference } from '../storage/column-sql.ts'
import { readRowsById } from '../storage/row-statements.ts'
import type { WriteContext } from './write-context.ts'

/** The lookup to the row that a row of this table belongs to: its owner follows that row's. Undefined for other tables. */
export const parentColumn = (table: Table): Column | undefined =>
  table.definition.ownership === 'parent'
    ? table.columns.find((column) => column.targets.some((target) => target.onDelete === 'cascade'))
    : undefined

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
  if (others.size > 0) await readUnits(context, { ids: [...others], units })
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
