import type { PieceReader } from './csv.ts'
import { type CsvLimits, type CsvRecord, csvReader, quoteCell, textReader } from './csv.ts'
import { packageError } from './package-error.ts'
import type { SourceFormat } from './package-model.ts'
import { type XmlRow, xmlReader } from './xml-file.ts'

/** One row of a data file. `cells` stand in the order of the columns that were asked for; a cell that the row does not have is absent. */
export interface DataRecord {
  /** Where it stands, from 1: its line in CSV, its place among the rows in XML. */
  readonly number: number
  readonly cells: readonly (string | undefined)[]
  /** The row as one CSV line, to be mended and sent again. */
  readonly text: () => string
}

export interface DataFile {
  /** Name in the package, for messages. */
  readonly name: string
  readonly format: SourceFormat
  /** Element of a row in XML: the staging name of the entity. */
  readonly rowElement: string
  /** Upper case. */
  readonly columns: readonly string[]
}

/**
 * The rows of a data file, as its bytes arrive. Throws `package-malformed` for a file that cannot be read, or that lacks a column.
 * Source: F&O protocol specification, section 16.
 */
export async function* readDataFile(bytes: AsyncIterable<Uint8Array>, file: DataFile): AsyncGenerator<readonly DataRecord[]> {
  const text = textReader(file.format)
  const records = recordsOf(file)
  for await (const chunk of bytes) {
    const read = records.push(text.push(chunk))
    if (read.length > 0) yield read
  }
  const rest = [...records.push(text.end()), ...records.end()]
  if (rest.length > 0) yield rest
}

function recordsOf(file: DataFile): PieceReader<string, readonly DataRecord[]> {
  const { name, format, rowElement } = file
  if (format === 'CSV' || format === 'CSV-Unicode') return csvRecords(file)
  const reader = xmlReader({ name, format, rowElement })
  const toRecords = (rows: readonly XmlRow[]) => rows.map((row) => xmlRecord(file, row))
  return { push: (piece) => toRecords(reader.push(piece)), end: () => toRecords(reader.end()) }
}

const xmlRecord = (file: DataFile, { number, cells }: XmlRow): DataRecord => ({
  number,
  cells: file.columns.map((column) => cells.get(column)),
  text: () => file.columns.map((column) => quoteCell(cells.get(column) ?? '')).join(','),
})

/** CSV: the first record names the columns. */
function csvRecords(file: DataFile): PieceReader<string, readonly DataRecord[]> {
  const limits: CsvLimits = { maxCells: 1_000, maxCellLength: 65_536, requireCrlf: file.format === 'CSV-Unicode' }
  const reader = csvReader(limits)
  let places: readonly number[] | undefined
  const toRecords = (records: readonly CsvRecord[]): readonly DataRecord[] => {
    const [first, ...others] = records
    if (places === undefined && first !== undefined) {
      places = placesOf(first.cells, file)
      return toRecords(others)
    }
    const known = places ?? []
    return records.map(({ line, cells }) => ({
      number: line,
      cells: known.map((place) => cells[place] ?? ''),
      text: () => cells.map(quoteCell).join(','),
    }))
  }
  return { push: (piece) => toRecords(reader.push(piece)), end: () => toRecords(reader.end()) }
}

function placesOf(header: readonly string[], file: DataFile): readonly number[] {
  const names = header.map((name) => name.trim().toUpperCase())
  return file.columns.map((column) => {
    const place = names.indexOf(column)
    if (place < 0) throw packageError('package-malformed', `The column ${column} of the map is not found in the file ${file.name}.`)
    return place
  })
}
