import type { SqlColumn, SqlScope, SqlType } from '@p2c/odata'
import { type AxType, type Entity, type EntityProperty, propertyOf } from '../entities/entity.ts'
import { ENUMERATIONS, wireEnumName } from '../entities/enums.ts'
import { qualified } from './names.ts'

const SQL_TYPES: Record<AxType, SqlType> = {
  String: 'text',
  Enum: 'enum',
  Int32: 'integer',
  Int64: 'bigint',
  Real: 'decimal',
  Date: 'date',
  UtcDateTime: 'date-time',
  Guid: 'guid',
}

/** A property as the translation of filters sees it. No column is ever null. */
export function sqlColumn(property: EntityProperty, alias: string): SqlColumn {
  const column = { sql: `${alias}.${property.column}`, type: SQL_TYPES[property.type], nullable: false }
  if (property.enumeration === undefined) return column
  const members = new Map(Object.entries(ENUMERATIONS[property.enumeration]))
  return { ...column, enumType: qualified(wireEnumName(property.enumeration)), enumMembers: members }
}

/** The columns of an entity under a table alias. */
export function entityScope(entity: Entity, alias: string): SqlScope {
  return {
    typeName: qualified(entity.name),
    column: ([name = '', ...rest]) => {
      const property = rest.length === 0 ? propertyOf(entity, name) : undefined
      return property === undefined ? undefined : sqlColumn(property, alias)
    },
  }
}
