import { AppError } from '@p2c/base'
import type { UpsertRequest } from '@p2c/engine'
import { parseFieldPath } from '../fields/field-path.ts'
import type { SalesCatalogue } from './catalogue.ts'
import { revisionColumns } from './live-revision.ts'
import { findColumn, relatedTargets } from './source-plan.ts'
import { propertyOf, type SalesColumn, type SalesTable } from './table.ts'

/** A destination field that is a column of the table. */
export interface DestinationField {
  readonly field: string
  readonly column: SalesColumn
}

/** A destination field that names the row a lookup shall point to by one of its values. */
export interface DestinationLookup {
  readonly field: string
  readonly column: SalesColumn
  readonly isKey: boolean
  /** The table holds lines of documents. */
  readonly isOfLine: boolean
  readonly targets: readonly { readonly table: SalesTable; readonly column: SalesColumn; readonly navigation: string }[]
}

/** How the fields of an upsert are written to a table. */
export interface DestinationPlan {
  readonly table: SalesTable
  readonly direct: readonly DestinationField[]
  /** Unit lookups last: the group they must belong to is resolved before. */
  readonly lookups: readonly DestinationLookup[]
  readonly keys: readonly (DestinationField | DestinationLookup)[]
  /** Properties that say which row is meant and what it holds now. */
  readonly select: readonly string[]
  /** A new row needs an owner, and the mapping names none. */
  readonly needsOwner: boolean
  /** The team that new rows belong to, once it is known. */
  readonly ownerTeam?: string
}

/** Finds every field of the rows in the metadata. Throws `entity-unknown`, `field-unknown`, `field-read-only` (DV-118). */
export async function planDestination(catalogue: SalesCatalogue, request: UpsertRequest, signal: AbortSignal): Promise<DestinationPlan> {
  const table = await catalogue.tableOfSet(request.entity, signal)
  const fields = new Set(request.keyFields)
  for (const row of request.rows) for (const field of Object.keys(row.values)) fields.add(field)
  const direct: DestinationField[] = []
  const lookups: DestinationLookup[] = []
  for (const field of fields) {
    const path = parseFieldPath(field)
    const column = writable(table, findColumn(table, path.column, field), field)
    if (path.targets.length === 0) direct.push({ field, column })
    else
      lookups.push({
        field,
        column,
        isKey: request.keyFields.includes(field),
        isOfLine: table.logicalName.endsWith('detail'),
        targets: await bindable(catalogue, { path, column }, signal),
      })
  }
  const properties = new Set([...[...direct, ...lookups].map(({ column }) => propertyOf(column)), ...revisionColumns(table.logicalName)])
  return {
    table,
    direct,
    lookups: lookups.sort((a, b) => Number(isUnit(a)) - Number(isUnit(b))),
    keys: request.keyFields.flatMap((name) => [...direct, ...lookups].find(({ field }) => field === name) ?? []),
    needsOwner: table.columns.get(OWNER)?.canCreate === true && !properties.has(`_${OWNER}_value`),
    select: [table.primaryId, ...[...properties].filter((name) => name !== table.primaryId).sort()],
  }
}

/** Column of tables whose rows belong to a user or a team. */
export const OWNER = 'ownerid'

const isUnit = (lookup: DestinationLookup): boolean => lookup.targets.some((target) => target.table.logicalName === 'uom')

async function bindable(
  catalogue: SalesCatalogue,
  field: Parameters<typeof relatedTargets>[1],
  signal: AbortSignal,
): Promise<DestinationLookup['targets']> {
  const targets = await relatedTargets(catalogue, field, signal)
  return targets.map((target) => {
    const navigation = field.column.navigations.find((candidate) => candidate.table === target.table.logicalName)
    return { ...target, navigation: navigation?.name ?? field.column.name }
  })
}

function writable(table: SalesTable, column: SalesColumn, field: string): SalesColumn {
  if (column.canCreate || column.canUpdate) return column
  throw new AppError({
    category: 'schema',
    code: 'field-read-only',
    message: `Column '${column.name}' of '${table.logicalName}' is set by Sales itself. Remove the mapping row of '${field}'.`,
    details: { entity: table.entitySetName, field },
  })
}
