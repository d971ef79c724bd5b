import type { DestinationRow, FieldValue, RowFailure } from '@p2c/engine'
import { comparable } from '../fields/row-key.ts'
import type { DestinationLookup } from './destination-plan.ts'
import { narrowedToLive, revisionColumns } from './live-revision.ts'
import { distinctComparable, rowsByColumn } from './query.ts'
import type { JsonObject, SalesClient } from './sales-client.ts'

/** What a lookup value of a mapping stands for: the row to bind, nothing (blank), or why there is none. */
export type Resolved =
  | { readonly kind: 'row'; readonly id: string; readonly entitySet: string; readonly navigation: string; readonly row: JsonObject }
  | { readonly kind: 'blank' }
  | { readonly kind: 'failed'; readonly failure: RowFailure }

/** Rows of the related tables by comparable value, one map per target of the lookup. */
type Candidates = readonly ReadonlyMap<string, readonly JsonObject[]>[]

/** Units are found inside the unit group of the product, the only scope that the templates need (templates 2.4). */
const UNIT_TABLE = 'uom'
const UNIT_GROUP_PROPERTY = '_uomscheduleid_value'
const PRODUCT_UNIT_GROUP = '_defaultuomscheduleid_value'

export interface LookupContext {
  readonly client: SalesClient
  readonly parallel: number
  readonly signal: AbortSignal
}

/**
 * Resolves one lookup field for many rows with a handful of requests: texts compare trimmed and without case, several targets are tried
 * in the order written. `groupOf` gives the unit group of a row where it is known. Results are in the order of the rows.
 */
export async function resolveLookups(
  context: LookupContext,
  lookup: DestinationLookup,
  rows: readonly DestinationRow[],
  groupOf: (index: number) => string | undefined,
): Promise<Resolved[]> {
  const values = rows.map((row) => textOf(row.values[lookup.field] ?? null))
  const candidates = await findCandidates(context, lookup, values)
  return values.map((value, index) => (value === '' ? { kind: 'blank' } : choose(lookup, candidates, { value, group: groupOf(index) })))
}

const textOf = (value: FieldValue): string => (value === null ? '' : String(value).trim())

async function findCandidates(context: LookupContext, lookup: DestinationLookup, values: readonly string[]): Promise<Candidates> {
  const wanted = distinctComparable(values.filter((value) => value !== ''))
  return Promise.all(
    lookup.targets.map(async ({ table, column }) => {
      const select = [table.primaryId, column.name, ...scopeColumns(table.logicalName)]
      const query = { entitySet: table.entitySetName, property: column.name, type: column.type, values: wanted, select }
      const found = wanted.length === 0 ? [] : await rowsByColumn(context.client, query, context)
      return Map.groupBy(found, (row) => comparable(row[column.name]))
    }),
  )
}

const scopeColumns = (table: string): string[] =>
  table === UNIT_TABLE ? [UNIT_GROUP_PROPERTY] : table === 'product' ? [PRODUCT_UNIT_GROUP] : [...revisionColumns(table)]

function choose(lookup: DestinationLookup, candidates: Candidates, wanted: { value: string; group: string | undefined }): Resolved {
  for (const [index, target] of lookup.targets.entries()) {
    const all = candidates[index]?.get(comparable(wanted.value)) ?? []
    const inScope =
      target.table.logicalName === UNIT_TABLE && wanted.group !== undefined
        ? all.filter((row) => row[UNIT_GROUP_PROPERTY] === wanted.group)
        : all
    const [row, second] = narrowedToLive(target.table.logicalName, inScope)
    if (row === undefined) continue
    if (second !== undefined) return { kind: 'failed', failure: ambiguous(lookup, wanted.value, inScope.length) }
    return {
      kind: 'row',
      id: String(row[target.table.primaryId]),
      entitySet: target.table.entitySetName,
      navigation: target.navigation,
      row,
    }
  }
  return { kind: 'failed', failure: notFound(lookup, wanted.value) }
}

/** The unit group that a resolved lookup brings with it: itself, or the one of the product. */
export function unitGroupOf(lookup: DestinationLookup, resolved: Resolved | undefined): string | undefined {
  if (resolved?.kind !== 'row') return undefined
  const table = lookup.targets.find((target) => target.table.entitySetName === resolved.entitySet)?.table.logicalName
  if (table === 'uomschedule') return resolved.id
  const group = table === 'product' ? resolved.row[PRODUCT_UNIT_GROUP] : undefined
  return typeof group === 'string' ? group : undefined
}

const tablesOf = (lookup: DestinationLookup): string => lookup.targets.map((target) => target.table.entitySetName).join(' or ')

/** Lookups by which lines name their document (templates specification 2.4). */
const HEADER_LOOKUPS: ReadonlySet<string> = new Set(['quoteid', 'salesorderid', 'invoiceid'])

/** Of a line only: an invoice names its order by the same column, and that is no header of it. */
const isHeader = (lookup: DestinationLookup): boolean => lookup.isKey || (lookup.isOfLine && HEADER_LOOKUPS.has(lookup.column.name))

/** A missing header is waited for under a name of its own (integrator 9.1). */
const notFound = (lookup: DestinationLookup, value: string): RowFailure => ({
  category: 'reference',
  code: isHeader(lookup) ? 'header-missing' : 'lookup-not-found',
  message: `'${lookup.field}': no row of ${tablesOf(lookup)} has the value '${value}'${lookup.targets.some((target) => target.table.logicalName === UNIT_TABLE) ? ' in this unit group' : ''}. Create it, or correct the value or its map.`,
  details: { lookup: lookup.field, value, table: tablesOf(lookup), query: queryFor(lookup, value) },
})

const ambiguous = (lookup: DestinationLookup, value: string, count: number): RowFailure => ({
  category: 'reference',
  code: 'lookup-ambiguous',
  message: `'${lookup.field}': ${count} rows of ${tablesOf(lookup)} have the value '${value}', expected one. Rename or remove the others.`,
  details: { lookup: lookup.field, value, table: tablesOf(lookup), count },
})

/** A request to check by hand whether the related row exists (integrator 9.1). */
const queryFor = (lookup: DestinationLookup, value: string): string => {
  const target = lookup.targets[0]
  return target === undefined ? '' : `${target.table.entitySetName}?$filter=${target.column.name} eq '${value.replaceAll("'", "''")}'`
}
