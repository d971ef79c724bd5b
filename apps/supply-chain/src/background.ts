import type { Clock, Database, Ids, Logger } from '@p2c/base'
import { DELIVERIES_CHANNEL } from './events/business-events.ts'
import { createDeliveryWorker, DEFAULT_DELIVERY_SETTINGS } from './events/delivery-worker.ts'
import { CHANGES_CHANNEL } from './events/event-effects.ts'
import { BATCH_JOBS_CHANNEL } from './jobs/batch-effects.ts'
import { createBatchRunner } from './jobs/batch-runner.ts'
import { createLeader } from './store/leader.ts'

/** Parts of what runs in the background. */
export interface BackgroundDeps {
  readonly database: Database
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Logger
  readonly fetch: typeof fetch
}

/** What the application does without being asked: it delivers events and runs batch jobs, in one of its processes. */
export interface Background {
  start(): Promise<void>
  /** Resolves when nothing runs any more. Call it before the database is closed. */
  stop(): Promise<void>
}

/** Both follow one leader: where this process leads, it does both. */
export function createBackground(deps: BackgroundDeps): Background {
  const deliveries = createDeliveryWorker({ ...deps, settings: DEFAULT_DELIVERY_SETTINGS })
  const jobs = createBatchRunner(deps)
  const leader = createLeader({
    ...deps,
    channels: [DELIVERIES_CHANNEL, CHANGES_CHANNEL, BATCH_JOBS_CHANNEL],
    onLead(isLeading) {
      deliveries.lead(isLeading)
      jobs.lead(isLeading)
    },
    onNotification: (channel) => (channel === BATCH_JOBS_CHANNEL ? jobs.wake() : deliveries.wake()),
  })
  return {
    start: leader.start,
    async stop() {
      await Promise.all([deliveries.stop(), jobs.stop()])
      await leader.stop()
    },
  }
}
