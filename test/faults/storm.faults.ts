import { type ApiClient, contract, type Execution, totalCounters } from '@p2c/api'
import { expect, test } from 'vitest'
import { type Chance, countFromEnvironment, createChance, printedSeed, tell } from '../support/chance.ts'
import { p2cJson } from '../support/command-line.ts'
import { type AdministeredApplication, type AdministeredApplications, administer, type FaultRule } from '../support/fault-control.ts'
import { apiOf, isFinal, lookAt, openTestInstallation, runProject, untilOver } from '../support/test-installation.ts'
import { until } from '../support/until.ts'
import { type BadRow, spoilAccounts, spoilProducts } from './bad-rows.ts'
import { editAccounts, editProducts, readAccounts, readProducts } from './business-data.ts'
import { expectCleanComparison, expectCountersAddUp, expectErrorsOf, expectNoDoubles } from './ends.ts'

const ROWS = countFromEnvironment('P2C_FAULT_ROWS', 20_000)
const RATE = 0.05
/** Rows of each side that are bad by themselves. */
const BAD = 20
/** Rows of each side that users edit between and during executions. */
const EDITED = 200
const LONGEST_MS = 15 * 60_000
const PROJECTS = ['accounts', 'products'] as const

/** All nine faults, each for one request in twenty. */
const STORM: readonly FaultRule[] = [
  { kind: 'throttle', rate: RATE, retryAfterSeconds: 1 },
  { kind: 'server-error', rate: RATE, status: 503 },
  { kind: 'latency', rate: RATE, minMs: 20, maxMs: 300 },
  { kind: 'drop-before', rate: RATE },
  { kind: 'drop-after', rate: RATE },
  { kind: 'truncate', rate: RATE },
  { kind: 'expired-token', rate: RATE },
  { kind: 'expired-delta-token', rate: RATE },
  { kind: 'clock-skew', rate: RATE, skewSeconds: 240 },
]

/** Both applications under the same weather, which stops while a user edits: a user is no program that repeats. */
interface Storm {
  rage(): Promise<void>
  calm(): Promise<void>
  /** How often each fault happened, over all the times that it raged. */
  readonly injected: Map<string, number>
}

test(`R20 a storm of all faults over ${ROWS} rows both ways: no loss, no duplicate, no failed row but those at fault themselves`, async (t) => {
  const seed = printedSeed('storm')
  const chance = createChance(seed)
  const installation = await openTestInstallation(t)
  const started = await installation.start()
  const sizes = ['--accounts', String(ROWS), '--products', String(ROWS), '--contacts', '0', '--seed', '3']
  await p2cJson(['load', 'sample', ...sizes, '--data', installation.data])
  const applications = await administer(started)
  const bad = [...(await spoilAccounts(applications, BAD, chance)), ...(await spoilProducts(applications, BAD, chance))]
  const api = await apiOf(started)
  const storm = stormOver(applications, seed)

  // The first executions, both at once; while they read, users go on editing.
  await storm.rage()
  const ids = await Promise.all(PROJECTS.map((name) => startProject(api, name)))
  await untilReading(api, ids)
  await edited(applications, { storm, chance, bad, mark: 'during' })
  await storm.rage()
  for (const execution of await Promise.all(ids.map((id) => untilOver(api, id, LONGEST_MS)))) {
    tellExecution(execution)
    expect(execution.error).toBeUndefined()
    expectCountersAddUp(execution)
    expect(totalCounters(execution.tasks)).toMatchObject({ read: ROWS, failed: BAD, waiting: 0 })
  }

  // Increments: what users changed, then what they change before a source position that has expired.
  await runBoth(api)
  await edited(applications, { storm, chance, bad, mark: 'before' })
  await storm.rage()
  await runBoth(api)
  await edited(applications, { storm, chance, bad, mark: 'expired' })
  await setAll(applications, (application) => application.setFaults(seed, [{ kind: 'expired-delta-token', rate: 1, times: 1 }, ...STORM]))
  const [afterExpiry] = await runBoth(api)
  expect(totalCounters(afterExpiry?.tasks ?? []).read, 'an expired source position leads to a full read').toBeGreaterThanOrEqual(ROWS)

  await storm.calm()
  tell(`faults injected: ${[...storm.injected].map(([kind, times]) => `${kind} ${times}`).join(', ')}`)
  for (const { kind } of STORM) expect(storm.injected.get(kind) ?? 0, `${kind} happened`).toBeGreaterThan(0)
  for (const name of PROJECTS) {
    await expectErrorsOf(api, name, bad)
    await expectCleanComparison(api, name, { all: ROWS, bad: BAD })
    await expectNoDoubles(installation, name, ROWS - BAD)
  }
  await expectNobodyEarly(applications)
})

const setAll = async (
  { sales, supplyChain }: AdministeredApplications,
  set: (application: AdministeredApplication) => Promise<void>,
): Promise<void> => void (await Promise.all([set(sales), set(supplyChain)]))

function stormOver(applications: AdministeredApplications, seed: number): Storm {
  const injected = new Map<string, number>()
  let times = 0
  const note = async (application: AdministeredApplication): Promise<void> => {
    for (const [kind, count] of Object.entries(await application.injected())) injected.set(kind, (injected.get(kind) ?? 0) + count)
  }
  const calm = async (): Promise<void> => {
    await setAll(applications, note)
    await setAll(applications, (application) => application.clearFaults())
  }
  return {
    injected,
    calm,
    rage: async () => {
      times++
      await setAll(applications, (application) => application.setFaults(seed + times, STORM))
    },
  }
}

const startProject = async (api: ApiClient, name: string): Promise<string> =>
  (await api.call(contract.postExecution, { params: { name }, body: {} })).id

/** Until each has read something and none is over. */
async function untilReading(api: ApiClient, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const execution = await until('the first rows', LONGEST_MS, async () => {
      const seen = await lookAt(api, id)
      return seen !== undefined && (isFinal(seen) || seen.status === 'running') && seen
    })
    expect(isFinal(execution), `over before anybody edited: ${execution.error?.message}`).toBe(false)
  }
}

interface Edits {
  readonly storm: Storm
  readonly chance: Chance
  readonly bad: readonly BadRow[]
  readonly mark: string
}

/** Users edit rows of both sides, never a bad one: that would mend it. Leaves the weather calm. */
async function edited(applications: AdministeredApplications, { storm, chance, bad, mark }: Edits): Promise<void> {
  const isBad = new Set(bad.map(({ key }) => key))
  await storm.calm()
  const accounts = chance.shuffled((await readAccounts(applications.sales)).filter(({ accountnumber }) => !isBad.has(accountnumber)))
  const names = accounts.slice(0, EDITED).map(({ accountid, name }) => [accountid, { name: `${name.slice(0, 80)} ${mark}` }] as const)
  await editAccounts(applications.sales, new Map(names))
  const products = chance.shuffled((await readProducts(applications.supplyChain)).filter(({ ItemNumber }) => !isBad.has(ItemNumber)))
  const prices = products.slice(0, EDITED).map(({ ItemNumber, SalesPrice }) => [ItemNumber, { SalesPrice: SalesPrice + 1 }] as const)
  await editProducts(applications.supplyChain, new Map(prices))
}

/** One execution of each project, side by side; each ends with the bad rows still open and nothing else. */
async function runBoth(api: ApiClient): Promise<Execution[]> {
  const executions = await Promise.all(PROJECTS.map((name) => runProject(api, name, { withinMs: LONGEST_MS })))
  for (const execution of executions) {
    tellExecution(execution)
    expect(execution.error).toBeUndefined()
    expectCountersAddUp(execution)
    expect(totalCounters(execution.tasks).failed, `failed rows of ${execution.projectName}`).toBeLessThanOrEqual(BAD)
  }
  return executions
}

function tellExecution({ projectName, status, startedAt, finishedAt, tasks, error }: Execution): void {
  const seconds = (Date.parse(finishedAt ?? '') - Date.parse(startedAt ?? '')) / 1000
  const { read, inserted, updated, unchanged, failed } = totalCounters(tasks)
  tell(
    `${projectName}: ${status} in ${seconds.toFixed(1)} s; ${read} read, ${inserted} inserted, ${updated} updated, ${unchanged} unchanged, ${failed} failed${error === undefined ? '' : `; ${error.code}: ${error.message}`}`,
  )
}

async function expectNobodyEarly({ sales, supplyChain }: AdministeredApplications): Promise<void> {
  for (const application of [sales, supplyChain]) {
    const clients = await application.clients()
    expect(clients.length, 'clients that the application knows').toBeGreaterThan(0)
    for (const client of clients)
      expect(client, `requests before Retry-After had passed, at ${application.root}`).toMatchObject({ early: 0 })
  }
}
