import { type ApiClient, contract, type Execution, totalCounters } from '@p2c/api'
import { expect, test } from 'vitest'
import { type Chance, countFromEnvironment, createChance, printedSeed, tell } from '../support/chance.ts'
import { p2cJson } from '../support/command-line.ts'
import { administer } from '../support/fault-control.ts'
import { apiOf, openTestInstallation, runProject, type TestInstallation } from '../support/test-installation.ts'
import { type BadRow, spoilAccounts, spoilProducts } from './bad-rows.ts'
import { expectCleanComparison, expectCountersAddUp, expectErrorsOf, expectNoDoubles, openErrors } from './ends.ts'

const ROWS = countFromEnvironment('P2C_FAULT_ROWS', 20_000)
const BAD = Math.max(1, Math.floor(ROWS / 1000))
const LEAST_SHARE = 0.7
/** Clean and spoilt executions take turns, and the best of each counts: the machine does other things, too. */
const TURNS = 3
const LONGEST_MS = 2 * 60_000
const PROJECTS = ['accounts', 'products'] as const
type Project = (typeof PROJECTS)[number]

type Rates = Record<Project, { clean: number[]; spoilt: number[] }>

test(`1 bad row in each 1,000 of ${ROWS} both ways: the others are written at ${LEAST_SHARE} of the clean rate, mending closes all errors`, async (t) => {
  const chance = createChance(printedSeed('bad rows'))
  const installation = await openTestInstallation(t)
  const started = await installation.start()
  const sizes = ['--accounts', String(ROWS), '--products', String(ROWS), '--contacts', '0', '--seed', '17']
  await p2cJson(['load', 'sample', ...sizes, '--data', installation.data])
  await started.stop()
  await installation.keep(['sales', 'supply_chain', 'integrator'])
  const rates: Rates = { accounts: { clean: [], spoilt: [] }, products: { clean: [], spoilt: [] } }
  for (let turn = 0; turn < TURNS; turn++) {
    await cleanTurn(installation, rates)
    await spoiltTurn(installation, chance, rates)
  }
  for (const name of PROJECTS) {
    const [clean, spoilt] = [Math.max(...rates[name].clean), Math.max(...rates[name].spoilt)]
    tell(`${name}: ${Math.round(spoilt)} rows/s with bad rows, ${Math.round(clean)} without: ${(spoilt / clean).toFixed(2)}`)
    expect(spoilt / clean, `${name}: rate with bad rows against the clean one`).toBeGreaterThanOrEqual(LEAST_SHARE)
  }
})

async function cleanTurn(installation: TestInstallation, rates: Rates): Promise<void> {
  await installation.setBack(['sales', 'supply_chain', 'integrator'])
  const started = await installation.start()
  const api = await apiOf(started)
  for (const name of PROJECTS) {
    const execution = await runProject(api, name, { withinMs: LONGEST_MS })
    expect(totalCounters(execution.tasks)).toMatchObject({ read: ROWS, inserted: ROWS, failed: 0 })
    rates[name].clean.push(rateOf(execution))
  }
  await started.stop()
}

async function spoiltTurn(installation: TestInstallation, chance: Chance, rates: Rates): Promise<void> {
  await installation.setBack(['sales', 'supply_chain', 'integrator'])
  const started = await installation.start()
  const api = await apiOf(started)
  const applications = await administer(started)
  const bad = [...(await spoilAccounts(applications, BAD, chance)), ...(await spoilProducts(applications, BAD, chance))]
  for (const name of PROJECTS) {
    const execution = await runProject(api, name, { withinMs: LONGEST_MS })
    tell(`${name} with bad rows: ${execution.status}`)
    rates[name].spoilt.push(rateOf(execution))
    await expectOnlyBadRowsFail(installation, { api, name, execution, bad })
  }
  await expectMendingCloses(api, bad)
  for (const name of PROJECTS) await expectCleanComparison(api, name, { all: ROWS, bad: 0 })
  await started.stop()
}

interface SpoiltRun {
  readonly api: ApiClient
  readonly name: Project
  readonly execution: Execution
  readonly bad: readonly BadRow[]
}

async function expectOnlyBadRowsFail(installation: TestInstallation, { api, name, execution, bad }: SpoiltRun): Promise<void> {
  expect(execution.error).toBeUndefined()
  expectCountersAddUp(execution)
  expect(totalCounters(execution.tasks)).toMatchObject({ read: ROWS, inserted: ROWS - BAD, failed: BAD })
  await expectErrorsOf(api, name, bad)
  await expectNoDoubles(installation, name, ROWS - BAD)
  const errors = new Map((await openErrors(api, name)).map((error) => [error.sourceKey, error]))
  for (const { key, field, value } of bad.filter((row) => row.project === name)) {
    const error = errors.get(key)
    expect(error?.message, `${key}: a message that names the field`).toContain(field)
    expect(error?.message, `${key}: a message that names the value`).toContain(value)
  }
}

/** One execution of each project after every row was mended at its source: no error is left, and the list of closed ones has each. */
async function expectMendingCloses(api: ApiClient, bad: readonly BadRow[]): Promise<void> {
  for (const row of bad) await row.mend()
  for (const name of PROJECTS) {
    const mended = await runProject(api, name, { withinMs: LONGEST_MS })
    expect(mended.status).toBe('completed')
    expect(totalCounters(mended.tasks)).toMatchObject({ failed: 0, waiting: 0, inserted: BAD })
    expect(await openErrors(api, name), `open errors of ${name} after mending`).toEqual([])
    const closed = await api.call(contract.listRecordErrors, { query: { project: name, state: 'resolved', limit: 1000 } })
    expect(closed.items.map(({ sourceKey }) => sourceKey).sort()).toEqual(
      bad.flatMap(({ project, key }) => (project === name ? [key] : [])).sort(),
    )
  }
}

function rateOf({ startedAt, finishedAt }: Execution): number {
  return ROWS / ((Date.parse(finishedAt ?? '') - Date.parse(startedAt ?? '')) / 1000)
}
