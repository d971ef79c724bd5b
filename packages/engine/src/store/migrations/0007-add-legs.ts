import type { Migration } from '@p2c/base'

/**
 * Each leg of a task has links, errors, waiting rows and a position of its own; what is known so far is of first legs. Headers whose lines are
 * still to be read, and which links own their destination key alone (integration specification 7 no. 6, templates specification 2.5 and 7.8).
 */
export const addLegs: Migration = {
  name: '0007-add-legs',
  sql: `
alter table task add column leg text not null default '001';
alter table task drop constraint task_project_id_name_key;
alter table task add constraint task_leg unique (project_id, name, leg);
alter table task_execution add column leg text not null default '001';

-- a leg of a task reads again behind its end: the leg before it has brought rows since
alter table partition add column read_again boolean not null default false;

-- headers that were read as changed and whose lines are still to be read; survives an execution that fails in between
create table changed_header (
  -- of the line task
  task_organisation_id bigint not null references task_organisation on delete cascade,
  -- values of the header's key in the source, in the order of its key fields
  header_key text[] not null,
  primary key (task_organisation_id, header_key)
);

-- Only of tasks in which two source keys may lead to one destination key: nobody else pays for the index.
alter table record_link add column is_owner boolean not null default false;
create index record_link_owner on record_link (task_organisation_id, lower(btrim(destination_key))) where is_owner;
`,
}
