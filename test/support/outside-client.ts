import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { p2cJson, type StartedInstallation } from './command-line.ts'

export interface HttpReply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body as JSON; undefined where it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many shapes
  readonly json: any
}

export interface CallOptions {
  /** Sent as it is when text or bytes, as JSON otherwise. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** Replaces the token; empty for none. */
  readonly token?: string
}

/** A client that knows nothing but an address and a token: what curl would do. */
export interface OutsideClient {
  readonly root: string
  call(method: string, path: string, options?: CallOptions): Promise<HttpReply>
}

export function createOutsideClient(root: string, token: string): OutsideClient {
  return {
    root,
    call: async (method, path, options = {}) => {
      const used = options.token ?? token
      const { body } = options
      const raw = body === undefined || typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body)
      const response = await fetch(path.startsWith('http') ? path : `${root}${path}`, {
        method,
        headers: {
          accept: 'application/json',
          ...(used !== '' && { authorization: `Bearer ${used}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...options.headers,
        },
        ...(raw !== undefined && { body: raw as NonNullable<RequestInit['body']> }),
      })
      const text = await response.text()
      return { status: response.status, headers: response.headers, text, json: parse(text) }
    },
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export interface OutsideClients {
  /** Below `/api/data/v9.2`. */
  readonly sales: OutsideClient
  /** Below `/data`. */
  readonly supplyChain: OutsideClient
  readonly tokens: { readonly sales: string; readonly supplyChain: string; readonly server: string }
}

/** Clients of a running installation with the tokens that `p2c token` prints. */
export async function outsideClients({ data, urls }: StartedInstallation): Promise<OutsideClients> {
  const tokenOf = async (part: string): Promise<string> => (await p2cJson<{ token: string }>(['token', part, '--data', data])).token
  const [sales, supplyChain, server] = await Promise.all([tokenOf('sales'), tokenOf('supply-chain'), tokenOf('server')])
  return {
    sales: createOutsideClient(`${urls.sales}/api/data/v9.2`, sales),
    supplyChain: createOutsideClient(`${urls.supplyChain}/data`, supplyChain),
    tokens: { sales, supplyChain, server },
  }
}

interface Credentials {
  readonly clientId: string
  readonly clientSecret: string
}

/** The client credentials of an installation, from its folder. */
export async function credentialsOf(data: string): Promise<{ readonly sales: Credentials; readonly supplyChain: Credentials }> {
  return JSON.parse(await readFile(join(data, 'secrets.json'), 'utf8'))
}
