import type { ODataProfile } from '../profile.ts'
import { odataError } from '../url/odata-error.ts'
import type { SqlParameters } from './sql-scope.ts'

/** Where a text must occur in the value. */
export type PatternPlace = 'whole' | 'anywhere' | 'start' | 'end'

export interface PatternRequest {
  /** The text as the client wrote it, with the wildcards of its profile. */
  readonly text: string
  readonly place: PatternPlace
  readonly wildcards: ODataProfile['wildcards']
  /** Where the text stands in the filter, for a refusal. */
  readonly position: number
}

/** The database refuses regular expressions that are too complex; longer ones are refused here, with a position. */
const LONGEST_EXPRESSION = 1000

function guardLength(tokens: readonly Token[], position: number): void {
  if (tokens.length <= LONGEST_EXPRESSION) return
  const message = `The pattern at position ${position} has ${tokens.length} parts; with sets in brackets at most ${LONGEST_EXPRESSION} are read.`
  throw odataError('odata-too-long', message, { position, limit: LONGEST_EXPRESSION })
}

/** One item of a pattern: any characters, any one character, a set of characters, or a character. */
type Token =
  | { readonly kind: 'any' }
  | { readonly kind: 'one' }
  | { readonly kind: 'character'; readonly character: string }
  | { readonly kind: 'set'; readonly negated: boolean; readonly ranges: readonly (readonly [string, string])[] }

/**
 * A condition that is true where `column` matches, without regard to case; undefined where the text holds no wildcard and must match as a
 * whole: the caller compares for equality then. Null where the column is null.
 */
export function patternToSql(column: string, request: PatternRequest, parameters: SqlParameters): string | undefined {
  const inner = request.wildcards === 'like' ? likeTokens(request.text) : asteriskTokens(request.text)
  if (request.place === 'whole' && inner.length === [...request.text].length && inner.every((token) => token.kind === 'character'))
    return undefined
  const any: Token = { kind: 'any' }
  const tokens = [
    ...(request.place === 'anywhere' || request.place === 'end' ? [any] : []),
    ...inner,
    ...(request.place === 'anywhere' || request.place === 'start' ? [any] : []),
  ]
  if (tokens.some((token) => token.kind === 'set')) {
    guardLength(tokens, request.position)
    return `${column} ~* ${parameters.add(regularExpression(tokens), 'text')}`
  }
  return `lower(${column}) like lower(${parameters.add(likePattern(tokens), 'text')})`
}

function asteriskTokens(text: string): Token[] {
  return [...text].map((character) => (character === '*' ? { kind: 'any' } : { kind: 'character', character }))
}

/** `%`, `_`, `[a-f]`, `[^x]`; a bracket that never closes is itself. */
function likeTokens(text: string): Token[] {
  const characters = [...text]
  const tokens: Token[] = []
  for (let index = 0; index < characters.length; index++) {
    const character = characters[index] ?? ''
    const end = character === '[' ? setEnd(characters, index) : -1
    if (end > 0) {
      tokens.push(characterSet(characters.slice(index + 1, end)))
      index = end
    } else if (character === '%') tokens.push({ kind: 'any' })
    else if (character === '_') tokens.push({ kind: 'one' })
    else tokens.push({ kind: 'character', character })
  }
  return tokens
}

/** A set is never longer, so that a row of open brackets is read in linear time. */
const LONGEST_SET = 128

function setEnd(characters: readonly string[], start: number): number {
  const limit = Math.min(characters.length, start + LONGEST_SET)
  for (let index = start + 2; index < limit; index++) if (characters[index] === ']') return index
  return -1
}

function characterSet(content: readonly string[]): Token {
  const negated = content[0] === '^' && content.length > 1
  const items = negated ? content.slice(1) : content
  const ranges: [string, string][] = []
  for (let index = 0; index < items.length; index++) {
    const from = items[index] ?? ''
    const isRange = items[index + 1] === '-' && index + 2 < items.length
    const to = isRange ? (items[index + 2] ?? from) : from
    if (from <= to) ranges.push([from, to]) // a range that runs backwards holds nothing
    if (isRange) index += 2
  }
  if (!negated && ranges.length === 1 && ranges[0]?.[0] === ranges[0]?.[1]) return { kind: 'character', character: ranges[0]?.[0] ?? '' }
  return { kind: 'set', negated, ranges }
}

function likePattern(tokens: readonly Token[]): string {
  return tokens
    .map((token) => {
      if (token.kind === 'any') return '%'
      if (token.kind === 'one') return '_'
      return token.kind === 'character' ? token.character.replace(/[\\%_]/, '\\$&') : ''
    })
    .join('')
}

const escapeCharacter = (character: string): string =>
  /[!-/:-@[-`{-~]/.test(character) && character !== '_' ? `\\${character}` : character

function regularExpression(tokens: readonly Token[]): string {
  const parts = tokens.map((token) => {
    if (token.kind === 'any') return '.*'
    if (token.kind === 'one') return '.'
    if (token.kind === 'character') return escapeCharacter(token.character)
    const ranges = token.ranges.map(([from, to]) =>
      from === to ? escapeCharacter(from) : `${escapeCharacter(from)}-${escapeCharacter(to)}`,
    )
    if (ranges.length === 0) return token.negated ? '.' : '(?!)'
    return `[${token.negated ? '^' : ''}${ranges.join('')}]`
  })
  return `^${parts.join('')}$`
}
