import type { RowFailure } from '@p2c/engine'
import { type DestinationPlan, OWNER } from './destination-plan.ts'
import { narrowedToLive } from './live-revision.ts'
import { changedProperties, type PreparedRow, type WireProperty } from './prepare-rows.ts'
import type { JsonObject, SalesOperation } from './sales-client.ts'

/** One row to create, or to update by its id. `isOwnCreate`: a create of ours lost its answer, so that the row may be our own work. */
export type WriteOperation = { readonly row: PreparedRow; readonly isOwnCreate?: boolean } & (
  | { readonly kind: 'create' }
  | { readonly kind: 'update'; readonly id: string; readonly properties: readonly WireProperty[] }
)

export type Written = { readonly ok: true; readonly outcome: 'inserted' | 'updated' } | { readonly ok: false; readonly failure: RowFailure }

export const INSERTED: Written = { ok: true, outcome: 'inserted' }
export const UPDATED: Written = { ok: true, outcome: 'updated' }

/** What a carried out operation counts as: a row that a lost call of our own created is inserted, whatever finished it. */
export const writtenAs = (operation: WriteOperation): Written =>
  operation.kind === 'create' || operation.isOwnCreate === true ? INSERTED : UPDATED

export type Decision =
  | { readonly kind: 'write'; readonly operation: WriteOperation }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'failed'; readonly failure: RowFailure }

/** What is to be done with a row, given the rows that are stored under its key. */
export function decide(plan: DestinationPlan, row: PreparedRow, stored: readonly JsonObject[]): Decision {
  const [found, second] = narrowedToLive(plan.table.logicalName, stored)
  if (found === undefined) return { kind: 'write', operation: { kind: 'create', row } }
  if (second !== undefined) return { kind: 'failed', failure: keyAmbiguous(plan, row, stored.length) }
  const properties = changedProperties(row, found)
  if (properties.length === 0) return { kind: 'unchanged' }
  return { kind: 'write', operation: { kind: 'update', row, id: String(found[plan.table.primaryId]), properties } }
}

const keyAmbiguous = (plan: DestinationPlan, row: PreparedRow, count: number): RowFailure => ({
  category: 'conflict',
  code: 'key-ambiguous',
  message: `${count} rows of '${plan.table.entitySetName}' have the key '${row.key}' (${plan.keys.map(({ field }) => field).join(', ')}), expected one. Merge or renumber them.`,
  details: { key: row.key, count },
})

/** The JSON of a row. A blank is no value to create a row with: the defaults of the table shall count. */
export function bodyOf({ ownerTeam }: Pick<DestinationPlan, 'ownerTeam'>, operation: WriteOperation): Record<string, unknown> {
  const properties = operation.kind === 'update' ? operation.properties : operation.row.properties.filter(({ column }) => column.canCreate)
  const body: Record<string, unknown> = {}
  for (const { name, value } of properties) if (operation.kind === 'update' || value !== null) body[name] = value
  if (operation.kind === 'create' && ownerTeam !== undefined) body[`${OWNER}@odata.bind`] = `/teams(${ownerTeam})`
  return body
}

/** The operation as a request of its own. */
export const toSalesOperation = (plan: DestinationPlan, operation: WriteOperation): SalesOperation =>
  operation.kind === 'create'
    ? { method: 'POST', path: plan.table.entitySetName, body: bodyOf(plan, operation) }
    : {
        method: 'PATCH',
        path: `${plan.table.entitySetName}(${operation.id})`,
        headers: { 'If-Match': '*' },
        body: bodyOf(plan, operation),
      }
