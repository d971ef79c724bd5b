import { setTimeout as delay } from 'node:timers/promises'
import { type ApiClient, type Comparison, contract, type Execution, totalCounters } from '@p2c/api'
import { expect, test } from 'vitest'
import { type Chance, countFromEnvironment, createChance, printedSeed, tell } from '../support/chance.ts'
import { p2cJson, type StartedInstallation } from '../support/command-line.ts'
import { apiOf, isFinal, lookAt, openTestInstallation, runProject, type TestInstallation, untilOver } from '../support/test-installation.ts'
import { until } from '../support/until.ts'
import { startWorker } from '../support/worker.ts'
import { countLinks, type DestinationRows, differingKeys, readDestinationRows } from './destination-rows.ts'
import { type Killable, kill, type Victim } from './kill.ts'
import { type Progress, readProgress } from './progress.ts'

const ACCOUNTS = countFromEnvironment('P2C_CRASH_ROWS', 20_000)
const KILLS = countFromEnvironment('P2C_CRASH_KILLS', 100)
/** One of each kind: the supervisors allow a handful of restarts a minute, then they take longer pauses. */
const KILLS_OF_A_ROUND = 3
/** The integrator and one worker, two steps side by side in each. */
const PROCESSES = 2
const STEPS = 2
const LANES = 3

/** How the work is cut: into ranges that both processes share, or as one read whose pages one of them loads. */
const CUTTINGS = [
  { pageSize: 500, splitRows: 5_000, pagesPerRange: 5 },
  { pageSize: 2_000, splitRows: 1_000_000, pagesPerRange: 5 },
] as const
type Cutting = (typeof CUTTINGS)[number]

/** What a kill may repeat at most: a page of each lane. */
const mostUnderWay = ({ pageSize }: Cutting): number => PROCESSES * STEPS * LANES * pageSize

const environmentOf = ({ pageSize, splitRows, pagesPerRange }: Cutting) => ({
  P2C_PAGE_SIZE: String(pageSize),
  P2C_LANES: String(LANES),
  P2C_SPLIT_ROWS: String(splitRows),
  P2C_PAGES_PER_RANGE: String(pagesPerRange),
})

/** From the kill to the next row: a server that its supervisor starts again, and anything else. */
const SERVER_BACK_MS = 3_000
const OTHERS_BACK_MS = 20_000
const LONGEST_MS = 180_000

const WORKER = 'worker'

interface Kill {
  readonly victim: Victim
  readonly at: Progress
  readonly backMs: number
}

test(`R19 ${KILLS} times kill -9 at random moments of executions of ${ACCOUNTS} rows: each ends as an undisturbed one`, async (t) => {
  const chance = createChance(printedSeed('random kills'))
  const installation = await openTestInstallation(t)
  await prepare(installation)
  const reference = await undisturbedRound(installation, CUTTINGS[0])
  tell(`undisturbed: ${ACCOUNTS} rows in ${Math.round(reference.ms)} ms`)
  const kills: Kill[] = []
  for (let round = 1; kills.length < KILLS; round++) {
    const most = Math.min(KILLS_OF_A_ROUND, KILLS - kills.length)
    const cutting = chance.pick(CUTTINGS)
    const plan = { chance, round, cutting, kills: most, undisturbedMs: reference.ms, expected: reference.rows }
    const done = await disturbedRound(installation, plan)
    kills.push(...done)
    expect(round, 'rounds without a kill: the executions end before it').toBeLessThan(KILLS + 10)
  }
  tellSummary(kills)
  for (const { victim, backMs } of kills) expect(backMs, `from the kill of the ${victim} to the next row`).toBeLessThan(limitOf(victim))
})

const limitOf = (victim: Victim): number => (victim === 'server' ? SERVER_BACK_MS : OTHERS_BACK_MS)

/** Sales with its accounts, an empty Supply Chain and an integrator that has run nothing: where every round begins. */
async function prepare(installation: TestInstallation): Promise<void> {
  const started = await installation.start()
  await p2cJson([
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
  await started.stop()
  await installation.keep(['supply_chain', 'integrator'])
}

/** What every disturbed round must end like, and how long it has for it. */
async function undisturbedRound(
  installation: TestInstallation,
  cutting: Cutting,
): Promise<{ readonly rows: DestinationRows; readonly ms: number }> {
  await installation.setBack(['supply_chain', 'integrator'])
  const started = await installation.start(environmentOf(cutting))
  const worker = await startWorker(installation, WORKER, environmentOf(cutting))
  const begin = performance.now()
  const execution = await runProject(await apiOf(started), 'accounts', { withinMs: LONGEST_MS })
  const ms = performance.now() - begin
  expect(totalCounters(execution.tasks)).toMatchObject({ read: ACCOUNTS, inserted: ACCOUNTS, failed: 0 })
  const rows = await readDestinationRows(installation.database('supply_chain'))
  expect(rows).toMatchObject({ rows: ACCOUNTS, repeatedWrites: 0 })
  await Promise.all([worker.stop(), started.stop()])
  return { rows, ms }
}

interface Round {
  readonly chance: Chance
  readonly round: number
  readonly cutting: Cutting
  /** At most. */
  readonly kills: number
  readonly undisturbedMs: number
  readonly expected: DestinationRows
}

async function disturbedRound(test: TestInstallation, round: Round): Promise<Kill[]> {
  await test.setBack(['supply_chain', 'integrator'])
  const env = environmentOf(round.cutting)
  const started = await test.start(env)
  const running = { test, installation: started, worker: await startWorker(test, WORKER, env) }
  const api = await apiOf(started)
  const { id } = await api.call(contract.postExecution, { params: { name: 'accounts' }, body: {} })
  const kills: Kill[] = []
  const victims = victimsOf(round)
  for (const [index, victim] of victims.entries()) {
    const done = await killOnce(running, { api, id, victim, round, killsLeft: victims.length - index })
    if (done === undefined) break
    kills.push(done)
    const { backMs, at } = done
    tell(
      `round ${round.round}: ${victim} killed at ${at.recorded} recorded and ${at.written} written rows; next row after ${Math.round(backMs)} ms`,
    )
  }
  const execution = await untilOver(api, id, LONGEST_MS)
  await assertEnd(test, { execution, api, expected: round.expected })
  await stopAll(running, started)
  return kills
}

/** Each kind once, in an order of chance; the database dies one way or the other. */
function victimsOf({ chance, kills }: Round): Victim[] {
  const database: Victim = chance.pick(['database', 'database-connection'] as const)
  return chance.shuffled<Victim>(['server', 'worker', database]).slice(0, kills)
}

interface KillPlan {
  readonly api: ApiClient
  readonly id: string
  readonly victim: Victim
  readonly round: Round
  /** This one included. */
  readonly killsLeft: number
}

/**
 * Kills once, at any moment of this kill's share of what is left of the execution, and waits until it moves again. Undefined where the execution
 * was over before. The moment is one of time: that is the point of it, no event of the programs may choose it.
 */
async function killOnce(running: Running, { api, id, victim, round, killsLeft }: KillPlan): Promise<Kill | undefined> {
  const { chance, cutting, undisturbedMs } = round
  const soFar = (await readProgress(running.test))?.recorded ?? 0
  await delay(chance.below((undisturbedMs * (1 - soFar / ACCOUNTS)) / killsLeft))
  const execution = await lookAt(api, id)
  if (execution !== undefined && isFinal(execution)) return undefined
  const begin = performance.now()
  await until(`the ${victim} to be there`, LONGEST_MS, () => kill(victim, running))
  if (victim === 'worker') running.worker = await startWorker(running.test, WORKER, environmentOf(cutting))
  const at = await settled(running.test)
  expect(at.written - at.recorded, 'rows that were written and not recorded: a repeat of more than a page per lane').toBeLessThanOrEqual(
    mostUnderWay(cutting),
  )
  await until(`the next row after the kill of the ${victim}`, LONGEST_MS, async () => {
    const now = await readProgress(running.test)
    if (now !== undefined && (now.written > at.written || now.recorded > at.recorded)) return true
    const seen = await lookAt(api, id)
    expect(seen?.error, `the execution after the kill of the ${victim}`).toBeUndefined()
    return seen !== undefined && isFinal(seen)
  })
  return { victim, at, backMs: performance.now() - begin }
}

interface Running extends Killable {
  worker: Killable['worker']
}

/** Longest that an application writes on for one who is dead. */
const SETTLE_MS = 400
const SETTLE_LOOK_MS = 60

/**
 * The progress behind a kill: what was under way at the application ends first, so that a row of the dead does not count as one of its
 * successor. Where others go on writing there is no such moment, and then nothing was interrupted either.
 */
async function settled(installation: TestInstallation): Promise<Progress> {
  const read = () => until('the database', LONGEST_MS, () => readProgress(installation))
  let before = await read()
  for (const end = performance.now() + SETTLE_MS; performance.now() < end; ) {
    await delay(SETTLE_LOOK_MS)
    const now = await read()
    if (now.written === before.written && now.recorded === before.recorded) return now
    before = now
  }
  return before
}

interface End {
  readonly execution: Execution
  readonly api: ApiClient
  readonly expected: DestinationRows
}

async function assertEnd(installation: TestInstallation, { execution, api, expected }: End): Promise<void> {
  expect(execution.error).toBeUndefined()
  expect(execution.status).toBe('completed')
  const total = totalCounters(execution.tasks)
  // A row that was written and not recorded is met again: it counts as one that was there already.
  expect(total).toMatchObject({ read: ACCOUNTS, failed: 0, waiting: 0, filtered: 0, skipped: 0 })
  expect(total.inserted + total.updated + total.unchanged).toBe(ACCOUNTS)
  const found = await readDestinationRows(installation.database('supply_chain'))
  expect(differingKeys(found.digests, expected.digests), 'keys that are not as in the undisturbed execution').toEqual([])
  expect(found.rows, 'rows at the destination, of which no two have one key').toBe(found.digests.size)
  expect(found.repeatedWrites, 'rows that were there already were written once more').toBe(0)
  expect(await countLinks(installation.database('integrator'))).toEqual({
    links: ACCOUNTS,
    sourceKeys: ACCOUNTS,
    destinationKeys: ACCOUNTS,
  })
  const comparison: Comparison = await api.call(contract.postComparison, { params: { name: 'accounts' }, body: {} })
  expect(comparison).toMatchObject({ clean: true, tasks: [{ comparedRows: ACCOUNTS, equalRows: ACCOUNTS }] })
  const again = await runProject(api, 'accounts', { allData: true, withinMs: LONGEST_MS })
  expect(totalCounters(again.tasks)).toMatchObject({ read: ACCOUNTS, unchanged: ACCOUNTS, inserted: 0, updated: 0, failed: 0 })
}

const stopAll = async ({ worker }: Running, started: StartedInstallation): Promise<void> => {
  await Promise.all([worker.stop(), started.stop()])
}

function tellSummary(kills: readonly Kill[]): void {
  for (const victim of new Set(kills.map((one) => one.victim))) {
    const times = kills.flatMap((one) => (one.victim === victim ? [one.backMs] : [])).sort((a, b) => a - b)
    const [middle, longest] = [times[Math.floor(times.length / 2)] ?? 0, times.at(-1) ?? 0]
    tell(`${victim}: ${times.length} kills, next row after ${Math.round(middle)} ms (median), ${Math.round(longest)} ms (longest)`)
  }
  const most = Math.max(...kills.map(({ at }) => at.written - at.recorded))
  tell(`most rows written and not recorded at a kill: ${most}`)
}
