import { type ApiClient, type Comparison, contract, type Execution, type RecordError, totalCounters } from '@p2c/api'
import { expect } from 'vitest'
import type { TestInstallation } from '../support/test-installation.ts'
import type { BadRow } from './bad-rows.ts'

const MOST_LISTED = 1000

/** Open errors and waiting rows of a project. */
export const openErrors = async (api: ApiClient, project: string): Promise<readonly RecordError[]> =>
  (await api.call(contract.listRecordErrors, { query: { project, limit: MOST_LISTED } })).items

const byKey = (one: { readonly key: string }, other: { readonly key: string }): number => (one.key < other.key ? -1 : 1)

/** The open errors are those of the rows that are bad by themselves, and no other row has one. */
export async function expectErrorsOf(api: ApiClient, project: string, bad: readonly BadRow[]): Promise<void> {
  const open = (await openErrors(api, project)).map(({ sourceKey, code, state }) => ({ key: sourceKey, code, state }))
  const expected = bad.filter((row) => row.project === project).map(({ key, code }) => ({ key, code, state: 'open' }))
  expect([...open].sort(byKey), `open errors of ${project}`).toEqual([...expected].sort(byKey))
}

/** Every row read has one place in the counters. */
export function expectCountersAddUp({ tasks }: Execution): void {
  const { read, filtered, skipped, unchanged, inserted, updated, failed, waiting } = totalCounters(tasks)
  expect(filtered + skipped + unchanged + inserted + updated + failed + waiting).toBe(read)
}

/** Both sides agree but for the rows that are bad, by a comparison that shares no code with the engine. */
export async function expectCleanComparison(
  api: ApiClient,
  project: string,
  rows: { readonly all: number; readonly bad: number },
): Promise<void> {
  const comparison: Comparison = await api.call(contract.postComparison, { params: { name: project }, body: { differences: 10 } })
  expect(comparison.differences.filter(({ kind }) => kind !== 'refused')).toEqual([])
  expect(comparison).toMatchObject({
    clean: true,
    tasks: [{ comparedRows: rows.all, refusedRows: rows.bad, equalRows: rows.all - rows.bad }],
  })
}

const DOUBLES: Readonly<Record<'accounts' | 'products', { readonly database: 'supply_chain' | 'sales'; readonly sql: string }>> = {
  accounts: {
    database: 'supply_chain',
    sql: 'select count(*) as rows, count(distinct (lower(data_area_id), lower(customer_account))) as keys from customer',
  },
  products: { database: 'sales', sql: 'select count(*) as rows, count(distinct lower(productnumber)) as keys from product' },
}

/** So many rows at the destination, each key once: counted in the application's own tables. */
export async function expectNoDoubles(installation: TestInstallation, project: 'accounts' | 'products', rows: number): Promise<void> {
  const { database, sql } = DOUBLES[project]
  const [found] = (await installation.database(database).query<{ rows: string; keys: string }>(sql)).rows
  expect({ rows: Number(found?.rows), keys: Number(found?.keys) }, `rows and keys of ${project} at the destination`).toEqual({
    rows,
    keys: rows,
  })
}
