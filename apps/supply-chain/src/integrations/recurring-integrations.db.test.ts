import { strToU8, unzipSync, zipSync } from 'fflate'
import { expect, test } from 'vitest'
import { aCustomer, CLIENT, D, F, startGolden, type TestApp } from '../supply-chain-app.fixture.ts'

const N = 'Microsoft.Dynamics.DataEntities'
const IMPORTS = '6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0e0'
const EXPORTS = '6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0e2'

const addJob = async (app: TestApp, values: object = {}) => {
  const reply = await app.post(`${D}/RecurringDataJobs`, { ActivityId: IMPORTS, DataProjectName: 'HMS-Customers-In', ...values })
  expect(reply.status, reply.text).toBe(201)
}

/** Sends bytes as they are. */
async function enqueue(app: TestApp, query: string, payload: string | Buffer, headers: object = {}) {
  const reply = await app.app.inject({
    method: 'POST',
    url: `/api/connector/enqueue/${encodeURIComponent(`{${IMPORTS.toUpperCase()}}`)}${query}`,
    headers: { authorization: `Bearer ${app.token}`, 'content-type': 'text/csv', 'x-ms-dyn-externalidentifier': 'hms-run-77', ...headers },
    payload,
  })
  return { status: reply.statusCode, text: reply.payload, json: reply.payload === '' ? undefined : JSON.parse(reply.payload) }
}

async function ended(app: TestApp, messageId: string) {
  for (;;) {
    const { json } = await app.get(`${F}/api/connector/jobstatus/${IMPORTS}?jobId=${messageId}`)
    if (!['Enqueued', 'Processing'].includes(json.DataJobStatus.DataJobState)) return json
  }
}

test('FO-100 FO-104 G-FO-24 G-FO-26 a single file is enqueued under an id of its own and its status tells what became of it', async (t) => {
  const app = await startGolden(t)
  await app.post(`${D}/CustomersV3`, aCustomer({ CustomerAccount: 'C-0050', OrganizationName: 'Before' }))
  await addJob(app)
  const sent = await enqueue(app, '?entity=Customers%20V3&company=hms1', 'CUSTOMERACCOUNT,ORGANIZATIONNAME\nC-0050,Skerry Boats\n')
  expect([sent.status, sent.text]).toEqual([200, expect.stringMatching(/^"[0-9a-f-]{36}"$/)])
  const status = await ended(app, sent.json)
  expect(status).toEqual({
    DataJobStatus: {
      DataProject: 'HMS-Customers-In',
      DataJobIdentifier: sent.json,
      ExternalIdentifier: 'hms-run-77',
      ExecutionIdentifier: expect.stringMatching(/^HMS-Customers-In-2025-02-11T09:30:00-[0-9A-F]{32}$/),
      DataJobStartedDateTime: '2025-02-11T09:30:00Z',
      DataJobCompletedDateTime: '2025-02-11T09:30:00Z',
      DataJobState: 'Processed',
    },
    ExecutionLog: '',
    ExecutionDetail: [
      {
        EntityName: 'Customers V3',
        Company: 'hms1',
        StagingRecords: 1,
        StagingStatus: 'Finished',
        StagingErrorCount: 0,
        TargetRecords: 1,
        TargetStatus: 'Finished',
        TargetErrorCount: 0,
        ExecutionStartedDateTime: '2025-02-11T09:30:00Z',
        ExecutionCompletedDateTime: '2025-02-11T09:30:00Z',
      },
    ],
  })
  const customer = await app.get(`${D}/CustomersV3(dataAreaId='hms1',CustomerAccount='C-0050')`)
  expect(customer.json.OrganizationName).toBe('Skerry Boats')
  const message = await app.post(`${D}/DataManagementDefinitionGroups/${N}.GetMessageStatus`, { messageId: sent.json })
  expect(message.json.value).toBe('Processed')
})

test('FO-100 FO-104 rows that are refused, a file that cannot be read and a package give their own states', async (t) => {
  const app = await startGolden(t)
  await addJob(app, { EntityName: 'Customers V3', CompanyId: 'hms1' })
  const rows = 'CUSTOMERACCOUNT,ORGANIZATIONNAME,CUSTOMERGROUPID,SALESCURRENCYCODE\nC-0060,Good,10,NOK\nC-0061,Bad,99,NOK\n'
  const partly = await ended(app, (await enqueue(app, '', rows)).json)
  expect(partly.DataJobStatus.DataJobState).toBe('ProcessedWithErrors')
  expect(partly.ExecutionDetail).toMatchObject([{ StagingRecords: 2, TargetRecords: 1, TargetErrorCount: 1, TargetStatus: 'Error' }])
  const wrong = await ended(app, (await enqueue(app, '', 'CUSTOMERACCOUNT,NOPE\nC-0062,x\n')).json)
  expect(wrong.DataJobStatus.DataJobState).toBe('PreProcessingError')
  expect(wrong.ExecutionLog).toContain('NOPE')
  const unicode = Buffer.from('\ufeffCUSTOMERACCOUNT,ORGANIZATIONNAME\r\nC-0060,Ærø Både\r\n', 'utf16le')
  expect((await ended(app, (await enqueue(app, '', unicode)).json)).DataJobStatus.DataJobState).toBe('Processed')
  const xml =
    '<Document><CUSTCUSTOMERV3ENTITY><CUSTOMERACCOUNT>C-0060</CUSTOMERACCOUNT><KNOWNAS>Both</KNOWNAS></CUSTCUSTOMERV3ENTITY></Document>'
  expect((await ended(app, (await enqueue(app, '', xml)).json)).DataJobStatus.DataJobState).toBe('Processed')
  const stored = await app.get(`${D}/CustomersV3(dataAreaId='hms1',CustomerAccount='C-0060')`)
  expect(stored.json).toMatchObject({ OrganizationName: 'Ærø Både', KnownAs: 'Both', CustomerGroupId: '10' })
  const damaged = Buffer.from(zipSync({ 'x.txt': strToU8('x') }))
  const noPackage = await ended(app, (await enqueue(app, '', damaged)).json)
  expect([noPackage.DataJobStatus.DataJobState, noPackage.ExecutionLog]).toEqual([
    'PreProcessingError',
    expect.stringContaining('Manifest.xml'),
  ])
})

test('requests to the connector that cannot be used are refused without leaving a message', async (t) => {
  const app = await startGolden(t, {
    findUser: (clientId) =>
      clientId === CLIENT.clientId ? { userId: clientId, defaultCompany: 'hms1', companies: ['hms1', 'hms2'] } : undefined,
  })
  await addJob(app)
  const row = 'CUSTOMERACCOUNT\nC-0001\n'
  expect((await enqueue(app, '', row)).status).toBe(400)
  expect((await enqueue(app, '?entity=Nope', row)).status).toBe(400)
  expect((await enqueue(app, '?entity=Companies', row)).status).toBe(400)
  expect((await enqueue(app, '?entity=Customers%20V3&company=usmf', row)).status).toBe(400)
  expect((await enqueue(app, '?entity=Customers%20V3', '')).status).toBe(400)
  expect((await enqueue(app, '?entity=Customers%20V3', row, { 'x-ms-dyn-externalidentifier': 'x'.repeat(300) })).status).toBe(400)
  expect((await enqueue(app, '?entity=Customers%20V3', row, { authorization: 'Bearer nope' })).status).toBe(401)
  expect((await app.get(`${F}/api/connector/dequeue/${IMPORTS}`)).status).toBe(400)
  expect((await app.get(`${F}/api/connector/dequeue/${EXPORTS}`)).status).toBe(404)
  expect((await app.get(`${F}/api/connector/jobstatus/${IMPORTS}?jobId=${EXPORTS}`)).status).toBe(404)
  expect((await app.get(`${F}/api/connector/nope/${IMPORTS}`)).status).toBe(404)
  expect((await app.post(`${D}/RecurringDataJobs`, { ActivityId: 'nope', DataProjectName: 'X' })).status).toBe(400)
  expect((await app.get(`${D}/RecurringDataMessages`)).json.value).toEqual([])
})

test('FO-101 FO-102 G-FO-25 an exported package is offered until it is acknowledged, every 30 minutes', async (t) => {
  const app = await startGolden(t)
  await app.post(`${D}/DataManagementDefinitionGroups`, { Name: 'HMS-Groups-Out' })
  const entity = {
    DefinitionGroupName: 'HMS-Groups-Out',
    EntityName: 'Customer groups',
    SourceFormat: 'CSV',
    DefaultRefreshType: 'IncrementalPush',
  }
  expect((await app.post(`${D}/DataManagementDefinitionGroupDetails`, entity)).status).toBe(201)
  await addJob(app, {
    ActivityId: EXPORTS,
    OperationType: 'Export',
    DataProjectName: 'HMS-Groups-Out',
    CompanyId: 'hms1',
    RecurrenceMinutes: 10,
  })
  const dequeue = () => app.get(`${F}/api/connector/dequeue/${EXPORTS}`)
  const first = await dequeue()
  expect(first.status).toBe(200)
  expect(first.json).toEqual({
    CorrelationId: expect.any(String),
    PopReceipt: expect.any(String),
    DownloadLocation: `${F}/api/connector/download/${EXPORTS}?correlation-id=${first.json.CorrelationId}`,
  })
  const download = await app.app.inject({
    method: 'GET',
    url: first.json.DownloadLocation.replace(F, ''),
    headers: { authorization: `Bearer ${app.token}` },
  })
  expect(Object.keys(unzipSync(download.rawPayload)).sort()).toEqual(['Customer groups.csv', 'Manifest.xml', 'PackageHeader.xml'])
  expect((await app.call('GET', first.json.DownloadLocation, undefined, { authorization: '' })).status).toBe(401)
  // Nothing else waits, and nothing has changed: an empty increment is no message.
  expect((await dequeue()).status).toBe(204)
  app.clock.advance(29 * 60_000)
  expect((await dequeue()).status).toBe(204)
  app.clock.advance(60_000)
  const again = await dequeue()
  expect(again.json.CorrelationId).toBe(first.json.CorrelationId)
  // The first offer has run out; the second one is acknowledged, twice.
  expect((await app.post(`${F}/api/connector/ack/${EXPORTS}`, first.json)).status).toBe(400)
  for (let n = 0; n < 2; n += 1) expect((await app.post(`${F}/api/connector/ack/${EXPORTS}`, again.json)).status).toBe(200)
  const status = await app.get(`${F}/api/connector/jobstatus/${EXPORTS}?jobId=${again.json.CorrelationId}`)
  expect(status.json.DataJobStatus.DataJobState).toBe('Acked')
  await app.database.query(`update recurring_data_message set next_offer_date_time = '2025-01-01'`)
  expect((await dequeue()).status).toBe(204)
  await app.patch(`${D}/CustomerGroups(dataAreaId='hms1',CustomerGroupId='10')`, { Description: 'Changed' })
  const asked = await app.post(`${D}/RecurringDataJobs('${EXPORTS}')/${N}.ExportNow`, {})
  expect(asked.status, asked.text).toBe(200)
  expect((await dequeue()).json.CorrelationId).toBe(asked.json.value)
  expect((await app.post(`${F}/api/connector/ack/${EXPORTS}`, 'nope')).status).toBe(400)
})

test('packages of companies that are closed to the caller are neither offered nor told of', async (t) => {
  const user = { userId: CLIENT.clientId, defaultCompany: 'hms1', companies: ['hms1', 'hms2'] }
  let companies: readonly string[] = user.companies
  const app = await startGolden(t, { findUser: () => ({ ...user, companies }) })
  await app.post(`${D}/DataManagementDefinitionGroups`, { Name: 'HMS-Groups-Out' })
  await app.post(`${D}/DataManagementDefinitionGroupDetails`, { DefinitionGroupName: 'HMS-Groups-Out', EntityName: 'Customer groups' })
  await addJob(app, { ActivityId: EXPORTS, OperationType: 'Export', DataProjectName: 'HMS-Groups-Out', CompanyId: 'hms2' })
  const asked = await app.post(`${D}/RecurringDataJobs('${EXPORTS}')/${N}.ExportNow`, {})
  const id = asked.json.value
  companies = ['hms1']
  expect((await app.get(`${F}/api/connector/dequeue/${EXPORTS}`)).status).toBe(204)
  expect((await app.get(`${F}/api/connector/download/${EXPORTS}?correlation-id=${id}`)).status).toBe(404)
  expect((await app.get(`${F}/api/connector/jobstatus/${EXPORTS}?jobId=${id}`)).status).toBe(404)
  expect((await app.post(`${D}/RecurringDataJobs('${EXPORTS}')/${N}.ExportNow`, {})).status).not.toBe(200)
  companies = ['HMS2']
  const offered = await app.get(`${F}/api/connector/dequeue/${EXPORTS}`)
  expect(offered.json.CorrelationId).toBe(id)
  expect((await app.post(`${F}/api/connector/ack/${EXPORTS}`, { ...offered.json, PopReceipt: 'x' })).status).toBe(400)
})
