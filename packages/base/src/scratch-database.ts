import { randomBytes } from 'node:crypto'
import { type Database, openDatabase } from './database.ts'
import { dropDatabase, ensureDatabase } from './database-server.ts'

/** The part of a test context that this needs: something that calls back when the test ends. */
export interface TestScope {
  onTestFinished(callback: () => Promise<void>): void
}

/**
 * An empty database for one test on the server that the test run started (`P2C_TEST_SERVER`, set by the global set-up;
 * an external one when `P2C_DATABASE_URL` is set). Closed and dropped when the test ends.
 */
export async function openScratchDatabase(scope: TestScope): Promise<Database> {
  const server = process.env.P2C_TEST_SERVER
  if (server === undefined) throw new Error('P2C_TEST_SERVER is not set: run tests through `npm test`')
  const name = `test_${randomBytes(8).toString('hex')}`
  const database = openDatabase({ connectionString: await ensureDatabase(server, name), maxConnections: 4 })
  scope.onTestFinished(async () => {
    await database.close()
    await dropDatabase(server, name)
  })
  return database
}
