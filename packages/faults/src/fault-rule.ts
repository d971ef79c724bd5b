import { z } from 'zod'

/** What can be made to go wrong. */
export const FAULT_KINDS = [
  'throttle',
  'server-error',
  'latency',
  'drop-before',
  'drop-after',
  'truncate',
  'expired-token',
  'expired-delta-token',
  'clock-skew',
] as const
export type FaultKind = (typeof FAULT_KINDS)[number]

/** Priorities of clients, the first throttled last. Source: F&O specification 21, FO-113. */
export const PRIORITIES = ['high', 'medium', 'low'] as const
export type Priority = (typeof PRIORITIES)[number]

const LONGEST_TEXT = 1_000
/** A pause may not outlast what a stopping program waits for its requests. */
const LONGEST_LATENCY_MS = 60_000
const LONGEST_RETRY_SECONDS = 86_400
const LONGEST_SKEW_SECONDS = 366 * 86_400
const MOST_RULES = 100
const MOST_CLIENTS = 1_000

const expression = z
  .string()
  .max(LONGEST_TEXT)
  .refine((text) => isExpression(text), 'is no regular expression')

function isExpression(text: string): boolean {
  try {
    return new RegExp(text).source !== ''
  } catch {
    return false // said by the caller, at its place
  }
}

const match = z.strictObject({
  /** Any letter case. */
  method: z.string().min(1).max(20).toUpperCase().optional(),
  /** A regular expression that path and query hold somewhere, as they were sent. */
  path: expression.optional(),
  /** Requests of this client alone. */
  client: z.string().min(1).max(LONGEST_TEXT).optional(),
  /** Requests of clients with this priority or a lower one; a client without one is low. */
  priority: z.enum(PRIORITIES).optional(),
})

const rate = z.number().min(0).max(1)
const times = z.int().min(1).optional()
const common = { rate, times, match: match.optional() }

const latency = z
  .strictObject({
    kind: z.literal('latency'),
    ...common,
    minMs: z.number().min(0).max(LONGEST_LATENCY_MS).default(100),
    maxMs: z.number().min(0).max(LONGEST_LATENCY_MS).default(1_000),
  })
  .refine((rule) => rule.minMs <= rule.maxMs, { path: ['maxMs'], message: 'must not be less than minMs' })

const ruleSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('throttle'),
    ...common,
    retryAfterSeconds: z.int().min(0).max(LONGEST_RETRY_SECONDS).default(5),
    /** Refuses single operations and change sets of a batch, in place of whole requests (FO-073). */
    batchParts: z.boolean().default(false),
  }),
  z.strictObject({
    kind: z.literal('server-error'),
    ...common,
    status: z.union([z.literal(500), z.literal(502), z.literal(503), z.literal(504)], 'must be 500, 502, 503 or 504').default(503),
  }),
  latency,
  z.strictObject({ kind: z.literal('drop-before'), ...common }),
  z.strictObject({ kind: z.literal('drop-after'), ...common }),
  z.strictObject({ kind: z.literal('truncate'), ...common }),
  z.strictObject({ kind: z.literal('expired-token'), ...common }),
  z.strictObject({ kind: z.literal('expired-delta-token'), ...common }),
  // One clock serves all requests: neither a match nor a number of times would mean anything.
  z.strictObject({
    kind: z.literal('clock-skew'),
    rate,
    skewSeconds: z.number().min(-LONGEST_SKEW_SECONDS).max(LONGEST_SKEW_SECONDS),
  }),
])

/** Body of `PUT /local/faults`. A missing seed is chosen by the caller. */
export const faultSettingsSchema = z.strictObject({
  seed: z.int().optional(),
  rules: z.array(ruleSchema).max(MOST_RULES),
  /** Priority of clients by their ids; one that is not listed is low. */
  priorities: z
    .record(z.string().min(1).max(LONGEST_TEXT), z.enum(PRIORITIES))
    .refine((clients) => Object.keys(clients).length <= MOST_CLIENTS, `holds more than ${MOST_CLIENTS} clients`)
    .optional(),
})
export type FaultSettings = z.output<typeof faultSettingsSchema>
/** One rule: which fault, how often, for which requests. */
export type FaultRule = z.output<typeof ruleSchema>
/** A rule that decides for each request by itself: every kind but the shifted clock. */
export type RequestRule = Exclude<FaultRule, { kind: 'clock-skew' }>
