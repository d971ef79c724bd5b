import type { Database } from '@p2c/base'
import type { Entity } from '../entities/entity.ts'
import { type DataFile, type DataRecord, readDataFile } from './data-file.ts'
import type { EntityResult, RowError } from './execution-store.ts'
import { type ImportedFile, type ImportProgress, readProgress, saveProgress } from './import-progress.ts'
import type { ManifestEntity } from './manifest.ts'
import { packageError } from './package-error.ts'
import { type ImportOutcome, type ImportRow, type ImportRows, SOURCE_FORMATS, type SourceFormat } from './package-model.ts'
import type { ZipFileEntry } from './zip-reader.ts'

/** A data file with the entity that it goes to. */
export interface ImportFile {
  readonly entity: Entity
  readonly manifest: ManifestEntity
  readonly content: ZipFileEntry
  readonly legalEntity: string
}

export interface ImportFileDeps {
  readonly importRows: ImportRows
  readonly database: Database
  readonly place: ImportedFile
}

/** Rows that are written in one transaction. */
const PAGE_ROWS = 1_000

/**
 * Reads a data file to its end and writes nothing: what cannot be read at all is known before the first row is in the target.
 * Throws `package-malformed`.
 */
export async function checkFile(file: ImportFile): Promise<void> {
  for await (const _ of readDataFile(file.content.read(), dataFileOf(file)));
}

/**
 * Writes one data file into its entity, page by page, from where an earlier attempt stopped. Rows that are refused become errors and stop no
 * other. Without a map nothing is read, and that is a success (FO-097).
 */
export async function importFile(deps: ImportFileDeps, file: ImportFile): Promise<EntityResult> {
  let progress = await readProgress(deps.database, deps.place)
  if (file.manifest.map.length > 0) {
    const properties = propertiesOf(file)
    const records = behind(readDataFile(file.content.read(), dataFileOf(file)), progress.staged)
    for await (const page of pages(records, PAGE_ROWS)) progress = await importPage(deps, file, { page, properties, progress })
  }
  return resultOf(file.entity.label, progress)
}

/** The end of a file. */
export function resultOf(entityName: string, { staged, errors }: ImportProgress): EntityResult {
  const written = staged - errors
  const status = errors === 0 ? 'Succeeded' : written > 0 ? 'PartiallySucceeded' : 'Failed'
  return { entityName, status, staged, written, errors }
}

/** Items without the first `count`. */
export async function* behind<Item>(lists: AsyncIterable<readonly Item[]>, count: number): AsyncGenerator<readonly Item[]> {
  let rest = count
  for await (const list of lists) {
    if (rest < list.length) yield list.slice(rest)
    rest = Math.max(0, rest - list.length)
  }
}

function dataFileOf(file: ImportFile): DataFile {
  const { entity, manifest } = file
  propertiesOf(file)
  return {
    name: manifest.inputFilePath,
    format: formatOf(manifest),
    rowElement: entity.aotName,
    columns: columnsOf(manifest).map(({ column }) => column.toUpperCase()),
  }
}

function formatOf(manifest: ManifestEntity): SourceFormat {
  const format = SOURCE_FORMATS.find((item) => item === manifest.sourceFormat)
  if (format === undefined) {
    throw packageError(
      'package-malformed',
      `The source data format '${manifest.sourceFormat}' is not set up; use ${SOURCE_FORMATS.join(', ')}.`,
    )
  }
  return format
}

/** The pairs of the map; where a column stands in it twice, the last one counts. */
const columnsOf = ({ map }: ManifestEntity): ManifestEntity['map'] => [
  ...new Map(map.map((pair) => [pair.column.toUpperCase(), pair])).values(),
]

/** The property of each column of the map. Throws `package-malformed` where the entity lacks one. */
function propertiesOf({ entity, manifest }: ImportFile): readonly string[] {
  const properties = new Map(entity.properties.map((property) => [property.name.toUpperCase(), property.name]))
  return columnsOf(manifest).map(({ entityField }) => {
    const property = properties.get(entityField.toUpperCase())
    if (property === undefined)
      throw packageError('package-malformed', `The field ${entityField} of the map is not found in entity ${entity.label}.`)
    return property
  })
}

async function* pages(records: AsyncIterable<readonly DataRecord[]>, size: number): AsyncGenerator<DataRecord[]> {
  let page: DataRecord[] = []
  for await (const read of records) {
    for (const record of read) {
      page.push(record)
      if (page.length < size) continue
      yield page
      page = []
    }
  }
  if (page.length > 0) yield page
}

interface Page {
  readonly page: readonly DataRecord[]
  readonly properties: readonly string[]
  readonly progress: ImportProgress
}

/** How far the file is behind the page. */
async function importPage(deps: ImportFileDeps, file: ImportFile, { page, properties, progress }: Page): Promise<ImportProgress> {
  const rows = page.map((record): ImportRow => ({ values: valuesOf(record, properties) }))
  let after = progress
  await deps.importRows(file.entity, file.legalEntity, rows, {
    onWritten: async (sql, outcomes) => {
      const errors = page.flatMap((record, index) => toError(file.entity, { record, row: rows[index], outcome: outcomes[index] }))
      after = await saveProgress(sql, deps.place, { before: progress, rows: page.length, errors })
    },
  })
  return after
}

function valuesOf(record: DataRecord, properties: readonly string[]): Record<string, string> {
  const values: Record<string, string> = {}
  for (const [index, property] of properties.entries()) {
    const cell = record.cells[index]
    if (cell !== undefined) values[property] = cell
  }
  return values
}

interface Refused {
  readonly record: DataRecord
  readonly row: ImportRow | undefined
  readonly outcome: ImportOutcome | undefined
}

function toError(entity: Entity, { record, row, outcome }: Refused): RowError[] {
  if (outcome === undefined || row === undefined) throw new TypeError('a row without outcome')
  if (outcome.ok) return []
  const keys = entity.key.filter((name) => name !== 'dataAreaId')
  return [
    {
      rowNumber: record.number,
      recordId: storable(keys.map((name) => row.values[name] ?? '').join(',')),
      field: outcome.field,
      message: storable(outcome.message),
      line: storable(record.text()),
    },
  ]
}

/** Text that the database takes. */
const storable = (text: string): string => text.toWellFormed().replaceAll('\u0000', '\ufffd')
