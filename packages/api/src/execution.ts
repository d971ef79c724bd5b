import { z } from 'zod'

/** Status of an execution and of a task execution; the last four, and `skipped` for a task, are final. */
export const EXECUTION_STATUSES = [
  'queued',
  'validating',
  'running',
  'paused',
  'settling',
  'completed',
  'warning',
  'error',
  'cancelled',
] as const
export const TASK_STATUSES = [...EXECUTION_STATUSES, 'skipped'] as const
export const FINAL_STATUSES: readonly string[] = ['completed', 'warning', 'error', 'cancelled', 'skipped']

const count = z.int().nonnegative()

/** read = filtered + skipped + unchanged + inserted + updated + failed + waiting. */
export const counters = z.object({
  read: count,
  filtered: count,
  skipped: count,
  unchanged: count,
  inserted: count,
  updated: count,
  failed: count,
  waiting: count,
  deleted: count,
})
export type Counters = z.infer<typeof counters>

export const failure = z.object({ category: z.string(), code: z.string(), message: z.string() })

export const taskExecution = z.object({
  id: z.string(),
  name: z.string(),
  leg: z.string().describe('which leg of the task, 001 or 002: a task with two legs has two of these, one after the other'),
  order: z.number(),
  status: z.enum(TASK_STATUSES),
  counters,
  expectedRows: count.optional().describe('rows that the sources announced; absent until they did'),
  startedAt: z.string().optional(),
  finishedAt: z.string().optional(),
})

export const execution = z
  .object({
    id: z.string(),
    projectName: z.string(),
    trigger: z.string(),
    allData: z.boolean(),
    status: z.enum(EXECUTION_STATUSES),
    createdAt: z.string(),
    startedAt: z.string().optional(),
    finishedAt: z.string().optional(),
    error: failure.optional(),
    tasks: z.array(taskExecution),
  })
  .meta({ id: 'Execution', description: 'One run of a project; times are ISO 8601 UTC' })
export type Execution = z.infer<typeof execution>

export const startExecution = z.object({
  allData: z.boolean().default(false).describe('Ignore the source position and read everything'),
  rewrite: z.boolean().default(false).describe('Write rows even when their content did not change'),
})

const limit = z.coerce.number().int().min(1).max(1000).default(50)

export const executionQuery = z.object({
  project: z.string().optional(),
  status: z.enum(EXECUTION_STATUSES).optional(),
  limit,
})

/** The sum of the counters of all tasks. */
export function totalCounters(tasks: readonly { counters: Counters }[]): Counters {
  const total: Counters = { read: 0, filtered: 0, skipped: 0, unchanged: 0, inserted: 0, updated: 0, failed: 0, waiting: 0, deleted: 0 }
  for (const task of tasks) for (const name of Object.keys(total) as (keyof Counters)[]) total[name] += task.counters[name]
  return total
}
