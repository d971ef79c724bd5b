import { type EtagCondition, formatDataverseEtag, matchesEtag } from '@p2c/odata'
import { refuse } from '../errors/platform-error.ts'
import { wireErrors } from '../errors/wire-errors.ts'
import type { Row, TableEvent } from '../model/plugin.ts'
import { type Referrer, type Table, tableOf } from '../model/resolved-model.ts'
import { arrayLiteral } from '../storage/column-sql.ts'
import { deleteRowsById, readRowsById } from '../storage/row-statements.ts'
import { checkDeletes, placeColumns, refuseReadOnlyTable } from './check-rights.ts'
import { removePairsOf } from './link-rows.ts'
import { lockParents } from './lock-parents.ts'
import { pluginsOf, runPlugins } from './run-plugins.ts'
import { updateRows } from './update-rows.ts'
import type { WriteContext } from './write-context.ts'

/** Rows that cascade to each other in a circle would never end. */
const MAX_CASCADE = 12

interface DeleteOptions {
  readonly ids: readonly string[]
  readonly condition?: EtagCondition
}

/**
 * Deletes rows and what hangs on them: rows of cascading lookups go too, links of others are removed, and a restricting lookup blocks
 * the delete (405 `0x80040227`). Source: Sales specification 0.3.
 */
export async function deleteRows(context: WriteContext, table: Table, options: DeleteOptions): Promise<void> {
  const ids = [...new Set(options.ids)]
  if (ids.length === 0) return
  refuseReadOnlyTable(context, table, 'Delete')
  if (context.depth > MAX_CASCADE) refuse({ message: `Deleting ${table.logicalName} rows cascades in a circle.` })
  const version = table.byName.get('versionnumber')
  const steps = await context.core.customLogic.stepsOf(context, table, 'delete')
  const isRead = steps !== undefined || pluginsOf(context, table, 'delete').length > 0
  const few = [...(version === undefined ? [] : [version]), ...placeColumns(context, table, ['Delete'])]
  const columns = isRead ? table.columns : few
  await lockParents(context, table, ids)
  const stored = await readRowsById(context.sql, table, { ids, columns, lock: 'delete' })
  const events = ids.map(
    (id): TableEvent => ({ id, target: {}, before: existing(table, id, { before: stored.get(id), condition: options.condition }) }),
  )
  await checkDeletes(context, table, stored)
  await steps?.preValidation(events)
  await runPlugins(context, { table, message: 'delete', stage: 'pre-operation', events })
  await steps?.preOperation(events)
  for (const referrer of table.referrers) await releaseReferrer(context, referrer, ids)
  await removePairsOf(context, table, ids)
  await deleteRowsById(context.sql, table, { ids, now: context.now })
  await context.core.customLogic.wrote(context, table)
  await runPlugins(context, { table, message: 'delete', stage: 'post-operation', events })
  await steps?.postOperation(events)
}

function existing(
  table: Table,
  id: string,
  facts: { readonly before: Row | undefined; readonly condition: EtagCondition | undefined },
): Row {
  if (facts.before === undefined) throw wireErrors.rowNotFound(table.logicalName, id)
  if (facts.condition !== undefined && !matchesEtag(facts.condition, formatDataverseEtag(String(facts.before.versionnumber))))
    throw wireErrors.staleVersion()
  return facts.before
}

async function releaseReferrer(context: WriteContext, referrer: Referrer, ids: readonly string[]): Promise<void> {
  // Who created or owned a row stays on record: users and teams are switched off rather than deleted.
  if (referrer.column.origin === 'common' || referrer.column.origin === 'owner') return
  const source = tableOf(context.core.model, referrer.source)
  const { column } = referrer
  const found = await context.sql.query<{ id: string }>(
    `select ${source.primaryId.sql} as id from ${source.sql} where ${column.sql} = any($1::uuid[])${column.sqlTarget === undefined ? '' : ` and ${column.sqlTarget} = $2`} order by 1`,
    [arrayLiteral(ids), ...(column.sqlTarget === undefined ? [] : [referrer.target.table])],
  )
  const children = found.rows.map((row) => row.id).filter((id) => referrer.source !== referrer.target.table || !ids.includes(id))
  if (children.length === 0) return
  // What follows from a delete is no write of the client: what locks rows against clients lets it pass.
  const inner: WriteContext = { ...context, depth: context.depth + 1, origin: 'application', isTrusted: true }
  if (referrer.target.onDelete === 'restrict') throw wireErrors.deleteBlocked(referrer.target.table, referrer.source)
  if (referrer.target.onDelete === 'cascade') return deleteRows(inner, source, { ids: children })
  return updateRows(inner, source, { changes: children.map((id) => ({ id, values: { [column.name]: null } })) })
}
