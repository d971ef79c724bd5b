import { AppError, type SqlRunner } from '@p2c/base'
import { createHeaderSession } from './header-session.ts'
import { closeUnmet } from './record-session.ts'
import type { Partition, RangeSession, WorkerProcess } from './store.ts'
import type { StoreDeps } from './store-deps.ts'

/** Seconds without a sign of life after which a worker no longer counts; it tells of itself every few seconds. */
const WORKER_SILENCE_SECONDS = 20

export const createRangeSession = (sql: SqlRunner, deps: StoreDeps): RangeSession => ({
  addRange: (begin, range) => addRange(sql, deps, { begin, range }),
  listStops: async (range) => {
    const { rows } = await sql.query<{ stop_link: string | null; stop_id: string }>(
      `select stop_link, stop_id from partition where task_execution_id = $1 and task_organisation_id = $2 and range_number >= $3 and stop_id is not null`,
      [range.taskExecutionId, range.scopeId, range.rangeNumber],
    )
    return { links: new Set(rows.flatMap((row) => row.stop_link ?? [])), ids: new Set(rows.map((row) => row.stop_id)) }
  },
  saveFoundPosition: async (partition, position) => {
    await sql.query(
      `update partition set phase = 'done', is_split = true, found_position = $2, page_link = null, expected_rows = read_count, updated_at = $3 where id = $1`,
      [partition.id, position ?? null, deps.clock.now()],
    )
  },
  settleSplitReads: (taskExecutionId, lineTasks) => settleSplitReads(sql, deps, { taskExecutionId, lineTasks }),
  ...workerOperations(sql),
})

interface NewRange {
  readonly begin: Partition
  readonly range: Parameters<RangeSession['addRange']>[1]
}

async function addRange(sql: SqlRunner, deps: StoreDeps, { begin, range }: NewRange): Promise<string> {
  const now = deps.clock.now()
  const moved = await sql.query(
    `update partition set is_split = true, page_link = coalesce($3, page_link), page_number = page_number + 1,
       expected_rows = greatest(expected_rows - $4, 0), updated_at = $5 where id = $1 and page_number = $2`,
    [begin.id, begin.pageNumber, range.stopLink ?? null, range.rows, now],
  )
  if (moved.rowCount !== 1) throw overtaken(begin)
  const id = deps.ids.timeGuid(now)
  await sql.query(
    `insert into partition (id, task_execution_id, task_organisation_id, generation, phase, full_read, read_from, page_link, range_number, stop_link, stop_id,
       expected_rows, updated_at)
     select $2, task_execution_id, task_organisation_id, generation, 'read', true, read_from, $3, $4, $5, $6, $7, $8 from partition where id = $1`,
    [begin.id, id, begin.pageLink ?? null, begin.pageNumber + 1, range.stopLink ?? null, range.stop ?? null, range.rows, now],
  )
  return id
}

const overtaken = (partition: Partition): AppError =>
  new AppError({
    category: 'conflict',
    code: 'step-lost',
    message: `Another step has walked on in the read of partition ${partition.id}; this one ends.`,
  })

/** What the end of a whole read means, once every range of it is loaded: rows that it did not meet are gone, and the position counts. */
async function settleSplitReads(
  sql: SqlRunner,
  deps: StoreDeps,
  { taskExecutionId, lineTasks }: { readonly taskExecutionId: string; readonly lineTasks: readonly string[] },
): Promise<void> {
  const headers = createHeaderSession(sql)
  const { rows } = await sql.query<{ scope_id: string; execution_id: string }>(
    `select p.task_organisation_id as scope_id, e.execution_id from partition p join task_execution e on e.id = p.task_execution_id
     where p.task_execution_id = $1 and p.is_split and p.range_number = 0`,
    [taskExecutionId],
  )
  for (const row of rows) {
    await closeUnmet(sql, deps, { scopeId: row.scope_id, executionId: row.execution_id })
    await headers.forgetLinePositions(row.scope_id, lineTasks)
  }
  await sql.query(
    `update task_organisation o set source_position = p.found_position, position_at = $2 from partition p
     where p.task_execution_id = $1 and p.is_split and p.range_number = 0 and p.found_position is not null
       and o.id = p.task_organisation_id and o.generation = p.generation`,
    [taskExecutionId, deps.clock.now()],
  )
}

const workerOperations = (sql: SqlRunner): Pick<RangeSession, 'saveWorker' | 'removeWorker' | 'hasOtherWorkers' | 'listWorkers'> => ({
  saveWorker: async ({ host, pid, startedAt, steps }) => {
    await sql.query(
      `insert into worker_process (host, pid, process_started_at, steps, seen_at) values ($1, $2, $3, $4, now())
       on conflict (host, pid, process_started_at) do update set seen_at = now(), steps = excluded.steps`,
      [host, pid, startedAt, steps],
    )
    await sql.query(`delete from worker_process where seen_at < now() - interval '1 day'`)
  },
  removeWorker: async ({ host, pid, startedAt }) => {
    await sql.query('delete from worker_process where host = $1 and pid = $2 and process_started_at = $3', [host, pid, startedAt])
  },
  hasOtherWorkers: async ({ host, pid, startedAt }) => {
    const { rows } = await sql.query<{ others: boolean }>(
      `select exists (select from worker_process where (host, pid, process_started_at) <> ($1, $2, $3)
         and seen_at > now() - make_interval(secs => $4)) as others`,
      [host, pid, startedAt, WORKER_SILENCE_SECONDS],
    )
    return rows[0]?.others === true
  },
  listWorkers: async () => {
    const { rows } = await sql.query<{ host: string; pid: number; process_started_at: string; steps: number; seen_at: string }>(
      `select host, pid, process_started_at, steps, to_json(seen_at)#>>'{}' as seen_at from worker_process
       where seen_at > now() - make_interval(secs => $1) order by host, pid`,
      [WORKER_SILENCE_SECONDS],
    )
    return rows.map(
      (row): WorkerProcess => ({ host: row.host, pid: row.pid, startedAt: row.process_started_at, steps: row.steps, seenAt: row.seen_at }),
    )
  },
})
