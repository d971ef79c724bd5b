import { refuse } from '../errors/platform-error.ts'
import { wireErrors } from '../errors/wire-errors.ts'
import type { ColumnValue, Row, RowReference } from '../model/plugin.ts'
import { type Column, columnOf, type Table, tableOf } from '../model/resolved-model.ts'
import { pairOf, type RowMapping } from '../model/row-mapping.ts'
import { checkRowsById } from '../pipeline/check-rights.ts'
import { isReference } from '../storage/column-sql.ts'
import type { ActionContext, AppAction } from './app-action.ts'
import { readReferenceParameter } from './entity-parameter.ts'

/**
 * `InitializeFrom`: the values of a new row that is started from another one, not stored. What it answers may be sent as the body of a
 * create. Refuses with 404 `0x80040217` a missing row or table, with 403 a row that the caller may not read, with 400 `0x80040203` a pair
 * of tables without a mapping. Parameters as the public Web API reference has them.
 */
export const initializeFrom = (mappings: readonly RowMapping[]): AppAction => ({
  name: 'InitializeFrom',
  kind: 'function',
  binding: 'unbound',
  parameters: [
    { name: 'EntityMoniker', type: 'mscrm.crmbaseentity' },
    { name: 'TargetEntityName', type: 'Edm.String' },
    { name: 'TargetFieldType', type: 'mscrm.TargetFieldType' },
    { name: 'SkipParentalRelationshipMapping', type: 'Edm.Boolean', optional: true },
  ],
  returns: 'mscrm.crmbaseentity',
  run: async (context, parameters) => {
    const target = targetTable(context, String(parameters.TargetEntityName))
    const source = await readSource(context, parameters.EntityMoniker)
    const mapping = mappings.find((one) => one.source === source.table && one.target === target.logicalName)
    if (mapping === undefined)
      throw wireErrors.invalidArgument(`There is no mapping from ${source.table} to ${target.logicalName}: no value can be taken over.`)
    const isWanted = wantedColumns(String(parameters.TargetFieldType))
    const taken = await mappedValues(context, mapping, { source, target })
    const parent = parameters.SkipParentalRelationshipMapping === true || mapping.parent === undefined ? {} : { [mapping.parent]: source }
    const values = Object.entries({ ...taken, ...parent }).filter(([name]) => isWanted(columnOf(target, name)))
    return { kind: 'draft', table: target.logicalName, values: Object.fromEntries(values) }
  },
})

function targetTable(context: ActionContext, name: string): Table {
  const table = context.write.core.model.tables.get(name)
  if (table !== undefined && table.intersectOf === undefined) return table
  return refuse({
    code: '0x80040217',
    status: 404,
    message: `The entity with a name = '${name.slice(0, 100)}' was not found in the MetadataCache.`,
  })
}

async function readSource(context: ActionContext, value: unknown): Promise<RowReference> {
  const { model } = context.write.core
  const tables = [...model.tables.values()].filter((table) => table.intersectOf === undefined).map((table) => table.logicalName)
  const source = await readReferenceParameter(context, { name: 'EntityMoniker', value, tables })
  if (source === undefined) throw wireErrors.badPayload('InitializeFrom', "The parameter 'EntityMoniker' must name one record.")
  await checkRowsById(context.write, tableOf(model, source.table), { right: 'Read', ids: [source.id] })
  return source
}

/** Columns that clients may write, unless all or the readable ones are asked for. */
const wantedColumns =
  (fieldType: string) =>
  (column: Column): boolean =>
    fieldType === 'All' || fieldType === 'ValidForRead' || !column.readOnly

async function mappedValues(
  context: ActionContext,
  mapping: RowMapping,
  rows: { readonly source: RowReference; readonly target: Table },
): Promise<Row> {
  const pairs = mapping.columns.map(pairOf)
  const table = tableOf(context.write.core.model, rows.source.table)
  const columns = [...new Set(pairs.map(([from]) => from))]
  const [row] = await context.service.find({ table: table.logicalName, columns, where: { [table.primaryId.name]: rows.source.id } })
  if (row === undefined) throw wireErrors.rowNotFound(table.logicalName, rows.source.id)
  const values = pairs.map(([from, to]) => [to, fitted(columnOf(rows.target, to), row[from] ?? null)] as const)
  return Object.fromEntries(values.filter(([, value]) => value !== null))
}

/** A value as the other column can hold it: a longer text is cut, a choice or a table that it does not have is left out. */
function fitted({ definition, targets }: Column, value: ColumnValue): ColumnValue {
  if ((definition.type === 'string' || definition.type === 'memo') && typeof value === 'string') return value.slice(0, definition.maxLength)
  if (definition.type === 'choice') return definition.options.some((option) => option.value === value) ? value : null
  if (isReference(value)) return targets.some(({ table }) => table === value.table) ? value : null
  return value
}
