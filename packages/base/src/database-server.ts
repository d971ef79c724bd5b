import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from './app-error.ts'
import { type Database, openDatabase } from './database.ts'
import { hasErrorCode } from './error-code.ts'

/** The connection string of database `name` on the server that `serverUrl` points to. */
export function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl)
  url.pathname = `/${encodeURIComponent(name)}`
  return url.toString()
}

const SAFE_NAME = /^[a-z][a-z0-9_]{0,62}$/

function assertName(name: string): void {
  if (!SAFE_NAME.test(name)) throw new TypeError(`not a database name: ${JSON.stringify(name)}`)
}

/**
 * Creates database `name` on the server unless it exists; two programs may do so at once. Text compares and sorts by code point and
 * `lower()` knows all letters of Unicode, the same on every machine. Returns the connection string.
 * Throws `database-too-old`, `database-not-creatable`.
 */
export async function ensureDatabase(serverUrl: string, name: string): Promise<string> {
  assertName(name)
  await onServer(serverUrl, async (server) => {
    const version = await serverVersion(server)
    assertSupported(version)
    const known = await server.query('select 1 from pg_database where datname = $1', [name])
    if (known.rowCount === 0) await createDatabase(server, name, version)
  })
  return databaseUrl(serverUrl, name)
}

/** Drops database `name` and ends whatever is still connected to it. */
export async function dropDatabase(serverUrl: string, name: string): Promise<void> {
  assertName(name)
  await onServer(serverUrl, (server) => server.query(`drop database if exists ${name} with (force)`))
}

async function onServer(serverUrl: string, work: (server: Database) => Promise<unknown>): Promise<void> {
  const server = openDatabase({ connectionString: serverUrl, maxConnections: 1 })
  try {
    await work(server)
  } finally {
    await server.close()
  }
}

async function serverVersion(server: Database): Promise<number> {
  const answer = await server.query<{ version: string }>("select current_setting('server_version_num') as version")
  return Number(answer.rows[0]?.version)
}

const OLDEST_SERVER = 150_000

/** `version` as PostgreSQL numbers it: 150004 is 15.4. Throws `database-too-old` below 15. */
export function assertSupported(version: number): void {
  if (version >= OLDEST_SERVER) return
  throw new AppError({
    category: 'schema',
    code: 'database-too-old',
    message: `The database server is PostgreSQL ${Math.floor(version / 10_000)}; version 15 or newer is needed. Point P2C_DATABASE_URL to a newer server, or unset it to use the embedded one.`,
    details: { version },
  })
}

/** Since 17 PostgreSQL brings a locale of its own that is the same on every system. */
const BUILTIN_LOCALE_SINCE = 170_000

/** Before that the system's must do, and systems differ in the names they know. The last one knows ASCII letters only. */
const SYSTEM_LOCALES = ['C.UTF-8', 'C.utf8', 'en_US.UTF-8', 'en_US.utf8', 'C']

/** How a database is made, in the order to try. Sorting is by code point in all of them. */
export function localeClauses(version: number): readonly string[] {
  const system = SYSTEM_LOCALES.map((name) => `lc_collate 'C' lc_ctype '${name}'`)
  if (version < BUILTIN_LOCALE_SINCE) return system.map((clause) => `locale_provider libc ${clause}`)
  return ["locale_provider builtin builtin_locale 'C.UTF-8' lc_collate 'C' lc_ctype 'C'"]
}

const UNKNOWN_LOCALE = ['42809', '22023']
/** Another program made the same database first: seen by name, or when both write its row. */
const EXISTS = ['42P04', '23505']
const TEMPLATE_BUSY = '55006'
const ATTEMPTS = 20
const PAUSE_MS = 50

async function createDatabase(server: Database, name: string, version: number): Promise<void> {
  const clauses = localeClauses(version)
  for (const [index, clause] of clauses.entries()) {
    try {
      return await createWith(server, name, clause)
    } catch (error) {
      const next = hasErrorCode(error, ...UNKNOWN_LOCALE) && index < clauses.length - 1
      if (!next) throw createProblem(name, error)
    }
  }
}

async function createWith(server: Database, name: string, clause: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await server.query(`create database ${name} template template0 encoding 'UTF8' ${clause}`)
      return
    } catch (error) {
      if (hasErrorCode(error, ...EXISTS)) return
      if (!hasErrorCode(error, TEMPLATE_BUSY) || attempt >= ATTEMPTS) throw error
      await delay(PAUSE_MS)
    }
  }
}

const NOT_ALLOWED = '42501'

function createProblem(name: string, error: unknown): unknown {
  if (!hasErrorCode(error, NOT_ALLOWED)) return error
  return new AppError({
    category: 'auth',
    code: 'database-not-creatable',
    message: `The account of P2C_DATABASE_URL may not create the database ${name}. Give it the right CREATEDB, or create ${name} for it and start again.`,
    details: { name },
    cause: error,
  })
}
