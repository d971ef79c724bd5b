import { type Chance, createChance } from '../support/chance.ts'
import type { OutsideClient } from '../support/outside-client.ts'
import { type HostileRequest, scratched } from './hostile-request.ts'

/** What a request to Supply Chain can be made of: read from the service itself. */
export interface SupplyChainGround {
  readonly sets: readonly GroundSet[]
  readonly actions: readonly { readonly address: string; readonly parameters: readonly string[] }[]
  /** Addresses of rows that exist. */
  readonly rows: readonly string[]
  /** Commands by name with the names of their parameters. */
  readonly commands: readonly { readonly name: string; readonly parameters: readonly string[] }[]
}

interface GroundSet {
  readonly name: string
  readonly key: readonly string[]
  readonly properties: readonly { readonly name: string; readonly type: string }[]
  readonly navigations: readonly string[]
}

const NAMESPACE = 'Microsoft.Dynamics.DataEntities'

/** Set-up that other requests live on: a service without companies answers nothing but refusals. */
const KEPT = ['LegalEntities', 'NumberSequencesV2', 'NumberSequencesV2References']

/** Reads sets, actions, commands and some rows of a running service. */
export async function readSupplyChainGround(client: OutsideClient): Promise<SupplyChainGround> {
  const origin = client.root.replace(/\/data$/, '')
  // biome-ignore lint/suspicious/noExplicitAny: metadata as it comes
  const entities: any[] = (await client.call('GET', `${origin}/metadata/PublicEntities`)).json.value
  const sets = entities.map(
    (entity): GroundSet => ({
      name: entity.EntitySetName,
      key: entity.Properties.filter((each: { IsKey: boolean }) => each.IsKey).map((each: { Name: string }) => each.Name),
      properties: entity.Properties.map((each: { Name: string; TypeName: string }) => ({ name: each.Name, type: each.TypeName })),
      navigations: entity.NavigationProperties.map((each: { Name: string }) => each.Name),
    }),
  )
  const actions = entities.flatMap((entity) =>
    entity.Actions.map((action: { Name: string; Parameters: { Name: string }[] }) => ({
      address: `${entity.EntitySetName}/${NAMESPACE}.${action.Name}`,
      parameters: action.Parameters.map(({ Name }) => Name),
    })),
  )
  const rows: string[] = []
  for (const set of sets) {
    const { json } = await client.call('GET', `/${set.name}?$select=${set.key.join(',')}&$top=3`)
    for (const row of json?.value ?? [])
      rows.push(`${set.name}(${set.key.map((name) => `${name}=${literalOf(row[name], set, name)}`).join(',')})`)
  }
  const listed = (await client.call('GET', `${origin}/api/commands`)).json?.commands ?? []
  const commands = listed.map((each: { name: string; parameters: { properties?: object } }) => ({
    name: each.name,
    parameters: Object.keys(each.parameters.properties ?? {}),
  }))
  return { sets, actions, rows, commands }
}

function literalOf(value: unknown, set: GroundSet, name: string): string {
  const type = set.properties.find((each) => each.name === name)?.type ?? ''
  if (typeof value !== 'string' || type === 'Edm.DateTimeOffset') return String(value)
  return type.startsWith(NAMESPACE) ? `${type}'${value}'` : `'${encodeURIComponent(value.replaceAll("'", "''"))}'`
}

const VALUES: readonly unknown[] = [
  ...[null, true, false, 0, 1, -1, 1.5, 1e308, -1e21, 0.1 + 0.2, 2 ** 53, 99999999999999, '1e400', '-0', '12.3456789012345'],
  ...['', ' ', 'x', 'x\u0000y', '\ud800', 'é'.repeat(300), 'x'.repeat(70_000), '\u202e', "'; drop table customer; --", '*', '*a*'],
  ...[
    'Yes',
    'yes',
    'No',
    'Maybe',
    'Backorder',
    'usmf',
    'USMF',
    'zzzz',
    '2025-02-30',
    '0000-00-00',
    '10000-01-01T00:00:00Z',
    '1900-01-01T12:00:00Z',
  ],
  ...[[], [[]], {}, { a: { b: [] } }, [{}], [null], { '@odata.id': 'CustomersV3(1)' }],
]

const SANE: Readonly<Record<string, readonly unknown[]>> = {
  'Edm.String': ['usmf', '10', 'US-000001', 'Halvorsen', 'ea', '1', '13', 'USD'],
  'Edm.Int32': [0, 1, 7],
  'Edm.Int64': [1, 5637144600],
  'Edm.Decimal': [0, 1, 12.5, 1000000],
  'Edm.DateTimeOffset': ['2025-02-11T12:00:00Z', '1900-01-01T12:00:00Z'],
}

const LITERALS = [
  ...['null', 'true', '1', '-1', '1.5', '99999999999999999999', "'x'", "'*x*'", "'O''Brien'", "''", '2025-02-11', '2025-02-30T00:00:00Z'],
  ...[
    '1900-01-01T12:00:00Z',
    `${NAMESPACE}.NoYes'Yes'`,
    `${NAMESPACE}.NoYes'Maybe'`,
    `${NAMESPACE}.Nothing'x'`,
    '@p',
    'NaN',
    '(1,2)',
    '%00',
    "'\\'",
  ],
]

const METHODS = ['GET', 'GET', 'GET', 'POST', 'POST', 'POST', 'PATCH', 'PATCH', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'MERGE']
const ODD_HEADERS: readonly Readonly<Record<string, string>>[] = [
  { prefer: 'return=minimal' },
  { prefer: `odata.maxpagesize=${'9'.repeat(40)}` },
  { 'if-match': 'W/"x"' },
  { 'if-match': '*' },
  { 'content-type': 'text/plain' },
  { 'content-type': 'application/json; charset=utf-16' },
  { 'content-type': 'multipart/mixed' },
  { accept: 'application/xml' },
  { 'content-encoding': 'gzip' },
  { 'idempotency-key': 'x'.repeat(5_000) },
  { 'idempotency-key': 'one' },
]

/** Endless requests to `/data`, `/metadata`, `/api` and the menu items; the same seed gives the same ones. */
export function hostileSupplyChainRequests(ground: SupplyChainGround, seed: number): () => HostileRequest {
  const chance = createChance(seed)
  return () => {
    const make = { chance, ground, set: chance.pick(ground.sets) }
    const kind = chance.below(20)
    const request = kind < 1 ? batch(make) : kind < 6 ? elsewhere(make) : onData(make)
    return chance.below(12) < 1 ? { ...request, path: scratched(chance, request.path) } : request
  }
}

interface Maker {
  readonly chance: Chance
  readonly ground: SupplyChainGround
  readonly set: GroundSet
}

const encoded = (text: string): string => encodeURIComponent(text.toWellFormed()).replaceAll('%24', '$')

function onData(make: Maker): HostileRequest {
  const { chance } = make
  const method = chance.pick(METHODS)
  const path = `${address(make)}${chance.below(2) < 1 ? query(make) : ''}`
  if (method === 'GET' || method === 'HEAD' || (method === 'DELETE' && chance.below(4) > 1))
    return { method, path, headers: oddHeaders(chance) }
  return { method, path, headers: { 'content-type': 'application/json', ...oddHeaders(chance) }, body: payload(make) }
}

const oddHeaders = (chance: Chance): Readonly<Record<string, string>> => (chance.below(4) < 1 ? chance.pick(ODD_HEADERS) : {})

function rowOf({ chance, ground, set }: Maker): string {
  const own = ground.rows.filter((row) => row.startsWith(`${set.name}(`))
  return chance.pick(own.length > 0 ? own : ground.rows)
}

const nameOf = ({ chance, set }: Maker): string =>
  chance.below(5) < 1 && set.navigations.length > 0 ? chance.pick(set.navigations) : chance.pick(set.properties).name

function address(make: Maker): string {
  const { chance, ground, set } = make
  const key = () => set.key.map((name) => `${name}=${encoded(chance.pick(LITERALS))}`)
  const kinds: readonly (() => string)[] = [
    () => set.name,
    () => set.name,
    () => rowOf(make),
    () => rowOf(make),
    () => `${set.name}(${key().join(',')})`,
    () => `${set.name}(${key().slice(1).join(',')})`,
    () => `${set.name}(${encoded(chance.pick(LITERALS))})`,
    () => `${rowOf(make)}/${nameOf(make)}${chance.pick(['', '/$value', '/$count', '/$ref'])}`,
    () => `${set.name}/$count`,
    () => chance.pick(ground.actions).address,
    () => `${rowOf(make)}/${NAMESPACE}.${chance.pick(ground.actions).address.split('.').at(-1)}`,
    () => `${set.name.toLowerCase()}`,
  ]
  const chosen = chance.pick(kinds)()
  const isKept = KEPT.some((name) => chosen.startsWith(name))
  return isKept ? `CustomerGroups/${nameOf(make)}` : chosen
}

function query(make: Maker): string {
  const { chance } = make
  const name = () => nameOf(make)
  const condition = (): string =>
    chance.below(4) < 1
      ? `${chance.pick(['contains', 'startswith', 'tolower', 'length', 'cast'])}(${name()},${chance.pick(LITERALS)})`
      : `${name()} ${chance.pick(['eq', 'ne', 'gt', 'le', 'and', 'in', 'has', 'add', 'divby'])} ${chance.pick(LITERALS)}`
  const kinds: readonly (() => string)[] = [
    () => `$filter=${encoded(`${condition()} ${chance.pick(['and', 'or', 'not', ''])} ${condition()}`)}`,
    () => `$filter=${encoded(`${'('.repeat(chance.below(200))}${condition()}`)}`,
    () => `$select=${name()},${name()}&$orderby=${name()}%20desc`,
    () => `$expand=${encoded(`${name()}($select=${name()};$expand=${name()})`)}`,
    () => `$top=${encoded(chance.pick(LITERALS))}&$count=${chance.pick(['true', 'maybe'])}&$skip=${encoded(chance.pick(LITERALS))}`,
    () => `$apply=${encoded(`aggregate(${name()} with sum as a)`)}`,
    () => `$skiptoken=${encoded(chance.pick(LITERALS))}`,
    () => `cross-company=${chance.pick(['true', 'TRUE', 'false', 'maybe', ''])}&cross-company=true&$format=${chance.pick(['json', 'xml'])}`,
  ]
  return `?${chance.pick(kinds)()}`
}

function payload(make: Maker): string {
  const { chance, ground, set } = make
  const member = (): readonly [string, unknown] => {
    const { name, type } = chance.pick(set.properties)
    return [name, chance.below(4) < 3 ? chance.pick(SANE[type] ?? VALUES) : chance.pick(VALUES)]
  }
  const row = (): Record<string, unknown> =>
    Object.fromEntries([['dataAreaId', 'usmf'], ...Array.from({ length: 1 + Math.floor(chance.below(8)) }, member)])
  const { parameters } = chance.pick(ground.actions)
  const kinds: readonly (() => unknown)[] = [
    row,
    row,
    row,
    () => Object.fromEntries(parameters.map((name) => [name, chance.pick(VALUES)])),
    () => ({ ...row(), [nameOf(make)]: [row()] }),
    () => chance.pick(VALUES),
  ]
  return cut(chance, JSON.stringify(chance.pick(kinds)()) ?? '')
}

const cut = (chance: Chance, text: string): string => (chance.below(15) < 1 ? text.slice(0, Math.floor(chance.below(text.length))) : text)

/** Commands, custom services, metadata, connectors, signed addresses and the menu items. */
function elsewhere(make: Maker): HostileRequest {
  const { chance, ground } = make
  const headers = { 'content-type': 'application/json', ...oddHeaders(chance) }
  const body = () => cut(chance, commandBody(make))
  const command = () => (ground.commands.length === 0 ? 'none' : chance.pick(ground.commands).name)
  const pascal = () => command().replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase())
  const kinds: readonly (() => HostileRequest)[] = [
    () => ({ method: 'POST', path: `/api/commands/${command()}`, headers, body: body() }),
    () => ({ method: 'POST', path: `/api/commands/${command()}`, headers, body: body() }),
    () => ({ method: 'POST', path: `/api/services/SalesOrderServices/SalesOrderService/${pascal()}`, headers, body: body() }),
    () => ({ method: chance.pick(METHODS), path: `/api/services/${encoded(String(chance.pick(LITERALS)))}`, headers, body: body() }),
    () => ({
      method: 'GET',
      path: `/metadata/${chance.pick(['PublicEntities', 'DataEntities', 'PublicEnumerations', 'Labels'])}(${encoded(chance.pick(LITERALS))})${query(make)}`,
      headers: {},
    }),
    () => ({
      method: chance.pick(METHODS),
      path: `/api/connector/${chance.pick(['enqueue', 'dequeue', 'ack', 'jobstatus', 'download'])}/${chance.pick(['6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0e0', '%7Bx%7D', '..%2f', ''])}?entity=Customers%20V3&company=${encoded(String(chance.pick(LITERALS)))}`,
      headers,
      body: body(),
    }),
    () => ({
      method: chance.pick(['GET', 'PUT']),
      path: `/dmf/${chance.pick(['6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0b9', '..%2f..%2fetc', 'x'])}/a.zip?sv=2023-11-03&sr=b&sig=abc&se=2999-01-01T00%3A00%3A00Z&sp=rcw`,
      headers: { 'x-ms-blob-type': 'BlockBlob' },
      body: 'PK',
    }),
    () => ({
      method: chance.pick(['GET', 'POST']),
      path: `/?cmp=${encoded(String(chance.pick(LITERALS)))}&mi=${encoded(chance.pick(['action:Nothing', 'display:CustTable', 'action:', '']))}`,
      headers: {},
      ...(chance.below(2) < 1 && { body: 'x' }),
    }),
  ]
  const made = chance.pick(kinds)()
  return made.method === 'GET' || made.method === 'HEAD' ? { method: made.method, path: made.path, headers: made.headers } : made
}

function commandBody({ chance, ground }: Maker): string {
  const parameters = ground.commands.length === 0 ? [] : chance.pick(ground.commands).parameters
  const value = (name: string): unknown => {
    if (chance.below(4) < 1) return chance.pick(VALUES)
    if (name === 'dataAreaId') return 'usmf'
    if (/number/i.test(name)) return chance.pick(['SO-000001', 'X', '', 'QUO-000001'])
    if (/lines|numbers|slips/i.test(name)) return [{ lineCreationSequenceNumber: 1, quantity: chance.pick(VALUES) }]
    return chance.pick([1, '1', '2025-02-11', 'All', true])
  }
  const body = Object.fromEntries(['dataAreaId', ...parameters].map((name) => [name, value(name)]))
  return JSON.stringify(body)
}

function batch(make: Maker): HostileRequest {
  const { chance } = make
  const part = (id: number, inSet: boolean): string => {
    const { method, path, body } = onData(make)
    const content = inSet && chance.below(5) > 1 ? `Content-ID: ${chance.pick([id, id, 1, '$x', ''])}\r\n` : ''
    return `Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n${content}\r\n${method} ${path} HTTP/1.1\r\nContent-Type: application/json\r\n\r\n${body ?? ''}\r\n`
  }
  const changes = `Content-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n${part(1, true)}--c\r\n${part(2, true)}--c--\r\n`
  const parts = Array.from({ length: 1 + Math.floor(chance.below(4)) }, (_, at) => (chance.below(2) < 1 ? changes : part(at, false)))
  const text = `--b\r\n${parts.join('--b\r\n')}--b--\r\n`
  const type = chance.pick(['multipart/mixed; boundary=b', 'multipart/mixed;boundary="b"', 'multipart/mixed; boundary=c'])
  return { method: 'POST', path: '$batch', headers: { 'content-type': type }, body: chance.below(6) < 1 ? scratched(chance, text) : text }
}
