import type pg from 'pg'

/**
 * What a silent other side is given. A program that shares its database with others needs them: it may be frozen, or cut from the network, in the
 * middle of a transaction, and must not keep from others what it has locked.
 */
export interface ConnectionLimits {
  /** The server ends a transaction in which the client sends nothing for so long, and frees its locks. */
  readonly transactionIdleMs: number
  /** A statement that gets no answer for so long has lost its connection, as far as anyone can tell. */
  readonly statementMs: number
  /** For a new connection, the wait for a free one of the pool included. */
  readonly connectMs: number
}

/**
 * For the engine. Another worker takes over within 20 s of a cut: the queue finds the missing heartbeat after 15 s at most, and 6 s (they run at
 * the same time) free the rows. Statements of the engine are bounded by a page, far below 30 s.
 */
export const WORKER_LIMITS: ConnectionLimits = { transactionIdleMs: 6_000, statementMs: 30_000, connectMs: 15_000 }

export interface ConnectionOptions {
  readonly connectionString: string
  readonly applicationName?: string
  readonly limits?: ConnectionLimits
}

/** Of a statement without a limit; the longest that a timer can wait. */
export const PATIENCE = 2_147_483_647

/** First question to a silent other side, then how often and how many more times; after 11 s of silence it is taken for gone. */
const KEEP_ALIVE = { idleSeconds: 5, intervalSeconds: 2, count: 3 }
/** Sent, or ready to be sent, and not taken by the other side. */
const UNTAKEN_MS = 10_000

/**
 * How any pool of ours connects, that of the queue included: the names are those of node-postgres. Both sides ask a silent connection whether the
 * other one is still there. On a Unix socket, and where the server's system lacks a setting, the server passes over it.
 */
export function connectionSettings({ connectionString, applicationName = 'p2c', limits }: ConnectionOptions) {
  const server = {
    timezone: 'UTC',
    datestyle: 'ISO',
    tcp_keepalives_idle: KEEP_ALIVE.idleSeconds,
    tcp_keepalives_interval: KEEP_ALIVE.intervalSeconds,
    tcp_keepalives_count: KEEP_ALIVE.count,
    tcp_user_timeout: UNTAKEN_MS,
    ...(limits !== undefined && { idle_in_transaction_session_timeout: limits.transactionIdleMs }),
  }
  return {
    connectionString,
    application_name: applicationName,
    options: Object.entries(server)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE.idleSeconds * 1000,
    ...(limits !== undefined && { query_timeout: limits.statementMs, connectionTimeoutMillis: limits.connectMs }),
  } satisfies pg.PoolConfig
}

/** The words of node-postgres for a statement that got no answer; it gives no code. */
export const isSilence = (error: unknown): error is Error => error instanceof Error && error.message === 'Query read timeout'

/** The same with the code that the network gives for it. */
export const silence = (cause: Error): Error =>
  Object.assign(new Error('The database did not answer in time; the connection is given up.', { cause }), { code: 'ETIMEDOUT' })
