import { setTimeout as pause } from 'node:timers/promises'
import type { Clock, Database, Logger } from '@p2c/base'
import { type ClaimedDelivery, claim, giveBack, settle, waitingEndpoints } from './outbox.ts'
import { type Poster, STOPPED } from './post.ts'

export interface Sender {
  /** Deliveries wait for these end points; without a list: look for them. */
  wake(endpoints?: Iterable<string>): void
  /** This program holds the lock of its sender, or has lost it: without it nothing is claimed. */
  hold(isHeld: boolean): void
  /** Ends within a moment, at worst after 5 s: what is under way is given back and sent again by the next program. */
  stop(): Promise<void>
}

export interface SenderOptions {
  readonly database: Database
  readonly clock: Clock
  readonly log: Logger
  readonly post: Poster
  /** Name of the sender: the key of the lock that its connection holds. */
  readonly sender: number
  /** Deliveries to one end point at a time: a slow receiver keeps nobody else waiting. */
  readonly perEndpoint: number
}

/** Before the next look, where a statement failed: a client may have held the same rows. */
const RETRY_MS = 1_000
/** Longer than giving back takes. */
const STOP_MS = 5_000

/**
 * Sends what waits in the outbox: claims, posts, settles. Several programs on one database share the work.
 * One closure, longer than others: what is claimed, in flight and under way changes together.
 */
export function createSender(options: SenderOptions): Sender {
  const stopping = new AbortController()
  const inFlight = new Map<string, Set<string>>()
  const pumping = new Map<string, { again: boolean }>()
  const work = new Set<Promise<void>>()
  let isHeld = false

  const track = (promise: Promise<void>): void => {
    const tracked = promise
      .catch((error: unknown) => {
        options.log.warn({ err: error }, 'webhook deliveries are put off: the database refused a statement')
        setTimeout(() => wake(), RETRY_MS).unref()
      })
      .finally(() => work.delete(tracked))
    work.add(tracked)
  }
  const pump = (endpoint: string): void => {
    const running = pumping.get(endpoint)
    if (running !== undefined) {
      running.again = true
      return
    }
    if (!isHeld || stopping.signal.aborted) return
    const state = { again: true }
    pumping.set(endpoint, state)
    track(
      claimAll(endpoint, state).catch((error: unknown) => {
        pumping.delete(endpoint)
        throw error
      }),
    )
  }
  const claimAll = async (endpoint: string, state: { again: boolean }): Promise<void> => {
    const busy = inFlight.get(endpoint) ?? new Set<string>()
    inFlight.set(endpoint, busy)
    while (state.again && isHeld && !stopping.signal.aborted) {
      state.again = false
      const limit = options.perEndpoint - busy.size
      if (limit <= 0) break
      const { database, sender, clock } = options
      const claimed = await claim(database, { sender, endpoint, inFlight: [...busy], limit, now: clock.now() })
      for (const item of claimed) {
        busy.add(item.operationId)
        // Each that ends makes room for the next.
        const ended = deliver(options, item, stopping.signal).finally(() => busy.delete(item.operationId))
        track(ended.then(() => pump(endpoint)))
      }
    }
    // In the same breath as the last look at `again`: who comes later starts anew.
    pumping.delete(endpoint)
  }
  const look = async (): Promise<void> => {
    for (const endpoint of await waitingEndpoints(options.database)) pump(endpoint)
  }
  const wake = (endpoints?: Iterable<string>): void => {
    if (!isHeld || stopping.signal.aborted) return
    if (endpoints === undefined) track(look())
    else for (const endpoint of endpoints) pump(endpoint)
  }
  return {
    wake,
    hold: (now) => {
      isHeld = now
      wake()
    },
    stop: async () => {
      stopping.abort()
      const finished = async (): Promise<void> => {
        while (work.size > 0) await Promise.all(work)
      }
      // A database that does not answer keeps nobody from stopping: the connection that ends frees the claims as well.
      await Promise.race([finished(), pause(STOP_MS, undefined, { ref: false })])
    },
  }
}

/** A failure to reach the database leaves the delivery claimed and in nobody's flight: the next look takes it up again. */
async function deliver({ database, clock, post, log }: SenderOptions, item: ClaimedDelivery, signal: AbortSignal): Promise<void> {
  const { operationId, delivery } = item
  const outcome = delivery === undefined ? ({ ok: false, reason: 'The service endpoint is gone.' } as const) : await post(delivery, signal)
  if (!outcome.ok && outcome.reason === STOPPED) return giveBack(database, [operationId])
  if (!outcome.ok) log.info({ asyncOperation: operationId, reason: outcome.reason }, 'a webhook delivery failed')
  await settle(database, { operationId, now: clock.now(), ...(!outcome.ok && { failure: outcome.reason }) })
}
