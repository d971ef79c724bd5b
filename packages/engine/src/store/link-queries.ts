import type { SqlRunner } from '@p2c/base'
import type { RecordLink } from '../model/record-link.ts'
import { toIsoTime } from './execution-queries.ts'
import type { RecordLinkQuery } from './store.ts'

interface LinkRow {
  readonly project_name: string
  readonly task_name: string
  readonly leg: string
  readonly business_unit: string
  readonly legal_entity: string
  readonly source_key: string
  readonly destination_key: string
  readonly source_version: string | null
  readonly applied_hash: string
  readonly applied_at: string
  readonly execution_id: string
}

/** Without a project and with destination keys only, this reads the table of links once: no index is worth what each write would pay for it. */
export async function listRecordLinks(sql: SqlRunner, query: RecordLinkQuery): Promise<readonly RecordLink[]> {
  const { rows } = await sql.query<LinkRow & Record<string, unknown>>(
    `select p.name as project_name, t.name as task_name, t.leg, o.business_unit, o.legal_entity, l.source_key, l.destination_key, l.source_version,
       encode(l.applied_hash, 'hex') as applied_hash, l.applied_at, l.execution_id
     from project p join task t on t.project_id = p.id join task_organisation o on o.task_id = t.id join record_link l on l.task_organisation_id = o.id
     where ($1::text is null or lower(p.name) = lower($1)) and ($2::text is null or lower(t.name) = lower($2))
       and ($3::text[] is null or l.source_key = any($3)) and ($4::text[] is null or l.destination_key = any($4))
     order by l.applied_at, l.source_key limit $5`,
    [query.projectName ?? null, query.taskName ?? null, query.sourceKeys ?? null, query.destinationKeys ?? null, query.limit],
  )
  return rows.map((row) => ({
    projectName: row.project_name,
    taskName: row.task_name,
    leg: row.leg,
    organisation: { businessUnit: row.business_unit, legalEntity: row.legal_entity },
    sourceKey: row.source_key,
    destinationKey: row.destination_key,
    ...(row.source_version !== null && { sourceVersion: row.source_version }),
    appliedHash: row.applied_hash,
    appliedAt: toIsoTime(row.applied_at),
    executionId: row.execution_id,
  }))
}
