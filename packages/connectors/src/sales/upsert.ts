import type { DestinationRow, RowFailure, UpsertOutcome, UpsertRequest } from '@p2c/engine'
import { comparable } from '../fields/row-key.ts'
import type { BulkSizes } from '../load/bulk-size.ts'
import { createWitness } from '../load/witness.ts'
import type { BulkMessages } from './bulk-messages.ts'
import { writeOperations } from './bulk-write.ts'
import type { SalesCatalogue } from './catalogue.ts'
import { planDestination } from './destination-plan.ts'
import type { BulkContext } from './look-again.ts'
import type { OwnerTeams } from './owner-teams.ts'
import { findStored, prepareRows } from './prepare-rows.ts'
import type { JsonObject, SalesClient } from './sales-client.ts'
import { decide, type WriteOperation } from './write-operation.ts'

export interface SalesWriteContext {
  readonly client: SalesClient
  readonly catalogue: SalesCatalogue
  readonly bulkMessages: BulkMessages
  /** Absent for a system without business units. */
  readonly owners?: OwnerTeams
  readonly parallel: number
  readonly sizes: BulkSizes
  readonly now: () => Date
}

/**
 * Upsert by integration key: lookups are resolved, the rows that exist are found by their key, then creates and updates go out in bulk;
 * a row that already holds every value is left alone. One outcome per row, in the order given.
 */
export async function upsertRows(
  context: SalesWriteContext,
  request: UpsertRequest,
  signal: AbortSignal,
): Promise<readonly UpsertOutcome[]> {
  if (request.rows.length === 0) return []
  const plan = await planDestination(context.catalogue, request, signal)
  const bulkMessages = await context.bulkMessages.isAvailable(plan.table.logicalName, signal)
  const bulk: WriteContext = { ...context, bulkMessages, plan, signal, witness: createWitness() }
  const outcomes = new Map<number, UpsertOutcome>()
  for (const wave of distinctWaves(request.rows)) {
    const results = await upsertWave(
      bulk,
      request.organisation.businessUnit,
      wave.map(({ row }) => row),
    )
    for (const [at, { index }] of wave.entries()) outcomes.set(index, results[at] as UpsertOutcome)
  }
  return request.rows.map((_, index) => outcomes.get(index) as UpsertOutcome)
}

type WriteContext = BulkContext & Pick<SalesWriteContext, 'owners'>

interface NumberedRow {
  readonly row: DestinationRow
  readonly index: number
}

/** Keys that differ only in case or outer blanks are one key to the service: such rows go one after the other. */
function distinctWaves(rows: readonly DestinationRow[]): NumberedRow[][] {
  const waves: NumberedRow[][] = []
  const seen = new Map<string, number>()
  for (const [index, row] of rows.entries()) {
    const wave = seen.get(comparable(row.key)) ?? 0
    seen.set(comparable(row.key), wave + 1)
    const list = waves[wave] ?? []
    list.push({ row, index })
    waves[wave] = list
  }
  return waves
}

async function upsertWave(bulk: WriteContext, businessUnit: string, rows: readonly DestinationRow[]): Promise<readonly UpsertOutcome[]> {
  const { plan } = bulk
  const prepared = await prepareRows(bulk, plan, rows)
  const ready = prepared.flatMap((result) => (result.ok ? [result.row] : []))
  const stored = ready.length === 0 ? new Map<string, readonly JsonObject[]>() : await findStored(bulk, plan, ready)
  const decisions = new Map(ready.map((row) => [row.index, decide(plan, row, stored.get(row.identity) ?? [])]))
  const operations = [...decisions.values()].flatMap((decision) => (decision.kind === 'write' ? [decision.operation] : []))
  const written = await writeOperations(await withOwner(bulk, businessUnit, operations), operations)
  return rows.map(({ key }, index) => {
    const preparation = prepared[index]
    if (preparation?.ok === false) return failed(key, preparation.failure)
    const decision = decisions.get(index)
    if (decision?.kind === 'failed') return failed(key, decision.failure)
    const result = written.get(index)
    if (result === undefined) return { outcome: 'unchanged', key }
    return result.ok ? { outcome: result.outcome, key } : failed(key, result.failure)
  })
}

/** New rows belong to the default team of the unit; who only changes rows, or writes rows without an owner, asks nothing. */
async function withOwner(bulk: WriteContext, businessUnit: string, operations: readonly WriteOperation[]): Promise<BulkContext> {
  const { owners, plan } = bulk
  if (owners === undefined || !plan.needsOwner || !operations.some(({ kind }) => kind === 'create')) return bulk
  return { ...bulk, plan: { ...plan, ownerTeam: await owners.teamOf(businessUnit, bulk.signal) } }
}

const failed = (key: string, failure: RowFailure): UpsertOutcome => ({ outcome: 'failed', key, failure })
