import { AppError } from '@p2c/base'
import { parseJsonText } from './json-parser.ts'

/** A JSON number kept as its text; `JSON.stringify` writes the text itself. Made by `rawNumber` and `parseJson` only. */
export interface RawNumber {
  readonly rawJSON: string
}

/** The part of ES2026 `JSON` that the compiler's library does not describe yet; Node.js has it since 22. */
interface RawJson {
  rawJSON(text: string): RawNumber
  isRawJSON(value: unknown): value is RawNumber
}
const nativeJson = JSON as unknown as RawJson

/** A value that is written as this bare number: `stringifyJson({ a: rawNumber('12480.50') })` is `{"a":12480.50}`. Throws on other text. */
export function rawNumber(text: string): RawNumber {
  if (!isJsonNumber(text)) throw new TypeError(`not a JSON number: ${JSON.stringify(text.slice(0, 100))}`)
  return nativeJson.rawJSON(text)
}

/** True for what `rawNumber` made; JSON that only looks like it (`{"rawJSON":"1"}`) is not. */
export const isRawNumber = (value: unknown): value is RawNumber => nativeJson.isRawJSON(value)

/** The digits of a JSON number, parsed or kept raw; undefined for every other value. */
export function numberText(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value)
  return isRawNumber(value) ? value.rawJSON : undefined
}

export interface ParseJsonOptions {
  /** Deepest nesting of objects and arrays; default 64. */
  readonly maxDepth?: number
  /** Longest text in UTF-16 code units; default 64 Mi. */
  readonly maxLength?: number
  /**
   * `exact` (default): a number whose text has more than 15 significant digits, or an exponent, becomes a `RawNumber`, every other
   * a `number`. `raw`: every number becomes a `RawNumber`.
   */
  readonly numbers?: 'exact' | 'raw'
}

const DEFAULT_DEPTH = 64
const DEFAULT_LENGTH = 64 * 1024 * 1024
const BYTE_ORDER_MARK = 0xfeff

/**
 * Parses JSON without loss of digits. A leading byte-order mark is skipped; of a repeated name the last one counts; the name
 * `__proto__` is refused. Throws AppError `json-malformed` (details.position, UTF-16 units), `json-too-deep`, `json-too-large`.
 */
export function parseJson(text: string, options: ParseJsonOptions = {}): unknown {
  const maxDepth = options.maxDepth ?? DEFAULT_DEPTH
  const maxLength = options.maxLength ?? DEFAULT_LENGTH
  if (text.length > maxLength) {
    throw jsonError(
      'json-too-large',
      `The JSON text has ${text.length} characters; at most ${maxLength} are read. Send it in smaller parts.`,
    )
  }
  const source = text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text
  const shape = scan(source, maxDepth)
  if (options.numbers !== 'raw' && shape === 'plain') {
    try {
      return JSON.parse(source)
    } catch {
      // The native error has no position for short texts: the careful parser below finds it again.
    }
  }
  return parseJsonText(source, { maxDepth, number: options.numbers === 'raw' ? nativeJson.rawJSON : exactNumber })
}

/** One line of JSON; raw numbers keep their digits. Throws TypeError for what JSON cannot hold (bigint, cycles); undefined gives `null`. */
export const stringifyJson = (value: unknown): string => JSON.stringify(value) ?? 'null'

/** 15 significant digits survive a double both ways; an exponent may lose digits or become infinite. */
function exactNumber(text: string): number | RawNumber {
  if (text.length <= 15) {
    if (!text.includes('e') && !text.includes('E')) return Number(text)
  }
  return isShort(text) ? Number(text) : nativeJson.rawJSON(text)
}

function isShort(text: string): boolean {
  if (/e/i.test(text)) return false
  return text.replace(/[-.]/g, '').replace(/^0+/, '').length <= 15
}

const isJsonNumber = (text: string): boolean => text.length <= 1_000 && /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text)

/**
 * One pass before the native parser: refuses what is too deep, and says `careful` where a number is long or has an exponent, or where
 * the text may hold the name `__proto__` (plainly or with an escape).
 */
function scan(text: string, maxDepth: number): 'plain' | 'careful' {
  let depth = 0
  let run = 0
  let careful = text.includes('__proto__') || /\\u005f/i.test(text)
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code >= 0x30 && code <= 0x39) {
      run += 1
      if (run > 15) careful = true
      continue
    }
    if (run > 0 && (code === 0x65 || code === 0x45)) careful = true
    if (code !== 0x2e) run = 0
    if (code === 0x22) index = endOfString(text, index)
    else if (code === 0x7b || code === 0x5b) {
      depth += 1
      if (depth > maxDepth) throw tooDeep(index, maxDepth)
    } else if (code === 0x7d || code === 0x5d) depth -= 1
  }
  return careful ? 'careful' : 'plain'
}

/** Index of the closing quote of the string that opens at `start`, or of the end of the text. */
function endOfString(text: string, start: number): number {
  let from = start + 1
  for (;;) {
    const quote = text.indexOf('"', from)
    if (quote < 0) return text.length
    let slashes = 0
    while (text.charCodeAt(quote - 1 - slashes) === 0x5c) slashes += 1
    if (slashes % 2 === 0) return quote
    from = quote + 1
  }
}

const jsonError = (code: string, message: string, details?: Readonly<Record<string, unknown>>): AppError =>
  new AppError({ category: 'data', code, message, ...(details !== undefined && { details }) })

const tooDeep = (position: number, maxDepth: number): AppError =>
  jsonError('json-too-deep', `The JSON text is nested deeper than ${maxDepth} levels at position ${position}.`, { position })
