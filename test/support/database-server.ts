import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLogger, startEmbeddedPostgres } from '@p2c/base'

/** A server that lives for one test run has nothing to keep. */
const THROWN_AWAY = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }

/** One PostgreSQL for the whole test run: the external server of `P2C_DATABASE_URL`, or an embedded one in a folder of its own. */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  const external = process.env.P2C_DATABASE_URL
  if (external !== undefined && external !== '') {
    process.env.P2C_TEST_SERVER = external
    return undefined
  }
  const folder = await mkdtemp(join(tmpdir(), 'p2c-test-'))
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), log: silentLogger, settings: THROWN_AWAY })
  process.env.P2C_TEST_SERVER = server.serverUrl
  return async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
