/** What went wrong, for people and programs that must decide what to do next. Source: integration specification, error taxonomy. */
export const ERROR_CATEGORIES = [
  'auth',
  'connectivity',
  'throttling',
  'schema',
  'mapping',
  'data',
  'reference',
  'business-rule',
  'conflict',
  'internal',
] as const
export type ErrorCategory = (typeof ERROR_CATEGORIES)[number]

/** What an `AppError` is made of. */
export interface AppErrorFacts {
  readonly category: ErrorCategory
  /** Kebab-case literal, documented and never reused: programs match on it. */
  readonly code: string
  /** Names the thing, the value, what was expected and the next step. Never holds a secret. */
  readonly message: string
  readonly details?: Readonly<Record<string, unknown>>
  /** True only where the thrower knows that the same call may succeed later. */
  readonly retryable?: boolean
  readonly retryAfterMs?: number
  readonly cause?: unknown
}

/** A failed operation: network, sign-in, store, settings. Rules that refuse return a decision instead of throwing one. */
export class AppError extends Error {
  readonly category: ErrorCategory
  readonly code: string
  readonly details: Readonly<Record<string, unknown>>
  readonly retryable: boolean
  readonly retryAfterMs: number | undefined

  constructor(facts: AppErrorFacts) {
    super(facts.message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.name = 'AppError'
    this.category = facts.category
    this.code = facts.code
    this.details = facts.details ?? {}
    this.retryable = facts.retryable ?? false
    this.retryAfterMs = facts.retryAfterMs
  }
}

/** For `catch`: true for errors of ours; match on their `code`. */
export const isAppError = (error: unknown): error is AppError => error instanceof AppError

/** Any thrown value as an AppError: what is not one already becomes `unexpected`, with its own text and itself as cause. */
export function toAppError(error: unknown): AppError {
  if (isAppError(error)) return error
  const message = error instanceof Error ? error.message : String(error)
  return new AppError({ category: 'internal', code: 'unexpected', message, cause: error })
}
