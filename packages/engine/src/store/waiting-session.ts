import { isAppError, type SqlRunner } from '@p2c/base'
import type { Project } from '../model/documents.ts'
import { LIVE_STATUSES } from '../model/execution.ts'
import { insertExecution } from './execution-session.ts'
import { FAILED_COLUMNS, failedArrays, LONGEST_DISTANCE, nextDistance, storable, storableJson } from './failed-columns.ts'
import type { AwaitedParent, KnownWaiting, WaitingRow, WaitingSession } from './store.ts'
import type { StoreDeps } from './store-deps.ts'

/** Of a row that was registered and not yet saved with its page: no execution has counted it. */
const NO_EXECUTION = '00000000-0000-0000-0000-000000000000'

export const createWaitingSession = (sql: SqlRunner, deps: StoreDeps): WaitingSession => ({
  registerWaiting: (scopeId, rows) => registerWaiting(sql, deps, { scopeId, rows }),
  saveWaiting: (scopeId, executionId, rows) => saveWaiting(sql, deps, { scopeId, executionId, rows }),
  findWaiting: (scopeId, keys) => findWaiting(sql, scopeId, keys),
  listReadyKeys: async (scopeId, limit) => {
    const { rows } = await sql.query<{ source_key: string }>(
      `select source_key from waiting_record where task_organisation_id = $1 and state = 'ready' order by source_key limit $2`,
      [scopeId, limit],
    )
    return rows.map((row) => row.source_key)
  },
  releaseWaiting: async ({ connectionSetName, entity, executionId }, keys) => {
    const { rows } = await sql.query<{ project_id: string }>(
      `with landed as (
         select id from waiting_record where id in (
           select waiting_record_id from waiting_parent where connection_set = lower($1) and entity = $2 and key = any($3))
         order by id for update
       ), released as (
         update waiting_record w set state = 'ready', releases = w.releases + 1 from landed where w.id = landed.id returning w.task_organisation_id
       )
       select distinct t.project_id from released r join task_organisation o on o.id = r.task_organisation_id join task t on t.id = o.task_id
       where t.project_id <> (select project_id from execution where id = $4)`,
      [connectionSetName, entity, keys, executionId],
    )
    return rows.map((row) => row.project_id)
  },
  startReleases: (projectIds) => startReleases(sql, deps, projectIds),
  beginReleases: async (executionId) => {
    const { rows } = await sql.query<{ id: string }>(
      `update partition p set phase = 'release', page_link = null, retry_after = null from task_execution e
       where e.execution_id = $1 and p.task_execution_id = e.id and p.phase = 'done' and p.range_number = 0
         and exists (select from waiting_record w where w.task_organisation_id = p.task_organisation_id and w.state = 'ready')
       returning p.id`,
      [executionId],
    )
    const ids = rows.map((row) => row.id)
    if (ids.length > 0) await noteReadsAgain(sql, ids)
    return ids
  },
  beginReadsAgain: async (executionId) => {
    const { rows } = await sql.query<{ id: string }>(
      `update partition p set phase = 'read', full_read = o.source_position is null, read_from = o.source_position, generation = o.generation,
         page_link = null, retry_after = null, read_again = false, is_split = false
       from task_execution e, task_organisation o
       where e.execution_id = $1 and p.task_execution_id = e.id and o.id = p.task_organisation_id and p.read_again and p.phase = 'done'
       returning p.id`,
      [executionId],
    )
    return rows.map((row) => row.id)
  },
})

/** What a leg brings now, behind its end, the leg behind it has to read again, where that has read before. */
async function noteReadsAgain(sql: SqlRunner, partitionIds: readonly string[]): Promise<void> {
  await sql.query(
    `update partition n set read_again = true
     from partition p join task_execution e on e.id = p.task_execution_id join task_organisation o on o.id = p.task_organisation_id
       join task_execution f on f.execution_id = e.execution_id and f.name = e.name and f.leg > e.leg
       join task_organisation q on q.task_id = f.task_id and q.business_unit = o.business_unit and q.legal_entity = o.legal_entity
     where p.id = any($1) and n.task_execution_id = f.id and n.task_organisation_id = q.id and n.range_number = 0`,
    [partitionIds],
  )
}

interface Rows {
  readonly scopeId: string
  readonly rows: readonly WaitingRow[]
}

/** Rows of one statement are locked in one order, whatever the order of the page. */
const inKeyOrder = (rows: readonly WaitingRow[]): readonly WaitingRow[] => [...rows].sort((a, b) => (a.sourceKey < b.sourceKey ? -1 : 1))

async function registerWaiting(sql: SqlRunner, deps: StoreDeps, { scopeId, rows: given }: Rows): Promise<ReadonlyMap<string, number>> {
  const sorted = inKeyOrder(given)
  const { rows } = await sql.query<{ id: string; source_key: string; releases: number }>(
    `insert into waiting_record (task_organisation_id, source_key, category, code, message, details, source, mapped, attempts, first_seen_at, last_seen_at, execution_id, state)
     select $1, u.source_key, u.category, u.code, u.message, u.details, u.source, u.mapped, 0, $9, $9, $10, 'ready' from ${FAILED_COLUMNS}
     on conflict (task_organisation_id, source_key) do update set releases = waiting_record.releases returning id, source_key, releases`,
    [scopeId, ...failedArrays(sorted), deps.clock.now(), NO_EXECUTION],
  )
  await addParents(sql, { scopeId, ids: new Map(rows.map((row) => [row.source_key, row.id])), rows: sorted })
  return new Map(rows.map((row) => [row.source_key, row.releases]))
}

async function addParents(sql: SqlRunner, { scopeId, ids, rows }: Rows & { readonly ids: ReadonlyMap<string, string> }): Promise<void> {
  const parents = rows.flatMap((row) => row.parents.map((parent) => ({ id: ids.get(storable(row.sourceKey)), ...parent })))
  await sql.query(
    `insert into waiting_parent (waiting_record_id, connection_set, entity, key, field)
     select u.id, (select lower(p.connection_set_name) from task_organisation o join task t on t.id = o.task_id join project p on p.id = t.project_id where o.id = $1),
       u.entity, u.key, u.field from unnest($2::bigint[], $3::text[], $4::text[], $5::text[]) as u (id, entity, key, field) on conflict do nothing`,
    [
      scopeId,
      parents.map((parent) => parent.id),
      parents.map((parent) => parent.entity),
      parents.map((parent) => storable(parent.key)),
      parents.map((parent) => parent.field ?? null),
    ],
  )
}

interface PageOfRows extends Rows {
  readonly executionId: string
}

async function saveWaiting(sql: SqlRunner, deps: StoreDeps, { scopeId, executionId, rows: given }: PageOfRows): Promise<void> {
  if (given.length === 0) return
  const sorted = inKeyOrder(given)
  const keys = sorted.map((row) => storable(row.sourceKey))
  const distance = nextDistance('waiting_record')
  const count = '(select execution_count from task_organisation where id = $1)'
  const { rows } = await sql.query<{ id: string; source_key: string }>(
    `insert into waiting_record (task_organisation_id, source_key, category, code, message, details, source, mapped, attempts, first_seen_at, last_seen_at,
       execution_id, state, releases, deferred_fields, first_write, due_execution, due_at)
     select $1, u.source_key, u.category, u.code, u.message, u.details, u.source, u.mapped, 1, $9, $9, $10, 'ready', m.seen,
       array(select jsonb_array_elements_text(m.deferred)), m.first_write, ${count} + 1, $9::timestamptz + ${LONGEST_DISTANCE}
     from ${FAILED_COLUMNS} join unnest($2::text[], $11::int[], $12::jsonb[], $13::text[]) as m (source_key, seen, deferred, first_write) using (source_key)
     on conflict (task_organisation_id, source_key) do update set category = excluded.category, code = excluded.code, message = excluded.message,
       details = excluded.details, source = excluded.source, mapped = excluded.mapped, attempts = waiting_record.attempts + 1,
       last_seen_at = excluded.last_seen_at, execution_id = excluded.execution_id, deferred_fields = excluded.deferred_fields,
       first_write = excluded.first_write, state = case when waiting_record.releases = excluded.releases then 'waiting' else 'ready' end,
       distance = ${distance}, due_execution = ${count} + ${distance}, due_at = excluded.due_at
     returning id, source_key`,
    [
      scopeId,
      ...failedArrays(sorted),
      deps.clock.now(),
      executionId,
      sorted.map((row) => row.seenReleases),
      sorted.map((row) => storableJson(row.deferred)),
      sorted.map((row) => row.firstWrite ?? null),
    ],
  )
  await sql.query('delete from waiting_parent where waiting_record_id = any($1)', [rows.map((row) => row.id)])
  await addParents(sql, { scopeId, ids: new Map(rows.map((row) => [row.source_key, row.id])), rows: sorted })
  await sql.query(
    `update record_error set state = 'obsolete', closed_at = $3 where task_organisation_id = $1 and state = 'open' and source_key = any($2)`,
    [scopeId, keys, deps.clock.now()],
  )
}

interface KnownWaitingRow extends Record<string, unknown> {
  readonly source_key: string
  readonly first_seen_at: string
  readonly execution_id: string
  readonly deferred_fields: readonly string[]
  readonly first_write: KnownWaiting['firstWrite'] | null
  readonly parents: readonly AwaitedParent[] | null
}

async function findWaiting(sql: SqlRunner, scopeId: string, keys: readonly string[]): Promise<ReadonlyMap<string, KnownWaiting>> {
  const { rows } = await sql.query<KnownWaitingRow>(
    `select source_key, first_seen_at, execution_id, deferred_fields, first_write,
       (select jsonb_agg(jsonb_build_object('entity', p.entity, 'key', p.key) || case when p.field is null then '{}'::jsonb else jsonb_build_object('field', p.field) end)
        from waiting_parent p where p.waiting_record_id = w.id) as parents
     from waiting_record w where task_organisation_id = $1 and source_key = any($2)`,
    [scopeId, keys],
  )
  return new Map(
    rows.map((row) => [
      row.source_key,
      {
        since: row.first_seen_at,
        executionId: row.execution_id,
        deferred: row.deferred_fields,
        parents: row.parents ?? [],
        ...(row.first_write !== null && row.first_write !== undefined && { firstWrite: row.first_write }),
      },
    ]),
  )
}

/**
 * A project with a live execution needs none: its last step looks for rows that are ready. That step holds its execution, so whoever comes second, it
 * or this one, sees what the other has stored.
 */
async function startReleases(sql: SqlRunner, deps: StoreDeps, projectIds: readonly string[]): Promise<readonly string[]> {
  const { rows: live } = await sql.query<{ project_id: string }>(
    'select project_id from execution where project_id = any($1) and status = any($2) order by id for update',
    [projectIds, LIVE_STATUSES],
  )
  const busy = new Set(live.map((row) => row.project_id))
  const { rows } = await sql.query<{ id: string; document: Project }>('select id, document from project where id = any($1) order by id', [
    projectIds.filter((id) => !busy.has(id)),
  ])
  const started: string[] = []
  for (const { id: projectId, document: project } of rows) {
    const id = deps.ids.timeGuid(deps.clock.now())
    try {
      await insertExecution(sql, deps, { id, projectId, project, trigger: 'event', allData: false, rewrite: false, releaseOnly: true })
      started.push(id)
    } catch (error) {
      if (!isAppError(error) || error.code !== 'execution-running') throw error // one has begun meanwhile: it finds the rows at its end
    }
  }
  return started
}
