import type { SqlRunner } from '@p2c/base'
import {
  COUNTER_NAMES,
  type Counters,
  type Execution,
  type ExecutionError,
  type ExecutionStatus,
  NO_COUNTERS,
  type TaskExecution,
  type TaskExecutionStatus,
  type Trigger,
} from '../model/execution.ts'
import type { ExecutionFilterQuery } from './store.ts'

interface ExecutionRow {
  readonly id: string
  readonly project_name: string
  readonly trigger: Trigger
  readonly all_data: boolean
  readonly rewrite: boolean
  readonly status: ExecutionStatus
  readonly created_at: string
  readonly started_at: string | null
  readonly finished_at: string | null
  readonly error: ExecutionError | null
  readonly tasks: readonly TaskRow[]
}

interface TaskRow {
  readonly id: string
  readonly name: string
  readonly leg: string
  readonly position: number
  readonly status: TaskExecutionStatus
  readonly started_at: string | null
  readonly finished_at: string | null
  /** Null while the task has no partition. */
  readonly counters: Readonly<Record<string, number | null>> | null
}

/** What is expected of a task is known once it is of each of its partitions. */
const SUMS = [
  ...COUNTER_NAMES.map((name) => `'${name}', sum(${name}_count)`),
  "'expected', case when bool_and(expected_rows is not null) then sum(expected_rows) end",
].join(', ')

/** Newest first, each with its tasks and their counters, in one statement. */
export async function listExecutions(sql: SqlRunner, filter: ExecutionFilterQuery): Promise<readonly Execution[]> {
  const { rows } = await sql.query<ExecutionRow & Record<string, unknown>>(
    `select x.id, p.name as project_name, x.trigger, x.all_data, x.rewrite, x.status, x.created_at, x.started_at, x.finished_at, x.error,
       coalesce((select jsonb_agg(to_jsonb(t) || jsonb_build_object('counters',
           (select jsonb_build_object(${SUMS}) from partition n where n.task_execution_id = t.id having count(*) > 0)) order by t.position)
         from task_execution t where t.execution_id = x.id), '[]') as tasks
     from execution x join project p on p.id = x.project_id
     where ($1::uuid is null or x.id = $1) and ($2::text is null or lower(p.name) = lower($2)) and ($3::text[] is null or x.status = any($3))
     order by x.created_at desc, x.id desc limit $4 offset $5`,
    [filter.id ?? null, filter.projectName ?? null, filter.status ?? null, filter.limit, filter.offset],
  )
  return rows.map(toExecution)
}

const toExecution = (row: ExecutionRow): Execution => ({
  id: row.id,
  projectName: row.project_name,
  trigger: row.trigger,
  allData: row.all_data,
  rewrite: row.rewrite,
  status: row.status,
  createdAt: toIsoTime(row.created_at),
  ...(row.started_at !== null && { startedAt: toIsoTime(row.started_at) }),
  ...(row.finished_at !== null && { finishedAt: toIsoTime(row.finished_at) }),
  ...(row.error !== null && { error: row.error }),
  tasks: row.tasks.map(toTaskExecution),
})

const toTaskExecution = (row: TaskRow): TaskExecution => ({
  id: row.id,
  name: row.name,
  leg: row.leg,
  order: row.position,
  status: row.status,
  counters:
    row.counters === null
      ? NO_COUNTERS
      : (Object.fromEntries(COUNTER_NAMES.map((name) => [name, Number(row.counters?.[name] ?? 0)])) as Counters),
  ...(typeof row.counters?.expected === 'number' && { expectedRows: row.counters.expected }),
  ...(row.started_at !== null && { startedAt: toIsoTime(row.started_at) }),
  ...(row.finished_at !== null && { finishedAt: toIsoTime(row.finished_at) }),
})

/** PostgreSQL writes `2024-03-01 08:00:00+00`; everything outside the store is ISO 8601. */
export const toIsoTime = (text: string): string => new Date(text).toISOString()
