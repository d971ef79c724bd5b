import { expect, test } from 'vitest'
import { startTestApp } from '../supply-chain-app.fixture.ts'
import { prepareSchema } from './schema.ts'

/** Indexes of each table whose first column is the company. */
const LEADING_WITH_COMPANY = `
  select tablename, count(*)::int as count from pg_indexes
  where schemaname = current_schema() and indexdef ~ 'btree \\(lower\\(data_area_id\\)' group by tablename having count(*) > 1`

/** All rows of a table that has no statistics yet would be read where a look-up took the wrong one of them. */
test('only one index of a table begins with the company, also in an installation where others did', async (t) => {
  const app = await startTestApp(t)
  // `sales_order_line` keeps a second one that leaves unnumbered lines out: no look-up by other fields can use it.
  const numbered = expect.stringMatching(/^sales_(?:order|quotation|invoice)_line$/)
  const { rows } = await app.database.query(LEADING_WITH_COMPANY)
  expect(rows).toEqual(rows.map(() => ({ tablename: numbered, count: 2 })))
  await app.database.query(
    'create index customer_data_area_id_customer_group_id on customer (lower(data_area_id), lower(customer_group_id))',
  )
  await app.database.query("update applied_schema set digest = 'of an older version'")
  await prepareSchema(app.database)
  expect((await app.database.query(LEADING_WITH_COMPANY)).rows).toEqual(rows)
})

test('a row is found by reading a handful of pages while its table has no statistics', async (t) => {
  const app = await startTestApp(t)
  await app.database.query('alter table customer set (autovacuum_enabled = false)')
  await app.database.query(
    "insert into customer (data_area_id, customer_account, party_number) select 'usmf', 'C-' || n, 'P-' || n from generate_series(1, 5000) n",
  )
  const { rows } = await app.database.query<{ 'QUERY PLAN': [{ Plan: { 'Shared Hit Blocks': number; 'Shared Read Blocks': number } }] }>(
    `explain (analyze, buffers, format json) select r.* from unnest(array['usmf'], array['C-4999']) as k(k0, k1) cross join lateral (
       select t.rec_id from customer t where lower(t.data_area_id) = lower(k.k0) and lower(t.customer_account) = lower(k.k1) limit 1) r`,
  )
  const plan = rows[0]?.['QUERY PLAN'][0].Plan
  expect((plan?.['Shared Hit Blocks'] ?? 0) + (plan?.['Shared Read Blocks'] ?? 0)).toBeLessThan(20)
})

test('a process that starts on a database that is up to date waits for nobody who is at work there, and makes nobody wait', async (t) => {
  const app = await startTestApp(t)
  await app.database.transaction(async (sql) => {
    // As a posting holds it. Indexes and views could not be made under it.
    await sql.query('lock table customer in row exclusive mode')
    await sql.query('select 1 from warehouse_on_hand_view limit 1')
    await prepareSchema(app.database)
  })
})
