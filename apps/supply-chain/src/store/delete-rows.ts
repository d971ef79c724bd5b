import type { SqlRunner } from '@p2c/base'
import type { Table } from '../entities/catalogue.ts'

/**
 * Rows of which nothing remains when they are deleted, though another row is read differently without them: that one counts as
 * changed, or an incremental export would never tell. `d` is the deleted row, `t` the one that stays.
 */
const OUTLIVED: Readonly<Record<string, { readonly relation: string; readonly match: string }>> = {
  product_default_order_setting: {
    relation: 'released_product',
    match: 'lower(t.data_area_id) = lower(d.data_area_id) and lower(t.item_number) = lower(d.item_number)',
  },
}

/** Deletes the rows in one statement. */
export async function deleteRows(sql: SqlRunner, table: Table, recIds: readonly string[]): Promise<void> {
  if (recIds.length === 0) return
  const outlived = OUTLIVED[table.relation]
  if (outlived !== undefined)
    await sql.query(
      `update ${outlived.relation} t set change_xid = pg_current_xact_id() from ${table.relation} d where d.rec_id = any($1::bigint[]) and ${outlived.match}`,
      [recIds],
    )
  await sql.query(`delete from ${table.relation} where rec_id = any($1::bigint[])`, [recIds])
}
