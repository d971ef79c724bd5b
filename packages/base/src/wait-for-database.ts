import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { AppError } from './app-error.ts'
import { hasErrorCode } from './error-code.ts'

/** What `waitForDatabase` waits for. */
export interface WaitOptions {
  readonly connectionString: string
  /** How long to try; default 60 seconds. A server that answers "I am recovering" is given ten times as long: it is at work. */
  readonly timeoutMs?: number
  /** Ends the wait; what it was aborted with is thrown. */
  readonly signal?: AbortSignal
}

const FIRST_PAUSE_MS = 20
const LONGEST_PAUSE_MS = 500
const RECOVERY_FACTOR = 10

/** `cannot_connect_now`: the server starts, recovers after a crash, or shuts down. */
const STARTING = '57P03'
/** `too_many_connections`, and a server that nobody listens for yet. */
const MAY_PASS = ['53300', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT']

/**
 * Resolves once the server takes connections. A wrong password or a missing database is thrown at once, as PostgreSQL reports it.
 * Throws `database-unreachable` when the time is up.
 */
export async function waitForDatabase(options: WaitOptions): Promise<void> {
  const started = performance.now()
  const timeoutMs = options.timeoutMs ?? 60_000
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    options.signal?.throwIfAborted()
    const problem = await tryConnection(options.connectionString)
    if (problem === undefined) return
    const starting = hasErrorCode(problem, STARTING)
    if (!starting && !mayPass(problem)) throw problem
    if (performance.now() - started > timeoutMs * (starting ? RECOVERY_FACTOR : 1)) throw unreachable(options.connectionString, problem)
    await pause(pauseMs, options.signal)
  }
}

/** Ends early when told to; the caller looks why. */
async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  const end = signal === undefined ? {} : { signal }
  await delay(ms, undefined, end).catch((error: unknown) => {
    if (signal?.aborted !== true) throw error
  })
}

async function tryConnection(connectionString: string): Promise<Error | undefined> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 10_000 })
  client.on('error', () => undefined) // the same failure rejects the call that is under way
  try {
    await client.connect()
    await client.query('select 1')
    return undefined
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** node-postgres reports a connection that closes or stays silent during start-up without a code. */
const mayPass = (problem: Error): boolean =>
  hasErrorCode(problem, ...MAY_PASS) || (!('code' in problem) && /terminated|timeout/i.test(problem.message))

function unreachable(connectionString: string, cause: Error): AppError {
  const { hostname, port } = new URL(connectionString)
  return new AppError({
    category: 'connectivity',
    code: 'database-unreachable',
    message: `No PostgreSQL server answers at ${hostname}:${port || '5432'} (${cause.message}). Start it, or correct P2C_DATABASE_URL.`,
    retryable: true,
    cause,
  })
}
