import { createHash } from 'node:crypto'
import type { SqlRunner } from '@p2c/base'
import type { FieldValues } from '../model/field-value.ts'
import { FAILED_COLUMNS, failedArrays, LONGEST_DISTANCE, nextDistance, storable } from './failed-columns.ts'
import { clearChangedHeaders } from './header-session.ts'
import { listRecordLinks } from './link-queries.ts'
import { listErrors, listWaiting } from './record-queries.ts'
import type { FailedRow, KnownLink, LinkWrite, RecordSession, WaitingSession } from './store.ts'
import type { StoreDeps } from './store-deps.ts'

export function createRecordSession(sql: SqlRunner, deps: StoreDeps): Omit<RecordSession, keyof WaitingSession> {
  return {
    findLinks: (scopeId, keys) => findLinks(sql, scopeId, keys),
    findOwners: (scopeId, keys) => findOwners(sql, scopeId, keys),
    saveLinks: (scopeId, executionId, links) => saveLinks(sql, deps, { scopeId, executionId, rows: links }),
    doubtLinks: async (scopeId, keys) => {
      // In one order, as it may meet the same rows under a page of a worker that lost its step.
      await sql.query(
        `update record_link set applied_hash = '' where task_organisation_id = $1 and source_key in (
           select source_key from record_link where task_organisation_id = $1 and source_key = any($2) order by source_key for update)`,
        [scopeId, keys],
      )
    },
    saveErrors: (scopeId, executionId, rows) => saveErrors(sql, deps, { scopeId, executionId, rows }),
    closeRows: (scopeId, keys, state) => closeRows(sql, deps, { scopeId, keys, state }),
    closeUnmet: (scopeId, executionId) => closeUnmet(sql, deps, { scopeId, executionId }),
    listRecordLinks: (query) => listRecordLinks(sql, query),
    listErrors: (query) => listErrors(sql, query),
    listWaiting: (query) => listWaiting(sql, query),
    ...retryQueries(sql, deps),
  }
}

const retryQueries = (sql: SqlRunner, deps: StoreDeps): Pick<RecordSession, 'hasOpenRows' | 'listRetryKeys' | 'findTried'> => ({
  hasOpenRows: async (scopeId) => {
    const { rows } = await sql.query<{ open: boolean }>(
      `select exists (select from record_error where task_organisation_id = $1 and state = 'open')
         or exists (select from waiting_record where task_organisation_id = $1) as open`,
      [scopeId],
    )
    return rows[0]?.open === true
  },
  listRetryKeys: async (scopeId, { executionId, after, limit, errors, waiting }) => {
    const due = (which: string) =>
      `(${which} = 'all' or ${which} = 'due' and (due_at <= $7 or due_execution <= (select execution_count from task_organisation where id = $1)))`
    const { rows } = await sql.query<{ source_key: string }>(
      `select source_key from record_error where task_organisation_id = $1 and state = 'open' and execution_id <> $2 and source_key > $3 and ${due('$5')}
       union select source_key from waiting_record where task_organisation_id = $1 and execution_id <> $2 and source_key > $3
         and (state = 'ready' or ${due('$6')})
       order by source_key limit $4`,
      [scopeId, executionId, after, limit, errors, waiting, deps.clock.now()],
    )
    return rows.map((row) => row.source_key)
  },
  findTried: async (scopeId, executionId, keys) => {
    const { rows } = await sql.query<{ source_key: string; source: FieldValues }>(
      `select source_key, source from record_error where task_organisation_id = $1 and state = 'open' and execution_id = $2 and source_key = any($3)
       union all select source_key, source from waiting_record where task_organisation_id = $1 and execution_id = $2 and source_key = any($3)`,
      [scopeId, executionId, keys],
    )
    return new Map(rows.map((row) => [row.source_key, row.source]))
  },
})

async function findLinks(sql: SqlRunner, scopeId: string, keys: readonly string[]): Promise<ReadonlyMap<string, KnownLink>> {
  if (keys.length === 0) return new Map()
  const { rows } = await sql.query<{ source_key: string; destination_key: string; applied_hash: string }>(
    `select source_key, destination_key, encode(applied_hash, 'hex') as applied_hash from record_link where task_organisation_id = $1 and source_key = any($2)`,
    [scopeId, keys],
  )
  return new Map(rows.map((row) => [row.source_key, { destinationKey: row.destination_key, appliedHash: row.applied_hash }]))
}

async function findOwners(sql: SqlRunner, scopeId: string, keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (keys.length === 0) return new Map()
  const { rows } = await sql.query<{ owned: string; source_key: string }>(
    `select lower(btrim(destination_key)) as owned, min(source_key) as source_key from record_link
     where task_organisation_id = $1 and is_owner and lower(btrim(destination_key)) = any($2) group by 1`,
    [scopeId, keys],
  )
  return new Map(rows.map((row) => [row.owned, row.source_key]))
}

interface PageRows<Row> {
  readonly scopeId: string
  readonly executionId: string
  readonly rows: readonly Row[]
}

async function saveLinks(sql: SqlRunner, deps: StoreDeps, { scopeId, executionId, rows }: PageRows<LinkWrite>): Promise<void> {
  if (rows.length === 0) return
  await sql.query(
    `insert into record_link (task_organisation_id, source_key, destination_key, source_version, applied_hash, applied_at, execution_id, is_owner)
     select $1, u.source_key, u.destination_key, u.source_version, decode(u.hash, 'hex'), $6, $7, $8
     from unnest($2::text[], $3::text[], $4::text[], $5::text[]) as u (source_key, destination_key, source_version, hash)
     on conflict (task_organisation_id, source_key) do update set destination_key = excluded.destination_key, source_version = excluded.source_version,
       applied_hash = excluded.applied_hash, applied_at = excluded.applied_at, execution_id = excluded.execution_id,
       is_owner = excluded.is_owner`,
    [
      scopeId,
      rows.map((row) => row.sourceKey),
      rows.map((row) => row.destinationKey),
      rows.map((row) => row.sourceVersion ?? null),
      rows.map((row) => row.appliedHash),
      deps.clock.now(),
      executionId,
      rows.some((row) => row.isOwner === true),
    ],
  )
}

async function saveErrors(sql: SqlRunner, deps: StoreDeps, { scopeId, executionId, rows }: PageRows<FailedRow>): Promise<void> {
  if (rows.length === 0) return
  const distance = nextDistance('record_error')
  const count = '(select execution_count from task_organisation where id = $1)'
  await sql.query(
    `insert into record_error (task_organisation_id, source_key, state, category, code, message, details, source, mapped, fingerprint, attempts, first_seen_at,
       last_seen_at, execution_id, due_execution, due_at)
     select $1, u.source_key, 'open', u.category, u.code, u.message, u.details, u.source, u.mapped, f.fingerprint, 1, $9, $9, $10, ${count} + 1,
       $9::timestamptz + ${LONGEST_DISTANCE}
     from ${FAILED_COLUMNS} join unnest($2::text[], $11::text[]) as f (source_key, fingerprint) using (source_key)
     on conflict (task_organisation_id, source_key) where state = 'open' do update set category = excluded.category, code = excluded.code,
       message = excluded.message, details = excluded.details, source = excluded.source, mapped = excluded.mapped, fingerprint = excluded.fingerprint,
       attempts = record_error.attempts + 1, last_seen_at = excluded.last_seen_at, execution_id = excluded.execution_id,
       distance = ${distance}, due_execution = ${count} + ${distance}, due_at = excluded.due_at`,
    [scopeId, ...failedArrays(rows), deps.clock.now(), executionId, rows.map(fingerprint)],
  )
  await sql.query('delete from waiting_record where task_organisation_id = $1 and source_key = any($2)', [
    scopeId,
    rows.map((row) => storable(row.sourceKey)),
  ])
}

/** The same for rows that fail in the same way at the same field: code and field, not the message, which names the value. */
const fingerprint = ({ failure }: FailedRow): string =>
  createHash('sha256')
    .update(JSON.stringify([failure.code, failure.details?.field ?? null]))
    .digest('hex')
    .slice(0, 16)

interface Closing {
  readonly scopeId: string
  readonly keys: readonly string[]
  readonly state: 'resolved' | 'obsolete'
}

async function closeRows(sql: SqlRunner, deps: StoreDeps, { scopeId, keys, state }: Closing): Promise<void> {
  if (keys.length === 0) return
  const stored = keys.map(storable)
  await sql.query(
    `update record_error set state = $3, closed_at = $4 where task_organisation_id = $1 and state = 'open' and source_key = any($2)`,
    [scopeId, stored, state, deps.clock.now()],
  )
  await sql.query('delete from waiting_record where task_organisation_id = $1 and source_key = any($2)', [scopeId, stored])
}

/** Closes what a complete read of this execution did not meet: in the page that ends it, or when the last range of it is loaded. */
export async function closeUnmet(
  sql: SqlRunner,
  deps: StoreDeps,
  { scopeId, executionId }: { scopeId: string; executionId: string },
): Promise<void> {
  await sql.query(
    `update record_error set state = 'obsolete', closed_at = $3 where task_organisation_id = $1 and state = 'open' and execution_id <> $2`,
    [scopeId, executionId, deps.clock.now()],
  )
  await sql.query('delete from waiting_record where task_organisation_id = $1 and execution_id <> $2', [scopeId, executionId])
  await clearChangedHeaders(sql, scopeId)
}
