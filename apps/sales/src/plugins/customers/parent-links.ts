import type { SqlRunner } from '@p2c/base'
import type { TableEvent } from '@p2c/dataverse'
import { findLoop } from '../../domain/customers/hierarchy.ts'
import { changes, idOf } from '../row-values.ts'
import { type LockedTable, lockValues } from '../unique-values.ts'

export interface ParentLink {
  readonly table: Extract<LockedTable, 'account' | 'product' | 'uom'>
  readonly key: string
  /** The lookup to a row of the same table. */
  readonly column: string
}

/**
 * The first of these rows that would become its own ancestor, or undefined. Only an update can close a circle: nobody refers to
 * a row before it exists. Writers of links of one table take turns, since two halves of a circle can come from two transactions.
 */
export async function findCircle(sql: SqlRunner, link: ParentLink, events: readonly TableEvent[]): Promise<TableEvent | undefined> {
  const moved = events.filter(
    (event) => event.before !== undefined && changes(event, link.column) && idOf(event.target[link.column]) !== null,
  )
  if (moved.length === 0) return undefined
  await lockValues(sql, link.table, [link.column])
  const parentOf = await readAncestors(
    sql,
    link,
    moved.map((event) => idOf(event.target[link.column]) ?? ''),
  )
  for (const event of events) if (event.target[link.column] !== undefined) parentOf.set(event.id, idOf(event.target[link.column]))
  const closed = findLoop(
    moved.map((event) => event.id),
    parentOf,
  )
  return moved.find((event) => event.id === closed)
}

/** Parents of the given rows and of everything above them. */
async function readAncestors(sql: SqlRunner, link: ParentLink, ids: readonly string[]): Promise<Map<string, string | null>> {
  const found = await sql.query<{ id: string; parent: string | null }>(
    `with recursive above(id, parent) as (
       select "${link.key}", "${link.column}" from "${link.table}" where "${link.key}" = any($1::uuid[])
       union
       select t."${link.key}", t."${link.column}" from "${link.table}" t join above on t."${link.key}" = above.parent
     ) select id, parent from above`,
    [ids],
  )
  return new Map(found.rows.map((row) => [row.id, row.parent]))
}
