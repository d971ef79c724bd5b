import { setTimeout as delay } from 'node:timers/promises'
import type { SequenceClient, SequenceReply } from '../load/command-sequences.ts'

/** How a client that cannot know whether its request arrived speaks to Supply Chain. */
export interface PatientClient extends SequenceClient {
  readonly root: string
  /** A command under an idempotency key; gives the answer and whether it is one that was given before. */
  keyed(name: string, key: string, body: object): Promise<SequenceReply & { readonly isReplayed: boolean }>
  /** Any request, repeated until it has an answer. */
  send(method: string, url: string, options?: SendOptions): Promise<PatientReply>
}

export interface SendOptions {
  readonly body?: object | Uint8Array
  readonly headers?: Readonly<Record<string, string>>
}

export interface PatientReply extends SequenceReply {
  readonly isReplayed: boolean
  /** An earlier try got no answer: it may have been carried out. */
  readonly wasLost: boolean
}

export interface PatientOptions {
  readonly root: string
  readonly token: string
  /** One request, its repetitions included, takes no longer than this. */
  readonly withinMs?: number
  /** Hears how long each request took, its repetitions included. */
  readonly onAnswer?: (kind: string, milliseconds: number) => void
}

const PAUSE_MS = 40
const ONE_TRY_MS = 30_000

/** Repeats what got no answer, or 503, until it has one; anything else is for the caller to judge. */
export function createPatientClient({ root, token, withinMs = 90_000, onAnswer }: PatientOptions): PatientClient {
  const send: PatientClient['send'] = async (method, url, { body, headers = {} } = {}) => {
    const isBytes = body instanceof Uint8Array
    const startedAt = performance.now()
    for (let wasLost = false; ; wasLost = true) {
      const reply = await once(url, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body !== undefined && !isBytes && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: isBytes ? (body as NonNullable<RequestInit['body']>) : JSON.stringify(body) }),
      })
      if (reply !== undefined && reply.status !== 503) {
        onAnswer?.(`${method} ${new URL(url).pathname.replace(/\(.*/, '')}`, performance.now() - startedAt)
        return { ...reply, wasLost }
      }
      if (performance.now() - startedAt > withinMs) throw new Error(`${method} ${url}: no answer within ${withinMs} ms`)
      await delay(PAUSE_MS)
    }
  }
  return {
    root,
    send,
    async data(method, path, body) {
      const reply = await send(method, encodeURI(`${root}/data${path}`), body === undefined ? {} : { body })
      // The try whose answer was lost had made the row.
      const isMade = method === 'POST' && reply.wasLost && reply.status === 400 && reply.text.includes('The record already exists.')
      return isMade ? { ...reply, status: 201 } : reply
    },
    command: (name, body) => send('POST', `${root}/api/commands/${name}`, { body }),
    keyed: (name, key, body) => send('POST', `${root}/api/commands/${name}`, { body, headers: { 'idempotency-key': key } }),
  }
}

/** Undefined where no answer came: refused, broken off, or too late. */
async function once(url: string, init: RequestInit): Promise<Omit<PatientReply, 'wasLost'> | undefined> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(ONE_TRY_MS) })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.startsWith('application/json') === true && text !== ''
    return {
      status: response.status,
      text,
      json: isJson ? JSON.parse(text) : undefined,
      isReplayed: response.headers.get('idempotency-replayed') === 'true',
    }
  } catch (error) {
    if (error instanceof TypeError || (error instanceof DOMException && error.name === 'TimeoutError')) return undefined
    throw error
  }
}
