import type { SqlColumn, SqlOptions } from '@p2c/odata'
import type { Column, Model, Table } from '../model/resolved-model.ts'
import { columnSql } from '../query/table-scope.ts'
import { fetchErrors } from './fetch-errors.ts'
import type { FetchEntity } from './fetch-query.ts'

/** What the translation of one query shares. */
export interface FetchContext {
  readonly model: Model
  readonly sql: SqlOptions
  /** Condition on the rows that the caller may see of a table; undefined: all. Refuses a table that the caller may not read. */
  readonly visible: (table: Table, alias: string) => string | undefined
  /** A table alias that nothing else in the statement uses. Names of a client never become names in the statement. */
  readonly nextAlias: () => string
}

/** A table of the query under its alias in the statement. */
export interface Source {
  readonly table: Table
  readonly alias: string
  /** Name that the answer and other parts of the query know a link by; absent for the root and for links that only test. */
  readonly name?: string
  readonly entity: FetchEntity
}

/** The tables that a condition may name: its own, and those that the statement has joined so far. */
export interface FilterScope {
  readonly own: Source
  readonly joined: readonly Source[]
}

/** The table of a logical name. Throws `0x80041102`. */
export function tableNamed(model: Model, name: string): Table {
  const table = model.tables.get(name)
  if (table === undefined) throw fetchErrors.unknownEntity(name)
  return table
}

/** The column of a logical name. Throws `0x80041103`. */
export function columnNamed(table: Table, name: string): Column {
  const column = table.byName.get(name)
  if (column === undefined) throw fetchErrors.unknownAttribute(table.logicalName, name)
  return column
}

/** A link by its alias, else by the name of its table where that says which. Throws `0x8004110a`. */
export function sourceNamed(sources: readonly Source[], name: string): Source {
  const byAlias = sources.find((source) => source.name === name)
  if (byAlias !== undefined) return byAlias
  const byTable = sources.filter((source) => source.table.logicalName === name)
  const [only] = byTable
  if (only === undefined || byTable.length > 1) throw fetchErrors.unknownAlias(name)
  return only
}

/** A column of a source as the statement writes it. */
export const sqlOf = (context: FetchContext, source: Source, column: Column): SqlColumn =>
  columnSql(context.model, { table: source.table, alias: source.alias, column })

/** Types that compare with each other. */
export function typeFamily({ type }: Pick<SqlColumn, 'type'>): string {
  if (type === 'integer' || type === 'bigint' || type === 'decimal' || type === 'double') return 'number'
  return type === 'date' || type === 'date-time' ? 'time' : type
}

/** A value as it is compared: texts without case. */
export const folded = ({ sql, type }: Pick<SqlColumn, 'sql' | 'type'>): string => (type === 'text' ? `lower(${sql})` : sql)
