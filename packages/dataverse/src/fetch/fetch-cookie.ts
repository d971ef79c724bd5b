import { escapeXml, readXml } from '@p2c/odata'
import { bracedGuid, cookieColumn } from '../query/paging-cookie.ts'
import { fetchErrors } from './fetch-errors.ts'

/** One sort column of a page: its values in the first and the last row. */
export interface CookieColumn {
  readonly name: string
  readonly first: string | null
  readonly last: string | null
  /** Ids are written upper case in braces. */
  readonly isId: boolean
}

/**
 * The paging annotation behind a page: order columns, then the key, percent-encoded twice in lower-case hex. Source: wire specification
 * 11.6 and G-DV-31.
 */
export function formatFetchCookie(page: number, columns: readonly CookieColumn[]): string {
  const shown = (value: string | null, isId: boolean): string | null => (value === null || !isId ? value : bracedGuid(value))
  const inner = columns.map(({ name, first, last, isId }) => cookieColumn(name, shown(last, isId), shown(first, isId)))
  const cookie = `<cookie page="${page}">${inner.join('')}</cookie>`
  const once = encodeURIComponent(cookie).replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())
  return `<cookie pagenumber="${page + 1}" pagingcookie="${escapeXml(encodeURIComponent(once))}" istracking="False" />`
}

/** What a cookie says: the page that it was made behind, and the last values by column. */
export interface ReadCookie {
  readonly page: number
  readonly last: ReadonlyMap<string, string | null>
}

const LONGEST_COOKIE = 100_000
const GUID = /^\{([0-9a-f-]{36})\}$/i

/**
 * Reads the `paging-cookie` of a query. Clients decode the annotation twice, once or not at all before they place it: all three are read.
 * Throws `0x8004112a` for anything else.
 */
export function readFetchCookie(text: string): ReadCookie {
  if (text.length > LONGEST_COOKIE) throw fetchErrors.malformedCookie()
  try {
    const outer = readXml(decoded(text))
    const { pagingcookie } = outer.attributes
    const cookie = pagingcookie === undefined ? outer : readXml(decoded(pagingcookie))
    const page = Number(cookie.attributes.page)
    if (cookie.name !== 'cookie' || !Number.isSafeInteger(page) || page < 1) throw fetchErrors.malformedCookie()
    const last = cookie.children.map(
      ({ name, attributes }) => [name, attributes.lastnull === '1' ? null : plainId(attributes.last ?? '')] as const,
    )
    return { page, last: new Map(last) }
  } catch {
    throw fetchErrors.malformedCookie()
  }
}

/** Percent-decoded as often as it is encoded, twice at most. */
function decoded(text: string): string {
  let plain = text.trim()
  for (let times = 0; times < 2 && plain.startsWith('%'); times += 1) plain = decodeURIComponent(plain)
  return plain
}

const plainId = (value: string): string => GUID.exec(value)?.[1]?.toLowerCase() ?? value
