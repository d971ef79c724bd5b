import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type ApiClient, type Comparison, contract, totalCounters } from '@p2c/api'
import { expect, type TestContext, test } from 'vitest'
import { createChance, printedSeed, tell } from '../support/chance.ts'
import { p2cJson, type StartedProgram } from '../support/command-line.ts'
import { findDescendant, signalOne, signalTree } from '../support/processes.ts'
import { apiOf, openTestInstallation, runProject, type TestInstallation, untilOver } from '../support/test-installation.ts'
import { until } from '../support/until.ts'
import { startWorker } from '../support/worker.ts'
import { countLinks, readDestinationRows } from './destination-rows.ts'
import { accountFor, databaseTime, keepPageLog, lastHeardOf, readPageLog, savedTwice } from './page-log.ts'
import { readProgress } from './progress.ts'

const ACCOUNTS = 20_000
const LONGEST_MS = 180_000
const TAKEOVER_MS = 20_000
const RESTART_MS = 3_000
const FROZEN_MS = 60_000
const RESTARTS = 5

/** One step holds the whole read, in many small pages: so there is one worker to lose, and much for the other one to take over. */
const SMALL_PAGES = { P2C_PAGE_SIZE: '500', P2C_SPLIT_ROWS: '1000000' }

interface TwoWorkers {
  readonly installation: TestInstallation
  readonly api: ApiClient
  readonly workers: Readonly<Record<string, StartedProgram>>
}

/** An integrator that only starts and shows executions, 20,000 accounts at Sales, and two workers with database accounts of their own. */
async function startTwoWorkers(t: TestContext): Promise<TwoWorkers> {
  const installation = await openTestInstallation(t)
  const started = await installation.start({ ...SMALL_PAGES }, ['--workers', '0'])
  await loadAccounts(installation)
  await keepPageLog(installation.database('integrator'))
  const workers: Record<string, StartedProgram> = {}
  for (const name of ['worker_one', 'worker_two']) {
    const worker = await startWorker(installation, name, { ...SMALL_PAGES, ...(await accountFor(installation, name)) })
    t.onTestFinished(async () => void (await signalTree(worker.process.pid ?? 0, 'SIGKILL')))
    workers[name] = worker
  }
  return { installation, api: await apiOf(started), workers }
}

const loadAccounts = (installation: TestInstallation): Promise<unknown> =>
  p2cJson([
    'load',
    'sample',
    '--accounts',
    String(ACCOUNTS),
    '--products',
    '0',
    '--contacts',
    '0',
    '--seed',
    '5',
    '--data',
    installation.data,
  ])

interface Busy {
  readonly id: string
  readonly name: string
  readonly worker: StartedProgram
  readonly other: string
}

/** Starts the execution and waits until one of the workers has saved some pages of it, with more to come. */
async function startAndFindBusy({ installation, api, workers }: TwoWorkers): Promise<Busy> {
  const { id } = await api.call(contract.postExecution, { params: { name: 'accounts' }, body: {} })
  const saved = await until('some saved pages', LONGEST_MS, async () => {
    const pages = await readPageLog(installation.database('integrator'))
    return pages.length >= 3 && pages
  })
  const name = saved.at(-1)?.who ?? ''
  const [other] = Object.keys(workers).filter((one) => one !== name)
  const worker = workers[name]
  if (worker === undefined || other === undefined) throw new Error(`the pages were saved by ${name}, which is none of the workers`)
  return { id, name, worker, other }
}

/** The end is that of an undisturbed execution, and every page was saved by one worker, once. */
async function assertWholeAndOnce({ installation, api }: TwoWorkers, id: string): Promise<void> {
  const execution = await untilOver(api, id, LONGEST_MS)
  expect(execution.error).toBeUndefined()
  expect(execution.status).toBe('completed')
  const total = totalCounters(execution.tasks)
  expect(total).toMatchObject({ read: ACCOUNTS, failed: 0, waiting: 0 })
  expect(total.inserted + total.updated + total.unchanged).toBe(ACCOUNTS)
  expect(savedTwice(await readPageLog(installation.database('integrator'))), 'pages that were saved twice').toEqual([])
  expect(await countLinks(installation.database('integrator'))).toEqual({
    links: ACCOUNTS,
    sourceKeys: ACCOUNTS,
    destinationKeys: ACCOUNTS,
  })
  expect(await readDestinationRows(installation.database('supply_chain'))).toMatchObject({ rows: ACCOUNTS, repeatedWrites: 0 })
  const comparison: Comparison = await api.call(contract.postComparison, { params: { name: 'accounts' }, body: {} })
  expect(comparison).toMatchObject({ clean: true, tasks: [{ equalRows: ACCOUNTS }] })
  const again = await runProject(api, 'accounts', { allData: true, withinMs: LONGEST_MS })
  expect(totalCounters(again.tasks)).toMatchObject({ read: ACCOUNTS, unchanged: ACCOUNTS })
}

/** The first page that `who` saves after a moment of the database's clock. */
const firstPageOf = (installation: TestInstallation, who: string, sinceMs: number): Promise<number> =>
  until(`a page saved by ${who}`, LONGEST_MS, async () => {
    const pages = await readPageLog(installation.database('integrator'))
    return pages.find((page) => page.who === who && page.atMs > sinceMs)?.atMs
  })

test('R19 two workers, the busy one killed for good: the other one takes over within 20 s', async (t) => {
  const chance = createChance(printedSeed('killed worker'))
  const two = await startTwoWorkers(t)
  const busy = await startAndFindBusy(two)
  await delay(chance.below(1_000)) // at any point of a page
  const killedAt = await databaseTime(two.installation.database('integrator'))
  await signalTree(busy.worker.process.pid ?? 0, 'SIGKILL')
  const takenMs = (await firstPageOf(two.installation, busy.other, killedAt)) - killedAt
  tell(`${busy.name} killed; ${busy.other} saved its first page after ${Math.round(takenMs)} ms`)
  expect(takenMs).toBeLessThan(TAKEOVER_MS)
  await assertWholeAndOnce(two, busy.id)
})

test('R19 a worker frozen for 60 s in the middle of a page commits nothing after it woke', async (t) => {
  const chance = createChance(printedSeed('frozen worker'))
  const two = await startTwoWorkers(t)
  const integrator = two.installation.database('integrator')
  const busy = await startAndFindBusy(two)
  await delay(chance.below(1_000))
  await signalTree(busy.worker.process.pid ?? 0, 'SIGSTOP')
  const frozenAt = await databaseTime(integrator)
  const thaw = () => signalTree(busy.worker.process.pid ?? 0, 'SIGCONT')
  t.onTestFinished(async () => void (await thaw()))
  const takenMs = (await firstPageOf(two.installation, busy.other, frozenAt)) - frozenAt
  tell(`${busy.name} frozen; ${busy.other} saved its first page after ${Math.round(takenMs)} ms`)
  expect(takenMs).toBeLessThan(TAKEOVER_MS)
  await untilOver(two.api, busy.id, LONGEST_MS)
  // What is tried is a time of silence, so here time has to pass.
  await delay(Math.max(0, FROZEN_MS - ((await databaseTime(integrator)) - frozenAt)))
  const wokenAt = await databaseTime(integrator)
  await thaw()
  await until('the woken worker at the database', LONGEST_MS, async () => ((await lastHeardOf(integrator, busy.name)) ?? 0) > wokenAt)
  // It is whole again: it takes new steps. By then it has long tried what it held when it was frozen.
  await untilIdle(two, busy)
  const late = (await readPageLog(integrator)).filter((page) => page.who === busy.name && page.atMs >= frozenAt)
  expect(late, `pages that ${busy.name} saved of the step that it had lost`).toEqual([])
  await assertWholeAndOnce(two, busy.id)
})

/** No step is held by anyone and the woken worker has no transaction open. */
async function untilIdle({ installation }: TwoWorkers, { name }: Busy): Promise<void> {
  await until('nothing under way', LONGEST_MS, async () => {
    const { rows } = await installation
      .database('integrator')
      .query<{ busy: boolean }>(
        `select exists (select from held_step) or exists (select from pg_stat_activity where usename = $1 and xact_start is not null) as busy`,
        [name],
      )
    return rows[0]?.busy === false
  })
  await delay(SILENCE_MS) // requests that it had under way at the application end, and the save behind them would come
}
const SILENCE_MS = 5_000

test(`a killed integrator writes again within 3 s, ${RESTARTS} times of ${RESTARTS}`, async (t) => {
  const chance = createChance(printedSeed('restarts'))
  const installation = await openTestInstallation(t)
  const started = await installation.start()
  await loadAccounts(installation)
  await started.stop()
  await installation.keep(['supply_chain', 'integrator'])
  const times: number[] = []
  for (let round = 0; round < RESTARTS; round++) times.push(await restartOnce(installation, chance.below(2_000)))
  tell(`from kill -9 of the integrator to its next row: ${times.map((ms) => `${Math.round(ms)} ms`).join(', ')}`)
  expect(Math.max(...times)).toBeLessThan(RESTART_MS)
})

/** From the kill to the first row that the started-again integrator writes; the rows that the application still finished do not count. */
async function restartOnce(installation: TestInstallation, afterMs: number): Promise<number> {
  await installation.setBack(['supply_chain', 'integrator'])
  const started = await installation.start()
  const api = await apiOf(started)
  const { id } = await api.call(contract.postExecution, { params: { name: 'accounts' }, body: {} })
  await until('the first rows', LONGEST_MS, async () => ((await readProgress(installation))?.written ?? 0) > 0)
  await delay(afterMs)
  const findServer = () => findDescendant(started.process.pid ?? 0, join('apps', 'server'))
  const before = await findServer()
  const begin = performance.now()
  signalOne(before?.pid ?? 0, 'SIGKILL')
  await until('the new process', LONGEST_MS, async () => {
    const now = await findServer()
    return now !== undefined && now.pid !== before?.pid
  })
  const at = await until('the database', LONGEST_MS, () => readProgress(installation))
  expect(at.written, 'rows before the kill').toBeLessThan(ACCOUNTS)
  await until('the next row', LONGEST_MS, async () => ((await readProgress(installation))?.written ?? 0) > at.written)
  const ms = performance.now() - begin
  await untilOver(api, id, LONGEST_MS)
  await started.stop()
  return ms
}
