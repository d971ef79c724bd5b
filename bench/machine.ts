import { cpus, totalmem } from 'node:os'
import { openDatabase } from '@p2c/base'

/** What the figures depend on; no name of the machine. */
export interface Machine {
  readonly processor: string
  readonly cores: number
  readonly memoryBytes: number
  readonly platform: string
  readonly node: string
  readonly postgres: string
}

export async function readMachine(serverUrl: string): Promise<Machine> {
  const database = openDatabase({ connectionString: serverUrl, maxConnections: 1 })
  try {
    const { rows } = await database.query<{ version: string }>("select current_setting('server_version') as version")
    return {
      processor: cpus()[0]?.model.trim() ?? 'unknown',
      cores: cpus().length,
      memoryBytes: totalmem(),
      platform: `${process.platform} ${process.arch}`,
      node: process.versions.node,
      postgres: rows[0]?.version ?? 'unknown',
    }
  } finally {
    await database.close()
  }
}

export const describeMachine = (machine: Machine): string =>
  `${machine.processor}, ${machine.cores} cores, ${Math.round(machine.memoryBytes / 2 ** 30)} GiB, ${machine.platform}; Node.js ${machine.node}, PostgreSQL ${machine.postgres}`
