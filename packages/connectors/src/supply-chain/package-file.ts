import { AppError } from '@p2c/base'
import type { FieldValue } from '@p2c/engine'
import { parse } from 'csv-parse/sync'
import { unzipSync } from 'fflate'
import type { FinOpsField } from './entity.ts'
import { fromWire } from './field-value.ts'

/** A package is refused above these: a small file must not unfold into the whole memory. */
const MOST_ENTRIES = 20
const MOST_BYTES = 256 * 1024 * 1024

/** Values by upper-case column name, as the file has them. */
export type PackageRow = Readonly<Record<string, string>>

/** The data rows of an exported package with one entity (F&O 16). Throws `package-invalid`. */
export function readPackage(zip: Uint8Array): readonly PackageRow[] {
  let entries = 0
  let bytes = 0
  const files = unzipOrThrow(zip, (size) => {
    entries += 1
    bytes += size
    if (entries > MOST_ENTRIES || bytes > MOST_BYTES) throw invalid(`it has more than ${MOST_ENTRIES} files or ${MOST_BYTES} bytes`)
  })
  const data = Object.entries(files).find(([name]) => name.toLowerCase().endsWith('.csv'))
  if (data === undefined) throw invalid('it has no data file')
  return parse(decode(data[1]), {
    columns: (names: string[]) => names.map((name) => name.toUpperCase()),
    skip_empty_lines: true,
    bom: true,
    relax_column_count: false,
  }) as PackageRow[]
}

function unzipOrThrow(zip: Uint8Array, count: (size: number) => void): Readonly<Record<string, Uint8Array>> {
  try {
    return unzipSync(zip, {
      filter: (file) => {
        count(file.originalSize)
        return true
      },
    })
  } catch (error) {
    throw error instanceof AppError ? error : invalid(error instanceof Error ? error.message : String(error))
  }
}

/** UTF-16 LE by its byte-order mark, else UTF-8 (FO-095). */
const decode = (bytes: Uint8Array): string => new TextDecoder(bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8').decode(bytes)

/** A cell as the same value that a read over OData would give. */
export function fromCell(field: FinOpsField, cell: string | undefined): FieldValue {
  if (cell === undefined || cell === '') return null
  if (field.type === 'integer') return Number.isSafeInteger(Number(cell)) ? Number(cell) : cell
  if (field.dataType === 'UtcDateTime' && !cell.endsWith('Z')) return fromWire(field, `${cell.replace(' ', 'T').slice(0, 19)}Z`)
  return fromWire(field, cell)
}

const invalid = (reason: string): AppError =>
  new AppError({
    category: 'data',
    code: 'package-invalid',
    message: `The exported data package cannot be read: ${reason}. Everything is read again.`,
  })
