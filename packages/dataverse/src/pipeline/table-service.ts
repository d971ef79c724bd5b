import type { TableService } from '../model/plugin.ts'
import { tableOf } from '../model/resolved-model.ts'
import { findRows } from '../storage/row-statements.ts'
import { createRows } from './create-rows.ts'
import { deleteRows } from './delete-rows.ts'
import { updateRows } from './update-rows.ts'
import type { WriteContext } from './write-context.ts'

/** The rows of the platform for code inside a transaction. Read-only columns may be written: such code keeps them. */
export function createTableService(context: WriteContext): TableService {
  const { model } = context.core
  return {
    find: (query) => findRows(context.sql, tableOf(model, query.table), query),
    create: (table, rows) => createRows(context, tableOf(model, table), { rows }),
    update: async (table, changes) => {
      await updateRows(context, tableOf(model, table), { changes })
    },
    delete: (table, ids) => deleteRows(context, tableOf(model, table), { ids }),
  }
}
