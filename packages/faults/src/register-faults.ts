import { setTimeout as pause } from 'node:timers/promises'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { registerAdministration } from './administration.ts'
import type { Refusal } from './client-ledger.ts'
import type { Passage } from './fault-control.ts'
import type { FaultDeps } from './fault-wire.ts'
import { gatewayPage } from './gateway-page.ts'
import { DEFAULT_LIMITS } from './limits.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What faults and limits decided; undefined: nothing is switched on. */
    passage: Passage | undefined
  }
}

/** Never faulted nor limited: the switches themselves, and what tells whether the application lives. */
const UNTOUCHED = /^\/(?:local\/(?:faults|limits)|health)(?:[/?]|$)/
/** Longer than a busy client needs to read a 429 that has arrived; far shorter than any wait that is asked for. */
const GRACE_MS = 100
const TOKEN = /^\/(?:[^/?]+\/)?oauth2\//

/**
 * Administrative end points, and the part of every fault that comes before the request is carried out. Call it before the application adds
 * its own hooks: what is throttled or dropped here was seen by nobody else. `registerAnswerFaults` has the other part.
 */
export function registerFaults(app: FastifyInstance, deps: FaultDeps): void {
  const stopping = new AbortController()
  app.decorateRequest('passage', undefined)
  app.addHook('onRequest', (request, reply, done) => {
    if (deps.control.isIdle() || UNTOUCHED.test(request.url)) {
      done()
      return
    }
    receive({ ...deps, stopping: stopping.signal }, request, reply).then(
      (goesOn) => goesOn && done(),
      (error: Error) => done(error),
    )
  })
  app.addHook('preClose', async () => stopping.abort())
  registerAdministration(app, deps)
}

interface HookDeps extends FaultDeps {
  /** Ends every pause: a server that stops waits for none. */
  readonly stopping: AbortSignal
}

/** Meets one request with what was decided for it; true where the application shall carry it out. */
async function receive(deps: HookDeps, request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
  const { control, wire } = deps
  const passage = control.arrive(arriving(deps, request))
  request.passage = passage
  const { admission, refusal, fault } = passage
  if (admission !== undefined) reply.raw.once('close', () => admission.end(control.trueClock.now().getTime()))
  if (refusal !== undefined) {
    refuse(deps, { request, reply, refusal })
    return false
  }
  if (passage.delayMs > 0 && !(await waited(passage.delayMs, request, deps.stopping))) return drop(request, reply)
  switch (fault?.kind) {
    case 'drop-before':
      return drop(request, reply)
    case 'server-error':
      if (fault.status === 500) wire.send(reply, wire.serverError(request))
      else gatewayPage(reply, fault.status)
      return false
    case 'expired-token':
      wire.send(reply, wire.unauthorized(request))
      return false
    case 'expired-delta-token':
      wire.send(reply, wire.expiredIncrement(request))
      return false
    default:
      return true
  }
}

function arriving({ control, identity, wire }: FaultDeps, request: FastifyRequest) {
  const { method, url } = request
  const verdict = identity.verifyToken(request.headers.authorization, control.clock.now())
  const addressClass = wire.classOf(url)
  const isToken = TOKEN.test(url)
  return {
    method,
    path: url,
    ...(verdict.ok && { client: verdict.clientId }),
    isToken,
    isThrottled: verdict.ok && addressClass === 'service',
    isSecured: addressClass !== 'open',
    isIncrement: wire.isIncrement(method, url),
    isBatchPart: false,
  }
}

interface Refused {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly refusal: Refusal
}

/**
 * Requests that were on their way when the 429 left are not early. Not a matter of the clock alone: while this process is busy they wait in
 * its sockets, so what has arrived when the time is over is read first.
 */
function afterGrace(known: () => void): void {
  setTimeout(() => setImmediate(known), GRACE_MS).unref()
}

function refuse({ wire }: FaultDeps, { request, reply, refusal }: Refused): void {
  const limits = request.passage?.limits ?? DEFAULT_LIMITS
  reply.raw.once('finish', () => afterGrace(refusal.known))
  reply.header('Retry-After', String(refusal.seconds))
  wire.send(reply, wire.tooManyRequests(request, { ...refusal, limits }))
}

/** Waits; false when client or server do not wait any longer. */
async function waited(ms: number, { raw }: FastifyRequest, stopping: AbortSignal): Promise<boolean> {
  const gone = new AbortController()
  const leave = (): void => gone.abort()
  raw.socket.once('close', leave)
  try {
    await pause(ms, undefined, { signal: AbortSignal.any([gone.signal, stopping]) })
    return true
  } catch {
    return false // an aborted pause is the only thing that is thrown here
  } finally {
    raw.socket.off('close', leave)
  }
}

/** Nobody answers: the framework leaves a hijacked reply alone, and the socket is gone. */
function drop(request: FastifyRequest, reply: FastifyReply): false {
  reply.hijack()
  request.raw.socket.destroy()
  return false
}
