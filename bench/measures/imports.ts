import { readFile } from 'node:fs/promises'
import { strToU8, zipSync } from 'fflate'
import { startApplication } from '../local/application.ts'
import { COMPANY, SUPPLY_CHAIN_ROOT } from '../local/load.ts'
import { inLanes, openService, type Service } from '../local/service.ts'
import { accountOf } from '../stub/account.ts'
import { toCustomer } from '../subjects/customer.ts'
import type { Bench } from './context.ts'
import { isMet, megabytes, type Result, thousands } from './result.ts'

const CLIENT = { clientId: '6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0a1', clientSecret: 'known to this bench alone' }
const ACTIONS = `${SUPPLY_CHAIN_ROOT}/DataManagementDefinitionGroups/Microsoft.Dynamics.DataEntities`
const LABEL = 'Customers V3'
const MEMORY = { most: 400e6 }
/** Each such customer names a group that does not exist. */
const BAD_EVERY = 1_000
const CHANGE_SET_ROWS = 100
const LANES = 4

/** Customers into Supply Chain as one data package, and the same ones by OData batches. Both must refuse the bad rows and no others. */
export async function measureImports(bench: Bench): Promise<readonly Result[]> {
  const rows = bench.options.localRows
  const bad = Math.floor(rows / BAD_EVERY)
  return [...(await measurePackage(bench, { rows, bad })), ...(await measureBatches(bench, { rows, bad }))]
}

interface Load {
  readonly rows: number
  readonly bad: number
}

const customerOf = (number: number): Readonly<Record<string, unknown>> => ({
  ...toCustomer(accountOf(number)),
  PaymentTerms: 'Net30', // terms of the stub's accounts are not all in the demo company
  CustomerGroupId: number % BAD_EVERY === 0 ? 'NONE' : '10',
})

async function startSupplyChain(bench: Bench) {
  const application = bench.keep(await startApplication('supply-chain', { databaseUrl: await bench.freshDatabase(), client: CLIENT }))
  const service = await openService(application.url, CLIENT, LANES)
  bench.keep({ kill: () => service.close() })
  return { application, service }
}

async function measurePackage(bench: Bench, { rows, bad }: Load): Promise<readonly Result[]> {
  const { application, service } = await startSupplyChain(bench)
  bench.say(`packing ${thousands(rows)} customers`)
  const archive = packageOf(rows)
  const { BlobUrl } = JSON.parse(await action(service, 'GetAzureWriteUrl', { uniqueFileName: 'customers.zip' })) as {
    readonly BlobUrl: string
  }
  const started = performance.now()
  const upload = await fetch(BlobUrl, { method: 'PUT', headers: { 'x-ms-blob-type': 'BlockBlob' }, body: Buffer.from(archive) })
  if (upload.status !== 201) throw new Error(`the upload was answered ${upload.status}`)
  const parameters = {
    packageUrl: BlobUrl,
    definitionGroupId: 'Bench',
    executionId: '',
    execute: true,
    overwrite: true,
    legalEntityId: COMPANY,
  }
  const executionId = await action(service, 'ImportFromPackageAsync', parameters)
  const status = await endOf(service, executionId)
  const seconds = (performance.now() - started) / 1_000
  if (status !== 'PartiallySucceeded') throw new Error(`the import ended as ${status}`)
  await checkErrorFile(service, executionId, bad)
  await checkCustomers(service, rows - bad)
  const peak = await peakMemory(application.pid)
  bench.say(`package: ${seconds.toFixed(1)} s, ${archive.byteLength} bytes packed`)
  await bench.end(application)
  const title = `${thousands(rows)} customers (${thousands(bad)} bad) as a data package`
  return [
    { measure: title, measured: `${thousands(rows / seconds)} rows/s`, details: { seconds, bytes: archive.byteLength } },
    peak === undefined
      ? { measure: `${title}, memory of the server`, measured: 'not told by this system', details: {} }
      : {
          measure: `${title}, memory of the server`,
          bound: `at most ${megabytes(MEMORY.most)}`,
          measured: megabytes(peak),
          met: isMet(peak, MEMORY),
          details: { peak },
        },
  ]
}

/** One entity with a CSV file in UTF-16, as the product writes them. */
function packageOf(rows: number): Uint8Array {
  const columns = Object.keys(customerOf(1))
  const cell = (value: unknown) => `"${String(value ?? '').replaceAll('"', '""')}"`
  const lines = Array.from({ length: rows }, (_, index) => {
    const customer = customerOf(index + 1)
    return columns.map((column) => cell(customer[column])).join(',')
  })
  const text = `\ufeff${[columns.map((column) => column.toUpperCase()).join(','), ...lines].join('\r\n')}\r\n`
  const maps = columns.map(
    (column) => `<EntityMap><EntityField>${column.toUpperCase()}</EntityField><XMLField>${column.toUpperCase()}</XMLField></EntityMap>`,
  )
  const entity =
    `<EntityMapList>${maps.join('')}</EntityMapList><EntityName>${LABEL}</EntityName><ExecutionUnit>1</ExecutionUnit>` +
    '<InputFilePath>customers.csv</InputFilePath><LevelInExecutionUnit>1</LevelInExecutionUnit><SequenceInLevel>1</SequenceInLevel>' +
    '<SourceFormat>CSV-Unicode</SourceFormat>'
  return zipSync(
    {
      'PackageHeader.xml': strToU8('<DataManagementPackageHeader/>'),
      'Manifest.xml': strToU8(
        `<DataManagementPackageManifest><DefinitionGroupName>Bench</DefinitionGroupName><PackageEntityList><DataManagementPackageEntityData>${entity}</DataManagementPackageEntityData></PackageEntityList></DataManagementPackageManifest>`,
      ),
      'customers.csv': new Uint8Array(Buffer.from(text, 'utf16le')),
    },
    { level: 6 },
  )
}

async function action(service: Service, name: string, parameters: object): Promise<string> {
  const text = await service.call({
    method: 'POST',
    path: `${ACTIONS}.${name}`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(parameters),
  })
  return String((JSON.parse(text) as { readonly value: unknown }).value)
}

const POLL_MS = 200

async function endOf(service: Service, executionId: string): Promise<string> {
  for (;;) {
    const status = await action(service, 'GetExecutionSummaryStatus', { executionId })
    if (status !== 'NotRun' && status !== 'Executing') return status
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

async function checkCustomers(service: Service, expected: number): Promise<void> {
  const count = Number(await service.call({ method: 'GET', path: `${SUPPLY_CHAIN_ROOT}/CustomersV3/$count` }))
  if (count !== expected) throw new Error(`${expected} customers should be there, not ${count}`)
}

/** A line per bad row behind the header, each with its reason. */
async function checkErrorFile(service: Service, executionId: string, bad: number): Promise<void> {
  const url = await action(service, 'GetImportStagingErrorFileUrl', { executionId, entityName: LABEL })
  const text = Buffer.from(await (await fetch(url)).arrayBuffer()).toString('utf16le')
  const lines = text.split('\r\n').slice(1, -1)
  if (lines.length === bad && lines.every((line) => line.includes("The value 'NONE' in field 'Customer group'"))) return
  throw new Error(`the error file should name ${bad} rows and their group, not ${lines.length}: ${lines[0]}`)
}

/** The most memory that a process has had; undefined where the system does not tell. */
async function peakMemory(pid: number): Promise<number | undefined> {
  const text = process.platform === 'linux' ? await readFile(`/proc/${pid}/status`, 'utf8') : ''
  const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(text)?.[1]
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024
}

async function measureBatches(bench: Bench, { rows, bad }: Load): Promise<readonly Result[]> {
  const { application, service } = await startSupplyChain(bench)
  const sets = Array.from({ length: Math.ceil(rows / CHANGE_SET_ROWS) }, (_, index) => {
    const first = index * CHANGE_SET_ROWS + 1
    return Array.from({ length: Math.min(CHANGE_SET_ROWS, rows - first + 1) }, (_row, offset) => first + offset)
  })
  let refused = 0
  const started = performance.now()
  await inLanes(sets, LANES, async (numbers) => {
    let rest = numbers
    for (;;) {
      const failed = failedRow(await sendChangeSet(service, rest))
      if (failed === undefined) return
      // The set is refused as a whole and names its bad row: the others are sent again.
      refused += 1
      rest = rest.filter((_, index) => index !== failed)
    }
  })
  const seconds = (performance.now() - started) / 1_000
  if (refused !== bad) throw new Error(`${bad} rows should be refused, not ${refused}`)
  await checkCustomers(service, rows - bad)
  await bench.end(application)
  const title = `${thousands(rows)} customers (${thousands(bad)} bad) by OData batches`
  return [
    { measure: title, measured: `${thousands(rows / seconds)} rows/s`, details: { seconds, changeSetRows: CHANGE_SET_ROWS, lanes: LANES } },
  ]
}

const CRLF = '\r\n'
const FAILED = /Content-ID: (\d+)\r\n\r\nHTTP\/1\.1 [45]\d\d/

/** The place of the row that refused the set; undefined where all are in. */
function failedRow(answer: string): number | undefined {
  const id = FAILED.exec(answer)?.[1]
  if (id === undefined && /HTTP\/1\.1 [45]\d\d/.test(answer)) throw new Error(`a change set was refused: ${answer.slice(0, 500)}`)
  return id === undefined ? undefined : Number(id) - 1
}

function sendChangeSet(service: Service, numbers: readonly number[]): Promise<string> {
  const parts = numbers.map((number, index) =>
    [
      '--changeset_1',
      'Content-Type: application/http',
      'Content-Transfer-Encoding: binary',
      `Content-ID: ${index + 1}`,
      '',
      `POST ${SUPPLY_CHAIN_ROOT}/CustomersV3?cross-company=true HTTP/1.1`,
      'Content-Type: application/json',
      'Prefer: return=minimal',
      '',
      JSON.stringify({ dataAreaId: COMPANY, ...customerOf(number) }),
    ].join(CRLF),
  )
  const lines = ['--batch_1', 'Content-Type: multipart/mixed; boundary=changeset_1', '', ...parts, '--changeset_1--', '--batch_1--', '']
  return service.call({
    method: 'POST',
    path: `${SUPPLY_CHAIN_ROOT}/$batch`,
    headers: { 'content-type': 'multipart/mixed; boundary=batch_1' },
    body: lines.join(CRLF),
  })
}
