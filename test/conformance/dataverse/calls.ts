import assert from 'node:assert/strict'
import type { HttpReply, OutsideClient } from '../../support/outside-client.ts'
import { expectStatus, type Json } from '../calls.ts'
import { assertRefused } from './refusal.ts'

// What every service is called with comes from one place, so that an operation imports one file.
export { column, expectStatus, get, type Json, pages, patch, post, q, read, remove, rows } from '../calls.ts'

export const NS = 'Microsoft.Dynamics.CRM'
export const REPRESENTATION = { prefer: 'return=representation' }

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

/** A FetchXML query as a path. */
export const fetchXml = (set: string, xml: string): string => `${set}?fetchXml=${encodeURIComponent(xml)}`
