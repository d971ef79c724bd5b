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
  /** Rows that a request writes. */
  readonly rowsIn: (body: string) => number
}

const SYSTEMS: Readonly<Record<string, (t: Scope) => Promise<System>>> = {
  async Sales(t) {
    const stub = await startStubService(t)
    startSalesFixture(stub)
    const connector = createSalesConnector(stub.settings)
    t.onTestFinished(() => connector.close())
    const rowsIn = (body: string) => body.split('@odata.type').length - 1
    return { stub, connector, entity: 'accounts', fields: ['accountnumber', 'name'], rowsIn }
  },
  async 'Supply Chain'(t) {
    const stub = await startStubService(t)
    stub.on(createFinOpsFixture().handler)
    const connector = createSupplyChainConnector(stub.settings)
    t.onTestFinished(() => connector.close())
    const rowsIn = (body: string) => body.split('POST CustomersV2').length - 1
    return { stub, connector, entity: 'CustomersV2', fields: ['CustomerAccount', 'OrganizationName'], rowsIn }
  },
}

const upsert = ({ connector, entity, fields: [key, name] }: System, prefix: string, count: number) => {
  const rows = Array.from({ length: count }, (_, n) => ({
    key: `${prefix}-${n}`,
    known: false,
    values: { [key]: `${prefix}-${n}`, [name]: 'x' },
  }))
  return connector.upsert({ entity, keyFields: [key], organisation, rows }, signal)
}

const TOO_LARGE: StubAnswer = { status: 413, body: { error: { code: '', message: 'The request is too large.' } } }

test.for(Object.entries(SYSTEMS))('a bulk call that is too large is cut, and the next ones are smaller: %s', async ([, start], t) => {
  const system = await start(t)
  const refused: number[] = []
  system.stub.on((request) => {
    const rows = request.method === 'POST' ? system.rowsIn(request.body) : 0
    if (rows <= 40) return undefined
    refused.push(rows)
    return TOO_LARGE
  })
  const first = await upsert(system, 'A', 90)
  expect(first.filter(({ outcome }) => outcome !== 'inserted')).toEqual([])
  expect(refused.length).toBeGreaterThan(0)
  const before = refused.length
  const second = await upsert(system, 'B', 200)
  expect(second.filter(({ outcome }) => outcome !== 'inserted')).toEqual([])
  expect(refused.length - before).toBeLessThanOrEqual(4)
})

test.for(Object.entries(SYSTEMS))('one row that is too large by itself fails alone: %s', async ([, start], t) => {
  const system = await start(t)
  system.stub.on((request) => (request.method === 'POST' && request.body.includes('A-7"') ? TOO_LARGE : undefined))
  const outcomes = await upsert(system, 'A', 60)
  expect(outcomes.flatMap((outcome) => (outcome.outcome === 'inserted' ? [] : [outcome]))).toMatchObject([
    { key: 'A-7', outcome: 'failed', failure: { code: 'request-too-large' } },
  ])
})

test.for(Object.entries(SYSTEMS))('a service that loses every answer ends the call in bounded time, to be repeated: %s', async ([
  ,
  start,
], t) => {
  const system = await start(t)
  system.stub.on((request) => (request.method === 'POST' && system.rowsIn(request.body) > 0 ? 'reset' : undefined))
  await expect(upsert(system, 'A', 30)).rejects.toMatchObject({ category: 'connectivity', retryable: true })
  const writes = system.stub.requests.filter((request) => request.method === 'POST' && system.rowsIn(request.body) > 0)
  expect(writes.length).toBeLessThanOrEqual(8)
  expect(system.stub.waits).toEqual([200, 400, 800, 1600, 3200, 6400])
})
