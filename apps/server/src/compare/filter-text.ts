import { parseDecimal } from '@p2c/base'
import type { TextOfField } from './expected-value.ts'

/** A source filter as a tree whose leaves are its clauses; read here and not by the engine. */
export type ReadFilter =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly ReadFilter[] }
  | { readonly kind: 'not'; readonly part: ReadFilter }
  | { readonly kind: 'clause'; readonly text: string; readonly field: string; readonly operator: string; readonly value: string | null }

/** Quoted text, an enumeration literal (`Namespace.Type'Member'`), brackets, or a word. */
const TOKEN = /\s*((?:[A-Za-z_][\w.]*)?'(?:[^']|'')*'|[()]|[^\s()']+)/y

/** Reads a filter of comparisons joined by and, or, not and brackets; undefined for anything else, which only the source can evaluate. */
export function readFilter(text: string): ReadFilter | undefined {
  const tokens = tokensOf(text)
  if (tokens === undefined) return undefined
  const state = { tokens, at: 0 }
  const filter = readOr(state)
  return state.at === tokens.length ? filter : undefined
}

function tokensOf(text: string): string[] | undefined {
  const tokens: string[] = []
  const source = text.trimEnd()
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < source.length) {
    const match = TOKEN.exec(source)
    if (match?.[1] === undefined) return undefined
    tokens.push(match[1])
  }
  return tokens
}

interface State {
  readonly tokens: readonly string[]
  at: number
}

const isWord = (state: State, word: string): boolean => state.tokens[state.at]?.toLowerCase() === word

const readOr = (state: State): ReadFilter | undefined => readJoined(state, 'or', readAnd)
const readAnd = (state: State): ReadFilter | undefined => readJoined(state, 'and', readNot)

function readJoined(state: State, kind: 'and' | 'or', readPart: (state: State) => ReadFilter | undefined): ReadFilter | undefined {
  const parts: ReadFilter[] = []
  do {
    if (parts.length > 0) state.at += 1
    const part = readPart(state)
    if (part === undefined) return undefined
    parts.push(part)
  } while (isWord(state, kind))
  return parts.length === 1 ? parts[0] : { kind, parts }
}

function readNot(state: State): ReadFilter | undefined {
  if (!isWord(state, 'not')) return readPrimary(state)
  state.at += 1
  const part = readNot(state)
  return part === undefined ? undefined : { kind: 'not', part }
}

const OPERATORS: readonly string[] = ['eq', 'ne', 'gt', 'ge', 'lt', 'le']
const FIELD = /^[A-Za-z_][\w.]*$/

function readPrimary(state: State): ReadFilter | undefined {
  const [field = '', operator = '', literal = ''] = state.tokens.slice(state.at, state.at + 3)
  if (field === '(') {
    state.at += 1
    const inner = readOr(state)
    if (inner === undefined || state.tokens[state.at] !== ')') return undefined
    state.at += 1
    return inner
  }
  if (!FIELD.test(field) || !OPERATORS.includes(operator.toLowerCase()) || literal === '' || literal === '(' || literal === ')')
    return undefined
  state.at += 3
  return { kind: 'clause', text: `${field} ${operator} ${literal}`, field, operator: operator.toLowerCase(), value: literalValue(literal) }
}

function literalValue(literal: string): string | null {
  if (literal.toLowerCase() === 'null') return null
  const quoted = /^(?:[A-Za-z_][\w.]*)?'((?:[^']|'')*)'$/.exec(literal)
  return quoted?.[1] === undefined ? literal : quoted[1].replaceAll("''", "'")
}

/** Field paths that a filter reads, each once. */
export function fieldsOfFilter(filter: ReadFilter): readonly string[] {
  if (filter.kind === 'clause') return [filter.field]
  return [...new Set((filter.kind === 'not' ? [filter.part] : filter.parts).flatMap(fieldsOfFilter))]
}

/** Whether a row passes: texts without case, numbers by value, a blank only by `eq null` and `ne value` (integration specification 11). */
export function passes(filter: ReadFilter, fieldText: TextOfField): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.parts.every((part) => passes(part, fieldText))
    case 'or':
      return filter.parts.some((part) => passes(part, fieldText))
    case 'not':
      return !passes(filter.part, fieldText)
    case 'clause':
      return clausePasses(filter.operator, fieldText(filter.field), filter.value ?? '')
  }
}

function clausePasses(operator: string, left: string, right: string): boolean {
  if (left === '' || right === '') return operator === 'eq' ? left === right : operator === 'ne' && left !== right
  const order = compare(left, right)
  const outcomes: Readonly<Record<string, boolean>> = {
    eq: order === 0,
    ne: order !== 0,
    gt: order > 0,
    ge: order >= 0,
    lt: order < 0,
    le: order <= 0,
  }
  return outcomes[operator] === true
}

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?$/
const TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}|$)/
const WORDS: Readonly<Record<string, string>> = { yes: 'true', no: 'false' }

function compare(left: string, right: string): number {
  if (TIME.test(left) && TIME.test(right)) return Date.parse(left) - Date.parse(right)
  if (NUMBER.test(left) && NUMBER.test(right)) return parseDecimal(left)?.comparedTo(parseDecimal(right) ?? 0) ?? 0
  const [a, b] = [left, right].map((text) => WORDS[text.toLowerCase()] ?? text.toLowerCase()) as [string, string]
  return a < b ? -1 : a > b ? 1 : 0
}
