import type { SqlRunner } from '@p2c/base'
import { type Model, quoteName } from '../model/resolved-model.ts'

/** Tables that say who may do what. */
const SECURITY_TABLES = ['role', 'privilege', 'roleprivileges', 'systemuserroles', 'teamroles', 'teammembership', 'team', 'businessunit']

/**
 * One row whose number grows with every write to the tables of security, in the transaction of that write: a program that keeps rights
 * in memory reads it with the caller and knows whether they still hold. A sequence would grow before the write is visible.
 */
const VERSION_TABLE = `
create table if not exists platform_security (only_row boolean primary key default true check (only_row), version bigint not null);
insert into platform_security (version) values (1) on conflict do nothing;
create or replace function platform_security_changed() returns trigger language plpgsql as $$
begin
  update platform_security set version = version + 1;
  return null;
end $$;`

/** Keeps `platform_security` at every write to the tables of security that the model has. */
export async function watchSecurity(sql: SqlRunner, model: Model): Promise<void> {
  await sql.query(VERSION_TABLE)
  const known = await sql.query<{ table_name: string }>(
    `select c.relname as table_name from pg_trigger t join pg_class c on c.oid = t.tgrelid
     where t.tgname = 'platform_security_changed' and c.relnamespace = current_schema()::regnamespace`,
  )
  const watched = new Set(known.rows.map((row) => row.table_name))
  for (const name of SECURITY_TABLES) {
    if (!model.tables.has(name) || watched.has(name)) continue
    await sql.query(
      `create trigger platform_security_changed after insert or update or delete or truncate on ${quoteName(name)}
       for each statement execute function platform_security_changed()`,
    )
  }
}

/** Installations before many-to-many relationships kept the roles of users in a table of their own: its rows move, none is lost. */
export async function moveUserRoles(sql: SqlRunner, model: Model): Promise<void> {
  if (!model.tables.has('systemuserroles')) return
  await sql.query(`do $$
    begin
      if to_regclass('platform_user_role') is not null then
        insert into systemuserroles (systemuserid, roleid) select systemuserid, roleid from platform_user_role on conflict do nothing;
        drop table platform_user_role;
      end if;
    end $$`)
}
