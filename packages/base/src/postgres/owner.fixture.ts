/** A program of the launcher's tests: runs a server until it is told to stop. Its only argument holds the launcher's options. */
import { silentLogger } from '../log.ts'
import { startEmbeddedPostgres } from './embedded-postgres.ts'

/** What the program tells the test. */
export type OwnerMessage =
  | { readonly type: 'ready'; readonly serverUrl: string; readonly port: number }
  | { readonly type: 'failed'; readonly code: string; readonly message: string }

const tell = (message: OwnerMessage): Promise<void> => new Promise((sent) => process.send?.(message, () => sent()))

try {
  const server = await startEmbeddedPostgres({ ...JSON.parse(process.argv[2] ?? '{}'), log: silentLogger })
  process.on('message', async () => {
    await server.stop()
    process.disconnect()
  })
  await tell({ type: 'ready', serverUrl: server.serverUrl, port: server.port })
} catch (error) {
  const problem = error as { code?: string; message: string }
  await tell({ type: 'failed', code: problem.code ?? '', message: problem.message })
  process.disconnect()
}
