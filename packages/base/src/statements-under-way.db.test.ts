import { expect, test } from 'vitest'
import { openDatabase } from './database.ts'
import { openScratchDatabase } from './scratch-database.ts'

/** Resolves once so many statements sleep in the database. */
async function untilAsleep(watch: Awaited<ReturnType<typeof openScratchDatabase>>, count: number): Promise<void> {
  for (;;) {
    const { rows } = await watch.query("select 1 from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'")
    if (rows.length === count) return
  }
}

test('statements under way are cancelled by word, and the connections serve on', async (t) => {
  const watch = await openScratchDatabase(t)
  const database = openDatabase({ connectionString: watch.connectionString })
  t.onTestFinished(() => database.close())
  const slow = [database.query('select pg_sleep(60)'), database.transaction((sql) => sql.query('select pg_sleep(60)'))]
  const ends = Promise.allSettled(slow)
  await untilAsleep(watch, 2)
  await database.cancelStatements()
  expect(await ends).toMatchObject([{ reason: { code: '57014' } }, { reason: { code: '57014' } }])
  expect((await database.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('closing waits for short work and cancels what takes longer, one statement after the other', async (t) => {
  const watch = await openScratchDatabase(t)
  const database = openDatabase({ connectionString: watch.connectionString })
  const short = database.query('select pg_sleep(0.2), 1 as one')
  const long = database
    .transaction(async (sql) => {
      await sql.query('savepoint here')
      await sql.query('select pg_sleep(60)').catch(() => sql.query('rollback to here'))
      await sql.query('select pg_sleep(60)')
    })
    .catch((error: { code: string }) => error.code)
  await untilAsleep(watch, 2)
  await database.close()
  expect((await short).rows).toMatchObject([{ one: 1 }])
  expect(await long).toBe('57014')
})
