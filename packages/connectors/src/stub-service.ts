import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createManualClock, type ManualClock, silentLogger } from '@p2c/base'
import type { ConnectorSettings } from './http/connector-settings.ts'

export interface StubRequest {
  readonly method: string
  /** Path and query, decoded, with blanks as blanks. */
  readonly url: string
  readonly rawUrl: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** `reset` breaks the connection instead of answering, after the handler did its work. */
export type StubAnswer =
  | {
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: unknown
      readonly raw?: string | Uint8Array
    }
  | 'reset'

export type StubHandler = (request: StubRequest) => StubAnswer | undefined

export interface StubService {
  readonly root: string
  readonly clock: ManualClock
  /** Without token requests. */
  readonly requests: StubRequest[]
  readonly waits: number[]
  tokenRequests: number
  /** Settings of a connector for this service; nothing waits in real time. */
  readonly settings: ConnectorSettings
  /** Handlers are asked newest first; one that gives undefined passes. */
  on(handler: StubHandler): void
}

interface Scope {
  onTestFinished(callback: () => Promise<void>): void
}

/** A real HTTP server in this process for protocol tests: answers by handler, counts requests, can break connections. */
export async function startStubService(scope: Scope): Promise<StubService> {
  const handlers: StubHandler[] = []
  const requests: StubRequest[] = []
  const waits: number[] = []
  const clock = createManualClock('2025-02-11T09:30:00Z')
  const state = { tokenRequests: 0, root: '' }
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const request = readRequest(incoming.method ?? '', incoming.url ?? '', {
        headers: incoming.headers,
        body: Buffer.concat(chunks).toString(),
      })
      if (request.url === '/token') state.tokenRequests += 1
      else requests.push(request)
      const answer = answerSafely(handlers, request, state.tokenRequests)
      if (answer === 'reset') {
        incoming.socket.destroy()
        return
      }
      const text = answer.raw ?? (answer.body === undefined ? '' : JSON.stringify(answer.body))
      outgoing.writeHead(answer.status, { 'content-type': 'application/json; odata.metadata=minimal', ...answer.headers })
      outgoing.end(text)
    })
  })
  await listen(server)
  state.root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  scope.onTestFinished(() => stop(server))
  return {
    root: state.root,
    clock,
    requests,
    waits,
    get tokenRequests() {
      return state.tokenRequests
    },
    settings: settingsFor(state.root, { clock, waits }),
    on: (handler) => {
      handlers.unshift(handler)
    },
  }
}

const readRequest = (method: string, rawUrl: string, rest: { headers: IncomingHttpHeaders; body: string }): StubRequest => ({
  method,
  url: decodeURIComponent(rawUrl),
  rawUrl,
  ...rest,
})

/** A mistake in a handler is an answer too: a request that hangs would only end with the test's time. */
function answerSafely(handlers: readonly StubHandler[], request: StubRequest, tokens: number): StubAnswer {
  try {
    return answerOf(handlers, request, tokens)
  } catch (error) {
    return { status: 418, body: { error: { code: 'stub', message: String(error) } } }
  }
}

function answerOf(handlers: readonly StubHandler[], request: StubRequest, tokens: number): StubAnswer {
  for (const handler of handlers) {
    const answer = handler(request)
    if (answer !== undefined) return answer
  }
  if (request.url === '/token') return { status: 200, body: { token_type: 'Bearer', expires_in: 3599, access_token: `token-${tokens}` } }
  return { status: 404, body: { error: { code: '0x80060888', message: `Resource not found for the segment '${request.url}'.` } } }
}

const settingsFor = (root: string, facts: { clock: ManualClock; waits: number[] }): ConnectorSettings => ({
  root,
  tokenUrl: `${root}/token`,
  clientId: 'client-1',
  clientSecret: 's3cret~value',
  clock: facts.clock,
  log: silentLogger,
  wait: async (ms, signal) => {
    signal.throwIfAborted()
    facts.waits.push(ms)
  },
  random: () => 1,
})

const listen = (server: Server): Promise<void> => new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve()))

const stop = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.closeAllConnections()
    server.close(() => resolve())
  })
