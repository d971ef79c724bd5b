import { rawNumber } from '@p2c/odata'
import type { ColumnValue, Row } from '../model/plugin.ts'
import type { Column, Table } from '../model/resolved-model.ts'
import { isReference } from '../storage/column-sql.ts'

/** Suffix of the type names of the wire. */
const CONTRACTS = 'http://schemas.microsoft.com/xrm/2011/Contracts'

const typed = (name: string, members: Readonly<Record<string, unknown>>): object => ({ __type: `${name}:${CONTRACTS}`, ...members })

/** `/Date(ms)/`, as the DataContract serializer writes a moment. */
export const dateText = (moment: Date): string => `/Date(${moment.getTime()})/`

/** The same with the offset of UTC, which operations carry. */
export const offsetDateText = (moment: Date): string => `/Date(${moment.getTime()}+0000)/`

/** A row named by its id. */
export const entityReference = (table: string, id: string): object => ({
  Id: id,
  KeyAttributes: [],
  LogicalName: table,
  Name: null,
  RowVersion: null,
})

/** The same where the type of the member does not tell what it is. */
export const typedReference = (table: string, id: string): object => typed('EntityReference', { ...entityReference(table, id) })

/** A column's value as receivers get it. Source: wire specification 19, DV-120. */
export function typedValue(column: Column, value: ColumnValue | undefined): unknown {
  if (value === null || value === undefined) return null
  if (isReference(value)) return typedReference(value.table, value.id)
  switch (column.type) {
    case 'money':
      return typed('Money', { Value: rawNumber(String(value)) })
    case 'choice':
    case 'state':
    case 'status':
      return typed('OptionSetValue', { Value: value })
    case 'datetime':
      return dateText(new Date(String(value)))
    case 'decimal':
    case 'double':
    case 'bigint':
      return rawNumber(String(value))
    default:
      return value
  }
}

interface EntityFacts {
  readonly table: Table
  readonly id: string
  readonly values: Readonly<Row>
  readonly columns: readonly string[]
}

/** A record with some of its columns; its key is always among them, at the end. */
export function entity({ table, id, values, columns }: EntityFacts): object {
  const key = table.primaryId.name
  const named = [...columns.filter((name) => name !== key), key]
  const attributes = named.flatMap((name) => {
    const column = table.byName.get(name)
    return column === undefined ? [] : [{ key: name, value: name === key ? id : typedValue(column, values[name]) }]
  })
  return {
    Attributes: attributes,
    EntityState: null,
    FormattedValues: [],
    Id: id,
    KeyAttributes: [],
    LogicalName: table.logicalName,
    RelatedEntities: [],
    RowVersion: null,
  }
}

/** A record where the type of the member does not tell what it is: the Target. */
export const typedEntity = (facts: EntityFacts): object => typed('Entity', { ...entity(facts) })
