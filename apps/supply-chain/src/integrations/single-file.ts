import { findComposite } from '../entities/composites.ts'
import type { Entity } from '../entities/entity.ts'
import { csvReader, textReader } from '../packages/csv.ts'
import { HEADER_FILE, MANIFEST_FILE, writeHeader, writeManifest } from '../packages/manifest.ts'
import type { SourceFormat } from '../packages/package-model.ts'
import { writeZip } from '../packages/zip-writer.ts'

/** A data file on its way into an entity, alone. */
export interface SingleFile {
  readonly project: string
  readonly entity: Entity
  /** Blank: known by its first bytes. */
  readonly format: SourceFormat | ''
  readonly bytes: Uint8Array
}

const ZIP = Buffer.from('PK\u0003\u0004')

/** True for a package: a zip archive by its first bytes. */
export const isPackage = (bytes: Uint8Array): boolean => ZIP.equals(bytes.subarray(0, ZIP.length))

/** A byte-order mark of UTF-16 tells Unicode text, an angle bracket XML. */
function formatOf({ format, bytes }: SingleFile): SourceFormat {
  if (format !== '') return format
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) return 'CSV-Unicode'
  const head = Buffer.from(bytes.subarray(0, 200))
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trimStart()
  return head.startsWith('<') ? 'XML-Element' : 'CSV'
}

const MAX_CELLS = 10_000
const MAX_CELL_LENGTH = 10_000
/** The first line of a file is never longer. */
const HEADER_BYTES = 512 * 1024

/** The columns that the file itself names; undefined where it cannot be read: the import then says why. */
function headerColumns(bytes: Uint8Array, format: SourceFormat): readonly string[] | undefined {
  if (format !== 'CSV' && format !== 'CSV-Unicode') return undefined
  try {
    const text = textReader(format).push(bytes.subarray(0, HEADER_BYTES))
    const reader = csvReader({ maxCells: MAX_CELLS, maxCellLength: MAX_CELL_LENGTH, requireCrlf: false })
    return [...reader.push(text), ...reader.end()][0]?.cells
  } catch {
    // The import reads the file again and reports it with its execution.
    return undefined
  }
}

/** A package around the file: its own columns are the map; a file that names none has every field of the entity. */
export function packageOfFile(file: SingleFile): AsyncGenerator<Uint8Array> {
  const format = formatOf(file)
  const composite = findComposite(file.entity.label)
  const columns = headerColumns(file.bytes, format) ?? (composite?.header ?? file.entity).properties.map(({ name }) => name)
  const inputFilePath = `${file.entity.label}.${format.startsWith('CSV') ? 'csv' : 'xml'}`
  const map = columns.filter((name) => name.trim() !== '').map((name) => ({ entityField: name.toUpperCase(), column: name.toUpperCase() }))
  const manifest = {
    project: file.project,
    description: '',
    entities: [
      {
        entityName: file.entity.label,
        sourceFormat: format,
        refreshType: 'FullPush' as const,
        executionUnit: 1,
        levelInExecutionUnit: 1,
        sequenceInLevel: 1,
        inputFilePath,
        map,
      },
    ],
  }
  return writeZip([
    { name: HEADER_FILE, content: [Buffer.from(writeHeader(''))] },
    { name: MANIFEST_FILE, content: [Buffer.from(writeManifest(manifest))] },
    { name: inputFilePath, content: [file.bytes] },
  ])
}
