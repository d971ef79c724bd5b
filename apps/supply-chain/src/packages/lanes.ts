import { setTimeout as delay } from 'node:timers/promises'
import { connectionSettings, type Database } from '@p2c/base'
import pg from 'pg'

/** Work that takes turns, in all processes over one database. */
export interface Lanes {
  /** Waits for its turn, does the work, and lets the next one in. Undefined, with nothing done, where `signal` came first. */
  inTurn<Result>(lane: string, signal: AbortSignal, work: () => Promise<Result>): Promise<Result | undefined>
}

/** Locks of the application are told apart by this number. */
const LANE_LOCKS = 7_204_324
const RETRY_MS = 250
const CONNECT_MS = 5_000

/** Each turn is a lock of a connection of its own: a process that dies gives it up at once. Throws as the database does where it is away. */
export function createLanes({ connectionString }: Pick<Database, 'connectionString'>): Lanes {
  return {
    async inTurn(lane, signal, work) {
      const settings = connectionSettings({ connectionString, applicationName: 'p2c-supply-chain-lane' })
      const client = new pg.Client({ ...settings, connectionTimeoutMillis: CONNECT_MS })
      // A broken connection shows in the next statement; what is under way is guarded by its own transactions.
      client.on('error', () => undefined)
      try {
        await client.connect()
        while (!signal.aborted) {
          const { rows } = await client.query<{ held: boolean }>('select pg_try_advisory_lock($1, hashtext($2)) as held', [
            LANE_LOCKS,
            lane,
          ])
          if (rows[0]?.held === true) return await work()
          await delay(RETRY_MS, undefined, { signal, ref: false }).catch(() => undefined)
        }
        return undefined
      } finally {
        await client.end().catch(() => undefined)
      }
    },
  }
}
