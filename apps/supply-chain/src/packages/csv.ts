import { packageError } from './package-error.ts'
import type { SourceFormat } from './package-model.ts'

export const BYTE_ORDER_MARK = '\ufeff'

/** A text cell: in quotes with quotes doubled (RFC 4180), bare where it is empty. */
export const quoteCell = (text: string): string => (text === '' ? '' : `"${text.replaceAll('"', '""')}"`)

/** Bytes of a data file's text: `CSV-Unicode` is UTF-16 LE, `CSV` is UTF-8. The byte-order mark is the caller's. */
export const encodeText = (text: string, format: SourceFormat): Buffer => Buffer.from(text, format === 'CSV-Unicode' ? 'utf16le' : 'utf8')

/** Reads what arrives in pieces, cut anywhere; what is complete comes out. */
export interface PieceReader<Piece, Result> {
  push(piece: Piece): Result
  /** Nothing follows; throws `package-malformed` where something is unfinished. */
  end(): Result
}

/**
 * Text of a data file. `CSV-Unicode` must begin with the mark of UTF-16 LE; throws `package-malformed` with the text that the product gives for
 * another encoding (F&O protocol specification, section 16). Other formats are UTF-16 LE with the mark, or UTF-8.
 */
export function textReader(format: SourceFormat): PieceReader<Uint8Array, string> {
  let held: Uint8Array | undefined = new Uint8Array(0)
  let decoder = new TextDecoder('utf-8', { fatal: true })
  const decode = (bytes: Uint8Array | undefined): string => {
    try {
      return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true })
    } catch (error) {
      throw packageError('package-malformed', `The file is not valid ${decoder.encoding.toUpperCase()}.`, error)
    }
  }
  /** The first two bytes tell the encoding; they may arrive one by one. */
  const begin = (bytes: Uint8Array): string => {
    const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe
    if (format === 'CSV-Unicode' && !isUtf16) throw packageError('package-malformed', 'Selected file is not Unicode')
    if (isUtf16) decoder = new TextDecoder('utf-16le', { fatal: true })
    held = undefined
    return decode(bytes)
  }
  return {
    push(piece) {
      if (held === undefined) return decode(piece)
      held = held.byteLength === 0 ? piece : Buffer.concat([held, piece])
      return held.byteLength < 2 ? '' : begin(held)
    },
    end: () => (held === undefined ? '' : begin(held)) + decode(undefined),
  }
}

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
 * Reads RFC 4180 text. Blank lines are skipped. Throws `package-malformed` with the line for text behind a closing quote, an unclosed quote,
 * too many or too long cells.
 */
export function csvReader(limits: CsvLimits): PieceReader<string, readonly CsvRecord[]> {
  const reading: Reading = { limits, cells: [], cell: '', state: 'start', line: 1, recordLine: 1, sawCr: false }
  return {
    push: (piece) => [...readPiece(reading, piece)],
    end() {
      if (reading.state === 'quoted') throw malformed(reading, 'a closing quote')
      const last = endRecord(reading)
      return last === undefined ? [] : [last]
    },
  }
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
