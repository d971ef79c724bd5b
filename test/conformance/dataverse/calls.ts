import assert from 'node:assert/strict'
import type { CallOptions, HttpReply, OutsideClient } from '../../support/outside-client.ts'
import { assertRefused } from './refusal.ts'

/** A JSON object as tests like it. */
// biome-ignore lint/suspicious/noExplicitAny: answers of the wire are compared, not typed
export type Json = Record<string, any>

export const NS = 'Microsoft.Dynamics.CRM'
export const REPRESENTATION = { prefer: 'return=representation' }

/** A call that must end with this status. */
export async function expectStatus(status: number, call: Promise<HttpReply>): Promise<HttpReply> {
  const reply = await call
  assert.equal(reply.status, status, reply.text.slice(0, 500))
  return reply
}

/** A call that must be refused with status and code, `'404 0x80040217'`, and a message that matches. */
export async function refused(answer: string, call: Promise<HttpReply>, text?: RegExp): Promise<HttpReply> {
  const [status = '', code = ''] = answer.split(' ')
  const reply = await call
  assertRefused(reply, { status: Number(status), code }, text)
  return reply
}

/** The id in the `OData-EntityId` of a reply. */
export function idOf(reply: HttpReply): string {
  const id = /\(([0-9a-f-]{36})\)$/.exec(reply.headers.get('odata-entityid') ?? '')?.[1]
  assert.ok(id !== undefined, `no id in OData-EntityId: ${reply.headers.get('odata-entityid')}`)
  return id
}

/** Creates a row and gives its id. */
export const create = async (dv: OutsideClient, set: string, body: Json): Promise<string> =>
  idOf(await expectStatus(204, dv.call('POST', `/${set}`, { body })))

/** The body of a GET that must succeed. */
export const read = async (dv: OutsideClient, path: string, headers: Record<string, string> = {}): Promise<Json> =>
  (await expectStatus(200, dv.call('GET', `/${path}`, { headers }))).json

/** The rows of a collection. */
export const rows = async (dv: OutsideClient, path: string, headers?: Record<string, string>): Promise<readonly Json[]> =>
  (await read(dv, path, headers)).value

/** One column of the rows of a collection. */
export const column = async (dv: OutsideClient, path: string, name: string): Promise<readonly unknown[]> =>
  (await rows(dv, path)).map((row) => row[name])

export const patch = (dv: OutsideClient, path: string, body: unknown, headers: Record<string, string> = {}): Promise<HttpReply> =>
  dv.call('PATCH', `/${path}`, { body, headers })

export const post = (dv: OutsideClient, path: string, body: unknown, options: Omit<CallOptions, 'body'> = {}): Promise<HttpReply> =>
  dv.call('POST', `/${path}`, { body, ...options })

export const get = (dv: OutsideClient, path: string, headers: Record<string, string> = {}): Promise<HttpReply> =>
  dv.call('GET', `/${path}`, { headers })

export const remove = (dv: OutsideClient, path: string, headers: Record<string, string> = {}): Promise<HttpReply> =>
  dv.call('DELETE', `/${path}`, { headers })

/** A FetchXML query as a path. */
export const fetchXml = (set: string, xml: string): string => `${set}?fetchXml=${encodeURIComponent(xml)}`

/** A value inside a query. */
export const q = encodeURIComponent

/** Every page of a collection: the rows of each. */
export async function pages(dv: OutsideClient, path: string, headers: Record<string, string>): Promise<readonly (readonly Json[])[]> {
  const found: (readonly Json[])[] = []
  let link: string | undefined = `/${path}`
  while (link !== undefined) {
    const page: Json = (await expectStatus(200, dv.call('GET', link, { headers }))).json
    found.push(page.value)
    link = page['@odata.nextLink']
  }
  return found
}
