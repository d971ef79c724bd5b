import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serveOrders } from '../processes/child.ts'
import { accountNumber, phoneOf } from './account.ts'
import { createStubDestination, nowMs, type StubDestination } from './destination.ts'
import { createStubSource, type StubSource } from './source.ts'

/*
 * The stub end points, a process of their own. Plain JSON over HTTP: GET /source/<entity>?size=&after=&since= (a page), GET .../count,
 * POST .../by-keys, POST /destination/<entity> (an upsert).
 */

const sources = new Map<string, StubSource>()
const destinations = new Map<string, StubDestination>()
let requests = 0

const sourceOf = (entity: string): StubSource => sources.get(entity) ?? missing(entity)
const destinationOf = (entity: string): StubDestination => destinations.get(entity) ?? missing(entity)

function missing(entity: string): never {
  throw new Error(`the stub has no entity '${entity}'`)
}

const server = createServer((request, response) => {
  requests++
  respond(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)))
})
server.keepAliveTimeout = 60_000

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://stub')
  const [, side, entity = '', action] = url.pathname.split('/')
  const body = request.method === 'POST' ? await bodyOf(request) : NO_BODY
  const answer = side === 'destination' ? await upsert(entity, body) : read(sourceOf(entity), { action, query: url.searchParams, body })
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length }).end(answer)
}

const NO_BODY = Buffer.alloc(0)

const upsert = async (entity: string, body: Buffer): Promise<Buffer> => toJson(await destinationOf(entity).upsert(body))

interface ReadCall {
  readonly action: string | undefined
  readonly query: URLSearchParams
  readonly body: Buffer
}

function read(source: StubSource, { action, query, body }: ReadCall): Buffer {
  if (action === 'count') return toJson(source.count(query))
  if (action === 'by-keys') return toJson(source.byKeys(JSON.parse(body.toString('utf8'))))
  return source.page(query)
}

const toJson = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

const orders = {
  listen: async (_: null) => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  },
  /** A source of so many rows, its pages made beforehand. */
  putSource: async ({ entity, rows, pageSize }: { readonly entity: string; readonly rows: number; readonly pageSize: number }) => {
    const source = createStubSource(rows)
    source.prepare(pageSize)
    sources.set(entity, source)
  },
  putDestination: async ({ entity, refuseEvery = 0 }: { readonly entity: string; readonly refuseEvery?: number }) => {
    destinations.set(entity, createStubDestination({ refuseEvery }))
  },
  /** Lets the rows of earlier measurements go. */
  clear: async (_: null) => {
    sources.clear()
    destinations.clear()
  },
  change: async ({ entity, numbers }: { readonly entity: string; readonly numbers: readonly number[] }) => {
    for (const number of numbers) sourceOf(entity).change(number)
  },
  /** Changes one row and resolves with the milliseconds until the destination has it. */
  changeAndWait: async ({
    source,
    destination,
    number,
  }: {
    readonly source: string
    readonly destination: string
    readonly number: number
  }) => {
    const acceptedAtMs = nowMs()
    const version = sourceOf(source).change(number)
    const visibleAtMs = await destinationOf(destination).untilVisible(accountNumber(number), phoneOf(number, version))
    return visibleAtMs - acceptedAtMs
  },
  facts: async ({ destination }: { readonly destination: string }) => ({ requests, ...destinationOf(destination).facts() }),
  holdAt: async ({ destination, rows }: { readonly destination: string; readonly rows: number }) => destinationOf(destination).holdAt(rows),
  release: async ({ destination }: { readonly destination: string }) => destinationOf(destination).release(),
  nextWrite: async ({ destination }: { readonly destination: string }) => destinationOf(destination).nextWrite(),
}
export type StubOrders = typeof orders

serveOrders(orders)
