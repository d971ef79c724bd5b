import pg from 'pg'

/** A stop waits so long for statements to end by themselves, and looks so often whether those that it cancelled are gone. */
const PATIENCE_MS = 2_000
const AGAIN_MS = 500

export interface StatementsUnderWay {
  /** Ends what the connections of the pool are doing now (57014), from a connection of its own; nothing where the server is away. */
  cancel(): Promise<void>
  /** `end`, with a bound: what is still under way after 2 s is cancelled, as often as it takes. */
  endWithin(end: Promise<unknown>): Promise<void>
}

/** Knows the server processes of a pool from its first connection on. */
export function watchStatements(pool: pg.Pool, settings: pg.ClientConfig): StatementsUnderWay {
  const clients = new Set<pg.PoolClient>()
  pool.on('connect', (client) => clients.add(client))
  pool.on('remove', (client) => clients.delete(client))
  const cancel = async (): Promise<void> => {
    const processes = [...clients].flatMap((client) => ('processID' in client ? [client.processID] : []))
    if (processes.length > 0) await cancelProcesses(settings, processes)
  }
  return {
    cancel,
    async endWithin(end) {
      let ended = false
      const done = end.finally(() => {
        ended = true
      })
      let timer: NodeJS.Timeout | undefined
      const again = async (): Promise<void> => {
        await cancel()
        if (!ended) timer = setTimeout(() => void again(), AGAIN_MS)
      }
      timer = setTimeout(() => void again(), PATIENCE_MS)
      await done.finally(() => clearTimeout(timer))
    },
  }
}

async function cancelProcesses(settings: pg.ClientConfig, processes: readonly unknown[]): Promise<void> {
  const client = new pg.Client({ ...settings, connectionTimeoutMillis: PATIENCE_MS })
  client.on('error', () => undefined) // the same failure rejects the call that is under way
  const work = client.connect().then(() => client.query('select pg_cancel_backend(p) from unnest($1::int[]) as p', [processes]))
  // A server that is away runs no statements: there is nothing left to cancel.
  await work.catch(() => undefined)
  await client.end().catch(() => undefined)
}
