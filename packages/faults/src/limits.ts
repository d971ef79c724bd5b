import { z } from 'zod'

/** What service protection counts for each user. Sources: Dataverse specification 17, F&O specification 21. */
export const LIMIT_REASONS = ['requests', 'execution-time', 'concurrency'] as const
export type LimitReason = (typeof LIMIT_REASONS)[number]

/** Body of `PUT /local/limits`. */
export const limitsSchema = z.strictObject({
  /** Requests of one client within the window. */
  requests: z.int().min(1).max(1_000_000).default(6_000),
  windowSeconds: z.number().min(0.001).max(86_400).default(300),
  /** Combined execution time of one client within the window. */
  executionSeconds: z.number().min(0.001).max(86_400).default(1_200),
  /** Requests of one client at the same time. */
  concurrent: z.int().min(1).max(100_000).default(52),
  /** Replies say what is left; absent: as the API does. */
  headers: z.boolean().optional(),
  /** A batch counts as many requests as it has operations, in place of one (DV-115). */
  countBatchParts: z.boolean().default(false),
})
export type LimitSettings = z.output<typeof limitsSchema>
/** Limits in force: every member is known. */
export type Limits = Omit<LimitSettings, 'headers'> & { readonly headers: boolean }

/** The limits of the public service. */
export const DEFAULT_LIMITS: Limits = { ...limitsSchema.parse({}), headers: true }

/** Text of a 429, the same in both APIs. Source: Dataverse specification 17. */
export function limitMessage(reason: LimitReason, limits: Limits): string {
  const { requests, windowSeconds, executionSeconds, concurrent } = limits
  if (reason === 'requests') return `Number of requests exceeded the limit of ${requests} over time window of ${windowSeconds} seconds.`
  if (reason === 'concurrency') return `Number of concurrent requests exceeded the limit of ${concurrent}.`
  const milliseconds = Math.round(executionSeconds * 1_000).toLocaleString('en-US')
  // The two blanks are those of the service.
  return `Combined execution time of incoming requests exceeded limit of ${milliseconds}  milliseconds over time window of ${windowSeconds} seconds. Decrease number of concurrent requests or reduce the duration of requests and try again later.`
}
