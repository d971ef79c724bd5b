import { type EtagCondition, formatDataverseEtag, matchesEtag } from '@p2c/odata'
import { refuseDuplicates } from '../duplicates/find-duplicates.ts'
import { mappingViolations } from '../errors/key-violations.ts'
import { wireErrors } from '../errors/wire-errors.ts'
import type { Plugin, Row, TableEvent } from '../model/plugin.ts'
import { type Column, parentColumn, type Table, tableOf } from '../model/resolved-model.ts'
import { arrayLiteral, storedScalar } from '../storage/column-sql.ts'
import { readRowsById, updateRowsById } from '../storage/row-statements.ts'
import { checkChanges, placeColumns, refuseReadOnlyTable } from './check-rights.ts'
import { checkRequired, checkValues } from './check-values.ts'
import { forgetMoney, looksForDuplicates } from './create-rows.ts'
import type { MessageSteps } from './custom-logic.ts'
import { lockParents } from './lock-parents.ts'
import { readMoneyFacts, settleMoney, touchesMoney } from './money.ts'
import { settleOwners } from './owner.ts'
import { concerns, pluginsOf, runPlugins } from './run-plugins.ts'
import { pairState } from './state-pair.ts'
import { authorOf, type WriteContext } from './write-context.ts'

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
  refuseReadOnlyTable(context, table, 'Update')
  const firing = pluginsOf(context, table, 'update').filter((plugin) => changes.some(({ values }) => concerns(plugin, { target: values })))
  const steps = await context.core.customLogic.stepsOf(context, table, 'update')
  const ids = changes.map((change) => change.id)
  const columns = [...new Set([...neededColumns(table, { changes, firing, steps }), ...placeColumns(context, table, ['Write', 'Assign'])])]
  await lockParents(context, table, ids)
  const stored = await readRowsById(context.sql, table, { ids, columns, lock: 'update' })
  const events = changes.map((change) => prepare(context, table, { change, before: stored.get(change.id), condition: options.condition }))
  await checkChanges(context, table, { changes, stored })
  await steps?.preValidation(events)
  const completed = completeFor(context, table, { firing, stored })
  await runPlugins(context, { table, message: 'update', stage: 'pre-operation', events, prepare: completed })
  await steps?.preOperation(events)
  await settleValues(context, table, events)
  const after = pluginsOf(context, table, 'update').filter(
    (plugin) => plugin.stage === 'post-operation' && events.some((event) => concerns(plugin, event)),
  )
  for (const plugin of after) await completed(plugin)
  await mappingViolations(table, () =>
    updateRowsById(
      context.sql,
      table,
      events.map((event) => ({ id: event.id, values: event.target })),
    ),
  )
  forgetMoney(context, table)
  await context.core.customLogic.wrote(context, table)
  if (looksForDuplicates(context)) await refuseDuplicates(context, table, ids)
  await handDownOwners(context, table, events)
  if (after.length > 0) {
    const done = events.map((event): TableEvent => ({ ...event, after: { ...event.before, ...event.target } }))
    await runPlugins(context, { table, message: 'update', stage: 'post-operation', events: done })
  }
  await steps?.postOperation(events)
}

/**
 * Rows that are part of others belong to whom these belong to: an order's lines follow the order. Other rows follow where their lookup says
 * so. Source: Sales specification 0.3.
 */
async function handDownOwners(context: WriteContext, table: Table, events: readonly TableEvent[]): Promise<void> {
  const owners = new Map(events.flatMap(({ id, target }) => (target.ownerid == null ? [] : [[id, target.ownerid] as const])))
  if (owners.size === 0) return
  for (const { source, column, target } of table.referrers) {
    const child = tableOf(context.core.model, source)
    const follows = parentColumn(child) === column || (target.onAssign === 'cascade' && child.userOwned)
    if (!follows) continue
    // Rows that are theirs already end a circle of followers.
    const found = await context.sql.query<{ id: string; parent: string }>(
      `select c.${child.primaryId.sql} as id, c.${column.sql} as parent from ${child.sql} c join unnest($1::uuid[], $2::uuid[]) as p(id, owner) on c.${column.sql} = p.id
       where c.ownerid is distinct from p.owner${column.sqlTarget === undefined ? '' : ` and c.${column.sqlTarget} = $3`} order by 1`,
      [
        arrayLiteral([...owners.keys()]),
        arrayLiteral([...owners.values()].map(storedScalar)),
        ...(column.sqlTarget === undefined ? [] : [target.table]),
      ],
    )
    const changes = found.rows.map((row): RowChange => ({ id: row.id, values: { ownerid: owners.get(row.parent) ?? null } }))
    await updateRows({ ...context, origin: 'application', isTrusted: true }, child, { changes })
  }
}

async function settleValues(context: WriteContext, table: Table, events: readonly TableEvent[]): Promise<void> {
  const targets = events.map((event) => event.target)
  await settleOwners(context, table, { rows: targets, isNew: false })
  if (targets.some((target) => touchesMoney(table, target))) {
    const facts = await readMoneyFacts(context)
    for (const event of events) settleMoney(table, { values: event.target, before: event.before }, facts)
  }
  for (const target of targets) checkRequired(table, target, 'update')
}

/** Only what the rules look at is read, where each plug-in says what that is: a bulk update must not read wide rows. */
function neededColumns(
  table: Table,
  facts: { readonly changes: readonly RowChange[]; readonly firing: readonly Plugin[]; readonly steps: MessageSteps | undefined },
): readonly Column[] {
  const handedOn = facts.steps?.reads ?? []
  if (handedOn === 'all') return table.columns
  if (facts.firing.some((plugin) => plugin.reads === undefined)) return table.columns
  const names = [
    'versionnumber',
    table.state?.name,
    'exchangerate',
    'transactioncurrencyid',
    ...facts.firing.flatMap((plugin) => plugin.reads),
    ...handedOn,
  ]
  // A plug-in may write an amount: then those beside it follow the rate too.
  const money = facts.firing.length > 0 || facts.changes.some((change) => touchesMoney(table, change.values)) ? table.moneyColumns : []
  return [...new Set([...names.flatMap((name) => (name === undefined ? [] : (table.byName.get(name) ?? []))), ...money])]
}

/**
 * A plug-in may write a column that wakes another one, whose columns were not read: then all columns are, once,
 * while the rows still are as before the write.
 */
function completeFor(
  context: WriteContext,
  table: Table,
  facts: { readonly firing: readonly Plugin[]; readonly stored: ReadonlyMap<string, Row> },
): (plugin: Plugin) => Promise<void> {
  let isComplete = facts.firing.some((plugin) => plugin.reads === undefined)
  return async (plugin) => {
    if (isComplete || facts.firing.includes(plugin)) return
    isComplete = true
    const rows = await readRowsById(context.sql, table, { ids: [...facts.stored.keys()], columns: table.columns, lock: 'none' })
    for (const [id, row] of facts.stored) Object.assign(row, rows.get(id))
  }
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
  const { by, onBehalf } = authorOf(context.caller)
  const target: Row = { ...change.values, modifiedon: context.now, modifiedby: by, modifiedonbehalfby: onBehalf }
  delete target[table.primaryId.name]
  const current = table.state === undefined ? undefined : before[table.state.name]
  if (typeof current === 'number') pairState(table, target, { id: change.id, current })
  return { id: change.id, target, before }
}
