import type { ErrorCategory, SqlRunner } from '@p2c/base'
import type { FieldValues } from '../model/field-value.ts'
import type { MissingRow, NextAttempt, RecordError, RecordErrorState, WaitingRecord, WaitingState } from '../model/record-error.ts'
import { toIsoTime } from './execution-queries.ts'
import type { RecordErrorQuery, RecordQuery } from './store.ts'

interface RecordRow {
  readonly id: string
  readonly project_name: string
  readonly task_name: string
  readonly leg: string
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
  readonly executions_left: number
  readonly due_at: string
}

interface WaitingRow extends RecordRow {
  readonly state: WaitingState
  readonly deferred_fields: readonly string[]
  readonly parents: readonly MissingRow[] | null
}

interface ErrorRow extends RecordRow {
  readonly state: RecordErrorState
  readonly fingerprint: string
  readonly closed_at: string | null
  readonly by_hand: boolean | null
}

const COLUMNS = `r.*, p.name as project_name, t.name as task_name, t.leg, o.business_unit, o.legal_entity,
  greatest(r.due_execution - o.execution_count, 1) as executions_left`

const PARENTS = `(select jsonb_agg(jsonb_build_object('entity', split_part(w.entity, '|', 2), 'key', w.key)
    || case when w.field is null then '{}'::jsonb else jsonb_build_object('field', w.field) end order by w.entity, w.key)
  from waiting_parent w where w.waiting_record_id = r.id) as parents`

/** Whether the task leaves failed rows to a person. */
const BY_HAND = `p.document @? format('$.entityMappingTasks[*] ? (@.name == %s && @.retryOpenErrors == "manual")', to_json(t.name))::jsonpath as by_hand`

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

export async function listErrors(sql: SqlRunner, query: RecordErrorQuery): Promise<readonly RecordError[]> {
  const { rows } = await sql.query<ErrorRow & Record<string, unknown>>(
    `select ${COLUMNS}, ${BY_HAND} from record_error r ${FROM}
       and r.state = any($7) and ($8::text is null or r.code = $8) and ($9::text is null or r.fingerprint = $9) order by r.id limit $5 offset $6`,
    [...parameters(query), query.states, query.code ?? null, query.fingerprint ?? null],
  )
  return rows.map((row) => ({
    ...toRecord(row),
    category: row.category,
    fingerprint: row.fingerprint,
    state: row.state,
    ...(row.closed_at !== null && { closedAt: toIsoTime(row.closed_at) }),
    ...(row.state === 'open' && row.by_hand !== true && { nextAttempt: nextAttempt(row) }),
  }))
}

export async function listWaiting(sql: SqlRunner, query: RecordQuery & { readonly code?: string }): Promise<readonly WaitingRecord[]> {
  const { rows } = await sql.query<WaitingRow & Record<string, unknown>>(
    `select ${COLUMNS}, ${PARENTS} from waiting_record r ${FROM} and r.attempts > 0 and ($7::text is null or r.code = $7) order by r.id limit $5 offset $6`,
    [...parameters(query), query.code ?? null],
  )
  return rows.map((row) => ({
    ...toRecord(row),
    state: row.state,
    parents: row.parents ?? [],
    deferredFields: row.deferred_fields,
    nextAttempt: nextAttempt(row),
  }))
}

const nextAttempt = (row: RecordRow): NextAttempt => ({ executions: row.executions_left, at: toIsoTime(row.due_at) })

const toRecord = (row: RecordRow): Omit<WaitingRecord, 'state' | 'parents' | 'deferredFields' | 'nextAttempt'> => ({
  id: row.id,
  projectName: row.project_name,
  taskName: row.task_name,
  leg: row.leg,
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
