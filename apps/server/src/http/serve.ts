import { contract, type ErrorBody, type RouteContract, statusOf } from '@p2c/api'
import { AppError, isDatabaseAway, type Logger, toAppError } from '@p2c/base'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'

export interface HandlerInput<Route extends RouteContract> {
  readonly params: z.output<Route['params']>
  readonly query: z.output<Route['query']>
  readonly body: z.output<Route['body']>
  /** Aborted when the caller goes away. */
  readonly signal: AbortSignal
}

export type Handler<Route extends RouteContract> = (input: HandlerInput<Route>) => Promise<z.input<Route['reply']>>

/** One operation of the contract with the function that answers it. */
export interface BoundRoute {
  readonly contract: RouteContract
  readonly handle: Handler<RouteContract>
}

export const route = <Route extends RouteContract>(contract: Route, handle: Handler<Route>): BoundRoute => ({
  contract,
  // The input is parsed with this very contract before the handler sees it.
  handle: handle as unknown as Handler<RouteContract>,
})

export interface ServeDeps {
  readonly log: Logger
  /** Decides on the `Authorization` header; the reason of a refusal is told to the caller. */
  readonly verify: (authorization: string | undefined) => Promise<{ readonly ok: true } | { readonly ok: false; readonly reason: string }>
}

/** Mounts the routes: token check, input check, one place that turns errors into answers. */
export function serveRoutes(app: FastifyInstance, routes: readonly BoundRoute[], deps: ServeDeps): void {
  app.setErrorHandler((error, request, reply) => sendError(reply, fromHttp(error, request), deps.log))
  app.setNotFoundHandler((request, reply) => sendError(reply, unknownRoute(request), deps.log))
  for (const bound of routes) {
    app.route({
      method: bound.contract.method,
      url: bound.contract.path,
      handler: async (request, reply) => {
        if (bound.contract.id !== contract.getHealth.id) await checkToken(request, deps)
        const input = parseInput(bound.contract, request)
        const body = await bound.handle({ ...input, signal: request.signal })
        return reply.status(bound.contract.status).send(bound.contract.reply.parse(body))
      },
    })
  }
}

async function checkToken(request: FastifyRequest, deps: ServeDeps): Promise<void> {
  const decision = await deps.verify(request.headers.authorization)
  if (decision.ok) return
  throw new AppError({
    category: 'auth',
    code: 'token-invalid',
    message: `The request carries no usable bearer token (${decision.reason}). Get one: p2c token server.`,
  })
}

function parseInput(route: RouteContract, request: FastifyRequest): Omit<HandlerInput<RouteContract>, 'signal'> {
  return {
    params: parsePart(route.params, request.params, 'path'),
    query: parsePart(route.query, request.query, 'query'),
    body: parsePart(route.body, request.body ?? {}, 'body'),
  }
}

function parsePart(schema: z.ZodType, value: unknown, part: string): unknown {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const problems = result.error.issues.map((issue) => ({ at: [part, ...issue.path.map(String)].join('.'), problem: issue.message }))
  throw new AppError({
    category: 'schema',
    code: 'request-invalid',
    message: `The request is not usable: ${problems.map(({ at, problem }) => `${at}: ${problem}`).join('; ')}. The contract is at /openapi.json.`,
    details: { problems },
  })
}

const unknownRoute = (request: FastifyRequest): AppError =>
  new AppError({
    category: 'schema',
    code: 'route-unknown',
    message: `There is no ${request.method} ${request.url.split('?', 1)[0]}. The contract is at /openapi.json.`,
  })

/** Fastify's own refusals (unparsable body, too large) are the caller's mistakes, not ours. */
function fromHttp(error: unknown, request: FastifyRequest): AppError {
  if (isDatabaseAway(error)) return databaseAway(error)
  const status = (error as { statusCode?: number }).statusCode
  if (error instanceof AppError || status === undefined || status >= 500) return toAppError(error)
  return new AppError({
    category: 'schema',
    code: 'request-invalid',
    message: `${request.method} ${request.url.split('?', 1)[0]}: ${error instanceof Error ? error.message : 'unusable request'}`,
  })
}

/** A database that is being started again is back within seconds: whoever asked may ask again. */
const databaseAway = (cause: unknown): AppError =>
  new AppError({
    category: 'connectivity',
    code: 'database-away',
    message: "The integrator's database does not answer just now. Try again in a moment; see the integrator's log where it lasts.",
    retryable: true,
    cause,
  })

function sendError(reply: FastifyReply, error: AppError, log: Logger): FastifyReply {
  const status = statusOf(error.code, error.category)
  if (status >= 500) log.error({ err: error, code: error.code }, 'a request failed')
  const hasDetails = Object.keys(error.details).length > 0
  const unexpected = error.code === 'unexpected'
  const body: ErrorBody = {
    error: {
      category: error.category,
      code: error.code,
      // The text of an unforeseen error may hold anything: it goes to the log, not to the caller.
      message: unexpected ? 'The integrator met an unexpected error; its log has the details.' : error.message,
      ...(hasDetails && !unexpected && { details: error.details }),
    },
  }
  if (error.code === 'token-invalid') reply.header('www-authenticate', 'Bearer')
  return reply.status(status).send(body)
}
