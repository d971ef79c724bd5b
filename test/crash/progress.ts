import type { Database } from '@p2c/base'
import type { TestInstallation } from '../support/test-installation.ts'

export interface Progress {
  /** Customers in Supply Chain. */
  readonly written: number
  /** Links in the integrator: rows whose page is saved. */
  readonly recorded: number
}

const countIn = async (database: Database, table: string): Promise<number> =>
  Number((await database.query<{ count: string }>(`select count(*) from ${table}`)).rows[0]?.count)

/**
 * How far an execution is; undefined while the database is away. Rows written are counted first, so that "written, not recorded" is never more
 * than it was at one moment.
 */
export async function readProgress(installation: TestInstallation): Promise<Progress | undefined> {
  try {
    const written = await countIn(installation.database('supply_chain'), 'customer')
    return { written, recorded: await countIn(installation.database('integrator'), 'record_link') }
  } catch {
    return undefined // of whatever kind: the server is starting again
  }
}
