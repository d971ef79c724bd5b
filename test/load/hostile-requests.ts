import { type Chance, createChance } from '../support/chance.ts'
import type { OutsideClient } from '../support/outside-client.ts'
import { type HostileRequest, scratched } from './hostile-request.ts'

/** What a request can be made of: read from the service itself. */
export interface Ground {
  readonly tables: readonly GroundTable[]
  /** Property and navigation names of all tables. */
  readonly names: readonly string[]
  readonly operations: readonly { readonly name: string; readonly parameters: readonly string[] }[]
  /** Addresses of rows that exist: `accounts(…)`. */
  readonly rows: readonly string[]
}

export interface GroundTable {
  readonly set: string
  readonly properties: readonly { readonly name: string; readonly type: string }[]
  readonly navigations: readonly string[]
}

/** Who writes to rows of these takes its own rights away, and every later request is refused for that reason alone. */
const OF_THE_CALLER = ['systemusers', 'roles', 'teams', 'businessunits', 'organizations', 'systemuserrolescollection', 'privileges']

const all = (text: string, pattern: RegExp): string[] => [...new Set([...text.matchAll(pattern)].map((match) => match[1] ?? ''))]

/** Reads names and some rows of a running service. */
export async function readGround(client: OutsideClient): Promise<Ground> {
  const csdl = (await client.call('GET', '/$metadata')).text
  const tables = [...csdl.matchAll(/<EntitySet Name="([^"]+)" EntityType="[^"]*?([^".]+)"/g)].map(
    ([, set = '', type = '']): GroundTable => {
      const from = csdl.indexOf(`<EntityType Name="${type}"`)
      const text = csdl.slice(from, csdl.indexOf('</EntityType>', from))
      return {
        set,
        properties: [...text.matchAll(/<Property Name="([^"]+)" Type="([^"]+)"/g)].map((match) => ({
          name: match[1] ?? '',
          type: match[2] ?? '',
        })),
        navigations: all(text, /<NavigationProperty Name="([^"]+)"/g),
      }
    },
  )
  const operations = [...csdl.matchAll(/<(?:Action|Function) Name="([^"]+)"[^>]*>([\s\S]*?)<\/(?:Action|Function)>/g)].map((match) => ({
    name: match[1] ?? '',
    parameters: all(match[2] ?? '', /<Parameter Name="([^"]+)"/g),
  }))
  const definitions = await client.call('GET', '/EntityDefinitions?$select=EntitySetName,PrimaryIdAttribute')
  const rows: string[] = []
  for (const { EntitySetName: set, PrimaryIdAttribute: key } of definitions.json.value) {
    if (OF_THE_CALLER.includes(set)) continue
    const { json } = await client.call('GET', `/${set}?$select=${key}&$top=3`)
    for (const row of json?.value ?? []) rows.push(`${set}(${row[key]})`)
  }
  const names = [...all(csdl, /<Property Name="([^"]+)"/g), ...all(csdl, /<NavigationProperty Name="([^"]+)"/g)]
  return { tables, names, operations, rows }
}

const GUID = '6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0ee'

/** What a column of a type takes. */
const SANE: Readonly<Record<string, readonly unknown[]>> = {
  'Edm.String': ['Halvorsen', 'DW-40', 'a@b.example'],
  'Edm.Int32': [0, 1, 2],
  'Edm.Int64': [1],
  'Edm.Decimal': [0, 1, 12.5],
  'Edm.Double': [0.5],
  'Edm.Boolean': [true, false],
  'Edm.Date': ['2025-02-11'],
  'Edm.DateTimeOffset': ['2025-02-11T09:30:00Z'],
  'Edm.Guid': [GUID],
}

const VALUES: readonly unknown[] = [
  ...[null, true, false, 0, 1, -1, 1.5, 1e308, -1e21, 0.1 + 0.2, 2 ** 53, 99999999999999],
  ...['', ' ', 'x', 'x\u0000y', '\ud800', 'é'.repeat(300), 'x'.repeat(5000), '\u202e', "'; drop table account; --", '{{7*7}}'],
  ...[
    GUID,
    `{${GUID}}`,
    GUID.toUpperCase(),
    '2025-02-30',
    '1752-12-31',
    '10000-01-01T00:00:00Z',
    '2025-02-11T09:30:00+99:99',
    'NaN',
    '1e5',
  ],
  ...[[], [[]], {}, { a: { b: [] } }, [{ '@odata.type': '#Microsoft.Dynamics.CRM.account' }], { '@odata.id': 'accounts(1)' }],
  ...[
    '/accounts',
    `/accounts(${GUID})`,
    '/contacts(%ZZ)',
    "/accounts(accountnumber='\u0000')",
    '//',
    '$1',
    '$0',
    'http://[',
    '../../etc/passwd',
  ],
]

const LITERALS: readonly string[] = [
  ...[
    'null',
    'true',
    '1',
    '-1',
    '1.5',
    '99999999999999999999',
    "'x'",
    "'O''Brien'",
    "'%'",
    "'[a-'",
    GUID,
    '2025-02-11',
    '2025-02-30T00:00:00Z',
    '@p',
    "''",
  ],
  ...['NaN', 'INF', "duration'P1D'", "Microsoft.Dynamics.CRM.X'Y'", '(1,2)', '[1]', '{}', '%00', "'\\'", '1 eq 1'],
]

const OPERATORS = ['eq', 'ne', 'gt', 'ge', 'lt', 'le', 'and', 'or', 'in', 'has', 'add', 'mod']
const FUNCTIONS = [
  'contains',
  'startswith',
  'endswith',
  'tolower',
  'length',
  'Microsoft.Dynamics.CRM.LastXDays',
  'Microsoft.Dynamics.CRM.In',
  'cast',
]
const METHODS = ['GET', 'GET', 'GET', 'POST', 'POST', 'POST', 'PATCH', 'PATCH', 'PATCH', 'PUT', 'DELETE', 'OPTIONS', 'HEAD']
const ODD_HEADERS: readonly Readonly<Record<string, string>>[] = [
  { prefer: 'return=representation' },
  { prefer: 'odata.maxpagesize=0,odata.track-changes,odata.include-annotations="*' },
  { prefer: `odata.maxpagesize=${'9'.repeat(40)}` },
  { 'if-match': 'W/"1"' },
  { 'if-match': '*' },
  { 'if-match': 'nonsense' },
  { 'if-none-match': '*' },
  { 'if-none-match': 'W/"x"' },
  { mscrmcallerid: GUID },
  { mscrmcallerid: 'nobody' },
  { callerobjectid: GUID },
  { 'mscrm.suppressduplicatedetection': 'false' },
  { 'mscrm.bypassbusinesslogicexecution': 'CustomSync,Nothing' },
  { 'content-type': 'text/plain' },
  { 'content-type': 'application/json; charset=utf-16' },
  { 'content-type': 'multipart/mixed' },
  { 'odata-version': '2.0', accept: 'application/xml' },
  { 'content-encoding': 'gzip' },
]

/** Endless requests that no sane client sends, made of what the service knows; the same seed gives the same ones. */
export function hostileRequests(ground: Ground, seed: number): () => HostileRequest {
  const chance = createChance(seed)
  return () => {
    const make = { chance, ground, table: chance.pick(ground.tables) }
    if (chance.below(20) < 1) return batch(make)
    const request = single(make)
    return chance.below(12) < 1 ? { ...request, path: scratched(chance, request.path) } : request
  }
}

interface Maker {
  readonly chance: Chance
  readonly ground: Ground
  /** The table that most of the request is about. */
  readonly table: GroundTable
}

function single(make: Maker): HostileRequest {
  const { chance } = make
  const method = chance.pick(METHODS)
  const path = `${address(make)}${chance.below(2) < 1 ? query(make) : ''}`
  const body = method === 'GET' || method === 'HEAD' || (method === 'DELETE' && chance.below(4) > 1) ? undefined : payload(make)
  return {
    method,
    path,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(chance.below(4) < 1 && chance.pick(ODD_HEADERS)),
    },
    ...(body !== undefined && { body }),
  }
}

const encoded = (text: string): string => encodeURIComponent(text.toWellFormed()).replaceAll('%24', '$')

function address(make: Maker): string {
  const { chance, ground } = make
  const { set } = make.table
  const kinds: readonly (() => string)[] = [
    () => set,
    () => set,
    () => rowOf(make),
    () => `${set}(${encoded(chance.pick(LITERALS))})`,
    () => `${set}(${chance.pick(ground.names)}=${encoded(chance.pick(LITERALS))})`,
    () => `${rowOf(make)}/${nameOf(make)}${chance.pick(['', '/$ref', '/$value', '/$count', `(${GUID})/$ref`])}`,
    () =>
      `${chance.pick(ground.operations).name}${chance.pick(['', '()', `(${chance.pick(ground.names)}=${encoded(chance.pick(LITERALS))})`])}`,
    () => `${rowOf(make)}/Microsoft.Dynamics.CRM.${chance.pick(ground.operations).name}`,
    () =>
      `${set}/Microsoft.Dynamics.CRM.${chance.pick(['CreateMultiple', 'UpdateMultiple', 'UpsertMultiple', 'DeleteMultiple', 'FulfillSalesOrder'])}`,
    () =>
      `EntityDefinitions(LogicalName=${encoded(chance.pick(LITERALS))})/${chance.pick(['Attributes', 'Keys', chance.pick(ground.names)])}`,
  ]
  return chance.pick(kinds)()
}

/** A row of the table where there is one. */
function rowOf({ chance, ground, table }: Maker): string {
  const own = ground.rows.filter((row) => row.startsWith(`${table.set}(`))
  return chance.pick(own.length > 0 ? own : ground.rows)
}

/** Mostly a name of the table, now and then of another one. */
function nameOf({ chance, ground, table }: Maker): string {
  if (chance.below(6) < 1) return chance.pick(ground.names)
  return chance.below(4) < 1 && table.navigations.length > 0 ? chance.pick(table.navigations) : chance.pick(table.properties).name
}

function query(make: Maker): string {
  const { chance } = make
  const name = () => nameOf(make)
  const condition = (): string =>
    chance.below(3) < 1
      ? `${chance.pick(FUNCTIONS)}(${name()},${chance.pick(LITERALS)})`
      : `${name()} ${chance.pick(OPERATORS)} ${chance.pick(LITERALS)}`
  const kinds: readonly (() => string)[] = [
    () => `$filter=${encoded(`${condition()} ${chance.pick(['and', 'or', 'not', ''])} ${condition()}`)}`,
    () => `$filter=${encoded(`${'('.repeat(chance.below(200))}${condition()}`)}`,
    () => `$select=${name()},${name()}&$orderby=${name()}%20desc`,
    () => `$expand=${encoded(`${name()}($select=${name()};$expand=${name()}($filter=${condition()}))`)}`,
    () => `$top=${encoded(chance.pick(LITERALS))}&$count=${chance.pick(['true', 'maybe'])}`,
    () => `$apply=${encoded(`groupby((${name()}),aggregate(${name()} with ${chance.pick(['sum', 'max', 'average', 'x'])} as a))`)}`,
    () => `$skiptoken=${encoded(chance.pick(LITERALS))}`,
    () => `$deltatoken=${encoded(`${chance.pick(LITERALS)}!01/01/2020 00:00:00`)}`,
    () => `fetchXml=${encoded(fetchXml(make))}`,
    () => `savedQuery=${GUID}&$skip=1&$search=x&${'a='.repeat(50)}`,
  ]
  return `?${chance.pick(kinds)()}`
}

function fetchXml(make: Maker): string {
  const { chance } = make
  const name = () => nameOf(make)
  const inner = `<attribute name="${name()}"/><order attribute="${name()}"/><filter type="${chance.pick(['and', 'or', 'x'])}"><condition attribute="${name()}" operator="${chance.pick(['eq', 'like', 'last-x-days', 'between', 'in', 'x'])}" value="1"/></filter><link-entity name="${chance.pick(['account', 'contact', 'pg_class', 'uom'])}" from="${name()}" to="${name()}" alias="a"><all-attributes/></link-entity>`
  const shells = [
    `<fetch top="5"><entity name="account">${inner}</entity></fetch>`,
    `<fetch aggregate="true"><entity name="quote"><attribute name="${name()}" aggregate="sum" alias="s"/></entity></fetch>`,
    `<fetch page="2" paging-cookie="&lt;cookie page='1'/&gt;"><entity name="contact">${inner}</entity></fetch>`,
    `<!DOCTYPE x [<!ENTITY a "b">]><fetch><entity name="&a;"/></fetch>`,
    `<fetch>${'<filter>'.repeat(chance.below(300))}`,
  ]
  return chance.pick(shells)
}

function payload(make: Maker): string {
  const { chance, ground } = make
  const name = () => nameOf(make)
  const value = () => chance.pick(VALUES)
  const member = (): readonly [string, unknown] => {
    if (chance.below(4) < 1) return [`${name()}@odata.bind`, chance.below(3) < 2 ? `/${chance.pick(ground.rows)}` : value()]
    const { name: column, type } = chance.pick(make.table.properties)
    return chance.below(4) < 3 ? [column, chance.pick(SANE[type] ?? VALUES)] : [name(), value()]
  }
  const row = (): Record<string, unknown> => Object.fromEntries(Array.from({ length: 1 + Math.floor(chance.below(4)) }, member))
  const operation = chance.pick(ground.operations)
  const kinds: readonly (() => unknown)[] = [
    row,
    row,
    () => ({ name: value(), [name()]: [row(), row()], [name()]: row() }),
    () => Object.fromEntries(operation.parameters.map((parameter) => [parameter, chance.below(2) < 1 ? value() : row()])),
    () => ({ Targets: [row(), value(), { '@odata.type': 'Microsoft.Dynamics.CRM.account', ...row() }] }),
    () => ({ '@odata.id': chance.pick(ground.rows) }),
    () => ({ statecode: value(), statuscode: value() }),
    () => ({ value: value() }),
    value,
  ]
  const text = JSON.stringify(chance.pick(kinds)()) ?? ''
  if (chance.below(15) < 1) return text.slice(0, Math.floor(chance.below(text.length)))
  return chance.below(40) < 1 ? `${'{"primarycontactid":'.repeat(400)}null${'}'.repeat(400)}` : text
}

function batch(make: Maker): HostileRequest {
  const { chance } = make
  const part = (id: number, inSet: boolean): string => {
    const { method, path, body } = single(make)
    const content = inSet && chance.below(5) > 1 ? `Content-ID: ${chance.pick([id, id, id, 1, '$x', ''])}\r\n` : ''
    return `Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n${content}\r\n${method} /api/data/v9.2/${path} HTTP/1.1\r\nContent-Type: application/json\r\n\r\n${body ?? ''}\r\n`
  }
  const changes = `Content-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n${part(1, true)}--c\r\n${part(2, true)}--c--\r\n`
  const parts = Array.from({ length: 1 + Math.floor(chance.below(4)) }, (_, at) => (chance.below(2) < 1 ? changes : part(at, false)))
  const text = `--b\r\n${parts.join('--b\r\n')}--b--\r\n`
  const prefer = chance.below(2) < 1 ? { prefer: 'odata.continue-on-error' } : {}
  return {
    method: 'POST',
    path: '$batch',
    headers: {
      'content-type': chance.pick(['multipart/mixed; boundary=b', 'multipart/mixed;boundary="b"', 'multipart/mixed; boundary=c']),
      ...prefer,
    },
    body: chance.below(6) < 1 ? scratched(chance, text) : text,
  }
}
