import { unzipSync } from 'fflate'
import { expect, test } from 'vitest'
import { D, F, startGolden, type TestApp } from '../supply-chain-app.fixture.ts'

const N = 'Microsoft.Dynamics.DataEntities'
const PROJECT = 'HMS-Out'

/** A project that exports one entity incrementally. */
async function addProject(app: TestApp, entityName: string): Promise<void> {
  await app.post(`${D}/DataManagementDefinitionGroups`, { Name: PROJECT })
  const entity = { DefinitionGroupName: PROJECT, EntityName: entityName, SourceFormat: 'CSV', DefaultRefreshType: 'IncrementalPush' }
  expect((await app.post(`${D}/DataManagementDefinitionGroupDetails`, entity)).status).toBe(201)
}

/** Exports and gives the values of the first column. */
async function exportKeys(app: TestApp, file: string): Promise<string[]> {
  const action = async (name: string, body: object) => (await app.post(`${D}/DataManagementDefinitionGroups/${N}.${name}`, body)).json.value
  const parameters = { definitionGroupId: PROJECT, packageName: '', executionId: '', reExecute: false, legalEntityId: 'hms1' }
  const executionId = await action('ExportToPackage', parameters)
  while ((await action('GetExecutionSummaryStatus', { executionId })) !== 'Succeeded');
  const url: string = await action('GetExportedPackageUrl', { executionId })
  const reply = await app.app.inject({ method: 'GET', url: url.replace(F, '') })
  const text = Buffer.from(unzipSync(reply.rawPayload)[file] ?? []).toString()
  const [, ...lines] = text
    .replace(/^\ufeff/, '')
    .trimEnd()
    .split('\r\n')
  return lines.map((line) => line.split(',')[0]?.replaceAll('"', '') ?? '')
}

const track = async (app: TestApp, values: object) => {
  const key = `EntityName='Customers V3'`
  const reply = await app.patch(`${D}/EntityChangeTrackings(${key})`, values)
  return reply.status === 400 && reply.text.includes('selecting for update')
    ? app.post(`${D}/EntityChangeTrackings`, { EntityName: 'customers v3', ...values })
    : reply
}

test('FO-105 FO-125 change tracking of an entity decides what an incremental export holds', async (t) => {
  const app = await startGolden(t)
  await addProject(app, 'Customers V3')
  const rename = (name: string) => app.patch(`${D}/CustomersV3(dataAreaId='hms1',CustomerAccount='C-0002')`, { OrganizationName: name })
  const touchGroup = (text: string) => app.patch(`${D}/CustomerGroups(dataAreaId='hms1',CustomerGroupId='10')`, { Description: text })
  const next = () => exportKeys(app, 'Customers V3.csv')

  // Without a row of its own an entity is tracked as a whole: full, then increments.
  expect(await next()).toEqual(['C-0001', 'C-0002'])
  await rename('A')
  expect(await next()).toEqual(['C-0002'])
  expect(await next()).toEqual([])

  // None: each export is a full one.
  expect((await track(app, { TrackingMode: 'None' })).status).toBe(201)
  expect([await next(), await next()]).toEqual([
    ['C-0001', 'C-0002'],
    ['C-0001', 'C-0002'],
  ])

  // A change of the mode makes the next export a full one; then only the primary table counts.
  expect((await track(app, { TrackingMode: 'PrimaryTable' })).status).toBe(204)
  expect(await next()).toEqual(['C-0001', 'C-0002'])
  await touchGroup('B')
  expect(await next()).toEqual([])
  await rename('B')
  expect(await next()).toEqual(['C-0002'])

  // A custom query: customers count as changed with their group.
  expect((await track(app, { TrackingMode: 'CustomQuery', CustomQuerySources: 'customergroup, Nope' })).status).toBe(400)
  expect((await track(app, { TrackingMode: 'CustomQuery', CustomQuerySources: 'customergroup' })).status).toBe(204)
  expect(await next()).toEqual(['C-0001', 'C-0002'])
  expect(await next()).toEqual([])
  await touchGroup('C')
  expect(await next()).toEqual(['C-0001', 'C-0002'])
  await rename('C')
  expect(await next()).toEqual(['C-0002'])
})

test('change tracking names an entity of data management', async (t) => {
  const app = await startGolden(t)
  expect((await app.post(`${D}/EntityChangeTrackings`, { EntityName: 'Nope' })).status).toBe(400)
  const added = await app.post(`${D}/EntityChangeTrackings`, { EntityName: 'CUSTOMER GROUPS', CustomQuerySources: 'ignored' })
  expect(added.json).toMatchObject({ EntityName: 'Customer groups', TrackingMode: 'EntireEntity', CustomQuerySources: '' })
})
