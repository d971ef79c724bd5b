import { setTimeout as delay } from 'node:timers/promises'
import { AppError, type Clock, isAppError } from '@p2c/base'

/** Calls one application with a bearer token; JSON in, JSON out. */
export interface ApplicationClient {
  /**
   * Throws `application-refused` with the application's own text where the request itself is at fault; `sign-in-refused`, `throttled`,
   * `application-failed` and `application-unreachable` where any other request would fare the same. `headers` go along as they are.
   */
  json(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<unknown>
  /** A body of another kind, answered as text. */
  text(path: string, body: string, contentType: string): Promise<string>
}

export interface ApplicationClientDeps {
  readonly baseUrl: string
  readonly token: () => Promise<string>
  readonly fetch: typeof fetch
  /** `Retry-After` may name a time. */
  readonly clock: Clock
  /**
   * How long an application may be away before a call fails; by default no time at all. A call that got no answer is sent again then, though
   * the application may have carried it out: only for callers whose requests can be repeated.
   */
  readonly patienceMs?: number
}

const REPEATS = 5

export function createApplicationClient(deps: ApplicationClientDeps): ApplicationClient {
  const send = async (path: string, init: RequestInit, headers: Readonly<Record<string, string>>): Promise<string> => {
    for (let attempt = 0; ; attempt += 1) {
      const reply = await patiently(deps, async () =>
        once(deps, path, { ...init, headers: { ...headers, authorization: `Bearer ${await deps.token()}` } }),
      )
      if (reply.ok) return reply.text
      if ((reply.status !== 429 && reply.status !== 503) || attempt >= REPEATS) throw refusal(path, reply.status, reply.text)
      await delay(pauseMs(reply.retryAfter, deps.clock.now().getTime()))
    }
  }
  return {
    json: async (method, path, body, headers) => {
      const init = body === undefined ? { method } : { method, body: JSON.stringify(body) }
      const text = await send(path, init, { accept: 'application/json', 'content-type': 'application/json', ...headers })
      return text === '' ? undefined : parseReply(path, text)
    },
    text: (path, body, contentType) => send(path, { method: 'POST', body }, { 'content-type': contentType }),
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

/** How often an application that is away is asked whether it is back. */
const ABSENCE_PAUSE_MS = 500

/** Repeats a call while nobody answers it, until the patience is over. */
async function patiently(deps: ApplicationClientDeps, call: () => Promise<Reply>): Promise<Reply> {
  const startedAt = deps.clock.now().getTime()
  for (;;) {
    try {
      return await call()
    } catch (error) {
      const waited = deps.clock.now().getTime() - startedAt
      if (!isAppError(error) || !error.retryable || waited >= (deps.patienceMs ?? 0)) throw error
      await delay(ABSENCE_PAUSE_MS)
    }
  }
}

interface Reply {
  readonly ok: boolean
  readonly status: number
  readonly text: string
  readonly retryAfter: string | null
}

async function once(deps: ApplicationClientDeps, path: string, init: RequestInit): Promise<Reply> {
  try {
    const response = await deps.fetch(`${deps.baseUrl}${path}`, init)
    const { ok, status, headers } = response
    return { ok, status, retryAfter: headers.get('retry-after'), text: await response.text() }
  } catch (cause) {
    throw unreachable(deps.baseUrl, cause)
  }
}

const unreachable = (baseUrl: string, cause: unknown): AppError =>
  new AppError({
    category: 'connectivity',
    code: 'application-unreachable',
    message: `The application at ${baseUrl} does not answer. See whether it runs: p2c start.`,
    retryable: true,
    cause,
  })

function parseReply(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw failed(path, 200, `the reply is no JSON: ${text.slice(0, 100)}`)
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
