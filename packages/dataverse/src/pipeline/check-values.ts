import { isLess, parseDecimal } from '@p2c/base'
import { wireErrors } from '../errors/wire-errors.ts'
import type { ColumnValue, Row } from '../model/plugin.ts'
import { type Column, columnOf, type Table } from '../model/resolved-model.ts'

/** Refuses values outside length, range or options of their column; types are right already. Source: wire specification 16, DV-030. */
export function checkValues(table: Table, values: Row): void {
  for (const name in values) {
    const value = values[name]
    if (value !== null && value !== undefined) checkValue(table, columnOf(table, name), value)
  }
}

function checkValue(table: Table, column: Column, value: Exclude<ColumnValue, null>): void {
  const definition = column.definition
  switch (definition.type) {
    case 'string':
    case 'memo':
      if (typeof value === 'string' && value.length > definition.maxLength) {
        throw wireErrors.textTooLong(column.name, table.logicalName, definition.maxLength)
      }
      return
    case 'integer':
      if (typeof value === 'number' && (value < definition.min || value > definition.max)) {
        throw wireErrors.integerOutOfRange(column.name, table.logicalName, String(value))
      }
      return
    case 'decimal':
    case 'double':
    case 'money':
      checkDecimal(table, column, { text: String(value), min: definition.min, max: definition.max })
      return
    case 'choice':
    case 'state':
      checkOption(table, column, { value, options: definition.options })
      return
    case 'status':
      // -1 asks for the default reason of the state.
      if (value !== -1) checkOption(table, column, { value, options: definition.options })
      return
    case 'datetime':
      if (typeof value === 'string' && value < '1753') throw wireErrors.dateTooEarly(column.name)
      return
    default:
      return
  }
}

function checkDecimal(table: Table, column: Column, facts: { text: string; min: string; max: string }): void {
  const number = parseDecimal(facts.text)
  const min = parseDecimal(facts.min)
  const max = parseDecimal(facts.max)
  const outside = number === undefined || (min !== undefined && isLess(number, min)) || (max !== undefined && isLess(max, number))
  if (outside) throw wireErrors.decimalOutOfRange(column.name, table.logicalName, facts.text)
}

function checkOption(table: Table, column: Column, facts: { value: ColumnValue; options: readonly { readonly value: number }[] }): void {
  if (!facts.options.some((option) => option.value === facts.value)) {
    throw wireErrors.optionOutOfRange(column.name, table.logicalName, String(facts.value))
  }
}

/** Refuses a row whose system-required columns are empty; of an update only the sent columns count. Source: Sales specification 0, 8. */
export function checkRequired(table: Table, values: Row, message: 'create' | 'update'): void {
  for (const column of requiredColumns(table)) {
    const value = values[column.name]
    const missing = message === 'create' ? value === null || value === undefined : value === null
    if (missing) throw wireErrors.requiredMissing(column.name, table.logicalName)
  }
}

const required = new WeakMap<Table, readonly Column[]>()

/** Remembered per table: this runs for each row. */
function requiredColumns(table: Table): readonly Column[] {
  const known = required.get(table) ?? table.columns.filter((column) => column.definition.required === 'system')
  required.set(table, known)
  return known
}
