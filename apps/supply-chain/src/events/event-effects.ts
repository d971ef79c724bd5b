import type { Database, SqlRunner } from '@p2c/base'
import { refuseRow } from '../domain/messages.ts'
import { ENTITIES } from '../entities/catalogue.ts'
import type { WriteEffect } from '../store/write-effects.ts'
import { DELIVERIES_CHANNEL } from './business-events.ts'

/** Endpoints that one event of one legal entity may have. Source: protocol specification, 19. */
const MAX_ENDPOINTS = 10

/** Writers of activations take turns: two at once would each see room for one more. */
const ACTIVATION_LOCK = 7_204_322

/** Refuses an eleventh endpoint; an activation for every company counts in each of them. */
export const limitEndpoints: WriteEffect = async (sql, changes, { refuse }) => {
  const added = changes.filter((change) => change.after !== undefined)
  if (added.length === 0) return
  await sql.query('select pg_advisory_xact_lock($1)', [ACTIVATION_LOCK])
  const { rows } = await sql.query<{ event: string }>(
    `with a as (select lower(business_event_id) as event, lower(legal_entity_id) as company, lower(endpoint_id) as endpoint
       from business_event_activation where lower(business_event_id) = any(select lower(e) from unnest($1::text[]) e))
     select s.event from (select distinct event, company from a) s join a on a.event = s.event and a.company in (s.company, '')
     group by s.event, s.company having count(distinct a.endpoint) > ${MAX_ENDPOINTS}`,
    [added.map((change) => change.after?.BusinessEventId ?? '')],
  )
  const full = new Set(rows.map((row) => row.event))
  const refused = added.findLast((change) => full.has((change.after?.BusinessEventId ?? '').toLowerCase()))
  if (refused !== undefined) refuse(refused, refuseRow('L22', refused.after?.BusinessEventId ?? '', String(MAX_ENDPOINTS)))
}

/** What waits for an endpoint may go on when it is switched on or gets another address. */
export const wakeDeliveries: WriteEffect = async (sql) => {
  await sql.query(`select pg_notify('${DELIVERIES_CHANNEL}', '')`)
}

/** Channel on which noted changes of rows are told. */
export const CHANGES_CHANNEL = 'event_changes'

/**
 * What notes the changes of a table somebody asked data events for. Only such tables have the triggers: others pay nothing, and whoever
 * changes a row of them, by whatever statement, is noted.
 */
const DATA_EVENT_SCHEMA = `
  create table if not exists data_event_change (
    control_number bigint primary key default nextval('record_id'),
    relation text not null, operation text not null, rec_id bigint not null, before jsonb, after jsonb, raised_at timestamptz not null default now());
  create or replace function note_created_rows() returns trigger language plpgsql as $$ begin
    insert into data_event_change (relation, operation, rec_id, after) select tg_table_name, 'Created', n.rec_id, to_jsonb(n) from new_rows n;
    perform pg_notify('${CHANGES_CHANNEL}', ''); return null; end $$;
  create or replace function note_updated_rows() returns trigger language plpgsql as $$ begin
    insert into data_event_change (relation, operation, rec_id, before, after)
      select tg_table_name, 'Updated', n.rec_id, to_jsonb(o), to_jsonb(n) from new_rows n join old_rows o on o.rec_id = n.rec_id;
    perform pg_notify('${CHANGES_CHANNEL}', ''); return null; end $$;
  create or replace function note_deleted_rows() returns trigger language plpgsql as $$ begin
    insert into data_event_change (relation, operation, rec_id, before) select tg_table_name, 'Deleted', o.rec_id, to_jsonb(o) from old_rows o;
    perform pg_notify('${CHANGES_CHANNEL}', ''); return null; end $$`

/** Makes the table of noted changes and what fills it. Safe from several programs at once. */
export const prepareDataEvents = (database: Database): Promise<void> =>
  database.transaction(async (sql) => {
    await sql.query('select pg_advisory_xact_lock($1)', [ACTIVATION_LOCK])
    await sql.query(DATA_EVENT_SCHEMA)
  })

const TRIGGERS = [
  { name: 'note_created', on: 'insert', tables: 'new table as new_rows', run: 'note_created_rows' },
  { name: 'note_updated', on: 'update', tables: 'old table as old_rows new table as new_rows', run: 'note_updated_rows' },
  { name: 'note_deleted', on: 'delete', tables: 'old table as old_rows', run: 'note_deleted_rows' },
] as const

const relationsByName = new Map(ENTITIES.map((entity) => [entity.aotName.toLowerCase(), entity.storage.relation]))

/** Gives a table its triggers when the first activation of one of its entities comes, and takes them when the last one goes. */
export const keepDataEventTriggers: WriteEffect = async (sql, changes) => {
  await sql.query('select pg_advisory_xact_lock($1)', [ACTIVATION_LOCK])
  const touched = changes.flatMap(({ before, after }) => relationsByName.get((after ?? before)?.EntityName?.toLowerCase() ?? '') ?? [])
  const wanted = await watchedRelations(sql)
  const statements = [...new Set(touched)]
    .sort()
    .flatMap((relation) =>
      TRIGGERS.map(({ name, on, tables, run }) =>
        wanted.has(relation)
          ? `create or replace trigger ${name} after ${on} on ${relation} referencing ${tables} for each statement execute function ${run}()`
          : `drop trigger if exists ${name} on ${relation}`,
      ),
    )
  if (statements.length > 0) await sql.query(statements.join(';\n'))
}

async function watchedRelations(sql: SqlRunner): Promise<ReadonlySet<string>> {
  const { rows } = await sql.query<{ name: string }>('select distinct lower(entity_name) as name from data_event_activation')
  return new Set(rows.flatMap((row) => relationsByName.get(row.name) ?? []))
}
