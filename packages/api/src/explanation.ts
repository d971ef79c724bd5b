import { z } from 'zod'
import { recordError } from './record-error.ts'

/**
 * What became of a record under one task: `absent` (the source has no such row), `no-key` (its key is empty), `filtered`, `waiting` for a parent,
 * `failed`, `pending` (the next execution takes it), `sent`, or `changed` (sent, and one side was changed since).
 */
export const EXPLAINED_OUTCOMES = ['absent', 'no-key', 'filtered', 'waiting', 'failed', 'pending', 'sent', 'changed'] as const

export const EXPLAINED_SIDES = ['sales', 'supply-chain', 'common-data-service', 'integrator'] as const
export type ExplainedSide = (typeof EXPLAINED_SIDES)[number]

const sideRow = z.object({
  side: z.enum(EXPLAINED_SIDES),
  entity: z.string(),
  key: z.string(),
  url: z.string().describe('a read that gives the row'),
  found: z.boolean(),
  changedAt: z.string().optional().describe('where the side tells when the row was changed last'),
})

const reason = z.object({
  code: z.string(),
  text: z.string(),
  clause: z.string().optional().describe('the clause of the filter that does not hold'),
  field: z.string().optional(),
  value: z.string().optional().describe('what the row has in that field'),
})
export type ExplainedReason = z.infer<typeof reason>

const sent = z.object({
  at: z.string(),
  executionId: z.string(),
  sourceVersion: z.string().optional(),
  destinationKey: z.string(),
})

const payload = z
  .object({ origin: z.enum(['mapped-now', 'kept-with-error']), values: z.record(z.string(), z.string()) })
  .describe(
    'only rows that failed keep their payload; of all others a hash is kept, so it is mapped again from the source row as it is now',
  )

const field = z.object({
  field: z.string(),
  expected: z.string().optional().describe('what the mapping makes of the source row; absent where the field is not written'),
  found: z.string().describe('what the destination has'),
  isDifferent: z.boolean(),
})

export const explainedRow = z.object({
  project: z.string(),
  task: z.string(),
  leg: z.string(),
  legalEntity: z.string(),
  source: sideRow,
  destination: sideRow,
  outcome: z.enum(EXPLAINED_OUTCOMES),
  reasons: z.array(reason),
  errors: z.array(recordError).describe('open, waiting and closed ones'),
  sent: sent.optional(),
  payload: payload.optional(),
  fields: z.array(field).describe('both sides side by side; empty where the source has no such row'),
})
export type ExplainedRow = z.infer<typeof explainedRow>

export const timelineEvent = z.object({
  at: z.string().describe('ISO 8601 UTC; a date where the side keeps no time'),
  side: z.enum(EXPLAINED_SIDES),
  event: z.string().describe('kebab-case: order-created, confirmed, packed ...'),
  document: z.string(),
  isLatest: z.boolean().optional().describe('the side keeps no time of it: it happened then at the latest'),
  amount: z.string().optional(),
  currency: z.string().optional(),
  status: z.string().optional(),
  project: z.string().optional(),
  executionId: z.string().optional(),
  text: z.string().optional(),
})
export type TimelineEvent = z.infer<typeof timelineEvent>

export const explanation = z
  .object({
    entity: z.string(),
    key: z.string(),
    line: z.int().optional(),
    rows: z.array(explainedRow),
    timeline: z.array(timelineEvent).describe('in the order of time'),
  })
  .meta({ id: 'Explanation', description: 'What happened to one record, from live rows of both sides and what the integrator knows' })
export type Explanation = z.infer<typeof explanation>

export const explanationQuery = z.object({
  entity: z.string().min(1).max(200).describe('account, contact, product, quote, order, invoice, or an entity set of either side'),
  key: z.string().trim().min(1).max(500).describe('business key; of a row of Sales its id, too'),
  line: z.coerce.number().int().min(0).optional().describe('only this line of the document'),
  connectionSet: z.string().optional().describe('only projects of this connection set'),
})
