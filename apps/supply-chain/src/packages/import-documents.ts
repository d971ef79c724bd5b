import type { Database } from '@p2c/base'
import type { CompositeEntity } from '../entities/composites.ts'
import type { Entity } from '../entities/entity.ts'
import { quoteCell, textReader } from './csv.ts'
import type { EntityResult, RowError } from './execution-store.ts'
import { behind, resultOf } from './import-file.ts'
import { type ImportedFile, readProgress, saveProgress } from './import-progress.ts'
import type { ManifestEntity } from './manifest.ts'
import { packageError } from './package-error.ts'
import type { ImportDocument, ImportDocuments } from './package-model.ts'
import { type XmlRow, xmlReader } from './xml-file.ts'
import type { ZipFileEntry } from './zip-reader.ts'

/** A file of documents of a composite entity. */
export interface DocumentFile {
  readonly composite: CompositeEntity
  readonly manifest: ManifestEntity
  readonly content: ZipFileEntry
  readonly legalEntity: string
}

export interface ImportDocumentsDeps {
  readonly importDocuments: ImportDocuments
  readonly database: Database
  readonly place: ImportedFile
}

/** Reads a file of documents to its end and writes nothing. Throws `package-malformed`. */
export async function checkDocuments(file: DocumentFile): Promise<void> {
  for await (const rows of readRows(file)) for (const row of rows) toDocument(file, row)
}

/**
 * Writes a file of documents, each one as a whole or not at all, from where an earlier attempt stopped. One that is refused becomes an error and
 * stops no other.
 */
export async function importDocuments(deps: ImportDocumentsDeps, file: DocumentFile): Promise<EntityResult> {
  let progress = await readProgress(deps.database, deps.place)
  for await (const rows of behind(readRows(file), progress.staged)) {
    for (const row of rows) {
      const before = progress
      await deps.importDocuments(file.legalEntity, toDocument(file, row), async (sql, [outcome]) => {
        const errors = outcome?.ok === false ? [toError(file, row, outcome)] : []
        progress = await saveProgress(sql, deps.place, { before, rows: 1, errors })
      })
    }
  }
  return resultOf(file.composite.label, progress)
}

async function* readRows({ composite, manifest, content }: DocumentFile): AsyncGenerator<readonly XmlRow[]> {
  const format = manifest.sourceFormat
  if (format !== 'XML-Element' && format !== 'XML-Attribute')
    throw packageError('package-malformed', `A composite entity is read from XML; the format '${format}' has no nested rows.`)
  const text = textReader('CSV')
  const reader = xmlReader({
    name: manifest.inputFilePath,
    format,
    rowElement: composite.header.aotName,
    childElement: composite.lines.aotName,
  })
  for await (const chunk of content.read()) {
    const rows = reader.push(text.push(chunk))
    if (rows.length > 0) yield rows
  }
  const rest = [...reader.push(text.end()), ...reader.end()]
  if (rest.length > 0) yield rest
}

function toDocument({ composite }: DocumentFile, row: XmlRow): ImportDocument {
  const header = valuesOf(composite.header, row)
  const lines = row.children.map((child) => {
    const values = valuesOf(composite.lines, child)
    const inherited = composite.inherited.filter(([field]) => (values[field] ?? '') === '')
    return {
      entity: composite.lines,
      values: { ...values, ...Object.fromEntries(inherited.map(([field, from]) => [field, header[from] ?? ''])) },
    }
  })
  return [{ entity: composite.header, values: header }, ...lines]
}

function valuesOf(entity: Entity, row: XmlRow): Record<string, string> {
  const properties = new Map(entity.properties.map((property) => [property.name.toUpperCase(), property.name]))
  return Object.fromEntries(
    [...row.cells].map(([column, text]) => {
      const property = properties.get(column)
      if (property === undefined)
        throw packageError('package-malformed', `The field ${column.slice(0, 100)} is not found in entity ${entity.label}.`)
      return [property, text]
    }),
  )
}

function toError({ composite }: DocumentFile, row: XmlRow, refused: { readonly field: string; readonly message: string }): RowError {
  const keys = composite.header.key.filter((name) => name !== 'dataAreaId')
  return {
    rowNumber: row.number,
    recordId: keys.map((name) => row.cells.get(name.toUpperCase()) ?? '').join(','),
    field: refused.field,
    message: refused.message,
    line: [...row.cells.values()].map(quoteCell).join(','),
  }
}
