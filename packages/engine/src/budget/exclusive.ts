import { connectionSettings, type Database, type Logger, WORKER_LIMITS } from '@p2c/base'
import pg from 'pg'

export interface ExclusiveWork<Result> {
  readonly name: string
  readonly work: () => Promise<Result>
  readonly signal: AbortSignal
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>
}

/** Time between two attempts to get the lock; asking costs nothing, and a waiter that only asks can stop at once. */
const ASK_MS = 200

/**
 * Runs `work` while no other process holds `name`: by an advisory lock on a connection of its own, which PostgreSQL frees when the process or its
 * host is gone. A lock that is lost during the work (the database was started anew) is logged; the work goes on.
 */
export async function exclusively<Result>(
  deps: { readonly database: Database; readonly log: Logger },
  { name, work, signal, wait }: ExclusiveWork<Result>,
): Promise<Result> {
  signal.throwIfAborted()
  const client = new pg.Client(
    connectionSettings({ connectionString: deps.database.connectionString, applicationName: 'p2c-exclusive', limits: WORKER_LIMITS }),
  )
  client.on('error', (error) => deps.log.warn({ reason: error.message, name }, 'the connection that holds an exclusive right broke'))
  try {
    await client.connect()
    while (!(await hasLock(client, name))) await wait(ASK_MS, signal)
    signal.throwIfAborted()
    return await work()
  } finally {
    await client.end().catch((error: Error) => deps.log.debug({ reason: error.message, name }, 'a connection did not close in good order'))
  }
}

async function hasLock(client: pg.Client, name: string): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock(hashtextextended($1, 0)) as taken', [name])
  return rows[0]?.taken === true
}
