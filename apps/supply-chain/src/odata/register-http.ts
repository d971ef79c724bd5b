import { healthOf, refuseUnreadable, SIGN_IN_ROUTES, type TokenIssuer } from '@p2c/base'
import { type FaultDeps, registerAnswerFaults, registerFaults } from '@p2c/faults'
import { decodeUtf8 } from '@p2c/odata'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { answerBatch } from './batch.ts'
import { answerServiceRequest, type ServiceCatalogue } from './custom-services.ts'
import type { DataRequest, DataServices } from './data-context.ts'
import { answerDataRequest } from './dispatch.ts'
import { finOpsFaultWire, isProtected, unauthorized } from './fault-wire.ts'
import type { MetadataService } from './metadata-service.ts'
import { type DataResponse, errorResponse, invalidRequest, methodNotAllowed, parserRefusal, routeMiss, serverFailure } from './response.ts'
import type { ServiceUser } from './service-user.ts'

export interface HttpDeps {
  readonly services: DataServices
  readonly tokens: TokenIssuer
  readonly findUser: (clientId: string) => ServiceUser | undefined
  readonly metadata: MetadataService
  readonly customServices: ServiceCatalogue
  readonly version: string
  readonly publicRoot?: string
  /** Faults and limits, and the issuer that they judge tokens by. */
  readonly faults: Pick<FaultDeps, 'control' | 'identity'>
}

declare module 'fastify' {
  interface FastifyRequest {
    serviceUser: ServiceUser | undefined
  }
}

const METHODS = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE']

/** Routes of the application, the check of tokens, and the headers that every reply carries. */
export function registerHttp(fastify: FastifyInstance, deps: HttpDeps): void {
  const { services } = deps
  const faults = { ...deps.faults, wire: finOpsFaultWire(send) }
  fastify.decorateRequest('serviceUser', undefined)
  fastify.removeAllContentTypeParsers()
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  registerFaults(fastify, faults)
  fastify.addHook('onRequest', async (request, reply) => authenticate(deps, request, reply))
  fastify.addHook('onSend', async (_request, reply) => {
    // A failed custom service names its activity in the body too.
    if (!reply.hasHeader('ms-dyn-aid')) reply.header('ms-dyn-aid', services.ids.guid())
    reply.header('server-timing', `dur=${Math.round(reply.elapsedTime)}`)
  })
  registerAnswerFaults(fastify, faults)
  fastify.setErrorHandler((error: FastifyError, request, reply) => answerFailure(services, { error, request, reply }))
  fastify.setNotFoundHandler((request, reply) => send(reply, routeMiss(`${rootOf(deps, request)}${request.originalUrl}`)))
  fastify.get('/health', async () => healthOf('supply-chain', deps.version))
  registerSignIn(fastify, deps)
  registerData(fastify, deps)
  fastify.route({
    method: METHODS,
    url: '/metadata/*',
    handler: (request, reply) => send(reply, deps.metadata.answer(metadataRequest(deps, request))),
  })
  fastify.route({
    method: METHODS,
    url: '/metadata',
    handler: (request, reply) => send(reply, deps.metadata.answer(metadataRequest(deps, request))),
  })
  for (const url of ['/api/services', '/api/services/*'])
    fastify.route({ method: METHODS, url, handler: async (request, reply) => send(reply, await callService(deps, request, reply)) })
}

const rootOf = (deps: HttpDeps, request: FastifyRequest): string => deps.publicRoot ?? `${request.protocol}://${request.host}`

/** What stands behind `prefix` in the address, still encoded. */
const below = (request: FastifyRequest, prefix: string): string => request.url.slice(prefix.length).replace(/^\//, '')

function send(reply: FastifyReply, response: DataResponse): FastifyReply {
  reply.code(response.status)
  for (const [name, value] of response.headers) reply.header(name, value)
  // Bytes, since the framework would rewrite the content type of a text: a charset, and quotes around the level of metadata.
  return reply.send(response.body === undefined ? undefined : Buffer.from(response.body))
}

async function authenticate(deps: HttpDeps, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
  if (!isProtected(request.url)) return undefined
  const verdict = deps.tokens.verifyToken(request.headers.authorization)
  const user = verdict.ok ? deps.findUser(verdict.clientId) : undefined
  if (user === undefined) return send(reply, unauthorized)
  request.serviceUser = user
  return undefined
}

/** The local authority. */
function registerSignIn(fastify: FastifyInstance, deps: HttpDeps): void {
  for (const route of SIGN_IN_ROUTES) {
    fastify.route({
      method: route.method,
      url: route.path,
      handler: async (request, reply) => {
        const { status, headers, body } = route.answer(deps.tokens, {
          body: bodyText(request) ?? '',
          authorization: request.headers.authorization,
          accept: request.headers.accept,
          base: rootOf(deps, request),
        })
        return reply.code(status).headers(headers).send(body)
      },
    })
  }
}

const bodyText = (request: FastifyRequest): string | undefined => (Buffer.isBuffer(request.body) ? decodeUtf8(request.body) : undefined)

/** The user that `authenticate` found; without it the route could not have been reached. */
export function signedInUser(request: FastifyRequest): ServiceUser {
  if (request.serviceUser === undefined) throw new TypeError('a protected route without a user')
  return request.serviceUser
}

function registerData(fastify: FastifyInstance, deps: HttpDeps): void {
  const { services } = deps
  const toRequest = (request: FastifyRequest): DataRequest => ({
    method: request.method,
    url: below(request, '/data'),
    header: (name) => {
      const value = request.headers[name]
      return Array.isArray(value) ? value.join(',') : value
    },
    body: bodyText(request),
    root: `${rootOf(deps, request)}/data`,
    user: signedInUser(request),
    isInBatch: false,
  })
  const handler = async (request: FastifyRequest, reply: FastifyReply) => send(reply, await answerDataRequest(services, toRequest(request)))
  fastify.post('/data/$batch', async (request, reply) => {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
    const input = {
      body,
      contentType: request.headers['content-type'],
      request: { root: `${rootOf(deps, request)}/data`, user: signedInUser(request) },
      ...(request.passage !== undefined && { throttle: throttleParts(deps, request) }),
    }
    return send(reply, await answerBatch(services, input))
  })
  fastify.route({ method: METHODS, url: '/data', handler })
  fastify.route({ method: METHODS, url: '/data/*', handler })
}

/** Rules may refuse single parts of a batch (FO-073). */
function throttleParts({ faults, tokens }: HttpDeps, request: FastifyRequest) {
  const verdict = tokens.verifyToken(request.headers.authorization)
  const client = verdict.ok ? verdict.clientId : ''
  return (operation: { readonly method: string; readonly path: string }) => faults.control.throttleBatchPart(client, operation)
}

const metadataRequest = (deps: HttpDeps, request: FastifyRequest) => ({
  method: request.method,
  url: below(request, '/metadata'),
  root: `${rootOf(deps, request)}/metadata`,
})

async function callService(deps: HttpDeps, request: FastifyRequest, reply: FastifyReply): Promise<DataResponse> {
  const [path = ''] = below(request, '/api/services').split('?', 1)
  const segments = path.split('/').filter((segment) => segment !== '')
  const activityId = deps.services.ids.guid()
  reply.header('ms-dyn-aid', activityId)
  return answerServiceRequest(deps.customServices, {
    method: request.method,
    path: segments,
    body: bodyText(request),
    user: signedInUser(request),
    activityId,
  })
}

interface Failure {
  readonly error: FastifyError
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

/** Errors of the framework (a body too large) keep their status; everything else is ours. */
function answerFailure(services: DataServices, { error, request, reply }: Failure): FastifyReply {
  const refused = parserRefusal(error)
  if (refused !== undefined) return send(reply, refused)
  const status = error.statusCode ?? 500
  if (status >= 400 && status < 500)
    return send(reply, status === 405 ? methodNotAllowed(request.method) : { ...invalidRequest(error.message), status })
  return send(reply, serverFailure(services.log, error, { method: request.method, path: request.url.split('?', 1)[0] }))
}

/** Addresses that the router cannot read: bad percent-encoding, or far too long. */
export function frameworkFailure(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  void send(
    reply,
    error.code === 'FST_ERR_BAD_URL'
      ? invalidRequest(`The address '${request.url.slice(0, 200)}' is not encoded correctly.`)
      : errorResponse({ status: 500, message: 'An error has occurred.' }),
  )
}

const UNREADABLE = {
  'head-too-large': 'The address and headers of the request are too long. Shorten the query, or send it in a batch.',
  'not-http': 'These bytes are no HTTP request.',
} as const

/** Answers bytes that are no HTTP request, and a head beyond the limit, with an error body of the protocol (section 12). */
export const answerUnreadable = refuseUnreadable((problem) => {
  const { headers, body } = errorResponse({ status: 400, message: UNREADABLE[problem] })
  return { headers: Object.fromEntries(headers), contentType: 'application/json', body: String(body) }
})
