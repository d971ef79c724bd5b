import { contract, type Execution, totalCounters } from '@p2c/api'
import { expect, test } from 'vitest'
import { countFromEnvironment, tell } from '../support/chance.ts'
import { p2cJson } from '../support/command-line.ts'
import { type AdministeredApplication, administer } from '../support/fault-control.ts'
import { apiOf, openTestInstallation, type TestInstallation, untilOver } from '../support/test-installation.ts'
import { until } from '../support/until.ts'
import { startWorker } from '../support/worker.ts'
import { expectCleanComparison, expectNoDoubles } from './ends.ts'
import { mostAfterPause, type RequestCount, type SteadyTime, steadyTime, watchRequests } from './request-watch.ts'

/** 20 requests a second. */
const LIMIT = { requests: 100, windowSeconds: 5 }
const ALLOWED_PER_SECOND = LIMIT.requests / LIMIT.windowSeconds
const LEAST_SHARE = 0.9
/** Without the headers only a refusal tells where the limit is, and each costs a second of five: 88 to 95 % were measured on two busy cores. */
const LEAST_SHARE_UNTOLD = 0.85
/** No limit of this kind is ever met; the requests are counted all the same. */
const NO_LIMIT = { requests: 1_000_000, windowSeconds: 300, executionSeconds: 86_400, concurrent: 1_000 }
/** The work must be able to send so many times what is allowed: otherwise its own pace is measured, not the limit's. */
const LEAST_DEMAND = 2
const STEADY_WINDOWS = 4
/** Two requests a page: about 800, 40 seconds at this rate. */
const ROWS = countFromEnvironment('P2C_FAULT_ROWS', 8_000)
const LONGEST_MS = 10 * 60_000
/** Small pages and ranges: cheap requests, and every worker has something to ask for all the time. */
const SMALL_PAGES = { P2C_PAGE_SIZE: '20', P2C_SPLIT_ROWS: '1000', P2C_PAGES_PER_RANGE: '40' }
/** Requests that may come within 200 ms behind a pause: a fifth of a second has four at the allowed rate, a storm would have dozens. */
const MOST_AFTER_PAUSE = 10
const PAUSE = { pauseMs: 800, withinMs: 200 }

interface Case {
  readonly name: string
  readonly workers: 1 | 2
  /** Absent: no limit, to see how many requests the work would send. */
  readonly limit?: { readonly headers: boolean }
  /** In the middle of it the service asks for three seconds of silence. */
  readonly isPaused?: boolean
}

const CASES: readonly Case[] = [
  { name: 'one worker, no limit', workers: 1 },
  { name: 'one worker, with rate-limit headers', workers: 1, limit: { headers: true } },
  { name: 'one worker, without the headers', workers: 1, limit: { headers: false } },
  { name: 'two workers of one identity, no limit', workers: 2 },
  { name: 'two workers of one identity, with the headers', workers: 2, limit: { headers: true } },
  { name: 'two workers of one identity, without the headers', workers: 2, limit: { headers: false } },
  { name: 'two workers, the service asks for a pause', workers: 2, limit: { headers: true }, isPaused: true },
]

interface Seen {
  readonly steady: SteadyTime
  /** Of the allowed rate. */
  readonly share: number
  readonly refused: number
  readonly early: number
  readonly pauses: number
  readonly most: number
}

test(`R20 at ${ALLOWED_PER_SECOND} requests a second at least ${LEAST_SHARE * 100} % of them are used and none is early`, async (t) => {
  const installation = await openTestInstallation(t)
  const started = await installation.start()
  const sizes = ['--accounts', String(ROWS), '--products', '0', '--contacts', '0', '--seed', '11']
  await p2cJson(['load', 'sample', ...sizes, '--data', installation.data])
  await started.stop()
  await installation.keep(['supply_chain', 'integrator'])
  const seen: { readonly one: Case; readonly result: Seen }[] = []
  for (const one of CASES) seen.push({ one, result: await runLimited(installation, one) })
  for (const { one, result } of seen) expectKept(one, result)
})

/** All are run before any is judged: a failure then comes with the figures of the others. */
function expectKept({ name, limit, isPaused }: Case, { share, early, most, pauses }: Seen): void {
  expect(early, `${name}: requests before the told time`).toBe(0)
  if (limit === undefined) {
    expect(share, `${name}: times the allowed rate; with less demand than that the limit is not what is measured`).toBeGreaterThan(
      LEAST_DEMAND,
    )
    return
  }
  expect(most, `${name}: requests within 200 ms behind a pause`).toBeLessThanOrEqual(MOST_AFTER_PAUSE)
  if (isPaused === true) expect(pauses, `${name}: pauses`).toBeGreaterThan(0)
  else expect(share, `${name}: share of the allowed rate`).toBeGreaterThanOrEqual(limit.headers ? LEAST_SHARE : LEAST_SHARE_UNTOLD)
}

async function runLimited(installation: TestInstallation, one: Case): Promise<Seen> {
  await installation.setBack(['supply_chain', 'integrator'])
  const started = await installation.start(SMALL_PAGES, ['--workers', '1'])
  const worker = one.workers === 2 ? await startWorker(installation, 'worker', SMALL_PAGES, ['--workers', '1']) : undefined
  const { supplyChain } = await administer(started)
  await tellWindow(installation)
  await supplyChain.setLimits(one.limit === undefined ? NO_LIMIT : { ...LIMIT, ...one.limit })
  const api = await apiOf(started)
  const watch = watchRequests(supplyChain)
  const { id } = await api.call(contract.postExecution, { params: { name: 'accounts' }, body: {} })
  if (one.isPaused === true) await askForPause(supplyChain)
  const execution = await untilOver(api, id, LONGEST_MS)
  const counts = await watch.stop()
  await supplyChain.clearLimits()
  expectAllWritten(execution)
  await expectCleanComparison(api, 'accounts', { all: ROWS, bad: 0 })
  await expectNoDoubles(installation, 'accounts', ROWS)
  await Promise.all([worker?.stop(), started.stop()])
  const result = seenIn(counts, one)
  tellCase(one, result)
  return result
}

function seenIn(counts: readonly RequestCount[], { limit }: Case): Seen {
  const windowMs = LIMIT.windowSeconds * 1000
  const steady = steadyTime(counts, { warmUpMs: windowMs, leastMs: limit === undefined ? windowMs / 2 : STEADY_WINDOWS * windowMs })
  const last = counts.at(-1)
  return {
    steady,
    share: steady.perSecond / ALLOWED_PER_SECOND,
    refused: last?.refused ?? 0,
    early: last?.early ?? 0,
    ...mostAfterPause(counts, PAUSE),
  }
}

/**
 * The cloud counts over 300 seconds, and its headers do not say so; here it is five, which is a setting of the connection. Written into the
 * database, since the set-up of local applications has no other place for it. Before the first request of the integrator.
 */
async function tellWindow(installation: TestInstallation): Promise<void> {
  const settings = JSON.stringify({ limitWindowSeconds: LIMIT.windowSeconds })
  await installation.database('integrator').query('update connection set settings = settings || $1::jsonb', [settings])
}

/** One 429 in the middle of the work, by a rule: everyone of the identity has to be silent for three seconds. */
async function askForPause(application: AdministeredApplication): Promise<void> {
  await until('the middle of the work', LONGEST_MS, async () => {
    const clients = await application.clients()
    return clients.reduce((total, { accepted }) => total + accepted, 0) >= LIMIT.requests * 2
  })
  await application.setFaults(1, [{ kind: 'throttle', rate: 1, times: 1, retryAfterSeconds: 3 }])
}

function expectAllWritten(execution: Execution): void {
  expect(execution.error).toBeUndefined()
  expect(execution.status).toBe('completed')
  expect(totalCounters(execution.tasks)).toMatchObject({ read: ROWS, inserted: ROWS, failed: 0 })
}

function tellCase({ name, limit }: Case, { steady, share, refused, early, pauses, most }: Seen): void {
  const steadily = `${steady.perSecond.toFixed(1)} requests/s in ${steady.seconds.toFixed(1)} s, ${(share * 100).toFixed(1)} % of the allowed rate`
  if (limit === undefined) tell(`${name}: ${steadily}`)
  else tell(`${name}: ${steadily}; ${refused} refused, ${early} early; ${pauses} pauses, at most ${most} requests within 200 ms behind one`)
}
