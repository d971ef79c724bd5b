import type { HttpReply, OutsideClient } from '../../support/outside-client.ts'
import { expectStatus, type Json } from '../calls.ts'
import { assertRefused } from './refusal.ts'

// What every service is called with comes from one place, so that an operation imports one file.
export { column, expectStatus, get, type Json, pages, patch, post, q, read, remove, rows } from '../calls.ts'

export const NS = 'Microsoft.Dynamics.DataEntities'

/** A call that must be refused with this status and a text that contains `says`. */
export async function refused(status: number, call: Promise<HttpReply>, says: string): Promise<HttpReply> {
  const reply = await call
  assertRefused(reply, { status, says })
  return reply
}

/** Creates a row and gives it as stored. */
export const create = async (fo: OutsideClient, set: string, body: Json): Promise<Json> =>
  (await expectStatus(201, fo.call('POST', `/${set}?cross-company=true`, { body }))).json

/** Calls an action of a set, or of a row where `target` has a key; gives its `value`. */
export const act = async (fo: OutsideClient, target: string, action: string, parameters: Json = {}): Promise<unknown> =>
  (await expectStatus(200, fo.call('POST', `/${target}/${NS}.${action}`, { body: parameters }))).json.value

/** Runs a command that must succeed; gives its result. */
export const done = async (fo: OutsideClient, url: string, name: string, parameters: Json): Promise<Json> =>
  (await expectStatus(200, fo.call('POST', `${url}/api/commands/${name}`, { body: parameters }))).json.result
