import type { Connector, SourcePage } from '@p2c/engine'
import { expect, test } from 'vitest'
import { type StubService, startStubService } from '../stub-service.ts'
import { createSalesConnector } from './sales-connector.ts'
import { type SalesFixture, startSalesFixture } from './sales-fixture.ts'

const signal = new AbortController().signal
const organisation = { businessUnit: 'Contoso', legalEntity: 'USMF' }

interface World {
  readonly stub: StubService
  readonly sales: SalesFixture
  readonly connector: Connector
}

async function start(t: Parameters<typeof startStubService>[0], more: object = {}): Promise<World> {
  const stub = await startStubService(t)
  const sales = startSalesFixture(stub)
  const connector = createSalesConnector({ ...stub.settings, ...more })
  t.onTestFinished(() => connector.close())
  return { stub, sales, connector }
}

const ACCOUNT_READ = {
  entity: 'accounts',
  keyFields: ['accountnumber'],
  fields: ['accountnumber', 'name', 'creditlimit', 'transactioncurrencyid.isocurrencycode'],
  organisation,
  pageSize: 5000,
  readId: 'r1',
}

async function readAll(connector: Connector, request: Parameters<Connector['read']>[0]): Promise<SourcePage[]> {
  const pages: SourcePage[] = []
  for await (const page of connector.read(request, signal)) pages.push(page)
  return pages
}

const writes = (stub: StubService) =>
  stub.requests.filter((request) => request.method !== 'GET').map((request) => request.url.slice('/api/data/v9.2/'.length))

const upsertAccounts = (connector: Connector, rows: readonly Record<string, string | number | null>[]) =>
  connector.upsert(
    {
      entity: 'accounts',
      keyFields: ['accountnumber'],
      organisation,
      rows: rows.map((values) => ({ key: String(values.accountnumber), values, known: false })),
    },
    signal,
  )

test('the connection test is WhoAmI', async (t) => {
  const { connector, stub } = await start(t)
  expect((await connector.checkConnection(signal)).description).toContain('o-1')
  expect(stub.requests[0]?.url).toBe('/api/data/v9.2/WhoAmI')
})

test('DV-118 a table is described from its metadata, with lookups, options and keys; an unknown one is refused', async (t) => {
  const { connector } = await start(t)
  const schema = await connector.describeEntity('contacts', signal)
  expect(schema.keys).toEqual([{ name: 'K', fields: ['msdynce_contactnumber'] }])
  expect(Object.fromEntries(schema.fields.map((field) => [field.name, field]))).toMatchObject({
    lastname: { type: 'text', maxLength: 100 },
    birthdate: { type: 'date' },
    gendercode: { type: 'choice', options: [1, 2, 3] },
    parentcustomerid: { type: 'lookup', relatedEntities: ['accounts', 'contacts'] },
  })
  expect((await connector.describeEntity('products', signal)).keys).toEqual([{ name: 'integration-key', fields: ['productnumber'] }])
  await expect(connector.describeEntity('account', signal)).rejects.toMatchObject({ category: 'schema', code: 'entity-unknown' })
})

test('DV-068 DV-078 a full read follows the pages, resolves lookups in bulk and ends with a position; the next read has the changes only', async (t) => {
  const { connector, sales, stub } = await start(t)
  const eur = sales.insert('transactioncurrencies', { isocurrencycode: 'EUR' })
  const first = sales.insert('accounts', {
    accountnumber: 'A-1',
    name: 'Halvorsen',
    creditlimit: 50000.25,
    _transactioncurrencyid_value: eur,
  })
  for (let n = 2; n <= 5; n += 1) sales.insert('accounts', { accountnumber: `A-${n}`, name: `Kai ${n}`, _transactioncurrencyid_value: eur })
  const pages = await readAll(connector, { ...ACCOUNT_READ, pageSize: 2 })
  expect(pages.map((page) => page.rows.length)).toEqual([2, 2, 1])
  expect(pages[0]?.rows[0]).toEqual({
    key: 'A-1',
    version: '1002',
    values: { accountnumber: 'A-1', name: 'Halvorsen', creditlimit: '50000.25', 'transactioncurrencyid.isocurrencycode': 'EUR' },
  })
  expect(stub.requests.filter((request) => request.url.includes('transactioncurrencies?'))).toHaveLength(1)
  expect(pages.slice(0, 2).every((page) => page.position === undefined && page.pageLink !== undefined)).toBe(true)
  const position = pages[2]?.position ?? ''
  sales.insert('accounts', { accountnumber: 'A-6', name: 'Later' })
  sales.remove('accounts', first)
  const before = stub.requests.length
  const changes = await readAll(connector, { ...ACCOUNT_READ, position })
  expect(changes.flatMap((page) => page.rows.map((row) => row.key))).toEqual(['A-6'])
  expect(stub.requests.length - before).toBe(1)
  const quiet = await readAll(connector, { ...ACCOUNT_READ, position: changes[0]?.position ?? '' })
  expect(quiet.flatMap((page) => page.rows)).toEqual([])
})

test('a read goes on behind a page in another process', async (t) => {
  const { connector, sales } = await start(t)
  for (let n = 1; n <= 3; n += 1) sales.insert('accounts', { accountnumber: `A-${n}` })
  const [page] = await readAll(connector, { ...ACCOUNT_READ, pageSize: 2 })
  const rest = await readAll(connector, { ...ACCOUNT_READ, pageSize: 2, pageLink: page?.pageLink ?? '' })
  expect(rest.flatMap((one) => one.rows.map((row) => row.key))).toEqual(['A-3'])
  expect(rest[0]?.position).toBeDefined()
})

test('DV-082 an expired, foreign or differently shaped position is source-position-expired', async (t) => {
  const { connector, stub } = await start(t)
  const [page] = await readAll(connector, ACCOUNT_READ)
  const position = page?.position ?? ''
  const expired = { category: 'data', code: 'source-position-expired' }
  await expect(
    readAll(connector, { ...ACCOUNT_READ, position: position.replace(/deltatoken=\d+/, 'deltatoken=old') }),
  ).rejects.toMatchObject(expired)
  await expect(
    readAll(connector, { ...ACCOUNT_READ, position: position.replace(stub.root, 'http://elsewhere.example') }),
  ).rejects.toMatchObject(expired)
  await expect(readAll(connector, { ...ACCOUNT_READ, fields: ['accountnumber'], position })).rejects.toMatchObject(expired)
  await expect(readAll(connector, { ...ACCOUNT_READ, position: 'written by hand' })).rejects.toMatchObject(expired)
})

test('a next link to another host is not followed: it would receive the token', async (t) => {
  const { connector, stub } = await start(t)
  stub.on((request) =>
    request.url.includes('accounts?')
      ? { status: 200, body: { value: [], '@odata.nextLink': 'https://evil.example/api/data/v9.2/accounts' } }
      : undefined,
  )
  await expect(readAll(connector, ACCOUNT_READ)).rejects.toMatchObject({ code: 'link-refused', retryable: false })
})

test('a body that is cut off, no JSON, or begins with a byte-order mark', async (t) => {
  const { connector, stub } = await start(t)
  stub.on((request) => (request.url.includes('accounts?') ? { status: 200, raw: '{"value":[{"accountnumber":"A-' } : undefined))
  await expect(readAll(connector, ACCOUNT_READ)).rejects.toMatchObject({ code: 'response-invalid', retryable: true })
  stub.on((request) =>
    request.url.includes('accounts?') ? { status: 200, raw: '\ufeff{"value":[{"accountnumber":"x","accountnumber":"A-9"}]}' } : undefined,
  )
  expect((await readAll(connector, ACCOUNT_READ))[0]?.rows[0]?.key).toBe('A-9')
})

test('DV-029 DV-032 money keeps its digits both ways', async (t) => {
  const { connector, stub } = await start(t)
  stub.on((request) =>
    request.url.includes('accounts?')
      ? { status: 200, raw: '{"value":[{"accountnumber":"A","creditlimit":99999999999999.9999}]}' }
      : undefined,
  )
  expect((await readAll(connector, ACCOUNT_READ))[0]?.rows[0]?.values.creditlimit).toBe('99999999999999.9999')
  stub.on((request) => (request.url.includes('accounts?') ? { status: 200, body: { value: [] } } : undefined))
  await upsertAccounts(connector, [{ accountnumber: 'A', creditlimit: '99999999999999.9999' }])
  expect(stub.requests.at(-1)?.body).toContain('"creditlimit":99999999999999.9999')
})

test('templates 2.4 a polymorphic lookup gives the number of whichever row it points to', async (t) => {
  const { connector, sales } = await start(t)
  const account = sales.insert('accounts', { accountnumber: 'A-1' })
  const person = sales.insert('contacts', { msdynce_contactnumber: 'C-1', _parentcustomerid_value: account })
  sales.insert('contacts', { msdynce_contactnumber: 'C-2', _parentcustomerid_value: person })
  sales.insert('contacts', { msdynce_contactnumber: 'C-3' })
  const either = 'parentcustomerid.Account(accountnumber).Contact(msdynce_contactnumber)'
  const one = 'parentcustomerid.Account(accountnumber)'
  const [page] = await readAll(connector, {
    ...ACCOUNT_READ,
    entity: 'contacts',
    keyFields: ['msdynce_contactnumber'],
    fields: [either, one],
  })
  expect(page?.rows.map((row) => [row.key, row.values[either], row.values[one]])).toEqual([
    ['C-1', 'A-1', 'A-1'],
    ['C-2', 'C-1', null],
    ['C-3', null, null],
  ])
})

test('DV-017 rows are read by their keys, quotes and wildcards included', async (t) => {
  const { connector, sales } = await start(t)
  for (const accountnumber of ["O'Brien", 'A_1', 'AB1', '50%']) sales.insert('accounts', { accountnumber, name: accountnumber })
  const rows = await connector.readByKeys(ACCOUNT_READ, ["O'Brien", 'A_1', '50%', 'gone'], signal)
  expect(rows.map((row) => row.key).sort()).toEqual(['50%', 'A_1', "O'Brien"])
})

test('DV-017 a key with characters that are unsafe in a path goes through $filter, encoded', async (t) => {
  const { connector, stub } = await start(t)
  stub.on((request) => (request.rawUrl.includes('/accounts?') ? { status: 200, body: { value: [] } } : undefined))
  await connector.readByKeys(ACCOUNT_READ, ['A/B?C#D&E+F%41'], signal)
  const asked = new URL(stub.requests.at(-1)?.rawUrl ?? '', stub.root)
  expect(asked.pathname).toBe('/api/data/v9.2/accounts')
  expect(asked.searchParams.get('$filter')).toContain("'A/B?C#D&E+F%41'")
})

test('DV-019 DV-084 links and tokens are stored and sent back byte for byte', async (t) => {
  const { connector, stub } = await start(t)
  const token = '919042%2108%2f22%2f2017%2008%3a10%3a44'
  const feed = '/api/data/v9.2/accounts?$select=accountnumber,name'
  const links = [`${feed}&$skiptoken=%3Ccookie%20pagenumber=%222%22%20%2F%3E`, `${feed}&$deltatoken=${token}`]
  stub.on((request) => {
    if (request.rawUrl.includes('/accounts/$count')) return { status: 200, headers: { 'content-type': 'text/plain' }, raw: '\ufeff17' }
    if (!request.rawUrl.includes('/accounts?')) return undefined
    const link = request.rawUrl.includes('skiptoken') || request.rawUrl.includes('deltatoken') ? links[1] : links[0]
    return { status: 200, body: { value: [], [link === links[0] ? '@odata.nextLink' : '@odata.deltaLink']: `${stub.root}${link}` } }
  })
  const pages = await readAll(connector, ACCOUNT_READ)
  const position = pages.at(-1)?.position ?? ''
  expect(pages[0]?.position).toBeUndefined()
  await readAll(connector, { ...ACCOUNT_READ, position })
  expect(await connector.count?.({ ...ACCOUNT_READ, position }, signal)).toBe(17)
  expect(stub.requests.slice(-3).map((request) => request.rawUrl)).toEqual([
    ...links,
    `/api/data/v9.2/accounts/$count?$deltatoken=${token}`,
  ])
})

test('DV-065 no request of reads and writes has $skip', async (t) => {
  const { connector, stub, sales } = await start(t)
  for (let n = 0; n < 7; n++) sales.insert('accounts', { accountnumber: `A-${n}`, name: 'x' })
  await readAll(connector, { ...ACCOUNT_READ, pageSize: 2 })
  await upsertAccounts(connector, [{ accountnumber: 'A-9', name: 'Good' }])
  expect(stub.requests.length).toBeGreaterThan(5)
  expect(stub.requests.filter((request) => /[?&]\$skip=/.test(request.url))).toEqual([])
})

test('DV-093 new rows are created and changed ones updated in bulk, equal ones are left alone; outcomes in the order given', async (t) => {
  const { connector, sales, stub } = await start(t)
  sales.insert('accounts', { accountnumber: 'A-1', name: 'Old', creditlimit: 10 })
  sales.insert('accounts', { accountnumber: 'a-2', name: 'Same', creditlimit: 12480.5 })
  const outcomes = await upsertAccounts(connector, [
    { accountnumber: 'A-3', name: 'New', creditlimit: '1' },
    { accountnumber: 'A-1', name: 'Changed', creditlimit: '10.00' },
    { accountnumber: 'A-2', name: 'Same', creditlimit: '12480.50' },
  ])
  expect(outcomes.map((outcome) => outcome.outcome)).toEqual(['inserted', 'updated', 'unchanged'])
  expect(writes(stub)).toEqual(['accounts/Microsoft.Dynamics.CRM.CreateMultiple', 'accounts/Microsoft.Dynamics.CRM.UpdateMultiple'])
  expect(JSON.parse(stub.requests.at(-1)?.body ?? '').Targets).toEqual([
    { '@odata.type': 'Microsoft.Dynamics.CRM.account', accountid: expect.any(String), name: 'Changed' },
  ])
  const again = await upsertAccounts(connector, [
    { accountnumber: 'A-1', name: 'Changed' },
    { accountnumber: 'A-2', name: 'Same' },
  ])
  expect(again.map((outcome) => outcome.outcome)).toEqual(['unchanged', 'unchanged'])
})

test('one bad row in a bulk message stands alone in the end, and the others are written', async (t) => {
  const { connector, sales, stub } = await start(t)
  sales.refuse = (row) =>
    row.name === 'Bad' ? { status: 400, code: '0x80040265', message: 'There is no active price list in the currency EUR.' } : undefined
  const outcomes = await upsertAccounts(
    connector,
    Array.from({ length: 400 }, (_, n) => ({ accountnumber: `A-${n}`, name: n === 333 ? 'Bad' : `Good ${n}` })),
  )
  expect(outcomes.filter((outcome) => outcome.outcome === 'inserted')).toHaveLength(399)
  expect(outcomes[333]).toMatchObject({
    outcome: 'failed',
    key: 'A-333',
    failure: { category: 'business-rule', code: 'price-list-missing' },
  })
  expect(sales.tables.accounts?.rows.size).toBe(399)
  expect(writes(stub).length).toBeLessThan(25)
})

test.for([
  [400, '0x80044331', 'data', 'value-too-long'],
  [400, '0x8004431A', 'data', 'choice-unknown'],
  [400, '0x80040265', 'business-rule', 'refused-by-rule'],
  [412, '0x80060892', 'conflict', 'key-violated'],
  [404, '0x80040217', 'reference', 'reference-not-found'],
  [400, '', 'business-rule', 'refused'],
  [500, '0x80040216', 'internal', 'server-failed'],
] as const)('DV-110 a refusal is told by status and code: %s %s is %s %s', async ([status, code, category, expected], t) => {
  const { connector, sales } = await start(t)
  sales.refuse = () => ({ status, code, message: 'refused' })
  const [outcome] = await upsertAccounts(connector, [{ accountnumber: 'A-1' }])
  expect(outcome).toMatchObject({ outcome: 'failed', failure: { category, code: expected } })
})

test('R20 the answer to a bulk create is lost after the commit: the rows are found by key, none is written twice', async (t) => {
  const { connector, sales, stub } = await start(t)
  let lost = false
  stub.on((request) => {
    if (lost || !request.url.endsWith('CreateMultiple')) return undefined
    lost = true
    for (const target of JSON.parse(request.body).Targets)
      sales.insert('accounts', { accountnumber: target.accountnumber, name: target.name })
    return 'reset'
  })
  const outcomes = await upsertAccounts(connector, [
    { accountnumber: 'A-1', name: 'One' },
    { accountnumber: 'A-2', name: 'Two' },
  ])
  expect(outcomes.map((outcome) => outcome.outcome)).toEqual(['inserted', 'inserted'])
  expect(sales.tables.accounts?.rows.size).toBe(2)
  expect(writes(stub)).toHaveLength(1)
})

test('R20 the connection breaks before the commit: the same rows are sent once more', async (t) => {
  const { connector, sales, stub } = await start(t)
  let lost = false
  stub.on((request) => {
    if (lost || !request.url.endsWith('CreateMultiple')) return undefined
    lost = true
    return 'reset'
  })
  expect(await upsertAccounts(connector, [{ accountnumber: 'A-1', name: 'One' }])).toEqual([{ outcome: 'inserted', key: 'A-1' }])
  expect(sales.tables.accounts?.rows.size).toBe(1)
})

test('DV-096 without bulk messages the rows go out in a $batch, each with its own answer', async (t) => {
  const { connector, sales, stub } = await start(t)
  sales.hasBulkMessages = false
  sales.refuse = (row) => (row.name === 'Bad' ? { status: 400, code: '0x80044331', message: 'too long' } : undefined)
  const outcomes = await upsertAccounts(connector, [
    { accountnumber: 'A-1', name: 'Good' },
    { accountnumber: 'A-2', name: 'Bad' },
    { accountnumber: 'A-3', name: 'Good' },
  ])
  expect(outcomes.map((outcome) => outcome.outcome)).toEqual(['inserted', 'failed', 'inserted'])
  expect(writes(stub)).toEqual(['$batch'])
})

test('a row that somebody else created meanwhile is updated', async (t) => {
  const { connector, sales, stub } = await start(t)
  stub.on((request) => {
    if (request.url.endsWith('CreateMultiple') && sales.tables.accounts?.rows.size === 0)
      sales.insert('accounts', { accountnumber: 'A-1', name: 'Theirs' })
    return undefined
  })
  expect(await upsertAccounts(connector, [{ accountnumber: 'A-1', name: 'Ours' }])).toEqual([{ outcome: 'updated', key: 'A-1' }])
  expect([...(sales.tables.accounts?.rows.values() ?? [])]).toMatchObject([{ name: 'Ours' }])
})

test('two keys that differ in case only become one row', async (t) => {
  const { connector, sales } = await start(t)
  const outcomes = await upsertAccounts(connector, [
    { accountnumber: 'A-1', name: 'One' },
    { accountnumber: 'a-1', name: 'Two' },
  ])
  expect(outcomes.map((outcome) => outcome.outcome)).toEqual(['inserted', 'updated'])
  expect(sales.tables.accounts?.rows.size).toBe(1)
})

const PRODUCT_KEYS = { entity: 'products', keyFields: ['productnumber'], organisation }
const product = (productnumber: string, more: Record<string, string | null>) => ({
  key: productnumber,
  known: false,
  values: {
    productnumber,
    name: 'Winch',
    price: '3120',
    isstockitem: 'true',
    producttypecode: '1',
    'defaultuomid.name': 'each',
    'defaultuomscheduleid.name': 'default unit',
    'transactioncurrencyid.isocurrencycode': 'eur',
    ...more,
  },
})

function seedCatalogue(sales: SalesFixture) {
  const group = sales.insert('uomschedules', { name: 'Default Unit' })
  const other = sales.insert('uomschedules', { name: 'Weights' })
  sales.insert('uoms', { name: 'Each', _uomscheduleid_value: other })
  return {
    group,
    unit: sales.insert('uoms', { name: 'Each', _uomscheduleid_value: group }),
    kilo: sales.insert('uoms', { name: 'Kilogram', _uomscheduleid_value: other }),
    eur: sales.insert('transactioncurrencies', { isocurrencycode: 'EUR' }),
  }
}

test('templates 2.4 lookups are resolved by value, without case, the unit inside its group', async (t) => {
  const { connector, sales, stub } = await start(t)
  const { group, unit, eur } = seedCatalogue(sales)
  const outcomes = await connector.upsert({ ...PRODUCT_KEYS, rows: [product('P-1', {}), product('P-2', {})] }, signal)
  expect(outcomes.map((outcome) => outcome.outcome)).toEqual(['inserted', 'inserted'])
  expect([...(sales.tables.products?.rows.values() ?? [])][0]).toMatchObject({
    price: 3120,
    isstockitem: true,
    producttypecode: 1,
    _defaultuomid_value: unit,
    _defaultuomscheduleid_value: group,
    _transactioncurrencyid_value: eur,
  })
  expect(
    stub.requests.filter((request) => request.method === 'GET' && /(uoms|uomschedules|transactioncurrencies)\?/.test(request.url)),
  ).toHaveLength(3)
  const again = await connector.upsert({ ...PRODUCT_KEYS, rows: [product('P-1', {}), product('P-2', { price: '3120.5' })] }, signal)
  expect(again.map((outcome) => outcome.outcome)).toEqual(['unchanged', 'updated'])
})

test('a lookup without a row, with several, or outside the group fails its row only; a blank one clears', async (t) => {
  const { connector, sales } = await start(t)
  seedCatalogue(sales)
  sales.insert('transactioncurrencies', { isocurrencycode: 'USD' })
  sales.insert('transactioncurrencies', { isocurrencycode: 'USD' })
  const rows = [
    product('P-1', { 'transactioncurrencyid.isocurrencycode': 'NOK' }),
    product('P-2', { 'transactioncurrencyid.isocurrencycode': 'USD' }),
    product('P-3', { 'defaultuomid.name': 'Kilogram' }),
    product('P-4', { 'defaultuomid.name': null }),
  ]
  const outcomes = await connector.upsert({ ...PRODUCT_KEYS, rows }, signal)
  expect(outcomes).toMatchObject([
    {
      outcome: 'failed',
      failure: {
        category: 'reference',
        code: 'lookup-not-found',
        details: { lookup: 'transactioncurrencyid.isocurrencycode', value: 'NOK', table: 'transactioncurrencies' },
      },
    },
    { outcome: 'failed', failure: { category: 'reference', code: 'lookup-ambiguous' } },
    {
      outcome: 'failed',
      failure: { category: 'reference', code: 'lookup-not-found', details: { lookup: 'defaultuomid.name', value: 'Kilogram' } },
    },
    { outcome: 'inserted' },
  ])
})

test('several rows under one key are a failure of that row, not a guess', async (t) => {
  const { connector, sales } = await start(t)
  sales.insert('products', { productnumber: 'P-1' })
  sales.insert('products', { productnumber: 'P-1' })
  const outcomes = await connector.upsert(
    { ...PRODUCT_KEYS, rows: [{ key: 'P-1', known: true, values: { productnumber: 'P-1', name: 'X' } }] },
    signal,
  )
  expect(outcomes).toMatchObject([{ outcome: 'failed', failure: { category: 'conflict', code: 'key-ambiguous' } }])
})

test('values that cannot be of their column fail their row before anything is sent', async (t) => {
  const { connector, stub } = await start(t)
  const outcomes = await upsertAccounts(connector, [
    { accountnumber: 'A-1', creditlimit: 'much' },
    { accountnumber: 'A-2', name: 'x'.repeat(101) },
    { accountnumber: 'A-3', numberofemployees: '1.5' },
    { accountnumber: '' },
  ])
  expect(outcomes.map((outcome) => (outcome.outcome === 'failed' ? outcome.failure.code : outcome.outcome))).toEqual([
    'value-invalid',
    'value-invalid',
    'value-invalid',
    'key-blank',
  ])
  expect(writes(stub)).toEqual([])
})

test('a throttled or unreachable service fails the whole call, to be repeated', async (t) => {
  const { connector, stub } = await start(t)
  stub.on((request) => (request.url.endsWith('CreateMultiple') ? { status: 429, headers: { 'retry-after': '900' }, body: {} } : undefined))
  await expect(upsertAccounts(connector, [{ accountnumber: 'A-1' }])).rejects.toMatchObject({
    category: 'throttling',
    retryable: true,
    retryAfterMs: 900_000,
  })
})
