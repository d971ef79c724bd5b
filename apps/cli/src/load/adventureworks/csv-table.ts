import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { AppError } from '@p2c/base'
import { parse } from 'csv-parse/sync'

export type CsvRow = Readonly<Record<string, string>>

/** Unpacked, the largest file of the data set has 5 MB: far more is not this data set. */
const LARGEST_FILE = 64 * 1024 * 1024

/**
 * The rows of `<folder>/<name>.csv.gz` or `<name>.csv`. Throws `data-set-incomplete` where the file is missing or lacks one of `columns`,
 * `data-set-unreadable` where it is not a CSV file.
 */
export async function readCsvTable<Column extends string>(
  folder: string,
  name: string,
  columns: readonly Column[],
): Promise<readonly Readonly<Record<Column, string>>[]> {
  const text = await readText(folder, name)
  const rows = parseRows(text, { path: join(folder, name), columns })
  const missing = columns.filter((column) => rows[0] !== undefined && !(column in rows[0]))
  if (missing.length > 0) throw incomplete(`${join(folder, name)} has no column ${missing.join(', ')}`)
  return rows as readonly Readonly<Record<Column, string>>[]
}

async function readText(folder: string, name: string): Promise<string> {
  const packed = await readFile(join(folder, `${name}.csv.gz`)).catch(() => undefined)
  if (packed !== undefined) return unpack(packed, join(folder, `${name}.csv.gz`))
  const plain = await readFile(join(folder, `${name}.csv`), 'utf8').catch(() => undefined)
  if (plain === undefined) throw incomplete(`${join(folder, `${name}.csv.gz`)} is not there`)
  return plain
}

function unpack(packed: Buffer, path: string): string {
  try {
    return gunzipSync(packed, { maxOutputLength: LARGEST_FILE }).toString('utf8')
  } catch (cause) {
    throw unreadable(path, cause)
  }
}

/** Keeps the columns asked for alone: files have many more. */
function parseRows(text: string, { path, columns }: { readonly path: string; readonly columns: readonly string[] }): readonly CsvRow[] {
  const wanted = new Set(columns)
  const keep = (header: readonly string[]) => header.map((name) => (wanted.has(name) ? name : false))
  try {
    return parse(text, { columns: keep, bom: true, skip_empty_lines: true }) as CsvRow[]
  } catch (cause) {
    throw unreadable(path, cause)
  }
}

const incomplete = (problem: string): AppError =>
  new AppError({
    category: 'data',
    code: 'data-set-incomplete',
    message: `This is not an AdventureWorks data set: ${problem}. Give the folder that holds stores.csv.gz, customers.csv.gz and the others.`,
  })

const unreadable = (path: string, cause: unknown): AppError =>
  new AppError({
    category: 'data',
    code: 'data-set-unreadable',
    message: `${path} cannot be read as CSV: ${cause instanceof Error ? cause.message : cause}. Fetch the file again.`,
    cause,
  })
