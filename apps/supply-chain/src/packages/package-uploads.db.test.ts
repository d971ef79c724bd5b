import { zipSync } from 'fflate'
import { expect, test } from 'vitest'
import { D, F, startGolden, type TestApp } from '../supply-chain-app.fixture.ts'
import { writeHeader, writeManifest } from './manifest.ts'
import { EXECUTION_STATUSES } from './package-model.ts'

const N = 'Microsoft.Dynamics.DataEntities'

const action = (app: TestApp, name: string, body: object) => app.post(`${D}/DataManagementDefinitionGroups/${N}.${name}`, body)

interface PackageFile {
  readonly entityName: string
  readonly sourceFormat: string
  readonly columns: readonly string[]
  readonly content: string
}

/** A package of files, each with its entity. */
function aPackage(...files: readonly PackageFile[]): Buffer {
  const entities = files.map(({ entityName, sourceFormat, columns }, index) => ({
    entityName,
    sourceFormat,
    refreshType: 'FullPush' as const,
    executionUnit: 1,
    levelInExecutionUnit: 1,
    sequenceInLevel: index + 1,
    inputFilePath: `file${index}`,
    map: columns.map((column) => ({ entityField: column, column })),
  }))
  return Buffer.from(
    zipSync({
      'PackageHeader.xml': Buffer.from(writeHeader('')),
      'Manifest.xml': Buffer.from(writeManifest({ project: 'In', description: '', entities })),
      ...Object.fromEntries(files.map(({ content }, index) => [`file${index}`, Buffer.from(content)])),
    }),
  )
}

const CUSTOMER_COLUMNS = ['CUSTOMERACCOUNT', 'ORGANIZATIONNAME', 'CUSTOMERGROUPID', 'SALESCURRENCYCODE']

/** A package of customers: lines of CSV. */
const packageOf = (lines: readonly string[]): Buffer =>
  aPackage({
    entityName: 'Customers V3',
    sourceFormat: 'CSV',
    columns: CUSTOMER_COLUMNS,
    content: [CUSTOMER_COLUMNS.join(','), ...lines, ''].join('\r\n'),
  })

/** Sends bytes to a signed address, without a bearer token. */
async function put(
  app: TestApp,
  url: string,
  payload: Buffer,
  headers: Readonly<Record<string, string>> = { 'x-ms-blob-type': 'BlockBlob' },
): Promise<number> {
  const reply = await app.app.inject({
    method: 'PUT',
    url: url.replace(F, ''),
    headers: { 'content-type': 'application/zip', ...headers },
    payload,
  })
  return reply.statusCode
}

async function writeUrl(app: TestApp): Promise<string> {
  const reply = await action(app, 'GetAzureWriteUrl', { uniqueFileName: 'hms-customers-0001.zip' })
  const slot = JSON.parse(reply.json.value)
  expect(slot.BlobId).toMatch(/^\{[0-9A-F-]{36}\}$/)
  return slot.BlobUrl
}

/** Uploads a package and asks for its import. */
async function startImport(app: TestApp, content: Buffer, values: object = {}) {
  const packageUrl = await writeUrl(app)
  expect(await put(app, packageUrl, content)).toBe(201)
  const parameters = {
    packageUrl,
    definitionGroupId: 'In',
    executionId: '',
    execute: true,
    overwrite: true,
    legalEntityId: 'hms1',
    ...values,
  }
  return action(app, 'ImportFromPackage', parameters)
}

/** Imports a package and gives its last status. */
async function importPackage(app: TestApp, content: Buffer, values: object = {}): Promise<string> {
  const reply = await startImport(app, content, values)
  expect(reply.status, reply.text).toBe(200)
  const executionId = reply.json.value
  for (;;) {
    const status: string = (await action(app, 'GetExecutionSummaryStatus', { executionId })).json.value
    expect(EXECUTION_STATUSES).toContain(status)
    const { rows } = await app.database.query('select 1 from data_execution where id = $1 and finished_at is not null', [executionId])
    if (rows.length > 0) return (await action(app, 'GetExecutionSummaryStatus', { executionId })).json.value
  }
}

test('FO-084 G-FO-18b an upload is a PUT of a block blob to the signed address, without a bearer token', async (t) => {
  const app = await startGolden(t)
  const url = await writeUrl(app)
  const content = packageOf(['C-0070,Fjord,10,NOK'])
  expect(await put(app, url, content)).toBe(201)
  expect(await put(app, url, content)).toBe(201) // again: it is replaced
  expect(await put(app, url, content, {})).toBe(400)
  expect(await put(app, url, content, { 'x-ms-blob-type': 'PageBlob' })).toBe(400)
  expect(await put(app, url.replace(/sig=[^&]+/, 'sig=x'), content)).toBe(403)
  expect(await put(app, url, content, { 'x-ms-blob-type': 'BlockBlob', authorization: 'Bearer nope' })).toBe(201)
  app.clock.advance(2 * 3_600_000)
  expect(await put(app, url, content)).toBe(403)
})

test('FO-087 G-FO-20 an execution ends in one of the final ones of seven statuses', async (t) => {
  const app = await startGolden(t)
  expect(EXECUTION_STATUSES).toEqual(['Unknown', 'NotRun', 'Executing', 'Succeeded', 'PartiallySucceeded', 'Failed', 'Canceled'])
  const good = 'C-0070,Fjord,10,NOK'
  const bad = 'C-0071,Fjell,99,NOK'
  expect(await importPackage(app, packageOf([good]))).toBe('Succeeded')
  expect(await importPackage(app, packageOf([good, bad]))).toBe('PartiallySucceeded')
  expect(await importPackage(app, packageOf([bad]))).toBe('Failed')
  expect(await importPackage(app, Buffer.from('no archive'))).toBe('Failed')
  expect(await importPackage(app, packageOf([good]), { execute: false })).toBe('NotRun')
  const unknown = await action(app, 'GetExecutionSummaryStatus', { executionId: 'nope' })
  expect([unknown.status, unknown.text]).toEqual([400, expect.stringContaining('not found')])
})

test('FO-085 FO-090 FO-091 G-FO-19 G-FO-21 G-FO-22 an import under an id of its own tells its errors as a text of JSON and makes a file of their keys', async (t) => {
  const app = await startGolden(t)
  const content = packageOf(['C-0043,Fjord,10,NOK', 'C-0044,Fjell,99,NOK'])
  expect(await importPackage(app, content, { executionId: 'HMS-IN-0001' })).toBe('PartiallySucceeded')
  const errors = await action(app, 'GetExecutionErrors', { executionId: 'HMS-IN-0001' })
  expect(JSON.parse(errors.json.value)).toEqual([
    {
      RecordId: 'C-0044',
      Field: 'CustomerGroupId',
      ErrorMessage: "The value '99' in field 'Customer group' is not found in the related table 'Customer groups'.",
    },
  ])
  const entity = { executionId: 'HMS-IN-0001', entityName: 'Customers V3' }
  const generated = await action(app, 'GenerateImportTargetErrorKeysFile', entity)
  expect(generated.json).toEqual({ '@odata.context': `${D}/$metadata#Edm.Boolean`, value: true })
  const url: string = (await action(app, 'GetImportTargetErrorKeysFileUrl', entity)).json.value
  const file = await app.app.inject({ method: 'GET', url: url.replace(F, '') })
  expect([file.statusCode, file.rawPayload.toString('utf16le')]).toEqual([200, expect.stringContaining('C-0044')])
  expect((await startImport(app, content, { executionId: 'HMS-IN-0001' })).status).toBe(400)
})

const COMPOSITE = 'Sales orders composite V4'
const ORDER_ELEMENT = 'SALESORDERHEADERV2ENTITY'
const LINE_ELEMENT = 'SALESORDERLINEV2ENTITY'

const field = (name: string, value: string): string => `<${name}>${value}</${name}>`

/** One document: an order with its lines. */
const orderXml = (number: string, items: readonly string[]): string => {
  const lines = items.map((item) => {
    const fields = [field('ITEMNUMBER', item), field('ORDEREDSALESQUANTITY', '2'), field('SALESPRICE', '10')]
    return `<${LINE_ELEMENT}>${fields.join('')}</${LINE_ELEMENT}>`
  })
  const fields = [
    field('SALESORDERNUMBER', number),
    field('ORDERINGCUSTOMERACCOUNTNUMBER', 'C-0001'),
    field('INVOICECUSTOMERACCOUNTNUMBER', 'C-0001'),
    field('REQUESTEDSHIPPINGDATE', '2025-03-03'),
  ]
  return `<${ORDER_ELEMENT}>${[...fields, ...lines].join('')}</${ORDER_ELEMENT}>`
}

const orders = (...documents: readonly string[]): PackageFile => ({
  entityName: COMPOSITE,
  sourceFormat: 'XML-Element',
  columns: ['SALESORDERNUMBER'],
  content: `<Document>${documents.join('')}</Document>`,
})

test('FO-099 a package has one composite entity at most and does not overwrite; each document is written whole or not at all', async (t) => {
  const app = await startGolden(t)
  await app.patch(`${D}/CustomersV3(dataAreaId='hms1',CustomerAccount='C-0001')`, { SiteId: '1', WarehouseId: '13' })
  const item = {
    dataAreaId: 'hms1',
    ItemNumber: 'DW-40',
    ProductNumber: 'DW-40',
    ProductName: 'Deck winch 40',
    ProductType: 'Item',
    ProductSubType: 'Product',
    ItemModelGroupId: 'FIFO',
    ProductGroupId: 'Goods',
    StorageDimensionGroupName: 'SiteWH',
    TrackingDimensionGroupName: 'None',
    InventoryUnitSymbol: 'ea',
  }
  expect((await app.post(`${D}/ReleasedProductCreationsV2`, item)).status).toBe(201)
  const good = orders(orderXml('SO-1', ['DW-40', 'DW-40']))
  expect((await startImport(app, aPackage(good))).text).toContain("'overwrite' must be false")
  expect((await startImport(app, aPackage(good, good), { overwrite: false })).text).toContain('at most one')
  const mixed = orders(orderXml('SO-1', ['DW-40', 'DW-40']), orderXml('SO-2', ['DW-40', 'NOPE']))
  expect(await importPackage(app, aPackage(mixed), { overwrite: false })).toBe('PartiallySucceeded')
  const numbers = await app.get(`${D}/SalesOrderHeadersV2?$select=SalesOrderNumber`)
  expect(numbers.json.value.map((row: { SalesOrderNumber: string }) => row.SalesOrderNumber)).toEqual(['SO-1'])
  const lines = await app.get(`${D}/SalesOrderLines?$select=SalesOrderNumber,LineAmount`)
  expect(lines.json.value).toMatchObject([
    { SalesOrderNumber: 'SO-1', LineAmount: 20 },
    { SalesOrderNumber: 'SO-1', LineAmount: 20 },
  ])
})
