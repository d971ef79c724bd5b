import type { Migration } from '@p2c/base'

/** When failed and waiting rows are tried again (ADR 0010), and which parent a waiting row waits for. */
export const addReleases: Migration = {
  name: '0004-add-releases',
  sql: `
-- executions that read this task for this organisation: distances between attempts are counted in them
alter table task_organisation add column execution_count int not null default 0;
-- tries rows whose parent has landed and reads nothing else
alter table execution add column release_only boolean not null default false;

alter table record_error add column distance int not null default 1;
alter table record_error add column due_execution int not null default 0;
alter table record_error add column due_at timestamptz not null default now();

alter table waiting_record add column distance int not null default 1;
alter table waiting_record add column due_execution int not null default 0;
alter table waiting_record add column due_at timestamptz not null default now();
-- ready: a parent has landed since the row was last tried
alter table waiting_record add column state text not null default 'waiting';
-- grows with each parent that lands, so that a landing between an attempt and its record is not lost
alter table waiting_record add column releases int not null default 0;
-- fields that are still to be written to a row which is there already
alter table waiting_record add column deferred_fields text[] not null default '{}';
-- what the write of the row without them was
alter table waiting_record add column first_write text;
create index waiting_record_ready on waiting_record (task_organisation_id, source_key) where state = 'ready';

create table waiting_parent (
  waiting_record_id bigint not null references waiting_record on delete cascade,
  -- lower case
  connection_set text not null,
  -- kind of system and entity in comparable spelling: AX|customers
  entity text not null,
  -- trimmed and in lower case; empty where nothing tells which row is missing
  key text not null,
  field text,
  primary key (waiting_record_id, entity, key)
);
create index waiting_parent_key on waiting_parent (connection_set, entity, key);
`,
}
