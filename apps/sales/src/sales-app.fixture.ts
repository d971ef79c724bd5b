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
import { createSalesApp } from './app.ts'
import { DEFAULT_SALES_SWITCHES } from './domain/sales-switches.ts'
import { DEFAULT_SALES_SETTINGS, type SalesSettings } from './settings.ts'

/** A JSON object of an answer, as loose as tests like it. */
export interface Json {
  // biome-ignore lint/suspicious/noExplicitAny: answers of the wire are compared, not typed
  readonly [name: string]: any
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: Json
  readonly text: string
}

/** Sales in process, called through its HTTP handlers. */
export interface SalesUnderTest {
  readonly clock: ManualClock
  readonly database: Database
  get(path: string): Promise<Answer>
  post(path: string, body: Json): Promise<Answer>
  patch(path: string, body: Json, headers?: Record<string, string>): Promise<Answer>
  put(path: string, body: Json): Promise<Answer>
  /** The same application, called on behalf of another user (`MSCRMCallerID`). */
  as(userId: string): SalesUnderTest
  remove(path: string): Promise<Answer>
  /** Creates a row and gives it back with these columns; asserts the 201. */
  create(set: string, body: Json, select?: string): Promise<Json>
  /** Creates a user with the roles named, of the root business unit unless told, and gives its id; `as` calls on its behalf. */
  user(options: UserOptions): Promise<string>
  /** A bulk action of a set. */
  bulk(set: string, action: string, targets: readonly Json[]): Promise<Answer>
  /** The id of the first row that a filter finds. */
  idOf(set: string, filter: string): Promise<string>
  /** Stops this one and starts another on the same database, with other settings where given. */
  restart(changes?: Partial<SalesSettings>): Promise<SalesUnderTest>
  /** Sends lines as a batch; a failed part does not stop those behind it. */
  batch(lines: readonly string[]): Promise<Answer>
  /** Without a token. */
  anonymous(path: string): Promise<Answer>
}

export interface UserOptions {
  /** Names: `Salesperson`. */
  readonly roles: readonly string[]
  /** Id of a business unit. */
  readonly unit?: string
  readonly integration?: boolean
}

const ROOT = '/api/data/v9.2'
const RESOURCE = 'http://sales.test'
const CLIENT = { clientId: '6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0a1', clientSecret: 'secret-of-the-tests' }

const START = '2025-02-11T09:30:00Z'

const firstStart = (name: string, settings: SalesSettings): PreparedDatabase => ({
  name,
  prepare: async (database) => {
    const app = await openApp({ database, clock: createManualClock(START), settings })
    await app.app.close()
  },
})

/** The organisation as it is after its first start: making it takes seconds, copying it a tenth of one. */
export const FIRST_START = firstStart('sales', DEFAULT_SALES_SETTINGS)

const WITHOUT_SOLUTION = firstStart('salesbare', { ...DEFAULT_SALES_SETTINGS, installSolution: false })

/** The prepared database that a start with these settings would have made; the switches of rules leave no trace in it. */
function preparedFor(settings: Partial<SalesSettings>): { readonly prepared?: PreparedDatabase } {
  const traces = Object.entries(settings).filter(([name]) => !(name in DEFAULT_SALES_SWITCHES))
  if (traces.length === 0) return { prepared: FIRST_START }
  return traces.length === 1 && settings.installSolution === false ? { prepared: WITHOUT_SOLUTION } : {}
}

/**
 * Sales on a database of its own that has had its first start, or on the one given; stopped and dropped when the test ends. Settings that
 * leave a trace at a first start have one of their own.
 */
export async function startSales(scope: TestScope, settings: Partial<SalesSettings> = {}, given?: Database): Promise<SalesUnderTest> {
  const database = given ?? (await openScratchDatabase(scope, preparedFor(settings)))
  return startOn(scope, { database, clock: createManualClock(START), settings: { ...DEFAULT_SALES_SETTINGS, ...settings } })
}

interface Parts {
  readonly database: Database
  readonly clock: ManualClock
  readonly settings: SalesSettings
}

async function startOn(scope: TestScope, parts: Parts): Promise<SalesUnderTest> {
  const { database, clock, settings } = parts
  const { app, identity } = await openApp(parts)
  let closed = false
  const close = async (): Promise<void> => {
    if (!closed) await app.close()
    closed = true
  }
  scope.onTestFinished(close)
  const restart = async (changes: Partial<SalesSettings> = {}): Promise<SalesUnderTest> => {
    await close()
    return startOn(scope, { ...parts, settings: { ...settings, ...changes } })
  }
  const authorization = tokenOf(identity)
  const calledAs = (headers: Record<string, string>): SalesUnderTest => ({
    clock,
    database,
    restart,
    as: (userId) => calledAs({ mscrmcallerid: userId }),
    ...requestsOf(app, { authorization, ...headers }),
  })
  return calledAs({})
}

async function openApp({ database, clock, settings }: Parts): Promise<{ readonly app: FastifyInstance; readonly identity: TokenIssuer }> {
  const identity = createTokenIssuer({ issuer: RESOURCE, key: Buffer.alloc(32, 7), clock, clients: [CLIENT], lifetimeSeconds: 360_000 })
  const app = await createSalesApp({ database, clock, ids: randomIds, log: silentLogger, identity, clients: [CLIENT], settings })
  return { app, identity }
}

function tokenOf(identity: TokenIssuer): string {
  const token = identity.answerTokenRequest({
    grant_type: 'client_credentials',
    client_id: CLIENT.clientId,
    client_secret: CLIENT.clientSecret,
    scope: `${RESOURCE}/.default`,
  })
  if (token.status !== 200) throw new Error(token.body.error_description)
  return `Bearer ${token.body.access_token}`
}

function requestsOf(app: FastifyInstance, always: Record<string, string>): Omit<SalesUnderTest, 'clock' | 'database' | 'restart' | 'as'> {
  const call = async (
    method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE',
    path: string,
    { body, headers }: CallOptions = {},
  ): Promise<Answer> => {
    const response = await app.inject({
      method,
      url: encodeURI(path.startsWith('/') ? path : `${ROOT}/${path}`),
      headers: { ...always, accept: 'application/json', ...(body && { 'content-type': 'application/json' }), ...headers },
      ...(body && { payload: JSON.stringify(body) }),
    })
    const isJson = String(response.headers['content-type'] ?? '').includes('json') && response.body !== ''
    return { status: response.statusCode, headers: response.headers, text: response.body, body: isJson ? JSON.parse(response.body) : {} }
  }
  const requests: ReturnType<typeof requestsOf> = {
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, { body }),
    patch: (path, body, headers = {}) => call('PATCH', path, { body, headers }),
    put: (path, body) => call('PUT', path, { body }),
    remove: (path) => call('DELETE', path),
    batch: async (lines) => {
      const response = await app.inject({
        method: 'POST',
        url: `${ROOT}/$batch`,
        headers: { ...always, 'content-type': 'multipart/mixed; boundary=batch_1', prefer: 'odata.continue-on-error' },
        payload: `${lines.join('\r\n')}\r\n`,
      })
      const isJson = String(response.headers['content-type'] ?? '').includes('json')
      return { status: response.statusCode, headers: response.headers, text: response.body, body: isJson ? JSON.parse(response.body) : {} }
    },
    anonymous: (path) => call('GET', path, { headers: { authorization: '' } }),
    bulk: (set, action, targets) => call('POST', `${set}/Microsoft.Dynamics.CRM.${action}`, { body: { Targets: targets } }),
    create: async (set, body, select) => {
      const path = select === undefined ? set : `${set}?$select=${select}`
      const answer = await call('POST', path, { body, headers: { prefer: 'return=representation' } })
      if (answer.status !== 201) throw new Error(`POST ${set}: ${answer.status} ${answer.text}`)
      return answer.body
    },
    user: (options) => createUser(requests, options),
    idOf: async (set, filter) => {
      const answer = await call('GET', `${set}?$filter=${filter}&$top=1`)
      const id: unknown = answer.body.value?.[0]?.[`${singular(set)}id`]
      if (typeof id !== 'string') throw new Error(`no row of ${set} where ${filter}: ${answer.text}`)
      return id
    },
  }
  return requests
}

let users = 0

async function createUser(requests: ReturnType<typeof requestsOf>, options: UserOptions): Promise<string> {
  users += 1
  const user = await requests.create(
    'systemusers',
    {
      domainname: `user-${users}@sales.test`,
      firstname: 'User',
      lastname: String(users),
      isintegrationuser: options.integration ?? false,
      ...(options.unit !== undefined && { 'businessunitid@odata.bind': `/businessunits(${options.unit})` }),
    },
    'systemuserid',
  )
  for (const role of options.roles) {
    const id = await requests.idOf('roles', `name eq '${role}'`)
    const answer = await requests.post(`systemusers(${user.systemuserid})/systemuserroles_association/$ref`, {
      '@odata.id': `http://sales.test${ROOT}/roles(${id})`,
    })
    if (answer.status !== 204) throw new Error(`role ${role}: ${answer.status} ${answer.text}`)
  }
  return String(user.systemuserid)
}

interface CallOptions {
  readonly body?: Json
  readonly headers?: Record<string, string>
}

const singular = (set: string): string => (set === 'transactioncurrencies' ? 'transactioncurrency' : set.replace(/s$/, ''))

/** The code of a refusal beside its status: `400 0x80043b06`. */
export const refusalOf = (answer: Answer): string => `${answer.status} ${answer.body.error?.code ?? ''}`.trim()
