import { AppError } from '@p2c/base'
import type { BatchResult, OutgoingPart } from '@p2c/odata'
import { chunksOf } from '../http/limited.ts'
import { inBulk } from '../load/in-bulk.ts'
import {
  isServerFault,
  isUnknownOutcome,
  laterAgain,
  MOST_REPEATS,
  MOST_SERVER_FAULTS,
  pauseOrThrow,
  repeatWaitMs,
} from '../load/lost-answer.ts'
import { mayBeOfRow, noteAnswer, noteFault } from '../load/witness.ts'
import { readFault } from './fin-ops-error.ts'
import { answersLost, isSuccess, isTransient, partError, partWaitMs, resultsOf, sendParts } from './send-parts.ts'
import { writeAlone } from './write-alone.ts'
import { lookAgain, toOutgoing, type WriteContext, type WriteOperation, type Written, writtenAs } from './write-operation.ts'

/** A failed set names the row that failed; so often it is sent again without the rows that were named, then it is cut. */
const MOST_NAMED = 3
/** Below this size another set saves nothing. */
const SMALLEST_REST = 8
/** A set that fails and names nobody is cut into so many. */
const PIECES = 4

/** Results by the index of the row. */
type Results = ReadonlyMap<number, Written>

/** Writes rows in change sets, several at once; where one fails, rows go out alone until each has its own answer. By row index. */
export async function writeOperations(context: WriteContext, operations: readonly WriteOperation[]): Promise<Results> {
  const { sizes, parallel, entity, witness } = context
  witness.rows += operations.length
  const plan = { parallel, sizeOf: () => sizes.sizeOf(entity.entitySetName), keyOf }
  const written = await inBulk(operations, plan, async (chunk) => {
    const results = await writeChangeSet(context, chunk, { ...FIRST_TRY, answeredBefore: witness.answered })
    const inOrder = chunk.flatMap(({ index }) => results.get(index) ?? [])
    sizes.afterRows(entity.entitySetName, chunk.length, inOrder.filter(({ ok }) => !ok).length)
    return inOrder
  })
  return new Map(operations.map(({ index }, at) => [index, written[at] as Written]))
}

/** The company stands in each key: only a longer one is that of a line in its document. */
const keyOf = ({ keyValues }: WriteOperation): string => (keyValues.length > 2 ? keyValues.join('|') : '')

interface Tries {
  /** Rows that may still be taken out of the set because an answer names them. */
  readonly named: number
  readonly repeats: number
  /** Answers that the call had seen when these rows were first sent. */
  readonly answeredBefore: number
}

const FIRST_TRY = { named: MOST_NAMED, repeats: 0 }

async function writeChangeSet(context: WriteContext, chunk: readonly WriteOperation[], tries: Tries): Promise<Results> {
  if (chunk.length === 0) return new Map()
  const operations = chunk.map((operation, at) => ({ ...toOutgoing(context, operation), contentId: String(at + 1) }))
  const answer = await sendMeasured(context, { kind: 'changeset', operations })
  if (answer instanceof AppError) return withoutAnswer(context, chunk, { problem: answer, tries })
  const failed = answer.find((result) => !isSuccess(result))
  if (failed !== undefined) return afterFailure(context, chunk, { failed, tries })
  noteAnswer(context.witness)
  if (answer.length === chunk.length) return new Map(chunk.map((operation) => [operation.index, writtenAs(operation)]))
  return withoutAnswer(context, chunk, { problem: answersLost(), tries, isLost: true })
}

/** Sends one change set; what it takes teaches the size of the next one. */
async function sendMeasured(context: WriteContext, part: OutgoingPart & { kind: 'changeset' }): Promise<readonly BatchResult[] | AppError> {
  const startedAt = context.now().getTime()
  const answer = await sendParts(context, [part])
  const results = answer instanceof AppError ? answer : answer.flatMap(resultsOf)
  const isOverload =
    results instanceof AppError ? results.code === 'request-timed-out' || isTooLarge(results) : results.some(({ status }) => status === 429)
  const isDone = !(results instanceof AppError) && results.every(isSuccess)
  context.sizes.afterCall(context.entity.entitySetName, {
    rows: part.operations.length,
    ms: context.now().getTime() - startedAt,
    end: isOverload ? 'overloaded' : isDone ? 'done' : 'refused',
  })
  return results
}

const isTooLarge = (error: AppError): boolean => error.details.status === 413

interface Unanswered {
  readonly problem: AppError
  readonly tries: Tries
  /** A part of the answer is missing, or says that the service failed. */
  readonly isLost?: boolean
  /** As the answer asks for; 0: as usual. */
  readonly waitMs?: number
  /** A set that is too much for the service twice is too large for it: by halves it passes sooner. */
  readonly pieces?: number
}

/** The outcome is not known: the rows are read by key, and what was not carried out is sent again, bounded and with growing waits. */
async function withoutAnswer(context: WriteContext, chunk: readonly WriteOperation[], unanswered: Unanswered): Promise<Results> {
  const { problem, tries, isLost, waitMs = 0 } = unanswered
  if (isTooLarge(problem) && chunk.length > 1) return cut(context, chunk, { pieces: 2, tries })
  if (isTooLarge(problem)) return writeAlone(context, chunk, tries.answeredBefore)
  if (isLost !== true && !isUnknownOutcome(problem)) throw problem
  const isOfRow = mayBeOfRow(problem)
  if (isOfRow) noteFault(context.witness, problem)
  const isLast = tries.repeats >= (isOfRow ? MOST_SERVER_FAULTS : MOST_REPEATS)
  if (isLast && !isOfRow) throw laterAgain(problem)
  await pauseOrThrow(context.client, waitMs === 0 ? repeatWaitMs(tries.repeats) : waitMs, { problem, signal: context.signal })
  const looked = await lookAgain(context, chunk)
  const open = looked.flatMap((item) => ('open' in item ? [item.open] : []))
  const done = chunk.flatMap(({ index }, at) => {
    const item = looked[at]
    return item !== undefined && 'done' in item ? [[index, item.done] as const] : []
  })
  return new Map([...done, ...(await writeOpen(context, open, { ...unanswered, isLast }))])
}

/** A fault of the server that stays may be one of a row's: then smaller sets find it. What took too long is sent again by halves. */
function writeOpen(
  context: WriteContext,
  open: readonly WriteOperation[],
  { problem, tries, pieces = 1, isLast }: Unanswered & { readonly isLast: boolean },
): Promise<Results> {
  if (isLast && open.length <= SMALLEST_REST) return writeAlone(context, open, tries.answeredBefore)
  if (isLast) return cut(context, open, { pieces: PIECES, tries })
  const next = { ...tries, repeats: tries.repeats + 1 }
  return inPieces(context, open, { pieces: problem.code === 'request-timed-out' ? 2 : pieces, tries: next })
}

interface Failed {
  readonly failed: BatchResult
  readonly tries: Tries
}

/** A failed set is rolled back and has one answer: of the row that failed, or of a service that was too busy for it (FO-070). */
async function afterFailure(context: WriteContext, chunk: readonly WriteOperation[], { failed, tries }: Failed): Promise<Results> {
  const fault = readFault(failed.status, failed.body ?? '')
  if (isTransient(fault)) return afterTransient(context, chunk, { failed, tries, problem: partError(fault) })
  noteAnswer(context.witness)
  if (fault.kind === 'forbidden' || fault.kind === 'no-route') throw partError(fault)
  if (fault.kind === 'duplicate' && chunk.some(({ isGuess }) => isGuess)) return afterWrongGuess(context, chunk, tries)
  if (chunk.length <= SMALLEST_REST) return writeAlone(context, chunk, tries.answeredBefore)
  // A row that is named by its Content-ID is a hint only: it gets its own answer alone.
  const named = fault.kind !== 'conflict' && tries.named > 0 ? chunk[Number(failed.contentId) - 1] : undefined
  if (named === undefined) return cut(context, chunk, { pieces: PIECES, tries })
  const rest = chunk.filter((operation) => operation !== named)
  const others = await writeChangeSet(context, rest, { ...tries, named: tries.named - 1, repeats: 0 })
  return new Map([...others, ...(await writeAlone(context, [named], tries.answeredBefore))])
}

/** What failed in the service may have been committed; what was throttled or not authorised certainly was not. */
async function afterTransient(
  context: WriteContext,
  chunk: readonly WriteOperation[],
  { failed, tries, problem }: Failed & { readonly problem: AppError },
): Promise<Results> {
  const waitMs = partWaitMs(context, failed, tries.repeats)
  const pieces = tries.repeats > 0 ? 2 : 1
  if (isServerFault(problem)) return withoutAnswer(context, chunk, { problem, tries, isLost: true, waitMs, pieces })
  if (tries.repeats >= MOST_REPEATS) throw laterAgain(problem)
  await pauseOrThrow(context.client, waitMs === 0 ? repeatWaitMs(tries.repeats) : waitMs, { problem, signal: context.signal })
  return inPieces(context, chunk, { pieces, tries: { ...tries, repeats: tries.repeats + 1 } })
}

/** Some of the rows are there after all: now they are looked for, and each is written as what it is. */
async function afterWrongGuess(context: WriteContext, chunk: readonly WriteOperation[], tries: Tries): Promise<Results> {
  const decide = await context.lookUp(chunk)
  const left = chunk.flatMap((operation) => decide(operation) ?? [])
  const isLeft = new Set(left.map(({ index }) => index))
  const rest = await writeChangeSet(context, left, { ...tries, ...FIRST_TRY })
  const unchanged: Written = { ok: true, outcome: 'unchanged' }
  return new Map([...chunk.flatMap(({ index }) => (isLeft.has(index) ? [] : [[index, unchanged] as const])), ...rest])
}

const cut = (context: WriteContext, chunk: readonly WriteOperation[], { pieces, tries }: Pieces): Promise<Results> =>
  inPieces(context, chunk, { pieces, tries: { ...tries, ...FIRST_TRY } })

interface Pieces {
  readonly pieces: number
  readonly tries: Tries
}

async function inPieces(context: WriteContext, chunk: readonly WriteOperation[], { pieces, tries }: Pieces): Promise<Results> {
  const results = new Map<number, Written>()
  for (const piece of chunksOf(chunk, Math.max(1, Math.ceil(chunk.length / pieces))))
    for (const [index, written] of await writeChangeSet(context, piece, tries)) results.set(index, written)
  return results
}
