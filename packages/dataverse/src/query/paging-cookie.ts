import { escapeXml, readXml } from '@p2c/odata'
import { wireErrors } from '../errors/wire-errors.ts'

/** Place of the next page: the sort values of the last row, its id, and while changes are read what the reading began with. */
export interface PagePlace {
  /** Number of the page that this place leads to; 2 or more. */
  readonly page: number
  /** Text of each `$orderby` value of the last row, null where empty. */
  readonly values: readonly (string | null)[]
  readonly id: string
  /** Change tracking: the delta token to hand out on the last page. */
  readonly tracking?: string
}

export interface PageRow {
  readonly values: readonly (string | null)[]
  readonly id: string
}

export interface CookieFacts {
  readonly page: number
  readonly names: readonly string[]
  readonly primaryId: string
  readonly first: PageRow
  readonly last: PageRow
  readonly tracking?: string
}

const attribute = (name: 'first' | 'last', value: string | null): string =>
  value === null ? `${name}null="1"` : `${name}="${escapeXml(value)}"`
/** A row's id as cookies write it: upper case in braces. */
export const bracedGuid = (id: string): string => `{${id.toUpperCase()}}`

/** The element of one sort column: its values in the last and in the first row of the page. */
export const cookieColumn = (name: string, last: string | null, first: string | null): string =>
  `<${name} ${attribute('last', last)} ${attribute('first', first)} />`

/** The text of `$skiptoken`, not yet percent-encoded for the URL. Source: wire specification 11.4 and G-DV-13. */
export function formatCookie(facts: CookieFacts): string {
  const columns = facts.names.map((name, index) => cookieColumn(name, facts.last.values[index] ?? null, facts.first.values[index] ?? null))
  const key = `<${facts.primaryId} last="${bracedGuid(facts.last.id)}" first="${bracedGuid(facts.first.id)}" />`
  const tracking = facts.tracking === undefined ? '' : `<tracking token="${escapeXml(facts.tracking)}" />`
  const inner = `<cookie page="${facts.page - 1}">${[...columns, key].join('')}${tracking}</cookie>`
  const isTracking = facts.tracking === undefined ? 'False' : 'True'
  return `<cookie pagenumber="${facts.page}" pagingcookie="${encodeURIComponent(inner)}" istracking="${isTracking}" />`
}

const GUID = /^\{?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\}?$/i
const LONGEST_TOKEN = 20_000

/** Reads a `$skiptoken` made by `formatCookie` for the same sort order. Anything else is refused by 400. */
export function parseCookie(token: string, columnCount: number): PagePlace {
  const malformed = () => wireErrors.badQuery('The skip token is malformed: follow the nextLink of the page before unchanged.')
  if (token.length > LONGEST_TOKEN) throw malformed()
  try {
    const outer = readXml(token)
    const inner = readXml(decodeURIComponent(outer.attributes.pagingcookie ?? ''))
    const elements = inner.children
    const tracking = elements.find((element) => element.name === 'tracking')?.attributes.token
    const sorted = elements.filter((element) => element.name !== 'tracking')
    const id = GUID.exec(sorted.at(-1)?.attributes.last ?? '')?.[1]?.toLowerCase()
    const page = Number(outer.attributes.pagenumber)
    if (id === undefined || sorted.length !== columnCount + 1 || !Number.isSafeInteger(page) || page < 2) throw malformed()
    const values = sorted.slice(0, -1).map((element) => (element.attributes.lastnull === '1' ? null : (element.attributes.last ?? '')))
    return { page, values, id, ...(tracking !== undefined && { tracking }) }
  } catch {
    throw malformed()
  }
}
