import { connectionSettings, type Database, type Logger } from '@p2c/base'
import pg from 'pg'

/** What the leader listens to, and whom it tells. */
export interface LeaderOptions {
  readonly database: Database
  readonly log: Logger
  /** Channels that the leader listens to. */
  readonly channels: readonly string[]
  /** This process leads from now on, or has ceased to. */
  readonly onLead: (isLeading: boolean) => void
  readonly onNotification: (channel: string) => void
}

/** Of several processes over one database one leads: it delivers events and runs batch jobs. */
export interface Leader {
  /** Tries once, and goes on trying in the background. */
  start(): Promise<void>
  stop(): Promise<void>
}

/** The lock that the leader's connection holds: a process that dies gives it up at once, whatever the clocks say. */
const LEADER_LOCK = 7_204_323
/** Between two tries. */
const RETRY_MS = 1_000
const CONNECT_MS = 5_000

/** Leads while its own connection lives. Longer than other functions: connection, lock and timer change together. */
export function createLeader({ database, log, channels, onLead, onNotification }: LeaderOptions): Leader {
  let client: pg.Client | undefined
  let isLeading = false
  let isStopped = false
  let retry: NodeJS.Timeout | undefined
  let trying = Promise.resolve()

  const tryLater = (): void => {
    if (isStopped) return
    retry = setTimeout(() => {
      trying = attempt()
    }, RETRY_MS).unref()
  }
  const lost = (broken: pg.Client): void => {
    if (client !== broken) return
    client = undefined
    if (isLeading) {
      isLeading = false
      onLead(false)
      tryLater()
    }
  }
  const connect = async (): Promise<pg.Client> => {
    const settings = connectionSettings({ connectionString: database.connectionString, applicationName: 'p2c-supply-chain-leader' })
    const next = new pg.Client({ ...settings, connectionTimeoutMillis: CONNECT_MS })
    next.on('error', () => lost(next))
    next.on('end', () => lost(next))
    next.on('notification', ({ channel }) => onNotification(channel))
    await next.connect()
    return next
  }
  const attempt = async (): Promise<void> => {
    try {
      client ??= await connect()
      const { rows } = await client.query<{ held: boolean }>('select pg_try_advisory_lock($1) as held', [LEADER_LOCK])
      if (rows[0]?.held !== true || isStopped) return tryLater()
      await client.query(channels.map((channel) => `listen ${channel}`).join(';'))
      isLeading = true
      onLead(true)
    } catch (error) {
      log.debug({ err: error }, 'the connection of the leader could not be made')
      // An open connection would go on holding the lock, against this process too.
      const broken = client
      client = undefined
      await broken?.end().catch(() => undefined)
      tryLater()
    }
  }
  return {
    start: () => {
      trying = attempt()
      return trying
    },
    async stop() {
      isStopped = true
      clearTimeout(retry)
      await trying
      const last = client
      client = undefined
      if (isLeading) onLead(false)
      isLeading = false
      await last?.end().catch(() => undefined)
    },
  }
}
