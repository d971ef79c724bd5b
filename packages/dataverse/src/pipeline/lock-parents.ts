import { parentColumn, type Table, tableOf } from '../model/resolved-model.ts'
import { arrayLiteral } from '../storage/column-sql.ts'
import type { WriteContext } from './write-context.ts'

/**
 * Locks the rows that these are part of, in the order of their ids, before they are locked themselves. Whoever writes a header writes
 * its lines next, and rules write the header of a written line: locked the other way round, the two would wait for each other.
 */
export async function lockParents(context: WriteContext, table: Table, ids: readonly string[]): Promise<void> {
  const column = parentColumn(table)
  if (column === undefined) return
  for (const target of column.targets) {
    const parent = tableOf(context.core.model, target.table)
    const key = parent.primaryId.sql
    await context.sql.query(
      `select 1 from ${parent.sql} where ${key} in (select ${column.sql} from ${table.sql} where ${table.primaryId.sql} = any($1::uuid[]))
       order by ${key} for no key update`,
      [arrayLiteral(ids)],
    )
  }
}
