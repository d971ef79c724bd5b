import type { Connector, DestinationRow, SourcePage } from '@p2c/engine'
import { expect, test } from 'vitest'
import { type StubService, startStubService } from '../stub-service.ts'
import { createSalesConnector } from './sales-connector.ts'
import { type SalesFixture, startSalesFixture } from './sales-fixture.ts'

/** Points of the wire specification that bind the client of Sales. */

const signal = new AbortController().signal
const organisation = { businessUnit: 'Contoso', legalEntity: 'USMF' }

interface World {
  readonly stub: StubService
  readonly sales: SalesFixture
  readonly connector: Connector
}

async function start(t: Parameters<typeof startStubService>[0]): Promise<World> {
  const stub = await startStubService(t)
  const sales = startSalesFixture(stub)
  const connector = createSalesConnector(stub.settings)
  t.onTestFinished(() => connector.close())
  return { stub, sales, connector }
}

const rowsOf = (keyField: string, rows: readonly DestinationRow['values'][]): readonly DestinationRow[] =>
  rows.map((values) => ({ key: String(values[keyField]), values, known: false }))

const upsertAccounts = (connector: Connector, rows: readonly DestinationRow['values'][]) =>
  connector.upsert({ entity: 'accounts', keyFields: ['accountnumber'], organisation, rows: rowsOf('accountnumber', rows) }, signal)

const writesOf = (stub: StubService) => stub.requests.filter(({ method }) => method !== 'GET')

test('DV-033 a write needs no id of its answer: it asks for no representation, and an answer without any id will do', async (t) => {
  const { connector, stub } = await start(t)
  stub.on(({ url }) => (url.endsWith('CreateMultiple') ? { status: 200, body: {} } : undefined))
  const outcomes = await upsertAccounts(connector, [{ accountnumber: 'A-1', name: 'One' }])
  expect(outcomes).toEqual([{ outcome: 'inserted', key: 'A-1' }])
  expect(writesOf(stub).map(({ headers }) => headers.prefer)).toEqual([undefined])
})

test('DV-058 a lookup is bound by the name that the metadata gives, in its own letter case', async (t) => {
  const { connector, sales, stub } = await start(t)
  sales.insert('accounts', { accountnumber: 'A-1', name: 'Company' })
  stub.on(({ url }) =>
    url.includes("EntityDefinitions(LogicalName='contact')/ManyToOneRelationships")
      ? {
          status: 200,
          body: {
            value: [
              {
                ReferencingAttribute: 'parentcustomerid',
                ReferencedEntity: 'account',
                ReferencingEntityNavigationPropertyName: 'new_Company',
              },
            ],
          },
        }
      : undefined,
  )
  let body = ''
  stub.on((request) => {
    if (!request.url.endsWith('CreateMultiple')) return undefined
    body = request.body
    return { status: 200, body: {} }
  })
  const rows = rowsOf('msdynce_contactnumber', [
    { msdynce_contactnumber: 'C-1', lastname: 'Lind', 'parentcustomerid.accountnumber': 'A-1' },
  ])
  await connector.upsert({ entity: 'contacts', keyFields: ['msdynce_contactnumber'], organisation, rows }, signal)
  expect(Object.keys(JSON.parse(body).Targets[0])).toContain('new_Company@odata.bind')
})

test('DV-080 deleted markers of rows that were never read change nothing', async (t) => {
  const { connector, sales } = await start(t)
  const request = {
    entity: 'accounts',
    keyFields: ['accountnumber'],
    fields: ['accountnumber'],
    organisation,
    pageSize: 5000,
    readId: 'r1',
  }
  const read = async (position?: string): Promise<SourcePage[]> => {
    const pages: SourcePage[] = []
    for await (const page of connector.read({ ...request, ...(position !== undefined && { position }) }, signal)) pages.push(page)
    return pages
  }
  const [first] = await read()
  sales.remove('accounts', sales.insert('accounts', { accountnumber: 'A-1' }))
  sales.insert('accounts', { accountnumber: 'A-2' })
  const changes = await read(first?.position ?? '')
  expect(changes.flatMap((page) => page.rows.map((row) => row.key))).toEqual(['A-2'])
  expect(changes.at(-1)?.position).toBeDefined()
})

test('DV-133 no message holds one key twice or repeats the columns of a key, and UpsertMultiple is not used', async (t) => {
  const { connector, stub } = await start(t)
  const rows = ['A-1', 'A-2', 'a-1', 'A-1 ', 'A-2'].map((accountnumber, n) => ({ accountnumber, name: `Row ${n}` }))
  await upsertAccounts(connector, rows)
  const messages = writesOf(stub).map(({ url, body }) => ({
    message: url.slice(url.lastIndexOf('.') + 1),
    targets: JSON.parse(body).Targets,
  }))
  expect(messages.map(({ message }) => message)).not.toContain('UpsertMultiple')
  for (const { targets } of messages) {
    const keys = targets.map((target: Record<string, unknown>) =>
      String(target.accountid ?? target.accountnumber)
        .trim()
        .toLowerCase(),
    )
    expect(new Set(keys).size).toBe(keys.length)
    expect(targets.every((target: object) => !('@odata.id' in target))).toBe(true)
  }
})
