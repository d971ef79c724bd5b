import { PlatformError } from '../errors/platform-error.ts'
import type { Row, RowReference } from '../model/plugin.ts'
import { type Column, parentColumn, type Table, tableOf } from '../model/resolved-model.ts'
import { SHARES } from '../model/sharing.ts'
import {
  covers,
  type Holder,
  isGlobal,
  type RowPlace,
  reachesAll,
  requirePrivilege,
  rightScopeSql,
  rowRefused,
} from '../security/access.ts'
import { type Right, rightOn } from '../security/privileges.ts'
import { arrayLiteral, isReference } from '../storage/column-sql.ts'
import type { WriteContext } from './write-context.ts'

/**
 * The checks of a write that a client sent, or an action on its behalf. A caller whose privileges are Global pays no statement and no work
 * for each row. Source: Sales specification 7.
 */

/** Whose rights a write asks; of the program and of plug-ins nobody's. */
export const holderOf = (context: WriteContext): Holder => (context.isTrusted ? {} : context.caller)

/** Lookups that a client sets by itself: who owns and who wrote a row is checked, or kept, in other ways. */
const isLink = (column: Column): boolean => column.type === 'lookup' && column.origin !== 'owner' && column.origin !== 'common'

const links = new WeakMap<Table, readonly Column[]>()

function linkColumns(table: Table): readonly Column[] {
  const known = links.get(table) ?? table.columns.filter(isLink)
  links.set(table, known)
  return known
}

/** True where no row needs to be looked at: every right that a write of the table may ask for is Global. */
function isUnrestricted(context: WriteContext, table: Table, rights: readonly Right[]): boolean {
  const holder = holderOf(context)
  if (holder.rights === undefined) return true
  const all = (other: Table, right: Right): boolean => isGlobal(holder, other, right)
  if (!rights.every((right) => all(table, right))) return false
  if (context.origin !== 'client' || linkColumns(table).length === 0) return true
  if (!all(table, 'Append')) return false
  return linkColumns(table).every((column) => column.targets.every((target) => all(tableOf(context.core.model, target.table), 'AppendTo')))
}

/** Made from the tables when the platform starts, or written by actions of their own. */
const KEPT_BY_PLATFORM = ['privilege', SHARES]

/** Pairs are written by associating rows. The text is that of the service for messages that a table does not have. */
export function refuseReadOnlyTable(context: WriteContext, table: Table, message: 'Create' | 'Update' | 'Delete'): void {
  if (table.intersectOf === undefined && (context.origin !== 'client' || !KEPT_BY_PLATFORM.includes(table.logicalName))) return
  throw new PlatformError(400, '0x80040800', `The '${message}' method does not support entities of type '${table.logicalName}'.`)
}

/** Refuses a create that lacks the privilege altogether, before any plug-in runs. */
export function requireCreate(context: WriteContext, table: Table): void {
  refuseReadOnlyTable(context, table, 'Create')
  requirePrivilege(holderOf(context), table, 'Create')
}

/**
 * New rows: the privilege to create must reach the owner that they get, giving them to somebody else needs Assign too, and the lookups that a
 * client set (`given`) Append and AppendTo.
 */
export async function checkNewRows(
  context: WriteContext,
  table: Table,
  rows: { readonly given: readonly Row[]; readonly settled: readonly Row[] },
): Promise<void> {
  if (isUnrestricted(context, table, ['Create', 'Assign'])) return
  const holder = holderOf(context)
  const outside: OutsideRow[] = []
  for (const [index, row] of rows.settled.entries()) {
    const place = newPlace(table, row)
    const id = String(row[table.primaryId.name])
    const held = wholeOf(table, row)
    if (!covers(holder, table, { right: 'Create', place })) outside.push({ id, right: 'Create', held })
    const given = rows.given[index] ?? {}
    const owner = table.definition.ownership === 'user' && isReference(given.ownerid) ? given.ownerid.id : undefined
    if (owner !== undefined && owner !== context.caller.userId) requirePrivilege(holder, table, 'Assign')
    if (hasLinks(context, table, given) && !covers(holder, table, { right: 'Append', place })) outside.push({ id, right: 'Append', held })
  }
  await checkShares(context, table, outside)
  await checkTargets(context, table, rows.given)
}

/** Columns that say whom stored rows belong to; none where the caller may change them all. */
export function placeColumns(context: WriteContext, table: Table, rights: readonly Right[]): readonly Column[] {
  if (isUnrestricted(context, table, rights)) return []
  const names = table.userOwned ? ['ownerid', 'owningbusinessunit'] : ['businessunitid']
  return names.flatMap((name) => table.byName.get(name) ?? [])
}

/** Changes as the client sent them: Write on the row, Assign for a new owner, Append and AppendTo for lookups that it sets. */
export async function checkChanges(
  context: WriteContext,
  table: Table,
  facts: {
    readonly changes: readonly { readonly id: string; readonly values: Readonly<Row> }[]
    readonly stored: ReadonlyMap<string, Readonly<Row>>
  },
): Promise<void> {
  if (isUnrestricted(context, table, ['Write', 'Assign'])) return
  const holder = holderOf(context)
  const outside: OutsideRow[] = []
  for (const { id, values } of facts.changes) {
    const before = facts.stored.get(id) ?? {}
    const place = placeOf(table, before)
    const assigned = isReference(values.ownerid) && !(isReference(before.ownerid) && before.ownerid.id === values.ownerid.id)
    const onlyAssigned = assigned && Object.keys(values).every((name) => name === 'ownerid')
    const needed: readonly Right[] = [
      ...(onlyAssigned ? [] : ['Write' as const]),
      ...(assigned ? ['Assign' as const] : []),
      ...(hasLinks(context, table, values) ? ['Append' as const] : []),
    ]
    for (const right of needed)
      if (!covers(holder, table, { right, place })) outside.push({ id, right, held: { table: table.logicalName, id } })
  }
  await checkShares(context, table, outside)
  await checkTargets(
    context,
    table,
    facts.changes.map((change) => change.values),
  )
}

/** Rows that a client deletes; what goes with them by cascade is not asked for. */
export async function checkDeletes(context: WriteContext, table: Table, rows: ReadonlyMap<string, Readonly<Row>>): Promise<void> {
  const holder = holderOf(context)
  if (reachesAll(holder, table, 'Delete')) return
  const outside = [...rows].filter(([, row]) => !covers(holder, table, { right: 'Delete', place: placeOf(table, row) }))
  await checkShares(
    context,
    table,
    outside.map(([id]) => ({ id, right: 'Delete' as const, held: { table: table.logicalName, id } })),
  )
}

/** A row that the depth of a privilege does not reach. */
interface OutsideRow {
  readonly id: string
  readonly right: Right
  /** The stored row whose shares count: the row itself; of a new row the one that it becomes part of. */
  readonly held: RowReference | null
}

/** What the depth does not reach may be shared with the caller: one statement for each right, and none where there is no such row. */
async function checkShares(context: WriteContext, table: Table, rows: readonly OutsideRow[]): Promise<void> {
  const holder = holderOf(context)
  for (const right of new Set(rows.map((row) => row.right))) {
    const asked = rows.filter((row) => row.right === right)
    const reached = new Set<string>()
    for (const name of new Set(asked.flatMap((row) => row.held?.table ?? []))) {
      const ids = asked.flatMap((row) => (row.held?.table === name ? row.held.id : []))
      const at = { right: rightOn(table, right), ids }
      for (const id of await reachedIds(context, tableOf(context.core.model, name), at)) reached.add(`${name} ${id}`)
    }
    const refused = asked.find(({ held }) => held === null || !reached.has(`${held.table} ${held.id}`))
    if (refused !== undefined) throw rowRefused(holder, table, { right, id: refused.id })
  }
}

async function reachedIds(
  context: WriteContext,
  table: Table,
  at: { readonly right: Right; readonly ids: readonly string[] },
): Promise<readonly string[]> {
  const scope = rightScopeSql(holderOf(context), table, { right: at.right, alias: 't' }) ?? 'true'
  const found = await context.sql.query<{ id: string }>(
    `select t.${table.primaryId.sql} as id from ${table.sql} t where t.${table.primaryId.sql} = any($1::uuid[]) and ${scope}`,
    [arrayLiteral(at.ids)],
  )
  return found.rows.map((row) => row.id)
}

/** The row that a new one becomes part of. */
function wholeOf(table: Table, row: Readonly<Row>): RowReference | null {
  const value = row[parentColumn(table)?.name ?? '']
  return isReference(value) ? value : null
}

/** Rows of one table that something is to be done with, by id: one statement, and none where the privilege is Global. */
export async function checkRowsById(
  context: WriteContext,
  table: Table,
  at: { readonly right: Right; readonly ids: readonly string[] },
): Promise<void> {
  const holder = holderOf(context)
  const scope = rightScopeSql(holder, table, { right: at.right, alias: 't' })
  if (scope === undefined || at.ids.length === 0) return
  const found = await context.sql.query<{ id: string }>(
    `select t.${table.primaryId.sql} as id from ${table.sql} t where t.${table.primaryId.sql} = any($1::uuid[]) and not ${scope} order by 1 limit 1`,
    [arrayLiteral(at.ids)],
  )
  const refused = found.rows[0]
  if (refused !== undefined) throw rowRefused(holder, table, { right: at.right, id: refused.id })
}

const hasLinks = (context: WriteContext, table: Table, values: Readonly<Row>): boolean =>
  context.origin === 'client' && linkColumns(table).some((column) => isReference(values[column.name]))

async function checkTargets(context: WriteContext, table: Table, rows: readonly Readonly<Row>[]): Promise<void> {
  if (context.origin !== 'client') return
  const ids = new Map<string, Set<string>>()
  for (const row of rows) {
    for (const column of linkColumns(table)) {
      const value = row[column.name]
      if (isReference(value)) ids.set(value.table, (ids.get(value.table) ?? new Set()).add(value.id))
    }
  }
  for (const [name, wanted] of ids) await checkRowsById(context, tableOf(context.core.model, name), { right: 'AppendTo', ids: [...wanted] })
}

const idOf = (row: Readonly<Row>, name: string): string | null => {
  const value = row[name]
  return isReference(value) ? value.id : null
}

/** Rows of units belong to the unit they are in, and a user or team to itself. */
function placeOf(table: Table, row: Readonly<Row>): RowPlace {
  if (table.userOwned) return { owner: isReference(row.ownerid) ? row.ownerid : null, unit: idOf(row, 'owningbusinessunit') }
  const id = String(row[table.primaryId.name])
  if (table.logicalName === 'businessunit') return { owner: null, unit: id }
  return { owner: { table: table.logicalName, id }, unit: idOf(row, 'businessunitid') }
}

/** A new unit belongs to the one above it; a new user is nobody yet. */
function newPlace(table: Table, row: Readonly<Row>): RowPlace {
  if (table.userOwned) return placeOf(table, row)
  return { owner: null, unit: idOf(row, table.logicalName === 'businessunit' ? 'parentbusinessunitid' : 'businessunitid') }
}
