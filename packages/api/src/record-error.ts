import { z } from 'zod'

/** `waiting` for a parent that can still arrive; the last three are closed. */
export const RECORD_ERROR_STATES = ['open', 'waiting', 'resolved', 'obsolete', 'dismissed'] as const

export const recordError = z
  .object({
    id: z.string(),
    projectName: z.string(),
    taskName: z.string(),
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
  })
  .meta({ id: 'RecordError', description: 'Why one row was not written; open until a later success closes it' })
export type RecordError = z.infer<typeof recordError>

export const recordErrorQuery = z.object({
  project: z.string().optional(),
  task: z.string().optional(),
  code: z.string().optional(),
  key: z.string().optional(),
  state: z.enum(RECORD_ERROR_STATES).optional().describe('default: open and waiting'),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
})
