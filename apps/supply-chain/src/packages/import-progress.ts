import { AppError, type SqlRunner } from '@p2c/base'
import { addErrors, type RowError } from './execution-store.ts'

/** A file of the package that an execution imports. */
export interface ImportedFile {
  readonly executionId: string
  /** Place in the order of the import, from 0: a package may hold one entity twice. */
  readonly file: number
  /** Label of the entity. */
  readonly entityName: string
}

/** How far the import of a file is: rows that are done, and how many of them were refused. */
export interface ImportProgress {
  readonly staged: number
  readonly errors: number
}

/** What a transaction has done of a file. */
export interface ImportStep {
  readonly before: ImportProgress
  readonly rows: number
  readonly errors: readonly RowError[]
}

/** Where the import of a file goes on: at its first row, or behind what an earlier attempt has committed. */
export async function readProgress(sql: SqlRunner, { executionId, file }: ImportedFile): Promise<ImportProgress> {
  const { rows } = await sql.query<{ staged: string; errors: string }>(
    `insert into data_import_progress (execution_id, file_number) values ($1, $2)
     on conflict (execution_id, file_number) do update set staged = data_import_progress.staged returning staged, errors`,
    [executionId, file],
  )
  return { staged: Number(rows[0]?.staged), errors: Number(rows[0]?.errors) }
}

/**
 * Notes a step in the transaction that writes its rows: killed at any moment, an import neither repeats rows nor passes over any, also
 * rows that the application numbers. Throws `package-execution-taken-over` where another process has got on with the file meanwhile.
 */
export async function saveProgress(sql: SqlRunner, place: ImportedFile, { before, rows, errors }: ImportStep): Promise<ImportProgress> {
  const after = { staged: before.staged + rows, errors: before.errors + errors.length }
  const { rowCount } = await sql.query(
    'update data_import_progress set staged = $4, errors = $5 where execution_id = $1 and file_number = $2 and staged = $3',
    [place.executionId, place.file, before.staged, after.staged, after.errors],
  )
  if (rowCount === 0) throw takenOver(place.executionId)
  await addErrors(sql, { id: place.executionId, file: place.file, entityName: place.entityName, errors })
  return after
}

const takenOver = (executionId: string): AppError =>
  new AppError({
    category: 'conflict',
    code: 'package-execution-taken-over',
    message: `The execution ${executionId} is carried on by another process of the application. Nothing has to be done.`,
    details: { executionId },
  })
