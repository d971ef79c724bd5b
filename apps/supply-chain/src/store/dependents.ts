import type { SqlRunner } from '@p2c/base'
import type { FieldValues } from '../domain/field-value.ts'
import { findEntityByName, TABLES, type Table } from '../entities/catalogue.ts'
import type { EntityProperty } from '../entities/entity.ts'
import { comparedColumn, comparedValue } from './table-columns.ts'

/** A column of another table (or of the same one) that names rows of a table. */
interface Dependent {
  readonly table: Table
  readonly column: string
  readonly property: EntityProperty
  readonly isWithinCompany: boolean
  readonly field: string
}

function dependentsOf(table: Table): Dependent[] {
  return TABLES.flatMap((other) =>
    [...other.properties.values()].flatMap((property) => {
      const target = property.references === undefined ? undefined : findEntityByName(property.references.entity)
      if (property.references === undefined || target?.storage.relation !== table.relation) return []
      const isWithinCompany = table.isCompanySpecific && other.isCompanySpecific
      return [{ table: other, column: comparedColumn(property, 'd'), property, isWithinCompany, field: property.references.field }]
    }),
  )
}

/** The label of a table with rows that name this one; undefined where none does. The row itself does not count. */
export async function findDependent(sql: SqlRunner, table: Table, row: FieldValues): Promise<string | undefined> {
  const dependents = dependentsOf(table).filter((dependent) => (row[dependent.field] ?? '') !== '')
  if (dependents.length === 0) return undefined
  const isSelf = (dependent: Dependent) => dependent.table.relation === table.relation
  const values: string[] = []
  const parameter = (value: string) => `$${values.push(value)}`
  const checks = dependents.map((dependent, index) => {
    const value = parameter(row[dependent.field] ?? '')
    const conditions = [`${dependent.column} = ${comparedValue(dependent.property, value)}`]
    if (dependent.isWithinCompany) conditions.push(`lower(d.data_area_id) = ${parameter(row.dataAreaId ?? '')}`)
    if (isSelf(dependent)) conditions.push(`not (${keyMatch(table, row, parameter)})`)
    return `select ${index} as dependent where exists (select 1 from ${dependent.table.relation} d where ${conditions.join(' and ')})`
  })
  const { rows } = await sql.query<{ dependent: number }>(`${checks.join(' union all ')} limit 1`, values)
  const [found] = rows
  return found === undefined ? undefined : dependents[found.dependent]?.table.tableLabel
}

function keyMatch(table: Table, row: FieldValues, parameter: (value: string) => string): string {
  const key = table.entities[0]?.key ?? []
  return key
    .flatMap((name) => {
      const property = table.properties.get(name)
      return property === undefined
        ? []
        : [`${comparedColumn(property, 'd')}::text = ${comparedValue(property, parameter(row[name] ?? ''))}`]
    })
    .join(' and ')
}
