import type { SqlRunner } from '@p2c/base'
import { storable, storableJson } from './failed-columns.ts'
import type { HeaderSession } from './store.ts'

/** Headers that have changed, kept until their lines have been read: across kills and failed executions (integration specification 7 no. 6). */
export const createHeaderSession = (sql: SqlRunner): HeaderSession => ({
  addChangedHeaders: async (headerScopeId, lineTasks, keys) => {
    if (keys.length === 0 || lineTasks.length === 0) return
    await sql.query(
      `with wanted as (${LINE_SCOPES}), made as (
         insert into task_organisation (task_id, business_unit, legal_entity) select task_id, business_unit, legal_entity from wanted
         on conflict (task_id, business_unit, legal_entity) do update set business_unit = excluded.business_unit returning id
       )
       insert into changed_header (task_organisation_id, header_key)
       select made.id, array(select jsonb_array_elements_text(k.key)) from made, jsonb_array_elements($3::jsonb) as k (key) on conflict do nothing`,
      [headerScopeId, lineTasks, storableJson(keys)],
    )
  },
  forgetLinePositions: async (headerScopeId, lineTasks) => {
    if (lineTasks.length === 0) return
    await sql.query(
      `update task_organisation o set source_position = null, generation = o.generation + 1 from (${LINE_SCOPES}) w
       where o.task_id = w.task_id and o.business_unit = w.business_unit and o.legal_entity = w.legal_entity`,
      [headerScopeId, lineTasks],
    )
  },
  listChangedHeaders: async (scopeId, limit) => {
    const { rows } = await sql.query<{ header_key: readonly string[] }>(
      'select header_key from changed_header where task_organisation_id = $1 order by header_key limit $2',
      [scopeId, limit],
    )
    return rows.map((row) => row.header_key)
  },
  removeChangedHeaders: async (scopeId, keys) => {
    if (keys.length === 0) return
    await sql.query(
      `delete from changed_header where task_organisation_id = $1
         and header_key in (select array(select jsonb_array_elements_text(k.key)) from jsonb_array_elements($2::jsonb) as k (key))`,
      [scopeId, storableJson(keys.map((key) => key.map(storable)))],
    )
  },
  beginHeaderLines: async (executionId) => {
    const { rows } = await sql.query<{ id: string }>(
      `update partition p set phase = 'header-lines', page_link = null, retry_after = null from task_execution e
       where e.execution_id = $1 and p.task_execution_id = e.id and p.phase = 'done' and p.range_number = 0
         and exists (select from changed_header h where h.task_organisation_id = p.task_organisation_id)
       returning p.id`,
      [executionId],
    )
    return rows.map((row) => row.id)
  },
})

/** The line tasks by name, for the organisation row of a header task: of the same project, and of the same leg. */
const LINE_SCOPES = `select t.id as task_id, o.business_unit, o.legal_entity from task_organisation o join task h on h.id = o.task_id
  join task t on t.project_id = h.project_id and t.leg = h.leg where o.id = $1 and t.name = any($2)`

/** What a complete read of the lines has met needs no reading by its header. */
export async function clearChangedHeaders(sql: SqlRunner, scopeId: string): Promise<void> {
  await sql.query('delete from changed_header where task_organisation_id = $1', [scopeId])
}
