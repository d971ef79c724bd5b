import {
  type ActionContext,
  type AppAction,
  checkRowsById,
  type Model,
  type Row,
  type RowReference,
  readEntityParameter,
  readReferenceParameter,
  refuse,
  type Table,
  type TableService,
} from '@p2c/dataverse'
import { MERGE_RULES, type MergedRow, type MergeRule, mergeRefusal } from '../domain/customers/merge-rules.ts'
import { enforce, idOf } from '../plugins/row-values.ts'

/**
 * `Merge`: what points to the subordinate points to the target from then on, the target takes the columns of `UpdateContent`, the
 * subordinate is closed. One transaction; rows are moved a table at a time, by the application, so that locked documents move too.
 * Refuses with 400 `0x80040203` rows that are inactive, the same, or under different parents where these are compared; with 403 where the
 * caller may not write both; with 404 `0x80040217` a missing row. Parameters as the public Web API reference has them.
 */
export const mergeAction: AppAction = {
  name: 'Merge',
  binding: 'unbound',
  parameters: [
    { name: 'Target', type: 'mscrm.crmbaseentity' },
    { name: 'Subordinate', type: 'mscrm.crmbaseentity' },
    { name: 'UpdateContent', type: 'mscrm.crmbaseentity', optional: true },
    { name: 'PerformParentingChecks', type: 'Edm.Boolean', optional: true },
  ],
  run: async (context, parameters) => {
    const target = await rowOf(context, { name: 'Target', value: parameters.Target, tables: Object.keys(MERGE_RULES) })
    const subordinate = await rowOf(context, { name: 'Subordinate', value: parameters.Subordinate, tables: [target.table] })
    const rule = ruleOf(target.table)
    await assertMergeable(context, { target, subordinate, rule }, parameters.PerformParentingChecks === true)
    // As the client itself would write it: what it may not change by an update it may not change here.
    const content = await contentOf(context, target, parameters.UpdateContent)
    const { write } = context
    if (Object.keys(content).length > 0)
      await write.serviceOf({ ...write, origin: 'client' }).update(target.table, [{ id: target.id, values: content }])
    const trusted = write.serviceOf({ ...write, origin: 'application', isTrusted: true })
    await moveReferrers(context, { target, subordinate }, trusted)
    const values: Row = { ...rule.merged, merged: true, masterid: target }
    await trusted.update(subordinate.table, [{ id: subordinate.id, values }])
    return undefined
  },
}

interface Pair {
  readonly target: RowReference
  readonly subordinate: RowReference
}

const ruleOf = (table: string): MergeRule =>
  MERGE_RULES[table] ?? refuse({ code: '0x80040203', message: `Rows of ${table} cannot be merged.` })

async function rowOf(context: ActionContext, parameter: Parameters<typeof readReferenceParameter>[1]): Promise<RowReference> {
  const row = await readReferenceParameter(context, parameter)
  return row ?? refuse({ code: '0x80040203', message: `The parameter '${parameter.name}' of Merge must name one record.` })
}

/** Locks both rows, in the order of their ids. */
async function assertMergeable(context: ActionContext, pair: Pair & { readonly rule: MergeRule }, checkParents: boolean): Promise<void> {
  const { target, subordinate, rule } = pair
  const table = tableNamed(context.write.core.model, target.table)
  const key = table.primaryId.name
  const ids = [...new Set([target.id, subordinate.id])]
  const columns = ['statecode', ...rule.parents]
  const rows = await context.service.find({
    table: target.table,
    columns,
    where: { [key]: ids },
    orderBy: [{ column: key }],
    forUpdate: true,
  })
  const byId = new Map(rows.map((row) => [String(row[key]), row]))
  const missing = ids.find((id) => !byId.has(id))
  if (missing !== undefined) refuse({ code: '0x80040217', status: 404, message: `${target.table} With Id = ${missing} Does Not Exist` })
  await checkRowsById(context.write, table, { right: 'Write', ids })
  const factsOf = ({ table, id }: RowReference): MergedRow => ({
    table,
    id,
    statecode: Number(byId.get(id)?.statecode),
    parents: rule.parents.map((parent) => idOf(byId.get(id)?.[parent])),
  })
  enforce(mergeRefusal(factsOf(target), factsOf(subordinate), checkParents))
}

function tableNamed(model: Model, name: string): Table {
  const table = model.tables.get(name)
  if (table === undefined) throw new TypeError(`no table '${name}' in Sales`)
  return table
}

async function contentOf(context: ActionContext, target: RowReference, value: unknown): Promise<Row> {
  if (value === undefined || value === null) return {}
  const content = await readEntityParameter(context, { name: 'UpdateContent', value, tables: [target.table] })
  const key = tableNamed(context.write.core.model, target.table).primaryId.name
  return Object.fromEntries(Object.entries(content).filter(([name]) => name !== key))
}

/** Every lookup that names the subordinate names the target instead. One read and one write for each table that points to it. */
async function moveReferrers(context: ActionContext, pair: Pair, service: TableService): Promise<void> {
  await dropDoubleMembers(context, pair, service)
  const { model } = context.write.core
  const referrers = tableNamed(model, pair.target.table).referrers
  for (const name of new Set(referrers.map((referrer) => referrer.source))) {
    const source = tableNamed(model, name)
    if (source.intersectOf !== undefined) continue
    const columns = [...new Set(referrers.filter((referrer) => referrer.source === name).map((referrer) => referrer.column))]
    const changes = await movedRows(context, { source, columns, pair })
    if (changes.length > 0) await service.update(name, changes)
  }
}

type Columns = readonly Table['columns'][number][]

/** Rows of one table that point to the subordinate, with what they say afterwards. The target itself never points to itself. */
async function movedRows(
  context: ActionContext,
  { source, columns, pair }: { readonly source: Table; readonly columns: Columns; readonly pair: Pair },
): Promise<readonly { readonly id: string; readonly values: Row }[]> {
  const { target, subordinate } = pair
  // A lookup with several targets says which table it names; table names come from the model.
  const hits = columns.map(
    (column) => `r.${column.sql} = $1${column.sqlTarget === undefined ? '' : ` and r.${column.sqlTarget} = '${target.table}'`}`,
  )
  const found = await context.write.sql.query<{ id: string; hit: string }>(
    `select r.${source.primaryId.sql} as id, concat_ws(',', ${hits.map((hit, at) => `case when ${hit} then ${at} end`).join(', ')}) as hit
     from ${source.sql} r where ${hits.map((hit) => `(${hit})`).join(' or ')} order by 1`,
    [subordinate.id],
  )
  return found.rows.map(({ id, hit }) => {
    const moved = hit.split(',').map((at) => columns[Number(at)]?.name ?? '')
    const isTarget = source.logicalName === target.table && id === target.id
    return { id, values: Object.fromEntries(moved.map((name) => [name, isTarget ? null : target])) }
  })
}

/** Lists that both rows are on keep one of them. */
async function dropDoubleMembers(context: ActionContext, { target, subordinate }: Pair, service: TableService): Promise<void> {
  const found = await context.write.sql.query<{ id: string }>(
    `select s.listmemberid as id from listmember s join listmember k on k.listid = s.listid and k.entityid = $1
     where s.entityid = $2 order by 1`,
    [target.id, subordinate.id],
  )
  await service.delete(
    'listmember',
    found.rows.map((row) => row.id),
  )
}
