import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { writeDataSet } from '../support/adventureworks-data.ts'
import { type Chance, countFromEnvironment, createChance, printedSeed, tell } from '../support/chance.ts'
import { p2cProcess, type StartedInstallation, scratchFolder } from '../support/command-line.ts'
import { findDescendant, signalOne } from '../support/processes.ts'
import { openTestInstallation, type TestInstallation } from '../support/test-installation.ts'
import { until } from '../support/until.ts'
import { differingKeys } from './destination-rows.ts'
import { postmasterOf } from './kill.ts'
import { readSoldOrders, type SoldOrders } from './sold-orders.ts'

/** Of a data set that is made for the test; all of the real one with its folder in `P2C_ADVENTUREWORKS`, or the first of them. */
const ORDERS = countFromEnvironment('P2C_CRASH_ORDERS', 600)
const KILLS = countFromEnvironment('P2C_CRASH_KILLS', 10)
const LONGEST_MS = 30 * 60_000
/** The command is repeated until it says that all is done; with one kill twice is enough, a database that is slow to come back may need more. */
const MOST_ATTEMPTS = 6

const VICTIMS = ['load', 'sales', 'supply-chain', 'server', 'database'] as const
type Victim = (typeof VICTIMS)[number]

test(`kill -9 at ${KILLS} random moments of a load of ${ORDERS} orders and of bringing them back: the end state is that of an undisturbed run`, async (t) => {
  const chance = createChance(printedSeed('AdventureWorks kills'))
  const load = await loadArguments(t, chance)
  const installation = await openTestInstallation(t)
  await (await installation.start()).stop()
  await installation.keep(['sales', 'supply_chain', 'integrator'])
  const reference = await play(installation, load, async () => undefined)
  tell(`undisturbed: ${Math.round(reference.ms / 1000)} s, ${reference.states.size} keys`)
  expect([...reference.states.keys()].filter((key) => key.startsWith('in Sales '))).toHaveLength(ORDERS)
  expect([...reference.states.values()].filter((state) => state.startsWith('Invoiced '))).toHaveLength(ORDERS)
  let expectedMs = reference.ms
  for (let kill = 1; kill <= KILLS; kill++) {
    const victim = VICTIMS[kill % VICTIMS.length] ?? 'load'
    const afterMs = chance.below(expectedMs)
    const round = await play(installation, load, (running) => killAt(running, { victim, afterMs, installation }))
    tell(`kill ${kill}: ${victim} after ${Math.round(afterMs / 100) / 10} s; commands ${round.attempts}, ${Math.round(round.ms / 1000)} s`)
    // A machine that is busier now than before would be killed on in the first phases only.
    expectedMs = round.ms
    const differing = differingKeys(reference.states, round.states)
    expect(differing.map((key) => [key, reference.states.get(key), round.states.get(key)]).slice(0, 5)).toEqual([])
  }
})

async function loadArguments(t: Parameters<typeof scratchFolder>[0], chance: Chance): Promise<readonly string[]> {
  const { P2C_ADVENTUREWORKS: real } = process.env
  const folder = real ?? join(await scratchFolder(t), 'adventureworks')
  if (real === undefined) await writeDataSet(folder, ORDERS, chance)
  return ['load', 'adventureworks', folder, '--orders', '--limit', String(ORDERS)]
}

interface Round {
  readonly states: SoldOrders
  readonly ms: number
  /** Commands that were begun: two without a kill. */
  readonly attempts: number
}

interface Running {
  readonly started: StartedInstallation
  /** The command that runs now. */
  command: ChildProcess | undefined
  /** All is done: there is nothing left to kill. */
  isOver: boolean
}

/** Loads all orders into fresh applications and brings them back, each command again until it is done; `disturb` runs beside it. */
async function play(installation: TestInstallation, load: readonly string[], disturb: (running: Running) => Promise<void>): Promise<Round> {
  await installation.setBack(['sales', 'supply_chain', 'integrator'])
  const started = await installation.start()
  const running: Running = { started, command: undefined, isOver: false }
  const begin = performance.now()
  const disturbed = disturb(running)
  let attempts = 0
  for (const args of [load, ['run', '--all']]) attempts += await untilDone(running, args)
  const ms = performance.now() - begin
  running.isOver = true
  await disturbed
  const compared = await p2cProcess(['compare', 'invoices', '--data', installation.data])
  expect(compared.code, compared.stdout + compared.stderr).toBe(0)
  const states = await readSoldOrders(installation)
  await started.stop()
  return { states, ms, attempts }
}

async function untilDone(running: Running, args: readonly string[]): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const { code, printed } = await runCommand(running, args)
    if (code === 0) return attempt
    if (attempt === MOST_ATTEMPTS) throw new Error(`p2c ${args.join(' ')} ended with ${code} ${attempt} times: ${printed}`)
  }
}

const MAIN = join(import.meta.dirname, '..', '..', 'apps', 'cli', 'src', 'main.ts')

/** Runs a command in a process of its own that can be killed; what it printed last helps where it fails. */
async function runCommand(running: Running, args: readonly string[]): Promise<{ readonly code: number | null; readonly printed: string }> {
  const child = spawn(process.execPath, [MAIN, ...args, '--data', running.started.data], { stdio: ['ignore', 'pipe', 'pipe'] })
  running.command = child
  let printed = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      printed = `${printed}${chunk}`.slice(-2000)
    })
  const code = await new Promise<number | null>((resolve) => child.once('close', (status) => resolve(status)))
  return { code, printed }
}

interface Kill {
  readonly victim: Victim
  readonly afterMs: number
  readonly installation: TestInstallation
}

/** At a moment of time: no event of the programs may choose it. */
async function killAt(running: Running, { victim, afterMs, installation }: Kill): Promise<void> {
  await delay(afterMs)
  await until(`the ${victim} to be there`, LONGEST_MS, async () => {
    if (running.isOver) return true
    const pid = await pidOf(victim, running, installation)
    return pid !== undefined && signalOne(pid, 'SIGKILL')
  })
}

async function pidOf(victim: Victim, { started, command }: Running, installation: TestInstallation): Promise<number | undefined> {
  if (victim === 'load') return command?.pid
  if (victim === 'database') return postmasterOf(installation.clusterDir)
  return (await findDescendant(started.process.pid ?? 0, join('apps', victim, 'src')))?.pid
}
