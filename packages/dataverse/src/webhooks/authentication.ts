import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { AUTH_TYPES, type Endpoint } from './registration.ts'

type Pair = readonly [name: string, value: string]

/** What a webhook signs in with: headers, or pairs behind its address. */
export interface Authentication {
  readonly headers: readonly Pair[]
  readonly query: readonly Pair[]
}

/** Key of the query in which a webhook of type WebhookKey gets its value. Source: wire specification 19. */
const WEBHOOK_KEY = 'code'

export type AuthenticationReading =
  | { readonly ok: true; readonly authentication: Authentication }
  | { readonly ok: false; readonly problem: string }

/**
 * Reads `authvalue`: plain text for a WebhookKey, else `<settings><setting name="…" value="…"/></settings>`. A problem never quotes the value: it
 * is a secret.
 */
export function readAuthentication({ authtype, authvalue }: Pick<Endpoint, 'authtype' | 'authvalue'>): AuthenticationReading {
  if (authtype === AUTH_TYPES.webhookKey) {
    if (authvalue === null) return failed("A webhook with authtype 4 (WebhookKey) needs its key in 'authvalue'.")
    return { ok: true, authentication: { headers: [], query: [[WEBHOOK_KEY, authvalue]] } }
  }
  const pairs = authvalue === null ? [] : readSettings(authvalue)
  if (pairs === undefined)
    return failed(
      `'authvalue' must be XML of the form <settings><setting name="Name" value="Value"/></settings>, each name once and not empty.`,
    )
  if (authtype === AUTH_TYPES.httpQueryString) return { ok: true, authentication: { headers: [], query: pairs } }
  const problem = headerProblem(pairs)
  return problem === undefined ? { ok: true, authentication: { headers: pairs, query: [] } } : failed(problem)
}

const failed = (problem: string): AuthenticationReading => ({ ok: false, problem })

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseAttributeValue: false,
  parseTagValue: false,
  trimValues: true,
})

function readSettings(text: string): readonly Pair[] | undefined {
  // Neither document types nor processing instructions have a place here.
  if (/<[!?]/.test(text) || XMLValidator.validate(text) !== true) return undefined
  const parsed: unknown = parser.parse(text)
  const [root, ...others] = Array.isArray(parsed) ? parsed : []
  if (!isNode(root) || others.length > 0 || !Array.isArray(root.settings)) return undefined
  const pairs = root.settings.map(toPair)
  const complete = pairs.filter((pair) => pair !== undefined)
  const names = new Set(complete.map(([name]) => name.toLowerCase()))
  return complete.length === pairs.length && names.size === pairs.length ? complete : undefined
}

const isNode = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null

function toPair(node: unknown): Pair | undefined {
  if (!isNode(node) || !('setting' in node)) return undefined
  const attributes = node[':@']
  if (!isNode(attributes)) return undefined
  const { name, value } = attributes
  return typeof name === 'string' && name !== '' && typeof value === 'string' ? [name, value] : undefined
}

/** RFC 9110: what a header name is made of. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
/** No control characters, and nothing that a header cannot carry. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/
/** They belong to the connection, or say what the body is. */
const RESERVED = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

function headerProblem(pairs: readonly Pair[]): string | undefined {
  for (const [name, value] of pairs) {
    if (!HEADER_NAME.test(name) || !HEADER_VALUE.test(value))
      return `'authvalue' names a header that HTTP cannot carry: '${name.slice(0, 100)}'.`
    if (RESERVED.has(name.toLowerCase()) || /^x-ms-/i.test(name)) return `The header '${name.slice(0, 100)}' is set by the platform.`
  }
  return undefined
}

/** Why an address cannot be posted to; undefined where it can. Only http and https, without a name and password in it. */
export function addressProblem(url: string): string | undefined {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed === undefined || (parsed.protocol !== 'http:' && parsed.protocol !== 'https:'))
    return "'url' must be an absolute address that begins with http:// or https://."
  return parsed.username === '' && parsed.password === '' ? undefined : "'url' must not hold a user name or password: use 'authvalue'."
}

/** The address with the pairs that authenticate. */
export function addressOf(url: string, { query }: Authentication): string {
  const address = new URL(url)
  for (const [name, value] of query) address.searchParams.append(name, value)
  return address.href
}
