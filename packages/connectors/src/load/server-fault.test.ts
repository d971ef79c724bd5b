import type { Connector } from '@p2c/engine'
import { expect, test } from 'vitest'
import { createSalesConnector } from '../sales/sales-connector.ts'
import { startSalesFixture } from '../sales/sales-fixture.ts'
import { type StubAnswer, type StubService, startStubService } from '../stub-service.ts'
import { createFinOpsFixture } from '../supply-chain/fin-ops-fixture.ts'
import { createSupplyChainConnector } from '../supply-chain/supply-chain-connector.ts'

const signal = new AbortController().signal
const organisation = { businessUnit: 'Contoso', legalEntity: 'hms1' }

type Scope = Parameters<typeof startStubService>[0]

interface System {
  readonly stub: StubService
  readonly connector: Connector
  readonly entity: string
  readonly fields: readonly [key: string, name: string]
}

const sales = (hasBulkMessages: boolean) => async (t: Scope) => {
  const stub = await startStubService(t)
  startSalesFixture(stub).hasBulkMessages = hasBulkMessages
  const connector = createSalesConnector(stub.settings)
  t.onTestFinished(() => connector.close())
  return { stub, connector, entity: 'accounts', fields: ['accountnumber', 'name'] } as const
}

const SYSTEMS: Readonly<Record<string, (t: Scope) => Promise<System>>> = {
  'Sales by bulk messages': sales(true),
  'Sales by batches': sales(false),
  async 'Supply Chain'(t) {
    const stub = await startStubService(t)
    stub.on(createFinOpsFixture().handler)
    const connector = createSupplyChainConnector(stub.settings)
    t.onTestFinished(() => connector.close())
    return { stub, connector, entity: 'CustomersV2', fields: ['CustomerAccount', 'OrganizationName'] }
  },
}

const upsert = ({ connector, entity, fields: [key, name] }: System, count: number) => {
  const rows = Array.from({ length: count }, (_, n) => ({ key: `A-${n}`, known: false, values: { [key]: `A-${n}`, [name]: `Name ${n}.` } }))
  return connector.upsert({ entity, keyFields: [key], organisation, rows }, signal)
}

/** As an application answers whose database is away. */
const FAILED: StubAnswer = { status: 500, body: { error: { code: '0x80040216', message: 'An unexpected error occurred.' } } }
const carriesRows = (body: string) => body.includes('Name ')

test.for(Object.entries(SYSTEMS))('a service that answers 500 for a while blames no row, and writes none twice: %s', async ([
  ,
  start,
], t) => {
  const system = await start(t)
  let writes = 0
  system.stub.on((request) => (carriesRows(request.body) && ++writes <= 6 ? FAILED : undefined))
  const outcomes = await upsert(system, 60)
  expect(outcomes.filter(({ outcome }) => outcome !== 'inserted')).toEqual([])
  expect(writes).toBeGreaterThan(6)
})

test.for(Object.entries(SYSTEMS))('a service that answers 500 to every write fails the call in bounded time, to be repeated: %s', async ([
  ,
  start,
], t) => {
  const system = await start(t)
  let writes = 0
  system.stub.on((request) => {
    if (!carriesRows(request.body)) return undefined
    writes += 1
    return FAILED
  })
  await expect(upsert(system, 900)).rejects.toMatchObject({ category: 'connectivity', code: 'service-unavailable', retryable: true })
  expect(writes).toBeLessThan(120)
})

test.for(Object.entries(SYSTEMS))('a service that answers 500 to everything fails the call, to be repeated: %s', async ([, start], t) => {
  const system = await start(t)
  let isDown = false
  system.stub.on((request) => {
    if (carriesRows(request.body)) isDown = true
    return isDown ? FAILED : undefined
  })
  await expect(upsert(system, 5)).rejects.toMatchObject({ category: 'connectivity', code: 'service-unavailable', retryable: true })
})

test.for(
  Object.entries(SYSTEMS),
)('a row on which the service fails whatever it comes with fails alone, the others are written: %s', async ([, start], t) => {
  const system = await start(t)
  system.stub.on((request) => (/Name (17|431)\./.test(request.body) ? FAILED : undefined))
  const outcomes = await upsert(system, 600)
  expect(outcomes.flatMap((outcome) => (outcome.outcome === 'inserted' ? [] : [outcome]))).toMatchObject(
    ['A-17', 'A-431'].map((key) => ({ key, outcome: 'failed', failure: { category: 'internal', code: 'server-failed' } })),
  )
})

test.for(Object.entries(SYSTEMS))('the only row of a call fails where the service answers the look at it: %s', async ([, start], t) => {
  const system = await start(t)
  system.stub.on((request) => (carriesRows(request.body) ? FAILED : undefined))
  expect(await upsert(system, 1)).toMatchObject([{ outcome: 'failed', failure: { category: 'internal', code: 'server-failed' } }])
})
