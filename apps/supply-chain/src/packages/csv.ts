import { packageError } from './package-error.ts'
import type { SourceFormat } from './package-model.ts'

export const BYTE_ORDER_MARK = '\ufeff'

/** A text cell: in quotes with quotes doubled (RFC 4180), bare where it is empty. */
export const quoteCell = (text: string): string => (text === '' ? '' : `"${text.replaceAll('"', '""')}"`)

/** Bytes of a data file's text: `CSV-Unicode` is UTF-16 LE, `CSV` is UTF-8. The byte-order mark is the caller's. */
export const encodeText = (text: string, format: SourceFormat): Buffer => Buffer.from(text, format === 'CSV-Unicode' ? 'utf16le' : 'utf8')

/**
 * Text of a data file, piece by piece. `CSV-Unicode` must begin with the mark of UTF-16 LE; throws `package-malformed` with the text that
 * the product gives for another encoding (F&O protocol specification, section 16).
 */
export function* decodeText(bytes: Uint8Array, format: SourceFormat): Generator<string> {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe
  if (format === 'CSV-Unicode' && !isUtf16) throw packageError('package-malformed', 'Selected file is not Unicode')
  const decoder = new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8', { fatal: true })
  try {
    for (let start = 0; start < bytes.byteLength; start += DECODED_AT_ONCE) {
      yield decoder.decode(bytes.subarray(start, start + DECODED_AT_ONCE), { stream: true })
    }
    yield decoder.decode()
  } catch (error) {
    throw packageError('package-malformed', `The file is not valid ${isUtf16 ? 'UTF-16' : 'UTF-8'}.`, error)
  }
}

const DECODED_AT_ONCE = 1024 * 1024

/** One record of a file; lines count from 1, the header included. */
export interface CsvRecord {
  readonly line: number
  readonly cells: readonly string[]
}

export interface CsvLimits {
  readonly maxCells: number
  readonly maxCellLength: number
  /** The record end must be CRLF, as `CSV-Unicode` asks for. */
  readonly requireCrlf: boolean
}

interface Reading {
  readonly limits: CsvLimits
  cells: string[]
  cell: string
  /** `start` of a cell, in a `bare` one, in a `quoted` one, or behind a quote that may end it. */
  state: 'start' | 'bare' | 'quoted' | 'quote'
  line: number
  recordLine: number
  sawCr: boolean
}

/**
 * Reads RFC 4180 text that arrives in pieces, cut anywhere. Blank lines are skipped. Throws `package-malformed` with the line for text behind a
 * closing quote, an unclosed quote, too many or too long cells.
 */
export function* parseCsv(pieces: Iterable<string>, limits: CsvLimits): Generator<CsvRecord> {
  const reading: Reading = { limits, cells: [], cell: '', state: 'start', line: 1, recordLine: 1, sawCr: false }
  for (const piece of pieces) yield* readPiece(reading, piece)
  if (reading.state === 'quoted') throw malformed(reading, 'a closing quote')
  const last = endRecord(reading)
  if (last !== undefined) yield last
}

const SPECIAL = /["\r\n,]/g

function* readPiece(reading: Reading, piece: string): Generator<CsvRecord> {
  let at = 0
  while (at < piece.length) {
    if (reading.state === 'quoted') at = readQuoted(reading, piece, at)
    else {
      SPECIAL.lastIndex = at
      const found = SPECIAL.exec(piece)?.index ?? piece.length
      if (found > at) addText(reading, piece.slice(at, found))
      at = found + 1
      const record = found < piece.length ? readSpecial(reading, piece.charAt(found)) : undefined
      if (record !== undefined) yield record
    }
  }
}

function readQuoted(reading: Reading, piece: string, at: number): number {
  const quote = piece.indexOf('"', at)
  const end = quote < 0 ? piece.length : quote
  const text = piece.slice(at, end)
  grow(reading, text)
  if (text.includes('\n')) reading.line += text.split('\n').length - 1
  if (quote >= 0) reading.state = 'quote'
  return end + 1
}

function addText(reading: Reading, text: string): void {
  if (reading.state === 'quote') throw malformed(reading, 'a comma or a line end behind a closing quote')
  if (reading.sawCr) throw malformed(reading, 'a line end behind a carriage return')
  reading.state = 'bare'
  grow(reading, text)
}

function grow(reading: Reading, text: string): void {
  reading.cell += text
  if (reading.cell.length > reading.limits.maxCellLength)
    throw malformed(reading, `a cell of at most ${reading.limits.maxCellLength} characters`)
}

function readSpecial(reading: Reading, char: string): CsvRecord | undefined {
  if (reading.sawCr && char !== '\n') throw malformed(reading, 'a line end behind a carriage return')
  if (char === '"') return openOrRepeatQuote(reading)
  if (char === ',') {
    endCell(reading)
    return undefined
  }
  if (char === '\r') {
    reading.sawCr = true
    return undefined
  }
  if (reading.limits.requireCrlf && !reading.sawCr) throw malformed(reading, 'lines that end with CRLF')
  reading.sawCr = false
  reading.line += 1
  return endRecord(reading)
}

function openOrRepeatQuote(reading: Reading): undefined {
  if (reading.state === 'quote') grow(reading, '"')
  else if (reading.state === 'bare') throw malformed(reading, 'a quote only at the start of a cell')
  reading.state = 'quoted'
}

function endCell(reading: Reading): void {
  reading.cells.push(reading.cell)
  if (reading.cells.length > reading.limits.maxCells) throw malformed(reading, `at most ${reading.limits.maxCells} cells in a line`)
  reading.cell = ''
  reading.state = 'start'
}

function endRecord(reading: Reading): CsvRecord | undefined {
  const isBlank = reading.cells.length === 0 && reading.state === 'start'
  const line = reading.recordLine
  reading.recordLine = reading.line
  if (isBlank) return undefined
  endCell(reading)
  const { cells } = reading
  reading.cells = []
  return { line, cells }
}

const malformed = (reading: Reading, expected: string) =>
  packageError('package-malformed', `The data file is not readable at line ${reading.line}: expected ${expected}.`)
