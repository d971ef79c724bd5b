import { AppError } from '@p2c/base'
import type { Connector, UpsertOutcome } from '@p2c/engine'
import { expect, test } from 'vitest'
import { createSalesConnector } from '../sales/sales-connector.ts'
import { startSalesFixture } from '../sales/sales-fixture.ts'
import { type StubHandler, type StubService, startStubService } from '../stub-service.ts'
import { createFinOpsFixture } from '../supply-chain/fin-ops-fixture.ts'
import { createSupplyChainConnector } from '../supply-chain/supply-chain-connector.ts'
import { faulty, seededRandom } from './faulty-service.fixture.ts'

const signal = new AbortController().signal
const organisation = { businessUnit: 'Contoso', legalEntity: 'hms1' }
const PAGES = 6
const PAGE_ROWS = 150
/** Times that a whole call is repeated, as the engine does; more would mean that it makes no headway. */
const MOST_CALLS = 40

const seedOf = (): number => Number(process.env.P2C_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31))

/** One system under test: what it holds, and how a row of it is written. */
interface Target {
  readonly connector: Connector
  readonly entity: string
  readonly keyField: string
  readonly nameField: string
  /** Stored name by key, and how often the key is stored. */
  stored(): ReadonlyMap<string, { readonly name: string; readonly times: number }>
  readonly struck: ReadonlyMap<string, number>
}

type Scope = Parameters<typeof startStubService>[0]

/** Products have no alternate key: a create that is sent twice would make two rows. */
async function salesTarget(t: Scope, random: () => number, hasBulkMessages: boolean): Promise<Target> {
  const stub = await startStubService(t)
  const inner: StubHandler[] = []
  const fixture = startSalesFixture({ ...stub, on: (handler) => inner.push(handler) } as StubService)
  fixture.hasBulkMessages = hasBulkMessages
  fixture.refuse = (row) =>
    String(row.name).startsWith('Bad') ? { status: 400, code: '0x80040265', message: `${String(row.name)} is refused.` } : undefined
  const { handler, count } = faulty((request) => inner[0]?.(request), { random, rate: 0.05 })
  stub.on(handler)
  const connector = createSalesConnector({ ...stub.settings, random })
  t.onTestFinished(() => connector.close())
  const rowsByKey = () => Map.groupBy(fixture.tables.products?.rows.values() ?? [], (row) => String(row.productnumber))
  return {
    connector,
    entity: 'products',
    keyField: 'productnumber',
    nameField: 'name',
    struck: count,
    stored: () => new Map([...rowsByKey()].map(([key, rows]) => [key, { name: String(rows[0]?.name), times: rows.length }])),
  }
}

async function supplyChainTarget(t: Scope, random: () => number): Promise<Target> {
  const stub = await startStubService(t)
  const fixture = createFinOpsFixture()
  fixture.refuse = (row) =>
    String(row.OrganizationName).startsWith('Bad') ? `Infolog: Warning: ${String(row.OrganizationName)} is refused.` : undefined
  const partFaults = [{ status: 429, headers: [['Retry-After', '3']] as const }, { status: 503 }, { status: 401 }]
  fixture.part = () => partFaults[Math.floor(random() / 0.001)]
  const { handler, count } = faulty(fixture.handler, { random, rate: 0.05 })
  stub.on(handler)
  const connector = createSupplyChainConnector({ ...stub.settings, random })
  t.onTestFinished(() => connector.close())
  const timesCreated = () => Map.groupBy(fixture.created, (key) => key)
  return {
    connector,
    entity: 'CustomersV2',
    keyField: 'CustomerAccount',
    nameField: 'OrganizationName',
    struck: count,
    stored: () => {
      const times = timesCreated()
      return new Map(
        [...fixture.rows].map(([key, row]) => [
          key.toUpperCase(),
          { name: String(row.OrganizationName), times: times.get(key)?.length ?? 0 },
        ]),
      )
    },
  }
}

/** Calls until one passes: every failure of a call must be one that may be repeated. */
async function upsertPage(target: Target, page: ReadonlyMap<string, string>) {
  const rows = [...page].map(([key, name]) => ({ key, known: false, values: { [target.keyField]: key, [target.nameField]: name } }))
  for (let call = 0; call < MOST_CALLS; call += 1) {
    const before = target.stored()
    try {
      const outcomes = await target.connector.upsert({ entity: target.entity, keyFields: [target.keyField], organisation, rows }, signal)
      return { outcomes, before }
    } catch (error) {
      if (!(error instanceof AppError) || !error.retryable) throw error
    }
  }
  throw new Error(`no call of ${MOST_CALLS} passed`)
}

/** What a row must have become, by what was stored when the call began. */
function expected(name: string, before: string | undefined): UpsertOutcome['outcome'] {
  if (name.startsWith('Bad')) return 'failed'
  return before === undefined ? 'inserted' : before === name ? 'unchanged' : 'updated'
}

const CASES = {
  'Sales by bulk messages': (t: Scope, random: () => number) => salesTarget(t, random, true),
  'Sales by batches': (t: Scope, random: () => number) => salesTarget(t, random, false),
  'Supply Chain by change sets': supplyChainTarget,
}

test.for(Object.entries(CASES))('a storm of faults loses, doubles and blames no row: %s', async ([name, start], t) => {
  const seed = seedOf()
  process.stdout.write(`  storm, ${name}: P2C_TEST_SEED=${seed}\n`)
  const random = seededRandom(seed)
  const target = await start(t, random)
  const want = new Map<string, string>()
  for (let page = 0; page < PAGES; page += 1) {
    const rows = new Map<string, string>()
    // Half of the keys come again on the next page, some with another name: inserts, updates and rows that are equal.
    for (let n = 0; n < PAGE_ROWS; n += 1) {
      const key = `K-${(page * PAGE_ROWS) / 2 + n}`
      const isBad = random() < 0.01
      rows.set(key, isBad ? `Bad ${page}` : random() < 0.5 ? `Name ${page}` : (want.get(key) ?? `First ${page}`))
    }
    const { outcomes, before } = await upsertPage(target, rows)
    expect(outcomes.map(({ key }) => key)).toEqual([...rows.keys()])
    const wrong = outcomes.filter(({ key, outcome }) => outcome !== expected(rows.get(key) ?? '', before.get(key)?.name))
    expect(wrong, `seed ${seed}, page ${page}`).toEqual([])
    // A bad row is sent alone in the end: where the storm strikes just that one again and again, the fault is its failure.
    for (const outcome of outcomes)
      if (outcome.outcome === 'failed' && outcome.failure.code !== 'server-failed')
        expect(outcome.failure.message, `seed ${seed}`).toBe(`Bad ${page} is refused.`)
    for (const [key, value] of rows) if (!value.startsWith('Bad')) want.set(key, value)
  }
  const stored = target.stored()
  expect(Object.fromEntries([...stored].map(([key, row]) => [key, row.name])), `seed ${seed}`).toEqual(Object.fromEntries(want))
  expect(
    [...stored].filter(([, row]) => row.times !== 1),
    `seed ${seed}`,
  ).toEqual([])
  // A storm that did not strike shows nothing.
  expect([...target.struck.values()].reduce((sum, times) => sum + times, 0)).toBeGreaterThan(10)
})
