import {
  createManualClock,
  createTokenIssuer,
  type Database,
  type ManualClock,
  openScratchDatabase,
  randomIds,
  silentLogger,
  type TestScope,
  type TokenIssuer,
} from '@p2c/base'
import type { FastifyInstance } from 'fastify'
import { unzipSync, zipSync } from 'fflate'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createSupplyChainApp } from '../app.ts'
import { PUBLIC_ENTITIES } from '../entities/catalogue.ts'
import { FIRST_START } from '../supply-chain-app.fixture.ts'
import { csvReader, encodeText, textReader } from './csv.ts'
import { writeHeader, writeManifest } from './manifest.ts'

const NAMESPACE = 'Microsoft.Dynamics.DataEntities'
const CLIENT = { clientId: '6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0a1', clientSecret: 's3cret~value' }
const ISSUER = 'https://halvorsen-prod.operations.dynamics.com'

interface System {
  readonly root: string
  readonly headers: Readonly<Record<string, string>>
  readonly database: Database
  readonly clock: ManualClock
  readonly app: FastifyInstance
  call(action: string, parameters: object): Promise<{ status: number; value: unknown; text: string }>
  post(set: string, body: object): Promise<Response>
}

const createApp = (database: Database, clock: ManualClock, tokens: TokenIssuer) =>
  createSupplyChainApp({
    database,
    clock,
    ids: randomIds,
    log: silentLogger,
    tokens,
    signingKey: 'key',
    settings: { defaultCompany: 'hms1' },
  })

/** The application on a real port over a database of its own. */
async function startSystem(t: TestScope): Promise<System> {
  const database = await openScratchDatabase(t, { prepared: FIRST_START })
  const clock = createManualClock('2025-02-11T09:30:00Z')
  const tokens = createTokenIssuer({ issuer: ISSUER, key: Buffer.alloc(32, 7), clock, clients: [CLIENT] })
  const app = await createApp(database, clock, tokens)
  const root = await app.listen({ port: 0, host: '127.0.0.1' })
  t.onTestFinished(() => app.close())
  const answer = tokens.answerTokenRequest({
    grant_type: 'client_credentials',
    client_id: CLIENT.clientId,
    client_secret: CLIENT.clientSecret,
    scope: `${ISSUER}/.default`,
  })
  if (answer.status !== 200) throw new Error('no token')
  const headers = { authorization: `Bearer ${answer.body.access_token}`, 'content-type': 'application/json' }
  const post = (set: string, body: object) => fetch(`${root}/data/${set}`, { method: 'POST', headers, body: JSON.stringify(body) })
  return {
    root,
    headers: { authorization: headers.authorization },
    database,
    clock,
    app,
    post,
    async call(action, parameters) {
      const reply = await post(`DataManagementDefinitionGroups/${NAMESPACE}.${action}`, parameters)
      const text = await reply.text()
      return { status: reply.status, text, value: text === '' ? undefined : (JSON.parse(text) as { value?: unknown }).value }
    },
  }
}

async function addCompanies(database: Database): Promise<void> {
  await database.query('delete from customer')
  await database.query(
    "insert into legal_entity (legal_entity_id, name) values ('hms1', 'Halvorsen'), ('hms2', 'Halvorsen Sverige') on conflict do nothing",
  )
}

const addCustomers = (database: Database, company: string, from: number, to: number) =>
  database.query(
    `insert into customer (data_area_id, customer_account, organization_name, party_number)
     select $1, 'C-' || lpad(n::text, 4, '0'), 'Ørsta "Marine", ' || n, 'P-' || $1 || n from generate_series($2::int, $3::int) n`,
    [company, from, to],
  )

async function addProject(system: System, name: string, detail: object): Promise<void> {
  expect((await system.post('DataManagementDefinitionGroups', { Name: name })).status).toBe(201)
  const reply = await system.post('DataManagementDefinitionGroupDetails', {
    DefinitionGroupName: name,
    EntityName: 'Customers V3',
    ...detail,
  })
  expect([reply.status, await reply.text()]).toEqual([201, expect.any(String)])
}

const EXPORT = { definitionGroupId: 'HMS-Out', packageName: 'hms.zip', executionId: '', reExecute: false, legalEntityId: 'hms1' }

/** Runs an export to its end and gives the rows of its file by column. */
async function exportRows(system: System, parameters: object = {}): Promise<Record<string, string>[]> {
  const started = await system.call('ExportToPackage', { ...EXPORT, ...parameters })
  expect(started).toMatchObject({ status: 200 })
  const status = await waitForEnd(system, String(started.value))
  expect(status).toBe('Succeeded')
  const url = await system.call('GetExportedPackageUrl', { executionId: started.value })
  return readPackage(await download(String(url.value)))
}

async function waitForEnd(system: System, executionId: string): Promise<unknown> {
  for (;;) {
    const { value } = await system.call('GetExecutionSummaryStatus', { executionId })
    if (value !== 'NotRun' && value !== 'Executing') return value
  }
}

async function download(url: string): Promise<Uint8Array> {
  const reply = await fetch(url)
  expect(reply.status).toBe(200)
  return new Uint8Array(await reply.arrayBuffer())
}

function readPackage(archive: Uint8Array): Record<string, string>[] {
  const file = unzipSync(archive)['Customers V3.csv']
  if (file === undefined) throw new Error('no data file')
  return readFile(file)
}

function readFile(file: Uint8Array): Record<string, string>[] {
  const text = textReader('CSV-Unicode')
  const reader = csvReader({ maxCells: 500, maxCellLength: 10_000, requireCrlf: true })
  const [header, ...rows] = [...reader.push(text.push(file) + text.end()), ...reader.end()]
  return rows.map((row) => Object.fromEntries((header?.cells ?? []).map((name, index) => [name, row.cells[index] ?? ''])))
}

const accounts = (rows: readonly Record<string, string>[]) => rows.map((row) => row.CUSTOMERACCOUNT)

describe('exports', () => {
  test('G-FO-23 FO-092 a project is exported for one company, and the package is read by a signed address', async (t) => {
    const system = await startSystem(t)
    await addCompanies(system.database)
    await addCustomers(system.database, 'hms1', 1, 3)
    await addCustomers(system.database, 'hms2', 4, 4)
    await addProject(system, 'HMS-Out', {})
    const started = await system.call('ExportToPackage', { ...EXPORT, executionId: 'HMS-OUT-0001' })
    expect(JSON.parse(started.text)).toEqual({ '@odata.context': `${system.root}/data/$metadata#Edm.String`, value: 'HMS-OUT-0001' })
    expect(await waitForEnd(system, 'HMS-OUT-0001')).toBe('Succeeded')
    const url = String((await system.call('GetExportedPackageUrl', { executionId: 'HMS-OUT-0001' })).value)
    expect(url).toContain('/hms.zip?sv=')
    const archive = await download(url)
    expect(Object.keys(unzipSync(archive))).toEqual(['PackageHeader.xml', 'Manifest.xml', 'Customers V3.csv'])
    const rows = readPackage(archive)
    expect(accounts(rows)).toEqual(['C-0001', 'C-0002', 'C-0003'])
    expect(rows[0]).toMatchObject({ ORGANIZATIONNAME: 'Ørsta "Marine", 1', CREDITLIMIT: '0' })
    expect(rows[0]).not.toHaveProperty('DATAAREAID')
    expect((await fetch(url.replace('sp=r', 'sp=rcw'))).status).toBe(403)
    expect((await fetch(url, { method: 'PUT', headers: { 'x-ms-blob-type': 'BlockBlob' }, body: 'x' })).status).toBe(403)
    system.clock.advance(3_600_001)
    expect((await fetch(url)).status).toBe(403)
  })

  test('FO-125 FO-105 an incremental project exports what changed since its last run, for each company by itself', async (t) => {
    const system = await startSystem(t)
    await addCompanies(system.database)
    await addCustomers(system.database, 'hms1', 1, 3)
    await addCustomers(system.database, 'hms2', 7, 8)
    await addProject(system, 'HMS-Out', { DefaultRefreshType: 'IncrementalPush', FieldNames: 'CustomerAccount,organizationname' })
    expect(accounts(await exportRows(system))).toEqual(['C-0001', 'C-0002', 'C-0003'])
    expect(await exportRows(system)).toEqual([])
    await addCustomers(system.database, 'hms1', 4, 4)
    await system.database.query(
      "update customer set organization_name = 'Æ', change_xid = pg_current_xact_id() where customer_account = 'C-0002'",
    )
    expect(await exportRows(system)).toEqual([
      { CUSTOMERACCOUNT: 'C-0002', ORGANIZATIONNAME: 'Æ' },
      { CUSTOMERACCOUNT: 'C-0004', ORGANIZATIONNAME: 'Ørsta "Marine", 4' },
    ])
    expect(accounts(await exportRows(system, { legalEntityId: 'hms2' }))).toEqual(['C-0007', 'C-0008'])
    expect(await exportRows(system)).toEqual([])
  })

  test('every data management entity can be exported, in full and then by its changes', async (t) => {
    const system = await startSystem(t)
    await addCompanies(system.database)
    const entities = PUBLIC_ENTITIES.filter((entity) => entity.isDataManagementEnabled)
    await system.post('DataManagementDefinitionGroups', { Name: 'All' })
    for (const { label } of entities) {
      const detail = { DefinitionGroupName: 'All', EntityName: label, DefaultRefreshType: 'IncrementalPush', SourceFormat: 'CSV' }
      expect((await system.post('DataManagementDefinitionGroupDetails', detail)).status).toBe(201)
    }
    for (const rows of ['some', 'none']) {
      const started = await system.call('ExportToPackage', { ...EXPORT, definitionGroupId: 'all', legalEntityId: 'usmf' })
      expect(await waitForEnd(system, String(started.value))).toBe('Succeeded')
      const list = JSON.parse(String((await system.call('GetEntityExecutionSummaryStatusList', { executionId: started.value })).value)) as {
        TargetRecords: number
      }[]
      expect(list).toHaveLength(entities.length)
      expect(list.some((item) => item.TargetRecords > 0)).toBe(rows === 'some')
    }
  })

  test('FO-125 a transaction that commits late is not skipped', async (t) => {
    const system = await startSystem(t)
    await addCompanies(system.database)
    await addProject(system, 'HMS-Out', { DefaultRefreshType: 'IncrementalPush' })
    const slow = Promise.withResolvers<void>()
    const written = Promise.withResolvers<void>()
    const late = system.database.transaction(async (sql) => {
      await sql.query("insert into customer (data_area_id, customer_account, party_number) values ('hms1', 'LATE', 'PL')")
      written.resolve()
      await slow.promise
    })
    await written.promise
    await addCustomers(system.database, 'hms1', 1, 2)
    expect(accounts(await exportRows(system))).toEqual(['C-0001', 'C-0002'])
    slow.resolve()
    await late
    expect(accounts(await exportRows(system))).toEqual(['LATE'])
    expect(await exportRows(system)).toEqual([])
  })

  test('an execution that is run again holds the same rows again, and what came meanwhile', async (t) => {
    const system = await startSystem(t)
    await addCompanies(system.database)
    await addProject(system, 'HMS-Out', { DefaultRefreshType: 'IncrementalPush' })
    await addCustomers(system.database, 'hms1', 1, 1)
    await exportRows(system)
    await addCustomers(system.database, 'hms1', 2, 2)
    expect(accounts(await exportRows(system, { executionId: 'AGAIN' }))).toEqual(['C-0002'])
    expect((await system.call('ExportToPackage', { ...EXPORT, executionId: 'AGAIN' })).text).toContain(
      'The execution id AGAIN is in use already',
    )
    await addCustomers(system.database, 'hms1', 3, 3)
    expect(accounts(await exportRows(system, { executionId: 'AGAIN', reExecute: true }))).toEqual(['C-0002', 'C-0003'])
    expect(await exportRows(system)).toEqual([])
  })

  test('FO-086 FO-088 FO-092 what an export needs', async (t) => {
    const system = await startSystem(t)
    await addCompanies(system.database)
    const refused = async (action: string, parameters: object) => {
      const { status, text } = await system.call(action, parameters)
      return [status, (JSON.parse(text) as { error: { innererror: { message: string } } }).error.innererror.message]
    }
    expect(await refused('ExportToPackage', EXPORT)).toEqual([400, expect.stringContaining('The definition group HMS-Out does not exist.')])
    await addProject(system, 'HMS-Out', {})
    expect(await refused('ExportToPackage', { ...EXPORT, legalEntityId: 'zzz' })).toEqual([
      400,
      expect.stringContaining('The company zzz does not exist'),
    ])
    expect(await refused('GetExecutionSummaryStatus', { executionId: 'none' })).toEqual([400, expect.stringContaining('not found')])
    expect(await refused('GetExportedPackageUrl', { executionId: 'none' })).toEqual([400, expect.stringContaining('not found')])
    const { legalEntityId: _left, ...incomplete } = EXPORT
    expect((await system.call('ExportToPackage', incomplete)).text).toContain(
      "Parameter 'legalEntityId' is not found within the request content body.",
    )
    const generated = await system.call('ExportToPackageAsync', { ...EXPORT, legalEntityId: '' })
    expect(generated.value).toMatch(/^HMS-Out-2025-02-11T09:30:00-[0-9A-F]{32}$/)
    expect(await waitForEnd(system, String(generated.value))).toBe('Succeeded')
    expect((await fetch(`${system.root}/data/DataManagementDefinitionGroupDetails`)).status).toBe(401)
    expect(await system.call('InitializeDataManagement', {})).toMatchObject({ status: 204 })
  })

  test('a project that is deleted forgets its entities and positions', async (t) => {
    const system = await startSystem(t)
    await addCompanies(system.database)
    await addCustomers(system.database, 'hms1', 1, 1)
    await addProject(system, 'HMS-Out', { DefaultRefreshType: 'IncrementalPush' })
    await exportRows(system)
    const { headers } = system
    const group = `${system.root}/data/DataManagementDefinitionGroups(Name='HMS-Out')`
    const detail = `${system.root}/data/DataManagementDefinitionGroupDetails(EntityName='Customers%20V3',DefinitionGroupName='HMS-Out')`
    expect(await (await fetch(detail, { headers })).json()).toMatchObject({
      DefaultRefreshType: 'IncrementalPush',
      SourceFormat: 'CSV-Unicode',
    })
    expect((await fetch(group, { method: 'DELETE', headers })).status).toBe(204)
    expect((await fetch(detail, { headers })).status).toBe(404)
    await addProject(system, 'HMS-Out', { DefaultRefreshType: 'IncrementalPush' })
    expect(accounts(await exportRows(system))).toEqual(['C-0001'])
    expect((await fetch(detail, { method: 'DELETE', headers })).status).toBe(204)
    expect((await fetch(detail, { method: 'DELETE', headers })).status).toBe(400)
  })

  test('a project entity that does not fit is refused with its reason', async (t) => {
    const system = await startSystem(t)
    await system.post('DataManagementDefinitionGroups', { Name: 'P' })
    const cases: readonly (readonly [detail: object, message: string])[] = [
      [{ EntityName: 'Nothing' }, 'Entity Nothing does not exist in the target environment'],
      [{ EntityName: '' }, "The field 'EntityName' must be filled in."],
      [{ DefinitionGroupName: 'Q' }, 'The definition group Q does not exist.'],
      [{ SourceFormat: 'EXCEL' }, "The field 'SourceFormat' must be one of CSV-Unicode, CSV, XML-Element, XML-Attribute."],
      [{ FieldNames: 'CustomerAccount,Nope' }, "names 'Nope'"],
      [{ SequenceInLevel: 0 }, "The field 'SequenceInLevel' must be a whole number"],
    ]
    for (const [detail, message] of cases) {
      const reply = await system.post('DataManagementDefinitionGroupDetails', {
        DefinitionGroupName: 'P',
        EntityName: 'Customers V3',
        ...detail,
      })
      expect([reply.status, await reply.text()]).toEqual([400, expect.stringContaining(message)])
    }
    const headers = { ...system.headers, 'content-type': 'application/json' }
    const broken = await fetch(`${system.root}/data/DataManagementDefinitionGroupDetails`, { method: 'POST', headers, body: '{"a":' })
    expect([broken.status, await broken.text()]).toEqual([400, expect.stringContaining('at position 5')])
  })

  test('an execution that a stopped process left behind is repeated at the next start', async (t) => {
    const system = await startSystem(t)
    await addCompanies(system.database)
    await addCustomers(system.database, 'hms1', 1, 1)
    await addProject(system, 'HMS-Out', {})
    await system.database.query(
      `insert into data_execution (id, kind, project, legal_entity, status, package_name, created_at) values ('LEFT', 'Export', 'HMS-Out', 'hms1', 'Executing', 'a.zip', now())`,
    )
    const restarted = await createApp(
      system.database,
      system.clock,
      createTokenIssuer({ issuer: ISSUER, key: Buffer.alloc(32, 7), clock: system.clock, clients: [CLIENT] }),
    )
    t.onTestFinished(() => restarted.close())
    await restarted.ready()
    expect(await waitForEnd(system, 'LEFT')).toBe('Succeeded')
  })
})

describe('imports', () => {
  const FIELDS = ['CUSTOMERACCOUNT', 'ORGANIZATIONNAME', 'CUSTOMERGROUPID', 'SALESCURRENCYCODE', 'ONHOLDSTATUS', 'CREDITLIMIT']

  const dataFile = (rows: readonly (readonly string[])[]) =>
    encodeText(`\ufeff${[FIELDS, ...rows].map((row) => row.map((cell) => `"${cell}"`).join(',')).join('\r\n')}\r\n`, 'CSV-Unicode')

  const aPackage = (file: Uint8Array, options: { fields?: readonly string[]; entityName?: string } = {}) => {
    const { fields = FIELDS, entityName = 'Customers V3' } = options
    const entity = {
      entityName,
      sourceFormat: 'CSV-Unicode',
      refreshType: 'FullPush',
      inputFilePath: 'Customers V3.csv',
      executionUnit: 1,
      levelInExecutionUnit: 1,
      sequenceInLevel: 1,
      map: fields.map((field) => ({ entityField: field, column: field })),
    } as const
    return zipSync({
      'PackageHeader.xml': Buffer.from(`\ufeff${writeHeader('In')}`, 'utf16le'),
      'Manifest.xml': Buffer.from(`\ufeff${writeManifest({ project: 'HMS-In', description: 'In', entities: [entity] })}`, 'utf16le'),
      'Customers V3.csv': file,
    })
  }

  async function upload(system: System, archive: Uint8Array): Promise<string> {
    const slot = await system.call('GetAzureWriteUrl', { uniqueFileName: 'hms-customers-0001.zip' })
    const { BlobId, BlobUrl } = JSON.parse(String(slot.value)) as { BlobId: string; BlobUrl: string }
    expect(BlobId).toMatch(/^\{[0-9A-F-]{36}\}$/)
    const headers = { 'x-ms-blob-type': 'BlockBlob', 'content-type': 'application/zip' }
    const reply = await fetch(BlobUrl, { method: 'PUT', headers, body: Buffer.from(archive) })
    expect([reply.status, await reply.text()]).toEqual([201, ''])
    return BlobUrl
  }

  async function importPackage(system: System, archive: Uint8Array, parameters: object = {}): Promise<string> {
    const packageUrl = await upload(system, archive)
    const started = await system.call('ImportFromPackage', {
      packageUrl,
      definitionGroupId: 'HMS-In',
      executionId: '',
      execute: true,
      overwrite: true,
      legalEntityId: 'hms1',
      ...parameters,
    })
    expect(started).toMatchObject({ status: 200 })
    return String(started.value)
  }

  async function addSetup(database: Database): Promise<void> {
    await addCompanies(database)
    await database.query("insert into customer_group (data_area_id, customer_group_id) values ('hms1', '10') on conflict do nothing")
    await database.query("insert into currency (currency_code) values ('NOK') on conflict do nothing")
  }

  const stored = async (database: Database) =>
    (await database.query('select customer_account, organization_name, on_hold_status, credit_limit from customer order by 1')).rows

  test.each(['CSV', 'CSV-Unicode', 'XML-Element', 'XML-Attribute'])('what is exported as %s is imported as it was', async (format) => {
    const system = await startSystem({ onTestFinished })
    await addSetup(system.database)
    await system.database.query("insert into customer_group (data_area_id, customer_group_id) values ('hms2', '10') on conflict do nothing")
    const names = ['<Ørsta> & "Sønn", \'1\'', 'two\r\nlines\tand a tab', '  blanks in front', ']]>&#10;']
    for (const [index, name] of names.entries()) {
      const row = {
        dataAreaId: 'hms1',
        CustomerAccount: `C-${index}`,
        OrganizationName: name,
        CustomerGroupId: '10',
        SalesCurrencyCode: 'NOK',
      }
      const reply = await system.post('CustomersV3', row)
      expect([reply.status, index]).toEqual([201, index])
    }
    await addProject(system, 'HMS-Out', { SourceFormat: format, FieldNames: FIELDS.join(',') })
    const started = await system.call('ExportToPackage', EXPORT)
    expect(await waitForEnd(system, String(started.value))).toBe('Succeeded')
    const archive = await download(String((await system.call('GetExportedPackageUrl', { executionId: started.value })).value))
    const executionId = await importPackage(system, archive, { legalEntityId: 'hms2' })
    expect(await waitForEnd(system, executionId)).toBe('Succeeded')
    const { rows } = await system.database.query<{ organization_name: string }>(
      "select organization_name from customer where data_area_id = 'hms2' order by customer_account",
    )
    expect(rows.map((row) => row.organization_name)).toEqual(names)
  })

  test('a package that is damaged behind its good rows, and a file that breaks off, leave nothing behind', async (t) => {
    const system = await startSystem(t)
    await addSetup(system.database)
    const good = Array.from({ length: 2_500 }, (_, index) => [`C-${index}`, 'Marine', '10', 'NOK', 'No', '1'])
    const broken = Buffer.concat([dataFile(good), encodeText('"C-9999","never closed', 'CSV-Unicode')])
    expect(await waitForEnd(system, await importPackage(system, aPackage(broken)))).toBe('Failed')
    const archive = Buffer.from(aPackage(dataFile(good)))
    const directory = archive.lastIndexOf(Buffer.from([0x50, 0x4b, 1, 2]))
    archive.writeUInt32LE(1, directory + 16) // the checksum of the data file
    expect(await waitForEnd(system, await importPackage(system, archive))).toBe('Failed')
    expect(await stored(system.database)).toEqual([])
    expect(await waitForEnd(system, await importPackage(system, aPackage(dataFile(good))))).toBe('Succeeded')
    expect(await stored(system.database)).toHaveLength(2_500)
  })

  test('G-FO-18 to 22, FO-083 to 091: good rows are in the target, bad ones in the error outputs', async (t) => {
    const system = await startSystem(t)
    await addSetup(system.database)
    const file = dataFile([
      ['C-0043', 'Ørsta ""Marine""', '10', 'NOK', '2', '12480.50'],
      ['C-0044', 'Nordkai', '99', 'NOK', 'No', ''],
      ['C-0045', 'Skerry\r\nBoats', '10', 'NOK', '', 'x'],
      ['C-0046', 'Tidewater', '10', 'NOK', '', '1'],
    ])
    const executionId = await importPackage(system, aPackage(file), { executionId: 'HMS-IN-0001' })
    expect(executionId).toBe('HMS-IN-0001')
    expect(await waitForEnd(system, executionId)).toBe('PartiallySucceeded')
    expect(await stored(system.database)).toEqual([
      { customer_account: 'C-0043', organization_name: 'Ørsta "Marine"', on_hold_status: 'All', credit_limit: '12480.5' },
      { customer_account: 'C-0046', organization_name: 'Tidewater', on_hold_status: 'No', credit_limit: '1' },
    ])
    const errors = JSON.parse(String((await system.call('GetExecutionErrors', { executionId })).value)) as object[]
    expect(errors).toEqual([
      {
        RecordId: 'C-0044',
        Field: 'CustomerGroupId',
        ErrorMessage: "The value '99' in field 'Customer group' is not found in the related table 'Customer groups'.",
      },
      { RecordId: 'C-0045', Field: 'CreditLimit', ErrorMessage: expect.stringContaining('CreditLimit') },
    ])
    const of = { executionId, entityName: 'Customers V3' }
    expect(await system.call('GetImportTargetErrorKeysFileUrl', of)).toMatchObject({ value: '' })
    const generated = await system.call('GenerateImportTargetErrorKeysFile', of)
    expect(JSON.parse(generated.text)).toEqual({ '@odata.context': `${system.root}/data/$metadata#Edm.Boolean`, value: true })
    const keys = await download(String((await system.call('GetImportTargetErrorKeysFileUrl', of)).value))
    expect(accounts(readFile(keys))).toEqual(['C-0044', 'C-0045'])
    const staging = await download(String((await system.call('GetImportStagingErrorFileUrl', of)).value))
    expect(readFile(staging).map((row) => row.ROW)).toEqual([
      '"C-0044","Nordkai","99","NOK","No",',
      '"C-0045","Skerry\r\nBoats","10","NOK",,"x"',
    ])
    expect((await system.call('GetImportStagingErrorFileUrl', { executionId, entityName: 'No such' })).text).toContain(
      'Entity No such does not exist in the target environment',
    )
    const list = JSON.parse(String((await system.call('GetEntityExecutionSummaryStatusList', { executionId })).value)) as object[]
    expect(list).toEqual([{ EntityName: 'Customers V3', Status: 'PartiallySucceeded', StagingRecords: 4, TargetRecords: 2, ErrorCount: 2 }])
  })

  test('FO-086 the same package again updates, and 5,000 rows take a few statements', async (t) => {
    const system = await startSystem(t)
    await addSetup(system.database)
    const rows = Array.from({ length: 5_000 }, (_, index) => [`C-${index}`, `Name ${index}`, '10', 'NOK', 'No', String(index)])
    const first = await importPackage(system, aPackage(dataFile(rows)))
    expect(first).toMatch(/^HMS-In-2025-02-11T09:30:00-[0-9A-F]{32}$/)
    expect(await waitForEnd(system, first)).toBe('Succeeded')
    const second = await importPackage(system, aPackage(dataFile(rows.map(([account = '', ...rest]) => [account.toLowerCase(), ...rest]))))
    expect(await waitForEnd(system, second)).toBe('Succeeded')
    expect((await stored(system.database)).length).toBe(5_000)
    expect((await system.call('GenerateImportTargetErrorKeysFile', { executionId: second, entityName: 'Customers V3' })).value).toBe(false)
    expect((await system.call('GetImportTargetErrorKeysFileUrl', { executionId: second, entityName: 'Customers V3' })).value).toBe('')
  })

  test('FO-085 FO-097 packages that cannot be read fail with their reason and store nothing; one without a map succeeds', async (t) => {
    const system = await startSystem(t)
    await addSetup(system.database)
    const cases: readonly (readonly [name: string, archive: Uint8Array, status: string, message: string])[] = [
      ['FO-097 without a map', aPackage(dataFile([['C-1', 'A', '10', 'NOK', 'No', '0']]), { fields: [] }), 'Succeeded', ''],
      ['FO-097 UTF-8 in CSV-Unicode', aPackage(Buffer.from('CUSTOMERACCOUNT\r\nC-1\r\n')), 'Failed', 'Selected file is not Unicode'],
      ['LF only', aPackage(encodeText('\ufeffCUSTOMERACCOUNT\nC-1\n', 'CSV-Unicode')), 'Failed', 'CRLF'],
      ['an unknown entity', aPackage(dataFile([]), { entityName: 'Customers V9' }), 'Failed', 'Entity Customers V9 does not exist'],
      ['an unknown field', aPackage(dataFile([]), { fields: ['NOPE'] }), 'Failed', 'The field NOPE of the map'],
      ['no manifest', zipSync({ 'PackageHeader.xml': Buffer.from('<a/>') }), 'Failed', 'PackageHeader.xml and Manifest.xml'],
      ['no zip', Buffer.from('hello'), 'Failed', 'not a readable zip'],
      ['a bomb', zipSync({ 'Manifest.xml': new Uint8Array(30_000_000) }), 'Failed', 'refused'],
    ]
    for (const [name, archive, status, message] of cases) {
      const executionId = await importPackage(system, archive)
      expect(await waitForEnd(system, executionId), name).toBe(status)
      const { rows } = await system.database.query<{ message: string }>('select message from data_execution where id = $1', [executionId])
      expect(rows[0]?.message).toContain(message)
      expect(await system.call('GetExecutionErrors', { executionId })).toMatchObject({ value: '[]' })
    }
    expect(await stored(system.database)).toEqual([])
  })

  test('FO-085 execute false stops at the definition; other addresses are refused', async (t) => {
    const system = await startSystem(t)
    await addSetup(system.database)
    const id = await importPackage(system, aPackage(dataFile([['C-1', 'A', '10', 'NOK', 'No', '0']])), { execute: false })
    expect((await system.call('GetExecutionSummaryStatus', { executionId: id })).value).toBe('NotRun')
    expect(await stored(system.database)).toEqual([])
    const parameters = { definitionGroupId: 'X', executionId: '', execute: true, overwrite: true, legalEntityId: 'hms1' }
    for (const packageUrl of [
      'http://127.0.0.1:1/x',
      'file:///etc/passwd',
      `${system.root}/dmf/6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0b9/a?se=2999-01-01T00:00:00Z&sp=r&sig=x`,
    ]) {
      expect((await system.call('ImportFromPackage', { ...parameters, packageUrl })).text).toContain(
        'is not an address that GetAzureWriteUrl gave out',
      )
    }
    const slot = await system.call('GetAzureWriteUrl', { uniqueFileName: '../../a b.zip' })
    const { BlobUrl } = JSON.parse(String(slot.value)) as { BlobUrl: string }
    expect((await system.call('ImportFromPackage', { ...parameters, packageUrl: BlobUrl })).text).toContain('No package was uploaded')
    expect((await fetch(BlobUrl, { method: 'PUT', body: 'x' })).status).toBe(400)
    expect((await fetch(BlobUrl)).status).toBe(404)
  })
})
