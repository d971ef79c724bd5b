import { refuseUnreadable, type TokenIssuer } from '@p2c/base'
import { decodeUtf8 } from '@p2c/odata'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { answerBatch } from './batch.ts'
import { answerServiceRequest, type ServiceCatalogue } from './custom-services.ts'
import type { DataRequest, DataServices } from './data-context.ts'
import { answerDataRequest } from './dispatch.ts'
import type { MetadataService } from './metadata-service.ts'
import { type DataResponse, errorResponse, invalidRequest, methodNotAllowed, parserRefusal, routeMiss } from './response.ts'
import type { ServiceUser } from './service-user.ts'

export interface HttpDeps {
  readonly services: DataServices
  readonly tokens: TokenIssuer
  readonly findUser: (clientId: string) => ServiceUser | undefined
  readonly metadata: MetadataService
  readonly customServices: ServiceCatalogue
  readonly version: string
  readonly publicRoot?: string
  readonly throttle?: (clientId: string) => number | undefined
}

declare module 'fastify' {
  interface FastifyRequest {
    serviceUser: ServiceUser | undefined
  }
}

/** Paths that need a bearer token; everything else is open: health, tokens, signed package addresses. */
const PROTECTED = /^\/(?:data|metadata|api)(?:[/?]|$)/

const METHODS = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE']

/** Routes of the application, the check of tokens, and the headers that every reply carries. */
export function registerHttp(fastify: FastifyInstance, deps: HttpDeps): void {
  const { services } = deps
  fastify.decorateRequest('serviceUser', undefined)
  fastify.removeAllContentTypeParsers()
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  fastify.addHook('onRequest', async (request, reply) => authenticate(deps, request, reply))
  fastify.addHook('onSend', async (_request, reply) => {
    reply.header('ms-dyn-aid', services.ids.guid())
    reply.header('server-timing', `dur=${Math.round(reply.elapsedTime)}`)
  })
  fastify.setErrorHandler((error: FastifyError, request, reply) => answerFailure(services, { error, request, reply }))
  fastify.setNotFoundHandler((request, reply) => send(reply, routeMiss(`${rootOf(deps, request)}${request.originalUrl}`)))
  fastify.get('/health', async () => ({ status: 'ok', program: 'supply-chain', version: deps.version }))
  registerTokens(fastify, deps)
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
  fastify.route({ method: METHODS, url: '/api/services', handler: async (request, reply) => send(reply, await callService(deps, request)) })
  fastify.route({
    method: METHODS,
    url: '/api/services/*',
    handler: async (request, reply) => send(reply, await callService(deps, request)),
  })
}

const rootOf = (deps: HttpDeps, request: FastifyRequest): string => deps.publicRoot ?? `${request.protocol}://${request.host}`

/** What stands behind `prefix` in the address, still encoded. */
const below = (request: FastifyRequest, prefix: string): string => request.url.slice(prefix.length).replace(/^\//, '')

function send(reply: FastifyReply, response: DataResponse): FastifyReply {
  reply.code(response.status)
  for (const [name, value] of response.headers) reply.header(name, value)
  return reply.send(response.body)
}

const UNAUTHORIZED = errorResponse({
  status: 401,
  message: 'The request needs a bearer token of this application, issued to a client that is mapped to a user.',
})

async function authenticate(deps: HttpDeps, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
  if (!PROTECTED.test(request.url)) return undefined
  const verdict = deps.tokens.verifyToken(request.headers.authorization)
  const user = verdict.ok ? deps.findUser(verdict.clientId) : undefined
  if (!verdict.ok || user === undefined) {
    reply.header('WWW-Authenticate', 'Bearer')
    return send(reply, UNAUTHORIZED)
  }
  const seconds = deps.throttle?.(verdict.clientId)
  if (seconds !== undefined && !request.url.includes('DataManagementDefinitionGroups')) {
    reply.header('Retry-After', String(seconds))
    const message = `This request could not be processed at this time due to system experiencing high resource utilization. Please retry the request after ${seconds} seconds`
    return send(reply, errorResponse({ status: 429, message }))
  }
  request.serviceUser = user
  return undefined
}

function registerTokens(fastify: FastifyInstance, { tokens }: HttpDeps): void {
  const answer = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const { status, body } = tokens.answerTokenRequest(new URLSearchParams(bodyText(request) ?? ''))
    return reply.code(status).header('Cache-Control', 'no-store').send(body)
  }
  fastify.post('/:tenant/oauth2/v2.0/token', async (request, reply) => answer(request, reply))
  fastify.post('/:tenant/oauth2/token', async (request, reply) => answer(request, reply))
  fastify.post('/oauth2/v2.0/token', async (request, reply) => answer(request, reply))
  fastify.post('/oauth2/token', async (request, reply) => answer(request, reply))
}

const bodyText = (request: FastifyRequest): string | undefined => (Buffer.isBuffer(request.body) ? decodeUtf8(request.body) : undefined)

/** The user that `authenticate` found; without it the route could not have been reached. */
function userOf(request: FastifyRequest): ServiceUser {
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
    user: userOf(request),
    isInBatch: false,
  })
  const handler = async (request: FastifyRequest, reply: FastifyReply) => send(reply, await answerDataRequest(services, toRequest(request)))
  fastify.post('/data/$batch', async (request, reply) => {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
    const input = {
      body,
      contentType: request.headers['content-type'],
      request: { root: `${rootOf(deps, request)}/data`, user: userOf(request) },
    }
    return send(reply, await answerBatch(services, input))
  })
  fastify.route({ method: METHODS, url: '/data', handler })
  fastify.route({ method: METHODS, url: '/data/*', handler })
}

const metadataRequest = (deps: HttpDeps, request: FastifyRequest) => ({
  method: request.method,
  url: below(request, '/metadata'),
  root: `${rootOf(deps, request)}/metadata`,
})

async function callService(deps: HttpDeps, request: FastifyRequest): Promise<DataResponse> {
  const [path = ''] = below(request, '/api/services').split('?', 1)
  const segments = path.split('/').filter((segment) => segment !== '')
  return answerServiceRequest(deps.customServices, {
    method: request.method,
    path: segments,
    body: bodyText(request),
    user: userOf(request),
  })
}

interface Failure {
  readonly error: FastifyError
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

/** Errors of the framework (a body too large) keep their status; everything else is ours: 500, with the cause in the log only. */
function answerFailure(services: DataServices, { error, request, reply }: Failure): FastifyReply {
  const refused = parserRefusal(error)
  if (refused !== undefined) return send(reply, refused)
  const status = error.statusCode ?? 500
  if (status >= 400 && status < 500)
    return send(reply, status === 405 ? methodNotAllowed(request.method) : { ...invalidRequest(error.message), status })
  services.log.error({ err: error, method: request.method, path: request.url.split('?', 1)[0] }, 'a request failed')
  return send(reply, errorResponse({ status: 500, message: 'An error has occurred.' }))
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
