import { batchError } from './batch-error.ts'

/** Entity URL of each finished operation of the running change set, by Content-ID. */
export type ContentIds = ReadonlyMap<string, string>

/** Segments that begin with `$` and are no reference. */
const RESERVED = new Set(['$metadata', '$batch', '$count', '$ref', '$value', '$entity', '$crossjoin', '$all', '$root'])
const MEMBERS_WITH_URLS = ['@odata.bind', '@odata.id']

const unknownReference = (token: string) =>
  batchError('batch-content-id-unknown', `Content-ID Reference: '$${token}' does not exist in the batch context.`)

/**
 * Replaces `$1` at the start of an operation's URL (`$1`, `/$1/primarycontactid/$ref`, `{root}/$1?…`) by the entity URL of that
 * operation. Any other URL comes back unchanged. Throws `batch-content-id-unknown` for a reference to no earlier operation. Source: DV-088.
 */
export function resolveUrlReference(url: string, contentIds: ContentIds): string {
  const start = referenceStart(url)
  if (start === undefined) return url
  const end = endOfSegment(url, start)
  const token = url.slice(start + 1, end)
  if (RESERVED.has(`$${token}`)) return url
  const target = contentIds.get(decodeToken(token))
  if (target === undefined) throw unknownReference(token)
  return target + url.slice(end)
}

/**
 * A body with every `"$1"` of its bind and id members replaced (`"customerid_account@odata.bind":"$1"`, `"@odata.id":"$1"`, arrays of them,
 * at any depth). The value that was given stays as it is. Throws `batch-content-id-unknown`.
 */
export function resolveBodyReferences(body: unknown, contentIds: ContentIds): unknown {
  if (Array.isArray(body)) return body.map((item) => resolveBodyReferences(item, contentIds))
  if (!isPlainObject(body)) return body
  const entries = Object.entries(body).map(([name, value]): [string, unknown] => [
    name,
    MEMBERS_WITH_URLS.some((suffix) => name.endsWith(suffix)) ? resolveLink(value, contentIds) : resolveBodyReferences(value, contentIds),
  ])
  return Object.fromEntries(entries)
}

function resolveLink(value: unknown, contentIds: ContentIds): unknown {
  if (typeof value === 'string') return resolveUrlReference(value, contentIds)
  return Array.isArray(value) ? value.map((item) => resolveLink(item, contentIds)) : value
}

const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype

/** Where the `$` of a reference stands: first segment of a relative URL, or a last-but-options segment of a longer one. */
function referenceStart(url: string): number | undefined {
  if (url.startsWith('$')) return 0
  if (url.startsWith('/$')) return 1
  const question = url.indexOf('?')
  const path = question < 0 ? url : url.slice(0, question)
  const found = path.indexOf('/$')
  if (found < 0) return undefined
  const end = endOfSegment(url, found + 1)
  const isReference = /^\$\d{1,9}$/.test(url.slice(found + 1, end))
  return isReference ? found + 1 : undefined
}

function endOfSegment(url: string, start: number): number {
  for (let at = start; at < url.length; at += 1) {
    const char = url[at]
    if (char === '/' || char === '?' || char === '#') return at
  }
  return url.length
}

function decodeToken(token: string): string {
  try {
    return decodeURIComponent(token)
  } catch {
    return token
  }
}

/** Scheme and host of an absolute URL. A public client writes the scheme with one slash (`https:/host/api/…`), which URL libraries read so too. */
const SCHEME_AND_HOST = /^https?:\/{1,2}[^/]*/i

/**
 * Path and query of a part's URL below the service root, without a leading slash: `accounts?$top=1`. `rootPath` is the root's path
 * (`/api/data/v9.2`). Absolute, host-relative and root-relative forms are read, a doubled slash behind the root as one; the host is not
 * compared. Undefined where a host-relative URL lies outside the root.
 */
export function belowServiceRoot(url: string, rootPath: string): string | undefined {
  const host = SCHEME_AND_HOST.exec(url)?.[0]
  const path = host === undefined ? url : url.slice(host.length) || '/'
  if (!path.startsWith('/')) return path
  const root = rootPath.endsWith('/') ? rootPath.slice(0, -1) : rootPath
  if (!path.toLowerCase().startsWith(root.toLowerCase())) return undefined
  const rest = path.slice(root.length)
  if (rest !== '' && !rest.startsWith('/') && !rest.startsWith('?')) return undefined
  return rest.replace(/^\/{1,2}/, '')
}
