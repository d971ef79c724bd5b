import { isAppError } from './app-error.ts'

/** The server ends, starts, recovers, takes no more connections or has given this one up (25P03, 57P05), by its own word (SQLSTATE). */
const AWAY_STATES = ['57P01', '57P02', '57P03', '57P05', '53300', '25P03']

/** The same, by the word of the network. */
const AWAY_CODES = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH']

/** What the driver says where a connection breaks under a statement: it gives no code. */
const AWAY_TEXTS =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed)/

/**
 * True where the database was not there rather than unwilling: the transaction has not been committed as far as anyone knows, and the same work may
 * succeed once the server is back. Meant for what a statement of ours threw: the network has the same codes for every other system.
 */
export function isDatabaseAway(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isDatabaseAway)
  // A call that uses the database beside its own work (the request budget) comes wrapped out of its repetition.
  if (isAppError(error) && error.code === 'unexpected') return isDatabaseAway(error.cause)
  if (!(error instanceof Error)) return false
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return AWAY_STATES.includes(code) || code.startsWith('08') || AWAY_CODES.includes(code) || AWAY_TEXTS.test(error.message)
}
