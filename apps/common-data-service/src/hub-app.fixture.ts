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
} from '@p2c/base'
import type { FastifyInstance } from 'fastify'
import { createCommonDataServiceApp } from './app.ts'

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

export interface CallOptions {
  readonly body?: Json
  readonly headers?: Readonly<Record<string, string>>
}

/** The hub in process, called through its HTTP handlers; paths are below the service root, or links of its answers. */
export interface HubUnderTest {
  readonly clock: ManualClock
  readonly database: Database
  call(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, options?: CallOptions): Promise<Answer>
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>
  post(path: string, body: Json): Promise<Answer>
  patch(path: string, body: Json, headers?: Readonly<Record<string, string>>): Promise<Answer>
  remove(path: string): Promise<Answer>
  /** A bulk action over rows; `@odata.type` is added. */
  bulk(set: string, action: string, targets: readonly Json[]): Promise<Answer>
  /** Lines of a `$batch` whose boundary is `batch_1`; a failed part does not stop those behind it. */
  batch(lines: readonly string[]): Promise<Answer>
  /** Creates a row and gives it back; throws unless that is answered with 201. */
  create(set: string, body: Json): Promise<Json>
  /** Stops this one and starts another on the same database. */
  restart(): Promise<HubUnderTest>
}

const ROOT = '/api/data/v9.2'
const RESOURCE = 'http://hub.test'
const CLIENT = { clientId: '6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0a1', clientSecret: 'secret-of-the-tests' }
const START = '2025-02-11T09:30:00Z'

/** The hub as it is after its first start: making it takes a second, copying it a tenth of one. */
const FIRST_START: PreparedDatabase = {
  name: 'cds',
  prepare: async (database) => {
    const { app } = await openApp(database, createManualClock(START))
    await app.close()
  },
}

/** The hub on a database of its own that has had its first start, or on the one given; stopped and dropped when the scope ends. */
export async function startHub(scope: TestScope, given?: Database): Promise<HubUnderTest> {
  return startOn(scope, given ?? (await openScratchDatabase(scope, { prepared: FIRST_START })), createManualClock(START))
}

async function startOn(scope: TestScope, database: Database, clock: ManualClock): Promise<HubUnderTest> {
  const { app, authorization } = await openApp(database, clock)
  let closed: Promise<void> | undefined
  const close = (): Promise<void> => {
    closed ??= app.close()
    return closed
  }
  scope.onTestFinished(close)
  return {
    clock,
    database,
    ...requestsOf(app, authorization),
    restart: async () => {
      await close()
      return startOn(scope, database, clock)
    },
  }
}

async function openApp(database: Database, clock: ManualClock): Promise<{ readonly app: FastifyInstance; readonly authorization: string }> {
  const identity = createTokenIssuer({ issuer: RESOURCE, key: Buffer.alloc(32, 7), clock, clients: [CLIENT], lifetimeSeconds: 360_000 })
  const app = await createCommonDataServiceApp({ database, clock, ids: randomIds, log: silentLogger, identity, clients: [CLIENT] })
  const token = identity.answerTokenRequest({
    grant_type: 'client_credentials',
    client_id: CLIENT.clientId,
    client_secret: CLIENT.clientSecret,
    scope: `${RESOURCE}/.default`,
  })
  if (token.status !== 200) throw new Error(token.body.error_description)
  return { app, authorization: `Bearer ${token.body.access_token}` }
}

/** A link of an answer is followed as it stands. */
const addressOf = (path: string): string => {
  const link = URL.parse(path)
  if (link !== null) return `${link.pathname}${link.search}`
  return encodeURI(path.startsWith('/') ? path : `${ROOT}/${path}`)
}

function requestsOf(app: FastifyInstance, authorization: string): Omit<HubUnderTest, 'clock' | 'database' | 'restart'> {
  const send = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, options: { payload?: string; headers: object }) => {
    const response = await app.inject({
      method,
      url: addressOf(path),
      headers: { authorization, accept: 'application/json', ...options.headers },
      ...(options.payload !== undefined && { payload: options.payload }),
    })
    const isJson = String(response.headers['content-type'] ?? '').includes('json') && response.body !== ''
    return { status: response.statusCode, headers: response.headers, text: response.body, body: isJson ? JSON.parse(response.body) : {} }
  }
  const call: HubUnderTest['call'] = (method, path, { body, headers } = {}) =>
    send(method, path, {
      headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
      ...(body && { payload: JSON.stringify(body) }),
    })
  return {
    call,
    get: (path, headers = {}) => call('GET', path, { headers }),
    post: (path, body) => call('POST', path, { body }),
    patch: (path, body, headers = {}) => call('PATCH', path, { body, headers }),
    remove: (path) => call('DELETE', path),
    bulk: (set, action, targets) => {
      const Targets = targets.map((target) => ({ '@odata.type': `Microsoft.Dynamics.CRM.${set.toLowerCase()}`, ...target }))
      return call('POST', `${set}/Microsoft.Dynamics.CRM.${action}`, { body: { Targets } })
    },
    batch: (lines) =>
      send('POST', '$batch', {
        headers: { 'content-type': 'multipart/mixed; boundary=batch_1', prefer: 'odata.continue-on-error' },
        payload: `${lines.join('\r\n')}\r\n`,
      }),
    create: async (set, body) => {
      const answer = await call('POST', set, { body, headers: { prefer: 'return=representation' } })
      if (answer.status !== 201) throw new Error(`POST ${set}: ${answer.status} ${answer.text}`)
      return answer.body
    },
  }
}

/** The code of a refusal beside its status: `404 0x80040217`. */
export const refusalOf = (answer: Answer): string => `${answer.status} ${answer.body.error?.code ?? ''}`.trim()

/** A scope that ends with the test file. Call at the top of the file with the `afterAll` of vitest. */
export function fileScope(afterAll: (callback: () => Promise<void>) => void): TestScope {
  const callbacks: (() => unknown)[] = []
  afterAll(async () => {
    for (const callback of callbacks.reverse()) await callback()
  })
  return { onTestFinished: (callback: () => unknown) => void callbacks.push(callback) }
}
