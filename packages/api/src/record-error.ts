import { z } from 'zod'

/** `waiting` for a parent that can still arrive; the last three are closed. */
export const RECORD_ERROR_STATES = ['open', 'waiting', 'resolved', 'obsolete', 'dismissed'] as const

const missingRow = z.object({
  entity: z.string(),
  key: z.string().describe('in lower case; empty where the destination does not tell it'),
  field: z.string().optional(),
})

const nextAttempt = z.object({
  executions: z.int().describe('executions of the task from now on; 1: the next one'),
  at: z.string().describe('the first execution from then on'),
})

export const recordError = z
  .object({
    id: z.string(),
    projectName: z.string(),
    taskName: z.string(),
    leg: z.string().describe('which leg of the task'),
    legalEntity: z.string(),
    businessUnit: z.string(),
    sourceKey: z.string(),
    state: z.enum(RECORD_ERROR_STATES),
    category: z.string(),
    code: z.string(),
    message: z.string(),
    attempts: z.int(),
    firstSeenAt: z.string(),
    lastSeenAt: z.string(),
    executionId: z.string().describe('the execution that tried it last'),
    fingerprint: z.string().optional().describe('the same for errors of one kind at one field; not of waiting rows'),
    isReady: z.boolean().optional().describe('of waiting rows: a parent has landed'),
    parents: z.array(missingRow).optional().describe('of waiting rows: for what they wait'),
    deferredFields: z.array(z.string()).optional().describe('of waiting rows: fields still to be written to a row that is there'),
    nextAttempt: nextAttempt.optional().describe('when an unchanged row is tried again, whichever comes first'),
  })
  .meta({ id: 'RecordError', description: 'Why one row was not written; open until a later success closes it' })
export type RecordError = z.infer<typeof recordError>

export const recordErrorQuery = z.object({
  project: z.string().optional(),
  task: z.string().optional(),
  code: z.string().optional(),
  key: z.string().optional(),
  execution: z.string().optional().describe('id of the execution that tried the row last'),
  fingerprint: z.string().optional().describe('record errors only'),
  state: z.enum(RECORD_ERROR_STATES).optional().describe('default: open and waiting'),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
})
