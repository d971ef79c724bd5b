import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { Json } from './calls.ts'

/** What was posted to a receiver. */
export interface Delivery {
  readonly headers: IncomingHttpHeaders
  readonly body: Json
}

/** Runs with a server that takes what is posted to it and answers with `status`; `next` gives the deliveries one after another. */
export async function withReceiver(status: number, work: (url: string, next: () => Promise<Delivery>) => Promise<void>): Promise<void> {
  const taken: Delivery[] = []
  const waiting: ((delivery: Delivery) => void)[] = []
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk) => {
      text += chunk
    })
    request.on('end', () => {
      const delivery = { headers: request.headers, body: JSON.parse(text) }
      const waits = waiting.shift()
      if (waits === undefined) taken.push(delivery)
      else waits(delivery)
      response.writeHead(status).end()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  try {
    await work(`http://127.0.0.1:${address.port}/hook`, async () => taken.shift() ?? new Promise((resolve) => waiting.push(resolve)))
  } finally {
    server.closeAllConnections()
    server.close()
  }
}
