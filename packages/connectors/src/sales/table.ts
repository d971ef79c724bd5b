import type { EntitySchema, FieldSchema, FieldType } from '@p2c/engine'

/** A navigation property of a lookup: the table it points to and the name to bind with, case-sensitive (DV-058). */
export interface Navigation {
  readonly table: string
  readonly name: string
}

export interface SalesColumn {
  /** Logical name; a lookup without underscore and `_value`. */
  readonly name: string
  readonly type: FieldType
  /** As the metadata name it: `String`, `Money`, `Customer`. */
  readonly attributeType: string
  readonly required: boolean
  readonly canCreate: boolean
  readonly canUpdate: boolean
  readonly maxLength?: number
  readonly precision?: number
  readonly options?: readonly number[]
  readonly navigations: readonly Navigation[]
}

/** One table as the connector needs it: cached facts of the metadata end points. */
export interface SalesTable {
  readonly logicalName: string
  readonly entitySetName: string
  readonly primaryId: string
  readonly changeTracking: boolean
  readonly columns: ReadonlyMap<string, SalesColumn>
  readonly keys: readonly { readonly name: string; readonly columns: readonly string[] }[]
}

/** Property name of a column in a row: lookups are read as `_x_value`. */
export const propertyOf = (column: SalesColumn): string => (column.type === 'lookup' ? `_${column.name}_value` : column.name)

/** The description that the engine validates mappings with; `setOf` names the entity set of a table. */
export function toEntitySchema(table: SalesTable, setOf: (logicalName: string) => string | undefined): EntitySchema {
  return {
    name: table.entitySetName,
    fields: [...table.columns.values()].map((column) => toFieldSchema(column, setOf)),
    keys: [...table.keys.map((key) => ({ name: key.name, fields: key.columns })), ...canonicalKeys(table)],
  }
}

/** Integration keys where the table defines no key: a rule of the integrator, not of the table (templates 2.1). */
const CANONICAL_KEYS: Readonly<Record<string, readonly string[]>> = {
  product: ['productnumber'],
  quote: ['quotenumber'],
  quotedetail: ['quoteid.quotenumber', 'sequencenumber'],
  salesorder: ['ordernumber'],
  salesorderdetail: ['salesorderid.ordernumber', 'sequencenumber'],
  invoice: ['invoicenumber'],
  invoicedetail: ['msdynce_invoicenumber', 'sequencenumber'],
  pricelevel: ['name'],
  uom: ['name'],
  uomschedule: ['name'],
  transactioncurrency: ['isocurrencycode'],
}

function canonicalKeys(table: SalesTable): EntitySchema['keys'] {
  const fields = CANONICAL_KEYS[table.logicalName]
  return fields === undefined || table.keys.length > 0 ? [] : [{ name: 'integration-key', fields }]
}

function toFieldSchema(column: SalesColumn, setOf: (logicalName: string) => string | undefined): FieldSchema {
  const related = column.navigations.flatMap((navigation) => setOf(navigation.table) ?? [])
  return {
    name: column.name,
    type: column.type,
    required: column.required,
    readOnly: !column.canCreate && !column.canUpdate,
    ...(column.maxLength !== undefined && { maxLength: column.maxLength }),
    ...(column.precision !== undefined && { precision: column.precision }),
    ...(column.options !== undefined && { options: column.options }),
    ...(related.length > 0 && { relatedEntities: related }),
  }
}
