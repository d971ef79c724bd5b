import { dirname, join } from 'node:path'
import { type StartedProgram, startProgram } from './command-line.ts'
import type { TestInstallation } from './test-installation.ts'

/**
 * One more process that works on executions, as on another host: `p2c start --role worker` in a folder of its own, with the key of the
 * installation and the address of its database. `env` and `options` go on top.
 */
export const startWorker = (
  installation: TestInstallation,
  name: string,
  env: Readonly<Record<string, string>> = {},
  options: readonly string[] = [],
): Promise<StartedProgram> => {
  const folder = join(dirname(installation.data), name)
  const key = join(installation.data, 'secrets.json')
  return startProgram(['start', '--role', 'worker', '--data', folder, '--key-file', key, ...options], { ...installation.env, ...env })
}
