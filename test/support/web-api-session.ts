import { expect } from 'vitest'
import type { CallOptions, HttpReply, OutsideClient } from './outside-client.ts'

// biome-ignore lint/suspicious/noExplicitAny: answers of the wire are compared, not typed
export type Loose = Record<string, any>

type Headers = Readonly<Record<string, string>>

/** Steps of a walk through the Web API, each with the status that it must have; paths are below the service root, without a slash. */
export interface WebApiSession {
  readonly root: string
  /** Sends with the headers of the public samples, the media type on reads and deletes too. */
  send(status: number, method: string, path: string, options?: CallOptions): Promise<HttpReply>
  read(path: string, headers?: Headers): Promise<Loose>
  /** `value` of a collection. */
  rows(path: string, headers?: Headers): Promise<Loose[]>
  /** Creates a row and gives its URL, as the header names it. */
  create(set: string, body: object): Promise<string>
  remove(path: string): Promise<HttpReply>
  /** `accounts(6f1c…)` of a URL below the root. */
  pathOf(url: string): string
}

/** The key in the parentheses of a row's URL. */
export const idOf = (url: string): string => url.slice(url.indexOf('(') + 1, -1)

export function webApiSession(client: OutsideClient): WebApiSession {
  const send: WebApiSession['send'] = async (status, method, path, options = {}) => {
    const headers = {
      'odata-maxversion': '4.0',
      'odata-version': '4.0',
      'if-none-match': 'null',
      'content-type': 'application/json; charset=utf-8',
      ...options.headers,
    }
    const reply = await client.call(method, `/${path}`, { ...options, headers })
    expect(reply.status, `${method} ${path}: ${reply.text.slice(0, 500)}`).toBe(status)
    expect(reply.headers.get('odata-version')).toBe('4.0')
    return reply
  }
  const read: WebApiSession['read'] = async (path, headers = {}) => (await send(200, 'GET', path, { headers })).json
  return {
    root: client.root,
    send,
    read,
    rows: async (path, headers) => (await read(path, headers)).value,
    create: async (set, body) => {
      const reply = await send(204, 'POST', set, { body })
      expect(reply.text).toBe('')
      return reply.headers.get('odata-entityid') ?? ''
    },
    remove: (path) => send(204, 'DELETE', path),
    pathOf: (url) => url.slice(client.root.length + 1),
  }
}
