import type { Entity } from '../entities/entity.ts'
import { type CsvRecord, decodeText, parseCsv, quoteCell } from './csv.ts'
import type { EntityResult, RowError } from './execution-store.ts'
import type { ManifestEntity } from './manifest.ts'
import { packageError } from './package-error.ts'
import { type ImportOutcome, type ImportRow, type ImportRows, SOURCE_FORMATS, type SourceFormat } from './package-model.ts'

export interface ImportFile {
  readonly entity: Entity
  readonly manifest: ManifestEntity
  readonly bytes: Uint8Array
  readonly legalEntity: string
}

export interface ImportFileDeps {
  readonly importRows: ImportRows
  readonly addErrors: (errors: readonly RowError[]) => Promise<void>
}

/** Rows that are written in one transaction. */
const PAGE_ROWS = 1_000
const LIMITS = { maxCells: 1_000, maxCellLength: 65_536 } as const

/**
 * Reads one data file into its entity, page by page. Rows that are refused become errors and stop no other.
 * Without a map nothing is read, and that is a success (FO-097). Throws `package-malformed` for a file that cannot be read at all.
 */
export async function importFile(deps: ImportFileDeps, file: ImportFile): Promise<EntityResult> {
  const sourceFormat = formatOf(file.manifest)
  const limits = { ...LIMITS, requireCrlf: sourceFormat === 'CSV-Unicode' }
  const records = parseCsv(decodeText(file.bytes, sourceFormat), limits)
  const first = records.next()
  const counts = { staged: 0, errors: 0 }
  if (file.manifest.map.length > 0 && first.done !== true) {
    const columns = mapColumns(file, first.value.cells)
    for (const page of pages(records, PAGE_ROWS)) {
      const errors = await importPage(deps, file, { page, columns })
      counts.staged += page.length
      counts.errors += errors
    }
  }
  const written = counts.staged - counts.errors
  const status = counts.errors === 0 ? 'Succeeded' : written > 0 ? 'PartiallySucceeded' : 'Failed'
  return { entityName: file.entity.label, status, staged: counts.staged, written, errors: counts.errors }
}

function formatOf(manifest: ManifestEntity): SourceFormat {
  const format = SOURCE_FORMATS.find((item) => item === manifest.sourceFormat)
  if (format === undefined) {
    throw packageError(
      'package-malformed',
      `The source data format '${manifest.sourceFormat}' is not set up; use ${SOURCE_FORMATS.join(' or ')}.`,
    )
  }
  return format
}

/** Property names by position; undefined for a column that the map does not name. */
type Columns = readonly (string | undefined)[]

/** Throws `package-malformed` where the map names a column that the file lacks or a field that the entity lacks. */
function mapColumns({ entity, manifest }: ImportFile, header: readonly string[]): Columns {
  const properties = new Map(entity.properties.map((property) => [property.name.toUpperCase(), property.name]))
  const byColumn = new Map<string, string>()
  for (const { entityField, column } of manifest.map) {
    const property = properties.get(entityField.toUpperCase())
    if (property === undefined)
      throw packageError('package-malformed', `The field ${entityField} of the map is not found in entity ${entity.label}.`)
    byColumn.set(column.toUpperCase(), property)
  }
  const names = header.map((name) => name.trim().toUpperCase())
  const missing = [...byColumn.keys()].find((column) => !names.includes(column))
  if (missing !== undefined)
    throw packageError('package-malformed', `The column ${missing} of the map is not found in the file ${manifest.inputFilePath}.`)
  return names.map((name) => byColumn.get(name))
}

function* pages(records: Iterator<CsvRecord, void>, size: number): Generator<CsvRecord[]> {
  let page: CsvRecord[] = []
  for (let next = records.next(); next.done !== true; next = records.next()) {
    page.push(next.value)
    if (page.length < size) continue
    yield page
    page = []
  }
  if (page.length > 0) yield page
}

interface Page {
  readonly page: readonly CsvRecord[]
  readonly columns: Columns
}

/** Number of rows that were refused. */
async function importPage(deps: ImportFileDeps, file: ImportFile, { page, columns }: Page): Promise<number> {
  const rows = page.map((record): ImportRow => ({ values: valuesOf(record, columns) }))
  const outcomes = await deps.importRows(file.entity, file.legalEntity, rows)
  const errors = page.flatMap((record, index) => toError(file.entity, { record, row: rows[index], outcome: outcomes[index] }))
  await deps.addErrors(errors)
  return errors.length
}

function valuesOf(record: CsvRecord, columns: Columns): Record<string, string> {
  const values: Record<string, string> = {}
  for (const [index, property] of columns.entries()) if (property !== undefined) values[property] = record.cells[index] ?? ''
  return values
}

interface Refused {
  readonly record: CsvRecord
  readonly row: ImportRow | undefined
  readonly outcome: ImportOutcome | undefined
}

function toError(entity: Entity, { record, row, outcome }: Refused): RowError[] {
  if (outcome === undefined || row === undefined) throw new TypeError('a row without outcome')
  if (outcome.ok) return []
  const keys = entity.key.filter((name) => name !== 'dataAreaId')
  return [
    {
      rowNumber: record.line,
      recordId: storable(keys.map((name) => row.values[name] ?? '').join(',')),
      field: outcome.field,
      message: storable(outcome.message),
      line: storable(record.cells.map(quoteCell).join(',')),
    },
  ]
}

/** Text that the database takes. */
const storable = (text: string): string => text.toWellFormed().replaceAll('\u0000', '\ufffd')
