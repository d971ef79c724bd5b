import type { BinaryOperator, Expression, JsonValue, KeyPart, Literal, PathSegment, PropertyPath, QueryOptions, Span } from '../ast.ts'
import type { ODataProfile } from '../profile.ts'
import { checkDepth, checkOperator, expressionTree, type RawOperand, type RawTail } from './expression-tree.ts'
import { guardCharacters, tooDeep } from './guard.ts'
import { dateLiteral, literal, notAValue, timeLiteral, typedLiteral, wordLiteral } from './literals.ts'
import { odataError, quoteForMessage } from './odata-error.ts'
import { QUERY_FUNCTIONS } from './query-functions.ts'

/** A JSON value of the text, told apart from a literal node by its wrapper. */
export interface Json {
  readonly json: JsonValue
}
export type RawValue = Literal | Json
export type AliasValue = Literal | PropertyPath | Json

interface NamedValue {
  readonly name?: string
  readonly value: RawValue
  readonly at: number
}
type Arguments = ReadonlyMap<string, JsonValue | Literal>
type LambdaBody = { readonly variable: string; readonly predicate: Expression }
type MemberRest =
  | { readonly kind: 'typed'; readonly value: string }
  | { readonly kind: 'named'; readonly args: Arguments }
  | { readonly kind: 'call'; readonly args: readonly Expression[] }
  | { readonly kind: 'path' | 'count'; readonly segments: readonly string[] }
  | { readonly kind: 'lambda'; readonly operator: 'any' | 'all'; readonly body: LambdaBody | null; readonly segments: readonly string[] }

/** A tree may be deeper than its parentheses, since every operator of a chain adds a level; this bounds the two together. */
const DEPTH_FACTOR = 5

const ARITHMETIC: ReadonlySet<string> = new Set(['add', 'sub', 'mul', 'div', 'divby', 'mod'])

/** 400 products of numbers up to 1e308 stay within the 131,072 digits of the database. */
const MOST_COMPUTATIONS = 400

const LARGEST_COUNT = 2_147_483_647

/** What the grammar asks while it reads: builds nodes, and refuses what the profile does not know. One per text. */
export type ParserContext = ReturnType<typeof createParserContext>

/** `aliases` gives the parsed value of `@name`, or throws `odata-alias-missing`. */
// Longer than a function should be, but one table: each entry answers one rule of the grammar.
export function createParserContext(profile: ODataProfile, aliases: (name: string, position: number) => AliasValue) {
  let chain = 0 // operators since the last `and` or `or`
  let computations = 0
  let expands = 0
  return {
    literal,
    date: dateLiteral,
    time: timeLiteral,
    typed: typedLiteral,
    expression: (head: RawOperand, tail: readonly RawTail[]) => expressionTree(head, tail, profile),
    operator<Name extends BinaryOperator | 'in'>(operator: Name, at: number) {
      checkOperator(operator, at, profile)
      chain = operator === 'and' || operator === 'or' ? 0 : chain + 1
      if (ARITHMETIC.has(operator)) computations++
      if (chain > profile.maxDepth || computations > MOST_COMPUTATIONS) throw tooDeep(at, profile.maxDepth)
      return { operator, at }
    },
    enterExpand(position: number): true {
      expands++
      if (expands > profile.maxExpands) throw tooManyExpands(position, profile.maxExpands)
      return true
    },
    checked(expression: Expression): Expression {
      checkDepth(expression, DEPTH_FACTOR * profile.maxDepth)
      return expression
    },
    negate: (signs: readonly number[], operand: Expression) => negate(signs, operand, profile),
    path: (segments: readonly string[], span: Span): PropertyPath => ({ kind: 'path', segments, span }),
    member: (name: string, rest: MemberRest, span: Span) => member({ name, rest, span }, profile),
    aliasOperand: (name: string, span: Span) => aliasOperand(name, span, aliases(name, span.start)),
    aliasList: (name: string, span: Span) => aliasList(name, span, aliases(name, span.start)),
    aliasValue(name: string, span: Span): RawValue {
      const value = aliases(name, span.start)
      return 'json' in value ? value : literalOf(name, span, value)
    },
    constant(name: string, span: Span): Literal {
      const value = wordLiteral(name, span)
      if (value === undefined) throw notAValue(name, span)
      return value
    },
    constantOrPath: (segments: readonly string[], span: Span): Literal | PropertyPath =>
      (segments.length === 1 ? wordLiteral(segments[0] ?? '', span) : undefined) ?? { kind: 'path', segments, span },
    text(value: string, _span: Span): string {
      guardCharacters(value) // escapes can spell what the text itself may not hold
      return value
    },
    // Without a prototype: a member called `kind` or `__proto__` is data, and `isLiteral` can tell the object from a literal.
    jsonObject: (members: readonly (readonly [string, JsonValue])[]) =>
      Object.setPrototypeOf(Object.fromEntries(members), null) as JsonValue,
    uniqueNames,
    count: readCount,
    nestedOptions,
    refuseOption,
    refuseTransformation(name: string, position: number): never {
      const message = `The transformation '${name}' in '$apply' is not supported; supported are filter, groupby and aggregate.`
      throw odataError('odata-unsupported', message, { option: '$apply', function: name, position })
    },
    segment,
  }
}

function tooManyExpands(position: number, limit: number) {
  const message = `'$expand' names more than ${limit} navigation properties; ask for fewer.`
  return odataError('odata-unsupported', message, { option: '$expand', position, limit })
}

function negate(signs: readonly number[], operand: Expression, profile: ODataProfile): Expression {
  const position = signs[0] ?? operand.span.start
  if (!profile.operators.includes('sub')) {
    throw odataError('odata-unsupported', `The operator '-' at position ${position} is not supported.`, { operator: '-', position })
  }
  if (signs.length > profile.maxDepth) throw tooDeep(position, profile.maxDepth)
  return signs.reduceRight(
    (inner: Expression, start): Expression => ({ kind: 'negate', operand: inner, span: { start, end: inner.span.end } }),
    operand,
  )
}

interface Member {
  readonly name: string
  readonly rest: MemberRest
  readonly span: Span
}

function member({ name, rest, span }: Member, profile: ODataProfile): Expression {
  switch (rest.kind) {
    case 'typed':
      return typedLiteral(name, rest.value, span)
    case 'named':
      return namedCall(name, rest.args, { span, profile })
    case 'call':
      if (rest.args.length === 0 && name.includes('.')) return namedCall(name, new Map(), { span, profile })
      if (!profile.functions.includes(name)) throw unknownFunction(name, span.start)
      return { kind: 'call', name, args: rest.args, span }
    case 'path': {
      const word = rest.segments.length === 0 ? wordLiteral(name, span) : undefined
      return word ?? { kind: 'path', segments: [name, ...rest.segments], span }
    }
    case 'count':
      if (!profile.functions.includes('$count')) throw unknownFunction('$count', span.start)
      return {
        kind: 'count',
        collection: collectionPath(name, rest.segments, { start: span.start, end: span.end - '/$count'.length }),
        span,
      }
    case 'lambda':
      return lambda({ name, rest, span }, profile)
  }
}

const collectionPath = (name: string, segments: readonly string[], span: Span): PropertyPath => ({
  kind: 'path',
  segments: [name, ...segments],
  span,
})

function lambda({ name, rest, span }: Member, profile: ODataProfile): Expression {
  if (rest.kind !== 'lambda') throw new TypeError('not a lambda')
  const { operator, body, segments } = rest
  const position = span.start
  if (!profile.lambda) {
    throw odataError('odata-unsupported', `The operator '${operator}' at position ${position} is not supported.`, { operator, position })
  }
  if (body === null && operator === 'all') {
    throw odataError('odata-syntax', `Syntax error at position ${position}: 'all' needs a condition, as in all(x:x/name ne null).`, {
      position,
    })
  }
  const end = span.start + [name, ...segments].join('/').length
  return { kind: 'lambda', operator, collection: collectionPath(name, segments, { start: span.start, end }), ...body, span }
}

const unknownFunction = (name: string, position: number) =>
  odataError('odata-unsupported', `The function ${quoteForMessage(name)} at position ${position} is not supported.`, {
    function: name,
    position,
  })

function namedCall(name: string, args: Arguments, { span, profile }: { readonly span: Span; readonly profile: ODataProfile }): Expression {
  const prefix = `${profile.queryFunctionNamespace ?? ''}.`
  const known = prefix !== '.' && name.startsWith(prefix) && QUERY_FUNCTIONS.includes(name.slice(prefix.length))
  if (!known) throw unknownFunction(name, span.start)
  return { kind: 'named-call', name, args, span }
}

const aliasKind = (name: string, position: number, expected: string) =>
  odataError('odata-syntax', `The alias '@${name}' at position ${position} must stand for ${expected}.`, {
    alias: `@${name}`,
    position,
    expected: [expected],
  })

function literalOf(name: string, span: Span, value: Literal | PropertyPath): Literal {
  if (value.kind === 'literal') return { ...value, span }
  throw aliasKind(name, span.start, 'a value, not for a column')
}

function aliasOperand(name: string, span: Span, value: AliasValue): Literal | PropertyPath {
  if (!('json' in value)) return { ...value, span }
  if (typeof value.json === 'string') return literal('string', value.json, span)
  throw aliasKind(name, span.start, 'a literal or a column')
}

function aliasList(name: string, span: Span, value: AliasValue): Expression[] {
  if (!('json' in value) || !Array.isArray(value.json)) throw aliasKind(name, span.start, 'a list of values')
  return value.json.map((item: JsonValue) => {
    if (item === null) return literal('null', 'null', span)
    if (typeof item === 'string') return literal('string', item, span)
    if (typeof item === 'boolean') return literal('boolean', String(item), span)
    if (typeof item === 'number') return literal(Number.isSafeInteger(item) ? 'integer' : 'double', String(item), span)
    throw aliasKind(name, span.start, 'a list of single values')
  })
}

/** Named values as a map; a name given twice is refused. */
function uniqueNames(values: readonly NamedValue[]): Map<string, JsonValue | Literal> {
  const map = new Map<string, JsonValue | Literal>()
  for (const { name = '', value, at } of values) {
    if (map.has(name)) throw givenTwice(name, at)
    map.set(name, 'json' in value ? value.json : value)
  }
  return map
}

const givenTwice = (name: string, position: number) =>
  odataError('odata-syntax', `Syntax error at position ${position}: '${name}' is given twice.`, { position, name })

function segment(name: string, args: readonly NamedValue[] | null | undefined, span: Span): PathSegment {
  if (args === undefined) return { name, span }
  const list = args ?? []
  const named = uniqueNames(list)
  if (list.some(({ value }) => 'json' in value)) return { name, parameters: named, span }
  const key = list.flatMap(({ name: keyName, value }): KeyPart[] =>
    'json' in value ? [] : [keyName === undefined ? { value } : { name: keyName, value }],
  )
  return { name, key, span }
}

/** A row count of `$top` or `$skip`. */
export function readCount(option: string, text: string, position: number): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value <= LARGEST_COUNT) return value
  const message = `'${option}' is ${quoteForMessage(text)}; expected a whole number from 0 to ${LARGEST_COUNT}.`
  throw odataError('odata-syntax', message, { option, position, expected: ['a whole number'] })
}

function refuseOption(option: string, position: number): never {
  throw odataError('odata-unsupported', `The query option '${option}' is not supported inside '$expand'.`, { option, position })
}

interface NestedOption {
  readonly name: string
  readonly value: unknown
  readonly at: number
}

function nestedOptions(list: readonly NestedOption[]): QueryOptions {
  const seen = new Set<string>()
  for (const { name, at } of list) {
    if (seen.has(name)) {
      throw odataError('odata-duplicate-option', `The query option '${name}' is given twice inside '$expand'.`, {
        option: name,
        position: at,
      })
    }
    seen.add(name)
  }
  return Object.fromEntries(list.map(({ name, value }) => [name.slice(1), value])) as QueryOptions // the grammar gives each its shape
}
