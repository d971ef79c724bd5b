import { type Column, type Model, type Table, tableOf } from '../model/resolved-model.ts'
import { sqlJsonText, sqlText } from './sql-text.ts'

/** Display texts of locale en-US, written by the database as JSON strings, so that a page of rows costs no work per cell here. */

/** Whole numbers with groups of three digits. */
export const GROUPED = 'FM999,999,999,999,999,999,999,999,999,990'

/** The same with decimals. */
export const decimalPattern = (decimals: number): string => (decimals === 0 ? GROUPED : `${GROUPED}.${'0'.repeat(decimals)}`)

/** SQL of the display text of a column as JSON string, null where there is none; undefined for columns that never have one. */
export function formattedSql(model: Model, table: Table, item: { readonly column: Column; readonly alias: string }): string | undefined {
  const { column, alias } = item
  const value = `${alias}.${column.sql}`
  const definition = column.definition
  switch (definition.type) {
    case 'choice':
    case 'state':
    case 'status':
      if (definition.options.length === 0) return undefined
      return `case ${value} ${definition.options.map((option) => `when ${option.value} then ${sqlJsonText(option.label)}`).join(' ')} end`
    case 'boolean': {
      const [no, yes] = definition.labels ?? ['No', 'Yes']
      return `case ${value} when true then ${sqlJsonText(yes)} when false then ${sqlJsonText(no)} end`
    }
    case 'integer':
    case 'bigint':
      return `'"' || to_char(${value}, ${sqlText(GROUPED)}) || '"'`
    case 'decimal':
    case 'double':
      return `'"' || to_char(${value}::numeric, ${sqlText(decimalPattern(definition.precision))}) || '"'`
    case 'money':
      return moneySql(table, column, alias)
    case 'datetime':
      return definition.behavior === 'date-only'
        ? `'"' || to_char(${value}, 'FMMM/FMDD/YYYY') || '"'`
        : `'"' || to_char(${value}, 'FMMM/FMDD/YYYY FMHH12:MI AM') || '"'`
    case 'lookup':
      return lookupName(model, column, alias)
    default:
      return undefined
  }
}

/** Symbol and decimals are those of the row's currency; a `_base` amount has those of the organisation's. */
function moneySql(table: Table, column: Column, alias: string): string {
  const value = `${alias}.${column.sql}`
  const pattern = `case c.currencyprecision ${[0, 1, 3, 4].map((decimals) => `when ${decimals} then ${sqlText(decimalPattern(decimals))}`).join(' ')} else ${sqlText(decimalPattern(2))} end`
  const text = `to_json(concat(case when ${value} < 0 then '-' end, c.currencysymbol, to_char(abs(${value}), ${pattern})))::text`
  const isBase = column.baseOf !== undefined || !table.byName.has('transactioncurrencyid')
  const currency = isBase
    ? `transactioncurrency c join organization o on o.basecurrencyid = c.transactioncurrencyid`
    : `transactioncurrency c where c.transactioncurrencyid = ${alias}.transactioncurrencyid`
  return `case when ${value} is not null then (select ${text} from ${currency} limit 1) end`
}

/** SQL of the primary name of the row that a lookup points to, as JSON string. */
const lookupName = (model: Model, column: Column, alias: string): string =>
  lookupText(model, { column, alias }, (name) => `to_json(${name})::text`)

/** SQL of the primary name of the row that a lookup points to, null where it has none; `write` wraps the name. */
export function lookupText(
  model: Model,
  item: { readonly column: Column; readonly alias: string },
  write: (name: string) => string = (name) => name,
): string {
  const { column, alias } = item
  const names = column.targets.map((target) => {
    const other = tableOf(model, target.table)
    const name = other.primaryName
    const text =
      name === undefined
        ? 'null'
        : `(select ${write(`n.${name.sql}`)} from ${other.sql} n where n.${other.primaryId.sql} = ${alias}.${column.sql})`
    return { table: target.table, text }
  })
  if (column.sqlTarget === undefined) return names[0]?.text ?? 'null'
  return `case ${alias}.${column.sqlTarget} ${names.map((name) => `when ${sqlText(name.table)} then ${name.text}`).join(' ')} end`
}
