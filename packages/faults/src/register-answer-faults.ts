import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Passage } from './fault-control.ts'
import type { FaultDeps } from './fault-wire.ts'

/**
 * The part of every fault that comes when the request was carried out: a closed connection, half an answer, the shifted clock, the headers
 * of the limits. Call it behind everything else that touches answers.
 */
export function registerAnswerFaults(app: FastifyInstance, deps: FaultDeps): void {
  app.addHook('onSend', (request, reply, payload, done) => {
    const { passage } = request
    if (passage === undefined) {
      done(null, payload)
      return
    }
    setHeaders(deps, { request, reply, passage })
    const kind = passage.fault?.kind
    if (kind === 'drop-after') closeInstead(request, reply, payload)
    else if (kind === 'truncate') void sendHalf(request, reply, payload)
    else done(null, payload)
  })
}

interface Answered {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly passage: Passage
}

function setHeaders({ control, wire }: FaultDeps, { request, reply, passage }: Answered): void {
  const { skewMs, limits, admission } = passage
  const now = control.trueClock.now().getTime()
  if (skewMs !== 0) reply.header('Date', new Date(now + skewMs).toUTCString())
  if (limits === undefined || admission === undefined) return
  if (limits.countBatchParts && wire.isBatch(request.url)) admission.countMore(now, operationsIn(request.body) - 1)
  if (!limits.headers) return
  const left = admission.allowance(now)
  reply.header('x-ms-ratelimit-burst-remaining-xrm-requests', String(left.requests))
  reply.header('x-ms-ratelimit-time-remaining-xrm-requests', left.seconds.toFixed(2))
}

/** Operations of a batch by their headers; 1 for a body that is none. */
const operationsIn = (body: unknown): number =>
  Buffer.isBuffer(body) ? Math.max(body.toString('latin1').match(/^content-type:[ \t]*application\/http/gim)?.length ?? 0, 1) : 1

function closeInstead(request: FastifyRequest, reply: FastifyReply, payload: unknown): void {
  reply.hijack()
  if (payload instanceof Readable) payload.destroy()
  request.raw.socket.destroy()
}

/** Head with the full length, half of the body, then the end of the connection. An answer without a body is not sent at all. */
async function sendHalf(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<void> {
  reply.hijack()
  const body = await bytesOf(payload).catch(() => Buffer.alloc(0)) // a body that cannot be read is cut off whole
  if (body.length < 2 || request.method === 'HEAD') {
    request.raw.socket.destroy()
    return
  }
  const headers = Object.entries({ ...reply.getHeaders(), 'content-length': body.length })
  for (const [name, value] of headers) if (value !== undefined) reply.raw.setHeader(name, value)
  reply.raw.statusCode = reply.statusCode
  reply.raw.write(body.subarray(0, Math.floor(body.length / 2)), () => request.raw.socket.destroy())
}

async function bytesOf(payload: unknown): Promise<Buffer> {
  if (typeof payload === 'string') return Buffer.from(payload, 'utf8')
  if (payload instanceof Uint8Array) return Buffer.from(payload)
  if (payload instanceof Readable)
    return Buffer.concat((await payload.toArray()).map((chunk: Uint8Array | string) => Buffer.from(chunk as string)))
  return Buffer.alloc(0)
}
