import assert from 'node:assert/strict'
import type { CallOptions, HttpReply, OutsideClient } from '../support/outside-client.ts'

/** A JSON object as tests like it. */
// biome-ignore lint/suspicious/noExplicitAny: answers of the wire are compared, not typed
export type Json = Record<string, any>

/** A call that must end with this status. */
export async function expectStatus(status: number, call: Promise<HttpReply>): Promise<HttpReply> {
  const reply = await call
  assert.equal(reply.status, status, reply.text.slice(0, 500))
  return reply
}

/** The body of a GET that must succeed. */
export const read = async (client: OutsideClient, path: string, headers: Record<string, string> = {}): Promise<Json> =>
  (await expectStatus(200, client.call('GET', `/${path}`, { headers }))).json

/** The rows of a collection. */
export const rows = async (client: OutsideClient, path: string, headers?: Record<string, string>): Promise<readonly Json[]> =>
  (await read(client, path, headers)).value

/** One column of the rows of a collection. */
export const column = async (client: OutsideClient, path: string, name: string): Promise<readonly unknown[]> =>
  (await rows(client, path)).map((row) => row[name])

export const patch = (client: OutsideClient, path: string, body: unknown, headers: Record<string, string> = {}): Promise<HttpReply> =>
  client.call('PATCH', `/${path}`, { body, headers })

export const post = (client: OutsideClient, path: string, body: unknown, options: Omit<CallOptions, 'body'> = {}): Promise<HttpReply> =>
  client.call('POST', `/${path}`, { body, ...options })

export const get = (client: OutsideClient, path: string, headers: Record<string, string> = {}): Promise<HttpReply> =>
  client.call('GET', `/${path}`, { headers })

export const remove = (client: OutsideClient, path: string, headers: Record<string, string> = {}): Promise<HttpReply> =>
  client.call('DELETE', `/${path}`, { headers })

/** A value inside a query. */
export const q = encodeURIComponent

/** Every page of a collection: the rows of each. */
export async function pages(client: OutsideClient, path: string, headers: Record<string, string>): Promise<readonly (readonly Json[])[]> {
  const found: (readonly Json[])[] = []
  let link: string | undefined = `/${path}`
  while (link !== undefined) {
    const page: Json = (await expectStatus(200, client.call('GET', link, { headers }))).json
    found.push(page.value)
    link = page['@odata.nextLink']
  }
  return found
}
