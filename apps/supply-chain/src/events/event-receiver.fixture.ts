import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestScope } from '@p2c/base'
import type { Json } from '../supply-chain-app.fixture.ts'

export interface ReceivedEvent {
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly json: Json
}

/** A receiver of events: keeps what it is sent and answers as told. */
export interface EventReceiver {
  readonly url: string
  readonly received: readonly ReceivedEvent[]
  /** Status of the answers from now on. */
  answer(status: number): void
  /** Resolves once so many events were received in all. */
  waitFor(count: number): Promise<readonly ReceivedEvent[]>
}

/** Listens on a free port until the test ends. */
export async function startReceiver(scope: TestScope): Promise<EventReceiver> {
  const received: ReceivedEvent[] = []
  const waiting: { readonly count: number; readonly done: () => void }[] = []
  let status = 200
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      response.writeHead(status, { connection: 'close' }).end()
      const text = Buffer.concat(chunks).toString()
      received.push({ headers: request.headers, text, json: JSON.parse(text) })
      for (const { count, done } of waiting) if (received.length >= count) done()
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  scope.onTestFinished(
    () =>
      new Promise<void>((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  )
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`,
    received,
    answer: (next) => {
      status = next
    },
    waitFor: (count) =>
      received.length >= count ? Promise.resolve(received) : new Promise((done) => waiting.push({ count, done: () => done(received) })),
  }
}
