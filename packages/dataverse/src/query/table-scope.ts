import type { SqlBehindLookup, SqlCollection, SqlColumn, SqlHierarchy, SqlScope, SqlType } from '@p2c/odata'
import {
  type Column,
  isIndexedLookup,
  type ManyNavigation,
  type Model,
  type Navigation,
  quoteName,
  type Table,
  tableOf,
} from '../model/resolved-model.ts'
import type { ColumnType } from '../model/table.ts'
import { type Holder, readScopeSql } from '../security/access.ts'
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

/** Where a table stands in a statement, and who asks: rows that this caller may not read are not there for its conditions either. */
export interface ScopePlace {
  readonly alias: string
  readonly holder: Holder
}

interface TablePlace extends ScopePlace {
  readonly table: Table
}

/**
 * The properties of one row of a table as filters, orders and aggregations name them: its own, those of rows that its lookups point to
 * (`primarycontactid/fullname`, any depth) and its child collections. Source: wire specification 11.2.
 */
export function tableScope(model: Model, table: Table, place: ScopePlace): SqlScope {
  const at = { ...place, table }
  return {
    typeName: `Microsoft.Dynamics.CRM.${table.logicalName}`,
    column: (path) => columnAt(model, at, path),
    lookup: (name) => {
      const column = table.byName.get(name)
      return column === undefined || column.targets.length === 0 ? undefined : columnSql(model, { ...at, column })
    },
    unknownAt: (path) => unknownAt(model, table, path),
    collection: (path, childAlias) => collectionAt(model, { ...at, childAlias }, path),
  }
}

function unknownAt(
  model: Model,
  table: Table,
  [first = '', ...rest]: readonly string[],
): { readonly property: string; readonly typeName: string } {
  const navigation = table.navigations.get(first)
  const [target] = navigation?.kind === 'single' ? targetTables(model, navigation) : []
  if (rest.length > 0 && target !== undefined) return unknownAt(model, target, rest)
  return { property: first, typeName: `Microsoft.Dynamics.CRM.${table.logicalName}` }
}

function columnAt(model: Model, at: TablePlace, path: readonly string[]): SqlColumn | undefined {
  const [first, ...rest] = path
  if (first === undefined) return undefined
  if (rest.length === 0) {
    const column = at.table.byProperty.get(first)
    return column === undefined ? undefined : columnSql(model, { ...at, column })
  }
  const found = singleSteps(model, at, first).flatMap((step) => {
    const inner = columnAt(model, { table: step.table, alias: step.alias, holder: at.holder }, rest)
    if (inner === undefined) return []
    const { behindLookup: _inner, ...plain } = inner
    const sql = `(select ${inner.sql} from ${step.from} where ${step.where})`
    return [
      {
        ...plain,
        sql,
        nullable: true,
        ...(inner.type === 'text' && isIndexedLookup(step.column) && { behindLookup: behind(at, step, inner) }),
      },
    ]
  })
  const [only] = found
  if (only === undefined || found.length === 1) return only
  const { behindLookup: _one, ...any } = only
  return { ...any, sql: `coalesce(${found.map((column) => column.sql).join(', ')})` }
}

/**
 * The rows that pass are looked up first, once: a condition on a subselect of each row, and more so an `or` of forty of them, would go through the
 * whole table.
 */
function behind(at: TablePlace, step: Step, { sql }: SqlColumn): SqlBehindLookup {
  const { column, table, alias } = step
  const lookup = `${at.alias}.${column.sql}`
  const target = column.sqlTarget === undefined ? '' : ` and ${at.alias}.${column.sqlTarget} = ${sqlText(table.logicalName)}`
  const found = (test: string): string =>
    `select ${alias}.${table.primaryId.sql} from ${step.from} where ${readable(test, { ...at, alias, table })}`
  return { sql, passes: (test) => `(${lookup} = any(array(${found(test)}))${target})` }
}

/** A column of a table under an alias, as conditions and orders use it. */
export function columnSql(model: Model, at: { readonly table: Table; readonly alias: string; readonly column: Column }): SqlColumn {
  const { table, alias, column } = at
  const above = hierarchyOf(model, table, column)
  return {
    sql: `${alias}.${column.sql}`,
    type: sqlTypeOf(column),
    nullable: column !== table.primaryId,
    ...(above !== undefined && { hierarchy: above }),
  }
}

/**
 * The hierarchy whose ids a column holds: that of its own table for the key, that of the target for a lookup. A table has one where a
 * lookup named `parent…` leads to the table itself and to no other.
 */
function hierarchyOf(model: Model, table: Table, column: Column): SqlHierarchy | undefined {
  const holder =
    column === table.primaryId ? table : column.targets.length === 1 ? tableOf(model, column.targets[0]?.table ?? '') : undefined
  const parent = holder?.columns.find(
    (candidate) => /^parent/.test(candidate.name) && candidate.targets.length === 1 && candidate.targets[0]?.table === holder.logicalName,
  )
  return holder === undefined || parent === undefined ? undefined : { table: holder.sql, key: holder.primaryId.sql, parent: parent.sql }
}

interface Step {
  /** The lookup that is followed. */
  readonly column: Column
  readonly table: Table
  readonly alias: string
  readonly from: string
  readonly where: string
}

/** The tables that a single-valued navigation leads to: `ownerid` leads to users and to teams, every other one to one table. */
export const targetTables = (model: Model, navigation: Extract<Navigation, { kind: 'single' }>): readonly Table[] =>
  navigation.column.targets.filter((target) => target.navigation === navigation.name).map((target) => tableOf(model, target.table))

function singleSteps(model: Model, at: TablePlace, name: string): readonly Step[] {
  const navigation = at.table.navigations.get(name)
  if (navigation?.kind !== 'single') return []
  const alias = `${at.alias}_n`
  return targetTables(model, navigation).map((table) => ({
    column: navigation.column,
    table,
    alias,
    from: `${table.sql} ${alias}`,
    where: readable(joinSingle(navigation, { alias, outer: at.alias, table }), { alias, holder: at.holder, table }),
  }))
}

/** A condition on a table, limited to the rows that the caller may read. */
function readable(condition: string, at: TablePlace): string {
  const scope = readScopeSql(at.holder, at.table, at.alias)
  return scope === undefined ? condition : `${condition} and ${scope}`
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

/** Condition that joins the rows that a navigation property leads to; `parent` is an SQL expression of the id of the row it starts from. */
export function joinChildren(
  navigation: ManyNavigation,
  at: { readonly alias: string; readonly parent: string; readonly table: Table },
): string {
  if (navigation.kind === 'many') {
    const { own, other, relation } = navigation
    const pair = `${at.alias}_p`
    const [here, there] = [own.column, other.column].map((name) => `${pair}.${quoteName(name)}`)
    return `exists (select 1 from ${quoteName(relation.intersectTable)} ${pair} where ${here} = ${at.parent} and ${there} = ${at.alias}.${at.table.primaryId.sql})`
  }
  const { column } = navigation
  const target = column.sqlTarget === undefined ? '' : ` and ${at.alias}.${column.sqlTarget} = ${sqlText(navigation.target.table)}`
  return `${at.alias}.${column.sql} = ${at.parent}${target}`
}

function collectionAt(model: Model, at: TablePlace & { readonly childAlias: string }, path: readonly string[]): SqlCollection | undefined {
  const [first, ...rest] = path
  if (first === undefined) return undefined
  if (rest.length > 0) {
    const [step] = singleSteps(model, at, first)
    const inner = step === undefined ? undefined : collectionAt(model, { ...at, table: step.table, alias: step.alias }, rest)
    if (step === undefined || inner === undefined) return undefined
    return { from: `${step.from} join ${inner.from} on ${inner.where ?? 'true'}`, where: step.where, scope: inner.scope }
  }
  const navigation = at.table.navigations.get(first)
  if (navigation === undefined || navigation.kind === 'single') return undefined
  const source = tableOf(model, navigation.source)
  return {
    from: `${source.sql} ${at.childAlias}`,
    where: readable(joinChildren(navigation, { alias: at.childAlias, parent: `${at.alias}.${at.table.primaryId.sql}`, table: source }), {
      alias: at.childAlias,
      holder: at.holder,
      table: source,
    }),
    scope: tableScope(model, source, { alias: at.childAlias, holder: at.holder }),
  }
}
