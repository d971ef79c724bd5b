import { AppError } from '@p2c/base'
import type { RowFailure } from '@p2c/engine'
import type { BatchResult } from '@p2c/odata'
import { retryAfterMs } from '../http/http-error.ts'
import { chunksOf } from '../http/limited.ts'
import {
  isServerFault,
  isUnknownOutcome,
  laterAgain,
  MOST_REPEATS,
  MOST_SERVER_FAULTS,
  pauseOrThrow,
  repeatWaitMs,
} from '../load/lost-answer.ts'
import { blameRow, mayBeOfRow, noteAnswer } from '../load/witness.ts'
import type { DestinationPlan } from './destination-plan.ts'
import { type BulkContext, lookAgain, writeOpen } from './look-again.ts'
import { rowFailure } from './row-failure.ts'
import { batchFailure } from './sales-client.ts'
import { isAboutRows } from './sales-error.ts'
import { toSalesOperation, type WriteOperation, type Written, writtenAs } from './write-operation.ts'

/** Operations of one `$batch`: far below the 1,000 allowed, since its time counts as one request. */
const BATCH_SIZE = 200

/** First wait for a throttled part that names none (Dataverse Web API 17). */
const THROTTLE_DELAY_MS = 1000

/** What one operation's own answer means: an outcome, or that it is to be tried again. */
type Step =
  | { readonly kind: 'done'; readonly written: Written }
  /** Somebody else created or deleted the row between look and write: the other kind of write is tried once. */
  | { readonly kind: 'turn'; readonly error: AppError }
  /** It was not carried out, or nobody knows: it is looked at and sent again, after the wait that it asks for. */
  | { readonly kind: 'repeat'; readonly error?: AppError; readonly waitMs: number }

/**
 * Each row an operation of its own, with its own answer, many in one `$batch`. In the order given. `answeredBefore`: the answers that the call had
 * seen when these rows were first sent.
 */
export function writeEach(context: BulkContext, chunk: readonly WriteOperation[], answeredBefore: number): Promise<readonly Written[]> {
  return inPieces(context, chunk, { size: BATCH_SIZE, tries: { repeats: 0, turns: 0, answeredBefore } })
}

async function inPieces(
  context: BulkContext,
  chunk: readonly WriteOperation[],
  { size, tries }: { readonly size: number; readonly tries: Tries },
): Promise<readonly Written[]> {
  const written: Written[] = []
  for (const piece of chunksOf(chunk, size)) written.push(...(await writePiece(context, piece, tries)))
  return written
}

interface Tries {
  readonly repeats: number
  readonly turns: number
  readonly answeredBefore: number
}

async function writePiece(context: BulkContext, piece: readonly WriteOperation[], tries: Tries): Promise<readonly Written[]> {
  const results = await sendBatch(context, piece)
  if (results instanceof AppError) return withoutAnswers(context, piece, { problem: results, tries })
  const steps = piece.map((operation, at) => stepOf(context, operation, results[at]))
  if (steps.some(({ kind }) => kind !== 'repeat')) noteAnswer(context.witness)
  const repeated = await repeat(context, { piece, steps, tries })
  const turned = await turn(context, { piece, steps, tries })
  return steps.map((step, at) => {
    const operation = piece[at] as WriteOperation
    return step.kind === 'done' ? step.written : ((repeated.get(operation) ?? turned.get(operation)) as Written)
  })
}

async function sendBatch(context: BulkContext, piece: readonly WriteOperation[]): Promise<readonly (BatchResult | undefined)[] | AppError> {
  try {
    return await context.client.batch(
      piece.map((operation) => toSalesOperation(context.plan, operation)),
      context.signal,
    )
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
}

/** The batch as a whole has no answers: lost ones are looked after, one that is refused for its size is cut. */
async function withoutAnswers(
  context: BulkContext,
  piece: readonly WriteOperation[],
  { problem, tries }: { readonly problem: AppError; readonly tries: Tries },
): Promise<readonly Written[]> {
  if (isUnknownOutcome(problem)) {
    const isLast = tries.repeats >= MOST_REPEATS
    if (isLast && !mayBeOfRow(problem)) throw laterAgain(problem)
    await pauseOrThrow(context.client, repeatWaitMs(tries.repeats), { problem, signal: context.signal })
    return writeOpen(await lookAgain(context, piece, { isLost: true }), (open) => afterLook(context, open, { problem, tries }))
  }
  if (!isAboutRows(problem)) throw problem
  if (piece.length === 1) return [{ ok: false, failure: rowFailure(problem, context.plan) }]
  return inPieces(context, piece, { size: Math.ceil(piece.length / 2), tries })
}

/** What a look left open of a batch without answers: sent again, by halves where one of the rows may be what the service fails on. */
async function afterLook(
  context: BulkContext,
  open: readonly WriteOperation[],
  { problem, tries }: { readonly problem: AppError; readonly tries: Tries },
): Promise<readonly Written[]> {
  if (mayBeOfRow(problem)) {
    if (open.length > 1 && tries.repeats >= MOST_SERVER_FAULTS)
      return inPieces(context, open, { size: Math.ceil(open.length / 2), tries: { ...tries, repeats: 0 } })
    if (tries.repeats >= MOST_REPEATS) {
      const failure = blameRow(context.witness, { problem, answeredBefore: tries.answeredBefore })
      return open.map((operation) => failedAs(operation, failure))
    }
  }
  return writePiece(context, open, { ...tries, repeats: tries.repeats + 1 })
}

function stepOf(context: BulkContext, operation: WriteOperation, result: BatchResult | undefined): Step {
  if (result === undefined) return { kind: 'repeat', waitMs: 0 }
  const error = batchFailure(result, toSalesOperation(context.plan, operation).path)
  if (error === undefined) return { kind: 'done', written: writtenAs(operation) }
  // A token that ended on the way, a limit, a fault of the server: nothing that is about the row (DV-112).
  if (error.retryable || result.status === 401) {
    const named = retryAfterMs(result.headers.get('retry-after'), context.now())
    return { kind: 'repeat', error, waitMs: named ?? (result.status === 429 ? THROTTLE_DELAY_MS : 0) }
  }
  const mayTurn = operation.kind === 'create' ? error.code === 'key-violated' : result.status === 404
  return mayTurn ? { kind: 'turn', error } : { kind: 'done', written: refusedAs(context.plan, operation, error) }
}

/** An update that only completes a create of our own whose answer was lost: the row was created, and that is what was asked for. */
const failedAs = (operation: WriteOperation, failure: RowFailure): Written =>
  operation.kind === 'update' && operation.isOwnCreate === true ? writtenAs(operation) : { ok: false, failure }

const refusedAs = (plan: DestinationPlan, operation: WriteOperation, error: AppError): Written =>
  failedAs(operation, rowFailure(error, plan))

interface Answered {
  readonly piece: readonly WriteOperation[]
  readonly steps: readonly Step[]
  readonly tries: Tries
}

/** Sends again what a part said nothing final about, without the rows beside it. */
async function repeat(context: BulkContext, { piece, steps, tries }: Answered): Promise<ReadonlyMap<WriteOperation, Written>> {
  const open = piece.filter((_, at) => steps[at]?.kind === 'repeat')
  if (open.length === 0) return new Map()
  const repeats = steps.flatMap((step) => (step.kind === 'repeat' ? [step] : []))
  const problem = repeats.find(({ error }) => error !== undefined)?.error ?? answerMissing()
  // The same fault of the server again and again, for a row by itself: then it is the row that the server cannot take.
  const isLast = tries.repeats >= MOST_REPEATS
  if (isLast && !repeats.every(({ error }) => mayBeOfRow(error))) throw laterAgain(problem)
  const waitMs = Math.max(repeatWaitMs(tries.repeats), ...repeats.map((step) => step.waitMs))
  await pauseOrThrow(context.client, waitMs, { problem, signal: context.signal })
  // Throttled or unauthorised, it was certainly not carried out: a row that is there now is somebody else's.
  const isLost = repeats.some(({ error }) => error === undefined || isServerFault(error))
  const looked = await lookAgain(context, open, { isLost })
  const written = await writeOpen(looked, async (rest) =>
    isLast
      ? rest.map((operation) => failedAs(operation, blameRow(context.witness, { problem, answeredBefore: tries.answeredBefore })))
      : writePiece(context, rest, { ...tries, repeats: tries.repeats + 1 }),
  )
  return new Map(open.map((operation, at) => [operation, written[at] as Written]))
}

async function turn(context: BulkContext, { piece, steps, tries }: Answered): Promise<ReadonlyMap<WriteOperation, Written>> {
  const turned = piece.flatMap((operation, at) => {
    const step = steps[at]
    return step?.kind === 'turn' ? [{ operation, refused: refusedAs(context.plan, operation, step.error) }] : []
  })
  if (turned.length === 0) return new Map()
  if (tries.turns > 0) return new Map(turned.map(({ operation, refused }) => [operation, refused]))
  const looked = await lookAgain(
    context,
    turned.map(({ operation }) => operation),
    { isLost: false },
  )
  // Still the same kind: the look found nothing that explains the refusal, so it stands.
  const steady = looked.map((item, at) =>
    'open' in item && item.open.kind === turned[at]?.operation.kind ? { done: turned[at].refused } : item,
  )
  const written = await writeOpen(steady, (open) => writePiece(context, open, { ...tries, turns: tries.turns + 1 }))
  return new Map(turned.map(({ operation }, at) => [operation, written[at] as Written]))
}

const answerMissing = (): AppError =>
  new AppError({
    category: 'connectivity',
    code: 'connection-lost',
    message: 'Some answers of a batch are missing. It is tried again later; rows that were written are found by their keys.',
    retryable: true,
  })
