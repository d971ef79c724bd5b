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

/**
 * All rows of a query, page by page: plain OData reads, not the delta feeds and exports that executions use.
 * Throws `comparison-read-failed` with status and address.
 */
export async function* readFeed(side: Side, path: string, signal: AbortSignal): AsyncGenerator<readonly FeedRow[]> {
  const token = await signIn(side, signal)
  const headers = {
    authorization: `Bearer ${token}`,
    accept: 'application/json',
    ...(side.environmentType !== 'AX' && { prefer: `odata.maxpagesize=${PAGE_SIZE}` }),
  }
  let link: string | undefined = new URL(path, side.url).href
  while (link !== undefined) {
    const page = (await getJson(link, headers, signal)) as { value: readonly FeedRow[]; '@odata.nextLink'?: string }
    yield page.value
    link = page['@odata.nextLink']
    if (link !== undefined && new URL(link).origin !== new URL(side.url).origin) throw readFailure(link, 'the next page is on another host')
  }
}

async function signIn(side: Side, signal: AbortSignal): Promise<string> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: side.clientId,
    client_secret: side.clientSecret,
    scope: `${new URL(side.url).origin}/.default`,
  })
  const response = await fetch(side.tokenUrl, { method: 'POST', body: form, signal })
  const body = (await response.json().catch(() => ({}))) as { access_token?: string }
  if (!response.ok || body.access_token === undefined) throw readFailure(side.tokenUrl, `sign-in answered ${response.status}`)
  return body.access_token
}

async function getJson(url: string, headers: Record<string, string>, signal: AbortSignal): Promise<unknown> {
  const response = await fetch(url, { headers, signal })
  if (response.ok) return response.json()
  throw readFailure(url, `${response.status} ${(await response.text()).slice(0, 500)}`)
}

const readFailure = (url: string, reason: string): AppError =>
  new AppError({
    category: 'connectivity',
    code: 'comparison-read-failed',
    message: `The comparison could not read ${url.split('?', 1)[0]}: ${reason}. See whether the system runs and repeat.`,
    retryable: true,
  })
