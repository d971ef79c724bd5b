import { type Database, databaseUrl } from '@p2c/base'
import type { TestInstallation } from '../support/test-installation.ts'

/** One page that a worker saved. */
export interface SavedPage {
  readonly partition: string
  readonly page: number
  /** The database account of the worker: each signs in as itself, so the database knows who did what. */
  readonly who: string
  /** Clock of the database server, milliseconds since 1970, when the row was written, just before the commit. */
  readonly atMs: number
}

/** Notes who saves which page, inside the transaction that saves it: what was rolled back leaves nothing here. */
export async function keepPageLog(integrator: Database): Promise<void> {
  await integrator.query(`
    create table test_page_log (id bigint generated always as identity, partition_id uuid, page int, who text, at timestamptz);
    create function test_note_page() returns trigger language plpgsql as $$
    begin
      insert into test_page_log (partition_id, page, who, at) values (new.id, new.page_number, session_user, clock_timestamp());
      return null;
    end $$;
    create trigger test_note_page after update on partition
      for each row when (old.page_number is distinct from new.page_number) execute function test_note_page();`)
}

export async function readPageLog(integrator: Database): Promise<SavedPage[]> {
  const { rows } = await integrator.query<{ partition: string; page: number; who: string; at: string }>(
    'select partition_id as partition, page, who, extract(epoch from at) * 1000 as at from test_page_log order by id',
  )
  return rows.map(({ partition, page, who, at }) => ({ partition, page, who, atMs: Number(at) }))
}

/** Pages that were saved more than once. */
export function savedTwice(pages: readonly SavedPage[]): SavedPage[] {
  const seen = new Set<string>()
  return pages.filter(({ partition, page }) => {
    const name = `${partition} ${page}`
    const isSecond = seen.has(name)
    seen.add(name)
    return isSecond
  })
}

export const databaseTime = async (database: Database): Promise<number> =>
  Number((await database.query<{ now: string }>('select extract(epoch from clock_timestamp()) * 1000 as now')).rows[0]?.now)

/** Makes an account for a worker and gives the settings that let it sign in with that account. */
export async function accountFor(installation: TestInstallation, name: string): Promise<Readonly<Record<string, string>>> {
  await installation.database('integrator').query(`create role ${name} superuser login password '${name}'`)
  const url = new URL(databaseUrl(installation.serverUrl, 'postgres'))
  url.username = name
  url.password = name
  return { P2C_DATABASE_URL: url.toString() }
}

/** When an account last said anything to the database; undefined where it is not connected. */
export async function lastHeardOf(database: Database, account: string): Promise<number | undefined> {
  const { rows } = await database.query<{ at: string | null }>(
    'select extract(epoch from max(state_change)) * 1000 as at from pg_stat_activity where usename = $1',
    [account],
  )
  return rows[0]?.at === null ? undefined : Number(rows[0]?.at)
}
