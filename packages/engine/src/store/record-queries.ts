import type { ErrorCategory, SqlRunner } from '@p2c/base'
import type { FieldValues } from '../model/field-value.ts'
import type { RecordError, RecordErrorState, WaitingRecord } from '../model/record-error.ts'
import { toIsoTime } from './execution-queries.ts'
import type { RecordQuery } from './store.ts'

interface RecordRow {
  readonly id: string
  readonly project_name: string
  readonly task_name: string
  readonly business_unit: string
  readonly legal_entity: string
  readonly source_key: string
  readonly category: ErrorCategory
  readonly code: string
  readonly message: string
  readonly details: Readonly<Record<string, unknown>>
  readonly source: FieldValues
  readonly mapped: FieldValues | null
  readonly attempts: number
  readonly first_seen_at: string
  readonly last_seen_at: string
  readonly execution_id: string
}

interface ErrorRow extends RecordRow {
  readonly state: RecordErrorState
  readonly fingerprint: string
  readonly closed_at: string | null
}

const FROM = `join task_organisation o on o.id = r.task_organisation_id join task t on t.id = o.task_id join project p on p.id = t.project_id
  where ($1::text is null or lower(p.name) = lower($1)) and ($2::text is null or lower(t.name) = lower($2))
    and ($3::uuid is null or r.execution_id = $3) and ($4::text is null or r.source_key = $4)`

const parameters = (query: RecordQuery): readonly unknown[] => [
  query.projectName ?? null,
  query.taskName ?? null,
  query.executionId ?? null,
  query.sourceKey ?? null,
  query.limit,
  query.offset,
]

export async function listErrors(
  sql: SqlRunner,
  query: RecordQuery & { readonly states: readonly RecordErrorState[]; readonly code?: string },
): Promise<readonly RecordError[]> {
  const { rows } = await sql.query<ErrorRow & Record<string, unknown>>(
    `select r.*, p.name as project_name, t.name as task_name, o.business_unit, o.legal_entity from record_error r ${FROM}
       and r.state = any($7) and ($8::text is null or r.code = $8) order by r.id limit $5 offset $6`,
    [...parameters(query), query.states, query.code ?? null],
  )
  return rows.map((row) => ({
    ...toRecord(row),
    category: row.category,
    fingerprint: row.fingerprint,
    state: row.state,
    ...(row.closed_at !== null && { closedAt: toIsoTime(row.closed_at) }),
  }))
}

export async function listWaiting(sql: SqlRunner, query: RecordQuery): Promise<readonly WaitingRecord[]> {
  const { rows } = await sql.query<RecordRow & Record<string, unknown>>(
    `select r.*, p.name as project_name, t.name as task_name, o.business_unit, o.legal_entity from waiting_record r ${FROM} order by r.id limit $5 offset $6`,
    parameters(query),
  )
  return rows.map(toRecord)
}

const toRecord = (row: RecordRow): WaitingRecord => ({
  id: row.id,
  projectName: row.project_name,
  taskName: row.task_name,
  organisation: { businessUnit: row.business_unit, legalEntity: row.legal_entity },
  sourceKey: row.source_key,
  code: row.code,
  message: row.message,
  details: row.details,
  source: row.source,
  ...(row.mapped !== null && { mapped: row.mapped }),
  attempts: row.attempts,
  firstSeenAt: toIsoTime(row.first_seen_at),
  lastSeenAt: toIsoTime(row.last_seen_at),
  executionId: row.execution_id,
})
