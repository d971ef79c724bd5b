import { AppError } from '@p2c/base'
import { decodeUtf8 } from '../payload/utf8.ts'
import { batchError } from './batch-error.ts'

/** A part of the body text: `start` included, `end` excluded. */
export interface Range {
  readonly start: number
  readonly end: number
}

/** One header block: names in lower case, and where the text behind its blank line starts. */
export interface HeaderBlock {
  readonly headers: Map<string, string>
  readonly bodyStart: number
}

const LONGEST_BOUNDARY = 200
const MAX_HEADER_LINES = 100
const LONGEST_HEADER = 16_384
const CR = 0x0d
const LF = 0x0a

/** A media type and one of its parameters, without a regular expression over untrusted text. */
export function parseMediaType(value: string): { readonly type: string; readonly boundary?: string } {
  const text = value.slice(0, 1_000)
  const semicolon = text.indexOf(';')
  const type = (semicolon < 0 ? text : text.slice(0, semicolon)).trim().toLowerCase()
  if (semicolon < 0) return { type }
  for (const parameter of text.slice(semicolon + 1).split(';')) {
    const equals = parameter.indexOf('=')
    if (equals > 0 && parameter.slice(0, equals).trim().toLowerCase() === 'boundary') {
      const raw = parameter.slice(equals + 1).trim()
      const boundary = raw.startsWith('"') && raw.endsWith('"') && raw.length > 1 ? raw.slice(1, -1) : raw
      return { type, boundary }
    }
  }
  return { type }
}

/** The boundary of a multipart/mixed content type; throws `batch-media-type` or `batch-malformed`. */
export function boundaryOf(contentType: string | undefined): string {
  const { type, boundary } = parseMediaType(contentType ?? '')
  if (type !== 'multipart/mixed') {
    const sent = type === '' ? 'none' : `'${type.slice(0, 100)}'`
    throw batchError('batch-media-type', `A batch has the content type multipart/mixed; ${sent} was sent.`)
  }
  if (boundary === undefined || boundary === '' || boundary.length > LONGEST_BOUNDARY) {
    throw batchError('batch-malformed', `The content type of the batch needs a boundary of 1 to ${LONGEST_BOUNDARY} characters.`)
  }
  return boundary
}

export interface PartOptions {
  readonly boundary: string
  readonly maxParts: number
}

/**
 * The parts between the delimiters of `boundary`, in order. Preamble and epilogue are skipped, lines may end with LF. The line end
 * in front of a delimiter belongs to it. Throws `batch-too-many` beyond `maxParts`, and `batch-malformed` when the first or the closing
 * delimiter is missing: a body that was cut off must not run in part.
 */
export function splitParts(text: string, range: Range, { boundary, maxParts }: PartOptions): Range[] {
  const delimiter = `--${boundary}`
  const parts: Range[] = []
  let partStart: number | undefined
  let from = range.start
  for (;;) {
    const found = text.indexOf(delimiter, from)
    if (found < 0 || found >= range.end) break
    from = found + delimiter.length
    if (found !== range.start && text.charCodeAt(found - 1) !== LF) continue
    const closing = text.startsWith('--', from)
    const lineEnd = endOfDelimiter(text, closing ? from + 2 : from, range.end)
    if (lineEnd === undefined) continue
    if (partStart !== undefined) parts.push({ start: partStart, end: beforeLineEnd(text, found, partStart) })
    if (parts.length > maxParts)
      throw batchError('batch-too-many', `A batch may hold ${maxParts} operations at most. Send several batches.`, found)
    if (closing) return parts
    partStart = lineEnd
    from = lineEnd
  }
  const problem = partStart === undefined ? `has no delimiter '${delimiter}'` : `does not end with '${delimiter}--'`
  throw batchError('batch-malformed', `The multipart body ${problem}; expected the boundary of its content type.`, partStart ?? range.start)
}

/** Behind the blanks and the line end that close a delimiter line; undefined where other text follows, so that it is no delimiter. */
function endOfDelimiter(text: string, start: number, end: number): number | undefined {
  let at = start
  while (at < end && at - start < 100 && (text.charCodeAt(at) === 0x20 || text.charCodeAt(at) === 0x09)) at += 1
  if (at >= end) return end
  if (text.charCodeAt(at) === LF) return at + 1
  if (text.charCodeAt(at) === CR && text.charCodeAt(at + 1) === LF) return at + 2
  return undefined
}

function beforeLineEnd(text: string, delimiter: number, floor: number): number {
  let end = delimiter
  if (end > floor && text.charCodeAt(end - 1) === LF) end -= 1
  if (end > floor && text.charCodeAt(end - 1) === CR) end -= 1
  return end
}

/** One line from `start`, without its line end. */
export function readLine(text: string, start: number, end: number): { readonly line: string; readonly next: number } {
  const found = text.indexOf('\n', start)
  const lineEnd = found < 0 || found >= end ? end : found
  if (lineEnd - start > LONGEST_LINE)
    throw batchError('batch-malformed', `A line of the batch is longer than ${LONGEST_LINE} characters.`, start)
  const cut = lineEnd > start && text.charCodeAt(lineEnd - 1) === CR ? lineEnd - 1 : lineEnd
  return { line: text.slice(start, cut), next: lineEnd < end ? lineEnd + 1 : end }
}

/** The URL of an operation may have 64 KB (Dataverse Web API 1), its method and version come on top. */
const LONGEST_LINE = 64 * 1024 + 100

/** Reads `Name: value` lines up to a blank line or the end of the range; a line that starts with a blank continues the one above. */
export function readHeaders(text: string, range: Range): HeaderBlock {
  const headers = new Map<string, string>()
  let at = range.start
  let last: string | undefined
  for (let count = 0; at < range.end; count += 1) {
    const { line, next } = readLine(text, at, range.end)
    if (line.trim() === '') return { headers, bodyStart: next }
    if (count >= MAX_HEADER_LINES || line.length > LONGEST_HEADER) {
      throw batchError(
        'batch-malformed',
        `A part has more than ${MAX_HEADER_LINES} header lines or a line over ${LONGEST_HEADER} characters.`,
        at,
      )
    }
    last = addHeader(headers, line, { at, last })
    at = next
  }
  return { headers, bodyStart: range.end }
}

function addHeader(headers: Map<string, string>, line: string, place: { readonly at: number; readonly last: string | undefined }): string {
  if ((line.startsWith(' ') || line.startsWith('\t')) && place.last !== undefined) {
    headers.set(place.last, `${headers.get(place.last) ?? ''} ${line.trim()}`)
    return place.last
  }
  const colon = line.indexOf(':')
  const name = line.slice(0, Math.max(colon, 0)).trim().toLowerCase()
  if (name === '') {
    const shown = JSON.stringify(line.slice(0, 60))
    throw batchError('batch-malformed', `Expected a header 'Name: value' in the batch, found ${shown}.`, place.at)
  }
  const value = line.slice(colon + 1).trim()
  const known = headers.get(name)
  headers.set(name, known === undefined ? value : `${known},${value}`)
  return name
}

/** The text of a range without the line ends around it; undefined when nothing else is there. */
export function bodyText(text: string, range: Range): string | undefined {
  let { start, end } = range
  while (start < end && isLineEnd(text.charCodeAt(start))) start += 1
  while (end > start && isLineEnd(text.charCodeAt(end - 1))) end -= 1
  const body = text.slice(start, end)
  return body.trim() === '' ? undefined : body
}

const isLineEnd = (code: number): boolean => code === CR || code === LF

/**
 * Text of a body; a leading byte-order mark is dropped. Throws `batch-too-large` before anything is read, and `batch-malformed` where
 * bytes are no UTF-8: a row must not be stored with U+FFFD in place of what was sent.
 */
export function toText(body: Uint8Array | string, maxBytes: number): string {
  const size = typeof body === 'string' ? body.length : body.byteLength
  if (size > maxBytes)
    throw batchError('batch-too-large', `The batch body has ${size} bytes; at most ${maxBytes} are read. Send smaller batches.`)
  const text = typeof body === 'string' ? body : decodeBatch(body)
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}

function decodeBatch(body: Uint8Array): string {
  try {
    return decodeUtf8(body)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    throw batchError('batch-malformed', error.message, Number(error.details.position))
  }
}
