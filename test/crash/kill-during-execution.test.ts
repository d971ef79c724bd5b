import { readFile } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import type { Comparison, Execution } from '@p2c/api'
import { contract, createApiClient, FINAL_STATUSES, totalCounters } from '@p2c/api'
import { expect, test } from 'vitest'
import { p2cJson, type StartedInstallation, scratchFolder, startInstallation } from '../support/command-line.ts'

const ACCOUNTS = 20_000
const LONGEST_MS = 240_000

/** The processes that a process started, on Linux. */
async function childrenOf(pid: number): Promise<{ pid: number; command: string }[]> {
  const pids = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8'))
    .trim()
    .split(' ')
    .filter((text) => text !== '')
  return Promise.all(
    pids.map(async (child) => ({ pid: Number(child), command: (await readFile(`/proc/${child}/cmdline`, 'utf8')).replaceAll('\0', ' ') })),
  )
}

type Api = ReturnType<typeof createApiClient>

/** Its tokens outlive the restart of the integrator. */
async function apiOf(installation: StartedInstallation): Promise<Api> {
  const { token } = await p2cJson<{ token: string }>(['token', 'server', '--data', installation.data])
  return createApiClient({ baseUrl: installation.urls.server, token: async () => token, fetch })
}

/** Looks at an execution until `done`, also while the integrator is away; the wait is for work in another process, not for time to pass. */
async function until(api: Api, id: string, done: (execution: Execution) => boolean): Promise<Execution> {
  for (;;) {
    const execution = await api.call(contract.getExecution, { params: { id } }).catch((error: { code?: string }) => {
      if (error.code === 'server-unreachable') return undefined
      throw error
    })
    if (execution !== undefined && done(execution)) return execution
    await setImmediate()
  }
}

const isFinal = (execution: Execution): boolean => FINAL_STATUSES.includes(execution.status)
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
  const server = (await childrenOf(installation.process.pid ?? 0)).find((child) => child.command.includes('apps/server'))
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
  // A page whose rows were written but not recorded is written again: then its rows count as updated.
  expect(total.read).toBe(ACCOUNTS)
  expect(total.inserted + total.updated).toBe(ACCOUNTS)

  const comparison = await p2cJson<Comparison>(['compare', 'accounts', '--data', data])
  expect(comparison).toMatchObject({
    clean: true,
    tasks: [{ comparedRows: ACCOUNTS, equalRows: ACCOUNTS, missingRows: 0, differentRows: 0 }],
  })
  const second = await p2cJson<Execution>(['run', 'accounts', '--all-data', '--data', data])
  expect(totalCounters(second.tasks)).toMatchObject({ read: ACCOUNTS, unchanged: ACCOUNTS, inserted: 0, updated: 0, failed: 0 })
})
