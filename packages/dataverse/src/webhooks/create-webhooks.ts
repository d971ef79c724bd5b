import { randomInt } from 'node:crypto'
import type { Clock, Database, Logger } from '@p2c/base'
import type { CustomLogic } from '../pipeline/write-context.ts'
import { createListener, REGISTRATIONS_CHANNEL } from './listener.ts'
import { createMessageSteps } from './message-steps.ts'
import { createPoster } from './post.ts'
import { REGISTRATION_TABLES } from './registration.ts'
import { createSender } from './sender.ts'
import { createStepCache } from './step-cache.ts'

/** How webhooks are sent. */
export interface WebhookSettings {
  /** Source: wire specification 19: 60 s. */
  readonly timeoutMs: number
  /** Wait before the one repeat of a 502, 503 or 504. */
  readonly retryPauseMs: number
  /** Deliveries to one end point at a time. */
  readonly perEndpoint: number
  /** Between two looks for what other programs have left behind. */
  readonly lookMs: number
}

export const DEFAULT_WEBHOOK_SETTINGS: WebhookSettings = { timeoutMs: 60_000, retryPauseMs: 1_000, perEndpoint: 4, lookMs: 30_000 }

export interface WebhookDeps {
  readonly database: Database
  readonly clock: Clock
  readonly log: Logger
  readonly fetch: typeof fetch
  readonly settings: WebhookSettings
}

export interface Webhooks {
  /** Until `start` each transaction reads the steps for itself, and nothing is sent. */
  readonly customLogic: CustomLogic
  start(): Promise<void>
  /** Ends synchronous steps that are under way: their requests fail. */
  interrupt(): void
  stop(): Promise<void>
}

const LARGEST_SENDER = 2 ** 31 - 1

/**
 * Webhooks of one program: steps around writes, and the sender of what they put down. Longer than other functions: here the parts are joined.
 * Source: wire specification 19.
 */
export function createWebhooks(deps: WebhookDeps): Webhooks {
  const { database, clock, log, settings } = deps
  const post = createPoster({ fetch: deps.fetch, timeoutMs: settings.timeoutMs, retryPauseMs: settings.retryPauseMs })
  const cache = createStepCache()
  const identifier = randomInt(1, LARGEST_SENDER)
  const sender = createSender({ database, clock, log, post, sender: identifier, perEndpoint: settings.perEndpoint })
  const interrupted = new AbortController()
  const listener = createListener({
    database,
    log,
    sender: identifier,
    onRegistrationsChanged: cache.invalidate,
    onHeld: (isHeld) => {
      cache.listen(isHeld)
      sender.hold(isHeld)
    },
  })
  let looking: NodeJS.Timeout | undefined

  const customLogic: CustomLogic = {
    stepsOf: (context, table, message) => {
      if (!context.runPlugins) return undefined
      const { sync, async, stepIds } = context.invocation.bypass
      const toRun = (index: Awaited<ReturnType<typeof cache.current>>) => {
        const steps = index.find(table.logicalName, message)?.filter((step) => !(step.isAsync ? async : sync) && !stepIds.has(step.id))
        if (steps === undefined || steps.length === 0) return undefined
        return createMessageSteps({ context, table, message, steps, post, signal: interrupted.signal })
      }
      const known = cache.current(context)
      if (known instanceof Promise) return known.then(toRun)
      // A known absence of steps costs a look into a map.
      return known.find(table.logicalName, message) === undefined ? undefined : Promise.resolve(toRun(known))
    },
    wrote: (context, table) => {
      if (!REGISTRATION_TABLES.includes(table.logicalName)) return undefined
      context.ledger.registrationsChanged = true
      return context.sql.query('select pg_notify($1, $2)', [REGISTRATIONS_CHANNEL, ''])
    },
    committed: (ledger) => {
      if (ledger.registrationsChanged) cache.invalidate()
      if (ledger.endpoints.size > 0) sender.wake(ledger.endpoints)
    },
  }
  return {
    customLogic,
    start: async () => {
      looking = setInterval(() => sender.wake(), settings.lookMs).unref()
      await listener.start()
    },
    interrupt: () => interrupted.abort(),
    stop: async () => {
      clearInterval(looking)
      await sender.stop()
      await listener.stop()
    },
  }
}
