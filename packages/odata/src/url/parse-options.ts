import { isAppError } from '@p2c/base'
import type { ExpandItem, QueryOptions } from '../ast.ts'
import type { ODataProfile } from '../profile.ts'
import { tooDeep } from './guard.ts'
import { type ODataErrorCode, odataError, quoteForMessage } from './odata-error.ts'
import { type AliasResolver, parseText } from './parse-text.ts'
import { readCount } from './parser-context.ts'

export interface OptionText {
  readonly text: string
  /** Where the option begins in the URL. */
  readonly offset: number
}

interface ReadContext {
  readonly profile: ODataProfile
  readonly aliases: AliasResolver
}

type Reader = (text: string, context: ReadContext) => QueryOptions

/** How each option is read; a profile names the ones that it knows. */
const READERS: Readonly<Record<string, Reader>> = {
  $filter: (text, context) => ({ filter: parseText('Filter', text, context) }),
  $orderby: (text, context) => ({ orderby: parseText('OrderBy', text, context) }),
  $select: (text, context) => ({ select: parseText('Select', text, context) }),
  $expand: (text, context) => ({ expand: checkExpandDepth(parseText('Expand', text, context), context.profile) }),
  $apply: (text, context) => ({ apply: parseText('Apply', text, context) }),
  $top: (text) => ({ top: readCount('$top', text.trim(), 0) }),
  $skip: (text) => ({ skip: readCount('$skip', text.trim(), 0) }),
  $count: (text) => ({ count: readBoolean(text.trim()) }),
  $search: (text) => ({ search: text }),
  $compute: (text) => ({ compute: text }),
  $levels: (text) => ({ levels: text }),
  $format: (text) => ({ format: readFormat(text.trim()) }),
  $skiptoken: (text) => ({ skiptoken: text }),
  $deltatoken: (text) => ({ deltatoken: text }),
  $id: (text) => ({ id: text }),
}

/** Reads the system query options of a request. Throws a code of `ODATA_ERROR_CODES` with `details.option`. */
export function readOptions(texts: ReadonlyMap<string, OptionText>, context: ReadContext): QueryOptions {
  let options: QueryOptions = {}
  for (const [option, { text, offset }] of texts) {
    const reader = context.profile.options.includes(option) ? READERS[option] : undefined
    if (reader === undefined) throw unknownOption(option, offset)
    options = { ...options, ...readNamed(option, () => reader(text, context)) }
  }
  return options
}

const unknownOption = (option: string, position: number) =>
  odataError('odata-unsupported', `The query option ${quoteForMessage(option)} is not supported.`, { option, position })

/** Adds the option's name to what its text was refused for. */
function readNamed(option: string, read: () => QueryOptions): QueryOptions {
  try {
    return read()
  } catch (error) {
    if (!isAppError(error) || 'option' in error.details) throw error
    throw odataError(error.code as ODataErrorCode, `${error.message} (in '${option}')`, { ...error.details, option })
  }
}

function readBoolean(text: string): boolean {
  if (text === 'true') return true
  if (text === 'false') return false
  throw odataError('odata-syntax', `'$count' is ${quoteForMessage(text)}; expected true or false.`, {
    position: 0,
    expected: ['true', 'false'],
  })
}

function readFormat(text: string): string {
  if (/^(json|application\/json)\b/i.test(text)) return text
  throw odataError('odata-unsupported', `'$format' is ${quoteForMessage(text)}; only json is answered.`, { option: '$format', position: 0 })
}

/** Depth of expands, by the profile; the parser counts them. */
function checkExpandDepth(items: readonly ExpandItem[], profile: ODataProfile): readonly ExpandItem[] {
  const visit = (list: readonly ExpandItem[], depth: number): void => {
    for (const item of list) {
      const position = item.span.start
      if (depth > profile.expandDepth) {
        if (profile.expandDepth > 1) throw tooDeep(position, profile.expandDepth)
        const message = `'$expand' of '${item.navigation}' inside another expand is not supported.`
        throw odataError('odata-unsupported', message, { option: '$expand', position, limit: profile.expandDepth })
      }
      visit(item.options.expand ?? [], depth + 1)
    }
  }
  visit(items, 1)
  return items
}
