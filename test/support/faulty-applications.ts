import { Agent, type IncomingHttpHeaders, request } from 'node:http'
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
import { createSalesApp, DEFAULT_SALES_SETTINGS } from '@p2c/sales'
import { createSupplyChainApp } from '@p2c/supply-chain'
import { FIRST_START as SUPPLY_CHAIN_FIRST_START } from '../../apps/supply-chain/src/supply-chain-app.fixture.ts'

/** What came back over the wire, however little it was. */
export interface WireReply {
  /** Undefined: the connection ended without an answer. */
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** All of the body arrived. */
  readonly isWhole: boolean
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many shapes
  readonly json: any
}

export interface WireCall {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** Replaces the token; empty: none. */
  readonly token?: string
}

/** One application over a real socket with a clock that stands still, and what tests of faults need to know of its API. */
export interface FaultyApplication {
  readonly url: string
  readonly clock: ManualClock
  readonly token: string
  call(method: string, path: string, call?: WireCall): Promise<WireReply>
  /** `PUT /local/faults`; throws where it is refused. */
  faults(rules: readonly object[], more?: object): Promise<void>
  limits(limits: object): Promise<void>
  /** Everything off. */
  clear(): Promise<void>
  signIn(clientId?: string): Promise<string>
  stop(): Promise<void>
  /** A secured address that reads a few rows. */
  readonly readPath: string
  /** Creates one row, and says whether it is there. */
  create(name: string): Promise<WireReply>
  readonly createPath: string
  exists(name: string): Promise<boolean>
}

export const CLIENT = { clientId: '6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0a1', clientSecret: 's3cret~value' }
export const OTHER_CLIENT = { clientId: '0b8a7f3e-52c1-4f0a-8d6e-7a1c9e4b2d55', clientSecret: 'an0ther~value' }
const CLIENTS = [CLIENT, OTHER_CLIENT]

interface Started {
  readonly clock: ManualClock
  readonly app: { listen(options: { host: string; port: number }): Promise<string>; close(): Promise<void> }
  readonly address: { url: string }
}

interface Manners {
  readonly readPath: string
  readonly createPath: string
  readonly rowOf: (name: string) => object
  readonly findPath: (name: string) => string
}

function newIssuer() {
  const clock = createManualClock('2025-02-11T09:30:00Z')
  const address = { url: '' }
  const identity = createTokenIssuer({
    issuer: 'test',
    key: Buffer.alloc(32, 7),
    clock,
    clients: CLIENTS,
    resources: () => [address.url],
    lifetimeSeconds: 86_400,
  })
  return { clock, address, identity }
}

const openSales = (database: Database, { clock, identity }: Pick<ReturnType<typeof newIssuer>, 'clock' | 'identity'>) =>
  createSalesApp({ database, clock, ids: randomIds, log: silentLogger, identity, clients: CLIENTS, settings: DEFAULT_SALES_SETTINGS })

/** Sales after its first start with both clients. */
const SALES_FIRST_START: PreparedDatabase = {
  name: 'salesoftwoclients',
  prepare: async (database) => {
    const app = await openSales(database, newIssuer())
    await app.close()
  },
}

/** Sales on a database of its own; stops with `scope`. */
export async function startFaultySales(scope: TestScope): Promise<FaultyApplication> {
  const database = await openScratchDatabase(scope, { prepared: SALES_FIRST_START })
  const { clock, address, identity } = newIssuer()
  const app = await openSales(database, { clock, identity })
  return start(
    scope,
    { clock, app, address },
    {
      readPath: '/api/data/v9.2/accounts?$select=name&$top=3',
      createPath: '/api/data/v9.2/accounts',
      rowOf: (name) => ({ name, accountnumber: name }),
      findPath: (name) => `/api/data/v9.2/accounts?$select=name&$filter=accountnumber%20eq%20%27${name}%27`,
    },
  )
}

/** Supply Chain, the same. */
export async function startFaultySupplyChain(scope: TestScope): Promise<FaultyApplication> {
  const database = await openScratchDatabase(scope, { prepared: SUPPLY_CHAIN_FIRST_START })
  const { clock, address, identity } = newIssuer()
  const app = await createSupplyChainApp({ database, clock, ids: randomIds, log: silentLogger, tokens: identity, signingKey: 'test' })
  return start(
    scope,
    { clock, app, address },
    {
      readPath: '/data/PaymentTerms?$top=3',
      createPath: '/data/PaymentTerms',
      rowOf: (name) => ({ dataAreaId: 'usmf', Name: name, NumberOfDays: 30 }),
      findPath: (name) => `/data/PaymentTerms?$filter=Name%20eq%20%27${name}%27`,
    },
  )
}

async function start(scope: TestScope, { clock, app, address }: Started, manners: Manners): Promise<FaultyApplication> {
  address.url = await app.listen({ host: '127.0.0.1', port: 0 })
  let isStopped = false
  const stop = async (): Promise<void> => {
    if (!isStopped) await app.close()
    isStopped = true
  }
  scope.onTestFinished(stop)
  const signIn = async (clientId = CLIENT.clientId): Promise<string> => {
    const client = CLIENTS.find((one) => one.clientId === clientId) ?? CLIENT
    const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: client.clientId, client_secret: client.clientSecret })
    form.set('scope', `${address.url}/.default`)
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const reply = await send(`${address.url}/local/oauth2/v2.0/token`, { method: 'POST', headers, body: form.toString() })
    if (reply.status !== 200) throw new Error(`no token: ${reply.status} ${reply.text}`)
    return reply.json.access_token
  }
  const token = await signIn()
  const call: FaultyApplication['call'] = (method, path, { body, headers = {}, token: used = token } = {}) =>
    send(`${address.url}${path}`, {
      method,
      headers: {
        accept: 'application/json',
        ...(used !== '' && { authorization: `Bearer ${used}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
    })
  const put = async (path: string, body: object): Promise<void> => {
    const reply = await call('PUT', path, { body })
    if (reply.status !== 200) throw new Error(`${path}: ${reply.status} ${reply.text}`)
  }
  return {
    url: address.url,
    clock,
    token,
    call,
    signIn,
    stop,
    faults: (rules, more = {}) => put('/local/faults', { seed: 7, rules, ...more }),
    limits: (limits) => put('/local/limits', limits),
    async clear() {
      await call('DELETE', '/local/faults')
      await call('DELETE', '/local/limits')
    },
    readPath: manners.readPath,
    createPath: manners.createPath,
    create: (name) => call('POST', manners.createPath, { body: manners.rowOf(name) }),
    exists: async (name) => (await call('GET', manners.findPath(name))).json.value.length === 1,
  }
}

interface Sent {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

/** A connection for each call: what happens to one is seen by no other. */
const AGENT = new Agent({ keepAlive: false })

function send(url: string, { method, headers, body }: Sent): Promise<WireReply> {
  return new Promise((resolve) => {
    const sent = request(url, { method, headers, agent: AGENT }, (answer) => {
      const chunks: Buffer[] = []
      const finish = (): void => {
        const text = Buffer.concat(chunks).toString('utf8')
        resolve({ status: answer.statusCode, headers: answer.headers, text, isWhole: answer.complete, json: parsed(text) })
      }
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.once('error', finish) // ends in the middle
      answer.once('close', finish)
    })
    sent.once('error', () => resolve({ status: undefined, headers: {}, text: '', isWhole: false, json: undefined }))
    sent.end(body)
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // a page, or half of an answer
  }
}
