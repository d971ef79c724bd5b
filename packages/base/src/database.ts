import { createHash } from 'node:crypto'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { AppError } from './app-error.ts'
import { type ConnectionLimits, connectionSettings, isSilence, PATIENCE, silence } from './connection-settings.ts'
import type { Logger } from './log.ts'
import { watchStatements } from './statements-under-way.ts'

/** One connection or transaction: everything that can run a statement. Parameters are `$1`, `$2`, ... */
export interface SqlRunner {
  query<Row extends pg.QueryResultRow = pg.QueryResultRow>(
    text: string,
    values?: readonly unknown[],
    options?: StatementOptions,
  ): Promise<pg.QueryResult<Row>>
}

export interface StatementOptions {
  /**
   * The server parses it once per connection and may keep its plan: for look-ups by key that are asked all the time, whose planning takes
   * longer than their work. Not for statements whose best plan depends on the values, nor for texts without number.
   */
  readonly isPrepared?: boolean
}

/** The database of one program. `bigint`, `numeric`, dates and times arrive as text: nothing passes through binary floating point. */
export interface Database extends SqlRunner {
  readonly connectionString: string
  /** The pool itself, for libraries that bring their own statements. */
  readonly pool: pg.Pool
  /** Kysely over the same pool, for typed queries. */
  kysely<Tables>(): Kysely<Tables>
  /** Commits when `work` resolves, rolls back when it throws. Throws `transaction-rolled-back` where `work` passed over a failed statement. */
  transaction<Result>(work: (sql: SqlRunner) => Promise<Result>, options?: TransactionOptions): Promise<Result>
  /** Ends every statement that is under way; each fails with 57014. For a program that stops. */
  cancelStatements(): Promise<void>
  /** Waits for work under way; statements that take longer than 2 s are cancelled. */
  close(): Promise<void>
}

export interface TransactionOptions {
  /** Its statements may take as long as they need (a migration), whatever the limits of the connection say. */
  readonly patient?: boolean
}

/** How `openDatabase` connects. */
export interface DatabaseOptions {
  readonly connectionString: string
  /** Connections at most; default 10. */
  readonly maxConnections?: number
  readonly applicationName?: string
  /** What a silent other side is given; default: no limit on ours, for a program that works alone on its database. */
  readonly limits?: ConnectionLimits
  readonly log?: Logger
}

const { builtins } = pg.types
const TEXT_OIDS: readonly number[] = [builtins.DATE, builtins.TIMESTAMP, builtins.TIMESTAMPTZ, builtins.TIME]
/** Lists of `bigint`, `numeric`, `date`, `timestamp`, `timestamptz` and `time`: node-postgres would make numbers and dates of their items. */
const TEXT_LIST_OIDS: readonly number[] = [1016, 1231, 1182, 1115, 1185, 1183]
const TEXT_LIST = 1009

/** Text for what JavaScript numbers and dates would distort (single `bigint` and `numeric` values are text in node-postgres already). */
const textTypes: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (TEXT_OIDS.includes(oid)) return (value: string) => value
    return pg.types.getTypeParser(TEXT_LIST_OIDS.includes(oid) ? TEXT_LIST : oid, format as 'text')
  }) as typeof pg.types.getTypeParser,
}

/** Opens a pool; no connection is made before the first statement. */
export function openDatabase(options: DatabaseOptions): Database {
  const settings = connectionSettings(options)
  const pool = new pg.Pool({ ...settings, max: options.maxConnections ?? 10, types: textTypes })
  const statements = watchStatements(pool, settings)
  // A connection that breaks (server restart) must not end the process, idle or in use: the statement under way fails, the next one opens
  // a new connection. The pool itself listens to idle ones only.
  const reason = (error: Error): object => ({ reason: error.message, code: 'code' in error ? error.code : undefined }) // it carries its client
  pool.on('error', (error) => options.log?.warn(reason(error), 'an idle database connection broke'))
  pool.on('connect', (client) => client.on('error', (error) => options.log?.debug(reason(error), 'a database connection broke')))
  return {
    connectionString: options.connectionString,
    pool,
    query: (text, values, options) => pool.query(statement({ text, values, patient: false, ...options })).catch(passOn),
    kysely: <Tables>() => new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) }),
    transaction: (work, transaction) => inTransaction(pool, work, transaction),
    cancelStatements: statements.cancel,
    close: () => statements.endWithin(pool.end()),
  }
}

/** What the driver says of a server that does not answer carries no code: it gets one here, so that callers need not match on its text. */
function passOn(error: unknown): never {
  throw isSilence(error) ? silence(error) : error
}

async function inTransaction<Result>(
  pool: pg.Pool,
  work: (sql: SqlRunner) => Promise<Result>,
  { patient = false }: TransactionOptions = {},
): Promise<Result> {
  const client = await pool.connect()
  const query = (text: string, values?: readonly unknown[], options?: StatementOptions) =>
    client.query(statement({ text, values, patient, ...options }))
  let broken: Error | undefined
  try {
    await query('begin')
    const result = await work({ query: (text, values, options) => query(text, values, options).catch(passOn) } as SqlRunner)
    assertCommitted(await query('commit'))
    return result
  } catch (error) {
    // Behind a statement that got no answer a rollback would get none either: the connection is closed, which ends the transaction as well.
    broken = isSilence(error) ? error : await failureOf(query('rollback'))
    return passOn(error)
  } finally {
    client.release(broken)
  }
}

const failureOf = (work: Promise<unknown>): Promise<Error | undefined> =>
  work.then(
    () => undefined,
    (failure: Error) => failure,
  )

interface Statement extends StatementOptions {
  readonly text: string
  readonly values: readonly unknown[] | undefined
  readonly patient: boolean
}

const names = new Map<string, string>()

/** Texts that are prepared come from a small set: each has one name in all connections. */
function nameOf(text: string): string {
  const known = names.get(text) ?? createHash('sha256').update(text).digest('hex').slice(0, 40)
  names.set(text, known)
  return known
}

/** The published type of a statement lacks its time limit. */
const statement = ({ text, values, patient, isPrepared = false }: Statement): pg.QueryConfig<unknown[]> => ({
  text,
  ...(isPrepared && { name: nameOf(text) }),
  ...(values !== undefined && { values: [...values] }),
  ...(patient && { query_timeout: PATIENCE }),
})

/** PostgreSQL answers `commit` without an error where a statement had failed and `work` passed over it: everything is rolled back. */
function assertCommitted({ command }: pg.QueryResult): void {
  if (command === 'COMMIT') return
  throw new AppError({
    category: 'internal',
    code: 'transaction-rolled-back',
    message: `A transaction was rolled back at its end (${command}), since one of its statements had failed. Nothing of it is stored; the failed statement is in the log of the database.`,
  })
}

/** One numbered step of a schema; `name` sorts (`0001-create-project`), is never edited once published. */
export interface Migration {
  readonly name: string
  readonly sql: string
}

/** Two programs that start at once take turns: any number works, it only has to be the same for all. */
const MIGRATION_LOCK = 7_204_311

/**
 * Brings a database to the newest schema: runs the missing migrations by name, each in its own transaction.
 * Returns the names that ran. Throws `migration-failed` with the migration's name.
 */
export async function migrate(database: Database, migrations: readonly Migration[]): Promise<string[]> {
  await database.transaction(createMigrationTable, { patient: true })
  const ran: string[] = []
  for (const migration of [...migrations].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const applied = await database.transaction((sql) => applyOnce(sql, migration), { patient: true })
    if (applied) ran.push(migration.name)
  }
  return ran
}

/**
 * Holds a database against the migrations that this program knows, and changes nothing: for a program that leaves migrating to another one.
 * Throws `database-older` where some are missing (or all: nobody has started yet), `database-newer` where there are some that this program does not know.
 */
export async function checkMigrations(database: Database, migrations: readonly Migration[]): Promise<void> {
  const table = await database.query<{ there: boolean }>("select to_regclass('schema_migration') is not null as there")
  const applied = table.rows[0]?.there ? await database.query<{ name: string }>('select name from schema_migration') : { rows: [] }
  const names = new Set(applied.rows.map((row) => row.name))
  const known = new Set(migrations.map((migration) => migration.name))
  const missing = [...known].filter((name) => !names.has(name)).sort()
  const unknown = [...names].filter((name) => !known.has(name)).sort()
  // First: a newer program may have dropped what an older one knows.
  if (unknown.length > 0) throw schemaProblem('database-newer', unknown)
  if (missing.length > 0) throw schemaProblem('database-older', missing)
}

const schemaProblem = (code: 'database-newer' | 'database-older', migrations: readonly string[]): AppError =>
  new AppError({
    category: 'schema',
    code,
    message:
      code === 'database-newer'
        ? `The database was made by a newer version (${migrations.join(', ')}). Install that version here, too, and start again.`
        : `The database lacks ${migrations.join(', ')}: it was made by an older version, or nothing has been started on it yet. Start the installation that owns it with this version first.`,
    details: { migrations },
  })

const takeTurn = (sql: SqlRunner): Promise<unknown> => sql.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK])

/** In turn as well: PostgreSQL's `if not exists` fails when two programs pass it together. */
async function createMigrationTable(sql: SqlRunner): Promise<void> {
  await takeTurn(sql)
  await sql.query('create table if not exists schema_migration (name text primary key, applied_at timestamptz not null default now())')
}

async function applyOnce(sql: SqlRunner, migration: Migration): Promise<boolean> {
  await takeTurn(sql)
  const known = await sql.query('select 1 from schema_migration where name = $1', [migration.name])
  if (known.rowCount !== 0) return false
  try {
    await sql.query(migration.sql)
  } catch (error) {
    throw new AppError({
      category: 'internal',
      code: 'migration-failed',
      message: `Migration ${migration.name} failed: ${error instanceof Error ? error.message : error}. The database is unchanged by it. Correct the cause and start again.`,
      cause: error,
    })
  }
  await sql.query('insert into schema_migration (name) values ($1)', [migration.name])
  return true
}
