import { setImmediate } from 'node:timers/promises'
import { type ApiClient, type Comparison, contract, type Execution, totalCounters } from '@p2c/api'
import { expect, test } from 'vitest'
import { p2cJson, scratchFolder, startInstallation } from '../support/command-line.ts'
import { findDescendant } from '../support/processes.ts'
import { apiOf, isFinal } from '../support/test-installation.ts'

const ACCOUNTS = 20_000
const LONGEST_MS = 240_000

/** Looks at an execution until `done`, also while the integrator is away; the wait is for work in another process, not for time to pass. */
async function until(api: ApiClient, id: string, done: (execution: Execution) => boolean): Promise<Execution> {
  for (;;) {
    const execution = await api.call(contract.getExecution, { params: { id } }).catch((error: { code?: string }) => {
      if (error.code === 'server-unreachable') return undefined
      throw error
    })
    if (execution !== undefined && done(execution)) return execution
    await setImmediate()
  }
}

const written = (execution: Execution): number => totalCounters(execution.tasks).inserted

test('an execution of 20,000 rows survives kill -9 of the integrator and of everything, and ends as an undisturbed one', {
  timeout: LONGEST_MS,
}, async (t) => {
  const data = await scratchFolder(t)
  let installation = await startInstallation(data)
  t.onTestFinished(async () => void (await installation.stop()))
  await p2cJson(['load', 'sample', '--accounts', String(ACCOUNTS), '--seed', '5', '--data', data])

  // First the integrator alone: its supervisor starts it again.
  const api = await apiOf(installation)
  const started = await api.call(contract.postExecution, { params: { name: 'accounts' }, body: {} })
  const before = await until(api, started.id, (execution) => written(execution) > 0)
  expect(isFinal(before)).toBe(false)
  expect(written(before)).toBeLessThan(ACCOUNTS)
  const server = await findDescendant(installation.process.pid ?? 0, 'apps/server')
  process.kill(server?.pid ?? 0, 'SIGKILL')

  // Then everything at once, further on in the same execution.
  const again = await until(api, started.id, (execution) => isFinal(execution) || written(execution) > written(before))
  if (!isFinal(again)) {
    await installation.kill()
    installation = await startInstallation(data)
  }
  const ended = await until(await apiOf(installation), started.id, isFinal)

  expect(ended.error).toBeUndefined()
  expect(ended.status).toBe('completed')
  const total = totalCounters(ended.tasks)
  // Rows that were written and not recorded are met again as they shall be: then they count as unchanged.
  expect(total.read).toBe(ACCOUNTS)
  expect(total.inserted + total.updated + total.unchanged).toBe(ACCOUNTS)

  const comparison = await p2cJson<Comparison>(['compare', 'accounts', '--data', data])
  expect(comparison).toMatchObject({
    clean: true,
    tasks: [{ comparedRows: ACCOUNTS, equalRows: ACCOUNTS, missingRows: 0, differentRows: 0 }],
  })
  const second = await p2cJson<Execution>(['run', 'accounts', '--all-data', '--data', data])
  expect(totalCounters(second.tasks)).toMatchObject({ read: ACCOUNTS, unchanged: ACCOUNTS, inserted: 0, updated: 0, failed: 0 })
})
