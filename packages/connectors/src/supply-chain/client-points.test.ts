import type { Connector } from '@p2c/engine'
import { expect, onTestFinished, test } from 'vitest'
import { type StubService, startStubService } from '../stub-service.ts'
import { createFinOpsFixture, type FinOpsFixture } from './fin-ops-fixture.ts'
import { writePackage } from './package-writer.ts'
import { createSupplyChainConnector } from './supply-chain-connector.ts'

/** Points of the wire specification that bind the client of Supply Chain. */

const signal = new AbortController().signal
const organisation = { businessUnit: 'Halvorsen', legalEntity: 'hms1' }

const READ = {
  entity: 'CustomersV2',
  keyFields: ['CustomerAccount'],
  fields: ['CustomerAccount', 'OrganizationName'],
  organisation,
  pageSize: 100,
  readId: 'r1',
}

interface World {
  readonly stub: StubService
  readonly service: FinOpsFixture
  readonly connector: Connector
}

async function start(t: Parameters<typeof startStubService>[0]): Promise<World> {
  const stub = await startStubService(t)
  const service = createFinOpsFixture()
  stub.on(service.handler)
  const connector = createSupplyChainConnector(stub.settings)
  t.onTestFinished(() => connector.close())
  return { stub, service, connector }
}

async function keysOf(connector: Connector, request: Parameters<Connector['read']>[0]): Promise<readonly string[]> {
  const keys: string[] = []
  for await (const page of connector.read(request, signal)) keys.push(...page.rows.map(({ key }) => key))
  return keys
}

test('FO-008 a mapped field that the metadata does not have stops the read before any row is asked for', async (t) => {
  const { connector, stub } = await start(t)
  await expect(keysOf(connector, { ...READ, fields: ['CustomerAccount', 'Nmae'] })).rejects.toMatchObject({
    code: 'field-unknown',
    details: { entity: 'CustomersV2', field: 'Nmae' },
  })
  expect(stub.requests.map(({ url }) => url.split(/[?(]/)[0])).toEqual(['/metadata/DataEntities', '/metadata/PublicEntities'])
})

test('FO-009 every request has an id of its own, and a refusal carries the activity id of the service', async (t) => {
  const { connector, stub } = await start(t)
  stub.on(({ url }) =>
    url.startsWith('/data/CustomersV2')
      ? { status: 400, headers: { 'ms-dyn-aid': '6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0aa' }, body: { error: { code: '', message: 'No.' } } }
      : undefined,
  )
  await expect(keysOf(connector, READ)).rejects.toMatchObject({ details: { activityId: '6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0aa' } })
  const ids = stub.requests.map(({ headers }) => String(headers['x-ms-client-request-id']))
  for (const id of ids) expect(id).toMatch(/^[0-9a-f-]{36}$/)
  expect(new Set(ids).size).toBe(ids.length)
})

test.each([
  ['a text', (text: string) => text],
  ['an object with the text', (text: string) => ({ value: text })],
])('FO-093 ExportToPackage and GetExportedPackageUrl may answer with %s', async (_shape, shape) => {
  const { connector, stub } = await start({ onTestFinished })
  const fields = new Map(
    ['CustomerAccount', 'OrganizationName'].map((name) => [
      name.toLowerCase(),
      { name, type: 'text', dataType: 'String', isMandatory: false, allowEdit: true, allowEditOnCreate: true } as const,
    ]),
  )
  const rows = [{ CustomerAccount: 'C-1', OrganizationName: 'Ærø' }]
  const archive = writePackage({ project: 'P', entity: { label: 'Customers V2', fields }, rows })
  stub.on(({ url }) => {
    if (url.endsWith('.ExportToPackage')) return { status: 200, body: { value: shape('P-2') } }
    if (url.endsWith('.GetExecutionSummaryStatus')) return { status: 200, body: { value: 'Succeeded' } }
    if (url.endsWith('.GetExportedPackageUrl')) return { status: 200, body: { value: shape(`${stub.root}/dmf/out.zip?sig=x`) } }
    return url.startsWith('/dmf/') ? { status: 200, raw: archive } : undefined
  })
  const position = {
    project: 'P',
    entity: 'CustomersV2',
    company: 'hms1',
    select: 'dataAreaId,CustomerAccount,OrganizationName',
    exported: 1,
  }
  expect(await keysOf(connector, { ...READ, position: JSON.stringify(position) })).toEqual(['C-1'])
})

test('FO-124 a write that is answered with 200, 201 or 204 has succeeded', async (t) => {
  const { connector, service } = await start(t)
  for (const status of [200, 201, 204]) {
    service.part = () => ({ status })
    const rows = [{ key: `C-${status}`, known: false, values: { CustomerAccount: `C-${status}`, OrganizationName: 'x' } }]
    expect(await connector.upsert({ entity: 'CustomersV2', keyFields: ['CustomerAccount'], organisation, rows }, signal)).toEqual([
      { outcome: 'inserted', key: `C-${status}` },
    ])
  }
})
