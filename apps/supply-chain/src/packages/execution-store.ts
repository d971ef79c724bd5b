import type { Clock, Database, SqlRunner } from '@p2c/base'
import { packageError } from './package-error.ts'
import type { Execution, ExecutionStatus, OperationType } from './package-model.ts'

/** How one entity of an execution went. */
export interface EntityResult {
  readonly entityName: string
  readonly status: ExecutionStatus
  /** Rows read from the file or the table. */
  readonly staged: number
  /** Rows in the target or in the package. */
  readonly written: number
  readonly errors: number
}

/** One row that an import refused. */
export interface RowError {
  readonly rowNumber: number
  /** Key values of the row without the company, joined by `,`. */
  readonly recordId: string
  /** Blank where the whole row is refused. */
  readonly field: string
  readonly message: string
  /** The row as one CSV line. */
  readonly line: string
}

/** What an incremental export of one entity and company has seen: everything that this snapshot of the database shows. */
export interface ExportPosition {
  readonly project: string
  readonly entityName: string
  readonly legalEntity: string
  /** `pg_snapshot` as text. */
  readonly snapshot: string
}

/** `keys`: keys of refused rows; `staging`: the rows themselves. */
export type ErrorFileKind = 'keys' | 'staging'

export type ErrorRow = RowError & { readonly entityName: string; readonly file: number }

/** Executions with their results, errors and positions. They are kept as long as their packages. */
export interface ExecutionStore {
  /** Throws `package-execution-exists` unless `restart`: then the former results of the id are dropped. */
  start(execution: Execution, restart: boolean): Promise<void>
  find(id: string): Promise<Execution | undefined>
  /** Those that a stopped process left behind. */
  listUnfinished(): Promise<readonly Execution[]>
  /** False where it has ended. */
  setExecuting(id: string): Promise<boolean>
  /** The end of an execution, with the positions that it reached, in one transaction. */
  finish(end: ExecutionEnd): Promise<void>
  listResults(id: string): Promise<readonly EntityResult[]>
  /** In the order of the file; at most `limit`. */
  listErrors(id: string, entityName: string | undefined, limit: number): Promise<readonly ErrorRow[]>
  /** All errors of an entity in the order of the file, page by page. */
  readErrors(id: string, entityName: string): AsyncGenerator<readonly ErrorRow[]>
  /** The snapshot from which an entity's export starts: that of its first attempt, so that a repeated execution holds the same rows again. */
  exportStart(execution: Execution, entityName: string, isIncremental: boolean): Promise<string | undefined>
  /** Remembers the blob of an error file. */
  setErrorFile(id: string, file: { readonly entityName: string; readonly kind: ErrorFileKind; readonly blobId: string }): Promise<void>
  findErrorFile(id: string, entityName: string, kind: ErrorFileKind): Promise<string | undefined>
  deleteOlderThan(days: number): Promise<void>
}

export interface ExecutionEnd {
  readonly id: string
  readonly status: ExecutionStatus
  readonly message: string
  readonly blobId?: string
  readonly results: readonly EntityResult[]
  readonly positions: readonly ExportPosition[]
}

interface ExecutionRow {
  readonly id: string
  readonly kind: OperationType
  readonly project: string
  readonly legal_entity: string
  readonly status: ExecutionStatus
  readonly package_name: string
  readonly blob_id: string | null
  readonly execute: boolean
  readonly message: string
}

const ERROR_FILE_COLUMNS: Record<ErrorFileKind, string> = { keys: 'error_keys_blob_id', staging: 'staging_errors_blob_id' }

const EXECUTION = 'select id, kind, project, legal_entity, status, package_name, blob_id, execute, message from data_execution'

const toExecution = (row: ExecutionRow): Execution => ({
  id: row.id,
  kind: row.kind,
  project: row.project,
  legalEntity: row.legal_entity,
  status: row.status,
  packageName: row.package_name,
  blobId: row.blob_id ?? undefined,
  execute: row.execute,
  message: row.message,
})

export function createExecutionStore(database: Database, clock: Clock): ExecutionStore {
  return {
    start: (execution, restart) => database.transaction((sql) => start(sql, { execution, restart, now: clock.now() })),
    async find(id) {
      const { rows } = await database.query<ExecutionRow>(`${EXECUTION} where id = $1`, [id])
      return rows[0] && toExecution(rows[0])
    },
    async listUnfinished() {
      const { rows } = await database.query<ExecutionRow>(
        `${EXECUTION} where status in ('NotRun', 'Executing') and finished_at is null order by created_at`,
      )
      return rows.map(toExecution)
    },
    async setExecuting(id) {
      const text = "update data_execution set status = 'Executing' where id = $1 and finished_at is null"
      return (await database.query(text, [id])).rowCount === 1
    },
    finish: (end) => database.transaction((sql) => finish(sql, end, clock.now())),
    listResults: (id) => listResults(database, id),
    listErrors: (id, entityName, limit) => listErrors(database, { id, entityName, limit, after: START }),
    readErrors: (id, entityName) => readErrors(database, id, entityName),
    exportStart: (execution, entityName, isIncremental) => exportStart(database, { execution, entityName, isIncremental }),
    async setErrorFile(id, { entityName, kind, blobId }) {
      const column = ERROR_FILE_COLUMNS[kind]
      await database.query(
        `insert into data_execution_entity (execution_id, entity_name, status, ${column}) values ($1, $2, 'Executing', $3)
         on conflict (execution_id, entity_name) do update set ${column} = excluded.${column}`,
        [id, entityName, blobId],
      )
    },
    async findErrorFile(id, entityName, kind) {
      const text = `select ${ERROR_FILE_COLUMNS[kind]} as blob_id from data_execution_entity where execution_id = $1 and entity_name = $2`
      const { rows } = await database.query<{ blob_id: string | null }>(text, [id, entityName])
      return rows[0]?.blob_id ?? undefined
    },
    async deleteOlderThan(days) {
      const before = new Date(clock.now().getTime() - days * 24 * 3_600_000).toISOString()
      await database.query('delete from data_execution where created_at < $1 and finished_at is not null', [before])
    },
  }
}

interface Start {
  readonly execution: Execution
  readonly restart: boolean
  readonly now: Date
}

async function start(sql: SqlRunner, { execution, restart, now }: Start): Promise<void> {
  const { id, kind, project, legalEntity, status, packageName, blobId, execute } = execution
  const values = [id, kind, project, legalEntity, status, packageName, blobId ?? null, execute, now.toISOString()]
  const created = await sql.query(
    `insert into data_execution (id, kind, project, legal_entity, status, package_name, blob_id, execute, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (id) do nothing`,
    values,
  )
  if (created.rowCount !== 0) return
  const again = restart
    ? await sql.query(
        `update data_execution set status = 'NotRun', message = '', finished_at = null, package_name = $5
          where id = $1 and kind = $2 and project = $3 and legal_entity = $4 and finished_at is not null`,
        [id, kind, project, legalEntity, packageName],
      )
    : undefined
  if (again === undefined || again.rowCount === 0) {
    throw packageError('package-execution-exists', `The execution id ${id} is in use already. Leave it blank or give another one.`)
  }
  await sql.query('delete from data_execution_error where execution_id = $1', [id])
}

async function finish(sql: SqlRunner, end: ExecutionEnd, now: Date): Promise<void> {
  await sql.query(`update data_execution set status = $2, message = $3, blob_id = coalesce($4, blob_id), finished_at = $5 where id = $1`, [
    end.id,
    end.status,
    end.message,
    end.blobId ?? null,
    now.toISOString(),
  ])
  const results = end.results
  await sql.query(
    `insert into data_execution_entity (execution_id, entity_name, status, staged, written, errors)
     select $1, * from unnest($2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[])
     on conflict (execution_id, entity_name) do update
       set status = excluded.status, staged = excluded.staged, written = excluded.written, errors = excluded.errors`,
    [
      end.id,
      results.map((r) => r.entityName),
      results.map((r) => r.status),
      results.map((r) => r.staged),
      results.map((r) => r.written),
      results.map((r) => r.errors),
    ],
  )
  const positions = end.positions
  await sql.query(
    `insert into data_export_position (project, entity_name, legal_entity, snapshot, execution_id)
     select lower(p.project), p.entity_name, p.legal_entity, p.snapshot, $5
       from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as p(project, entity_name, legal_entity, snapshot)
     on conflict (project, entity_name, legal_entity) do update set snapshot = excluded.snapshot, execution_id = excluded.execution_id`,
    [
      positions.map((p) => p.project),
      positions.map((p) => p.entityName),
      positions.map((p) => p.legalEntity),
      positions.map((p) => p.snapshot),
      end.id,
    ],
  )
}

async function listResults(database: Database, id: string): Promise<readonly EntityResult[]> {
  const { rows } = await database.query<{ entity_name: string; status: ExecutionStatus; staged: string; written: string; errors: string }>(
    'select entity_name, status, staged, written, errors from data_execution_entity where execution_id = $1 order by entity_name',
    [id],
  )
  return rows.map((row) => ({
    entityName: row.entity_name,
    status: row.status,
    staged: Number(row.staged),
    written: Number(row.written),
    errors: Number(row.errors),
  }))
}

/** Refused rows of an entity in an execution. */
export interface ErrorsOfEntity {
  readonly id: string
  /** Place of the file in the package. */
  readonly file: number
  readonly entityName: string
  readonly errors: readonly RowError[]
}

/** Part of the transaction that writes the rows which were not refused. */
export async function addErrors(sql: SqlRunner, { id, file, entityName, errors }: ErrorsOfEntity): Promise<void> {
  if (errors.length === 0) return
  await sql.query(
    `insert into data_execution_error (execution_id, entity_name, file_number, row_number, record_id, field, message, line)
     select $1, $2, $8, * from unnest($3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[])
     on conflict do nothing`,
    [
      id,
      entityName,
      errors.map((e) => e.rowNumber),
      errors.map((e) => e.recordId),
      errors.map((e) => e.field),
      errors.map((e) => e.message),
      errors.map((e) => e.line),
      file,
    ],
  )
}

interface ErrorQuery {
  readonly id: string
  readonly entityName: string | undefined
  readonly limit: number
  /** The row behind which the list begins. */
  readonly after: Pick<ErrorRow, 'file' | 'rowNumber'>
}

const START = { file: 0, rowNumber: 0 }

/** Errors that are in memory at a time. */
const ERROR_PAGE = 2_000

async function* readErrors(database: Database, id: string, entityName: string): AsyncGenerator<readonly ErrorRow[]> {
  for (let after: ErrorQuery['after'] = START; ; ) {
    const page = await listErrors(database, { id, entityName, limit: ERROR_PAGE, after })
    if (page.length > 0) yield page
    if (page.length < ERROR_PAGE) return
    after = page.at(-1) ?? after
  }
}

async function listErrors(database: Database, { id, entityName, limit, after }: ErrorQuery): Promise<readonly ErrorRow[]> {
  const { rows } = await database.query<
    Record<'entity_name' | 'file_number' | 'row_number' | 'record_id' | 'field' | 'message' | 'line', string>
  >(
    `select entity_name, file_number, row_number, record_id, field, message, line from data_execution_error
      where execution_id = $1 and ($2::text is null or lower(entity_name) = lower($2)) and (file_number, row_number) > ($4, $5)
      order by entity_name, file_number, row_number limit $3`,
    [id, entityName ?? null, limit, after.file, after.rowNumber],
  )
  return rows.map((row) => ({
    entityName: row.entity_name,
    file: Number(row.file_number),
    rowNumber: Number(row.row_number),
    recordId: row.record_id,
    field: row.field,
    message: row.message,
    line: row.line,
  }))
}

interface ExportStartQuery {
  readonly execution: Execution
  readonly entityName: string
  readonly isIncremental: boolean
}

async function exportStart(database: Database, { execution, entityName, isIncremental }: ExportStartQuery): Promise<string | undefined> {
  const { rows } = await database.query<{ from_snapshot: string | null }>(
    `insert into data_execution_entity (execution_id, entity_name, status, from_snapshot)
     values ($1, $2, 'Executing', (select snapshot from data_export_position where $5 and project = lower($3) and entity_name = $2 and legal_entity = $4))
     on conflict (execution_id, entity_name) do update set status = 'Executing'
     returning from_snapshot`,
    [execution.id, entityName, execution.project, execution.legalEntity, isIncremental],
  )
  return rows[0]?.from_snapshot ?? undefined
}
