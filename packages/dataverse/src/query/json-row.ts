import { ANNOTATIONS } from '@p2c/odata'
import type { Column, Model, Table } from '../model/resolved-model.ts'
import { formattedSql } from './formatted-value.ts'
import { sqlConcat, sqlText } from './sql-text.ts'

/** True for annotations that the client asked for. */
export type AnnotationFilter = (name: string) => boolean

export interface JsonRowOptions {
  readonly model: Model
  readonly table: Table
  /** Alias of the table in the statement. */
  readonly alias: string
  /** Columns in the order of the answer. */
  readonly columns: readonly Column[]
  readonly annotations: AnnotationFilter
  /** SQL of further members, each with its leading comma: expands. */
  readonly members?: readonly string[]
}

/**
 * SQL text that gives one row as JSON text: ETag first, then the columns with their annotations before them, then further members.
 * The database writes the text, so a page of rows is only joined here. Source: wire specification 3.4 and 6.
 */
export function jsonRow(options: JsonRowOptions): string {
  const { alias, table } = options
  const version = table.byName.get('versionnumber')
  const parts = [sqlText('{"@odata.etag":"W/\\"'), `${alias}.${version?.sql}`, sqlText('\\""')]
  for (const column of options.columns) parts.push(...columnParts(options, column))
  parts.push(...(options.members ?? []), "'}'")
  return sqlConcat(mergeTexts(parts))
}

const columnParts = (options: JsonRowOptions, column: Column): readonly string[] => [
  ...annotationParts(options, { column, name: column.property }),
  sqlText(`,"${column.property}":`),
  jsonValue(column, options.alias),
]

/** A column as a member of an answer under any name. */
export interface JsonMember {
  readonly column: Column
  /** Name of the member; plain letters, digits, `_` and `.`. */
  readonly name: string
}

/** SQL of the annotations of a member, each with its leading comma; null where there is nothing to say. */
export function annotationParts(options: Omit<JsonRowOptions, 'columns' | 'members'>, member: JsonMember): readonly string[] {
  const { column, name } = member
  const { alias } = options
  const parts: string[] = []
  if (options.annotations(ANNOTATIONS.formattedValue)) {
    const formatted = formattedSql(options.model, options.table, { column, alias })
    if (formatted !== undefined) parts.push(`${sqlText(`,"${name}@${ANNOTATIONS.formattedValue}":`)} || ${formatted}`)
  }
  if (column.type === 'lookup') parts.push(...lookupParts(options, member))
  return parts
}

function lookupParts(options: Omit<JsonRowOptions, 'columns' | 'members'>, { column, name }: JsonMember): readonly string[] {
  const { alias, annotations } = options
  const wanted = [
    { name: ANNOTATIONS.associatedNavigationProperty, of: (target: (typeof column.targets)[number]) => target.navigation },
    { name: ANNOTATIONS.lookupLogicalName, of: (target: (typeof column.targets)[number]) => target.table },
  ]
  return wanted
    .filter((item) => annotations(item.name))
    .map((item) => {
      const text = (target: (typeof column.targets)[number]): string => sqlText(`,"${name}@${item.name}":"${item.of(target)}"`)
      const [first] = column.targets
      if (column.sqlTarget === undefined)
        return `case when ${alias}.${column.sql} is not null then ${first === undefined ? 'null' : text(first)} end`
      return `case ${alias}.${column.sqlTarget} ${column.targets.map((target) => `when ${sqlText(target.table)} then ${text(target)}`).join(' ')} end`
    })
}

/** SQL of a column's value as JSON. */
export const jsonValue = (column: Column, alias: string): string => `coalesce(${presentValue(column, alias)}, 'null')`

/** The same, but null where the column is empty. Sessions run in UTC with ISO dates (see `openDatabase`). */
export function presentValue(column: Column, alias: string): string {
  const value = `${alias}.${column.sql}`
  switch (column.type) {
    case 'string':
    case 'memo':
      return `to_json(${value})::text`
    case 'boolean':
      return `case ${value} when true then 'true' when false then 'false' end`
    case 'lookup':
    case 'guid':
      return `'"' || ${value} || '"'`
    case 'datetime':
      return isDateOnly(column) ? `'"' || ${value} || '"'` : `'"' || to_char(${value}, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') || '"'`
    default:
      return `${value}::text`
  }
}

export const isDateOnly = (column: Column): boolean => column.definition.type === 'datetime' && column.definition.behavior === 'date-only'

/** Neighbouring literals become one, which halves the arguments. */
function mergeTexts(parts: readonly string[]): readonly string[] {
  const merged: string[] = []
  for (const part of parts) {
    const last = merged.at(-1)
    if (last !== undefined && isPlainText(last) && isPlainText(part)) merged[merged.length - 1] = `${last.slice(0, -1)}${part.slice(1)}`
    else merged.push(part)
  }
  return merged
}

const isPlainText = (part: string): boolean => /^'(?:[^']|'')*'$/.test(part)
