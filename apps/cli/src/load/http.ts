import { setTimeout as delay } from 'node:timers/promises'
import { AppError, type Clock } from '@p2c/base'

/** Calls one application with a bearer token; JSON in, JSON out. */
export interface ApplicationClient {
  /**
   * Throws `application-refused` with the application's own text where the request itself is at fault; `sign-in-refused`, `throttled`,
   * `application-failed` and `application-unreachable` where any other request would fare the same.
   */
  json(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<unknown>
  /** A body of another kind, answered as text. */
  text(path: string, body: string, contentType: string): Promise<string>
}

export interface ApplicationClientDeps {
  readonly baseUrl: string
  readonly token: () => Promise<string>
  readonly fetch: typeof fetch
  /** `Retry-After` may name a time. */
  readonly clock: Clock
}

const REPEATS = 5

export function createApplicationClient(deps: ApplicationClientDeps): ApplicationClient {
  const send = async (path: string, init: RequestInit, headers: Record<string, string>): Promise<Response> => {
    for (let attempt = 0; ; attempt += 1) {
      const response = await once(deps, path, { ...init, headers: { ...headers, authorization: `Bearer ${await deps.token()}` } })
      if ((response.status !== 429 && response.status !== 503) || attempt >= REPEATS) return response
      await response.body?.cancel() // else its connection stays taken
      await delay(pauseMs(response.headers.get('retry-after'), deps.clock.now().getTime()))
    }
  }
  return {
    json: async (method, path, body) => {
      const init = body === undefined ? { method } : { method, body: JSON.stringify(body) }
      const response = await send(path, init, { accept: 'application/json', 'content-type': 'application/json' })
      const text = await bodyOf(deps, response)
      if (!response.ok) throw refusal(path, response.status, text)
      return text === '' ? undefined : parseReply(path, response.status, text)
    },
    text: async (path, body, contentType) => {
      const response = await send(path, { method: 'POST', body }, { 'content-type': contentType })
      const text = await bodyOf(deps, response)
      if (!response.ok) throw refusal(path, response.status, text)
      return text
    },
  }
}

const FIRST_PAUSE_MS = 1000
const LONGEST_PAUSE_MS = 60_000

/** How long `Retry-After` asks to wait, as seconds or as a time; a second where it says nothing usable, a minute at most. */
export function pauseMs(retryAfter: string | null, now: number): number {
  const text = retryAfter?.trim() ?? ''
  const asked = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now
  return Number.isNaN(asked) ? FIRST_PAUSE_MS : Math.min(Math.max(asked, 0), LONGEST_PAUSE_MS)
}

const once = (deps: ApplicationClientDeps, path: string, init: RequestInit): Promise<Response> =>
  deps.fetch(`${deps.baseUrl}${path}`, init).catch((cause: unknown) => Promise.reject(unreachable(deps.baseUrl, cause)))

const bodyOf = (deps: ApplicationClientDeps, response: Response): Promise<string> =>
  response.text().catch((cause: unknown) => Promise.reject(unreachable(deps.baseUrl, cause)))

const unreachable = (baseUrl: string, cause: unknown): AppError =>
  new AppError({
    category: 'connectivity',
    code: 'application-unreachable',
    message: `The application at ${baseUrl} does not answer. See whether it runs: p2c start.`,
    retryable: true,
    cause,
  })

function parseReply(path: string, status: number, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw failed(path, status, `the reply is no JSON: ${text.slice(0, 100)}`)
  }
}

/** Only what the request itself is to blame for is `application-refused`: a loader halves its batch for that and for nothing else. */
function refusal(path: string, status: number, text: string): AppError {
  const place = path.split('?', 1)[0]
  const details = { status }
  if (status === 401 || status === 403) {
    const message = `${place} was refused with status ${status}: ${messageOf(text)}. Stop the installation and start it again.`
    return new AppError({ category: 'auth', code: 'sign-in-refused', message, details })
  }
  if (status === 429) {
    const message = `${place} was refused with status 429 again and again. Load again when the application has less to do.`
    return new AppError({ category: 'throttling', code: 'throttled', message, details, retryable: true })
  }
  if (status >= 500) return failed(path, status, messageOf(text))
  return new AppError({
    category: 'data',
    code: 'application-refused',
    message: `${place} was refused with status ${status}: ${messageOf(text)}`,
    details,
  })
}

const failed = (path: string, status: number, reason: string): AppError =>
  new AppError({
    category: 'internal',
    code: 'application-failed',
    message: `${path.split('?', 1)[0]} failed with status ${status}: ${reason}. Look into the application's log in the folder logs of the data folder, then load again.`,
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
