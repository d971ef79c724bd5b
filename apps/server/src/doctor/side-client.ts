import { setTimeout as delay } from 'node:timers/promises'
import { AppError, isAppError } from '@p2c/base'
import type { ConnectedEnvironment } from '@p2c/engine'
import { type Fact, known, unknown } from './fact.ts'

export type SideRow = Readonly<Record<string, unknown>>

/** An answer of a side, whatever its status. */
export interface SideAnswer {
  readonly status: number
  readonly body: SideRow
}

/** One system of a connection set as the doctor asks it: plain calls of its public interface, no connector in between. */
export interface SideClient {
  readonly root: string
  /** `path` is below the address of the connection. Throws `side-unreachable` where nothing answers, and `side-refused` for a refused sign-in. */
  send(method: 'GET' | 'POST' | 'PATCH', path: string, body?: unknown): Promise<SideAnswer>
  /** The rows of a feed, page by page. Throws `side-refused` with the status of a refusal. */
  pages(path: string): AsyncGenerator<readonly SideRow[]>
  /** All rows of a feed, or the first `limit`: for feeds that are known to be small. Throws as `pages` does. */
  rows(path: string, limit?: number): Promise<readonly SideRow[]>
  /** The answer's body. Throws `side-refused`. */
  get(path: string): Promise<SideRow>
}

export interface SideClientDeps {
  readonly environment: ConnectedEnvironment
  readonly fetch: typeof fetch
  readonly signal: AbortSignal
}

/** Times that a call is repeated that was throttled or, where it changes nothing, met a fault of the moment; and the pauses between two of them. */
const REPEATS = 4
const LONGEST_PAUSE_MS = 30_000
const PAUSE_AFTER_CUT_MS = 200

/** Most rows that are read of one feed where nobody says a limit. */
export const MOST_ROWS = 250_000

export function createSideClient(deps: SideClientDeps): SideClient {
  const root = deps.environment.baseUrl.replace(/\/+$/, '')
  let token: Promise<string> | undefined
  const send: SideClient['send'] = async (method, path, body) => {
    token ??= signIn(deps, root)
    const url = path.startsWith('http') ? path : `${root}${path}`
    if (new URL(url).origin !== new URL(root).origin) throw refused(url, 0, 'the next page is on another host')
    const attempted = async (bearer: Promise<string>): Promise<SideAnswer> => {
      const headers = { ...headersOf(deps.environment), authorization: `Bearer ${await bearer}` }
      return call(deps, url, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) })
    }
    const used = token
    const answer = await attempted(used)
    if (answer.status !== 401) return answer
    // It has expired meanwhile; several readings at once sign in once.
    if (token === used) token = signIn(deps, root)
    return attempted(token)
  }
  const get: SideClient['get'] = async (path) => {
    const answer = await send('GET', path)
    if (answer.status === 200) return answer.body
    throw refused(path, answer.status, messageOf(answer.body))
  }
  return {
    root,
    send,
    get,
    pages: (path) => readPages(get, path),
    rows: async (path, limit = MOST_ROWS) => {
      const rows: SideRow[] = []
      for await (const page of readPages(get, path)) {
        rows.push(...page)
        if (rows.length >= limit) break
      }
      return rows.slice(0, limit)
    },
  }
}

async function* readPages(get: SideClient['get'], path: string): AsyncGenerator<readonly SideRow[]> {
  for (let link: string | undefined = path; link !== undefined; ) {
    const page = await get(link)
    if (Array.isArray(page.value)) yield page.value as SideRow[]
    link = typeof page['@odata.nextLink'] === 'string' ? page['@odata.nextLink'] : undefined
  }
}

/** What a reading gave, or the words of the failure that kept it from giving anything; a caller that went away ends it. */
export async function readFact<Value>(read: () => Promise<Value>, signal: AbortSignal): Promise<Fact<Value>> {
  try {
    return known(await read())
  } catch (error) {
    signal.throwIfAborted()
    if (!isAppError(error)) throw error
    return unknown(error.message)
  }
}

const headersOf = ({ environmentType }: ConnectedEnvironment): Record<string, string> => ({
  accept: 'application/json',
  'content-type': 'application/json',
  'odata-version': '4.0',
  'odata-maxversion': '4.0',
  ...(environmentType !== 'AX' && { prefer: 'odata.maxpagesize=5000' }),
})

async function signIn({ environment, fetch, signal }: SideClientDeps, root: string): Promise<string> {
  const { tokenUrl, clientId } = environment.settings
  const secret = environment.secrets.clientSecret
  if (typeof tokenUrl !== 'string' || typeof clientId !== 'string' || secret === undefined || !('value' in secret))
    throw new AppError({
      category: 'auth',
      code: 'connection-incomplete',
      message: `Connection '${environment.connectionName}' lacks tokenUrl, clientId or clientSecret. Complete it in connection set '${environment.connectionSetName}'.`,
    })
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: secret.value,
    scope: `${new URL(root).origin}/.default`,
  })
  const answer = await call({ fetch, signal }, tokenUrl, { method: 'POST', body: form })
  if (answer.status === 200 && typeof answer.body.access_token === 'string') return answer.body.access_token
  const reason = typeof answer.body.error_description === 'string' ? answer.body.error_description : messageOf(answer.body)
  throw refused(tokenUrl, answer.status, `sign-in as client ${clientId}: ${reason}`)
}

async function call({ fetch, signal }: Pick<SideClientDeps, 'fetch' | 'signal'>, url: string, request: RequestInit): Promise<SideAnswer> {
  // A write whose answer was lost may have been carried out; a sign-in changes nothing either.
  const isHarmless = request.method === 'GET' || request.body instanceof URLSearchParams
  for (let repeat = 0; ; repeat += 1) {
    const isLast = repeat >= REPEATS
    try {
      const response = await attempt({ fetch, signal }, url, request)
      const isPassing = response.status === 429 || response.status === 503 || (isHarmless && response.status >= 500)
      if (!isPassing || isLast) return response
      await delay(Math.min(response.pauseMs, LONGEST_PAUSE_MS), undefined, { signal })
    } catch (error) {
      if (!isHarmless || isLast || !isAppError(error)) throw error
      await delay(PAUSE_AFTER_CUT_MS, undefined, { signal })
    }
  }
}

async function attempt({ fetch, signal }: Pick<SideClientDeps, 'fetch' | 'signal'>, url: string, request: RequestInit) {
  try {
    const response = await fetch(url, { ...request, signal, redirect: 'manual' })
    const pauseMs = 1000 * (Number(response.headers.get('retry-after')) || 1)
    return { status: response.status, body: readBody(await response.text()), pauseMs }
  } catch (cause) {
    signal.throwIfAborted()
    throw new AppError({
      category: 'connectivity',
      code: 'side-unreachable',
      message: `${new URL(url).origin} does not answer. See whether the system runs and whether the address of the connection is right.`,
      retryable: true,
      cause,
    })
  }
}

/** A page of a gateway in place of JSON: the status says enough. */
function readBody(text: string): SideRow {
  try {
    const body: unknown = JSON.parse(text.replace(/^\ufeff/, ''))
    return typeof body === 'object' && body !== null ? (body as SideRow) : {}
  } catch {
    return {}
  }
}

/** The words of a refusal; Supply Chain has its own inside. */
export function messageOf(body: SideRow): string {
  const error = body.error
  if (typeof error !== 'object' || error === null) return typeof error === 'string' ? error : 'no reason given'
  const { message, innererror } = error as { readonly message?: unknown; readonly innererror?: { readonly message?: unknown } }
  return String(innererror?.message ?? message ?? 'no reason given').slice(0, 300)
}

/** A system that answers, but does not tell what was asked. */
export const notTold = (message: string): AppError => new AppError({ category: 'schema', code: 'side-refused', message })

const refused = (path: string, status: number, reason: string): AppError =>
  new AppError({
    category: status === 401 || status === 403 ? 'auth' : 'connectivity',
    code: 'side-refused',
    message: `${path.split('?', 1)[0]} was refused (${status}): ${reason}`,
    details: { status },
  })
