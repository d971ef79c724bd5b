/** What one request told about how hard the system may be used. */
export interface RequestReport {
  /** Of the answer; absent where none came. */
  readonly status?: number
  readonly latencyMs: number
  /** Of a 429 or 503 that asks to wait. */
  readonly retryAfterMs?: number
  /** Requests and milliseconds of execution time left in the service's window, where the answer says so. */
  readonly remainingRequests?: number
  readonly remainingTimeMs?: number
}

/**
 * The one allowance that all projects, both directions and every worker share for one identity at one system (design, section 5: Budget).
 * A request asks first and reports afterwards; what any of them learns (a `Retry-After`, little that is left) holds for all at once.
 */
export interface RequestBudget {
  /**
   * Resolves when a request may leave, never before a pause that any worker was told has passed. Rejects with the reason of `signal`; throws
   * `throttled` (retryable, with `retryAfterMs`) at once where the wait would be longer than `longestWaitMs`.
   */
  acquire(signal: AbortSignal, options?: { readonly longestWaitMs?: number }): Promise<void>
  /** A pause (429, or 503 with `Retry-After`) holds for every worker once this resolves. */
  report(report: RequestReport): Promise<void>
  /** Runs `work` while no other worker runs one of the same name at this system: what the service does not allow side by side. */
  exclusive<Result>(name: string, work: () => Promise<Result>, signal: AbortSignal): Promise<Result>
}

/** How one allowance stands, for people. */
export interface BudgetStatus {
  /** Address and client id. */
  readonly identity: string
  /** Requests of all workers that may leave each second; absent: nothing limits them. */
  readonly requestsPerSecond?: number
  /** Until when nothing is sent; absent: no pause. */
  readonly pausedUntil?: string
  /** When the system last asked for fewer requests. */
  readonly lastThrottledAt?: string
  /** Requests left in the service's window, as it said last. */
  readonly remainingRequests?: number
}
