import type { RunningApplication } from '../../support/connected-applications.ts'
import { createOutsideClient, type OutsideClient } from '../../support/outside-client.ts'

/** A row as the wire gives it, as loose as scenarios like it. */
// biome-ignore lint/suspicious/noExplicitAny: answers of the wire are compared, not typed
export type Row = Readonly<Record<string, any>>

/** A request that was refused, for scenarios in which this is what shall happen. */
export interface Refusal {
  readonly status: number
  readonly code: string
  readonly message: string
}

/** An application as one user of its web services sees it. Every call but `refused` throws unless it was carried out. */
export interface Wire {
  readonly client: OutsideClient
  get(path: string): Promise<Row>
  /** Rows of a collection that meet a filter; `query` adds further options (`$select=…&$orderby=…`). */
  rows(collection: string, filter: string, query?: string): Promise<readonly Row[]>
  /** The one row that meets a filter; throws where there is none or another one. */
  row(collection: string, filter: string, query?: string): Promise<Row>
  send(method: string, path: string, body?: unknown): Promise<Row>
  /** The refusal of a call; throws where it was carried out. */
  refused(method: string, path: string, body?: unknown): Promise<Refusal>
}

/** Signs in to an application with client credentials; the token lives an hour of the application's clock. */
export async function signIn({ url, tokenUrl, clientId, clientSecret }: RunningApplication): Promise<string> {
  const response = await fetch(tokenUrl, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: `${url}/.default`,
    }),
  })
  const answer = (await response.json()) as { readonly access_token?: string }
  if (answer.access_token === undefined) throw new Error(`${tokenUrl} gave no token: ${response.status} ${JSON.stringify(answer)}`)
  return answer.access_token
}

/** A user of what lies below `root`; `headers` go with each request. */
export function createWire(root: string, token: string, headers: Readonly<Record<string, string>> = {}): Wire {
  const client = createOutsideClient(root, token)
  const call = (method: string, path: string, body: unknown) =>
    client.call(method, path, { ...(body !== undefined && { body }), headers: { prefer: 'return=representation', ...headers } })
  const send: Wire['send'] = async (method, path, body) => {
    const reply = await call(method, path, body)
    if (reply.status >= 300) throw new Error(`${method} ${path} ${JSON.stringify(body) ?? ''} answered ${reply.status}: ${reply.text}`)
    return reply.json ?? {}
  }
  const get: Wire['get'] = (path) => send('GET', path)
  const rows: Wire['rows'] = async (collection, filter, query) => {
    const options = `$filter=${encodeURIComponent(filter)}${query === undefined ? '' : `&${query}`}`
    return (await get(`/${collection}${collection.includes('?') ? '&' : '?'}${options}`)).value
  }
  return {
    client,
    get,
    rows,
    row: async (collection, filter, query) => {
      const found = await rows(collection, filter, query)
      const [only] = found
      if (only === undefined || found.length > 1) throw new Error(`${collection} has ${found.length} rows where ${filter}`)
      return only
    },
    send,
    refused: async (method, path, body) => {
      const { status, json, text } = await call(method, path, body)
      if (status < 300) throw new Error(`${method} ${path} was carried out: ${status} ${text}`)
      return {
        status,
        code: String(json?.error?.code ?? ''),
        message: String(json?.error?.innererror?.message ?? json?.error?.message ?? text),
      }
    },
  }
}

/** A text in a filter or key. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`
