import { Pool } from 'undici'
import type { Client } from './application.ts'

/** One request to a local application with its token; gives the body of a success as text. */
export type Call = (request: ServiceRequest) => Promise<string>

export interface ServiceRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface Service {
  readonly call: Call
  close(): Promise<void>
}

/** Signs in once: a bench is over long before a token ends. */
export async function openService(url: string, { clientId, clientSecret }: Client, connections: number): Promise<Service> {
  const pool = new Pool(url, { connections, pipelining: 1 })
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, scope: `${url}/.default` }
  const answer = await pool.request({
    method: 'POST',
    path: '/local/oauth2/v2.0/token',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  })
  const { access_token: token } = (await answer.body.json()) as { readonly access_token: string }
  return {
    call: async ({ method, path, headers, body }) => {
      const reply = await pool.request({
        method,
        path,
        headers: { authorization: `Bearer ${token}`, accept: 'application/json', ...headers },
        ...(body !== undefined && { body }),
      })
      const text = await reply.body.text()
      if (reply.statusCode >= 300) throw new Error(`${method} ${path} answered ${reply.statusCode}: ${text.slice(0, 500)}`)
      return text
    },
    close: () => pool.close(),
  }
}

export interface BatchWrite {
  readonly method: 'POST' | 'PATCH'
  readonly path: string
  readonly body: object
}

const CRLF = '\r\n'
const FAILED = /^HTTP\/1\.1 [45]\d\d/m

/** The writes as one change set of one OData batch: all or none. Throws where the service refuses one. */
export async function sendChangeSet(call: Call, root: string, writes: readonly BatchWrite[]): Promise<void> {
  const parts = writes.map((write, index) =>
    [
      '--changeset_1',
      'Content-Type: application/http',
      'Content-Transfer-Encoding: binary',
      `Content-ID: ${index + 1}`,
      '',
      `${write.method} ${root}/${write.path} HTTP/1.1`,
      'Content-Type: application/json',
      'Prefer: return=minimal',
      '',
      JSON.stringify(write.body),
    ].join(CRLF),
  )
  const head = ['--batch_1', 'Content-Type: multipart/mixed; boundary=changeset_1', ''].join(CRLF)
  const body = [head, ...parts, '--changeset_1--', '--batch_1--', ''].join(CRLF)
  const answer = await call({
    method: 'POST',
    path: `${root}/$batch`,
    headers: { 'content-type': 'multipart/mixed; boundary=batch_1' },
    body,
  })
  if (FAILED.test(answer)) throw new Error(`a change set was refused: ${answer.slice(0, 1_000)}`)
}

/** Does `work` on every part, at most `lanes` at a time. */
export async function inLanes<Item>(items: readonly Item[], lanes: number, work: (item: Item) => Promise<void>): Promise<void> {
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < items.length) await work(items[next++] as Item)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}
