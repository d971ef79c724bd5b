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
import type { FastifyInstance } from 'fastify'
import { createSupplyChainApp, type ServiceUser, type SupplyChainSettings } from './app.ts'

/** A JSON object of an answer, as loose as tests like it. */
export interface Json {
  // biome-ignore lint/suspicious/noExplicitAny: answers of the wire are compared, not typed
  readonly [name: string]: any
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly text: string
  readonly json: Json
}

export interface TestApp {
  readonly app: FastifyInstance
  readonly database: Database
  readonly clock: ManualClock
  readonly token: string
  call(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>
  post(path: string, body: unknown): Promise<Answer>
  patch(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>
  delete(path: string): Promise<Answer>
  /** Sends multipart lines; gives the reply with its lines. */
  batch(lines: readonly string[], boundary?: string): Promise<Answer>
}

export const HOST = 'halvorsen-prod.operations.dynamics.com'
export const F = `https://${HOST}`
export const D = `${F}/data`
export const CLIENT = { clientId: '6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0a1', clientSecret: 's3cret~value' }

export interface AppOptions {
  readonly settings?: Partial<SupplyChainSettings>
  readonly findUser?: (clientId: string) => ServiceUser | undefined
  /** Default: a scratch database. */
  readonly database?: Database
}

const START = '2025-02-11T09:30:00Z'

/** The application as it is after its first start, whatever its settings: copying it takes a tenth of the time. */
export const FIRST_START: PreparedDatabase = {
  name: 'supplychain',
  prepare: async (database) => {
    const clock = createManualClock(START)
    const app = await openApp({ database, clock, tokens: tokensOf(clock) })
    await app.close()
  },
}

/** The application over a scratch database with a token for its only client; stops with the test. */
export async function startTestApp(scope: TestScope, options: AppOptions = {}): Promise<TestApp> {
  const clock = createManualClock(START)
  const database = options.database ?? (await openScratchDatabase(scope, { prepared: FIRST_START }))
  const tokens = tokensOf(clock)
  const app = await openApp({ clock, tokens, ...options, database })
  scope.onTestFinished(() => app.close())
  const answer = tokens.answerTokenRequest({
    grant_type: 'client_credentials',
    client_id: CLIENT.clientId,
    client_secret: CLIENT.clientSecret,
    scope: `${F}/.default`,
  })
  if (answer.status !== 200) throw new Error('no token')
  const token = answer.body.access_token
  const call: TestApp['call'] = async (method, path, body, headers = {}) => {
    const payload = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body)
    const reply = await app.inject({
      method: method as 'GET',
      url: encodeURI(path.replace(F, '')),
      headers: {
        host: HOST,
        authorization: `Bearer ${token}`,
        ...(payload !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(payload !== undefined && { payload }),
    })
    const isJson = String(reply.headers['content-type'] ?? '').startsWith('application/json') && reply.payload !== ''
    return {
      status: reply.statusCode,
      headers: reply.headers as Answer['headers'],
      text: reply.payload,
      json: isJson ? JSON.parse(reply.payload) : {},
    }
  }
  return {
    app,
    database,
    clock,
    token,
    call,
    get: (path, headers) => call('GET', path, undefined, headers),
    post: (path, body) => call('POST', path, body),
    patch: (path, body, headers) => call('PATCH', path, body, headers),
    delete: (path) => call('DELETE', path),
    batch: (lines, boundary = 'batch_hms1') =>
      call('POST', `${D}/$batch`, `${lines.join('\r\n')}\r\n`, { 'content-type': `multipart/mixed; boundary=${boundary}` }),
  }
}

const tokensOf = (clock: ManualClock): TokenIssuer => createTokenIssuer({ issuer: F, key: Buffer.alloc(32, 7), clock, clients: [CLIENT] })

interface AppParts extends AppOptions {
  readonly database: Database
  readonly clock: ManualClock
  readonly tokens: TokenIssuer
}

const openApp = (parts: AppParts): Promise<FastifyInstance> =>
  createSupplyChainApp({ ids: randomIds, log: silentLogger, signingKey: 'test', publicRoot: F, ...parts })

/** Set-up rows that a company needs for customers: group 10, terms, site 1 with warehouse 13. */
export async function addCompany(app: TestApp, id: string): Promise<void> {
  const dataAreaId = id
  const rows: readonly (readonly [collection: string, row: Json])[] = [
    ['LegalEntities', { LegalEntityId: id, Name: `Company ${id}`, AccountingCurrency: 'NOK' }],
    ['PaymentTerms', { dataAreaId, Name: 'Net30', NumberOfDays: 30 }],
    ['CustomerGroups', { dataAreaId, CustomerGroupId: '10', Description: 'Customers' }],
    ['OperationalSitesV2', { dataAreaId, SiteId: '1', SiteName: 'Site 1' }],
    ['OperationalSitesV2', { dataAreaId, SiteId: '2', SiteName: 'Site 2' }],
    ['Warehouses', { dataAreaId, WarehouseId: '13', OperationalSiteId: '1' }],
    ['Warehouses', { dataAreaId, WarehouseId: '21', OperationalSiteId: '2' }],
    ['InventoryPolicies', { dataAreaId, PolicyId: 'FIFO' }],
    ['ProductGroups', { dataAreaId, GroupId: 'Goods' }],
  ]
  for (const [collection, row] of rows) {
    const reply = await app.post(`${D}/${collection}`, row)
    if (reply.status !== 201) throw new Error(`${collection}: ${reply.text}`)
  }
}

export const aCustomer = (values: Json = {}): Json => ({
  dataAreaId: 'hms1',
  CustomerAccount: 'C-0001',
  OrganizationName: 'Halvorsen Marine Supply',
  PartyType: 'Organization',
  CustomerGroupId: '10',
  SalesCurrencyCode: 'NOK',
  ...values,
})

/** A database that has had its first start and what `fill` does then, for fixtures that many tests start from. */
export const filledDatabase = (name: string, fill: (app: TestApp) => Promise<void>): PreparedDatabase => ({
  name,
  prepare: async (database) => {
    const endings: (() => Promise<void>)[] = []
    const app = await startTestApp({ onTestFinished: (ending) => void endings.unshift(ending) }, { database })
    await fill(app)
    for (const ending of endings) await ending()
  },
})

const GOLDEN = filledDatabase('supplychaingolden', addGoldenData)

/** The start data of the golden exchanges: companies hms1 (default) and hms2 with their customers. */
export async function startGolden(scope: TestScope, options: AppOptions = {}): Promise<TestApp> {
  const database = options.database ?? (await openScratchDatabase(scope, { prepared: GOLDEN }))
  const app = await startTestApp(scope, { ...options, database, settings: { defaultCompany: 'hms1', ...options.settings } })
  if (options.database !== undefined) await addGoldenData(app)
  return app
}

async function addGoldenData(app: TestApp): Promise<void> {
  await addCompany(app, 'hms1')
  await addCompany(app, 'hms2')
  const customers = [
    aCustomer({ SiteId: '1', WarehouseId: '13' }),
    aCustomer({ CustomerAccount: 'C-0002', OrganizationName: 'Nordkai Yards', SiteId: '1', WarehouseId: '13' }),
    aCustomer({ dataAreaId: 'hms2', OrganizationName: 'Halvorsen Marine Sverige', SalesCurrencyCode: 'SEK' }),
  ]
  for (const customer of customers) {
    const reply = await app.post(`${D}/CustomersV3`, customer)
    if (reply.status !== 201) throw new Error(reply.text)
  }
}
