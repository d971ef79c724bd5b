import type { Clock, Logger } from '@p2c/base'
import type { RequestBudget } from '@p2c/engine'
import type { Dispatcher } from 'undici'

/** What the connectors use of an undici `Pool`; a test hands in its own. */
export interface ConnectionPool {
  request(options: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData>
  close(): Promise<void>
}

export const DEFAULT_CONNECTIONS = 8

/** The end point of one system, its credentials and how hard it may be used. */
export interface ConnectorSettings {
  /** `https://halvorsen.crm4.dynamics.com`, `http://127.0.0.1:4020`: scheme, host and, where the service has one, a path; no last slash needed. */
  readonly root: string
  /** Token end point of the identity provider (v2.0, client credentials). */
  readonly tokenUrl: string
  readonly clientId: string
  readonly clientSecret: string
  /** Default: `<root>/.default`. */
  readonly scope?: string
  readonly clock: Clock
  readonly log: Logger
  /** Open connections at most; default 8. */
  readonly connections?: number
  /** Rows that one bulk message or change set holds at first and at most; default: begins at 500 (Sales) or 100 (Supply Chain) and follows what calls cost. */
  readonly bulkSize?: number
  /** Supply Chain: increments by data packages where the environment allows them (default); false: every read is whole. */
  readonly usesPackages?: boolean
  /** Requests of one read or write that may be under way at once; default 4. */
  readonly parallel?: number
  /** Time for the whole of one answer; default 120 seconds. */
  readonly timeoutMs?: number
  /** Answers above this are refused; default 64 MiB. */
  readonly maxResponseBytes?: number
  /**
   * Shared by all that use this identity: every request with a token asks it first and reports afterwards, and pauses are waited for there. Without
   * one, each request waits for its own pause.
   */
  readonly budget?: RequestBudget
  /**
   * Repeats of a request that certainly did nothing (throttled, not connected) or may be repeated (reads); default 14: with a quarter of all requests
   * failing, one in a thousand millions is given up. Fewer (4) where nothing listens, and (2) where nothing answers in time.
   */
  readonly maxRepeats?: number
  /** A longer `Retry-After` is not waited for but reported, so that the work goes back into the queue; default 60 seconds. */
  readonly longestWaitMs?: number
  readonly createPool?: (origin: string, options: { readonly connections: number }) => ConnectionPool
  /** Waits, or rejects when `signal` aborts; a test makes it instant. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>
  /** 0 to 1, for the jitter of repeats. */
  readonly random?: () => number
}
