import { rawNumber } from '@p2c/odata'
import type { ColumnValue, Row } from '../model/plugin.ts'
import { columnOf, type Model, navigationOf, type Table, tableOf } from '../model/resolved-model.ts'
import { isReference } from '../storage/column-sql.ts'

/** Members of a row that is not stored, in the form of a body that creates it: lookups are binds. */
export function draftJson(model: Model, table: Table, values: Readonly<Row>): Readonly<Record<string, unknown>> {
  const members = Object.entries(values).map(([name, value]) => {
    const column = columnOf(table, name)
    if (!isReference(value)) return [name, scalarJson(column.type, value)] as const
    return [`${navigationOf(column, value.table)}@odata.bind`, `${tableOf(model, value.table).entitySetName}(${value.id})`] as const
  })
  return { '@odata.type': `#Microsoft.Dynamics.CRM.${table.logicalName}`, ...Object.fromEntries(members) }
}

const NUMERIC: readonly string[] = ['decimal', 'double', 'money', 'bigint']

/** Decimals are text in a row and numbers on the wire, with all their digits. */
const scalarJson = (type: string, value: ColumnValue): unknown =>
  typeof value === 'string' && NUMERIC.includes(type) ? rawNumber(value) : value
