import { deflateRawSync } from 'node:zlib'
import type { Database } from '@p2c/base'
import { strToU8, type Zippable, zipSync } from 'fflate'
import { type Chance, createChance, tell } from '../support/chance.ts'
import type { OutsideClient } from '../support/outside-client.ts'

/** A package that no sane client sends. */
export interface HostilePackage {
  readonly what: string
  readonly archive: Uint8Array
  /** Accounts of its rows begin with this. */
  readonly prefix: string
}

const COLUMNS = ['CUSTOMERACCOUNT', 'ORGANIZATIONNAME', 'CUSTOMERGROUPID', 'SALESCURRENCYCODE', 'CREDITLIMIT']

const manifestOf = (
  file: string,
  options: { readonly format?: string; readonly label?: string; readonly columns?: readonly string[] } = {},
): string => {
  const { format = 'CSV', label = 'Customers V3', columns = COLUMNS } = options
  const maps = columns.map((name) => `<EntityMap><EntityField>${name}</EntityField><XMLField>${name}</XMLField></EntityMap>`)
  return (
    '<DataManagementPackageManifest><DefinitionGroupName>Hostile</DefinitionGroupName><PackageEntityList><DataManagementPackageEntityData>' +
    `<EntityMapList>${maps.join('')}</EntityMapList><EntityName>${label}</EntityName><InputFilePath>${file}</InputFilePath>` +
    `<SourceFormat>${format}</SourceFormat></DataManagementPackageEntityData></PackageEntityList></DataManagementPackageManifest>`
  )
}

const HEADER = '<DataManagementPackageHeader/>'

interface Maker {
  readonly chance: Chance
  readonly prefix: string
}

const row = (prefix: string, number: number): string => `${prefix}-${number},"Marine ${number}",10,USD,1`

const rowsOf = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, index) => row(prefix, index))

const csvOf = (lines: readonly string[]): string => `${[COLUMNS.join(','), ...lines].join('\r\n')}\r\n`

const packed = (files: Readonly<Record<string, string | Uint8Array>>): Uint8Array =>
  zipSync(
    Object.fromEntries(Object.entries(files).map(([name, text]) => [name, typeof text === 'string' ? strToU8(text) : text])) as Zippable,
  )

const sane = (csv: string | Uint8Array, manifest = manifestOf('c.csv')): Uint8Array =>
  packed({ 'PackageHeader.xml': HEADER, 'Manifest.xml': manifest, 'c.csv': csv })

const KINDS: Readonly<Record<string, (make: Maker) => Uint8Array>> = {
  'good rows and bad rows': ({ prefix, chance }) =>
    sane(csvOf(rowsOf(prefix, 20).map((line) => (chance.below(3) < 1 ? line.replace(',10,', ',NONE,') : line)))),
  'bytes at random in an archive': ({ prefix, chance }) => scratchedBytes(chance, sane(csvOf(rowsOf(prefix, 50)))),
  'an archive that breaks off': ({ prefix, chance }) => {
    const whole = sane(csvOf(rowsOf(prefix, 50)))
    return whole.subarray(0, Math.floor(chance.below(whole.byteLength)))
  },
  'no archive': ({ chance }) => Uint8Array.from({ length: Math.floor(chance.below(2_000)) }, () => Math.floor(chance.below(256))),
  nothing: () => new Uint8Array(0),
  'a bomb': () => sane(new Uint8Array(30_000_000)),
  'a bomb that lies about its size': () => withSize(sane(new Uint8Array(8_000_000)), 1_000),
  'an archive in the archive': ({ prefix }) => sane(sane(csvOf(rowsOf(prefix, 3)))),
  'names that lead out': ({ prefix, chance }) => {
    const name = chance.pick(['../../etc/passwd', '/etc/passwd', 'C:\\windows\\x', '..\\..\\x', 'a/../../x', '\u0000', '....//x'])
    return packed({ 'PackageHeader.xml': HEADER, 'Manifest.xml': manifestOf(name), [name]: csvOf(rowsOf(prefix, 3)) })
  },
  'many files': ({ prefix }) =>
    packed({
      'PackageHeader.xml': HEADER,
      'Manifest.xml': manifestOf('c.csv'),
      ...Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`${index}.csv`, csvOf(rowsOf(prefix, 1))])),
    }),
  'a broken manifest': ({ prefix, chance }) =>
    sane(
      csvOf(rowsOf(prefix, 3)),
      chance.pick([
        '',
        '<',
        '<a/>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><DataManagementPackageManifest>&a;</DataManagementPackageManifest>',
        '<DataManagementPackageManifest/>',
        `<DataManagementPackageManifest>${'<PackageEntityList>'.repeat(5_000)}`,
        manifestOf('c.csv').slice(0, -20),
        manifestOf('missing.csv'),
        manifestOf('c.csv', { label: 'Nothing' }),
        manifestOf('c.csv', { label: 'Sellable released products' }),
        manifestOf('c.csv', { format: 'EXCEL' }),
        manifestOf('c.csv', { format: 'XML-Element' }),
        manifestOf('c.csv', { columns: [...COLUMNS, 'NOTHING'] }),
        manifestOf('c.csv', { columns: [] }),
        manifestOf('c.csv', { label: 'x'.repeat(100_000) }),
      ]),
    ),
  'no header': ({ prefix }) => packed({ 'Manifest.xml': manifestOf('c.csv'), 'c.csv': csvOf(rowsOf(prefix, 3)) }),
  'a file that breaks off inside a cell': ({ prefix }) => sane(`${csvOf(rowsOf(prefix, 1_500))}${prefix}-X,"never closed`),
  'a huge field': ({ prefix }) => sane(csvOf([...rowsOf(prefix, 3), `${prefix}-H,"${'x'.repeat(200_000)}",10,USD,1`])),
  'a long field': ({ prefix }) => sane(csvOf([...rowsOf(prefix, 3), `${prefix}-L,"${'x'.repeat(60_000)}",10,USD,1`])),
  'a line of many cells': ({ prefix }) => sane(`${csvOf(rowsOf(prefix, 3))}${','.repeat(50_000)}\r\n`),
  'odd characters': ({ prefix, chance }) =>
    sane(
      csvOf([`${prefix}-O,"${chance.pick(['\u0000', '\ufffe', '\ud800', '\u202e', '😀'.repeat(100)])}",10,USD,1`, ...rowsOf(prefix, 2)]),
    ),
  'odd values': ({ prefix, chance }) =>
    sane(
      csvOf(
        rowsOf(prefix, 5).map((line) =>
          line.replace(/,1$/, `,${chance.pick(['NaN', '1e400', '-1', '1,5', "''", '0x10', '9'.repeat(60)])}`),
        ),
      ),
    ),
  'UTF-16 that breaks off': ({ prefix }) => {
    const text = Buffer.from(`\ufeff${csvOf(rowsOf(prefix, 1_200))}`, 'utf16le')
    return sane(new Uint8Array(text.subarray(0, text.length - 1)), manifestOf('c.csv', { format: 'CSV-Unicode' }))
  },
  'bytes that are no text': ({ prefix }) => sane(Buffer.concat([Buffer.from(csvOf(rowsOf(prefix, 3))), Buffer.from([0xff, 0xfe, 0xff])])),
  'XML with a document type': ({ prefix }) =>
    sane(
      `<!DOCTYPE d [<!ENTITY a "${'x'.repeat(1_000)}">]><Document><CUSTCUSTOMERV3ENTITY><CUSTOMERACCOUNT>${prefix}&a;</CUSTOMERACCOUNT></CUSTCUSTOMERV3ENTITY></Document>`,
      manifestOf('c.csv', { format: 'XML-Element' }),
    ),
  'XML that breaks off': ({ prefix }) => {
    const rows = Array.from(
      { length: 1_200 },
      (_, index) =>
        `<CUSTCUSTOMERV3ENTITY><CUSTOMERACCOUNT>${prefix}-${index}</CUSTOMERACCOUNT><ORGANIZATIONNAME>M</ORGANIZATIONNAME><CUSTOMERGROUPID>10</CUSTOMERGROUPID><SALESCURRENCYCODE>USD</SALESCURRENCYCODE><CREDITLIMIT>1</CREDITLIMIT></CUSTCUSTOMERV3ENTITY>`,
    )
    return sane(`<Document>${rows.join('')}`, manifestOf('c.csv', { format: 'XML-Element' }))
  },
  'a document of another entity': () =>
    sane(
      '<Document><SALESORDERHEADERV2ENTITY><SALESORDERNUMBER>X</SALESORDERNUMBER><SALESORDERLINEV2ENTITY/></SALESORDERHEADERV2ENTITY></Document>',
      manifestOf('c.csv', { format: 'XML-Element', label: 'Sales orders composite V4', columns: [] }),
    ),
  'a file twice': ({ prefix }) => twice(sane(csvOf(rowsOf(prefix, 3)))),
  'a wrong checksum': ({ prefix }) => withChecksum(sane(csvOf(rowsOf(prefix, 1_500)))),
  'raw deflate without an archive': ({ prefix }) => deflateRawSync(csvOf(rowsOf(prefix, 10))),
}

function scratchedBytes(chance: Chance, archive: Uint8Array): Uint8Array {
  const changed = new Uint8Array(archive)
  const times = 1 + Math.floor(chance.below(4))
  for (let time = 0; time < times; time += 1) changed[Math.floor(chance.below(changed.length))] = Math.floor(chance.below(256))
  return changed
}

/** Place of the last entry of the directory: the data file. */
const lastEntry = (archive: Buffer): number => archive.lastIndexOf(Buffer.from([0x50, 0x4b, 1, 2]))

function withSize(archive: Uint8Array, size: number): Uint8Array {
  const changed = Buffer.from(archive)
  changed.writeUInt32LE(size, lastEntry(changed) + 24)
  return changed
}

function withChecksum(archive: Uint8Array): Uint8Array {
  const changed = Buffer.from(archive)
  changed.writeUInt32LE(1, lastEntry(changed) + 16)
  return changed
}

/** The directory names the data file under the name of the manifest. */
function twice(archive: Uint8Array): Uint8Array {
  const changed = Buffer.from(archive)
  const first = changed.indexOf(Buffer.from([0x50, 0x4b, 1, 2]))
  changed.copy(changed, lastEntry(changed) + 42, first + 42, first + 46)
  return changed
}

/** Endless packages; the same seed gives the same ones. */
export function hostilePackages(seed: number): () => HostilePackage {
  const chance = createChance(seed)
  const kinds = Object.keys(KINDS)
  let number = 0
  return () => {
    number += 1
    const what = chance.pick(kinds)
    const prefix = `H${number}`
    const make = KINDS[what]
    if (make === undefined) throw new TypeError(what)
    return { what, prefix, archive: make({ chance, prefix }) }
  }
}

const ACTIONS = '/DataManagementDefinitionGroups/Microsoft.Dynamics.DataEntities'
const TERMINAL = ['Succeeded', 'PartiallySucceeded', 'Failed', 'Canceled']
/** An import that has not ended by then hangs. */
const LONGEST_MS = 60_000

export interface PackageOutcome {
  readonly byStatus: ReadonlyMap<string, number>
  /** Packages that were answered by 5xx, hang, or are half in: empty when all is well. */
  readonly problems: readonly string[]
}

/** Imports hostile packages one after the other; `database` is that of the service. */
export async function sendHostilePackages(
  client: OutsideClient,
  options: { readonly database: Database; readonly seed: number; readonly count: number },
): Promise<PackageOutcome> {
  const next = hostilePackages(options.seed)
  const byStatus = new Map<string, number>()
  const problems: string[] = []
  for (let at = 0; at < options.count && problems.length < 10; at += 1) {
    const hostile = next()
    const { status, problem } = await importOne(client, options.database, hostile)
    byStatus.set(status, (byStatus.get(status) ?? 0) + 1)
    if (problem !== undefined) problems.push(`no. ${at}, ${hostile.what}: ${problem}`)
    if (at % 100 === 99) tell(`${at + 1} hostile packages: ${[...byStatus].map((pair) => pair.join(' × ')).join(', ')}`)
  }
  return { byStatus, problems }
}

interface OneOutcome {
  readonly status: string
  readonly problem?: string
}

async function importOne(client: OutsideClient, database: Database, { archive, prefix }: HostilePackage): Promise<OneOutcome> {
  const call = async (name: string, body: object) => client.call('POST', `${ACTIONS}.${name}`, { body })
  const slot = JSON.parse((await call('GetAzureWriteUrl', { uniqueFileName: 'h.zip' })).json.value) as { readonly BlobUrl: string }
  const headers = { 'x-ms-blob-type': 'BlockBlob', 'content-type': 'application/zip' }
  const upload = await client.call('PUT', slot.BlobUrl, { body: archive, headers, token: '' })
  if (upload.status !== 201) return { status: String(upload.status), ...(upload.status >= 500 && { problem: `upload ${upload.status}` }) }
  const started = await call('ImportFromPackage', {
    ...{ packageUrl: slot.BlobUrl, definitionGroupId: 'Hostile', executionId: '', execute: true, overwrite: false, legalEntityId: 'usmf' },
  })
  const stored = () => countRows(database, prefix)
  if (started.status !== 200) {
    const wrong = started.status >= 500 ? `start ${started.status}` : (await stored()) > 0 ? 'refused, yet rows are in' : undefined
    return { status: String(started.status), ...(wrong !== undefined && { problem: `${wrong} ${started.text.slice(0, 300)}` }) }
  }
  const executionId: string = started.json.value
  const endsAt = performance.now() + LONGEST_MS
  let status = ''
  while (!TERMINAL.includes(status)) {
    if (performance.now() > endsAt) return { status: 'hangs', problem: 'it does not end' }
    status = (await call('GetExecutionSummaryStatus', { executionId })).json.value
  }
  const summary = JSON.parse((await call('GetEntityExecutionSummaryStatusList', { executionId })).json.value) as {
    readonly StagingRecords: number
    readonly TargetRecords: number
    readonly ErrorCount: number
  }[]
  const counts = summary[0] ?? { StagingRecords: 0, TargetRecords: 0, ErrorCount: 0 }
  const rows = await stored()
  if (rows !== counts.TargetRecords) return { status, problem: `${rows} rows are in, ${counts.TargetRecords} are told` }
  if (counts.StagingRecords !== counts.TargetRecords + counts.ErrorCount)
    return { status, problem: `rows are lost: ${JSON.stringify(counts)}` }
  if (status === 'Failed' && rows > 0) return { status, problem: `it failed, yet ${rows} rows are in` }
  return { status }
}

async function countRows(database: Database, prefix: string): Promise<number> {
  const { rows } = await database.query<{ n: string }>("select count(*) as n from customer where customer_account like $1 || '-%'", [
    prefix,
  ])
  return Number(rows[0]?.n ?? 0)
}
