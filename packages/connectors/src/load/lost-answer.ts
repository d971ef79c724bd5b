import { AppError } from '@p2c/base'
import { isAmbiguous } from '../http/http-error.ts'

/** So often one call is repeated after its answer was lost; then the caller's whole work goes back into the queue. */
export const MOST_REPEATS = 6

/** So often a call that the server failed (500) is repeated as it is before its rows are tried apart (FO-076). */
export const MOST_SERVER_FAULTS = 2

const FIRST_WAIT_MS = 200
const LONGEST_WAIT_MS = 10_000

/** Wait before the n-th repeat (from 0), doubling; no jitter, since the requests that follow are spaced by the look at the rows. */
export const repeatWaitMs = (repeat: number): number => Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** repeat)

/** True for an answer of the server that it failed, without a meaning that is known: whether it failed before or behind its commit, nobody knows. */
export const isServerFault = (error: unknown): boolean =>
  error instanceof AppError && error.retryable && typeof error.details.status === 'number' && error.details.status >= 500

/** True where a write may have been carried out though nobody says so: the rows are looked at before anything is repeated. */
export const isUnknownOutcome = (error: unknown): error is AppError =>
  error instanceof AppError && (isAmbiguous(error) || isServerFault(error))

export interface Pausing {
  /** False where the wait is longer than the connection allows. */
  pause(ms: number, signal: AbortSignal): Promise<boolean>
}

/** Waits before a repeat. Where that takes too long `problem` goes out, with the time, so that the work goes back into the queue. */
export async function pauseOrThrow(client: Pausing, waitMs: number, facts: { readonly problem: AppError; readonly signal: AbortSignal }) {
  if (waitMs === 0 || (await client.pause(waitMs, facts.signal))) return
  throw laterAgain(facts.problem, waitMs)
}

/** The problem as one that the whole call may be repeated for. */
export function laterAgain(problem: AppError, retryAfterMs?: number): AppError {
  const { category, code, message, details } = problem
  return new AppError({
    category: category === 'throttling' ? category : 'connectivity',
    code,
    message,
    details,
    retryable: true,
    cause: problem,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  })
}

/**
 * Reads again what could not be read: an answer that was cut off but closed in good order. `read` must be free of effects, or repeatable.
 * The last failure is thrown.
 */
export async function readAgain<Result>(client: Pausing, read: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
  for (let repeat = 0; ; repeat += 1) {
    try {
      return await read()
    } catch (error) {
      const isCutOff = error instanceof AppError && error.code === 'response-invalid'
      if (!isCutOff || repeat >= MOST_READS || !(await client.pause(repeatWaitMs(repeat), signal))) throw error
    }
  }
}

const MOST_READS = 3
