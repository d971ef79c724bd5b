import { connectionSettings, type Database, type Logger } from '@p2c/base'
import pg from 'pg'
import { SENDER_LOCK } from './outbox.ts'

/** Told by the transaction that changed registrations. */
export const REGISTRATIONS_CHANNEL = 'p2c_webhook_registrations'

export interface ListenerOptions {
  readonly database: Pick<Database, 'connectionString'>
  readonly log: Logger
  /** Name of this program's sender. */
  readonly sender: number
  readonly onRegistrationsChanged: () => void
  /** The connection stands, or is gone. */
  readonly onHeld: (isHeld: boolean) => void
}

export interface Listener {
  /** Connects; where the database is away it is tried again until `stop`. */
  start(): Promise<void>
  stop(): Promise<void>
}

const RETRY_MS = 1_000

/**
 * The one connection that a program keeps for itself: it hears of registrations that others change, and holds the lock that tells others that this
 * program lives. Nothing of it is needed for a write to succeed.
 * One closure, longer than others: it is the life of one connection.
 */
export function createListener(options: ListenerOptions): Listener {
  let client: pg.Client | undefined
  let retry: NodeJS.Timeout | undefined
  let connecting: Promise<void> = Promise.resolve()
  let isStopped = false

  const lost = (reason: string): void => {
    client = undefined
    options.onHeld(false)
    if (isStopped) return
    options.log.debug({ reason }, 'the connection of the webhook sender is gone')
    retry = setTimeout(() => {
      connecting = connect()
    }, RETRY_MS).unref()
  }
  const connect = async (): Promise<void> => {
    const next = new pg.Client({
      ...connectionSettings({ ...options.database, applicationName: 'p2c-webhooks' }),
      connectionTimeoutMillis: 5_000,
    })
    let isOpen = false
    const close = (reason: string): void => {
      next.removeAllListeners('notification')
      if (isOpen && client === next) lost(reason)
    }
    next.on('error', (error) => close(error.message))
    next.on('end', () => close('ended'))
    next.on('notification', () => options.onRegistrationsChanged())
    try {
      await next.connect()
      await next.query(`listen ${REGISTRATIONS_CHANNEL}`)
      await next.query('select pg_advisory_lock($1, $2)', [SENDER_LOCK, options.sender])
      if (isStopped) return await next.end()
      isOpen = true
      client = next
      options.onHeld(true)
    } catch (error) {
      await next.end().catch(() => undefined)
      lost(error instanceof Error ? error.message : String(error))
    }
  }
  return {
    start: () => {
      connecting = connect()
      return connecting
    },
    stop: async () => {
      isStopped = true
      clearTimeout(retry)
      // One that is being made closes itself, now that it is wanted no more.
      await connecting
      const last = client
      client = undefined
      await last?.end().catch(() => undefined)
    },
  }
}
