import type { ApplyStep, ExpandItem, Expression, OrderItem, PathSegment, SelectItem } from '../ast.ts'
import { SyntaxError as GeneratedSyntaxError, parse, type StartRule } from '../generated/odata-parser.js'
import type { ODataProfile } from '../profile.ts'
import { guardText } from './guard.ts'
import { odataError, quoteForMessage } from './odata-error.ts'
import { type AliasValue, createParserContext } from './parser-context.ts'

interface ResultOf {
  readonly Filter: Expression
  readonly OrderBy: readonly OrderItem[]
  readonly Select: readonly SelectItem[]
  readonly Expand: readonly ExpandItem[]
  readonly Apply: readonly ApplyStep[]
  readonly AliasValue: AliasValue
  readonly ResourcePath: readonly PathSegment[]
}

/** Gives the value of `@name`, or throws. */
export type AliasResolver = (name: string, position: number) => AliasValue

/** For texts that stand alone, outside a request: every alias is missing. */
export const noAliases: AliasResolver = (name, position) => {
  const message = `The alias '@${name}' at position ${position} has no value; add '@${name}=…' to the query.`
  throw odataError('odata-alias-missing', message, { alias: `@${name}`, position })
}

/** Parses one text by one rule of the grammar. Throws the codes of `ODATA_ERROR_CODES`, with the position in `text`. */
export function parseText<Rule extends StartRule>(
  rule: Rule,
  text: string,
  { profile, aliases = noAliases }: { readonly profile: ODataProfile; readonly aliases?: AliasResolver },
): ResultOf[Rule] {
  guardText(text, { maxLength: profile.maxBatchUrlLength ?? profile.maxUrlLength, maxDepth: profile.maxDepth })
  try {
    return parse(text, { startRule: rule, context: createParserContext(profile, aliases) }) as ResultOf[Rule]
  } catch (error) {
    throw error instanceof GeneratedSyntaxError ? syntaxError(error, text) : error
  }
}

function syntaxError(error: GeneratedSyntaxError, text: string) {
  const position = error.location.start.offset
  const expected = expectations(error)
  const found = position >= text.length ? 'the end' : quoteForMessage(text.slice(position, position + 20))
  return odataError('odata-syntax', `Syntax error at position ${position}: expected ${expected.join(' or ')}, found ${found}.`, {
    position,
    expected,
  })
}

/** Where all of these may stand, an expression begins. */
const OPERAND_STARTS: ReadonlySet<string> = new Set([
  "'not'",
  "'-'",
  "'('",
  'a text in single quotes',
  "'@'",
  'a literal',
  "'$it'",
  'a name',
])

/** What could have stood there, shortly: blanks are left out, and single characters keep their quotes. */
function expectations(error: GeneratedSyntaxError): string[] {
  const texts = (error.expected ?? []).map((item) => {
    if (item.type === 'end') return 'the end'
    if (item.description !== undefined) return item.description
    return item.text === undefined ? 'another character' : `'${item.text}'`
  })
  const operand = texts.includes('a literal') && texts.includes('a name')
  const shown = texts.map((text) => (operand && OPERAND_STARTS.has(text) ? 'an expression' : text === "'in'" ? 'an operator' : text))
  const useful = [...new Set(shown)].filter((text) => text !== 'a blank' && text !== 'another character')
  return useful.length > 0 ? useful.slice(0, 8) : ['another character']
}

/** A `$filter` expression. Throws `odata-syntax`, `odata-unsupported`, `odata-too-long`, `odata-too-deep`, `odata-not-before-query-function`. */
export const parseFilter = (text: string, profile: ODataProfile): Expression => parseText('Filter', text, { profile })

/** A `$orderby` list. Throws as `parseFilter`. */
export const parseOrderBy = (text: string, profile: ODataProfile): readonly OrderItem[] => parseText('OrderBy', text, { profile })

/** A `$select` list. Throws as `parseFilter`. */
export const parseSelect = (text: string, profile: ODataProfile): readonly SelectItem[] => parseText('Select', text, { profile })

/** A `$expand` list; its nesting is checked by `parseRequest` only. Throws as `parseFilter`. */
export const parseExpand = (text: string, profile: ODataProfile): readonly ExpandItem[] => parseText('Expand', text, { profile })

/** A `$apply` pipeline. Throws as `parseFilter`. */
export const parseApply = (text: string, profile: ODataProfile): readonly ApplyStep[] => parseText('Apply', text, { profile })
