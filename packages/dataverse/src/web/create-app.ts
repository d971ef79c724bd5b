import { type Ids, isAppError, refuseUnreadable, SIGN_IN_ROUTES, type TokenIssuer } from '@p2c/base'
import {
  type FaultControl,
  type FaultWire,
  registerAnswerFaults,
  registerFaults,
  type SignedInHandler,
  shiftedIssuer,
  signedIn,
} from '@p2c/faults'
import { decodeUtf8, parsePrefer } from '@p2c/odata'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, type RouteHandlerMethod } from 'fastify'
import { PlatformError } from '../errors/platform-error.ts'
import { runWrite } from '../pipeline/transaction.ts'
import type { PlatformCore } from '../pipeline/write-context.ts'
import { answerBatch } from './batch-answers.ts'
import { type Callers, createCallers } from './callers.ts'
import { dispatch, type Service } from './dispatch.ts'
import { errorAnswer, toWireError } from './error-answer.ts'
import { type Exchange, JSON_TYPE, type WireAnswer, type WireRequest, type WireSettings } from './exchange.ts'
import { dataverseFaultWire, unauthorized } from './fault-wire.ts'
import { readInvocation } from './invocation.ts'

export interface AppOptions {
  readonly core: PlatformCore
  readonly service: Service
  readonly settings: WireSettings
  readonly identity: TokenIssuer
  /** Address that clients use, without path; absent: the host of each request. */
  readonly publicUrl?: string
  /** Tenant in the address of the sign-in; any name. */
  readonly tenant: string
  /** Faults and limits; the clock of `core` is its clock. */
  readonly faults: FaultControl
}

const VERSIONS = ['v9.0', 'v9.1', 'v9.2']
const ROOT = /^\/api\/data\/(v\d+\.\d+)(?:\/(.*))?$/s
/** The address stands in every link of an answer: nothing in it may end a text. */
const PLAIN_ADDRESS = /^https?:\/\/[\w.:[\]-]+(?:\/[\w./-]*)?$/i
/** A request line may have 32 KB, in a batch more; headers need room beside it. */
const MAX_HEADER_BYTES = 96 * 1024

/** The HTTP side, and the guard of what an application adds to it. */
export interface PlatformApp {
  readonly app: FastifyInstance
  /** A route below `/local` for callers with a bearer token that is good; others get 401. */
  readonly signedIn: (handler: SignedInHandler) => RouteHandlerMethod
}

/** The HTTP side: one service root per version, the token end point, and nothing else. */
export function createApp(given: AppOptions): PlatformApp {
  const options = { ...given, identity: shiftedIssuer(given.identity, given.faults), callers: createCallers() }
  const app = Fastify({
    bodyLimit: options.settings.maxBodyBytes,
    http: { maxHeaderSize: MAX_HEADER_BYTES },
    routerOptions: { ignoreTrailingSlash: false },
    // A request line may hold the whole address: proxies and old clients send it so.
    rewriteUrl: (request) => (request.url ?? '/').replace(/^https?:\/\/[^/?]*/i, ''),
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (_error, _request, reply) =>
      send(
        reply,
        options.core.ids,
        errorAnswer(new PlatformError(400, '0x80060888', 'The URL is malformed.'), () => false),
      ),
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.setErrorHandler((error, _request, reply) => send(reply, options.core.ids, failure(options, error)))
  app.setNotFoundHandler((request, reply) =>
    send(
      reply,
      options.core.ids,
      errorAnswer(
        new PlatformError(404, '0x80060888', `Resource not found for the segment '${request.url.split('?')[0]?.slice(0, 200)}'.`),
        () => false,
      ),
    ),
  )
  const faults = { control: options.faults, identity: given.identity, wire: faultWire(options) }
  registerFaults(app, faults)
  serveSignIn(app, options)
  app.all('/api/data/*', async (request, reply) => send(reply, options.core.ids, await answer(options, request)))
  registerAnswerFaults(app, faults)
  return { app, signedIn: (handler) => signedIn(faults, handler) }
}

const baseOf = ({ publicUrl }: AppOptions, request: FastifyRequest): string => publicUrl ?? `${request.protocol}://${request.host}`

/** `halvorsen.crm4.dynamics.com`, with the port where there is one. */
const hostOf = (base: string): string => base.replace(/^https?:\/\//i, '').split('/')[0] ?? ''

const faultWire = (options: AppOptions): FaultWire =>
  dataverseFaultWire({
    signInOf: (request) => ({ base: baseOf(options, request), tenant: options.tenant }),
    send: (reply, answered) => send(reply, options.core.ids, answered),
  })

function serveSignIn(app: FastifyInstance, options: AppOptions): void {
  for (const route of SIGN_IN_ROUTES) {
    app.route({
      method: route.method,
      url: route.path,
      handler: (request, reply) => {
        const { status, headers, body } = route.answer(options.identity, {
          body: Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '',
          authorization: request.headers.authorization,
          accept: request.headers.accept,
          base: baseOf(options, request),
        })
        return reply.code(status).headers(headers).send(body)
      },
    })
  }
}

async function answer(options: AppOptions & { readonly callers: Callers }, request: FastifyRequest): Promise<WireAnswer> {
  const raw = request.raw.url ?? ''
  const question = raw.indexOf('?')
  const path = question < 0 ? raw : raw.slice(0, question)
  const parts = ROOT.exec(path)
  const version = parts?.[1] ?? ''
  if (!VERSIONS.includes(version))
    return errorAnswer(new PlatformError(404, '0x80060888', `Resource not found for the segment '${path.slice(0, 200)}'.`), () => false)
  const base = baseOf(options, request)
  if (!PLAIN_ADDRESS.test(base)) return errorAnswer(new PlatformError(400, '0x80060888', 'The Host header is malformed.'), () => false)
  const verdict = options.identity.verifyToken(request.headers.authorization)
  if (!verdict.ok) return unauthorized({ base, tenant: options.tenant })
  const preferences = parsePrefer(request.headers.prefer)
  const annotated = (name: string): boolean => preferences.includeAnnotations?.(name) ?? false
  try {
    const signedIn = await options.callers.find(options.core.database, verdict.clientId)
    const caller = await options.callers.impersonated(options.core.database, signedIn, (name) => headerText(request.headers[name]))
    const url = `${parts?.[2] ?? ''}${question < 0 ? '' : raw.slice(question)}`
    const sent = { method: request.method, url, header: (name: string) => headerText(request.headers[name]) }
    const invocation = readInvocation(sent, caller, { correlationId: options.core.ids.guid(), host: hostOf(base) })
    const exchange: Exchange = {
      core: options.core,
      caller,
      invocation,
      request: toWireRequest(request, url),
      preferences,
      root: `${base}/api/data/${version}/`,
      rootPath: `/api/data/${version}`,
      settings: options.settings,
      sql: options.core.database,
      write: (work) => runWrite(options.core, { caller, invocation }, work),
    }
    const isBatch = /^\$batch(?:\?|$)/.test(url.replace(/^%24/i, '$'))
    return isBatch
      ? await answerBatch(exchange, options.service, Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0))
      : await dispatch(exchange, options.service)
  } catch (error) {
    return errorAnswer(toWireError(error, options.core.log), annotated)
  }
}

const toWireRequest = (request: FastifyRequest, url: string): WireRequest => ({
  method: request.method === 'HEAD' ? 'GET' : request.method,
  url,
  header: (name) => headerText(request.headers[name]),
  body: Buffer.isBuffer(request.body) && request.body.length > 0 ? decodeUtf8(request.body) : undefined,
  inBatch: false,
})

const headerText = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value.join(', ') : value)

/** Failures outside a handler: a body too large, a body that breaks off. */
function failure(options: AppOptions, error: unknown): WireAnswer {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return errorAnswer(
      new PlatformError(413, '0x80060888', `The body is larger than ${options.settings.maxBodyBytes} bytes. Send it in smaller parts.`),
      () => false,
    )
  }
  const status = error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500
  if (status < 500 && !isAppError(error))
    return errorAnswer(new PlatformError(status, '0x80060888', 'The request could not be read.'), () => false)
  return errorAnswer(toWireError(error, options.core.log), () => false)
}

/** What is no request at all never reaches a handler: the connection is answered and closed. */
const answerBrokenRequest = refuseUnreadable((problem) => {
  const message =
    problem === 'head-too-large' ? `The headers are larger than ${MAX_HEADER_BYTES} bytes.` : 'The request is not readable as HTTP.'
  return {
    headers: { 'OData-Version': '4.0' },
    contentType: JSON_TYPE,
    body: JSON.stringify({ error: { code: '0x80060888', message } }),
  }
})

function send(reply: FastifyReply, ids: Ids, answered: WireAnswer): FastifyReply {
  const id = ids.guid()
  reply.code(answered.status).header('OData-Version', '4.0').header('REQ_ID', id).header('x-ms-service-request-id', id)
  for (const [name, value] of answered.headers) reply.header(name, value)
  // A buffer keeps the content type as it is: the framework would add a charset to text.
  return answered.body === undefined ? reply.send() : reply.send(Buffer.from(answered.body, 'utf8'))
}
