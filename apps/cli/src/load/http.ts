import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '@p2c/base'

/** Calls one application with a bearer token; JSON in, JSON out. */
export interface ApplicationClient {
  /** Throws `application-refused` with the application's own text, or `application-unreachable`. */
  json(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown>
  /** A body of another kind, answered as text. */
  text(path: string, body: string, contentType: string): Promise<string>
}

export interface ApplicationClientDeps {
  readonly baseUrl: string
  readonly token: () => Promise<string>
  readonly fetch: typeof fetch
}

const REPEATS = 5

export function createApplicationClient(deps: ApplicationClientDeps): ApplicationClient {
  const send = async (path: string, init: RequestInit, headers: Record<string, string>): Promise<Response> => {
    for (let attempt = 0; ; attempt += 1) {
      const response = await once(deps, path, { ...init, headers: { ...headers, authorization: `Bearer ${await deps.token()}` } })
      if (response.status !== 429 || attempt >= REPEATS) return response
      await delay(Number(response.headers.get('retry-after') ?? 1) * 1000)
    }
  }
  return {
    json: async (method, path, body) => {
      const init = body === undefined ? { method } : { method, body: JSON.stringify(body) }
      const response = await send(path, init, { accept: 'application/json', 'content-type': 'application/json' })
      const text = await response.text()
      if (!response.ok) throw refusal(path, response.status, text)
      return text === '' ? undefined : JSON.parse(text)
    },
    text: async (path, body, contentType) => {
      const response = await send(path, { method: 'POST', body }, { 'content-type': contentType })
      const text = await response.text()
      if (!response.ok) throw refusal(path, response.status, text)
      return text
    },
  }
}

async function once(deps: ApplicationClientDeps, path: string, init: RequestInit): Promise<Response> {
  try {
    return await deps.fetch(`${deps.baseUrl}${path}`, init)
  } catch (cause) {
    throw new AppError({
      category: 'connectivity',
      code: 'application-unreachable',
      message: `The application at ${deps.baseUrl} does not answer. See whether it runs: p2c start.`,
      retryable: true,
      cause,
    })
  }
}

const refusal = (path: string, status: number, text: string): AppError =>
  new AppError({
    category: 'data',
    code: 'application-refused',
    message: `${path.split('?', 1)[0]} was refused with status ${status}: ${messageOf(text)}`,
    details: { status },
  })

/** The deepest message of an error body of either application; the text itself where it is something else. */
export function messageOf(text: string): string {
  try {
    let error = (JSON.parse(text) as { error?: ErrorNode }).error
    while (error?.innererror !== undefined) error = error.innererror
    return error?.message ?? text.slice(0, 300)
  } catch {
    return text.slice(0, 300)
  }
}

interface ErrorNode {
  readonly message?: string
  readonly innererror?: ErrorNode
}
