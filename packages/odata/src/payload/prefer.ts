/** One preference as it was sent: the name in lower case, the value without its quotes. */
export interface Preference {
  readonly name: string
  readonly value?: string
}

/** Says whether an annotation name (without the leading `@`) is wanted. */
export type AnnotationMatcher = (annotation: string) => boolean

/** The preferences of one request that either service knows; everything else is only in `raw`. Source: Dataverse Web API 3.2, DV-008. */
export interface Preferences {
  readonly returnRepresentation: boolean
  /** Absent when no annotation was asked for. */
  readonly includeAnnotations?: AnnotationMatcher
  /** As asked, at least 1; the server applies its own upper bound. Absent when missing, zero or not a whole number. */
  readonly maxPageSize?: number
  readonly trackChanges: boolean
  readonly continueOnError: boolean
  /** Every preference in the order sent; of a repeated name only the first counts (RFC 7240, section 2). */
  readonly raw: readonly Preference[]
}

/** More is never sent by a client: what lies behind is not read. */
const LONGEST_PREFER = 16_384
const LARGEST_PAGE = 1_000_000

/** Reads one or several `Prefer` header lines. Unknown and malformed preferences are ignored, never refused. */
export function parsePrefer(headers: string | readonly string[] | undefined): Preferences {
  const raw = new Map<string, Preference>()
  for (const header of headers === undefined ? [] : typeof headers === 'string' ? [headers] : headers) {
    for (const item of splitOutsideQuotes(header.slice(0, LONGEST_PREFER), ',')) {
      const preference = parsePreference(item)
      if (preference !== undefined && !raw.has(preference.name)) raw.set(preference.name, preference)
    }
  }
  const annotations = raw.get('odata.include-annotations')?.value
  const maxPageSize = parsePageSize(raw.get('odata.maxpagesize')?.value)
  return {
    returnRepresentation: raw.get('return')?.value?.toLowerCase() === 'representation',
    ...(annotations !== undefined && annotations !== '' && { includeAnnotations: annotationMatcher(annotations) }),
    ...(maxPageSize !== undefined && { maxPageSize }),
    trackChanges: isOn(raw.get('odata.track-changes')),
    continueOnError: isOn(raw.get('odata.continue-on-error')),
    raw: [...raw.values()],
  }
}

/** True when the request asked for this annotation: by name, by `*`, or by a prefix that ends in `*`. */
export const annotationWanted = (preferences: Preferences, annotation: string): boolean =>
  preferences.includeAnnotations?.(annotation) ?? false

/** The sent preferences of these names (lower case), in the order sent: what goes into `Preference-Applied`. */
export const honouredPreferences = (preferences: Preferences, names: readonly string[]): readonly Preference[] =>
  preferences.raw.filter((preference) => names.includes(preference.name))

/** The value of `Preference-Applied`; undefined for an empty list: then the header is left out. */
export function formatPreferenceApplied(list: readonly Preference[]): string | undefined {
  if (list.length === 0) return undefined
  return list.map(formatPreference).join(',')
}

const formatPreference = ({ name, value }: Preference): string =>
  value === undefined ? name : TOKEN.test(value) ? `${name}=${value}` : `${name}="${value.replaceAll('"', '')}"`

/** RFC 9110 tokens without `*`, which this service quotes: `odata.include-annotations="*"`. */
const TOKEN = /^[\w!#$%&'+.^`|~-]+$/

/** `X` of the annotation preference: a comma list of names, `*` or prefixes ending in `*`; a `-` in front excludes. */
function annotationMatcher(list: string): AnnotationMatcher {
  const items = list
    .split(',')
    .map((item) => item.trim().replace(/^@/, ''))
    .filter((item) => item !== '')
  const exclude = items.filter((item) => item.startsWith('-')).map((item) => item.slice(1))
  const include = items.filter((item) => !item.startsWith('-'))
  const matches = (pattern: string, name: string) => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern)
  const decided = new Map<string, boolean>()
  const decide = (name: string) => include.some((item) => matches(item, name)) && !exclude.some((item) => matches(item, name))
  return (name) => {
    const known = decided.get(name)
    if (known !== undefined) return known
    const wanted = decide(name)
    if (decided.size < 64) decided.set(name, wanted)
    return wanted
  }
}

/** `odata.` may be left out of the names, as OData 4.01 does. */
function parsePreference(item: string): Preference | undefined {
  const main = splitOutsideQuotes(item, ';')[0] ?? ''
  const equals = main.indexOf('=')
  const given = (equals < 0 ? main : main.slice(0, equals)).trim().toLowerCase()
  if (given === '') return undefined
  const name = SHORT_NAMES.has(given) ? `odata.${given}` : given
  if (equals < 0) return { name }
  return { name, value: unquote(main.slice(equals + 1).trim()) }
}

const SHORT_NAMES = new Set(['include-annotations', 'maxpagesize', 'track-changes', 'continue-on-error'])

function unquote(value: string): string {
  if (!value.startsWith('"')) return value
  return value.slice(1, value.endsWith('"') && value.length > 1 ? -1 : undefined).replace(/\\(.)/g, '$1')
}

const isOn = (preference: Preference | undefined): boolean => preference !== undefined && preference.value?.toLowerCase() !== 'false'

function parsePageSize(value: string | undefined): number | undefined {
  if (value === undefined || !/^\d{1,9}$/.test(value)) return undefined
  const size = Number(value)
  return size === 0 ? undefined : Math.min(size, LARGEST_PAGE)
}

/** Splits at `separator`, not inside double quotes; a backslash inside quotes escapes the next character. */
function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts: string[] = []
  let start = 0
  let quoted = false
  for (let index = 0; index < text.length; index += 1) {
    const char = text[index]
    if (quoted && char === '\\') index += 1
    else if (char === '"') quoted = !quoted
    else if (char === separator && !quoted) {
      parts.push(text.slice(start, index))
      start = index + 1
    }
  }
  parts.push(text.slice(start))
  return parts
}
