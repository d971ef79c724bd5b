import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dropDatabase, openDatabase, preparedPrefix, silentLogger, startEmbeddedPostgres } from '@p2c/base'

/** A server that lives for one test run has nothing to keep. */
const THROWN_AWAY = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_wal_size: '256MB' }

/** One PostgreSQL for the whole test run: the external server of `P2C_DATABASE_URL`, or an embedded one in a folder of its own. */
export async function setup(): Promise<() => Promise<void>> {
  process.env.P2C_TEST_RUN = randomBytes(4).toString('hex')
  const external = process.env.P2C_DATABASE_URL
  if (external !== undefined && external !== '') {
    process.env.P2C_TEST_SERVER = external
    return () => dropPrepared(external)
  }
  const folder = await mkdtemp(join(await roomiestFolder(), 'p2c-test-'))
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), log: silentLogger, settings: THROWN_AWAY })
  process.env.P2C_TEST_SERVER = server.serverUrl
  return async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

const SHARED_MEMORY = '/dev/shm'
const LEAST_FREE_BYTES = 4 * 1024 ** 3

/**
 * Memory where there is plenty of it, else the disk. Each test makes a database of some hundred files and drops it: on a disk that costs
 * four times as much as all that the tests do in them.
 */
async function roomiestFolder(): Promise<string> {
  const memory = await statfs(SHARED_MEMORY).catch(() => undefined)
  return memory !== undefined && memory.bavail * memory.bsize > LEAST_FREE_BYTES ? SHARED_MEMORY : tmpdir()
}

/** What this run prepared on a server that stays. */
async function dropPrepared(serverUrl: string): Promise<void> {
  const server = openDatabase({ connectionString: serverUrl, maxConnections: 1 })
  const names = await server.query<{ name: string }>('select datname as name from pg_database where starts_with(datname, $1)', [
    preparedPrefix(),
  ])
  await server.close()
  for (const { name } of names.rows) await dropDatabase(serverUrl, name)
}
