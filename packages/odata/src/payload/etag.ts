/** One data source of an F&O row: how often it was written and which record it is. Both are whole numbers as text (Int64). */
export interface RecordVersion {
  readonly recversion: string
  readonly recid: string
}

/** What an `If-Match` or `If-None-Match` header asks: any row, or one of these ETags as sent. */
export type EtagCondition = '*' | readonly string[]

/** `W/"503112"` of a row version. Source: Dataverse Web API 6, DV-018. */
export const formatDataverseEtag = (version: string | number | bigint): string => `W/"${version}"`

/** The row version in a Dataverse ETag, or undefined where it is none. */
export function parseDataverseEtag(etag: string): string | undefined {
  const opaque = opaqueText(etag)
  return /^\d{1,20}$/.test(opaque) ? opaque : undefined
}

/** `W/"<base64 of '1,5637144601'>"`, the pairs of several data sources joined by `;`. Source: F&O 7, FO-033. */
export function formatFinopsEtag(versions: RecordVersion | readonly RecordVersion[]): string {
  const list = 'recversion' in versions ? [versions] : versions
  const text = `'${list.map(({ recversion, recid }) => `${recversion},${recid}`).join(';')}'`
  return `W/"${Buffer.from(text, 'latin1').toString('base64')}"`
}

/** The pairs in an F&O ETag, or undefined where it is none. */
export function parseFinopsEtag(etag: string): readonly RecordVersion[] | undefined {
  const opaque = opaqueText(etag)
  if (opaque.length > 1_000 || !/^[A-Za-z0-9+/]+={0,2}$/.test(opaque)) return undefined
  const text = Buffer.from(opaque, 'base64').toString('latin1').trim()
  if (!/^'\d{1,20},\d{1,20}(;\d{1,20},\d{1,20})*;?'$/.test(text)) return undefined
  return text
    .slice(1, -1)
    .split(';')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [recversion = '', recid = ''] = pair.split(',')
      return { recversion, recid }
    })
}

/**
 * Reads `If-Match` or `If-None-Match`. Undefined: no condition, also for the literal `null` that clients send to avoid caches (DV-007).
 * What is no ETag stays in the list as sent: it matches no row.
 */
export function parseIfMatch(header: string | readonly string[] | undefined): EtagCondition | undefined {
  const items = (typeof header === 'string' ? [header] : (header ?? []))
    .flatMap((line) => line.slice(0, 8_192).split(','))
    .map((item) => item.trim())
    .filter((item) => item !== '' && item.toLowerCase() !== 'null')
  if (items.length === 0) return undefined
  return items.includes('*') ? '*' : items
}

/** True when the current ETag fulfils the condition. Weak comparison: `W/"1"` and `"1"` are the same. `*` matches every row. */
export function matchesEtag(condition: EtagCondition, current: string): boolean {
  if (condition === '*') return true
  const wanted = opaqueText(current)
  return condition.some((etag) => opaqueText(etag) === wanted)
}

/** Text between the quotes; backslashes before quotes are dropped, since some clients send the ETag as JSON escaped it. */
function opaqueText(etag: string): string {
  const text = etag.trim().replace(/^W\//i, '').replaceAll('\\"', '"')
  return text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text
}
