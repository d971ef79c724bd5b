import { isDeepStrictEqual } from 'node:util'
import type { TestScope } from '@p2c/base'
import { expect, test } from 'vitest'
import { untilEnd } from './engine-system.case.ts'
import type { StartOptions } from './execution/engine-contract.ts'
import { countersAddUp, LIVE_STATUSES } from './model/execution.ts'
import type { FieldValues } from './model/field-value.ts'
import { contentHash } from './pipeline/content-hash.ts'
import { createChance, expectedRow, isBad, LAYOUTS, openWorld, REFERENCES, type World } from './simulation.case.ts'
import { type History, mendSource, playHistory } from './simulation-history.case.ts'

/** `1-20`, `7`, or nothing: twelve that are new each day, so that many are played in time and a failure can be played again. */
function seedsToPlay(): readonly number[] {
  const { P2C_SIMULATION_SEEDS: given } = process.env
  if (given === undefined || given === '') {
    const first = (Math.floor(Date.now() / 86_400_000) % 100_000) * 12
    return Array.from({ length: 12 }, (_, index) => first + index)
  }
  const [first = Number.NaN, last = first] = given.split('-').map(Number)
  if (!Number.isInteger(first) || !Number.isInteger(last) || last < first)
    throw new TypeError(`P2C_SIMULATION_SEEDS is ${given}, expected 7 or 1-500`)
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}

const ENTITIES = { accounts: 'CustomersV2', contacts: 'CDSContactPersons' } as const
type Source = keyof typeof ENTITIES
const SOURCES = Object.keys(ENTITIES) as Source[]

/** Waits for every execution that lives, also for those that were started by what another one has written. */
async function untilQuiet({ hosts: [{ engine } = noHost()] }: World): Promise<void> {
  for (;;) {
    const [live] = await engine.listExecutions({ status: LIVE_STATUSES, limit: 1 })
    if (live === undefined) return
    await untilEnd(engine, live.id)
  }
}

/** One execution of each project as a schedule starts it, which tries nothing again that is not due: what was released must be enough. */
async function settle(world: World): Promise<void> {
  const [{ engine } = noHost()] = world.hosts
  for (const project of world.projects) {
    await engine.startExecution(project, { trigger: 'schedule' })
    await untilQuiet(world)
  }
}

interface Facts {
  readonly errors: readonly string[]
  readonly waiting: readonly string[]
  readonly links: ReadonlyMap<string, string>
}

async function readFacts(world: World): Promise<Facts> {
  const [{ engine } = noHost()] = world.hosts
  const keys = (rows: readonly { readonly sourceKey: string }[]) => rows.map((row) => row.sourceKey).sort()
  const { rows } = await world.database.query<{ source_key: string; hash: string }>(
    `select source_key, encode(applied_hash, 'hex') as hash from record_link`,
  )
  return {
    errors: keys(await engine.listRecordErrors({ limit: 1_000 })),
    waiting: keys(await engine.listWaitingRecords({ limit: 1_000 })),
    links: new Map(rows.map((row) => [row.source_key, row.hash])),
  }
}

const namesMissing = ({ supplyChain }: World, values: FieldValues): boolean =>
  Object.entries(REFERENCES).some(([field, entity]) => typeof values[field] === 'string' && !supplyChain.rows(entity).has(values[field]))

const differing = <Value>(found: ReadonlyMap<string, Value>, wanted: ReadonlyMap<string, Value>) =>
  [...wanted].flatMap(([key, value]) => (isDeepStrictEqual(found.get(key), value) ? [] : [{ key, found: found.get(key), wanted: value }]))

/** Of a row that was written, not recorded, and deleted at the source before it was read again, nobody can tell that it has landed. */
const namesUnrecorded = ({ supplyChain }: World, values: FieldValues, { links }: Facts): boolean =>
  Object.entries(REFERENCES).some(([field, entity]) => {
    const name = values[field]
    return typeof name === 'string' && supplyChain.rows(entity).has(name) && !links.has(name)
  })

/** The promises of the design, section 5, for what is there once nothing is under way any more. */
async function checkPromises(world: World): Promise<void> {
  const facts = await readFacts(world)
  const wanted = { rows: new Map<string, FieldValues>(), errors: [] as string[], waiting: [] as string[], links: new Map<string, string>() }
  const found = new Map<string, FieldValues | undefined>()
  const unsure = new Set<string>()
  for (const source of SOURCES) {
    for (const [key, row] of world.sales.rows(source)) {
      const values = expectedRow(source, row)
      if (namesUnrecorded(world, values, facts)) unsure.add(key)
      else if (isBad(row)) wanted.errors.push(key)
      else if (namesMissing(world, values)) wanted.waiting.push(key)
      else {
        wanted.rows.set(key, values)
        wanted.links.set(key, contentHash(values))
        found.set(key, world.supplyChain.rows(ENTITIES[source]).get(key))
      }
    }
  }
  expect(differing(found, wanted.rows), 'rows of the destination').toEqual([])
  const sure = (keys: readonly string[]) => keys.filter((key) => !unsure.has(key))
  expect(sure(facts.errors), 'open errors').toEqual(wanted.errors.sort())
  expect(sure(facts.waiting), 'waiting rows').toEqual(wanted.waiting.sort())
  expect(differing(facts.links, wanted.links), 'links').toEqual([])
}

async function checkCounters({ database, hosts: [{ engine } = noHost()] }: World): Promise<void> {
  const executions = await engine.listExecutions({ limit: 1_000 })
  for (const { tasks, id, status } of executions) {
    for (const { counters, name } of tasks) {
      const told = `${name} of ${id} (${status}): ${JSON.stringify(counters)}`
      expect(countersAddUp(counters), told).toBe(true)
      expect(Math.min(...Object.values(counters)), told).toBeGreaterThanOrEqual(0)
    }
  }
  const failed = executions.filter(({ error }) => error !== undefined && error.code !== 'connection-refused')
  expect(failed.map(({ error }) => error)).toEqual([])
  expect((await database.query('select 1 from held_step')).rowCount, 'steps held').toBe(0)
}

/** Content of one key as it was written, one after the other: never older content behind newer. */
function watchOrder(world: World, { reverted }: Pick<History, 'reverted'>) {
  const written = new Map<string, number[]>()
  world.supplyChain.onWrite = (_entity, values) => {
    const [, key = '', revision] = /^(\S+) r(\d+)/.exec(String(values.OrganizationName ?? values.Name ?? '')) ?? []
    if (revision !== undefined) written.set(key, [...(written.get(key) ?? []), Number(revision)])
  }
  return () => {
    const wrong = [...written].filter(([key, list]) => !reverted.has(key) && list.some((revision, at) => revision < (list[at - 1] ?? 0)))
    expect(wrong, 'older content written behind newer').toEqual([])
  }
}

/** One execution of each project, one after the other. */
async function readTotals({ projects, hosts }: World, options: StartOptions) {
  const totals = { read: 0, unchanged: 0 }
  for (const project of projects) {
    const [{ engine } = noHost()] = hosts
    const { tasks } = await untilEnd(engine, (await engine.startExecution(project, options)).id)
    for (const { counters } of tasks) {
      totals.read += counters.read
      totals.unchanged += counters.unchanged
    }
  }
  return totals
}

function noHost(): never {
  throw new Error('no host is there')
}

async function simulate(scope: TestScope, seed: number): Promise<void> {
  const chance = createChance(seed)
  const layout = chance.pick(LAYOUTS)
  const world = await openWorld(scope, { seed, layout })
  const history: History = { world, layout, chance, revisions: new Map(), former: new Map(), reverted: new Set() }
  const checkOrder = watchOrder(world, history)
  await playHistory(history, 6 + chance.whole(8))

  world.faults.on = false
  for (const host of world.hosts) host.thaw()
  await untilQuiet(world)
  await settle(world)
  await checkCounters(world)
  await checkPromises(world)

  mendSource(history)
  await settle(world)
  await checkPromises(world)
  expect(await readTotals(world, { trigger: 'schedule' }), 'an execution behind which nothing has changed').toEqual({
    read: 0,
    unchanged: 0,
  })
  const all = world.sales.rows('accounts').size + world.sales.rows('contacts').size
  expect(await readTotals(world, { allData: true }), 'all data').toEqual({ read: all, unchanged: all })
  await checkPromises(world)
  await checkCounters(world)
  checkOrder()
}

test.concurrent.for(seedsToPlay())(
  'R18 R19 R20 R21 nothing is lost, doubled or out of order in the history of seed %i',
  { timeout: 240_000 },
  async (seed, t) => {
    await simulate(t, seed)
  },
)
