import { odataError } from './odata-error.ts'

const QUOTE = 0x27
const DOUBLE_QUOTE = 0x22
const BACKSLASH = 0x5c

export interface GuardLimits {
  readonly maxLength: number
  readonly maxDepth: number
}

/**
 * Looks once over a text before any recursive parsing: its length, the nesting of `( [ {` outside quotes, quotes that never close, NUL and
 * halves of surrogate pairs, which no database text can hold. Throws `odata-too-long`, `odata-too-deep`, `odata-syntax`.
 */
export function guardText(text: string, limits: GuardLimits): void {
  if (text.length > limits.maxLength) {
    const message = `The text is ${text.length} characters long; at most ${limits.maxLength} are read.`
    throw odataError('odata-too-long', message, { position: limits.maxLength, limit: limits.maxLength })
  }
  guardCharacters(text)
  guardNesting(text, limits.maxDepth)
}

/** Refuses NUL and lone surrogates. */
export function guardCharacters(text: string): void {
  const nul = text.indexOf('\0')
  if (nul >= 0) throw odataError('odata-syntax', `Syntax error at position ${nul}: the character NUL is not allowed.`, { position: nul })
  if (text.isWellFormed()) return
  const position = text
    .toWellFormed()
    .split('')
    .findIndex((character, index) => character !== text[index])
  throw odataError('odata-syntax', `Syntax error at position ${position}: half of a surrogate pair is not a character.`, { position })
}

function guardNesting(text: string, maxDepth: number): void {
  let depth = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === QUOTE || code === DOUBLE_QUOTE) index = closingQuote(text, index, code)
    else if (code === 0x28 || code === 0x5b || code === 0x7b) depth++
    else if (code === 0x29 || code === 0x5d || code === 0x7d) depth--
    if (depth > maxDepth) throw tooDeep(index, maxDepth)
  }
}

/** The refusal of nesting or of operator chains that are deeper than a profile allows. */
export const tooDeep = (position: number, limit: number) =>
  odataError('odata-too-deep', `Position ${position} lies more than ${limit} levels deep; write the condition with less nesting.`, {
    position,
    limit,
  })

/** Index of the quote that closes the one at `start`. */
function closingQuote(text: string, start: number, quote: number): number {
  for (let index = start + 1; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === quote && (quote === DOUBLE_QUOTE || text.charCodeAt(index + 1) !== quote)) return index
    if (code === quote) index++ // a doubled quote is a character of the text
    if (code === BACKSLASH && quote === DOUBLE_QUOTE) index++
  }
  const name = quote === QUOTE ? 'a closing single quote' : 'a closing double quote'
  throw odataError('odata-syntax', `Syntax error at position ${start}: the text that begins here has no end, expected ${name}.`, {
    position: start,
    expected: [name],
  })
}
