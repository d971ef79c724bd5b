import { type Database, openDatabase, silentLogger, type TestScope } from '@p2c/base'
import { zipSync } from 'fflate'
import { expect, test } from 'vitest'
import { D, F, startTestApp, type TestApp } from '../supply-chain-app.fixture.ts'
import { createLanes } from './lanes.ts'
import { writeHeader, writeManifest } from './manifest.ts'

const action = (app: TestApp, name: string, body: object) =>
  app.post(`${D}/DataManagementDefinitionGroups/Microsoft.Dynamics.DataEntities.${name}`, body)

const COLUMNS = ['SALESORDERNUMBER', 'ORDERINGCUSTOMERACCOUNTNUMBER', 'CUSTOMERREQUISITIONNUMBER']

/** Two files of orders that the application numbers; every tenth order of a file is for a customer that there is not. */
function packageOf(rows: number): Buffer {
  const entities = ['A', 'B'].map((inputFilePath, index) => ({
    ...{ entityName: 'Sales order headers V2', sourceFormat: 'CSV', refreshType: 'FullPush' as const },
    ...{ executionUnit: 1, levelInExecutionUnit: 1, sequenceInLevel: index + 1 },
    inputFilePath,
    map: COLUMNS.map((column) => ({ entityField: column, column })),
  }))
  const line = (file: string, n: number) => `,${n % 10 === 0 ? 'NOBODY' : 'C-1'},${file}-${n}`
  const csv = (file: string) => [COLUMNS.join(','), ...Array.from({ length: rows }, (_, n) => line(file, n)), ''].join('\r\n')
  return Buffer.from(
    zipSync({
      'PackageHeader.xml': Buffer.from(writeHeader('')),
      'Manifest.xml': Buffer.from(writeManifest({ project: 'In', description: '', entities })),
      A: Buffer.from(csv('A')),
      B: Buffer.from(csv('B')),
    }),
  )
}

async function upload(app: TestApp, content: Buffer): Promise<string> {
  const { BlobUrl } = JSON.parse((await action(app, 'GetAzureWriteUrl', { uniqueFileName: 'orders.zip' })).json.value)
  const headers = { 'x-ms-blob-type': 'BlockBlob' }
  expect((await app.app.inject({ method: 'PUT', url: BlobUrl.replace(F, ''), headers, payload: content })).statusCode).toBe(201)
  return BlobUrl
}

async function startImport(app: TestApp, packageUrl: string): Promise<void> {
  const parameters = { packageUrl, definitionGroupId: 'In', executionId: 'E-1', execute: true, overwrite: true, legalEntityId: 'usmf' }
  const reply = await action(app, 'ImportFromPackageAsync', parameters)
  expect([reply.status, reply.json.value]).toEqual([200, 'E-1'])
}

async function untilEnded(app: TestApp): Promise<string> {
  for (;;) {
    const { value } = (await action(app, 'GetExecutionSummaryStatus', { executionId: 'E-1' })).json
    if (value !== 'NotRun' && value !== 'Executing') return value
  }
}

/** Orders by the file they came from, each requisition counted once and as often as it is there; and refused rows. */
async function imported(database: Database) {
  const { rows } = await database.query(
    `select left(customer_requisition_number, 1) as file, count(*)::int as orders, count(distinct customer_requisition_number)::int as requisitions,
       count(distinct sales_order_number)::int as numbers from sales_order group by 1 order by 1`,
  )
  const { rows: errors } = await database.query('select count(*)::int as errors from data_execution_error')
  return { files: rows, errors: errors[0]?.errors }
}

async function addCustomer(app: TestApp): Promise<void> {
  const row = { CustomerAccount: 'C-1', OrganizationName: 'Marine', CustomerGroupId: '10', SalesCurrencyCode: 'USD', SiteId: '1' }
  expect((await app.post(`${D}/CustomersV3`, row)).status).toBe(201)
}

/** A database whose connection breaks once, after the commit that `isLost` finds: the program cannot know that it succeeded. */
function losingAnswers(database: Database, isLost: () => Promise<boolean>): Database & { readonly losses: () => number } {
  let losses = 0
  return {
    ...database,
    losses: () => losses,
    async transaction(work, options) {
      const result = await database.transaction(work, options)
      if (losses > 0 || !(await isLost())) return result
      losses += 1
      throw Object.assign(new Error('terminating connection due to administrator command'), { code: '57P01' })
    },
  }
}

const secondPool = (scope: TestScope, { database }: TestApp): Database => {
  const opened = openDatabase({ connectionString: database.connectionString, maxConnections: 4, log: silentLogger })
  scope.onTestFinished(() => opened.close())
  return opened
}

test('R19 an import that is cut off behind a committed page goes on behind that page: orders that it numbers are there once', async (t) => {
  const first = await startTestApp(t)
  await addCustomer(first)
  await first.app.close()
  const losing = losingAnswers(secondPool(t, first), async () => {
    const { rows } = await first.database.query('select 1 from data_import_progress where file_number = 0 and staged = 1000')
    return rows.length > 0
  })
  const app = await startTestApp(t, { database: losing })
  await startImport(app, await upload(app, packageOf(1_200)))
  expect(await untilEnded(app)).toBe('PartiallySucceeded')
  expect(losing.losses(), 'the answer of a commit was lost').toBe(1)
  const each = { orders: 1_080, requisitions: 1_080, numbers: 1_080 }
  expect(await imported(first.database)).toEqual({
    files: [
      { file: 'A', ...each },
      { file: 'B', ...each },
    ],
    errors: 240,
  })
})

test('two processes over one database run an execution once, and the end is told by both', async (t) => {
  const one = await startTestApp(t)
  await addCustomer(one)
  const url = await upload(one, packageOf(20))
  const entered = Promise.withResolvers<void>()
  const leave = Promise.withResolvers<void>()
  const holding = createLanes(one.database).inTurn('import', new AbortController().signal, async () => {
    entered.resolve()
    await leave.promise
  })
  await entered.promise
  await startImport(one, url)
  // It finds the execution that the first one has in hand.
  const other = await startTestApp(t, { database: secondPool(t, one) })
  expect((await imported(one.database)).files).toEqual([])
  leave.resolve()
  await holding
  expect([await untilEnded(one), await untilEnded(other)]).toEqual(['PartiallySucceeded', 'PartiallySucceeded'])
  const each = { orders: 18, requisitions: 18, numbers: 18 }
  await one.app.close()
  await other.app.close()
  expect((await imported(one.database)).files).toEqual([
    { file: 'A', ...each },
    { file: 'B', ...each },
  ])
})
