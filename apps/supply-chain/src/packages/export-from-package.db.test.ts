import { strToU8, unzipSync, zipSync } from 'fflate'
import { expect, test } from 'vitest'
import { D, F, startGolden, type TestApp } from '../supply-chain-app.fixture.ts'
import { writeHeader, writeManifest } from './manifest.ts'

const N = 'Microsoft.Dynamics.DataEntities'
const call = (app: TestApp, action: string, body: object) => app.post(`${D}/DataManagementDefinitionGroups/${N}.${action}`, body)

/** A package that describes one entity of a project and holds no data. */
const describing = (entityName: string, columns: readonly string[], sourceFormat = 'CSV'): Buffer => {
  const entity = {
    entityName,
    sourceFormat,
    refreshType: 'FullPush',
    executionUnit: 1,
    levelInExecutionUnit: 1,
    sequenceInLevel: 1,
    inputFilePath: 'x.csv',
    map: columns.map((column) => ({ entityField: column, column })),
  } as const
  const manifest = writeManifest({ project: 'P', description: 'Described', entities: [entity] })
  return Buffer.from(zipSync({ 'PackageHeader.xml': strToU8(writeHeader('')), 'Manifest.xml': strToU8(manifest) }))
}

async function exportFrom(app: TestApp, content: Buffer, values: object = {}) {
  const { BlobUrl: packageUrl } = JSON.parse((await call(app, 'GetAzureWriteUrl', { uniqueFileName: 'p.zip' })).json.value)
  const headers = { 'content-type': 'application/zip', 'x-ms-blob-type': 'BlockBlob' }
  await app.app.inject({ method: 'PUT', url: packageUrl.replace(F, ''), headers, payload: content })
  const parameters = { packageUrl, definitionGroupId: 'Out', executionId: '', execute: true, overwrite: true, legalEntityId: 'hms1' }
  return call(app, 'ExportFromPackage', { ...parameters, ...values })
}

/** Names and first lines of the data files of an execution. */
async function filesOf(app: TestApp, executionId: string): Promise<Record<string, string>> {
  while ((await call(app, 'GetExecutionSummaryStatus', { executionId })).json.value !== 'Succeeded');
  const url: string = (await call(app, 'GetExportedPackageUrl', { executionId })).json.value
  const files = unzipSync((await app.app.inject({ method: 'GET', url: url.replace(F, '') })).rawPayload)
  const data = Object.entries(files).filter(([name]) => name.endsWith('.csv'))
  return Object.fromEntries(data.map(([name, bytes]) => [name, Buffer.from(bytes).toString().replace('\ufeff', '').split('\r\n')[0] ?? '']))
}

test('a project is made of what a package describes, and exported; overwrite replaces its entities, else they are added', async (t) => {
  const app = await startGolden(t)
  const customers = await exportFrom(app, describing('Customers V3', ['CUSTOMERACCOUNT', 'ORGANIZATIONNAME']))
  expect(await filesOf(app, customers.json.value)).toEqual({ 'Customers V3.csv': 'CUSTOMERACCOUNT,ORGANIZATIONNAME' })
  const added = await exportFrom(app, describing('customer groups', ['CUSTOMERGROUPID']), { overwrite: false, executionId: 'E-1' })
  expect(added.json.value).toBe('E-1')
  expect(Object.keys(await filesOf(app, 'E-1')).sort()).toEqual(['Customer groups.csv', 'Customers V3.csv'])
  const replaced = await exportFrom(app, describing('Customer groups', []))
  expect(Object.keys(await filesOf(app, replaced.json.value))).toEqual(['Customer groups.csv'])
  const stopped = await exportFrom(app, describing('Customers V3', []), { execute: false })
  expect((await call(app, 'GetExecutionSummaryStatus', { executionId: stopped.json.value })).json.value).toBe('NotRun')
  expect((await call(app, 'GetExportedPackageUrl', { executionId: stopped.json.value })).status).toBe(400)
})

test('a package that describes what cannot be exported is refused, and the project stays as it is', async (t) => {
  const app = await startGolden(t)
  await exportFrom(app, describing('Customers V3', ['CUSTOMERACCOUNT']))
  const cases: readonly (readonly [content: Buffer, text: string, values?: object])[] = [
    [describing('Nothing', []), 'Entity Nothing does not exist'],
    [describing('Customer groups', ['NOPE']), 'The field NOPE of the map is not found'],
    [describing('Customer groups', [], 'EXCEL'), 'The source format EXCEL'],
    [Buffer.from('no archive'), 'not a readable zip'],
    [describing('Customer groups', []), 'The company zzzz does not exist', { legalEntityId: 'zzzz' }],
  ]
  for (const [content, text, values] of cases) {
    const reply = await exportFrom(app, content, values)
    expect([reply.status, reply.text]).toEqual([400, expect.stringContaining(text)])
  }
  const { json } = await app.get(`${D}/DataManagementDefinitionGroupDetails`)
  expect(json.value).toMatchObject([{ DefinitionGroupName: 'Out', EntityName: 'Customers V3', FieldNames: 'CustomerAccount' }])
})
