import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { fileScope } from '../support/command-line.ts'
import { CLIENT, type FaultyApplication, OTHER_CLIENT, startFaultySales, startFaultySupplyChain } from '../support/faulty-applications.ts'

const scope = fileScope(afterAll)

/** A batch of reads, or of one change set of writes. */
function aBatch(paths: readonly string[], method = 'GET', body?: object) {
  const operation = (path: string, n: number): string[] => [
    'Content-Type: application/http',
    'Content-Transfer-Encoding: binary',
    ...(method === 'GET' ? [] : [`Content-ID: ${n + 1}`]),
    '',
    `${method} ${path} HTTP/1.1`,
    'Accept: application/json',
    ...(body === undefined ? [] : ['Content-Type: application/json']),
    '',
    ...(body === undefined ? [''] : [JSON.stringify(body)]),
  ]
  const parts =
    method === 'GET'
      ? paths.flatMap((path, n) => ['--batch_1', ...operation(path, n)])
      : [
          '--batch_1',
          'Content-Type: multipart/mixed; boundary=changeset_1',
          '',
          ...paths.flatMap((path, n) => ['--changeset_1', ...operation(path, n)]),
          '--changeset_1--',
        ]
  return {
    body: `${[...parts, '--batch_1--'].join('\r\n')}\r\n`,
    headers: { 'content-type': 'multipart/mixed; boundary=batch_1' },
  }
}

describe('Sales', () => {
  const ROOT = '/api/data/v9.2'
  let app: FaultyApplication
  beforeAll(async () => {
    app = await startFaultySales(scope)
  })
  beforeEach(() => app.clear())
  const read = () => app.call('GET', app.readPath)
  const left = async () => (await read()).headers['x-ms-ratelimit-burst-remaining-xrm-requests']

  test('G-DV-25 DV-111 a throttled client learns the limit by code and text, and when to come again', async () => {
    await app.limits({ requests: 1, windowSeconds: 37 })
    await read()
    const reply = await read()
    expect(reply).toMatchObject({ status: 429, headers: { 'retry-after': '37', 'odata-version': '4.0' } })
    expect(reply.json).toEqual({
      error: { code: '0x80072322', message: 'Number of requests exceeded the limit of 1 over time window of 37 seconds.' },
    })
  })

  test('DV-109 a 429 carries annotations of the error on request only', async () => {
    await app.faults([{ kind: 'throttle', rate: 1 }])
    expect(Object.keys((await read()).json.error)).toEqual(['code', 'message'])
    const headers = { prefer: 'odata.include-annotations="*"' }
    expect((await app.call('GET', app.readPath, { headers })).json.error).toHaveProperty(['@Microsoft.PowerApps.CDS.HelpLink'])
  })

  test('DV-111 a rule that throttles names each of the three limits by and by', async () => {
    await app.faults([{ kind: 'throttle', rate: 1, retryAfterSeconds: 0 }])
    const codes = new Set<string>()
    for (let n = 0; n < 40; n += 1) codes.add((await read()).json.error.code)
    expect([...codes].sort()).toEqual(['0x80072321', '0x80072322', '0x80072326'])
  })

  test('DV-113 the reply says what is left of requests and of execution time', async () => {
    await app.limits({ requests: 5, executionSeconds: 20 })
    const reply = await read()
    expect(reply.headers).toMatchObject({
      'x-ms-ratelimit-burst-remaining-xrm-requests': '4',
      'x-ms-ratelimit-time-remaining-xrm-requests': '20.00',
    })
    expect(await left()).toBe('3')
    await app.limits({ headers: false })
    expect(await left()).toBeUndefined()
    await app.call('DELETE', '/local/limits')
    expect(await left()).toBeUndefined()
  })

  test('DV-115 a bulk action and a batch count as one request each, a batch as its operations where that is set', async () => {
    const bulk = { Targets: [1, 2, 3].map((n) => ({ '@odata.type': 'Microsoft.Dynamics.CRM.account', name: `Bulk ${n}` })) }
    const batch = aBatch(Array.from({ length: 4 }, () => app.readPath))
    for (const [countBatchParts, expected] of [
      [false, '7'],
      [true, '4'],
    ] as const) {
      await app.limits({ requests: 10, countBatchParts })
      expect((await app.call('POST', `${ROOT}/accounts/Microsoft.Dynamics.CRM.CreateMultiple`, { body: bulk })).status).toBe(200)
      const answered = await app.call('POST', `${ROOT}/$batch`, batch)
      expect([answered.status, answered.text.match(/HTTP\/1.1 200/g)?.length]).toEqual([200, 4])
      expect(await left()).toBe(expected)
    }
  })

  test('DV-115 a batch counts its full time', async () => {
    await app.limits({ executionSeconds: 10 })
    await app.faults([{ kind: 'latency', rate: 1, times: 1, minMs: 80, maxMs: 80 }])
    const batch = app.call('POST', `${ROOT}/$batch`, aBatch([app.readPath]))
    await expect.poll(async () => (await app.call('GET', '/local/faults')).json.injected.latency).toBe(1)
    app.clock.advance(7_500)
    expect((await batch).status).toBe(200)
    await expect.poll(async () => (await read()).headers['x-ms-ratelimit-time-remaining-xrm-requests']).toBe('2.50')
  })

  test('a request without a good token is counted for nobody', async () => {
    await app.limits({ requests: 1 })
    expect((await app.call('GET', app.readPath, { token: 'nonsense' })).status).toBe(401)
    expect((await app.call('GET', '/local/limits')).json.clients).toEqual([])
  })

  test('a shifted clock shows in the time of a change, and ends delta links that are too old by it', async () => {
    const headers = { prefer: 'odata.track-changes' }
    const baseline = await app.call('GET', `${ROOT}/accounts?$select=name`, { headers })
    const deltaPath = String(baseline.json['@odata.deltaLink']).slice(app.url.length)
    expect((await app.call('GET', deltaPath)).status).toBe(200)
    await app.faults([{ kind: 'clock-skew', rate: 1, skewSeconds: 8 * 86_400 }])
    const token = await app.signIn()
    expect((await app.call('GET', deltaPath, { token })).json.error.code).toBe('0x80044352')
    const created = await app.call('POST', `${ROOT}/accounts?$select=modifiedon`, {
      body: { name: 'Later' },
      headers: { prefer: 'return=representation' },
      token,
    })
    const lateSeconds = (new Date(created.json.modifiedon).getTime() - app.clock.now().getTime()) / 1_000
    expect(Math.ceil(lateSeconds)).toBe(8 * 86_400) // columns of time hold whole seconds
  })

  test('a write without a body in its answer is carried out and then cut off whole', async () => {
    await app.faults([{ kind: 'truncate', rate: 1, times: 1 }])
    expect(await app.create('CUT')).toMatchObject({ status: undefined, isWhole: false })
    expect(await app.exists('CUT')).toBe(true)
  })
})

describe('Supply Chain', () => {
  const GROUPS = '/data/DataManagementDefinitionGroups'
  const N = 'Microsoft.Dynamics.DataEntities'
  let app: FaultyApplication
  beforeAll(async () => {
    app = await startFaultySupplyChain(scope)
  })
  beforeEach(() => app.clear())
  const read = (token?: string) => app.call('GET', app.readPath, token === undefined ? {} : { token })
  const action = (name: string, body: object = {}) => app.call('POST', `${GROUPS}/${N}.${name}`, { body })

  test('FO-111 OData, metadata and custom services are throttled, data packages are not', async () => {
    await app.faults([{ kind: 'throttle', rate: 1 }])
    const paths = [app.readPath, '/metadata/DataEntities?$top=1', '/api/services', '/Data/PaymentTerms']
    for (const path of paths) expect([path, (await app.call('GET', path)).status]).toEqual([path, 429])
    expect((await action('InitializeDataManagement')).status).toBe(204)
    const url = await action('GetAzureWriteUrl', { uniqueFileName: 'x.zip' })
    const blob = new URL(JSON.parse(url.json.value).BlobUrl)
    const headers = { 'x-ms-blob-type': 'BlockBlob', 'content-type': 'application/zip' }
    expect((await app.call('PUT', `${blob.pathname}${blob.search}`, { body: 'x', headers, token: '' })).status).toBe(201)
    expect((await app.call('GET', '/local/limits')).json.clients).toMatchObject([{ accepted: 0, refused: 4 }])
  })

  test('FO-111 data packages do not count for limits either', async () => {
    await app.limits({ requests: 1 })
    for (let n = 0; n < 3; n += 1) expect((await action('InitializeDataManagement')).status).toBe(204)
    expect((await read()).status).toBe(200)
    expect((await read()).status).toBe(429)
  })

  test('FO-113 clients of low priority are throttled first, and one that has none is low', async () => {
    const tokens = [app.token, await app.signIn(OTHER_CLIENT.clientId)]
    const statuses = async (priority: string, priorities: object) => {
      await app.faults([{ kind: 'throttle', rate: 1, retryAfterSeconds: 0, match: { priority } }], { priorities })
      return Promise.all(tokens.map(async (token) => (await read(token)).status))
    }
    const priorities = { [CLIENT.clientId]: 'high', [OTHER_CLIENT.clientId.toUpperCase()]: 'medium' }
    expect(await statuses('low', priorities)).toEqual([200, 200])
    expect(await statuses('medium', priorities)).toEqual([200, 429])
    expect(await statuses('high', priorities)).toEqual([429, 429])
    expect(await statuses('low', { [CLIENT.clientId]: 'medium' })).toEqual([200, 429])
    await app.faults([{ kind: 'throttle', rate: 1, match: { client: OTHER_CLIENT.clientId } }])
    expect((await read()).status).toBe(200)
    expect((await read(tokens[1])).status).toBe(429)
  })

  test('FO-114 user-based limits have the texts of Sales and no headers unless set', async () => {
    await app.limits({ requests: 1, windowSeconds: 60 })
    const first = await read()
    expect(first.headers).not.toHaveProperty('x-ms-ratelimit-burst-remaining-xrm-requests')
    expect((await read()).json).toEqual({
      error: { code: '', message: 'Number of requests exceeded the limit of 1 over time window of 60 seconds.' },
    })
    await app.limits({ headers: true })
    expect((await read()).headers).toMatchObject({ 'x-ms-ratelimit-burst-remaining-xrm-requests': '5999' })
  })

  test('FO-073 single parts of a batch are throttled with their own Retry-After, and their client goes on', async () => {
    const rule = { kind: 'throttle', rate: 1, retryAfterSeconds: 9, batchParts: true, match: { path: 'top=2' } }
    await app.faults([rule])
    const paths = ['/data/PaymentTerms?$top=1', '/data/PaymentTerms?$top=2', 'PaymentTerms?$top=3']
    const answered = await app.call('POST', '/data/$batch', aBatch(paths))
    expect(answered.status).toBe(200)
    expect(answered.text.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 429', 'HTTP/1.1 200'])
    expect(answered.text.match(/^Retry-After: \d+/gim)).toEqual(['Retry-After: 9'])
    expect((await app.call('GET', '/data/PaymentTerms?$top=2')).status).toBe(200)
    expect((await app.call('GET', '/local/faults')).json.injected.throttle).toBe(1)
  })

  test('FO-073 a change set is throttled whole', async () => {
    await app.faults([{ kind: 'throttle', rate: 1, batchParts: true }])
    const body = { dataAreaId: 'usmf', Name: 'INSET', NumberOfDays: 1 }
    const answered = await app.call('POST', '/data/$batch', aBatch(['/data/PaymentTerms', '/data/PaymentTerms'], 'POST', body))
    expect(answered.text.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 429'])
    expect(await app.exists('INSET')).toBe(false)
  })

  test('the address is read without regard to the case of its first segment, and a shifted clock shows in custom services', async () => {
    await app.faults([{ kind: 'clock-skew', rate: 1, skewSeconds: 3_600 }])
    const reply = await app.call('POST', '/API/services/UserSessionService/AifUserSessionService/GetUserSessionInfo', { body: {} })
    expect(new Date(reply.json.CurrentDateTime).getTime() - app.clock.now().getTime()).toBe(3_600_000)
  })

  test('a package that is downloaded can be truncated', async () => {
    expect((await app.call('POST', GROUPS, { body: { Name: 'Out' } })).status).toBe(201)
    const detail = { DefinitionGroupName: 'Out', EntityName: 'Terms of payment', DefaultRefreshType: 'FullPush' }
    expect(await app.call('POST', '/data/DataManagementDefinitionGroupDetails', { body: detail })).toMatchObject({ status: 201 })
    const parameters = { definitionGroupId: 'Out', packageName: 'out.zip', executionId: 'OUT-1', reExecute: false, legalEntityId: 'usmf' }
    expect((await action('ExportToPackage', parameters)).status).toBe(200)
    const status = async () => (await action('GetExecutionSummaryStatus', { executionId: 'OUT-1' })).json.value
    await expect.poll(status, { timeout: 10_000 }).toBe('Succeeded')
    const { value } = (await action('GetExportedPackageUrl', { executionId: 'OUT-1' })).json
    const { pathname, search } = new URL(value)
    const whole = await app.call('GET', `${pathname}${search}`, { token: '' })
    expect([whole.status, whole.isWhole]).toEqual([200, true])
    await app.faults([{ kind: 'truncate', rate: 1, match: { path: '^/dmf/' } }])
    const half = await app.call('GET', `${pathname}${search}`, { token: '' })
    expect([half.status, half.isWhole, half.headers['content-length']]).toEqual([200, false, whole.headers['content-length']])
    expect(half.text.length).toBeLessThan(whole.text.length)
  })
})
