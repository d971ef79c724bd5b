import type { RowFailure } from '@p2c/engine'
import { type OutgoingOperation, stringifyJson } from '@p2c/odata'
import type { BulkSizes } from '../load/bulk-size.ts'
import type { Witness } from '../load/witness.ts'
import type { FinOpsEntity } from './entity.ts'
import { CROSS_COMPANY, type FinOpsClient } from './fin-ops-client.ts'
import { keyPredicate } from './query.ts'

/** One row to write: everything that a create needs and everything that an update may change. */
export interface WriteOperation {
  readonly index: number
  readonly kind: 'create' | 'update'
  /** In the order of the entity's key fields. */
  readonly keyValues: readonly string[]
  readonly createBody: Readonly<Record<string, unknown>>
  readonly updateBody: Readonly<Record<string, unknown>>
  /** A create of ours lost its answer: that the row exists now is its success (FO-042). */
  readonly isOwnCreate?: boolean
  /** The row was not looked for: that there is none yet was concluded from others. */
  readonly isGuess?: boolean
}

export type Written =
  | { readonly ok: true; readonly outcome: 'inserted' | 'updated' | 'unchanged' }
  | { readonly ok: false; readonly failure: RowFailure }

/** What a carried out operation counts as: a row that a lost call of our own created is inserted, whatever finished it. */
export const writtenAs = (operation: WriteOperation, kind: 'create' | 'update' = operation.kind): Written => ({
  ok: true,
  outcome: kind === 'create' || operation.isOwnCreate === true ? 'inserted' : 'updated',
})

/** What is left to do of an operation, given the row that is stored under its key now; undefined: nothing. */
export type Decide = (operation: WriteOperation) => WriteOperation | undefined

export interface WriteContext {
  readonly client: FinOpsClient
  readonly entity: FinOpsEntity
  readonly company: string
  readonly parallel: number
  readonly sizes: BulkSizes
  readonly now: () => Date
  readonly witness: Witness
  readonly signal: AbortSignal
  /** Reads the rows of these operations by key. */
  readonly lookUp: (operations: readonly WriteOperation[]) => Promise<Decide>
}

/** An operation after a look at its row: done, or what is left to do. */
export type Looked = { readonly done: Written } | { readonly open: WriteOperation }

/** The rows themselves say what was carried out of operations whose answer was lost; what is open is decided anew. In the order given. */
export async function lookAgain(context: WriteContext, operations: readonly WriteOperation[]): Promise<readonly Looked[]> {
  const decide = operations.length === 0 ? () => undefined : await context.lookUp(operations)
  return operations.map((operation) => {
    const asked = { ...operation, isOwnCreate: operation.isOwnCreate === true || operation.kind === 'create' }
    const left = decide(operation)
    return left === undefined ? { done: writtenAs(asked) } : { open: { ...left, isOwnCreate: asked.isOwnCreate } }
  })
}

/** The operation as a part of a `$batch`. */
export function toOutgoing(
  context: WriteContext,
  operation: WriteOperation,
  kind: 'create' | 'update' = operation.kind,
): OutgoingOperation {
  const set = context.entity.entitySetName
  return kind === 'create'
    ? // Nothing of the stored row is needed; a service that does not know the preference answers with the row (FO-124).
      { method: 'POST', url: `${set}?${CROSS_COMPANY}`, headers: CREATE_HEADERS, body: stringifyJson(operation.createBody) }
    : {
        method: 'PATCH',
        url: `${set}${keyPredicate(context.entity, context.company, operation.keyValues)}?${CROSS_COMPANY}`,
        headers: HEADERS,
        body: stringifyJson(operation.updateBody),
      }
}

const HEADERS = { 'Content-Type': 'application/json; charset=utf-8', Accept: 'application/json' }
const CREATE_HEADERS = { ...HEADERS, Prefer: 'return=minimal' }
