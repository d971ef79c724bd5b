import type { ConnectionPool } from '@p2c/connectors'
import type { Connector } from '@p2c/engine'
import { Pool } from 'undici'
import { expect, onTestFinished, test } from 'vitest'
import { startSupplyChain } from '../support/connected-applications.ts'

const organisation = { businessUnit: 'Contoso', legalEntity: 'USMF' }
const signal = new AbortController().signal

const customer = (CustomerAccount: string, more: Record<string, string | null> = {}) => ({
  key: CustomerAccount,
  known: false,
  values: {
    CustomerAccount,
    OrganizationName: `Ærø & Søn "${CustomerAccount}", A/S\r\n漢字`,
    PartyType: 'Organization',
    CustomerGroupId: '10',
    SalesCurrencyCode: 'USD',
    CreditLimit: '12480.50',
    ...more,
  },
})

const customers = (name: string, count: number) => Array.from({ length: count }, (_, n) => customer(`${name}-${n}`))

const upsert = (connector: Connector, rows: readonly ReturnType<typeof customer>[]) =>
  connector.upsert({ entity: 'CustomersV2', keyFields: ['CustomerAccount'], organisation, rows }, signal)

/** Real connections whose requests are listed; `spoil` loses an answer that is there, or has the application refuse the request. */
function listening(spoil: (path: string) => 'lost' | 'refused' | undefined = () => undefined) {
  const paths: string[] = []
  const createPool = (origin: string, options: { readonly connections: number }): ConnectionPool => {
    const pool = new Pool(origin, options)
    return {
      close: () => pool.close(),
      async request(request) {
        const path = String(request.path)
        paths.push(path)
        const fate = spoil(path)
        const response = await pool.request(fate === 'refused' ? { ...request, path: '/data/NoSuchAction' } : request)
        if (fate !== 'lost') return response
        await response.body.dump()
        throw Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' })
      },
    }
  }
  const count = (part: string) => paths.filter((path) => path.includes(part)).length
  return { paths, count, createPool }
}

test('FO-083 FO-085 FO-096 many new rows go as one package, under the rules and defaults of OData creates', async (t) => {
  const { count, createPool } = listening()
  const connector = await startSupplyChain(t, { packageRows: 100, createPool })
  const outcomes = await upsert(connector, customers('P', 250))
  expect(outcomes.filter(({ outcome }) => outcome !== 'inserted')).toEqual([])
  expect([count('ImportFromPackage'), count('$batch')]).toEqual([1, 0])
  expect(await upsert(connector, [customer('O-1')])).toMatchObject([{ outcome: 'inserted' }])
  expect([count('ImportFromPackage'), count('$batch')]).toEqual([1, 1])
  // Equal to what was sent, and to a row that OData made, in every field that was not sent.
  expect((await upsert(connector, customers('P', 250))).filter(({ outcome }) => outcome !== 'unchanged')).toEqual([])
  const { fields } = await connector.describeEntity('CustomersV2', signal)
  const own = ['CustomerAccount', 'OrganizationName', 'PartyNumber', 'NameAlias', 'InvoiceAccount', 'KnownAs']
  const names = fields.map(({ name }) => name).filter((name) => !own.includes(name))
  const request = { entity: 'CustomersV2', keyFields: ['CustomerAccount'], fields: names, organisation, pageSize: 10, readId: 'r1' }
  const rows = await connector.readByKeys(request, ['P-7', 'O-1'], signal)
  const valuesOf = (key: string) => ({ ...rows.find((row) => row.key === key)?.values, CustomerAccount: '' })
  expect(valuesOf('P-7')).toEqual(valuesOf('O-1'))
})

test('FO-089 FO-091 rows that a package import refuses are told with field, value and reason; the others are in', async (t) => {
  const { count, createPool } = listening()
  const connector = await startSupplyChain(t, { packageRows: 100, createPool })
  const rows = customers('P', 200)
    .with(17, customer('P-17', { CustomerGroupId: '99' }))
    .with(180, customer('P-180', { SalesCurrencyCode: 'QQQ' }))
  const outcomes = await upsert(connector, rows)
  const failed = outcomes.flatMap((outcome) => (outcome.outcome === 'failed' ? [outcome] : []))
  expect(failed).toMatchObject([
    { key: 'P-17', failure: { category: 'reference', code: 'reference-not-found', details: { value: '99', field: expect.any(String) } } },
    { key: 'P-180', failure: { category: 'reference', code: 'reference-not-found', details: { value: 'QQQ', field: expect.any(String) } } },
  ])
  expect(outcomes.filter(({ outcome }) => outcome === 'inserted')).toHaveLength(198)
  expect([count('ImportFromPackage'), count('ErrorKeysFileUrl')]).toEqual([1, 1])
})

test('FO-088 an import whose answer is lost is looked up by its id and never sent twice', async (t) => {
  const { count, createPool } = listening((path) => (path.includes('ImportFromPackage') ? 'lost' : undefined))
  const connector = await startSupplyChain(t, { packageRows: 100, createPool })
  expect((await upsert(connector, customers('P', 150))).filter(({ outcome }) => outcome !== 'inserted')).toEqual([])
  expect([count('ImportFromPackage'), count('$batch')]).toEqual([1, 0])
})

test('FO-098 where counts and error keys cannot be had, the rows themselves are read by key', async (t) => {
  const { count, createPool } = listening((path) => (path.includes('StatusList') ? 'lost' : undefined))
  const connector = await startSupplyChain(t, { packageRows: 100, createPool, maxRepeats: 0 })
  const rows = customers('P', 150).with(3, customer('P-3', { CustomerGroupId: '99' }))
  const outcomes = await upsert(connector, rows)
  expect(outcomes.flatMap(({ outcome, key }) => (outcome === 'inserted' ? [] : [key]))).toEqual(['P-3'])
  expect(count('ImportFromPackage')).toBe(1)
})

test('an environment that refuses packages is served by change sets, and not asked again', async (t) => {
  const { count, createPool } = listening((path) => (path.includes('GetAzureWriteUrl') ? 'refused' : undefined))
  const connector = await startSupplyChain(t, { packageRows: 100, createPool })
  for (const name of ['A', 'B'])
    expect((await upsert(connector, customers(name, 150))).filter(({ outcome }) => outcome !== 'inserted')).toEqual([])
  expect([count('GetAzureWriteUrl'), count('ImportFromPackage')]).toEqual([1, 0])
})

test.each([{ packageRows: 100, usesPackages: false }, { packageRows: 0 }, {}])('no package is sent with %o', async (settings) => {
  const { count, createPool } = listening()
  const scope = { onTestFinished }
  const connector = await startSupplyChain(scope, { ...settings, createPool })
  expect((await upsert(connector, customers('P', 150))).filter(({ outcome }) => outcome !== 'inserted')).toEqual([])
  expect(count('GetAzureWriteUrl')).toBe(0)
})

test('FO-094 imports of one environment follow each other, by the shared budget where there is one', async (t) => {
  const { paths, createPool } = listening()
  const connector = await startSupplyChain(t, { packageRows: 100, createPool })
  await Promise.all([upsert(connector, customers('A', 120)), upsert(connector, customers('B', 120))])
  const marks = paths.flatMap((path) => /GetAzureWriteUrl|StatusList/.exec(path)?.[0] ?? [])
  expect(marks).toEqual(['GetAzureWriteUrl', 'StatusList', 'GetAzureWriteUrl', 'StatusList'])
  const asked: string[] = []
  const budget = {
    acquire: async () => undefined,
    report: async () => undefined,
    exclusive: async <Result>(name: string, work: () => Promise<Result>) => {
      asked.push(name)
      return work()
    },
  }
  const shared = await startSupplyChain(t, { packageRows: 100, budget })
  await upsert(shared, customers('A', 120))
  expect(asked).toEqual(['package-import'])
})
