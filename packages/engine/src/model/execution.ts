import type { ErrorCategory } from '@p2c/base'

/** Of an execution and of a task execution (integration specification 14.1). */
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
export type ExecutionStatus = (typeof EXECUTION_STATUSES)[number]

export const FINAL_STATUSES = ['completed', 'warning', 'error', 'cancelled'] as const satisfies readonly ExecutionStatus[]
export const LIVE_STATUSES = ['queued', 'validating', 'running', 'paused', 'settling'] as const satisfies readonly ExecutionStatus[]

/** A task execution ends `skipped` when a task before it stopped the project. */
export const TASK_STATUSES = [...EXECUTION_STATUSES, 'skipped'] as const
export type TaskExecutionStatus = (typeof TASK_STATUSES)[number]

export const TRIGGERS = ['manual', 'schedule', 'event', 'rerun'] as const
export type Trigger = (typeof TRIGGERS)[number]

export const COUNTER_NAMES = ['read', 'filtered', 'skipped', 'unchanged', 'inserted', 'updated', 'failed', 'waiting', 'deleted'] as const
export type CounterName = (typeof COUNTER_NAMES)[number]

/** Rows of a task or execution. `read` is the sum of `filtered` to `waiting`; `deleted` counts deletions the source told of. */
export type Counters = Readonly<Record<CounterName, number>>

export const NO_COUNTERS: Counters = Object.freeze({
  read: 0,
  filtered: 0,
  skipped: 0,
  unchanged: 0,
  inserted: 0,
  updated: 0,
  failed: 0,
  waiting: 0,
  deleted: 0,
})

export const addCounters = (a: Counters, b: Counters): Counters =>
  Object.fromEntries(COUNTER_NAMES.map((name) => [name, a[name] + b[name]])) as Record<CounterName, number>

/** The invariant of every partition, task and execution: each row that was read came out in exactly one way. */
export const countersAddUp = (c: Counters): boolean =>
  c.read === c.filtered + c.skipped + c.unchanged + c.inserted + c.updated + c.failed + c.waiting

/** Why an execution as a whole failed. */
export interface ExecutionError {
  readonly category: ErrorCategory
  readonly code: string
  readonly message: string
  readonly details?: Readonly<Record<string, unknown>>
}

export interface TaskExecution {
  readonly id: string
  readonly name: string
  /** Which leg of the task: `001`, `002`. */
  readonly leg: string
  readonly order: number
  readonly status: TaskExecutionStatus
  readonly counters: Counters
  /** About how many rows there are to read, tried again ones included; absent until every partition knows. Once the task has ended it is `read`. */
  readonly expectedRows?: number
  readonly startedAt?: string
  readonly finishedAt?: string
}

/** One run of a project. Times are ISO 8601 UTC. */
export interface Execution {
  readonly id: string
  readonly projectName: string
  readonly trigger: Trigger
  readonly allData: boolean
  readonly rewrite: boolean
  readonly status: ExecutionStatus
  readonly createdAt: string
  readonly startedAt?: string
  readonly finishedAt?: string
  readonly error?: ExecutionError
  readonly tasks: readonly TaskExecution[]
}
