import type { Chance } from '../support/chance.ts'
import type { HttpReply, OutsideClient } from '../support/outside-client.ts'
import type { Stopwatch } from './figures.ts'

/** What all sellers work on together, and what they counted. */
export interface Market {
  /** Accounts whose `numberofemployees` the sellers count up, each time guarded by the ETag they read. */
  readonly counters: readonly string[]
  /** Orders that the sellers add lines to. */
  readonly orders: readonly string[]
  readonly currencyId: string
  readonly priceListId: string
  /** Accepted increments per account. */
  readonly counted: Map<string, number>
  /** Accepted lines per order, in cents. */
  readonly added: Map<string, number>
  /** Increments that another seller was quicker with: 412, as it must be. */
  conflicts: number
  readonly numbers: string[]
}

/** One seller: a client with a chance of its own. */
export interface Seller {
  readonly client: OutsideClient
  readonly chance: Chance
  readonly market: Market
  readonly stopwatch: Stopwatch
  /** Makes the names of this seller's rows. */
  readonly name: string
}

/** An answer that no seller expects: the load is over and this is why. */
export class UnexpectedAnswer extends Error {
  override name = 'UnexpectedAnswer'
}

interface Request {
  readonly kind: string
  readonly method: string
  readonly path: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly expected: readonly number[]
}

async function call(seller: Seller, request: Request): Promise<HttpReply> {
  const startedAt = performance.now()
  const reply = await seller.client.call(request.method, request.path, {
    ...(request.body !== undefined && { body: request.body }),
    ...(request.headers !== undefined && { headers: request.headers }),
  })
  seller.stopwatch.note(request.kind, performance.now() - startedAt)
  if (!request.expected.includes(reply.status))
    throw new UnexpectedAnswer(`${request.kind}: ${request.method} ${request.path} answered ${reply.status} ${reply.text.slice(0, 300)}`)
  return reply
}

const REPRESENTATION = { prefer: 'return=representation' }

/** Reads a counter and writes it back by one more, if nobody was quicker. */
async function countUp(seller: Seller): Promise<void> {
  const id = seller.chance.pick(seller.market.counters)
  const read = await call(seller, {
    kind: 'read an account',
    method: 'GET',
    path: `/accounts(${id})?$select=numberofemployees`,
    expected: [200],
  })
  const written = await call(seller, {
    kind: 'update, guarded by ETag',
    method: 'PATCH',
    path: `/accounts(${id})`,
    body: { numberofemployees: read.json.numberofemployees + 1 },
    headers: { 'if-match': read.json['@odata.etag'] },
    expected: [204, 412],
  })
  if (written.status === 412) seller.market.conflicts += 1
  else seller.market.counted.set(id, (seller.market.counted.get(id) ?? 0) + 1)
}

/** Adds a line to an order that others add lines to at the same moment. */
async function addLine(seller: Seller): Promise<void> {
  const id = seller.chance.pick(seller.market.orders)
  const cents = 1 + Math.floor(seller.chance.below(100_000))
  await call(seller, {
    kind: 'add a line to a shared order',
    method: 'POST',
    path: '/salesorderdetails',
    body: {
      'salesorderid@odata.bind': `/salesorders(${id})`,
      isproductoverridden: true,
      productdescription: 'Survey on site',
      quantity: 1,
      priceperunit: cents / 100,
    },
    expected: [204],
  })
  seller.market.added.set(id, (seller.market.added.get(id) ?? 0) + cents)
}

async function createAccount(seller: Seller): Promise<void> {
  const reply = await call(seller, {
    kind: 'create an account',
    method: 'POST',
    path: '/accounts?$select=accountnumber',
    body: { name: `${seller.name} ${Math.floor(seller.chance.below(1e9))}`, telephone1: '+47 51 00 00 00' },
    headers: REPRESENTATION,
    expected: [201],
  })
  seller.market.numbers.push(reply.json.accountnumber)
}

/** A quote with two lines: created, activated, won, turned into an order. */
async function sell(seller: Seller): Promise<void> {
  const customer = seller.chance.pick(seller.market.counters)
  const line = (text: string, price: number) => ({ isproductoverridden: true, productdescription: text, quantity: 2, priceperunit: price })
  const created = await call(seller, {
    kind: 'create a quote with lines',
    method: 'POST',
    path: '/quotes?$select=quotenumber,totalamount',
    headers: REPRESENTATION,
    body: {
      name: `Offer of ${seller.name}`,
      'customerid_account@odata.bind': `/accounts(${customer})`,
      'pricelevelid@odata.bind': `/pricelevels(${seller.market.priceListId})`,
      'transactioncurrencyid@odata.bind': `/transactioncurrencies(${seller.market.currencyId})`,
      quote_details: [line('Mooring', 12.5), line('Towage', 99.99)],
    },
    expected: [201],
  })
  if (created.json.totalamount !== 224.98)
    throw new UnexpectedAnswer(`a quote of 224.98 has the total ${created.json.totalamount}: ${created.text}`)
  seller.market.numbers.push(created.json.quotenumber)
  const id: string = created.json.quoteid
  await call(seller, {
    kind: 'activate a quote',
    method: 'PATCH',
    path: `/quotes(${id})`,
    body: { statecode: 1, statuscode: 2 },
    expected: [204],
  })
  await call(seller, {
    kind: 'win a quote',
    method: 'POST',
    path: '/WinQuote',
    body: { QuoteClose: { subject: 'Accepted', 'quoteid@odata.bind': `/quotes(${id})` }, Status: -1 },
    expected: [204],
  })
  const order = await call(seller, {
    kind: 'turn a quote into an order',
    method: 'POST',
    path: '/ConvertQuoteToSalesOrder',
    body: { QuoteId: id, ColumnSet: { AllColumns: false, Columns: ['ordernumber', 'totalamount'] } },
    expected: [200],
  })
  if (order.json.totalamount !== 224.98)
    throw new UnexpectedAnswer(`the order of a quote of 224.98 has the total ${order.json.totalamount}`)
  seller.market.numbers.push(order.json.ordernumber)
}

const READS: readonly (readonly [kind: string, path: string])[] = [
  ['list accounts', "/accounts?$select=name,accountnumber&$filter=contains(name,'a') and statecode eq 0&$orderby=name&$top=25"],
  [
    'list quotes with customer',
    '/quotes?$select=name,totalamount&$expand=customerid_account($select=name)&$orderby=createdon desc&$top=20',
  ],
  ['count of orders', '/salesorders/$count'],
  [
    'FetchXML with a link',
    `/salesorders?fetchXml=${encodeURIComponent('<fetch top="20"><entity name="salesorder"><attribute name="name"/><link-entity name="account" from="accountid" to="customerid" alias="a"><attribute name="name"/></link-entity></entity></fetch>')}`,
  ],
]

async function read(seller: Seller): Promise<void> {
  const [kind, path] = seller.chance.pick(READS)
  await call(seller, { kind, method: 'GET', path, expected: [200] })
}

/** Out of twenty: half of the work reads. */
const WORK: readonly ((seller: Seller) => Promise<void>)[] = [
  ...Array.from({ length: 10 }, () => read),
  ...Array.from({ length: 4 }, () => countUp),
  ...Array.from({ length: 3 }, () => addLine),
  ...Array.from({ length: 2 }, () => createAccount),
  sell,
]

/** Works until the time is over or somebody met an answer that nobody expects. */
export async function workUntil(seller: Seller, isOver: () => boolean): Promise<void> {
  while (!isOver()) await seller.chance.pick(WORK)(seller)
}
