import { type EtagCondition, formatDataverseEtag, matchesEtag } from '@p2c/odata'
import { mappingViolations } from '../errors/key-violations.ts'
import { wireErrors } from '../errors/wire-errors.ts'
import type { Row, TableEvent } from '../model/plugin.ts'
import type { Column, Table } from '../model/resolved-model.ts'
import { readRowsById, updateRowsById } from '../storage/row-statements.ts'
import { checkRequired, checkValues } from './check-values.ts'
import { completeRow, forgetMoney } from './create-rows.ts'
import { readMoneyFacts, settleMoney, touchesMoney } from './money.ts'
import { settleOwners } from './owner.ts'
import { pluginsOf, runPlugins } from './run-plugins.ts'
import { pairState } from './state-pair.ts'
import type { WriteContext } from './write-context.ts'

export interface RowChange {
  readonly id: string
  readonly values: Row
}

interface UpdateOptions {
  /** At most one change per id. */
  readonly changes: readonly RowChange[]
  /** `If-Match`: refused by 412 when the stored version is another. */
  readonly condition?: EtagCondition
}

/** Updates rows in one go: lock, checks, pre-operation plug-ins, money, one update per set of columns, post-operation plug-ins. */
export async function updateRows(context: WriteContext, table: Table, options: UpdateOptions): Promise<void> {
  const { changes } = options
  if (changes.length === 0) return
  const hasPlugins = pluginsOf(context, table, 'update').length > 0
  const stored = await readRowsById(context.sql, table, {
    ids: changes.map((change) => change.id),
    columns: hasPlugins ? table.columns : neededColumns(table, changes),
    lock: 'update',
  })
  const events = changes.map((change) => prepare(context, table, { change, before: stored.get(change.id), condition: options.condition }))
  await runPlugins(context, { table, message: 'update', stage: 'pre-operation', events })
  const targets = events.map((event) => event.target)
  await settleOwners(context, table, { rows: targets.filter((target) => target.ownerid !== undefined), isNew: false })
  if (targets.some((target) => touchesMoney(table, target))) {
    const facts = await readMoneyFacts(context)
    for (const event of events) settleMoney(table, { values: event.target, before: event.before }, facts)
  }
  for (const target of targets) checkRequired(table, target, 'update')
  await mappingViolations(table, () =>
    updateRowsById(
      context.sql,
      table,
      events.map((event) => ({ id: event.id, values: event.target })),
    ),
  )
  forgetMoney(context, table)
  if (pluginsOf(context, table, 'update').some((plugin) => plugin.stage === 'post-operation')) {
    const done = events.map((event): TableEvent => ({ ...event, after: completeRow(table, { ...event.before, ...event.target }) }))
    await runPlugins(context, { table, message: 'update', stage: 'post-operation', events: done })
  }
}

/** Without plug-ins only what the rules here look at is read: a bulk update must not read wide rows. */
function neededColumns(table: Table, changes: readonly RowChange[]): readonly Column[] {
  const names = ['versionnumber', table.state?.name, 'exchangerate', 'transactioncurrencyid']
  const money = table.moneyColumns.length > 0 && changes.some((change) => touchesMoney(table, change.values)) ? table.moneyColumns : []
  return [...names.flatMap((name) => (name === undefined ? [] : (table.byName.get(name) ?? []))), ...money]
}

function prepare(
  context: WriteContext,
  table: Table,
  facts: { readonly change: RowChange; readonly before: Row | undefined; readonly condition: EtagCondition | undefined },
): TableEvent {
  const { change, before } = facts
  if (before === undefined) throw wireErrors.rowNotFound(table.logicalName, change.id)
  if (facts.condition !== undefined && !matchesEtag(facts.condition, formatDataverseEtag(String(before.versionnumber))))
    throw wireErrors.staleVersion()
  checkValues(table, change.values)
  const target: Row = { ...change.values, modifiedon: context.now, modifiedby: { table: 'systemuser', id: context.caller.userId } }
  delete target[table.primaryId.name]
  const current = table.state === undefined ? undefined : before[table.state.name]
  if (typeof current === 'number') pairState(table, target, { id: change.id, current })
  return { id: change.id, target, before }
}
