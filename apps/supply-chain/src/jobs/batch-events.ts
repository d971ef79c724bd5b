import { decimal } from '@p2c/base'
import type { BusinessEvent } from '../events/business-events.ts'

/** The job that an event tells of. */
export interface BatchJobFacts {
  readonly recId: string
  readonly description: string
  readonly company: string
}

/** Progress of a job as a business event: `BatchJobFinishedBusinessEvent`. Source: protocol specification, 22. */
export const batchJobEvent = (what: 'Started' | 'Finished' | 'Failed' | 'Canceled', job: BatchJobFacts, now: Date): BusinessEvent => ({
  eventId: `BatchJob${what}BusinessEvent`,
  dataAreaId: job.company,
  // Jobs run for the application, not for a person.
  userId: '',
  now,
  fields: { BatchJobId: decimal(job.recId), BatchJobDescription: job.description, BatchJobStatus: STATUSES[what] },
})

const STATUSES = { Started: 'Executing', Finished: 'Finished', Failed: 'Error', Canceled: 'Canceled' } as const
