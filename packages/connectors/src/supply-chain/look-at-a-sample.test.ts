import type { DestinationRow } from '@p2c/engine'
import { expect, test } from 'vitest'
import { startStubService } from '../stub-service.ts'
import { createFinOpsFixture } from './fin-ops-fixture.ts'
import { createSupplyChainConnector } from './supply-chain-connector.ts'

const signal = new AbortController().signal
const ROWS = 1_000

const keyOf = (number: number): string => `C-${String(number).padStart(5, '0')}`
const name = (number: number): string => `Customer ${number}`

const pageOf = (known: boolean): readonly DestinationRow[] =>
  Array.from({ length: ROWS }, (_, number) => ({
    key: keyOf(number),
    known,
    values: { CustomerAccount: keyOf(number), OrganizationName: name(number) },
  }))

/** A service that holds these customers, and how many keys were looked for. */
async function start(t: Parameters<typeof startStubService>[0], stored: readonly (readonly [number, string])[]) {
  const stub = await startStubService(t)
  const fixture = createFinOpsFixture()
  const looked = { keys: 0 }
  for (const [number, OrganizationName] of stored)
    fixture.rows.set(keyOf(number).toLowerCase(), { dataAreaId: 'hms1', CustomerAccount: keyOf(number), OrganizationName })
  stub.on((request) => {
    if (request.url.startsWith('/data/CustomersV2')) looked.keys += request.url.split('CustomerAccount eq').length - 1
    return fixture.handler(request)
  })
  const connector = createSupplyChainConnector(stub.settings)
  t.onTestFinished(() => connector.close())
  const upsert = (rows: readonly DestinationRow[]) =>
    connector.upsert(
      { entity: 'CustomersV2', keyFields: ['CustomerAccount'], organisation: { businessUnit: 'Contoso', legalEntity: 'hms1' }, rows },
      signal,
    )
  return { fixture, looked, upsert }
}

const tally = (outcomes: readonly { readonly outcome: string }[]): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(outcomes, ({ outcome }) => outcome)].map(([outcome, rows]) => [outcome, rows.length]))

test('of a large page that was never written a sample is looked for, and no more where none of it is there', async (t) => {
  const { fixture, looked, upsert } = await start(t, [])
  expect(tally(await upsert(pageOf(false)))).toEqual({ inserted: ROWS })
  expect(looked.keys).toBe(100)
  expect(fixture.rows.size).toBe(ROWS)
})

test('where the sample finds a row every row is looked for, and none is created twice', async (t) => {
  const { fixture, looked, upsert } = await start(
    t,
    Array.from({ length: 500 }, (_, number) => [number, number < 400 ? name(number) : 'of another name']),
  )
  expect(tally(await upsert(pageOf(false)))).toEqual({ unchanged: 400, updated: 100, inserted: 500 })
  expect(looked.keys).toBe(1_100)
  expect(fixture.created).toHaveLength(500)
})

test('rows that the sample passed over are looked for when a create meets them, and each is written as what it is', async (t) => {
  const { fixture, upsert } = await start(t, [
    [15, name(15)],
    [16, 'of another name'],
    [777, 'of a third'],
  ])
  const outcomes = await upsert(pageOf(false))
  expect(tally(outcomes)).toEqual({ unchanged: 1, updated: 2, inserted: ROWS - 3 })
  expect(outcomes[15]).toEqual({ outcome: 'unchanged', key: keyOf(15) })
  expect(fixture.rows.get(keyOf(16).toLowerCase())).toMatchObject({ OrganizationName: name(16) })
  expect(fixture.created).toHaveLength(ROWS - 3)
})

test('rows that were written before are all looked for', async (t) => {
  const { looked, upsert } = await start(t, [])
  expect(tally(await upsert(pageOf(true)))).toEqual({ inserted: ROWS })
  expect(looked.keys).toBe(ROWS)
})
