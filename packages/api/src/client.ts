import { AppError, type ErrorCategory } from '@p2c/base'
import type { z } from 'zod'
import type { RouteContract } from './contract.ts'
import { errorBody } from './error.ts'

export interface ApiClientDeps {
  /** `http://127.0.0.1:4000`, without a slash at the end. */
  readonly baseUrl: string
  readonly token: () => Promise<string>
  readonly fetch: typeof fetch
}

export interface CallInput<Route extends RouteContract> {
  readonly params?: z.input<Route['params']>
  readonly query?: z.input<Route['query']>
  readonly body?: z.input<Route['body']>
  readonly signal?: AbortSignal
}

export interface ApiClient {
  /**
   * One call of the REST API; the reply is checked against the contract.
   * Throws the server's own code, `server-unreachable` (retryable), or `reply-invalid`.
   */
  call<Route extends RouteContract>(route: Route, input?: CallInput<Route>): Promise<z.output<Route['reply']>>
}

export function createApiClient(deps: ApiClientDeps): ApiClient {
  return {
    async call<Route extends RouteContract>(route: Route, input: CallInput<Route> = {}): Promise<z.output<Route['reply']>> {
      const response = await send(deps, route, input)
      const body: unknown = await response.json().catch(() => undefined)
      if (!response.ok) throw refusal(route, response.status, body)
      const reply = route.reply.safeParse(body)
      if (reply.success) return reply.data as z.output<Route['reply']>
      throw new AppError({
        category: 'schema',
        code: 'reply-invalid',
        message: `The integrator answered ${route.method} ${route.path} with something else than version 1 of its contract: ${reply.error.issues[0]?.message}. Use the command line of the same version as the server.`,
      })
    },
  }
}

async function send<Route extends RouteContract>(deps: ApiClientDeps, route: Route, input: CallInput<Route>): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json', authorization: `Bearer ${await deps.token()}` }
  if (route.method !== 'GET') headers['content-type'] = 'application/json'
  try {
    return await deps.fetch(urlOf(deps.baseUrl, route, input), {
      method: route.method,
      headers,
      ...(route.method !== 'GET' && { body: JSON.stringify(input.body ?? {}) }),
      ...(input.signal && { signal: input.signal }),
    })
  } catch (cause) {
    throw new AppError({
      category: 'connectivity',
      code: 'server-unreachable',
      message: `The integrator at ${deps.baseUrl} does not answer. See whether it runs: p2c start.`,
      retryable: true,
      cause,
    })
  }
}

function urlOf<Route extends RouteContract>(baseUrl: string, route: Route, input: CallInput<Route>): string {
  const params = (input.params ?? {}) as Record<string, string>
  const path = route.path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries((input.query ?? {}) as Record<string, unknown>))
    if (value !== undefined) query.set(name, String(value))
  return `${baseUrl}${path}${query.size > 0 ? `?${query}` : ''}`
}

function refusal(route: RouteContract, status: number, body: unknown): AppError {
  const known = errorBody.safeParse(body)
  if (!known.success) {
    return new AppError({
      category: 'internal',
      code: 'reply-invalid',
      message: `The integrator answered ${route.method} ${route.path} with status ${status} and no error body. See whether another program listens there, or look into the integrator's log.`,
      retryable: status >= 502,
    })
  }
  const { category, code, message, details } = known.data.error
  return new AppError({ category: category as ErrorCategory, code, message, ...(details && { details }), retryable: status === 503 })
}
