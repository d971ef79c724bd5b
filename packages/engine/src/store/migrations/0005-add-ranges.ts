import type { Migration } from '@p2c/base'

/** Ranges of one large read that several workers load side by side, and the workers that are there. */
export const addRanges: Migration = {
  name: '0005-add-ranges',
  sql: `
-- 0 for the partition itself, which walks the read; ranges count from 1 in the order of the source
alter table partition add column range_number int not null default 0;
alter table partition add column is_split boolean not null default false;
-- where a range ends: the link of the next one, and the row it begins with where links have moved
alter table partition add column stop_link text;
alter table partition add column stop_id text;
-- what the last page of a split read told; it counts once every range is loaded
alter table partition add column found_position text;
alter table partition drop constraint partition_task_execution_id_task_organisation_id_key;
alter table partition add constraint partition_range unique (task_execution_id, task_organisation_id, range_number);

create table worker_process (
  host text not null,
  pid int not null,
  process_started_at text not null,
  -- steps it works on side by side
  steps int not null,
  seen_at timestamptz not null,
  primary key (host, pid, process_started_at)
);
`,
}
