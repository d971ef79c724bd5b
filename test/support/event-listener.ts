import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestScope } from '@p2c/base'

/** Body of a business event. */
export type EventBody = Readonly<Record<string, unknown>>

/** Where Supply Chain posts its events: keeps every one, in the order they came in, those that came twice included. */
export interface EventListener {
  readonly url: string
  readonly received: readonly EventBody[]
}

/** Listens on a free port until the scope ends. */
export async function startEventListener(scope: TestScope): Promise<EventListener> {
  const received: EventBody[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer)
      received.push(JSON.parse(Buffer.concat(chunks).toString()) as EventBody)
      response.writeHead(200).end()
    } catch {
      response.destroy() // the sender was killed in the middle of its words: it will send again
    }
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  scope.onTestFinished(
    () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  )
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`, received }
}
