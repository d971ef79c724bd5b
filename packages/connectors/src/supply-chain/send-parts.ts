import { AppError } from '@p2c/base'
import type { BatchResult, BatchResultPart, OutgoingPart } from '@p2c/odata'
import { retryAfterMs } from '../http/http-error.ts'
import { type Fault, faultError } from './fin-ops-error.ts'
import type { WriteContext } from './write-operation.ts'

/** First wait for a throttled part without `Retry-After` (FO-112). */
const THROTTLE_DELAY_MS = 30_000

/** The answers to a `$batch`, or why it has none. */
export async function sendParts(context: WriteContext, parts: readonly OutgoingPart[]): Promise<readonly BatchResultPart[] | AppError> {
  try {
    return await context.client.batch(parts, context.signal)
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
}

export const resultsOf = (part: BatchResultPart): readonly BatchResult[] => (part.kind === 'operation' ? [part.result] : part.results)

/** 200, 201 and 204 are all success (FO-124). */
export const isSuccess = (result: BatchResult): boolean => result.status >= 200 && result.status < 300

/** A limit, a token that ended on the way, a fault of the server: nothing that is about the row. */
export const isTransient = (fault: Fault): boolean => fault.kind === 'transient' || fault.status === 401

/** The wait that one part asks for (FO-073, FO-112). */
export const partWaitMs = (context: WriteContext, result: BatchResult, repeats: number): number =>
  retryAfterMs(result.headers.get('retry-after'), context.now()) ?? (result.status === 429 ? THROTTLE_DELAY_MS * 2 ** repeats : 0)

export const partError = (fault: Fault): AppError => faultError(fault, { path: 'data/$batch' })

export const answersLost = (): AppError =>
  new AppError({
    category: 'connectivity',
    code: 'connection-lost',
    message: 'The answers to a batch were lost several times. It is tried again later; rows that were written are found by their keys.',
    retryable: true,
  })
