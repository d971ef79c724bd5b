import { refuseDuplicates } from '../duplicates/find-duplicates.ts'
import { mappingViolations } from '../errors/key-violations.ts'
import type { Row, TableEvent } from '../model/plugin.ts'
import { type Column, columnOf, type Table } from '../model/resolved-model.ts'
import { insertRows } from '../storage/row-statements.ts'
import { checkNewRows, requireCreate } from './check-rights.ts'
import { checkRequired, checkValues } from './check-values.ts'
import { readMoneyFacts, settleMoney } from './money.ts'
import { settleOwners } from './owner.ts'
import { pluginsOf, runPlugins } from './run-plugins.ts'
import { pairState } from './state-pair.ts'
import { authorOf, type WriteContext } from './write-context.ts'

/**
 * Creates rows in one go: defaults, checks, pre-operation plug-ins, money, one insert, post-operation plug-ins. Gives the ids in the
 * order of the rows. A taken id or key is refused by 412; the whole write then leaves nothing.
 */
export async function createRows(
  context: WriteContext,
  table: Table,
  options: { readonly rows: readonly Row[] },
): Promise<readonly string[]> {
  if (options.rows.length === 0) return []
  requireCreate(context, table)
  const events = options.rows.map((row) => prepare(context, table, row))
  const targets = events.map((event) => event.target)
  const steps = await context.core.customLogic.stepsOf(context, table, 'create')
  await steps?.preValidation(events)
  await runPlugins(context, { table, message: 'create', stage: 'pre-operation', events })
  await settleOwners(context, table, { rows: targets, isNew: true })
  await checkNewRows(context, table, { given: options.rows, settled: targets })
  await steps?.preOperation(events)
  if (table.moneyColumns.length > 0) {
    const facts = await readMoneyFacts(context)
    for (const values of targets) settleMoney(table, { values }, facts)
  }
  for (const values of targets) checkRequired(table, values, 'create')
  await mappingViolations(table, () => insertRows(context.sql, table, inKeyOrder(table, targets)))
  forgetMoney(context, table)
  await context.core.customLogic.wrote(context, table)
  if (looksForDuplicates(context) || isOfAction(context))
    await refuseDuplicates(
      context,
      table,
      events.map((event) => event.id),
    )
  if (pluginsOf(context, table, 'create').some((plugin) => plugin.stage === 'post-operation')) {
    const stored = events.map((event): TableEvent => ({ ...event, after: completeRow(table, event.target) }))
    await runPlugins(context, { table, message: 'create', stage: 'post-operation', events: stored })
  }
  await steps?.postOperation(events)
  return events.map((event) => event.id)
}

function prepare(context: WriteContext, table: Table, row: Row): TableEvent {
  checkValues(table, row)
  const given = row[table.primaryId.name]
  const id = typeof given === 'string' ? given : context.core.ids.timeGuid(context.core.clock.now())
  const { by, onBehalf } = authorOf(context.caller)
  const target: Row = {
    ...defaultsOf(table),
    ...row,
    [table.primaryId.name]: id,
    createdon: row.overriddencreatedon ?? row.createdon ?? context.now,
    modifiedon: row.modifiedon ?? context.now,
    createdby: row.createdby ?? by,
    modifiedby: row.modifiedby ?? by,
    ...(onBehalf !== null && { createdonbehalfby: onBehalf, modifiedonbehalfby: onBehalf }),
  }
  if (row.overriddencreatedon != null) target.overriddencreatedon = context.now
  pairState(table, target, { id })
  return { id, target }
}

const defaults = new WeakMap<Table, Row>()

/** Remembered per table: this runs for each new row. */
function defaultsOf(table: Table): Row {
  const known = defaults.get(table) ?? Object.fromEntries(table.columns.flatMap((column) => defaultOf(column)))
  defaults.set(table, known)
  return known
}

const defaultOf = (column: Column): readonly (readonly [string, string | number | boolean])[] =>
  'default' in column.definition && column.definition.default !== undefined && column.type !== 'state'
    ? [[column.name, column.definition.default]]
    : []

/** Two bulk calls that insert the same keys in the same order wait for each other instead of deadlocking. */
function inKeyOrder(table: Table, rows: readonly Row[]): readonly Row[] {
  const columns = table.keys[0]?.columns
  if (columns === undefined || rows.length === 1) return rows
  const sortKey = (row: Row): string =>
    columns.map((column) => String(row[columnOf(table, column).name] ?? '').toLowerCase()).join('\u0000')
  return rows
    .map((row) => ({ row, key: sortKey(row) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map((item) => item.row)
}

/** Every column of the table, empty ones as null: the row as stored. */
const completeRow = (table: Table, values: Readonly<Row>): Row => {
  const row: Row = {}
  for (const column of table.columns) row[column.name] = values[column.name] ?? null
  return row
}

/** Duplicates are looked for in what a client wrote, where it asked for that; never in what rules make of it. */
export const looksForDuplicates = (context: WriteContext): boolean => context.invocation.detectDuplicates && context.origin === 'client'

/** A row that an action makes for its caller, as `QualifyLead` does, is held against the others too. Source: Sales specification 2.1. */
const isOfAction = (context: WriteContext): boolean => context.invocation.detectDuplicates && context.depth === 1

/** Later writes of this transaction must see a changed currency or organisation. */
export function forgetMoney(context: WriteContext, table: Table): void {
  if (table.logicalName === 'transactioncurrency' || table.logicalName === 'organization') context.money.facts = undefined
}
