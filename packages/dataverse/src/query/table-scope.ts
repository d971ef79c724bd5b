import type { SqlCollection, SqlColumn, SqlScope, SqlType } from '@p2c/odata'
import { type Column, type Model, type Navigation, type Table, tableOf } from '../model/resolved-model.ts'
import type { ColumnType } from '../model/table.ts'
import { isDateOnly } from './json-row.ts'
import { sqlText } from './sql-text.ts'

const SQL_TYPES: Record<ColumnType, SqlType> = {
  string: 'text',
  memo: 'text',
  integer: 'integer',
  bigint: 'bigint',
  decimal: 'decimal',
  double: 'double',
  money: 'decimal',
  boolean: 'boolean',
  choice: 'integer',
  state: 'integer',
  status: 'integer',
  lookup: 'guid',
  datetime: 'date-time',
  guid: 'guid',
}

const sqlTypeOf = (column: Column): SqlType => (isDateOnly(column) ? 'date' : SQL_TYPES[column.type])

/**
 * The properties of one row of a table as filters, orders and aggregations name them: its own, those of rows that its lookups point to
 * (`primarycontactid/fullname`, any depth) and its child collections. Source: wire specification 11.2.
 */
export function tableScope(model: Model, table: Table, alias: string): SqlScope {
  return {
    typeName: `Microsoft.Dynamics.CRM.${table.logicalName}`,
    column: (path) => columnAt(model, { table, alias }, path),
    collection: (path, childAlias) => collectionAt(model, { table, alias, childAlias }, path),
  }
}

function columnAt(model: Model, at: { readonly table: Table; readonly alias: string }, path: readonly string[]): SqlColumn | undefined {
  const [first, ...rest] = path
  if (first === undefined) return undefined
  if (rest.length === 0) {
    const column = at.table.byProperty.get(first)
    return column === undefined
      ? undefined
      : { sql: `${at.alias}.${column.sql}`, type: sqlTypeOf(column), nullable: column !== at.table.primaryId }
  }
  const found = singleSteps(model, at, first).flatMap((step) => {
    const inner = columnAt(model, { table: step.table, alias: step.alias }, rest)
    return inner === undefined ? [] : [{ ...inner, sql: `(select ${inner.sql} from ${step.from} where ${step.where})`, nullable: true }]
  })
  const [only] = found
  return only === undefined || found.length === 1 ? only : { ...only, sql: `coalesce(${found.map((column) => column.sql).join(', ')})` }
}

interface Step {
  readonly table: Table
  readonly alias: string
  readonly from: string
  readonly where: string
}

/** The tables that a single-valued navigation leads to: `ownerid` leads to users and to teams, every other one to one table. */
export const targetTables = (model: Model, navigation: Extract<Navigation, { kind: 'single' }>): readonly Table[] =>
  navigation.column.targets.filter((target) => target.navigation === navigation.name).map((target) => tableOf(model, target.table))

function singleSteps(model: Model, at: { readonly table: Table; readonly alias: string }, name: string): readonly Step[] {
  const navigation = at.table.navigations.get(name)
  if (navigation?.kind !== 'single') return []
  const alias = `${at.alias}_n`
  return targetTables(model, navigation).map((table) => ({
    table,
    alias,
    from: `${table.sql} ${alias}`,
    where: joinSingle(navigation, { alias, outer: at.alias, table }),
  }))
}

/** Condition that joins the row a lookup points to. */
export function joinSingle(
  navigation: Extract<Navigation, { kind: 'single' }>,
  at: { readonly alias: string; readonly outer: string; readonly table: Table },
): string {
  const { column } = navigation
  const target = column.sqlTarget === undefined ? '' : ` and ${at.outer}.${column.sqlTarget} = ${sqlText(at.table.logicalName)}`
  return `${at.alias}.${at.table.primaryId.sql} = ${at.outer}.${column.sql}${target}`
}

/** Condition that joins the children of a row; `parent` is an SQL expression of its id. */
export function joinChildren(
  navigation: Extract<Navigation, { kind: 'collection' }>,
  at: { readonly alias: string; readonly parent: string },
): string {
  const { column } = navigation
  const target = column.sqlTarget === undefined ? '' : ` and ${at.alias}.${column.sqlTarget} = ${sqlText(navigation.target.table)}`
  return `${at.alias}.${column.sql} = ${at.parent}${target}`
}

function collectionAt(
  model: Model,
  at: { readonly table: Table; readonly alias: string; readonly childAlias: string },
  path: readonly string[],
): SqlCollection | undefined {
  const [first, ...rest] = path
  if (first === undefined) return undefined
  if (rest.length > 0) {
    const [step] = singleSteps(model, at, first)
    const inner = step === undefined ? undefined : collectionAt(model, { ...at, table: step.table, alias: step.alias }, rest)
    if (step === undefined || inner === undefined) return undefined
    return { from: `${step.from} join ${inner.from} on ${inner.where ?? 'true'}`, where: step.where, scope: inner.scope }
  }
  const navigation = at.table.navigations.get(first)
  if (navigation?.kind !== 'collection') return undefined
  const source = tableOf(model, navigation.source)
  return {
    from: `${source.sql} ${at.childAlias}`,
    where: joinChildren(navigation, { alias: at.childAlias, parent: `${at.alias}.${at.table.primaryId.sql}` }),
    scope: tableScope(model, source, at.childAlias),
  }
}
