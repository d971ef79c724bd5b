import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '@p2c/base'
import type { EnvironmentType } from '@p2c/engine'

/** Where one side is and how to sign in there. */
export interface Side {
  readonly environmentType: EnvironmentType
  readonly url: string
  readonly tokenUrl: string
  readonly clientId: string
  readonly clientSecret: string
}

/** Rows that Sales sends at a time: small pages keep little in memory and cost hardly more. */
const PAGE_SIZE = 2_000

export type FeedRow = Readonly<Record<string, unknown>>

/** How often a read is repeated that met a fault of the moment: reading changes nothing. */
const REPEATS = 5

/** First pause before a repeat where the answer names none; each further one is twice as long. */
const FIRST_PAUSE_MS = 200

/** No side is waited for longer than this before one repeat. */
const LONGEST_PAUSE_MS = 60_000

/**
 * All rows of a query, page by page: plain OData reads, not the delta feeds and exports that executions use. A read that was throttled, met a fault of
 * the server or whose answer was cut is repeated; a token that is refused is replaced once for each page.
 * Throws `comparison-read-failed` with status and address.
 */
export async function* readFeed(side: Side, path: string, signal: AbortSignal): AsyncGenerator<readonly FeedRow[]> {
  let token = await signIn(side, signal)
  let link: string | undefined = new URL(path, side.url).href
  while (link !== undefined) {
    let answer = await get(link, headersOf(side, token), signal)
    if (answer.status === 401) {
      token = await signIn(side, signal)
      answer = await get(link, headersOf(side, token), signal)
    }
    if (answer.status !== 200) throw readFailure(link, reasonOf(answer))
    const page = answer.body as { readonly value: readonly FeedRow[]; readonly '@odata.nextLink'?: string }
    yield page.value
    link = page['@odata.nextLink']
    if (link !== undefined && new URL(link).origin !== new URL(side.url).origin) throw readFailure(link, 'the next page is on another host')
  }
}

const headersOf = ({ environmentType }: Side, token: string): Record<string, string> => ({
  authorization: `Bearer ${token}`,
  accept: 'application/json',
  ...(environmentType !== 'AX' && { prefer: `odata.maxpagesize=${PAGE_SIZE}` }),
})

const get = (url: string, headers: Record<string, string>, signal: AbortSignal): Promise<Answer> => call(url, { headers, signal })

async function signIn(side: Side, signal: AbortSignal): Promise<string> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: side.clientId,
    client_secret: side.clientSecret,
    scope: `${new URL(side.url).origin}/.default`,
  })
  const { status, body } = await call(side.tokenUrl, { method: 'POST', body: form, signal })
  const token = (body as { readonly access_token?: string } | undefined)?.access_token
  if (status !== 200 || token === undefined) throw readFailure(side.tokenUrl, `sign-in answered ${status}`)
  return token
}

interface Answer {
  readonly status: number
  /** Undefined: it is no JSON, as the page of a gateway in between. */
  readonly body: unknown
}

async function call(url: string, request: RequestInit & { readonly signal: AbortSignal }): Promise<Answer> {
  for (let repeat = 0; ; repeat += 1) {
    const outcome = await attempt(url, request)
    if (!outcome.passing) return outcome.answer
    if (repeat >= REPEATS) throw readFailure(url, outcome.reason, outcome.cause)
    await delay(Math.min(outcome.pauseMs ?? FIRST_PAUSE_MS * 2 ** repeat, LONGEST_PAUSE_MS), undefined, { signal: request.signal })
  }
}

type Attempt =
  | { readonly passing: false; readonly answer: Answer }
  /** A fault that may be over at the next attempt. */
  | { readonly passing: true; readonly reason: string; readonly pauseMs: number | undefined; readonly cause?: unknown }

async function attempt(url: string, request: RequestInit & { readonly signal: AbortSignal }): Promise<Attempt> {
  try {
    const response = await fetch(url, request)
    const { status } = response
    const text = await response.text()
    const answer = { status, body: parsed(text) }
    const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN)
    const pauseMs = Number.isFinite(retryAfter) ? 1000 * retryAfter : undefined
    if (status === 429 || status >= 500) return { passing: true, reason: reasonOf(answer), pauseMs }
    if (status === 200 && answer.body === undefined) return { passing: true, reason: 'the answer was no JSON', pauseMs }
    return { passing: false, answer }
  } catch (cause) {
    request.signal.throwIfAborted()
    return { passing: true, reason: 'the connection ended without a whole answer', pauseMs: undefined, cause }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The status, and what the side says of it; a page of a gateway says no more than the status. */
const reasonOf = ({ status, body }: Answer): string =>
  body === undefined ? `${status}` : `${status} ${JSON.stringify(body).slice(0, 500)}`

const readFailure = (url: string, reason: string, cause?: unknown): AppError =>
  new AppError({
    category: 'connectivity',
    code: 'comparison-read-failed',
    message: `The comparison could not read ${url.split('?', 1)[0]}: ${reason}. See whether the system runs and repeat.`,
    retryable: true,
    ...(cause !== undefined && { cause }),
  })
