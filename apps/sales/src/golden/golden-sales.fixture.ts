import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  createManualClock,
  createTokenIssuer,
  type Database,
  openScratchDatabase,
  type PreparedDatabase,
  randomIds,
  silentLogger,
  type TestScope,
  type TokenIssuer,
} from '@p2c/base'
import type { FastifyInstance } from 'fastify'
import { createSalesApp } from '../app.ts'
import { ROLES } from '../seed/security-roles.ts'
import { DEFAULT_SALES_SETTINGS } from '../settings.ts'
import { type Bound, differences, filled, fixedId as id, sameText } from './compare-exchange.ts'
import { type Exchange, readExchanges } from './read-exchanges.ts'

const HOST = 'halvorsen.crm4.dynamics.com'
const RESOURCE = `https://${HOST}`
const PATH = '/api/data/v9.2'
/** The address under which the handlers see a request of the tests, as they are called without TLS. */
const ROOT = `http://${HOST}${PATH}`
const CLIENT = { clientId: id('a1'), clientSecret: 's3cret~value' }

/** The exchanges of the wire specification, section 21, by their names. G-DV-30 is a request of the server: its test is with the webhooks. */
export const EXCHANGES: ReadonlyMap<string, Exchange> = new Map(
  readExchanges(readFileSync(join(import.meta.dirname, 'exchanges.txt'), 'utf8')).map((exchange) => [exchange.id, exchange]),
)

/** Parts of the start data, in the order in which they are made. */
export const START_DATA = ['customers', 'catalogue', 'opportunity', 'quote', 'orders', 'lead'] as const
export type StartPart = (typeof START_DATA)[number]

export interface GoldenSales {
  /** Replays an exchange and gives what differs; empty when nothing does. */
  replay(exchangeId: string): Promise<readonly string[]>
  /** A call beside the exchanges; asserts that it is carried out. */
  call(method: Method, path: string, body?: object): Promise<unknown>
}

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'

/** Sales in euro with the fixed ids of the specification and parts of its start data; all of it unless told. */
export async function startGoldenSales(t: TestScope, parts: readonly StartPart[] = START_DATA): Promise<GoldenSales> {
  const database = await openScratchDatabase(t, { prepared: FIRST_START })
  const { app, identity } = await openGolden(database)
  t.onTestFinished(() => app.close())
  const token = identity.answerTokenRequest({
    grant_type: 'client_credentials',
    client_id: CLIENT.clientId,
    client_secret: CLIENT.clientSecret,
    scope: `${RESOURCE}/.default`,
  })
  if (token.status !== 200) throw new Error(token.body.error_description)
  const authorization = `Bearer ${token.body.access_token}`
  const call = async (method: Method, path: string, body?: object): Promise<unknown> => {
    const reply = await app.inject({
      method,
      url: path.startsWith('/') ? path : `${PATH}/${encodeURI(path)}`,
      headers: { host: HOST, authorization, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { payload: JSON.stringify(body) }),
    })
    if (reply.statusCode >= 300) throw new Error(`${method} ${path}: ${reply.statusCode} ${reply.payload}`)
    return reply.payload === '' ? undefined : JSON.parse(reply.payload)
  }
  for (const part of START_DATA) if (parts.includes(part)) await MAKE[part](call)
  const bound: Bound = new Map()
  return { call, replay: (exchangeId) => replay(app, exchangeOf(exchangeId), { authorization, bound }) }
}

/** The organisation before its start data. */
const FIRST_START: PreparedDatabase = {
  name: 'salesgolden',
  prepare: async (database) => {
    const { app } = await openGolden(database)
    await app.close()
  },
}

async function openGolden(database: Database): Promise<{ readonly app: FastifyInstance; readonly identity: TokenIssuer }> {
  const clock = createManualClock('2025-02-11T09:30:00Z')
  const identity = createTokenIssuer({ issuer: RESOURCE, key: Buffer.alloc(32, 7), clock, clients: [CLIENT], lifetimeSeconds: 3_600 })
  const app = await createSalesApp({
    database,
    clock,
    ids: randomIds,
    log: silentLogger,
    identity,
    clients: [CLIENT],
    settings: { ...DEFAULT_SALES_SETTINGS, organizationName: 'halvorsen' },
    seedIdentity: {
      organizationId: id('0e'),
      rootBusinessUnitId: id('0d'),
      baseCurrency: { id: id('0b'), code: 'EUR', name: 'Euro', symbol: '€', precision: 2 },
      applicationUsers: [{ clientId: CLIENT.clientId, id: id('0c'), name: 'Integrator', roles: [ROLES.administrator, ROLES.integration] }],
    },
  })
  return { app, identity }
}

function exchangeOf(exchangeId: string): Exchange {
  const exchange = EXCHANGES.get(exchangeId)
  if (exchange === undefined) throw new Error(`there is no exchange ${exchangeId}`)
  return exchange
}

interface ReplayParts {
  readonly authorization: string
  readonly bound: Bound
}

async function replay(app: FastifyInstance, exchange: Exchange, { authorization, bound }: ReplayParts): Promise<readonly string[]> {
  const body = filled(exchange.body, ROOT, bound)
  const reply = await app.inject({
    method: exchange.method as Method,
    url: targetOf(exchange, bound),
    headers: {
      host: HOST,
      accept: 'application/json',
      'odata-version': '4.0',
      'odata-maxversion': '4.0',
      authorization,
      ...(body !== '' && { 'content-type': 'application/json' }),
      ...Object.fromEntries(Object.entries(exchange.headers).map(([name, value]) => [name, filled(value, ROOT, bound)])),
    },
    ...(body !== '' && { payload: body }),
  })
  rememberDeltaLink(reply.payload, bound)
  if (STATUS_AND_CODE_ONLY.includes(exchange.id)) {
    const codes = [exchange.answerBody, reply.payload].map((text) => JSON.parse(text).error.code)
    return differences([exchange.status, codes[0]], [reply.statusCode, codes[1]], { path: 'status and code', bound })
  }
  const headers = { ...exchange.answerHeaders, ...(exchange.id !== 'G-DV-01' && { 'odata-version': '4.0' }) }
  return [
    ...differences(exchange.status, reply.statusCode, { path: 'status', bound }),
    ...Object.entries(headers).flatMap(([name, value]) =>
      sameText(filled(value, ROOT, new Map()), String(reply.headers[name]), bound)
        ? []
        : [`${name}: expected ${value}, not ${String(reply.headers[name])}`],
    ),
    ...bodyDifferences(exchange, reply.payload, bound),
  ]
}

/** The delta of G-DV-19 is read by the link that G-DV-18 gave, not by the one that the specification shows. */
function targetOf({ id: name, url }: Exchange, bound: Bound): string {
  const link = name === 'G-DV-19' ? bound.get('deltaLink') : undefined
  return link === undefined ? encodedTarget(filled(url, ROOT, bound)) : link.slice(`http://${HOST}`.length)
}

function rememberDeltaLink(payload: string, bound: Bound): void {
  const link = payload.startsWith('{') ? JSON.parse(payload)['@odata.deltaLink'] : undefined
  if (typeof link === 'string') bound.set('deltaLink', link)
}

/** Their texts are in circulation in more than one form. Source: wire specification 21. */
const STATUS_AND_CODE_ONLY = ['G-DV-35', 'G-DV-37']

function bodyDifferences(exchange: Exchange, actual: string, bound: Bound): readonly string[] {
  const expected = filled(exchange.answerBody, ROOT, new Map())
  if (expected.startsWith('--')) return sameText(expected, actual.trimEnd(), bound) ? [] : [`body: expected\n${expected}\nnot\n${actual}`]
  if (expected === '' || actual === '') return expected === actual ? [] : [`body: expected '${expected}', not '${actual}'`]
  return differences(parsed(exchange, expected), parsed(exchange, actual), { path: 'body', bound })
}

/** In G-DV-26 the message counts up to the inner exception, in G-DV-01 further members of a token may be there or not. */
function parsed({ id: name }: Exchange, text: string): unknown {
  const body = JSON.parse(text)
  if (name === 'G-DV-26') body.error.message = body.error.message.replace(/InnerException.*/s, '')
  if (name === 'G-DV-01') delete body.ext_expires_in
  return body
}

/** What is written decoded in the specification is sent encoded; escapes that it shows stay as they are. */
function encodedTarget(url: string): string {
  const [path = '', ...query] = url.replace(/^https?:\/\/[^/]+/, '').split('?')
  return `${encodeURI(path)}${query.length === 0 ? '' : `?${encodeQuery(query.join('?')).replaceAll('%25', '%')}`}`
}

/** The XML of a FetchXML query is one option, whatever signs it holds. */
const encodeQuery = (query: string): string =>
  query.startsWith('fetchXml=') ? `fetchXml=${encodeURIComponent(query.slice('fetchXml='.length))}` : encodeURI(query)

type Call = GoldenSales['call']

const line = {
  'productid@odata.bind': `/products(${id('08')})`,
  'uomid@odata.bind': `/uoms(${id('09')})`,
  ispriceoverridden: true,
  priceperunit: 3120,
}
const header = { 'customerid_account@odata.bind': `/accounts(${id('01')})`, 'pricelevelid@odata.bind': `/pricelevels(${id('0a')})` }

/** The start data, made over the Web API. Source: wire specification 21. */
const MAKE: Record<StartPart, (call: Call) => Promise<void>> = {
  customers: async (call) => {
    await call('POST', 'accounts', {
      accountid: id('01'),
      name: 'Halvorsen Marine Supply',
      accountnumber: 'HMS-1001',
      creditlimit: 50000,
      primarycontactid: { contactid: id('02'), firstname: 'Ada', lastname: 'Lind' },
    })
    await call('POST', 'accounts', { accountid: id('10'), name: 'Nordkai Yards', accountnumber: 'HMS-1002' })
  },
  catalogue: async (call) => {
    const groups = (await call('GET', "uomschedules?$filter=name eq 'Default Unit'")) as { value: { uomscheduleid: string }[] }
    const group = { 'uomscheduleid@odata.bind': `/uomschedules(${groups.value[0]?.uomscheduleid})` }
    await call('POST', 'uoms', { uomid: id('09'), name: 'Winch', quantity: 1, ...group })
    await call('POST', 'pricelevels', {
      pricelevelid: id('0a'),
      name: 'Yards',
      'transactioncurrencyid@odata.bind': `/transactioncurrencies(${id('0b')})`,
    })
    await call('POST', 'products', {
      productid: id('08'),
      name: 'Deck winch DW-40',
      productnumber: 'DW-40',
      'defaultuomscheduleid@odata.bind': group['uomscheduleid@odata.bind'],
      'defaultuomid@odata.bind': `/uoms(${id('09')})`,
    })
    await call('POST', 'productpricelevels', {
      'pricelevelid@odata.bind': `/pricelevels(${id('0a')})`,
      'productid@odata.bind': `/products(${id('08')})`,
      'uomid@odata.bind': `/uoms(${id('09')})`,
      amount: 3200,
    })
    await call('PATCH', `products(${id('08')})`, { statecode: 0 })
  },
  opportunity: async (call) => {
    await call('POST', 'opportunities', { opportunityid: id('03'), name: 'Deck winches', ...header })
  },
  quote: async (call) => {
    const values = { quotenumber: 'QUO-01007-K4L2M8', name: 'Deck winch refit', 'opportunityid@odata.bind': `/opportunities(${id('03')})` }
    await call('POST', 'quotes', { quoteid: id('04'), ...values, ...header, quote_details: [{ ...line, quantity: 4 }] })
    await call('PATCH', `quotes(${id('04')})`, { statecode: 1, statuscode: 2 })
  },
  orders: async (call) => {
    const order = (digits: string, name: string, lines: readonly object[]) =>
      call('POST', 'salesorders', { salesorderid: id(digits), name, ...header, order_details: lines })
    await order('05', 'Order A', [{ ...line, salesorderdetailid: id('07'), quantity: 4 }])
    await order('11', 'Order B', [{ ...line, quantity: 2 }])
    await order('20', 'Order C', [])
  },
  lead: async (call) => {
    await call('POST', 'leads', { leadid: id('0f'), subject: 'New crane', firstname: 'Per', lastname: 'Vik', companyname: 'Vik Rederi' })
  },
}
