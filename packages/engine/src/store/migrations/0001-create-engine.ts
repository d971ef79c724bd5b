import type { Migration } from '@p2c/base'

/** Every table of the engine (design, section 4). The queue's own tables live in schema `pgboss` and are made by it. */
export const createEngineTables: Migration = {
  name: '0001-create-engine',
  sql: `
create table connection_set (
  id uuid primary key,
  name text not null,
  version int not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create unique index connection_set_name on connection_set (lower(name));

create table connection (
  connection_set_id uuid not null references connection_set on delete cascade,
  environment_type text not null,
  position int not null,
  name text not null,
  base_url text not null,
  settings jsonb not null,
  -- by name: {"reference": "..."} or {"encrypted": "base64 of nonce, tag and AES-256-GCM text"}
  secrets jsonb not null,
  primary key (connection_set_id, environment_type)
);

create table organisation_mapping (
  connection_set_id uuid not null references connection_set on delete cascade,
  position int not null,
  business_unit text not null,
  legal_entity text not null,
  primary key (connection_set_id, business_unit, legal_entity)
);

create table integration_key (
  connection_set_id uuid not null references connection_set on delete cascade,
  environment_type text not null,
  entity text not null,
  fields text[] not null,
  primary key (connection_set_id, environment_type, entity)
);

create table template (
  name text not null,
  version text not null,
  document jsonb not null,
  saved_at timestamptz not null,
  primary key (name, version)
);

create table project (
  id uuid primary key,
  name text not null,
  version text not null,
  connection_set_name text not null,
  document jsonb not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create unique index project_name on project (lower(name));

create table task (
  id bigint generated always as identity primary key,
  project_id uuid not null references project on delete cascade,
  name text not null,
  unique (project_id, name)
);

-- what survives from one execution of a task to the next, per organisation row
create table task_organisation (
  id bigint generated always as identity primary key,
  task_id bigint not null references task on delete cascade,
  business_unit text not null,
  legal_entity text not null,
  source_position text,
  position_at timestamptz,
  -- grows when the position is forgotten: a read that began before must not bring it back
  generation int not null default 1,
  unique (task_id, business_unit, legal_entity)
);

create table schedule (
  project_id uuid primary key references project on delete cascade,
  document jsonb not null,
  next_at timestamptz
);

create table execution (
  id uuid primary key,
  project_id uuid not null references project on delete cascade,
  trigger text not null,
  all_data boolean not null,
  rewrite boolean not null,
  status text not null,
  -- the project as it was when the execution started: a later edit changes the next one
  document jsonb not null,
  error jsonb,
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz
);
create unique index execution_live on execution (project_id) where status in ('queued', 'validating', 'running', 'paused', 'settling');
create index execution_of_project on execution (project_id, created_at desc);
create index execution_by_time on execution (created_at desc);

create table task_execution (
  id uuid primary key,
  execution_id uuid not null references execution on delete cascade,
  task_id bigint not null references task on delete cascade,
  name text not null,
  position int not null,
  status text not null,
  started_at timestamptz,
  finished_at timestamptz,
  unique (execution_id, position)
);

create table partition (
  id uuid primary key,
  task_execution_id uuid not null references task_execution on delete cascade,
  task_organisation_id bigint not null references task_organisation on delete cascade,
  -- retry: rows that failed or waited before; read: the source; done
  phase text not null,
  full_read boolean not null,
  generation int not null,
  read_from text,
  page_link text,
  retry_after text,
  -- grows by one with each saved page: a step that comes too late finds another number
  page_number int not null default 0,
  read_count bigint not null default 0,
  filtered_count bigint not null default 0,
  skipped_count bigint not null default 0,
  unchanged_count bigint not null default 0,
  inserted_count bigint not null default 0,
  updated_count bigint not null default 0,
  failed_count bigint not null default 0,
  waiting_count bigint not null default 0,
  deleted_count bigint not null default 0,
  updated_at timestamptz not null,
  unique (task_execution_id, task_organisation_id)
);

-- which process works on which step, so that its successor on the same host can take over at once
create table held_step (
  job_id uuid primary key,
  attempt int not null,
  host text not null,
  pid int not null,
  process_started_at text not null,
  taken_at timestamptz not null
);

create table record_link (
  task_organisation_id bigint not null references task_organisation on delete cascade,
  source_key text not null,
  destination_key text not null,
  source_version text,
  applied_hash bytea not null,
  applied_at timestamptz not null,
  execution_id uuid not null,
  primary key (task_organisation_id, source_key)
);

create table record_error (
  id bigint generated always as identity primary key,
  task_organisation_id bigint not null references task_organisation on delete cascade,
  source_key text not null,
  state text not null,
  category text not null,
  code text not null,
  message text not null,
  details jsonb not null,
  fingerprint text not null,
  source jsonb not null,
  mapped jsonb,
  attempts int not null,
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  closed_at timestamptz,
  execution_id uuid not null
);
create unique index record_error_open on record_error (task_organisation_id, source_key) where state = 'open';
create index record_error_execution on record_error (execution_id);

create table waiting_record (
  id bigint generated always as identity primary key,
  task_organisation_id bigint not null references task_organisation on delete cascade,
  source_key text not null,
  code text not null,
  category text not null,
  message text not null,
  details jsonb not null,
  source jsonb not null,
  mapped jsonb,
  attempts int not null,
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  execution_id uuid not null,
  unique (task_organisation_id, source_key)
);
create index waiting_record_execution on waiting_record (execution_id);

create table audit_event (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  action text not null,
  subject text not null,
  before jsonb,
  after jsonb
);
`,
}
