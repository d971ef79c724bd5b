import { dataverseProfile, type Expression, parseBatch, parseFilter, writeBatchResponse } from '@p2c/odata'
import type { StubAnswer, StubRequest, StubService } from '../stub-service.ts'

type Row = Record<string, unknown>

interface FixtureColumn {
  readonly name: string
  readonly type: string
  readonly targets?: readonly { readonly table: string; readonly navigation: string }[]
}

interface FixtureTable {
  readonly logicalName: string
  readonly set: string
  readonly primaryId: string
  readonly columns: readonly FixtureColumn[]
  readonly key?: string
  readonly rows: Map<string, Row>
  readonly deleted: Map<string, number>
}

/** A small in-memory stand-in for the Web API: metadata, key queries, delta reads, bulk messages, batches. For protocol tests only. */
export interface SalesFixture {
  readonly tables: Readonly<Record<string, FixtureTable>>
  insert(set: string, row: Row): string
  remove(set: string, id: string): void
  /** Refuses a row on write, as a plug-in would. */
  refuse: (row: Row) => { readonly status: number; readonly code: string; readonly message: string } | undefined
  hasBulkMessages: boolean
}

const table = (logicalName: string, set: string, columns: readonly FixtureColumn[], key?: string): FixtureTable => ({
  logicalName,
  set,
  primaryId: `${logicalName}id`,
  columns: [{ name: `${logicalName}id`, type: 'Uniqueidentifier' }, { name: 'versionnumber', type: 'BigInt' }, ...columns],
  ...(key !== undefined && { key }),
  rows: new Map(),
  deleted: new Map(),
})

const lookup = (name: string, ...targets: readonly (readonly [string, string])[]): FixtureColumn => ({
  name,
  type: targets.length > 1 ? 'Customer' : 'Lookup',
  targets: targets.map(([target, navigation]) => ({ table: target, navigation })),
})

const state: FixtureColumn = { name: 'statecode', type: 'State' }
const text = (name: string): FixtureColumn => ({ name, type: 'String' })
const currency = lookup('transactioncurrencyid', ['transactioncurrency', 'transactioncurrencyid'])

const createTables = () => ({
  accounts: table(
    'account',
    'accounts',
    [
      text('accountnumber'),
      text('name'),
      text('description'),
      { name: 'creditlimit', type: 'Money' },
      { name: 'numberofemployees', type: 'Integer' },
      currency,
    ],
    'accountnumber',
  ),
  contacts: table(
    'contact',
    'contacts',
    [
      text('msdynce_contactnumber'),
      text('lastname'),
      { name: 'birthdate', type: 'DateTime' },
      { name: 'gendercode', type: 'Picklist' },
      { name: 'msdynce_isactivecustomer', type: 'Boolean' },
      lookup('parentcustomerid', ['account', 'parentcustomerid_account'], ['contact', 'parentcustomerid_contact']),
    ],
    'msdynce_contactnumber',
  ),
  products: table('product', 'products', [
    text('productnumber'),
    text('name'),
    { name: 'price', type: 'Money' },
    { name: 'producttypecode', type: 'Picklist' },
    { name: 'isstockitem', type: 'Boolean' },
    { name: 'quantitydecimal', type: 'Integer' },
    lookup('defaultuomid', ['uom', 'defaultuomid']),
    lookup('defaultuomscheduleid', ['uomschedule', 'defaultuomscheduleid']),
    currency,
  ]),
  uoms: table('uom', 'uoms', [text('name'), lookup('uomscheduleid', ['uomschedule', 'uomscheduleid'])]),
  uomschedules: table('uomschedule', 'uomschedules', [text('name')]),
  transactioncurrencies: table('transactioncurrency', 'transactioncurrencies', [text('isocurrencycode')]),
  quotes: table('quote', 'quotes', [text('quotenumber'), state]),
  salesorders: table('salesorder', 'salesorders', [
    text('ordernumber'),
    text('name'),
    state,
    lookup('quoteid', ['quote', 'quoteid']),
    lookup('ownerid', ['systemuser', 'ownerid'], ['team', 'ownerid']),
  ]),
  invoicedetails: table('invoicedetail', 'invoicedetails', [
    text('msdynce_invoicenumber'),
    { name: 'sequencenumber', type: 'Integer' },
    lookup('invoiceid', ['invoice', 'invoiceid']),
  ]),
  invoices: table('invoice', 'invoices', [text('invoicenumber')]),
  businessunits: table('businessunit', 'businessunits', [text('name')]),
  teams: table('team', 'teams', [{ name: 'isdefault', type: 'Boolean' }, lookup('businessunitid', ['businessunit', 'businessunitid'])]),
  systemusers: table('systemuser', 'systemusers', []),
  // Of the hub, whose sets are named as in the templates and whose references are texts.
  SalesOrder: table('salesorder_hub', 'SalesOrder', [text('salesorderid'), text('account_accountid')]),
})

export function startSalesFixture(stub: StubService): SalesFixture {
  const tables: Readonly<Record<string, FixtureTable>> = createTables()
  let version = 1000
  let ids = 0
  const nextId = () => `00000000-0000-0000-0000-${String(++ids).padStart(12, '0')}`
  const store = (set: string, id: string, values: Row) => {
    const target = tables[set] as FixtureTable
    version += 1
    target.rows.set(id, {
      ...Object.fromEntries(target.columns.map((column) => [propertyOf(column), null])),
      ...target.rows.get(id),
      ...values,
      [target.primaryId]: id,
      versionnumber: version,
    })
    return id
  }
  const fixture: SalesFixture = {
    tables,
    insert: (set, row) => store(set, nextId(), row),
    remove: (set, id) => {
      version += 1
      tables[set]?.rows.delete(id)
      tables[set]?.deleted.set(id, version)
    },
    refuse: () => undefined,
    hasBulkMessages: true,
  }
  const api = `${stub.root}/api/data/v9.2/`
  const context: Context = { fixture, api, now: () => version, store, nextId }
  stub.on((request) => (request.url.startsWith('/api/data/v9.2/') ? answer(context, request) : undefined))
  return fixture
}

const propertyOf = (column: FixtureColumn): string => (column.targets === undefined ? column.name : `_${column.name}_value`)

interface Context {
  readonly fixture: SalesFixture
  readonly api: string
  readonly now: () => number
  readonly store: (set: string, id: string, values: Row) => string
  readonly nextId: () => string
}

const error = (status: number, code: string, message: string): StubAnswer => ({ status, body: { error: { code, message } } })

function answer(context: Context, request: StubRequest): StubAnswer {
  const path = request.url.slice('/api/data/v9.2/'.length)
  if (path === 'WhoAmI') return { status: 200, body: { UserId: 'u-1', OrganizationId: 'o-1', BusinessUnitId: 'b-1' } }
  if (path.startsWith('EntityDefinitions')) return metadata(context, path)
  if (path.startsWith('sdkmessagefilters'))
    return { status: 200, body: { value: context.fixture.hasBulkMessages ? [{ sdkmessagefilterid: '1' }] : [] } }
  if (path.startsWith('RetrieveTotalRecordCount')) return totalRecordCount(context, path)
  if (path === '$batch') return batch(context, request)
  return operate(context, request.method, path, request)
}

function totalRecordCount({ fixture }: Context, path: string): StubAnswer {
  const names = JSON.parse(path.slice(path.indexOf('@p1=') + 4)) as readonly string[]
  const counts = names.map((name) => Object.values(fixture.tables).find((one) => one.logicalName === name)?.rows.size ?? 0)
  return { status: 200, body: { EntityRecordCountCollection: { Count: names.length, IsReadOnly: false, Keys: names, Values: counts } } }
}

function metadata({ fixture }: Context, path: string): StubAnswer {
  const all = Object.values(fixture.tables)
  const name = /LogicalName='(\w+)'\)/.exec(path)?.[1]
  if (name === undefined) {
    return {
      status: 200,
      body: {
        value: all.map((one) => ({
          LogicalName: one.logicalName,
          EntitySetName: one.set,
          PrimaryIdAttribute: one.primaryId,
          ChangeTrackingEnabled: one.set !== 'uoms',
        })),
      },
    }
  }
  const one = all.find((candidate) => candidate.logicalName === name)
  if (one === undefined) return error(404, '0x80040217', 'no table')
  if (path.includes('/ManyToOneRelationships')) {
    const value = one.columns.flatMap((column) =>
      (column.targets ?? []).map((target) => ({
        ReferencingAttribute: column.name,
        ReferencedEntity: target.table,
        ReferencingEntityNavigationPropertyName: target.navigation,
      })),
    )
    return { status: 200, body: { value } }
  }
  if (path.includes('/Keys'))
    return {
      status: 200,
      body: { value: one.key === undefined ? [] : [{ SchemaName: 'K', KeyAttributes: [one.key], EntityKeyIndexStatus: 'Active' }] },
    }
  const cast = /CRM\.(\w+)AttributeMetadata/.exec(path)?.[1]
  return {
    status: 200,
    body: { value: one.columns.filter((column) => cast === undefined || cast === column.type).map((column) => attribute(column)) },
  }
}

const attribute = (column: FixtureColumn): Row => ({
  LogicalName: column.name,
  AttributeType: column.type,
  RequiredLevel: { Value: 'None' },
  IsValidForCreate: column.name !== 'versionnumber',
  IsValidForUpdate: column.name !== 'versionnumber',
  ...(column.type === 'String' && { MaxLength: 100 }),
  ...(column.type === 'Money' && { Precision: 4 }),
  ...(column.type === 'DateTime' && { Format: 'DateOnly', DateTimeBehavior: { Value: 'DateOnly' } }),
  ...(column.type === 'Picklist' && { OptionSet: { Options: [{ Value: 1 }, { Value: 2 }, { Value: 3 }] } }),
})

function operate(
  context: Context,
  method: string,
  path: string,
  request: { readonly headers: Record<string, unknown>; readonly body: string },
): StubAnswer {
  const set = /^(\w+)/.exec(path)?.[1] ?? ''
  const one = context.fixture.tables[set]
  if (one === undefined) return error(404, '0x80060888', `Resource not found for the segment '${set}'.`)
  const action = /Microsoft\.Dynamics\.CRM\.(CreateMultiple|UpdateMultiple)/.exec(path)?.[1]
  const body = request.body === '' ? {} : (JSON.parse(request.body) as Row)
  if (method === 'GET') return read(context, one, { path, prefer: String(request.headers.prefer ?? '') })
  if (action !== undefined) return bulk(context, one, body.Targets as Row[])
  const id = /\(([0-9a-f-]{36})\)/.exec(path)?.[1]
  const failure = checkRow(context, one, id, body)
  if (failure !== undefined) return failure
  context.store(one.set, id ?? context.nextId(), wireRow(one, body))
  return { status: 204 }
}

function read(context: Context, one: FixtureTable, query: { readonly path: string; readonly prefer: string }): StubAnswer {
  const options = new URLSearchParams(query.path.split('?')[1] ?? '')
  const select = options.get('$select')?.split(',') ?? []
  const tracked = query.prefer.includes('odata.track-changes')
  const token = options.get('$deltatoken')
  const since = Number(token ?? -1)
  if (token === 'old') return error(400, '0x80044352', 'Version stamp associated with the client has expired. Please perform a full sync.')
  const filter = options.get('$filter')
  const matching = [...one.rows.values()].filter(
    (row) => Number(row.versionnumber) > since && (filter === null || matches(parseFilter(filter, dataverseProfile), row)),
  )
  const size = Number(/maxpagesize=(\d+)/.exec(query.prefer)?.[1] ?? 5000)
  const skip = Number(options.get('$skiptoken') ?? 0)
  const rows: Row[] = matching
    .slice(skip, skip + size)
    .map((row) => Object.fromEntries([['@odata.etag', 'W/"1"'], ...[one.primaryId, ...select].map((name) => [name, row[name] ?? null])]))
  const more = matching.length > skip + size
  const base = `${context.api}${one.set}?$select=${select.join(',')}`
  if (token !== null && !more) {
    for (const [id, at] of one.deleted)
      if (at > since) rows.push({ '@odata.context': `${context.api}$metadata#${one.set}/$deletedEntity`, id, reason: 'deleted' })
  }
  const links = more
    ? {
        '@odata.nextLink': `${base}${filter === null ? '' : `&$filter=${encodeURIComponent(filter)}`}${token === null ? '' : `&$deltatoken=${token}`}&$skiptoken=${skip + size}`,
      }
    : tracked || token !== null
      ? { '@odata.deltaLink': `${base}&$deltatoken=${context.now()}` }
      : {}
  return { status: 200, body: { value: rows, ...links } }
}

const same = (a: unknown, b: unknown): boolean => String(a ?? '').toLowerCase() === String(b ?? '').toLowerCase()

function matches(expression: Expression, row: Row): boolean {
  if (expression.kind === 'binary' && expression.operator === 'or') return matches(expression.left, row) || matches(expression.right, row)
  if (expression.kind === 'binary' && expression.operator === 'and') return matches(expression.left, row) && matches(expression.right, row)
  if (
    expression.kind === 'binary' &&
    expression.operator === 'eq' &&
    expression.left.kind === 'path' &&
    expression.right.kind === 'literal'
  ) {
    return same(
      row[expression.left.segments[0] ?? ''],
      expression.right.type === 'null' ? '' : expression.right.value.replace(/\[(.)\]/g, '$1'),
    )
  }
  if (expression.kind === 'named-call') {
    const name = expression.args.get('PropertyName')
    const values = expression.args.get('PropertyValues')
    const property = typeof name === 'object' && name !== null && 'value' in name ? String(name.value) : String(name)
    return Array.isArray(values) && values.some((value) => same(row[property], value))
  }
  throw new Error(`the fixture does not know ${expression.kind}`)
}

const wireRow = (one: FixtureTable, body: Row): Row =>
  Object.fromEntries(
    Object.entries(body)
      .filter(([name]) => name !== '@odata.type')
      .map(([name, value]) => {
        const column = one.columns.find((candidate) => candidate.targets?.some((target) => name === `${target.navigation}@odata.bind`))
        if (column === undefined) return [name, value]
        return [propertyOf(column), value === null ? null : (/\(([^)]+)\)/.exec(String(value))?.[1] ?? null)]
      }),
  )

function checkRow({ fixture }: Context, one: FixtureTable, id: string | undefined, body: Row): StubAnswer | undefined {
  const refused = fixture.refuse(body)
  if (refused !== undefined) return error(refused.status, refused.code, refused.message)
  if (id !== undefined && !one.rows.has(id)) return error(404, '0x80040217', `${one.logicalName} With Id = ${id} Does Not Exist`)
  const { key } = one
  const taken = key !== undefined && id === undefined && [...one.rows.values()].some((row) => same(row[key], body[key]))
  return taken ? error(412, '0x80060892', `Entity Key K violated. A record with the same value for ${key} already exists.`) : undefined
}

function bulk(context: Context, one: FixtureTable, targets: readonly Row[]): StubAnswer {
  for (const target of targets) {
    const failure = checkRow(context, one, target[one.primaryId] as string | undefined, target)
    if (failure !== undefined) return failure
  }
  const ids = targets.map((target) =>
    context.store(one.set, (target[one.primaryId] as string | undefined) ?? context.nextId(), wireRow(one, target)),
  )
  return { status: 200, body: { Ids: ids } }
}

function batch(context: Context, request: StubRequest): StubAnswer {
  const { parts } = parseBatch(request.body, request.headers['content-type'], { maxOperations: 1000 })
  const answers = parts.flatMap((part) => {
    if (part.kind !== 'operation') return []
    const { method, url, headers, body } = part.operation
    const result = operate(context, method, decodeURIComponent(url).slice('/api/data/v9.2/'.length), {
      headers: Object.fromEntries(headers),
      body: body ?? '',
    })
    if (result === 'reset') return []
    return [
      {
        kind: 'operation',
        answer: {
          status: result.status,
          headers: [['OData-Version', '4.0']],
          ...(result.body !== undefined && { body: JSON.stringify(result.body) }),
        },
      } as const,
    ]
  })
  const message = writeBatchResponse(answers, () => 'b0')
  return { status: 200, headers: { 'content-type': message.contentType }, raw: message.body }
}
