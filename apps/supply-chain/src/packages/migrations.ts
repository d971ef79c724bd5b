import type { Migration } from '@p2c/base'

/** Tables of data projects, their executions and the blob store. Run by `migrate` at start, after `prepareSchema`: definition groups are a table of its. */
export const PACKAGE_MIGRATIONS: readonly Migration[] = [
  {
    name: '5001-create-data-packages',
    sql: `
      create table data_project_entity (
        -- Name of a definition group in lower case.
        project text not null,
        entity_name text not null,
        source_format text not null,
        refresh_type text not null,
        execution_unit integer not null default 1,
        level_in_execution_unit integer not null default 1,
        sequence_in_level integer not null default 1,
        fields text[] not null default '{}',
        primary key (project, entity_name)
      );

      create table data_blob (
        id uuid primary key,
        name text not null,
        content_type text not null,
        -- Null until the last byte is stored.
        size bigint,
        expires_at timestamptz not null
      );
      create index data_blob_expires_at on data_blob (expires_at);

      create table data_blob_chunk (
        blob_id uuid not null references data_blob (id) on delete cascade,
        ordinal integer not null,
        bytes bytea not null,
        primary key (blob_id, ordinal)
      );
      alter table data_blob_chunk alter column bytes set storage external; -- compressed already

      create table data_execution (
        id text primary key,
        kind text not null,
        project text not null,
        legal_entity text not null,
        status text not null,
        package_name text not null default '',
        blob_id uuid,
        execute boolean not null default true,
        message text not null default '',
        created_at timestamptz not null,
        finished_at timestamptz
      );
      create index data_execution_created_at on data_execution (created_at);

      create table data_execution_entity (
        execution_id text not null references data_execution (id) on delete cascade,
        entity_name text not null,
        status text not null,
        staged bigint not null default 0,
        written bigint not null default 0,
        errors bigint not null default 0,
        -- The snapshot that the export of this entity began from; null: everything.
        from_snapshot text,
        error_keys_blob_id uuid,
        staging_errors_blob_id uuid,
        primary key (execution_id, entity_name)
      );

      create table data_execution_error (
        execution_id text not null references data_execution (id) on delete cascade,
        entity_name text not null,
        row_number bigint not null,
        record_id text not null,
        field text not null,
        message text not null,
        -- The row as it stood in the file, one CSV line with all cells quoted.
        line text not null,
        primary key (execution_id, entity_name, row_number)
      );

      -- What the last successful export of a project has seen, by entity and company.
      create table data_export_position (
        project text not null,
        entity_name text not null,
        legal_entity text not null,
        snapshot text not null,
        execution_id text not null,
        primary key (project, entity_name, legal_entity)
      );

      -- Definition groups are rows of an entity, deleted over OData: what belongs to one goes with it.
      create function data_project_deleted() returns trigger language plpgsql as $$
      begin
        delete from data_project_entity where project = lower(old.name);
        delete from data_export_position where project = lower(old.name);
        return old;
      end $$;
      create trigger data_project_deleted after delete on data_management_definition_group
        for each row execute function data_project_deleted();`,
  },
  {
    name: '5002-create-import-progress',
    sql: `
      -- How far an import is in each of its files; counted up by the transactions that write the rows.
      create table data_import_progress (
        execution_id text not null references data_execution (id) on delete cascade,
        file_number integer not null,
        staged bigint not null default 0,
        errors bigint not null default 0,
        primary key (execution_id, file_number)
      );
      -- A package may hold one entity twice: the rows of its files are numbered for themselves.
      alter table data_execution_error add column file_number integer not null default 0;
      alter table data_execution_error drop constraint data_execution_error_pkey;
      alter table data_execution_error add primary key (execution_id, entity_name, file_number, row_number);
      -- Asked for again and again: what a process that ended has left.
      create index data_execution_unfinished on data_execution (created_at) where finished_at is null;`,
  },
]
