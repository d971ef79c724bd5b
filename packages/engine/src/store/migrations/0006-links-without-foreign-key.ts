import type { Migration } from '@p2c/base'

/**
 * A foreign key is checked row by row, which was half of the time of saving a page of links (docs/reference/performance.md). Links are written
 * beside the row that owns them, in one transaction; that they go with it is the trigger's.
 */
export const linksWithoutForeignKey: Migration = {
  name: '0006-links-without-foreign-key',
  sql: `
alter table record_link drop constraint record_link_task_organisation_id_fkey;
create function delete_record_links() returns trigger language plpgsql as $$
begin
  delete from record_link where task_organisation_id = old.id;
  return old;
end $$;
create trigger task_organisation_links before delete on task_organisation for each row execute function delete_record_links();
`,
}
