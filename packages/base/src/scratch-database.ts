import { randomBytes } from 'node:crypto'
import { type Database, openDatabase } from './database.ts'
import { databaseUrl, dropDatabase, ensureDatabase } from './database-server.ts'

/** The part of a test context that this needs: something that calls back when the test ends. */
export interface TestScope {
  onTestFinished(callback: () => Promise<void>): void
}

/** What many tests start from, made once in a test run and copied for each of them. */
export interface PreparedDatabase {
  /** Lower-case letters and digits; one name always means the same content. */
  readonly name: string
  /** Fills an empty database. */
  prepare(database: Database): Promise<void>
}

/**
 * A database for one test on the server that the test run started (`P2C_TEST_SERVER`, set by the global set-up; an external one when
 * `P2C_DATABASE_URL` is set): empty, or a copy of a prepared one. Closed and dropped when the test ends.
 */
export async function openScratchDatabase(scope: TestScope, options: { readonly prepared?: PreparedDatabase } = {}): Promise<Database> {
  const server = process.env.P2C_TEST_SERVER
  if (server === undefined) throw new Error('P2C_TEST_SERVER is not set: run tests through `npm test`')
  const name = `test_${randomBytes(8).toString('hex')}`
  const connectionString = options.prepared === undefined ? await ensureDatabase(server, name) : await copy(server, name, options.prepared)
  const database = openDatabase({ connectionString, maxConnections: 4 })
  scope.onTestFinished(async () => {
    await database.close()
    await dropDatabase(server, name)
  })
  return database
}

/** A copy of a prepared database under a name of the caller's, who drops it; gives its address. */
export function copyPreparedDatabase(name: string, prepared: PreparedDatabase): Promise<string> {
  const server = process.env.P2C_TEST_SERVER
  if (server === undefined) throw new Error('P2C_TEST_SERVER is not set: run tests through `npm test`')
  return copy(server, name, prepared)
}

/** Names of prepared databases begin so in one test run (`P2C_TEST_RUN`): its processes share them, another run has its own. */
export const preparedPrefix = (): string => `prepared_${process.env.P2C_TEST_RUN ?? process.pid}_`

/** The first one who needs a prepared database makes it; the others wait for it. */
async function copy(serverUrl: string, name: string, prepared: PreparedDatabase): Promise<string> {
  const template = `${preparedPrefix()}${prepared.name}`
  const server = openDatabase({ connectionString: serverUrl, maxConnections: 1 })
  try {
    await server.query('select pg_advisory_lock(hashtext($1))', [template])
    const known = await server.query('select 1 from pg_database where datname = $1', [template])
    if (known.rowCount === 0) await make(serverUrl, server, { template, prepared })
    await server.query('select pg_advisory_unlock(hashtext($1))', [template])
    // Quicker than through the log: what a test made is never recovered.
    await server.query(`create database ${name} template ${template} strategy file_copy`)
  } finally {
    await server.close()
  }
  return databaseUrl(serverUrl, name)
}

async function make(
  serverUrl: string,
  server: Database,
  { template, prepared }: { readonly template: string; readonly prepared: PreparedDatabase },
): Promise<void> {
  const unfinished = `${template}_unfinished`
  await dropDatabase(serverUrl, unfinished)
  const database = openDatabase({ connectionString: await ensureDatabase(serverUrl, unfinished), maxConnections: 4 })
  try {
    await prepared.prepare(database)
  } finally {
    await database.close()
  }
  await server.query(`alter database ${unfinished} rename to ${template}`)
}
