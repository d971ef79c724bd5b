import type { Table } from '../entities/catalogue.ts'
import type { AxType, EntityProperty } from '../entities/entity.ts'

/** How each value type is stored. A text is never null; the empty value of each type is the default of its column. */
const COLUMN_TYPES: Record<AxType, { readonly type: string; readonly empty: string }> = {
  String: { type: 'text', empty: "''" },
  Enum: { type: 'text', empty: "''" },
  Int32: { type: 'integer', empty: '0' },
  Int64: { type: 'bigint', empty: '0' },
  Real: { type: 'numeric', empty: '0' },
  Date: { type: 'date', empty: "'1900-01-01'" },
  UtcDateTime: { type: 'timestamptz', empty: "'1900-01-01T00:00:00Z'" },
  Guid: { type: 'uuid', empty: "'00000000-0000-0000-0000-000000000000'" },
}

/** The PostgreSQL type of a property's column. */
export const columnType = (property: EntityProperty): string => COLUMN_TYPES[property.type].type

/** A column definition: type, `not null` and the empty value as default. Enumeration members hold letters and digits only. */
export function columnDefinition(property: EntityProperty, emptyMember: string): string {
  const { type, empty } = COLUMN_TYPES[property.type]
  return `${property.column} ${type} not null default ${property.type === 'Enum' ? `'${emptyMember}'` : empty}`
}

/** The canonical text of a column, as `FieldValues` hold it. */
export function columnText(property: EntityProperty, alias: string): string {
  const column = `${alias}.${property.column}`
  switch (property.type) {
    case 'String':
    case 'Enum':
      return column
    case 'Real':
      return `trim_scale(${column})::text`
    case 'UtcDateTime':
      return `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`
    default:
      return `${column}::text`
  }
}

/** The column as it is compared and indexed: identifiers are the same in any case. */
export const comparedColumn = (property: EntityProperty, alias?: string): string => {
  const column = alias === undefined ? property.column : `${alias}.${property.column}`
  return property.type === 'String' ? `lower(${column})` : column
}

/** A value as it is compared with `comparedColumn`. The database folds both sides: its rules for case are not those of JavaScript (`İ`, `Σ`). */
export const comparedValue = (property: EntityProperty, value: string): string => (property.type === 'String' ? `lower(${value})` : value)

/** The property `name` of a table; throws where the table has none, which is a mistake of the caller. */
export function tableProperty(table: Table, name: string): EntityProperty {
  const property = table.properties.get(name)
  if (property === undefined) throw new TypeError(`${table.relation} has no property ${name}`)
  return property
}
