import { odataError } from './odata-error.ts'

const BAD_ESCAPE = /%(?![0-9a-fA-F]{2})/

/** Percent-decodes a piece of a URL that begins at `offset` of the whole; refuses what is not UTF-8 (`odata-syntax`, position in the URL). */
export function decodePiece(raw: string, offset: number, plusIsBlank: boolean): string {
  const text = plusIsBlank ? raw.replaceAll('+', ' ') : raw
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    const position = offset + badEscape(text)
    throw odataError('odata-syntax', `Syntax error at position ${position} of the URL: not percent-encoded UTF-8.`, {
      position,
      expected: ['percent-encoded UTF-8'],
    })
  }
}

/** Place of the escape that `decodeURIComponent` refuses: not hexadecimal, or the first run of escapes that is not UTF-8. */
function badEscape(text: string): number {
  const shape = text.search(BAD_ESCAPE)
  for (const run of text.matchAll(/(?:%[0-9a-fA-F]{2})+/g)) {
    if (shape >= 0 && run.index > shape) break
    try {
      decodeURIComponent(run[0])
    } catch {
      return run.index
    }
  }
  return Math.max(shape, 0)
}

/**
 * Decodes a path. A slash written as `%2F` is part of a quoted value; outside quotes it is refused, since no name holds one and reading it
 * as a separator would let two spellings mean different resources.
 */
export function decodePath(raw: string, offset: number): string {
  const decoded = decodePiece(raw, offset, false)
  if (!/%2f/i.test(raw)) return decoded
  let quoted = false
  for (let index = 0; index < raw.length; index++) {
    const sequence = raw[index] === '%' ? raw.slice(index, index + 3).toLowerCase() : ''
    if (raw[index] === "'" || sequence === '%27') quoted = !quoted
    if (sequence === '%2f' && !quoted) {
      const position = offset + index
      throw odataError('odata-syntax', `Syntax error at position ${position} of the URL: an encoded slash stands outside a quoted value.`, {
        position,
      })
    }
    if (sequence !== '') index += 2
  }
  return decoded
}

/** One `name=value` of a query, decoded; `offset` is where it begins in the URL. */
export interface QueryPart {
  readonly name: string
  readonly value: string
  readonly offset: number
}

/** The parts of a query in the order written; `+` is a blank, `%2B` a plus (DV-129, FO-119). */
export function splitQuery(raw: string, offset: number): QueryPart[] {
  const parts: QueryPart[] = []
  let start = 0
  for (const piece of raw.split('&')) {
    const equals = piece.indexOf('=')
    const name = equals < 0 ? piece : piece.slice(0, equals)
    const value = equals < 0 ? '' : piece.slice(equals + 1)
    if (piece !== '') {
      parts.push({
        name: decodePiece(name, offset + start, true).trim(),
        value: decodePiece(value, offset + start + equals + 1, true),
        offset: offset + start,
      })
    }
    start += piece.length + 1
  }
  return parts
}
