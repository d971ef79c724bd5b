import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { StartedInstallation, StartedProgram } from '../support/command-line.ts'
import { findDescendant, signalOne, signalTree } from '../support/processes.ts'
import type { TestInstallation } from '../support/test-installation.ts'

/** What can be killed. The database dies as a whole, or by one connection of the integrator, after which PostgreSQL starts itself anew. */
export const VICTIMS = ['server', 'worker', 'database', 'database-connection'] as const
export type Victim = (typeof VICTIMS)[number]

export interface Killable {
  readonly test: TestInstallation
  readonly installation: StartedInstallation
  readonly worker: StartedProgram
}

/** kill -9, now. False when the victim is not there, being started anew from the kill before. */
export async function kill(victim: Victim, { test, installation, worker }: Killable): Promise<boolean> {
  if (victim === 'worker') return (await signalTree(worker.process.pid ?? 0, 'SIGKILL')).length > 0
  if (victim === 'server') {
    const server = await findDescendant(installation.process.pid ?? 0, join('apps', 'server'))
    return server !== undefined && signalOne(server.pid, 'SIGKILL')
  }
  const pid = victim === 'database' ? await postmasterOf(test.clusterDir) : await someConnection(test)
  return pid !== undefined && signalOne(pid, 'SIGKILL')
}

/** Undefined while there is none. */
export const postmasterOf = async (clusterDir: string): Promise<number | undefined> => {
  const pid = Number((await readFile(join(clusterDir, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n', 1)[0])
  return pid > 0 ? pid : undefined
}

/** Of the integrator; busy ones first, since a kill in the middle of a transaction is worth most. */
async function someConnection(test: TestInstallation): Promise<number | undefined> {
  const found = await test
    .database('integrator')
    .query<{ pid: number }>(
      `select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() order by state = 'idle', pid limit 1`,
    )
    .catch(() => undefined)
  return found?.rows[0]?.pid
}
