import type { BulkSizes } from '../load/bulk-size.ts'
import type { Witness } from '../load/witness.ts'
import type { DestinationPlan } from './destination-plan.ts'
import type { LookupContext } from './lookup-resolution.ts'
import { findStored } from './prepare-rows.ts'
import { decide, UPDATED, type WriteOperation, type Written, writtenAs } from './write-operation.ts'

export interface BulkContext extends LookupContext {
  readonly plan: DestinationPlan
  readonly sizes: BulkSizes
  /** False where the table lacks `CreateMultiple` or `UpdateMultiple`: then `$batch` carries the rows (DV-096). */
  readonly bulkMessages: boolean
  readonly witness: Witness
  readonly now: () => Date
}

/** An operation after a look at its row: done, or what is left to do. */
export type Looked = { readonly done: Written } | { readonly open: WriteOperation }

/** The rows themselves say what was carried out of operations without an answer; what is open is decided anew. In the order given. */
export async function lookAgain(
  context: BulkContext,
  operations: readonly WriteOperation[],
  { isLost }: { readonly isLost: boolean },
): Promise<readonly Looked[]> {
  const rows = operations.map(({ row }) => row)
  const stored = rows.length === 0 ? new Map() : await findStored(context, context.plan, rows)
  return operations.map((operation) => {
    const isOwnCreate = operation.isOwnCreate === true || (isLost && operation.kind === 'create')
    const decision = decide(context.plan, operation.row, stored.get(operation.row.identity) ?? [])
    if (decision.kind === 'failed') return { done: { ok: false, failure: decision.failure } }
    if (decision.kind === 'write') return { open: { ...decision.operation, isOwnCreate } }
    // Equal, and no create of ours was lost: an update was carried out, or somebody else wrote the same.
    return { done: isOwnCreate ? writtenAs({ ...operation, isOwnCreate }) : UPDATED }
  })
}

/** Writes what `lookAgain` left open by `write` and puts all results in the order of `looked`. */
export async function writeOpen(
  looked: readonly Looked[],
  write: (open: readonly WriteOperation[]) => Promise<readonly Written[]>,
): Promise<readonly Written[]> {
  const open = looked.flatMap((item) => ('open' in item ? [item.open] : []))
  const written = open.length === 0 ? [] : await write(open)
  let next = 0
  return looked.map((item) => ('done' in item ? item.done : (written[next++] as Written)))
}
