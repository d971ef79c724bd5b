import type { SqlRunner } from '@p2c/base'
import type { FollowingRow } from '../domain/decision.ts'
import { TABLES, type Table } from '../entities/catalogue.ts'
import { deleteRows } from './delete-rows.ts'
import { insertRows, updateRows } from './rows.ts'
import type { TrackedRow } from './tracked-row.ts'

/**
 * Writes what the rows have become: per table one insert, one update, one delete at most, parents before children.
 * Sets the identity of each written row and gives the rows whose key someone else has taken in the meantime.
 */
export async function flushRows(
  sql: SqlRunner,
  rows: readonly TrackedRow[],
  following: readonly FollowingRow[],
): Promise<ReadonlySet<TrackedRow>> {
  const byTable = Map.groupBy(rows, (row) => row.relation)
  const followingByTable = Map.groupBy(following, (row) => row.relation)
  const collisions = new Set<TrackedRow>()
  for (const table of TABLES) {
    const tracked = byTable.get(table.relation) ?? []
    for (const row of await insertNew(sql, table, tracked)) collisions.add(row)
    await updateChanged(sql, table, tracked)
    const gone = tracked.filter((row) => row.stored !== undefined && row.after === undefined)
    await deleteRows(
      sql,
      table,
      gone.map((row) => row.stored?.recId ?? ''),
    )
    await insertRows(
      sql,
      table,
      (followingByTable.get(table.relation) ?? []).map((row) => row.values),
    )
  }
  return collisions
}

async function insertNew(sql: SqlRunner, table: Table, rows: readonly TrackedRow[]): Promise<TrackedRow[]> {
  const born = rows.flatMap((row) => (row.stored === undefined && row.after !== undefined ? [{ row, values: row.after }] : []))
  const identities = await insertRows(
    sql,
    table,
    born.map(({ values }) => values),
  )
  return born.flatMap(({ row }, index) => {
    const identity = identities[index]
    if (identity === undefined) return [row]
    row.identity = identity
    return []
  })
}

async function updateChanged(sql: SqlRunner, table: Table, rows: readonly TrackedRow[]): Promise<void> {
  const changed = rows.flatMap((row) =>
    row.stored !== undefined && row.after !== undefined && row.after !== row.stored.values
      ? [{ row, stored: row.stored, after: row.after }]
      : [],
  )
  const versions = await updateRows(sql, table, changed)
  for (const { row, stored } of changed) row.identity = { recId: stored.recId, recVersion: versions.get(stored.recId) ?? stored.recVersion }
}
