import { AppError } from '@p2c/base'
import type { BatchResult } from '@p2c/odata'
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
import { type Fault, faultError, readFault } from './fin-ops-error.ts'
import { answersLost, isSuccess, isTransient, partError, partWaitMs, resultsOf, sendParts } from './send-parts.ts'
import { lookAgain, toOutgoing, type WriteContext, type WriteOperation, type Written, writtenAs } from './write-operation.ts'

/** PATCH→POST→PATCH and no further (FO-040). */
const MOST_TURNS = 2

/** Operations of one `$batch` whose parts stand alone (F&O 11). */
const MOST_PARTS = 100

interface Attempt {
  readonly operation: WriteOperation
  readonly kind: 'create' | 'update'
  readonly turns: number
  readonly repeats: number
  /** Answers that the call had seen when the row was first sent. */
  readonly answeredBefore: number
}

/** `isLost`: nobody knows what became of it, so that the row is looked at before it is sent again. */
type Next =
  | { readonly done: Written }
  | { readonly again: Attempt; readonly waitMs: number; readonly fault?: Fault; readonly isLost?: boolean }

/** Rows as parts of their own, each with its own answer; results by row index. `answeredBefore`: answers of the call when they were first sent. */
export async function writeAlone(
  context: WriteContext,
  operations: readonly WriteOperation[],
  answeredBefore: number,
): Promise<ReadonlyMap<number, Written>> {
  const written = new Map<number, Written>()
  for (const piece of chunksOf(operations, MOST_PARTS)) {
    let open: readonly Attempt[] = piece.map((operation) => ({ operation, kind: operation.kind, turns: 0, repeats: 0, answeredBefore }))
    while (open.length > 0) open = await oneRound(context, open, written)
  }
  return written
}

/** Sends what is open once, puts what is done into `written`, waits as asked and gives what is still open. */
async function oneRound(context: WriteContext, open: readonly Attempt[], written: Map<number, Written>): Promise<readonly Attempt[]> {
  const answer = await sendParts(
    context,
    open.map(({ operation, kind }) => ({ kind: 'operation', operation: toOutgoing(context, operation, kind) })),
  )
  const tooLarge = answer instanceof AppError && answer.details.status === 413
  if (tooLarge) return withoutTooLarge(context, { open, problem: answer, written })
  if (answer instanceof AppError && !isUnknownOutcome(answer)) throw answer
  const parts = answer instanceof AppError ? [] : answer.map((part) => resultsOf(part)[0])
  if (parts.some(isAnswered)) noteAnswer(context.witness)
  const lost = answer instanceof AppError ? answer : answersLost()
  if (mayBeOfRow(lost) && open.length > 1 && open.every(({ repeats }) => repeats >= MOST_SERVER_FAULTS))
    return oneByOne(context, open, written)
  const next = open.map((attempt, at) => decide(context, attempt, { result: parts[at], lost, isAlone: open.length === 1 }))
  for (const [at, { operation }] of open.entries()) {
    const step = next[at]
    if (step !== undefined && 'done' in step) written.set(operation.index, step.done)
  }
  const again = next.flatMap((step) => ('again' in step ? [step] : []))
  await pauseFor(context, again, lost)
  return [...again.filter(({ isLost }) => isLost !== true).map((step) => step.again), ...(await looked(context, again, written))]
}

/** The body of the whole batch was refused for its size: rows go out one by one, and one that is too large by itself has failed. */
async function withoutTooLarge(
  context: WriteContext,
  { open, problem, written }: { readonly open: readonly Attempt[]; readonly problem: AppError; readonly written: Map<number, Written> },
): Promise<readonly Attempt[]> {
  const [first] = open
  if (first !== undefined && open.length === 1) {
    const { category, message, details } = problem
    written.set(first.operation.index, { ok: false, failure: { category, code: 'request-too-large', message, details } })
    return []
  }
  return oneByOne(context, open, written)
}

/** Each row in a batch of its own, with tries of its own. */
async function oneByOne(context: WriteContext, open: readonly Attempt[], written: Map<number, Written>): Promise<readonly Attempt[]> {
  for (const attempt of open) {
    let rest: readonly Attempt[] = [{ ...attempt, repeats: 0 }]
    while (rest.length > 0) rest = await oneRound(context, rest, written)
  }
  return []
}

/** Those without an answer, after a look at their rows. */
async function looked(
  context: WriteContext,
  again: readonly Extract<Next, { again: Attempt }>[],
  written: Map<number, Written>,
): Promise<readonly Attempt[]> {
  const lost = again.flatMap((step) => (step.isLost === true ? [step.again] : []))
  const states = await lookAgain(
    context,
    lost.map(({ operation, kind }) => ({ ...operation, kind })),
  )
  return lost.flatMap((attempt, at) => {
    const state = states[at]
    if (state === undefined || 'open' in state)
      return state === undefined ? [attempt] : [{ ...attempt, operation: state.open, kind: state.open.kind }]
    written.set(attempt.operation.index, state.done)
    return []
  })
}

interface Answer {
  readonly result: BatchResult | undefined
  readonly lost: AppError
  /** The batch carried this row only. */
  readonly isAlone: boolean
}

/** What the answer to one row means, and what is to be done next with it. */
function decide(context: WriteContext, attempt: Attempt, { result, lost, isAlone }: Answer): Next {
  if (result === undefined) {
    if (attempt.repeats >= MOST_REPEATS && isAlone && mayBeOfRow(lost)) return { done: blamed(context, attempt, lost) }
    if (attempt.repeats >= MOST_REPEATS) throw laterAgain(lost)
    return { again: { ...attempt, repeats: attempt.repeats + 1 }, waitMs: repeatWaitMs(attempt.repeats), isLost: true }
  }
  if (isSuccess(result)) return { done: writtenAs(attempt.operation, attempt.kind) }
  const fault = readFault(result.status, result.body ?? '')
  if (isTransient(fault) || (fault.kind === 'conflict' && attempt.repeats === 0)) return afterTransient(context, attempt, { result, fault })
  if (fault.kind === 'forbidden' || fault.kind === 'no-route') throw faultError(fault, { path: `data/${context.entity.entitySetName}` })
  const turned = fault.kind === (attempt.kind === 'create' ? 'duplicate' : 'not-found')
  if (turned && attempt.turns < MOST_TURNS) {
    const kind = attempt.kind === 'create' ? 'update' : 'create'
    return { again: { ...attempt, kind, turns: attempt.turns + 1 }, waitMs: 0, fault }
  }
  return { done: { ok: false, failure: fault.failure } }
}

/** True where the service carried the row out or refused it. */
const isAnswered = (result: BatchResult | undefined): boolean =>
  result !== undefined && (isSuccess(result) || !isTransient(readFault(result.status, result.body ?? '')))

const blamed = (context: WriteContext, { answeredBefore }: Attempt, problem: AppError): Written => ({
  ok: false,
  failure: blameRow(context.witness, { problem, answeredBefore }),
})

/** A fault of the server itself (500) that stays while others are answered is a failure of the row (FO-076); any other that stays fails the call. */
function afterTransient(
  context: WriteContext,
  attempt: Attempt,
  { result, fault }: { readonly result: BatchResult; readonly fault: Fault },
): Next {
  const problem = partError(fault)
  if (mayBeOfRow(problem) && attempt.repeats >= MOST_SERVER_FAULTS) return { done: blamed(context, attempt, problem) }
  const waitMs = partWaitMs(context, result, attempt.repeats)
  if (attempt.repeats >= MOST_REPEATS) throw laterAgain(problem, waitMs)
  const again = { ...attempt, repeats: attempt.repeats + 1 }
  return {
    again,
    waitMs: waitMs === 0 && fault.kind !== 'conflict' ? repeatWaitMs(attempt.repeats) : waitMs,
    fault,
    isLost: isServerFault(problem) && fault.kind === 'transient',
  }
}

async function pauseFor(context: WriteContext, again: readonly Extract<Next, { again: Attempt }>[], lost: AppError): Promise<void> {
  const waitMs = Math.max(0, ...again.map((step) => step.waitMs))
  const fault = again.find((step) => step.waitMs === waitMs)?.fault
  await pauseOrThrow(context.client, waitMs, { problem: fault === undefined ? lost : partError(fault), signal: context.signal })
}
