import type { DestinationRow, RowFailure } from '@p2c/engine'
import { comparable } from '../fields/row-key.ts'
import type { DestinationLookup, DestinationPlan } from './destination-plan.ts'
import { isStored, toWire } from './field-value.ts'
import { type LookupContext, type Resolved, resolveLookups, unitGroupOf } from './lookup-resolution.ts'
import { literal, packedFilters, rowsByColumn, rowsByFilters } from './query.ts'
import type { JsonObject } from './sales-client.ts'
import { propertyOf, type SalesColumn } from './table.ts'

/** One property of a row as it goes out, and where its stored value is found. */
export interface WireProperty {
  readonly column: SalesColumn
  /** Name in the body: a column, or `nav@odata.bind`. */
  readonly name: string
  readonly value: unknown
  /** What an answer holds under `propertyOf(column)` when this value is stored. */
  readonly stored: unknown
}

export interface PreparedRow {
  readonly index: number
  readonly key: string
  readonly properties: readonly WireProperty[]
  /** Comparable values of the key properties, to find the row among answers. */
  readonly identity: string
  readonly keyConditions: readonly { readonly property: string; readonly type: SalesColumn['type']; readonly value: string }[]
}

export type Preparation = { readonly ok: true; readonly row: PreparedRow } | { readonly ok: false; readonly failure: RowFailure }

/** Values in wire form, lookups as ids: one result per row, in the order given. */
export async function prepareRows(context: LookupContext, plan: DestinationPlan, rows: readonly DestinationRow[]): Promise<Preparation[]> {
  const resolved = new Map<DestinationLookup, readonly Resolved[]>()
  for (const lookup of plan.lookups) {
    const groupOf = (index: number) =>
      [...resolved].map(([other, results]) => unitGroupOf(other, results[index])).find((group) => group !== undefined)
    resolved.set(lookup, await resolveLookups(context, lookup, rows, groupOf))
  }
  return rows.map((row, index) => prepareRow(plan, row, { index, resolvedOf: (lookup) => resolved.get(lookup)?.[index] }))
}

interface RowFacts {
  readonly index: number
  readonly resolvedOf: (lookup: DestinationLookup) => Resolved | undefined
}

function prepareRow(plan: DestinationPlan, row: DestinationRow, facts: RowFacts): Preparation {
  const properties: WireProperty[] = []
  for (const { field, column } of plan.direct) {
    const given = row.values[field]
    if (given === undefined) continue
    const wire = toWire(column, given)
    if (!wire.ok) return { ok: false, failure: valueInvalid(field, String(given), wire.expected) }
    properties.push({ column, name: column.name, value: wire.value, stored: wire.value })
  }
  for (const lookup of plan.lookups) {
    if (row.values[lookup.field] === undefined) continue
    const result = facts.resolvedOf(lookup)
    if (result?.kind === 'failed') return { ok: false, failure: result.failure }
    properties.push(bindOf(lookup, result))
  }
  const keyConditions = plan.keys.map(({ column }) => {
    const stored = properties.find((property) => property.column === column)?.stored
    return {
      property: propertyOf(column),
      type: column.type,
      value: stored === null || stored === undefined ? '' : String(rawText(stored)),
    }
  })
  if (keyConditions.every(({ value }) => value === '')) return { ok: false, failure: keyBlank(plan) }
  return {
    ok: true,
    row: { index: facts.index, key: row.key, properties, keyConditions, identity: identityOf(keyConditions.map(({ value }) => value)) },
  }
}

const rawText = (value: unknown): unknown => (typeof value === 'object' && value !== null && 'rawJSON' in value ? value.rawJSON : value)

const identityOf = (values: readonly unknown[]): string => values.map(comparable).join('|')

function bindOf(lookup: DestinationLookup, result: Resolved | undefined): WireProperty {
  if (result?.kind === 'row') {
    return {
      column: lookup.column,
      name: `${result.navigation}@odata.bind`,
      value: `/${result.entitySet}(${result.id})`,
      stored: result.id,
    }
  }
  return { column: lookup.column, name: `${lookup.targets[0]?.navigation}@odata.bind`, value: null, stored: null }
}

/** The stored rows of these keys by identity; several rows under one identity mean that the key does not identify. */
export async function findStored(
  context: LookupContext,
  plan: DestinationPlan,
  rows: readonly PreparedRow[],
): Promise<ReadonlyMap<string, readonly JsonObject[]>> {
  const query = { entitySet: plan.table.entitySetName, select: plan.select }
  const first = rows[0]?.keyConditions[0]
  const found =
    plan.keys.length === 1 && first !== undefined
      ? await rowsByColumn(
          context.client,
          { ...query, property: first.property, type: first.type, values: rows.flatMap((row) => row.keyConditions[0]?.value ?? []) },
          context,
        )
      : await rowsByFilters(context.client, { ...query, filters: packedFilters(rows.map(conditionOf)) }, context)
  const names = plan.keys.map(({ column }) => propertyOf(column))
  return Map.groupBy(found, (row) => identityOf(names.map((name) => row[name])))
}

const conditionOf = (row: PreparedRow): string =>
  row.keyConditions.map(({ property, type, value }) => `${property} eq ${value === '' ? 'null' : literal(type, value)}`).join(' and ')

/**
 * Columns that travel with every change although they did not change: the state, since other columns may only be written together with it, and
 * the product of a line, since Sales tells by a write of it whether the line still waits to be sent. A line that came back and was not told so
 * would be sent again, with what it came back with (templates specification, 5 S6 and 7.6).
 */
const TRAVELLING: ReadonlySet<string> = new Set(['statecode', 'statuscode', 'productid'])

/** What differs from the stored row, with what travels along; nothing where nothing differs. */
export function changedProperties(row: PreparedRow, stored: JsonObject): readonly WireProperty[] {
  // The row was found by its key: that is never changed by its own upsert (DV-133).
  const isKey = (column: SalesColumn) => row.keyConditions.some(({ property }) => property === propertyOf(column))
  const changed = row.properties.filter(
    ({ column, stored: wanted }) => column.canUpdate && !isKey(column) && !isStored(column, stored[propertyOf(column)], wanted),
  )
  if (changed.length === 0) return []
  return [...new Set([...changed, ...row.properties.filter(({ column }) => TRAVELLING.has(column.name))])]
}

const valueInvalid = (field: string, value: string, expected: string): RowFailure => ({
  category: 'data',
  code: 'value-invalid',
  message: `'${field}' is ${JSON.stringify(value.slice(0, 100))}, expected ${expected}. Correct the source or its mapping.`,
  details: { field, expected },
})

const keyBlank = (plan: DestinationPlan): RowFailure => ({
  category: 'data',
  code: 'key-blank',
  message: `The row has no value for its key (${plan.keys.map(({ field }) => field).join(', ')}) in '${plan.table.entitySetName}'.`,
})
