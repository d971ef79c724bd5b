import { isAppError } from '@p2c/base'
import type { ODataRequest, PathSegment } from '../ast.ts'
import type { ODataProfile } from '../profile.ts'
import { guardCharacters } from './guard.ts'
import { type ODataErrorCode, odataError, quoteForMessage } from './odata-error.ts'
import { type OptionText, readOptions } from './parse-options.ts'
import { type AliasResolver, noAliases, parseText } from './parse-text.ts'
import type { AliasValue } from './parser-context.ts'
import { decodePath, type QueryPart, splitQuery } from './url-text.ts'

export interface ParseRequestOptions {
  readonly profile: ODataProfile
  /** Path of the service root, `/api/data/v9.2/`; a URL that does not lie under it is refused. Absent: the URL begins below the root. */
  readonly basePath?: string
  /** The request line stands in a `$batch`, where it may be longer. */
  readonly inBatch?: boolean
}

/**
 * Reads path and query, still percent-encoded, of a request: absolute (`https://host/api/data/v9.2/accounts`), host-relative or relative to
 * the root. Throws an `AppError` with a code of `ODATA_ERROR_CODES`; `details.option` names the query option that `details.position` is
 * counted in, else the position is one of the URL or of its decoded path. The order of options is free.
 */
export function parseRequest(url: string, options: ParseRequestOptions): ODataRequest {
  const { profile } = options
  const limit = options.inBatch === true ? (profile.maxBatchUrlLength ?? profile.maxUrlLength) : profile.maxUrlLength
  if (url.length > limit) {
    throw odataError('odata-too-long', `The URL is ${url.length} characters long; at most ${limit} are read.`, { position: limit, limit })
  }
  guardCharacters(url)
  const question = url.indexOf('?')
  const pathEnd = question < 0 ? url.length : question
  const sorted = sortParts(question < 0 ? [] : splitQuery(url.slice(question + 1), question + 1))
  const aliases = createAliases(sorted.aliases, profile)
  return {
    path: readPath(url.slice(0, pathEnd), options, aliases),
    options: readOptions(sorted.options, { profile, aliases }),
    custom: sorted.custom,
  }
}

function readPath(rawPath: string, { profile, basePath }: ParseRequestOptions, aliases: AliasResolver): readonly PathSegment[] {
  const hostEnd = /^[a-z][a-z0-9+.-]*:\/\/[^/]*/i.exec(rawPath)?.[0].length ?? 0
  const start = hostEnd + (basePath === undefined ? 0 : rootLength(rawPath.slice(hostEnd), basePath))
  return parseText('ResourcePath', decodePath(rawPath.slice(start), start), { profile, aliases })
}

function rootLength(path: string, basePath: string): number {
  const root = basePath.replace(/\/+$/, '')
  const below = path.startsWith(root) && (path.length === root.length || path[root.length] === '/')
  if (below) return root.length
  if (!path.startsWith('/')) return 0 // relative to the root, as inside a batch
  throw odataError('odata-syntax', `The path ${quoteForMessage(path)} does not begin with the service root '${root}/'.`, {
    position: 0,
    expected: [root],
  })
}

interface SortedParts {
  readonly options: ReadonlyMap<string, OptionText>
  readonly aliases: ReadonlyMap<string, string>
  readonly custom: ReadonlyMap<string, string>
}

function sortParts(parts: readonly QueryPart[]): SortedParts {
  const options = new Map<string, OptionText>()
  const aliases = new Map<string, string>()
  const custom = new Map<string, string>()
  for (const { name, value, offset } of parts) {
    guardCharacters(value)
    if (name.startsWith('$')) {
      if (options.has(name)) throw givenTwice(name, offset)
      options.set(name, { text: value, offset })
    } else if (name.startsWith('@')) {
      if (aliases.has(name)) throw givenTwice(name, offset)
      aliases.set(name, value)
    } else {
      if (name.toLowerCase() === 'cross-company') checkSameCompanyScope(custom, { name, value, offset })
      custom.set(name, value)
    }
  }
  return { options, aliases, custom }
}

const givenTwice = (option: string, position: number) =>
  odataError('odata-duplicate-option', `The query option ${quoteForMessage(option)} is given twice; give it once.`, { option, position })

/** `cross-company` twice with the same value counts once; two values would leave open what is meant (FO-122). */
function checkSameCompanyScope(custom: ReadonlyMap<string, string>, { name, value, offset }: QueryPart): void {
  for (const [other, otherValue] of custom) {
    if (other.toLowerCase() === name.toLowerCase() && otherValue.toLowerCase() !== value.toLowerCase()) throw givenTwice(name, offset)
  }
}

/** The position of a refusal counts in the alias's own text: `details.option` names it. */
function readAlias(option: string, text: string, profile: ODataProfile): AliasValue {
  try {
    return parseText('AliasValue', text, { profile })
  } catch (error) {
    if (!isAppError(error)) throw error
    throw odataError(error.code as ODataErrorCode, `${error.message} (in '${option}')`, { ...error.details, option, alias: option })
  }
}

/** Reads an alias when it is first used, so that an unused one is never an error. */
function createAliases(texts: ReadonlyMap<string, string>, profile: ODataProfile): AliasResolver {
  const known = new Map<string, AliasValue>()
  return (name, position) => {
    const text = texts.get(`@${name}`)
    if (text === undefined) return noAliases(name, position)
    const value = known.get(name) ?? readAlias(`@${name}`, text, profile)
    known.set(name, value)
    return value
  }
}
