import { strToU8, unzipSync, zipSync } from 'fflate'
import { expect, test } from 'vitest'
import { writeHeader, writeManifest } from './packages/manifest.ts'
import { aCustomer, D, F, startGolden, type TestApp } from './supply-chain-app.fixture.ts'

const N = 'Microsoft.Dynamics.DataEntities'
const STRING = `${D}/$metadata#Edm.String`
const ANY = expect.any(String)
const ENQUEUE = '6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0e0'
const DEQUEUE = '6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0e2'

const call = (app: TestApp, action: string, body: object) => app.post(`${D}/DataManagementDefinitionGroups/${N}.${action}`, body)

/** A request to an address that is signed, or with the token of the client; bodies and answers are bytes. */
async function send(
  app: TestApp,
  method: 'GET' | 'PUT' | 'POST',
  url: string,
  options: { headers?: object; payload?: Buffer | string } = {},
) {
  const reply = await app.app.inject({
    method,
    url: url.replace(F, ''),
    headers: { host: 'halvorsen-prod.operations.dynamics.com', ...options.headers },
    ...(options.payload !== undefined && { payload: options.payload }),
  })
  return { status: reply.statusCode, bytes: reply.rawPayload, text: reply.payload }
}

const bearer = ({ token }: TestApp): object => ({ authorization: `Bearer ${token}` })

const COLUMNS = ['CUSTOMERACCOUNT', 'ORGANIZATIONNAME', 'CUSTOMERGROUPID', 'SALESCURRENCYCODE']

/** `hms-customers-0001.zip`: C-0043 is good, C-0044 has a group that there is not. */
const customersPackage = (): Buffer => {
  const entity = {
    entityName: 'Customers V3',
    sourceFormat: 'CSV-Unicode',
    refreshType: 'FullPush',
    executionUnit: 1,
    levelInExecutionUnit: 1,
    sequenceInLevel: 1,
    inputFilePath: 'Customers V3.csv',
    map: COLUMNS.map((column) => ({ entityField: column, column })),
  } as const
  const rows = [COLUMNS.join(','), 'C-0043,Ytre Fjord,10,NOK', 'C-0044,Indre Fjord,99,NOK', ''].join('\r\n')
  return Buffer.from(
    zipSync({
      'PackageHeader.xml': strToU8(writeHeader('HMS customers inbound')),
      'Manifest.xml': strToU8(writeManifest({ project: 'HMS-Customers-In', description: 'HMS customers inbound', entities: [entity] })),
      'Customers V3.csv': Buffer.from(`\ufeff${rows}`, 'utf16le'),
    }),
  )
}

/** Until an execution has ended. */
async function ended(app: TestApp, executionId: string): Promise<object> {
  for (;;) {
    const { json } = await call(app, 'GetExecutionSummaryStatus', { executionId })
    if (!['NotRun', 'Executing'].includes(json.value)) return json
  }
}

test('G-FO-18 G-FO-18b G-FO-19 G-FO-20 G-FO-21 G-FO-22 a package is uploaded, imported and its errors are told', async (t) => {
  const golden = await startGolden(t)
  const slot = await call(golden, 'GetAzureWriteUrl', { uniqueFileName: 'hms-customers-0001.zip' })
  expect([slot.status, slot.json]).toEqual([200, { '@odata.context': STRING, value: ANY }])
  const { BlobId, BlobUrl, ...rest } = JSON.parse(slot.json.value)
  expect([BlobId, rest]).toEqual([expect.stringMatching(/^\{[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\}$/), {}])
  const blob = new URL(BlobUrl)
  expect(blob.pathname.endsWith('/hms-customers-0001.zip')).toBe(true)
  expect([...blob.searchParams.keys()].sort()).toEqual(['se', 'sig', 'sp', 'sr', 'sv'])
  expect(['sr', 'sp'].map((name) => blob.searchParams.get(name))).toEqual(['b', 'rcw'])

  const headers = { 'x-ms-blob-type': 'BlockBlob', 'content-type': 'application/zip' }
  expect(await send(golden, 'PUT', BlobUrl, { headers, payload: customersPackage() })).toMatchObject({ status: 201, text: '' })

  const imported = await call(golden, 'ImportFromPackage', {
    packageUrl: BlobUrl,
    definitionGroupId: 'HMS-Customers-In',
    executionId: 'HMS-IN-0001',
    execute: true,
    overwrite: true,
    legalEntityId: 'hms1',
  })
  expect([imported.status, imported.json]).toEqual([200, { '@odata.context': STRING, value: 'HMS-IN-0001' }])
  expect(await ended(golden, 'HMS-IN-0001')).toEqual({ '@odata.context': STRING, value: 'PartiallySucceeded' })

  const errors = await call(golden, 'GetExecutionErrors', { executionId: 'HMS-IN-0001' })
  expect(errors.json).toEqual({
    '@odata.context': STRING,
    value:
      '[{"RecordId":"C-0044","Field":"CustomerGroupId","ErrorMessage":"The value \'99\' in field \'Customer group\' is not found in the related table \'Customer groups\'."}]',
  })
  const entity = { executionId: 'HMS-IN-0001', entityName: 'Customers V3' }
  const generated = await call(golden, 'GenerateImportTargetErrorKeysFile', entity)
  expect([generated.status, generated.json]).toEqual([200, { '@odata.context': `${D}/$metadata#Edm.Boolean`, value: true }])
  for (const action of ['GetImportTargetErrorKeysFileUrl', 'GetImportStagingErrorFileUrl']) {
    const { bytes } = await send(golden, 'GET', (await call(golden, action, entity)).json.value)
    expect([bytes.toString('utf16le').includes('C-0044'), bytes.toString('utf16le').includes('C-0043')]).toEqual([true, false])
  }
  const stored = await golden.get(`${D}/CustomersV3?$select=CustomerAccount,OrganizationName&$filter=CustomerAccount eq 'C-004*'`)
  expect(stored.json.value).toMatchObject([{ CustomerAccount: 'C-0043', OrganizationName: 'Ytre Fjord' }])
})

test('G-FO-23 G-FO-23b a project is exported and its package is fetched by a signed address', async (t) => {
  const golden = await startGolden(t)
  await golden.post(`${D}/DataManagementDefinitionGroups`, { Name: 'HMS-Invoices-Out' })
  const detail = { DefinitionGroupName: 'HMS-Invoices-Out', EntityName: 'Customers V3', SourceFormat: 'CSV', FieldNames: 'CustomerAccount' }
  expect((await golden.post(`${D}/DataManagementDefinitionGroupDetails`, detail)).status).toBe(201)
  const exported = await call(golden, 'ExportToPackage', {
    definitionGroupId: 'HMS-Invoices-Out',
    packageName: 'hms-invoices.zip',
    executionId: 'HMS-OUT-0001',
    reExecute: false,
    legalEntityId: 'hms1',
  })
  expect([exported.status, exported.json]).toEqual([200, { '@odata.context': STRING, value: 'HMS-OUT-0001' }])
  expect(await ended(golden, 'HMS-OUT-0001')).toEqual({ '@odata.context': STRING, value: 'Succeeded' })
  const address = await call(golden, 'GetExportedPackageUrl', { executionId: 'HMS-OUT-0001' })
  expect(address.json).toEqual({ '@odata.context': STRING, value: ANY })
  const url = new URL(address.json.value)
  expect(url.pathname.endsWith('/hms-invoices.zip')).toBe(true)
  expect(['sr', 'sp'].map((name) => url.searchParams.get(name))).toEqual(['b', 'r'])
  const files = unzipSync((await send(golden, 'GET', address.json.value)).bytes)
  expect(Buffer.from(files['Customers V3.csv'] ?? []).toString()).toMatch(/CUSTOMERACCOUNT\r\n"?C-0001"?\r\n"?C-0002"?\r\n$/)
})

test('G-FO-24 G-FO-26 a file is enqueued and its job told', async (t) => {
  const golden = await startGolden(t)
  // The file changes two fields of a customer that is there: a new one would need its group and currency.
  await golden.post(`${D}/CustomersV3`, aCustomer({ CustomerAccount: 'C-0050', OrganizationName: 'Skerry' }))
  expect((await golden.post(`${D}/RecurringDataJobs`, { ActivityId: ENQUEUE, DataProjectName: 'HMS-Customers-In' })).status).toBe(201)
  const sent = await send(golden, 'POST', `/api/connector/enqueue/${ENQUEUE}?entity=Customers%20V3&company=hms1`, {
    headers: { ...bearer(golden), 'content-type': 'text/csv', 'x-ms-dyn-externalidentifier': 'hms-run-77' },
    payload: 'CUSTOMERACCOUNT,ORGANIZATIONNAME\nC-0050,Skerry Boats\n',
  })
  expect([sent.status, sent.text]).toEqual([200, expect.stringMatching(/^"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"$/)])
  const jobId = JSON.parse(sent.text)
  const status = async () => (await golden.get(`${F}/api/connector/jobstatus/${ENQUEUE}?jobId=${jobId}`)).json
  let job = await status()
  while (['Enqueued', 'Processing'].includes(job.DataJobStatus.DataJobState)) job = await status()
  const time = '2025-02-11T09:30:00Z'
  expect(job).toEqual({
    DataJobStatus: {
      DataProject: 'HMS-Customers-In',
      DataJobIdentifier: jobId,
      ExternalIdentifier: 'hms-run-77',
      ExecutionIdentifier: expect.stringMatching(/^HMS-Customers-In-2025-02-11T09:30:00-[0-9A-F]{32}$/),
      DataJobStartedDateTime: time,
      DataJobCompletedDateTime: time,
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
        ExecutionStartedDateTime: time,
        ExecutionCompletedDateTime: time,
      },
    ],
  })
})

test('G-FO-25 G-FO-25b a message is dequeued and acknowledged with the same body', async (t) => {
  const golden = await startGolden(t)
  await golden.post(`${D}/DataManagementDefinitionGroups`, { Name: 'HMS-Customers-Out' })
  await golden.post(`${D}/DataManagementDefinitionGroupDetails`, { DefinitionGroupName: 'HMS-Customers-Out', EntityName: 'Customers V3' })
  const job = { ActivityId: DEQUEUE, OperationType: 'Export', DataProjectName: 'HMS-Customers-Out', CompanyId: 'hms1' }
  expect((await golden.post(`${D}/RecurringDataJobs`, job)).status).toBe(201)
  expect((await golden.post(`${D}/RecurringDataJobs('${DEQUEUE}')/${N}.ExportNow`, {})).status).toBe(200)
  const message = await golden.get(`${F}/api/connector/dequeue/${DEQUEUE}`)
  expect([message.status, message.json]).toEqual([
    200,
    {
      CorrelationId: ANY,
      PopReceipt: ANY,
      DownloadLocation: `${F}/api/connector/download/${DEQUEUE}?correlation-id=${message.json.CorrelationId}`,
    },
  ])
  const download = await send(golden, 'GET', message.json.DownloadLocation, { headers: bearer(golden) })
  expect(Object.keys(unzipSync(download.bytes)).sort()).toEqual(['Customers V3.csv', 'Manifest.xml', 'PackageHeader.xml'])
  expect(await golden.post(`${F}/api/connector/ack/${DEQUEUE}`, message.json)).toMatchObject({ status: 200, text: '' })
  expect((await golden.get(`${F}/api/connector/dequeue/${DEQUEUE}`)).status).toBe(204)
})
