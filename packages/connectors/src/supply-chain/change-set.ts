import { AppError } from '@p2c/base'
import type { RowFailure } from '@p2c/engine'
import { type BatchResult, type BatchResultPart, type OutgoingOperation, type OutgoingPart, stringifyJson } from '@p2c/odata'
import { isAmbiguous, retryAfterMs } from '../http/http-error.ts'
import { chunksOf, mapLimited } from '../http/limited.ts'
import type { FinOpsEntity } from './entity.ts'
import { CROSS_COMPANY, type FinOpsClient } from './fin-ops-client.ts'
import { type Fault, faultError, readFault } from './fin-ops-error.ts'
import { keyPredicate } from './query.ts'

/** One row to write: everything that a create needs and everything that an update may change. */
export interface WriteOperation {
  readonly index: number
  readonly kind: 'create' | 'update'
  /** In the order of the entity's key fields. */
  readonly keyValues: readonly string[]
  readonly createBody: Readonly<Record<string, unknown>>
  readonly updateBody: Readonly<Record<string, unknown>>
}

export type Written = { readonly ok: true; readonly outcome: 'inserted' | 'updated' } | { readonly ok: false; readonly failure: RowFailure }

export interface WriteContext {
  readonly client: FinOpsClient
  readonly entity: FinOpsEntity
  readonly company: string
  readonly parallel: number
  readonly changeSetSize: number
  readonly now: () => Date
  readonly signal: AbortSignal
}

/** PATCH→POST→PATCH and no further (FO-040). */
const MOST_TURNS = 2
const MOST_REPEATS = 3
/** First wait for a throttled part without `Retry-After` (FO-112). */
const THROTTLE_DELAY_MS = 30_000

/** A failed set names the row that failed; so often it is sent again without the rows that were named. */
const MOST_NAMED = 3
/** Below this size another set saves nothing. */
const SMALLEST_REST = 8

/** Writes rows in change sets, several at once; where one fails, rows go out alone until each has its own answer. By row index. */
export async function writeOperations(context: WriteContext, operations: readonly WriteOperation[]): Promise<ReadonlyMap<number, Written>> {
  const chunks = chunksOf(operations, context.changeSetSize)
  const written = await mapLimited(chunks, context.parallel, (chunk) => writeChangeSet(context, chunk, MOST_NAMED))
  return new Map(written.flatMap((part) => [...part]))
}

async function writeChangeSet(
  context: WriteContext,
  chunk: readonly WriteOperation[],
  named: number,
): Promise<ReadonlyMap<number, Written>> {
  const operations = chunk.map((operation, at) => ({ ...toOutgoing(context, operation), contentId: String(at + 1) }))
  const part: OutgoingPart = { kind: 'changeset', operations }
  const { parts, lost } = await send(context, [part])
  const results = parts.flatMap(resultsOf)
  const isWhole = results.length === chunk.length && results.every(isSuccess)
  if (isWhole)
    return new Map(chunk.map((operation) => [operation.index, { ok: true, outcome: operation.kind === 'create' ? 'inserted' : 'updated' }]))
  const failed = lost || named === 0 || chunk.length <= SMALLEST_REST ? undefined : failedRow(chunk, results)
  if (failed === undefined) return writeAlone(context, chunk, lost)
  const rest = chunk.filter((operation) => operation !== failed)
  const others = await writeChangeSet(context, rest, named - 1)
  return new Map([...others, ...(await writeAlone(context, [failed], false))])
}

/** The row that a failed set names by its Content-ID; a hint only: it gets its own answer alone. Undefined where waiting is the answer. */
function failedRow(chunk: readonly WriteOperation[], results: readonly BatchResult[]): WriteOperation | undefined {
  const [result, other] = results
  if (result === undefined || other !== undefined || isSuccess(result)) return undefined
  const { kind } = readFault(result.status, result.body ?? '')
  return kind === 'transient' || kind === 'conflict' ? undefined : chunk[Number(result.contentId) - 1]
}

/** A lost answer is told by `lost`: what was sent may have been carried out. */
async function send(
  context: WriteContext,
  parts: readonly OutgoingPart[],
): Promise<{ readonly parts: readonly BatchResultPart[]; readonly lost: boolean }> {
  try {
    return { parts: await context.client.batch(parts, context.signal), lost: false }
  } catch (error) {
    if (isAmbiguous(error)) return { parts: [], lost: true }
    throw error
  }
}

const resultsOf = (part: BatchResultPart): readonly BatchResult[] => (part.kind === 'operation' ? [part.result] : part.results)

/** 200, 201 and 204 are all success (FO-124). */
const isSuccess = (result: BatchResult): boolean => result.status >= 200 && result.status < 300

interface Attempt {
  readonly operation: WriteOperation
  readonly kind: 'create' | 'update'
  readonly turns: number
  readonly repeats: number
  /** An answer of an own create was lost: that the row exists now is its success (FO-042). */
  readonly lostCreate: boolean
}

type Next = { readonly done: Written } | { readonly again: Attempt; readonly waitMs: number; readonly fault?: Fault }

async function writeAlone(context: WriteContext, chunk: readonly WriteOperation[], lost: boolean): Promise<ReadonlyMap<number, Written>> {
  const written = new Map<number, Written>()
  let open: readonly Attempt[] = chunk.map((operation) => ({
    operation,
    kind: operation.kind,
    turns: 0,
    repeats: lost ? 1 : 0,
    lostCreate: lost && operation.kind === 'create',
  }))
  while (open.length > 0) {
    const { parts, lost: lostNow } = await send(
      context,
      open.map((attempt) => ({ kind: 'operation', operation: toOutgoing(context, attempt.operation, attempt.kind) })),
    )
    const next = open.map((attempt, at) => decide(context, attempt, resultAt(parts, at), lostNow))
    for (const [at, { operation }] of open.entries()) {
      const step = next[at]
      if (step !== undefined && 'done' in step) written.set(operation.index, step.done)
    }
    const again = next.flatMap((step) => ('again' in step ? [step] : []))
    await pauseFor(context, again)
    open = again.map((step) => step.again)
  }
  return written
}

const resultAt = (parts: readonly BatchResultPart[], at: number): BatchResult | undefined => {
  const part = parts[at]
  return part === undefined ? undefined : resultsOf(part)[0]
}

/** What the answer to one row means, and what is to be done next with it. */
function decide(context: WriteContext, attempt: Attempt, result: BatchResult | undefined, lost: boolean): Next {
  if (result === undefined) return repeat(attempt, { waitMs: 0, lost })
  if (isSuccess(result)) return { done: { ok: true, outcome: attempt.kind === 'create' || attempt.lostCreate ? 'inserted' : 'updated' } }
  const fault = readFault(result.status, result.body ?? '')
  if (fault.kind === 'forbidden' || fault.kind === 'no-route') throw faultError(fault, { path: `data/${context.entity.entitySetName}` })
  const turned = fault.kind === (attempt.kind === 'create' ? 'duplicate' : 'not-found')
  if (turned && attempt.turns < MOST_TURNS) {
    return { again: { ...attempt, kind: attempt.kind === 'create' ? 'update' : 'create', turns: attempt.turns + 1 }, waitMs: 0 }
  }
  if (fault.kind === 'transient' || (fault.kind === 'conflict' && attempt.repeats === 0)) {
    const waitMs =
      retryAfterMs(result.headers.get('retry-after'), context.now()) ??
      (result.status === 429 ? THROTTLE_DELAY_MS * 2 ** attempt.repeats : 0)
    return repeat(attempt, { waitMs, lost: false, fault })
  }
  return { done: { ok: false, failure: fault.failure } }
}

/** A fault of the server itself that stays is a failure of the row; a lost answer or a missing part that stays fails the call. */
function repeat(attempt: Attempt, facts: { readonly waitMs: number; readonly lost: boolean; readonly fault?: Fault }): Next {
  const isServerFault = facts.fault !== undefined && facts.fault.status === 500
  if (attempt.repeats >= MOST_REPEATS || (isServerFault && attempt.repeats >= 2)) {
    if (isServerFault && facts.fault !== undefined)
      return { done: { ok: false, failure: { ...facts.fault.failure, category: 'internal', code: 'server-failed' } } }
    throw facts.fault === undefined ? answersLost() : faultError(facts.fault, { path: 'data/$batch', retryAfterMs: facts.waitMs })
  }
  const again = { ...attempt, repeats: attempt.repeats + 1, lostCreate: attempt.lostCreate || (facts.lost && attempt.kind === 'create') }
  return { again, waitMs: facts.waitMs, ...(facts.fault !== undefined && { fault: facts.fault }) }
}

const answersLost = (): AppError =>
  new AppError({
    category: 'connectivity',
    code: 'connection-lost',
    message: 'The answers to a batch were lost several times. It is tried again later; rows that were written are found by their keys.',
    retryable: true,
  })

async function pauseFor(context: WriteContext, again: readonly Extract<Next, { again: Attempt }>[]): Promise<void> {
  const waitMs = Math.max(0, ...again.map((step) => step.waitMs))
  if (waitMs === 0 || (await context.client.pause(waitMs, context.signal))) return
  const fault = again.find((step) => step.waitMs === waitMs)?.fault
  if (fault !== undefined) throw faultError(fault, { path: 'data/$batch', retryAfterMs: waitMs })
}

function toOutgoing(context: WriteContext, operation: WriteOperation, kind: 'create' | 'update' = operation.kind): OutgoingOperation {
  const set = context.entity.entitySetName
  const headers = { 'Content-Type': 'application/json; charset=utf-8', Accept: 'application/json' }
  return kind === 'create'
    ? // Nothing of the stored row is needed; a service that does not know the preference answers with the row (FO-124).
      {
        method: 'POST',
        url: `${set}?${CROSS_COMPANY}`,
        headers: { ...headers, Prefer: 'return=minimal' },
        body: stringifyJson(operation.createBody),
      }
    : {
        method: 'PATCH',
        url: `${set}${keyPredicate(context.entity, context.company, operation.keyValues)}?${CROSS_COMPANY}`,
        headers,
        body: stringifyJson(operation.updateBody),
      }
}
