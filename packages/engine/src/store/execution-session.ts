import { AppError, type SqlRunner } from '@p2c/base'
import type { OrganisationPair } from '../model/connector.ts'
import type { Project } from '../model/documents.ts'
import {
  COUNTER_NAMES,
  type Counters,
  type ExecutionStatus,
  LIVE_STATUSES,
  type TaskExecutionStatus,
  type Trigger,
} from '../model/execution.ts'
import { legsInOrder } from '../model/leg.ts'
import { listExecutions } from './execution-queries.ts'
import type {
  ExecutionSession,
  ExecutionState,
  NewExecution,
  Partition,
  PartitionPhase,
  PartitionReads,
  SavedProgress,
  TaskState,
} from './store.ts'
import type { StoreDeps } from './store-deps.ts'

export function createExecutionSession(sql: SqlRunner, deps: StoreDeps): ExecutionSession {
  return {
    insertExecution: (execution) => insertExecution(sql, deps, execution),
    listExecutions: (filter) => listExecutions(sql, filter),
    findState: (id, lock) => findState(sql, id, lock),
    findStatus: async (id) =>
      (await sql.query<{ status: ExecutionStatus }>('select status from execution where id = $1', [id])).rows[0]?.status,
    hasPredecessor: async (id, among) => {
      const { rows } = await sql.query(
        `select 1 from execution x join execution b on b.project_id = x.project_id and b.id <> x.id where x.id = $1 and b.id = any($2) limit 1`,
        [id, among],
      )
      return rows.length > 0
    },
    listLiveIds: async () =>
      (await sql.query<{ id: string }>('select id from execution where status = any($1) order by created_at', [LIVE_STATUSES])).rows.map(
        (row) => row.id,
      ),
    setStatus: async (id, status, error) => {
      await sql.query(
        `update execution set status = $2, error = coalesce($3, error),
           started_at = case when $2 = 'validating' then coalesce(started_at, $4) else started_at end,
           finished_at = case when $2 in ('completed', 'warning', 'error', 'cancelled') then $4 else finished_at end
         where id = $1`,
        [id, status, error === undefined ? null : JSON.stringify(error), deps.clock.now()],
      )
    },
    ...taskOperations(sql, deps),
    setTaskStatus: (id, status) => setTaskStatus(sql, deps, { id, status }),
    createPartitions: (taskExecutionId, organisations, reads) => createPartitions(sql, deps, { taskExecutionId, organisations, reads }),
    listPartitions: (id) => listPartitions(sql, id),
    findPartition: (id) => findPartition(sql, id),
    savePartition: (partition, page) => savePartition(sql, deps, { partition, ...page }),
    saveExpectedRows: async (id, rows) => {
      await sql.query(`update partition set expected_rows = $2 where id = $1 and phase <> 'done'`, [id, rows])
    },
    ...heldSteps(sql, deps),
  }
}

const taskOperations = (sql: SqlRunner, deps: StoreDeps): Pick<ExecutionSession, 'endOpenTasks' | 'saveSourcePosition'> => ({
  endOpenTasks: async (id, { current, rest }) => {
    await sql.query(
      `update task_execution set status = case when status = 'queued' then $3 else $2 end, finished_at = $4
         where execution_id = $1 and status in ('queued', 'validating', 'running', 'paused', 'settling')`,
      [id, current, rest, deps.clock.now()],
    )
  },
  saveSourcePosition: async (partition, position) => {
    await sql.query(
      `update task_organisation o set source_position = $2, position_at = $3 from partition p
       where o.id = p.task_organisation_id and p.id = $1 and p.generation = o.generation`,
      [partition.id, position, deps.clock.now()],
    )
  },
})

const heldSteps = (sql: SqlRunner, deps: StoreDeps): Pick<ExecutionSession, 'holdStep' | 'releaseStep' | 'listHeldSteps'> => ({
  holdStep: async ({ jobId, attempt, host, pid, startedAt }) => {
    await sql.query(
      `insert into held_step (job_id, attempt, host, pid, process_started_at, taken_at) values ($1, $2, $3, $4, $5, $6)
       on conflict (job_id) do update set attempt = excluded.attempt, host = excluded.host, pid = excluded.pid,
         process_started_at = excluded.process_started_at, taken_at = excluded.taken_at where held_step.attempt <= excluded.attempt`,
      [jobId, attempt, host, pid, startedAt, deps.clock.now()],
    )
  },
  releaseStep: async (jobId) => {
    await sql.query('delete from held_step where job_id = $1', [jobId])
  },
  listHeldSteps: async (host) => {
    const { rows } = await sql.query<{ job_id: string; attempt: number; pid: number; process_started_at: string }>(
      'select job_id, attempt, pid, process_started_at from held_step where host = $1',
      [host],
    )
    return rows.map((row) => ({ jobId: row.job_id, attempt: row.attempt, pid: row.pid, startedAt: row.process_started_at }))
  },
})

export async function insertExecution(sql: SqlRunner, deps: StoreDeps, execution: NewExecution): Promise<void> {
  const now = deps.clock.now()
  const { rowCount } = await sql.query(
    `insert into execution (id, project_id, trigger, all_data, rewrite, status, document, created_at, release_only) values ($1, $2, $3, $4, $5, 'queued', $6, $7, $8)
     on conflict (project_id) where status in ('queued', 'validating', 'running', 'paused', 'settling') do nothing`,
    [
      execution.id,
      execution.projectId,
      execution.trigger,
      execution.allData,
      execution.rewrite,
      JSON.stringify(execution.project),
      now,
      execution.releaseOnly ?? false,
    ],
  )
  if (rowCount === 0) {
    throw new AppError({
      category: 'conflict',
      code: 'execution-running',
      message: `Project '${execution.project.name}' is being executed already: wait until that execution ends, or cancel it.`,
    })
  }
  await saveTasks(sql, execution.projectId, execution.project)
  const legs = legsInOrder(execution.project)
  await sql.query(
    `insert into task_execution (id, execution_id, task_id, name, leg, position, status)
     select u.id, $1, t.id, u.name, u.leg, u.position, 'queued' from unnest($3::uuid[], $4::text[], $5::text[]) with ordinality as u (id, name, leg, position)
     join task t on t.project_id = $2 and t.name = u.name and t.leg = u.leg`,
    [
      execution.id,
      execution.projectId,
      legs.map(() => deps.ids.timeGuid(now)),
      legs.map(({ task }) => task.name),
      legs.map(({ leg }) => leg),
    ],
  )
}

/** What owns the links, errors and positions of each leg; those that are there already stay as they are. */
export async function saveTasks(sql: SqlRunner, projectId: string | undefined, project: Project): Promise<void> {
  const legs = legsInOrder(project)
  await sql.query(
    'insert into task (project_id, name, leg) select $1, u.name, u.leg from unnest($2::text[], $3::text[]) as u (name, leg) on conflict do nothing',
    [projectId, legs.map(({ task }) => task.name), legs.map(({ leg }) => leg)],
  )
}

interface StateRow {
  readonly id: string
  readonly status: ExecutionStatus
  readonly trigger: Trigger
  readonly all_data: boolean
  readonly rewrite: boolean
  readonly release_only: boolean
  readonly document: Project
}

async function findState(sql: SqlRunner, id: string, lock?: 'lock'): Promise<ExecutionState | undefined> {
  const { rows } = await sql.query<StateRow & Record<string, unknown>>(
    `select id, status, trigger, all_data, rewrite, release_only, document from execution where id = $1 ${lock === undefined ? '' : 'for update'}`,
    [id],
  )
  const [row] = rows
  if (row === undefined) return undefined
  const { rows: tasks } = await sql.query<TaskState & Record<string, unknown>>(
    'select id, name, leg, position as order, status from task_execution where execution_id = $1 order by position',
    [id],
  )
  const { trigger, rewrite, document: project } = row
  return { id: row.id, status: row.status, trigger, allData: row.all_data, rewrite, releaseOnly: row.release_only, project, tasks }
}

async function setTaskStatus(sql: SqlRunner, deps: StoreDeps, { id, status }: { id: string; status: TaskExecutionStatus }): Promise<void> {
  await sql.query(
    `update task_execution set status = $2,
       started_at = case when $2 = 'running' then coalesce(started_at, $3) else started_at end,
       finished_at = case when $2 in ('completed', 'warning', 'error', 'cancelled', 'skipped') then $3 else finished_at end
     where id = $1`,
    [id, status, deps.clock.now()],
  )
}

interface NewPartitions {
  readonly taskExecutionId: string
  readonly organisations: readonly OrganisationPair[]
  readonly reads: PartitionReads
}

async function createPartitions(
  sql: SqlRunner,
  deps: StoreDeps,
  { taskExecutionId, organisations, reads }: NewPartitions,
): Promise<readonly string[]> {
  const now = deps.clock.now()
  const units = organisations.map((row) => row.businessUnit)
  const entities = organisations.map((row) => row.legalEntity)
  await sql.query(
    `insert into task_organisation (task_id, business_unit, legal_entity)
     select e.task_id, u.unit, u.entity from task_execution e, unnest($2::text[], $3::text[]) as u (unit, entity) where e.id = $1 on conflict do nothing`,
    [taskExecutionId, units, entities],
  )
  await sql.query(
    `with made as (
       insert into partition (id, task_execution_id, task_organisation_id, generation, phase, full_read, read_from, updated_at)
       select u.id, e.id, o.id, o.generation,
         case when $5 = 'released' then 'release' when $5 = 'all' or o.source_position is null then 'read' else 'retry' end,
         $5 = 'all' or $5 = 'changed' and o.source_position is null, case when $5 = 'all' then null else o.source_position end, $6
       from task_execution e, unnest($2::uuid[], $3::text[], $4::text[]) as u (id, unit, entity), task_organisation o
       where e.id = $1 and o.task_id = e.task_id and o.business_unit = u.unit and o.legal_entity = u.entity
       on conflict do nothing returning task_organisation_id
     )
     update task_organisation set execution_count = execution_count + 1 where $5 <> 'released' and id in (select task_organisation_id from made)`,
    [taskExecutionId, organisations.map(() => deps.ids.timeGuid(now)), units, entities, reads, now],
  )
  return (await listPartitions(sql, taskExecutionId)).map((partition) => partition.id)
}

const COUNTER_COLUMNS = COUNTER_NAMES.map((name) => `${name}_count`)

async function listPartitions(
  sql: SqlRunner,
  taskExecutionId: string,
): Promise<readonly { readonly id: string; readonly phase: PartitionPhase; readonly counters: Counters }[]> {
  const { rows } = await sql.query<{ id: string; phase: PartitionPhase } & Record<string, unknown>>(
    `select id, phase, ${COUNTER_COLUMNS.join(', ')} from partition where task_execution_id = $1 order by id`,
    [taskExecutionId],
  )
  return rows.map((row) => ({
    id: row.id,
    phase: row.phase,
    counters: Object.fromEntries(COUNTER_NAMES.map((name) => [name, Number(row[`${name}_count`])])) as Counters,
  }))
}

interface PartitionRow {
  readonly id: string
  readonly execution_id: string
  readonly task_execution_id: string
  readonly task_name: string
  readonly leg: string
  readonly scope_id: string
  readonly business_unit: string
  readonly legal_entity: string
  readonly phase: PartitionPhase
  readonly full_read: boolean
  readonly read_from: string | null
  readonly page_link: string | null
  readonly retry_after: string | null
  readonly page_number: number
  readonly read_count: string
  readonly expected_rows: string | null
  readonly range_number: number
  readonly is_split: boolean
}

async function findPartition(sql: SqlRunner, id: string): Promise<Partition | undefined> {
  const { rows } = await sql.query<PartitionRow & Record<string, unknown>>(
    `select p.id, e.execution_id, p.task_execution_id, e.name as task_name, e.leg, o.id as scope_id, o.business_unit, o.legal_entity,
       p.phase, p.full_read, p.read_from, p.page_link, p.retry_after, p.page_number, p.read_count, p.expected_rows, p.range_number, p.is_split
     from partition p join task_execution e on e.id = p.task_execution_id join task_organisation o on o.id = p.task_organisation_id where p.id = $1`,
    [id],
  )
  const [row] = rows
  return row && toPartition(row)
}

const toPartition = (row: PartitionRow): Partition => ({
  id: row.id,
  executionId: row.execution_id,
  taskExecutionId: row.task_execution_id,
  taskName: row.task_name,
  leg: row.leg,
  scopeId: row.scope_id,
  organisation: { businessUnit: row.business_unit, legalEntity: row.legal_entity },
  phase: row.phase,
  fullRead: row.full_read,
  ...(row.read_from !== null && { readFrom: row.read_from }),
  ...(row.page_link !== null && { pageLink: row.page_link }),
  ...(row.retry_after !== null && { retryAfter: row.retry_after }),
  pageNumber: row.page_number,
  readRows: Number(row.read_count),
  ...(row.expected_rows !== null && { expectedRows: Number(row.expected_rows) }),
  isRange: row.range_number > 0,
  rangeNumber: row.range_number,
  isSplit: row.is_split,
})

type SavedPage = SavedProgress & { readonly partition: Partition }

/** Whether anything waits is asked by the statement that is there anyway: a page that nobody waits for must cost nothing more. */
async function savePartition(
  sql: SqlRunner,
  deps: StoreDeps,
  { partition, progress, counters, landing }: SavedPage,
): Promise<{ readonly isSaved: boolean; readonly isAwaited: boolean }> {
  const sums = COUNTER_COLUMNS.map((column, index) => `${column} = ${column} + $${index + 11}`).join(', ')
  const { rows } = await sql.query<{ awaited: boolean }>(
    `update partition set phase = $3, full_read = $4, read_from = $5, page_link = $6, retry_after = $7, updated_at = $8,
       page_number = page_number + 1, ${sums},
       expected_rows = case when $3 = 'done' then read_count + $${COUNTER_NAMES.indexOf('read') + 11} else expected_rows end where id = $1 and page_number = $2
     returning exists (select from waiting_parent where connection_set = lower($9) and entity = $10) as awaited`,
    [
      partition.id,
      partition.pageNumber,
      progress.phase,
      progress.fullRead,
      progress.readFrom ?? null,
      progress.pageLink ?? null,
      progress.retryAfter ?? null,
      deps.clock.now(),
      landing?.connectionSetName ?? null,
      landing?.entity ?? null,
      ...COUNTER_NAMES.map((name) => counters[name]),
    ],
  )
  return { isSaved: rows.length === 1, isAwaited: rows[0]?.awaited === true }
}
