import { AppError } from '@p2c/base'
import { type FieldPath, parseFieldPath } from '../fields/field-path.ts'
import type { SalesCatalogue } from './catalogue.ts'
import { propertyOf, type SalesColumn, type SalesTable } from './table.ts'

/** A value that stands in the row itself. */
export interface DirectField {
  readonly field: string
  readonly property: string
  readonly column: SalesColumn
}

/** A value of the row that a lookup points to: the related tables in the order they are tried. */
export interface RelatedField {
  readonly field: string
  readonly property: string
  readonly targets: readonly { readonly table: SalesTable; readonly column: SalesColumn }[]
}

/** How the fields of a read are found in the rows of a table. */
export interface SourcePlan {
  readonly table: SalesTable
  readonly direct: readonly DirectField[]
  readonly related: readonly RelatedField[]
  /** Properties to ask for, in a fixed order: the same fields give the same text. */
  readonly select: readonly string[]
}

/** Column that grows with each write of a row. */
export const VERSION_COLUMN = 'versionnumber'

/** Finds every field in the metadata. Throws `entity-unknown`, `field-unknown`, `field-path-invalid` (DV-118). */
export async function planSource(
  catalogue: SalesCatalogue,
  request: { readonly entity: string; readonly fields: readonly string[]; readonly keyFields: readonly string[] },
  signal: AbortSignal,
): Promise<SourcePlan> {
  const table = await catalogue.tableOfSet(request.entity, signal)
  const direct: DirectField[] = []
  const related: RelatedField[] = []
  for (const field of new Set([...request.keyFields, ...request.fields])) {
    const path = parseFieldPath(field)
    const column = findColumn(table, path.column, field)
    if (path.targets.length === 0) direct.push({ field, property: propertyOf(column), column })
    else related.push({ field, property: propertyOf(column), targets: await relatedTargets(catalogue, { path, column }, signal) })
  }
  const properties = new Set([...direct, ...related].map((field) => field.property))
  if (table.columns.has(VERSION_COLUMN)) properties.add(VERSION_COLUMN)
  return { table, direct, related, select: [...properties].sort() }
}

/** The column of a field name; a lookup may be spelt as its value property too. Throws `field-unknown`. */
export function findColumn(table: SalesTable, name: string, field: string): SalesColumn {
  const column = table.columns.get(name) ?? table.columns.get(/^_(.+)_value$/.exec(name)?.[1] ?? '')
  if (column !== undefined) return column
  throw new AppError({
    category: 'schema',
    code: 'field-unknown',
    message: `Table '${table.logicalName}' of Sales has no column '${name}' (field '${field}'). Refresh the entities and correct the mapping.`,
    details: { entity: table.entitySetName, field },
  })
}

/** The tables and columns behind a lookup path, in the order written. Throws `field-unknown`. */
export async function relatedTargets(
  catalogue: SalesCatalogue,
  field: { readonly path: FieldPath; readonly column: SalesColumn },
  signal: AbortSignal,
): Promise<RelatedField['targets'][number][]> {
  return Promise.all(
    field.path.targets.map(async (target) => {
      const table = await catalogue.table(targetTable(field, target.table), signal)
      return { table, column: findColumn(table, target.column, field.path.text) }
    }),
  )
}

function targetTable(field: { readonly path: FieldPath; readonly column: SalesColumn }, named: string | undefined): string {
  const tables = field.column.navigations.map((navigation) => navigation.table)
  if (named !== undefined && tables.includes(named)) return named
  const only = tables[0]
  if (named === undefined && tables.length === 1 && only !== undefined) return only
  throw new AppError({
    category: 'schema',
    code: 'field-unknown',
    message: `'${field.path.text}' does not name a table that '${field.column.name}' points to: it points to ${tables.join(', ') || 'none'}. Correct the mapping.`,
    details: { field: field.path.text, tables },
  })
}
