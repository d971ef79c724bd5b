import {
  createManualClock,
  createTokenIssuer,
  type Database,
  type ManualClock,
  openScratchDatabase,
  type PreparedDatabase,
  randomIds,
  silentLogger,
  type TestScope,
  type TokenIssuer,
} from '@p2c/base'
import type { AppAction } from './actions/app-action.ts'
import type { Plugin, Row } from './model/plugin.ts'
import type { ColumnDefinition, StateOption, StatusOption, TableDefinition } from './model/table.ts'
import { createTablePlatform, type TablePlatform } from './platform.ts'
import type { RoleDefinition } from './security/seed-security.ts'
import type { WireSettings } from './web/exchange.ts'
import type { WebhookSettings } from './webhooks/create-webhooks.ts'

/** The start data of the wire specification, section 21, on a few tables like those of Sales. */

export const guid = (digits: string): string => `6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0${digits}`
export const BASE = 'https://halvorsen.crm4.dynamics.com'
export const ROOT = `${BASE}/api/data/v9.2`

const STATES: readonly StateOption[] = [
  { value: 0, label: 'Active', invariantName: 'Active', defaultStatus: 1 },
  { value: 1, label: 'Inactive', invariantName: 'Inactive', defaultStatus: 2 },
]
const REASONS: readonly StatusOption[] = [
  { value: 1, label: 'Active', state: 0 },
  { value: 2, label: 'Inactive', state: 1 },
]
const state: readonly ColumnDefinition[] = [
  { name: 'statecode', label: 'Status', type: 'state', options: STATES, default: 0 },
  { name: 'statuscode', label: 'Status Reason', type: 'status', options: REASONS },
]
const text = (name: string, label: string, maxLength = 100): ColumnDefinition => ({ name, label, type: 'string', maxLength })
const money = (name: string, label: string): ColumnDefinition => ({
  name,
  label,
  type: 'money',
  precision: 2,
  precisionSource: 2,
  min: '0',
  max: '100000000000000',
})

const common = { ownership: 'user', changeTracking: true, optimisticConcurrency: true, alternateKeys: [] } as const

const account: TableDefinition = {
  ...common,
  logicalName: 'account',
  entitySetName: 'accounts',
  primaryId: 'accountid',
  primaryName: 'name',
  objectTypeCode: 1,
  label: 'Account',
  pluralLabel: 'Accounts',
  alternateKeys: [{ name: 'msdynce_AccountNumber', columns: ['accountnumber'] }],
  columns: [
    text('name', 'Account Name', 160),
    text('accountnumber', 'Account Number', 20),
    text('address1_city', 'Address 1: City', 80),
    { name: 'description', label: 'Description', type: 'memo', maxLength: 2000 },
    money('creditlimit', 'Credit Limit'),
    money('revenue', 'Annual Revenue'),
    { name: 'numberofemployees', label: 'Number of Employees', type: 'integer', min: 0, max: 1_000_000_000 },
    { name: 'creditonhold', label: 'Credit Hold', type: 'boolean', default: false },
    {
      name: 'industrycode',
      label: 'Industry',
      type: 'choice',
      options: [
        { value: 1, label: 'Accounting' },
        { value: 7, label: 'Shipping' },
      ],
    },
    {
      name: 'primarycontactid',
      label: 'Primary Contact',
      type: 'lookup',
      targets: [{ table: 'contact', navigation: 'primarycontactid', collection: 'account_primary_contact', onDelete: 'remove-link' }],
    },
    {
      name: 'parentaccountid',
      label: 'Parent Account',
      type: 'lookup',
      targets: [{ table: 'account', navigation: 'parentaccountid', onDelete: 'restrict' }],
    },
    ...state,
  ],
}

const contact: TableDefinition = {
  ...common,
  logicalName: 'contact',
  entitySetName: 'contacts',
  primaryId: 'contactid',
  primaryName: 'fullname',
  objectTypeCode: 2,
  label: 'Contact',
  pluralLabel: 'Contacts',
  alternateKeys: [
    { name: 'msdynce_ContactNumber', columns: ['msdynce_contactnumber'] },
    { name: 'new_NameAndCompany', columns: ['firstname', 'parentcustomerid'] },
  ],
  columns: [
    text('fullname', 'Full Name', 160),
    text('firstname', 'First Name', 50),
    text('lastname', 'Last Name', 50),
    text('msdynce_contactnumber', 'Contact Number', 20),
    { name: 'birthdate', label: 'Birthday', type: 'datetime', behavior: 'date-only' },
    { name: 'new_meeting', label: 'Meeting', type: 'datetime', behavior: 'time-zone-independent' },
    { name: 'lastonholdtime', label: 'Last On Hold Time', type: 'datetime', behavior: 'user-local' },
    {
      name: 'parentcustomerid',
      label: 'Company Name',
      type: 'lookup',
      targets: [
        { table: 'account', navigation: 'parentcustomerid_account', collection: 'contact_customer_accounts', onDelete: 'remove-link' },
        { table: 'contact', navigation: 'parentcustomerid_contact', collection: 'contact_customer_contacts', onDelete: 'remove-link' },
      ],
    },
    ...state,
  ],
}

const salesorder: TableDefinition = {
  ...common,
  logicalName: 'salesorder',
  entitySetName: 'salesorders',
  primaryId: 'salesorderid',
  primaryName: 'name',
  objectTypeCode: 1088,
  label: 'Order',
  pluralLabel: 'Orders',
  columns: [text('name', 'Name', 300), money('totalamount', 'Total Amount'), ...state],
}

const salesorderdetail: TableDefinition = {
  ...common,
  logicalName: 'salesorderdetail',
  entitySetName: 'salesorderdetails',
  primaryId: 'salesorderdetailid',
  ownership: 'parent',
  objectTypeCode: 1089,
  label: 'Order Product',
  pluralLabel: 'Order Products',
  columns: [
    { name: 'quantity', label: 'Quantity', type: 'decimal', precision: 5, min: '0', max: '100000000000' },
    {
      name: 'salesorderid',
      label: 'Order',
      type: 'lookup',
      targets: [{ table: 'salesorder', navigation: 'salesorderid', collection: 'order_details', onDelete: 'cascade' }],
    },
  ],
}

/** No change tracking, no versions. */
const territory: TableDefinition = {
  ...common,
  logicalName: 'territory',
  entitySetName: 'territories',
  primaryId: 'territoryid',
  primaryName: 'name',
  ownership: 'organization',
  objectTypeCode: 2013,
  label: 'Territory',
  pluralLabel: 'Territories',
  changeTracking: false,
  optimisticConcurrency: false,
  columns: [{ name: 'name', label: 'Name', type: 'string', maxLength: 200, required: 'system' }],
}

export const TEST_TABLES: readonly TableDefinition[] = [account, contact, salesorder, salesorderdetail, territory]

/** As the Sales application does it: the display name of a contact. */
const FULL_NAMES: Plugin = {
  name: 'full name',
  table: 'contact',
  message: 'create',
  stage: 'pre-operation',
  run: async (events) => {
    for (const { target } of events)
      target.fullname = [target.firstname, target.lastname].filter((part) => typeof part === 'string').join(' ')
  },
}

const CLIENT = { clientId: guid('a1'), clientSecret: 's3cret~value' }
/** Signs in, but is nobody in this environment. */
const STRANGER = { clientId: guid('a2'), clientSecret: 'other' }

export interface TestPlatform {
  readonly platform: TablePlatform
  readonly database: Database
  readonly clock: ManualClock
  readonly token: string
  readonly strangerToken: string
  /** `url` below the service root, not encoded; `{G:nn}` stands for a fixed id. */
  send(method: string, url: string, options?: SendOptions): Promise<TestAnswer>
  /** Starts another program on the same database, which works beside this one. */
  beside(): Promise<TestPlatform>
  /** Stops this one and starts another on the same database, with other tables where given; its clock begins where it is told. */
  restart(changes?: { readonly tables?: readonly TableDefinition[]; readonly now?: string }): Promise<TestPlatform>
}

export interface SendOptions {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly prefer?: string
}

export interface TestAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
  readonly json: any
}

export interface StartOptions {
  readonly plugins?: readonly Plugin[]
  readonly actions?: readonly AppAction[]
  readonly webhooks?: Partial<WebhookSettings>
  readonly settings?: Partial<WireSettings>
  readonly empty?: boolean
}

/** A platform on its own database with the start data; everything stops when the test ends. */
export async function startPlatform(t: TestScope, options: StartOptions = {}): Promise<TestPlatform> {
  const isPlain = options.plugins === undefined
  const database = await openScratchDatabase(t, { prepared: options.empty !== true && isPlain ? WITH_START_DATA : EMPTY })
  const started = await startOn(t, { database, options, tables: TEST_TABLES, now: START })
  if (options.empty !== true && !isPlain) await started.platform.seed(START_DATA, { plugins: true })
  return started
}

const START = '2025-02-11T09:30:00Z'

/** Making the tables takes ten times as long as copying them. */
const EMPTY: PreparedDatabase = { name: 'platform', prepare: (database) => prepare(database, []) }
const WITH_START_DATA: PreparedDatabase = { name: 'platformdata', prepare: (database) => prepare(database, START_DATA) }

async function prepare(database: Database, data: Parameters<TablePlatform['seed']>[0]): Promise<void> {
  const closing: (() => Promise<void>)[] = []
  const scope: TestScope = { onTestFinished: (callback) => void closing.push(callback) }
  const { platform } = await startOn(scope, { database, options: {}, tables: TEST_TABLES, now: START })
  await platform.seed(data, { plugins: true })
  for (const close of closing) await close()
}

interface StartParts {
  readonly database: Database
  readonly options: StartOptions
  readonly tables: readonly TableDefinition[]
  readonly now: string
}

async function startOn(t: TestScope, parts: StartParts): Promise<TestPlatform> {
  const { database, options } = parts
  const clock = createManualClock(parts.now)
  const identity = createTokenIssuer({
    issuer: BASE,
    key: Buffer.alloc(32, 7),
    clock,
    clients: [CLIENT, STRANGER],
    lifetimeSeconds: 100 * 86_400,
  })
  const platform = await createTablePlatform({
    tables: parts.tables,
    plugins: [FULL_NAMES, ...(options.plugins ?? [])],
    actions: options.actions ?? [],
    database,
    clock,
    ids: randomIds,
    log: silentLogger,
    identity,
    publicUrl: BASE,
    tenant: guid('a0'),
    roles: TEST_ROLES,
    seedIdentity: SEED_IDENTITY,
    ...(options.webhooks !== undefined && { webhooks: options.webhooks }),
    ...(options.settings !== undefined && { settings: options.settings }),
  })
  t.onTestFinished(() => platform.app.close())
  const token = tokenOf(identity, CLIENT)
  return {
    platform,
    database,
    clock,
    token,
    strangerToken: tokenOf(identity, STRANGER),
    send: (method, url, request = {}) => sendTo(platform, { method, url, token, ...request }),
    beside: () => startOn(t, parts),
    restart: async (changes = {}) => {
      await platform.app.close()
      return startOn(t, { ...parts, ...changes })
    },
  }
}

/** What the default team needs to own rows; its members get nothing more by it. */
const TEST_ROLES: readonly RoleDefinition[] = [
  { name: 'Owner of rows', teamOnly: true, tables: { account: 'basic', contact: 'basic', salesorder: 'basic' } },
]

const SEED_IDENTITY = {
  organizationName: 'halvorsen',
  organizationId: guid('0e'),
  rootBusinessUnitId: guid('0d'),
  baseCurrency: { id: guid('0b'), code: 'EUR', name: 'Euro', symbol: '€', precision: 2 },
  administrator: { name: 'System Administrator' },
  applicationUsers: [{ clientId: CLIENT.clientId, id: guid('0c'), name: 'Integrator' }],
  defaultTeamRoles: ['Owner of rows'],
} as const

function tokenOf(identity: TokenIssuer, client: { readonly clientId: string; readonly clientSecret: string }): string {
  const answer = identity.answerTokenRequest({
    grant_type: 'client_credentials',
    client_id: client.clientId,
    client_secret: client.clientSecret,
    scope: `${BASE}/.default`,
  })
  return answer.status === 200 ? answer.body.access_token : ''
}

const link = (table: string, id: string): Row[string] => ({ table, id })

const START_DATA: readonly { table: string; rows: readonly Row[] }[] = [
  { table: 'contact', rows: [{ contactid: guid('02'), firstname: 'Ada', lastname: 'Lind' }] },
  {
    table: 'account',
    rows: [
      {
        accountid: guid('01'),
        name: 'Halvorsen Marine Supply',
        accountnumber: 'HMS-1001',
        creditlimit: '50000',
        primarycontactid: link('contact', guid('02')),
      },
      { accountid: guid('10'), name: 'Nordkai Yards', accountnumber: 'HMS-1002' },
    ],
  },
  {
    table: 'salesorder',
    rows: [
      { salesorderid: guid('05'), name: 'Order A', totalamount: '12480' },
      { salesorderid: guid('11'), name: 'Order B', totalamount: '6240' },
      { salesorderid: guid('20'), name: 'Order C', totalamount: '100' },
    ],
  },
  { table: 'salesorderdetail', rows: [{ salesorderdetailid: guid('07'), quantity: '4', salesorderid: link('salesorder', guid('05')) }] },
]

/** `{G:01}` and `{R}` of the specification's examples. */
export const filled = (example: string): string =>
  example.replaceAll('{R}', ROOT).replace(/\{G:([0-9a-f]{2})\}/g, (_, digits: string) => guid(digits))

async function sendTo(
  platform: TablePlatform,
  request: SendOptions & { readonly method: string; readonly url: string; readonly token: string },
): Promise<TestAnswer> {
  const [path = '', ...query] = filled(request.url).split('?')
  const target = `/api/data/v9.2/${encodeURI(path)}${query.length === 0 ? '' : `?${encodeURI(query.join('?')).replaceAll('+', '%2B').replaceAll('%25', '%')}`}`
  const raw = typeof request.body === 'string'
  const answer = await platform.app.inject({
    method: request.method as 'GET',
    url: target,
    headers: {
      authorization: `Bearer ${request.token}`,
      accept: 'application/json',
      'odata-version': '4.0',
      ...(request.body !== undefined && { 'content-type': 'application/json' }),
      ...(request.prefer !== undefined && { prefer: request.prefer }),
      ...request.headers,
    },
    ...(request.body !== undefined && { payload: raw ? filled(request.body as string) : filled(JSON.stringify(request.body)) }),
  })
  const isJson = String(answer.headers['content-type'] ?? '').startsWith('application/json')
  return { status: answer.statusCode, headers: answer.headers, text: answer.payload, json: isJson ? JSON.parse(answer.payload) : undefined }
}
