import type { SqlRunner } from '@p2c/base'
import type { Plugin } from '@p2c/dataverse'
import { compareVersions, OUR_SOLUTION, parseVersion, type SolutionVersion } from '../../domain/p2c/p2c-solution.ts'

/**
 * Advisory lock of the database. Every write that the solution has a say in shares it until its transaction ends, so that an installation
 * can wait for the writes that began before it: none of them leaves a row that the rules never saw.
 */
export const WRITERS_LOCK = 7_204_401

/** One look for each transaction, which is what the key stands for: a rule asks for each of its writes. */
const versions = new WeakMap<SqlRunner, Promise<string | undefined>>()

/** The version of the Prospect to Cash solution that is installed as this transaction sees it; undefined where there is none. */
export function installedVersion(sql: SqlRunner): Promise<string | undefined> {
  const known = versions.get(sql)
  if (known !== undefined) return known
  const asked = readVersion(sql)
  versions.set(sql, asked)
  return asked
}

/** For the transaction that installs or uninstalls: what it saw before no longer holds. */
export const forgetInstalledVersion = (sql: SqlRunner): void => {
  versions.delete(sql)
}

async function readVersion(sql: SqlRunner): Promise<string | undefined> {
  const found = await sql.query<{ version: string | null }>(
    `select pg_advisory_xact_lock_shared($2), (select version from solution where lower(uniquename) = lower($1) limit 1) as version`,
    [OUR_SOLUTION.uniqueName, WRITERS_LOCK],
  )
  return found.rows[0]?.version ?? undefined
}

/** The same rules, silent while the solution is not installed, or in a version before `since`, which brought what they work on. */
export const whileInstalled = (plugins: readonly Plugin[], since: SolutionVersion = [0, 0, 0, 0]): readonly Plugin[] =>
  plugins.map((plugin) => ({
    ...plugin,
    run: async (events, context) => {
      const version = parseVersion((await installedVersion(context.sql)) ?? '')
      if (version !== undefined && compareVersions(version, since) >= 0) await plugin.run(events, context)
    },
  }))
