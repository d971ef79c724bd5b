import { setTimeout as delayFor } from 'node:timers/promises'
import { type AppError, toAppError } from '@p2c/base'
import type { RetryPolicy } from './engine-contract.ts'

/** About three quarters of a minute in all: a system that is started anew is back by then. */
export const DEFAULT_RETRY_POLICY: RetryPolicy = { attempts: 9, firstDelayMs: 250, longestDelayMs: 30_000 }

export interface RetryOptions {
  readonly policy: RetryPolicy
  /** Ends a wait at once; the last failure is thrown then. */
  readonly signal: AbortSignal
  /** Between 0 and 1. */
  readonly random: () => number
  readonly onRetry?: (error: AppError, delayMs: number) => void
  /** Replaced in tests. */
  readonly delay?: (ms: number, signal: AbortSignal) => Promise<void>
}

/**
 * Repeats a whole call whose thrower said that a repeat may help: the one place where the engine does. Waits double from
 * `firstDelayMs`, half of each is jitter, and never end before `retryAfterMs`. Everything is thrown as an `AppError`.
 */
export async function withRetry<Result>(call: () => Promise<Result>, options: RetryOptions): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call()
    } catch (thrown) {
      const error = toAppError(thrown)
      if (!error.retryable || attempt >= options.policy.attempts || options.signal.aborted) throw error
      const delayMs = retryDelayMs(attempt, error.retryAfterMs, options)
      options.onRetry?.(error, delayMs)
      await (options.delay ?? abortableDelay)(delayMs, options.signal)
      if (options.signal.aborted) throw error
    }
  }
}

/** The wait after the `attempt`-th failure, from 1. */
export function retryDelayMs(
  attempt: number,
  retryAfterMs: number | undefined,
  { policy, random }: Pick<RetryOptions, 'policy' | 'random'>,
): number {
  const full = Math.min(policy.firstDelayMs * 2 ** (attempt - 1), policy.longestDelayMs)
  return Math.max(retryAfterMs ?? 0, Math.round(full / 2 + (full / 2) * random()))
}

const abortableDelay = (ms: number, signal: AbortSignal): Promise<void> =>
  delayFor(ms, undefined, { signal }).catch((error: Error) => {
    if (error.name !== 'AbortError') throw error
  })
