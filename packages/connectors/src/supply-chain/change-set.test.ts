import { parseBatch, writeBatchResponse } from '@p2c/odata'
import { expect, test } from 'vitest'
import { type StubAnswer, type StubRequest, startStubService } from '../stub-service.ts'
import { createSupplyChainConnector } from './supply-chain-connector.ts'

const signal = new AbortController().signal
const organisation = { businessUnit: 'Contoso', legalEntity: 'HMS1' }

type Reply = { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly message?: string }

const property = (Name: string, more: object = {}) => ({
  Name,
  DataType: 'String',
  TypeName: 'Edm.String',
  IsKey: false,
  IsMandatory: false,
  AllowEdit: true,
  AllowEditOnCreate: true,
  ...more,
})

/** A service with one entity and no rows of it that key queries find; writes are answered by `reply`, the n-th operation of all. */
async function start(t: Parameters<typeof startStubService>[0], reply: (method: string, n: number) => Reply | undefined) {
  const stub = await startStubService(t)
  const sent: string[] = []
  const answerBatch = (request: StubRequest): StubAnswer => {
    const { parts } = parseBatch(request.body, request.headers['content-type'], { maxOperations: 5000 })
    const answers = parts.map((part) => {
      const operations = part.kind === 'operation' ? [part.operation] : part.operations
      const results = operations.map(({ method, url, contentId }) => {
        sent.push(`${part.kind === 'operation' ? 'alone' : 'set'} ${method} ${decodeURIComponent(url)}`)
        const { status, headers = {}, message } = reply(method, sent.length) ?? { status: method === 'POST' ? 201 : 204 }
        const text =
          message === undefined
            ? {}
            : {
                body: JSON.stringify({
                  error: { code: '', message: 'An error has occurred.', innererror: { message, type: 'AxODataWriteException' } },
                }),
              }
        return { status, headers: Object.entries(headers), ...(contentId !== undefined && { contentId }), ...text }
      })
      const failed = results.find((result) => result.status >= 300)
      return part.kind === 'operation'
        ? ({ kind: 'operation', answer: results[0] ?? { status: 500, headers: [] } } as const)
        : ({ kind: 'changeset', answers: failed === undefined ? results : [failed] } as const)
    })
    const message = writeBatchResponse(answers, () => 'b0')
    return { status: 200, headers: { 'content-type': message.contentType }, raw: message.body }
  }
  stub.on((request) => {
    if (request.url.startsWith('/metadata/DataEntities'))
      return {
        status: 200,
        body: {
          value: [
            {
              Name: 'CustCustomerV2Entity',
              PublicEntityName: 'CustomerV2',
              PublicCollectionName: 'CustomersV2',
              LabelText: 'Customers V2',
            },
          ],
        },
      }
    if (request.url.startsWith('/metadata/PublicEntities'))
      return {
        status: 200,
        body: {
          Name: 'CustomerV2',
          Properties: [property('dataAreaId', { IsKey: true }), property('CustomerAccount', { IsKey: true }), property('OrganizationName')],
        },
      }
    if (request.url.startsWith('/data/CustomersV2')) return { status: 200, body: { value: [] } }
    return request.url === '/data/$batch' ? answerBatch(request) : undefined
  })
  const connector = createSupplyChainConnector(stub.settings)
  t.onTestFinished(() => connector.close())
  const upsert = (...keys: readonly string[]) =>
    connector.upsert(
      {
        entity: 'CustomersV2',
        keyFields: ['CustomerAccount'],
        organisation,
        rows: keys.map((key) => ({ key, known: false, values: { CustomerAccount: key, OrganizationName: key } })),
      },
      signal,
    )
  return { stub, sent, upsert, connector }
}

test('FO-016 every URL has cross-company, every body and key the company in lower case', async (t) => {
  const { stub, sent, upsert } = await start(t, () => undefined)
  expect(await upsert("C-1 & O'B/%")).toEqual([{ outcome: 'inserted', key: "C-1 & O'B/%" }])
  expect(sent).toEqual(['set POST CustomersV2?cross-company=true'])
  expect(stub.requests.at(-1)?.body).toContain('"dataAreaId":"hms1"')
  const query = stub.requests.find((request) => request.url.startsWith('/data/CustomersV2'))
  expect(query?.url).toContain(
    "cross-company=true&$select=dataAreaId,CustomerAccount,OrganizationName&$filter=dataAreaId eq 'hms1' and (CustomerAccount eq 'C-1 & O''B/%')",
  )
})

test('FO-040 an update of a row that is gone creates it, a create of one that is there updates it', async (t) => {
  const duplicate =
    "Write failed for table row of type 'X'. Infolog: Error: Cannot create a record in Customers (CustTable). Customer account: C-1. The record already exists."
  const { sent, upsert } = await start(t, (method) => (method === 'POST' ? { status: 400, message: duplicate } : undefined))
  expect(await upsert('C-1')).toEqual([{ outcome: 'updated', key: 'C-1' }])
  expect(sent).toEqual([
    'set POST CustomersV2?cross-company=true',
    'alone POST CustomersV2?cross-company=true',
    "alone PATCH CustomersV2(dataAreaId='hms1',CustomerAccount='C-1')?cross-company=true",
  ])
})

test('FO-040 two alternations and no more', async (t) => {
  const gone = 'No resources were found when selecting for update.'
  const { sent, upsert } = await start(t, (method) =>
    method === 'POST' ? { status: 400, message: 'The record already exists.' } : { status: 400, message: gone },
  )
  expect(await upsert('C-1')).toMatchObject([{ outcome: 'failed', failure: { category: 'conflict', code: 'key-violated' } }])
  expect(sent).toHaveLength(4)
})

test('FO-070 the rows of a failed change set go out alone: each gets its own answer', async (t) => {
  const { upsert } = await start(t, (_method, n) =>
    n === 2 || n === 5
      ? {
          status: 500,
          message: "Infolog: Warning: The value '99' in field 'Customer group' is not found in the related table 'Customer groups'.",
        }
      : undefined,
  )
  expect(await upsert('C-1', 'C-2', 'C-3')).toMatchObject([
    { outcome: 'inserted' },
    {
      outcome: 'failed',
      failure: {
        category: 'reference',
        code: 'reference-not-found',
        details: { field: 'Customer group', value: '99', table: 'Customer groups' },
      },
    },
    { outcome: 'inserted' },
  ])
})

test('the row that a failed change set names goes out alone, the others together', async (t) => {
  const keys = Array.from({ length: 20 }, (_, index) => `C-${index + 1}`)
  const refused = { status: 500, message: "Infolog: Warning: The value '99' in field 'Customer group' is not found." }
  const { sent, upsert } = await start(t, (_method, n) => (n === 7 || n === 40 ? refused : undefined))
  const outcomes = await upsert(...keys)
  expect(outcomes.flatMap((outcome) => (outcome.outcome === 'failed' ? [outcome.key] : []))).toEqual(['C-7'])
  expect(sent.map((line) => line.split(' ')[0])).toEqual([...Array(39).fill('set'), 'alone'])
})

test('FO-073 FO-112 a throttled change set is repeated by itself, each time after its Retry-After', async (t) => {
  const { stub, sent, upsert } = await start(t, (_method, n) =>
    n === 1 || n === 3 ? { status: 429, headers: { 'Retry-After': '12' } } : undefined,
  )
  expect((await upsert('C-1', 'C-2')).map((outcome) => outcome.outcome)).toEqual(['inserted', 'inserted'])
  expect(stub.waits).toEqual([12_000, 12_000])
  expect(sent).toHaveLength(6)
})

test('FO-042 a change set whose answer is lost after the commit is told as inserted, and nothing is written twice', async (t) => {
  const { stub, upsert } = await start(t, (method) =>
    method === 'POST' ? { status: 400, message: 'The record already exists.' } : undefined,
  )
  let lost = false
  stub.on((request) => {
    if (lost || request.url !== '/data/$batch') return undefined
    lost = true
    return 'reset'
  })
  expect(await upsert('C-1')).toEqual([{ outcome: 'inserted', key: 'C-1' }])
})

test('a service that loses every answer fails the call in the end, to be repeated', async (t) => {
  const { stub, upsert } = await start(t, () => undefined)
  stub.on((request) => (request.url === '/data/$batch' ? 'reset' : undefined))
  await expect(upsert('C-1')).rejects.toMatchObject({ category: 'connectivity', retryable: true })
})

test('FO-049 a row that another user changed meanwhile is tried once more, then told as a conflict', async (t) => {
  const conflict = { status: 400, message: 'The record has been changed by another user.' }
  const once = await start(t, (_method, n) => (n <= 2 ? conflict : undefined))
  expect(await once.upsert('C-1')).toMatchObject([{ outcome: 'inserted' }])
  expect(once.sent.map((line) => line.split(' ')[0])).toEqual(['set', 'alone', 'alone'])
  const always = await start(t, () => conflict)
  expect(await always.upsert('C-1')).toMatchObject([
    { outcome: 'failed', failure: { category: 'conflict', code: 'row-changed-meanwhile' } },
  ])
  expect(always.sent).toHaveLength(3)
})

test('FO-072 keys are natural and in every part: nothing refers to the result of another part', async (t) => {
  const { stub, sent, upsert } = await start(t, () => undefined)
  await upsert('C-1', 'C-2')
  expect(sent).toHaveLength(2)
  const batch = stub.requests.find((request) => request.url === '/data/$batch')?.body ?? ''
  expect(batch).not.toMatch(/(POST|PATCH|PUT) (\/?\$|\/\d)/)
  for (const key of ['C-1', 'C-2']) expect(batch).toContain(`"CustomerAccount":"${key}"`)
})

const READ = {
  entity: 'CustomersV2',
  keyFields: ['CustomerAccount'],
  fields: ['CustomerAccount', 'OrganizationName'],
  organisation,
  pageSize: 2,
  readId: 'r1',
}

test('FO-060 a next link is followed as it came, until there is none', async (t) => {
  const { stub, connector } = await start(t, () => undefined)
  const link = '/data/CustomersV2?cross-company=true&$skiptoken=0,22565425151%7c%27x%2fy%27'
  const row = (CustomerAccount: string) => ({ dataAreaId: 'hms1', CustomerAccount, OrganizationName: 'x' })
  stub.on((request) => {
    if (!request.rawUrl.startsWith('/data/CustomersV2')) return undefined
    if (request.rawUrl.includes('$skiptoken')) return { status: 200, body: { value: [row('C-2')] } }
    return { status: 200, body: { value: [row('C-1')], '@odata.nextLink': `${stub.root}${link}` } }
  })
  const keys: string[] = []
  for await (const page of connector.read(READ, signal)) keys.push(...page.rows.map((one) => one.key))
  expect(keys).toEqual(['C-1', 'C-2'])
  expect(stub.requests.at(-1)?.rawUrl).toBe(link)
})

test('FO-055 what the service does badly or not at all is not sent: the engine filters again', async (t) => {
  const { stub, connector } = await start(t, () => undefined)
  const sentFilter = async (filter: string): Promise<string> => {
    for await (const _page of connector.read({ ...READ, filter: connector.parseFilter(filter) }, signal));
    return new URL(stub.requests.at(-1)?.rawUrl ?? '', stub.root).searchParams.get('$filter') ?? ''
  }
  expect(await sentFilter("OrganizationName eq 'x'")).toBe("dataAreaId eq 'hms1' and OrganizationName eq 'x'")
  for (const filter of [
    'OrganizationName ne null',
    "not (OrganizationName eq 'x')",
    "OrganizationName gt 'x'",
    "OrganizationName eq '*x*'",
    "OrganizationName eq 'x' or OrganizationName gt 'y'",
  ])
    expect([filter, await sentFilter(filter)]).toEqual([filter, "dataAreaId eq 'hms1'"])
  for (const filter of ["contains(OrganizationName,'x')", "startswith(OrganizationName,'x')", "endswith(OrganizationName,'x')"])
    expect(() => connector.parseFilter(filter)).toThrow(expect.objectContaining({ code: 'filter-invalid' }))
})
