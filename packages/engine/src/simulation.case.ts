import { setImmediate } from 'node:timers/promises'
import { AppError, type Database, openScratchDatabase, randomIds, silentLogger, systemClock, type TestScope } from '@p2c/base'
import { createEngine } from './engine.ts'
import { SET } from './engine-system.case.ts'
import type { Engine } from './execution/engine-contract.ts'
import {
  ACCOUNTS,
  ACCOUNTS_TASK,
  CONTACT_PERSONS,
  CONTACTS,
  CUSTOMERS,
  createMemorySystem,
  type MemorySystem,
} from './memory-system.case.ts'
import type { Connector, UpsertRequest } from './model/connector.ts'
import type { FieldValues } from './model/field-value.ts'

/** Choices that can be had again from their seed (mulberry32). */
export interface Chance {
  /** From 0, below `limit`. */
  whole(limit: number): number
  /** True once in `every` times. */
  once(every: number): boolean
  pick<Item>(items: readonly Item[]): Item
}

export function createChance(seed: number): Chance {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
  const whole = (limit: number): number => Math.floor(next() * limit)
  return {
    whole,
    once: (every) => whole(every) === 0,
    pick: (items) => {
      const item = items[whole(items.length)]
      if (item === undefined) throw new RangeError('nothing to pick from')
      return item
    },
  }
}

/** The path by which a source row names an account. */
export const PARENT = 'parentcustomerid.Account(accountnumber)'

const text = (name: string, more = {}) => ({ name, type: 'text' as const, required: false, readOnly: false, maxLength: 100, ...more })

const SOURCES = [{ ...ACCOUNTS, fields: [...ACCOUNTS.fields, text('primarycontact')] }, CONTACTS]
const DESTINATIONS = [{ ...CUSTOMERS, fields: [...CUSTOMERS.fields, text('PrimaryContact')] }, CONTACT_PERSONS]

const [accountsLeg] = ACCOUNTS_TASK.legs
const CUSTOMERS_TASK = {
  ...ACCOUNTS_TASK,
  legs: [
    {
      ...accountsLeg,
      fieldMappings: [
        ...(accountsLeg?.fieldMappings ?? []),
        { sourceField: PARENT, destinationField: 'InvoiceAccount' },
        { sourceField: 'primarycontact', destinationField: 'PrimaryContact' },
      ],
    },
  ],
}
const PERSONS_TASK = {
  name: 'Contacts',
  order: 2,
  legs: [
    {
      ...accountsLeg,
      sourceSchema: 'contacts',
      destinationSchema: 'CDSContactPersons',
      sourceFilter: undefined,
      fieldMappings: [
        { sourceField: 'contactnumber', destinationField: 'ContactPersonId' },
        { sourceField: 'fullname', destinationField: 'Name' },
        { sourceField: PARENT, destinationField: 'AssociatedPartyNumber' },
      ],
    },
  ],
}

/** Who comes first, and whether both belong to one project: two projects name each other one way only. */
export const LAYOUTS = ['accounts first', 'contacts first', 'two projects'] as const
export type Layout = (typeof LAYOUTS)[number]

const projectsOf = (layout: Layout) => {
  const project = (name: string, tasks: readonly object[]) => ({
    name,
    connectionSetName: SET.name,
    organisations: SET.organisations,
    entityMappingTasks: tasks.map((task, index) => ({ ...task, order: index + 1 })),
  })
  if (layout === 'two projects') return [project('contacts', [PERSONS_TASK]), project('accounts', [CUSTOMERS_TASK])]
  return [project('accounts', layout === 'accounts first' ? [CUSTOMERS_TASK, PERSONS_TASK] : [PERSONS_TASK, CUSTOMERS_TASK])]
}

/** Fields that name a row of the destination, with the entity of that row. */
export const REFERENCES = {
  InvoiceAccount: 'CustomersV2',
  PrimaryContact: 'CDSContactPersons',
  AssociatedPartyNumber: 'CustomersV2',
} as const

export const isBad = (values: FieldValues): boolean => values.address1_country === 'Atlantis' || String(values.fullname).includes('refused')

/** What of a source row the destination shall hold. */
export const expectedRow = (entity: string, row: FieldValues): FieldValues =>
  entity === 'accounts'
    ? {
        CustomerAccount: row.accountnumber ?? null,
        OrganizationName: row.name ?? null,
        PartyType: 'Organization',
        CreditLimit: row.creditlimit ?? null,
        AddressCountryRegionISOCode: 'DE',
        InvoiceAccount: row[PARENT] ?? null,
        PrimaryContact: row.primarycontact ?? null,
      }
    : { ContactPersonId: row.contactnumber ?? null, Name: row.fullname ?? null, AssociatedPartyNumber: row[PARENT] ?? null }

/** One process with an engine: it may be frozen, lose its steps, and come back. */
export interface SimulatedHost {
  readonly name: string
  readonly engine: Engine
  readonly isFrozen: () => boolean
  freeze(): void
  /** What the queue does when the heartbeat of a frozen process is missing: its steps go to others. */
  loseSteps(): Promise<void>
  thaw(): void
}

export interface World {
  readonly sales: MemorySystem
  readonly supplyChain: MemorySystem
  readonly database: Database
  readonly projects: readonly string[]
  readonly hosts: SimulatedHost[]
  /** Off: every call is answered. */
  readonly faults: { on: boolean }
  /** Resolves when so many more calls have been made by anyone, at the latest after half a second: nothing may be under way. */
  untilCalls(calls: number): Promise<void>
  openHost(): Promise<SimulatedHost>
  closeHost(host: SimulatedHost): Promise<void>
}

const gone = (): AppError =>
  new AppError({ category: 'connectivity', code: 'connection-unreachable', message: 'no answer', retryable: true })
const refused = (reason: string): AppError => new AppError({ category: 'auth', code: 'connection-refused', message: reason })

/** Lets other work go on for a while, the longer the larger `turns`. */
export async function yieldFor(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await setImmediate()
}

export async function openWorld(scope: TestScope, { seed, layout }: { readonly seed: number; readonly layout: Layout }): Promise<World> {
  const database = await openScratchDatabase(scope)
  const sales = createMemorySystem('CRM', SOURCES)
  const supplyChain = createMemorySystem('AX', DESTINATIONS)
  supplyChain.refuse = (values) => refuse(supplyChain, values)
  const chance = createChance(seed + 1_000_000)
  const hosts: SimulatedHost[] = []
  const faults = { on: true }
  let opened = 0
  const calls = createCallCount()
  const world: World = {
    sales,
    supplyChain,
    database,
    projects: projectsOf(layout).map(({ name }) => name),
    hosts,
    faults,
    untilCalls: calls.until,
    openHost: async () => {
      const host = await startHost(world, { number: ++opened, chance, told: calls.tell })
      hosts.push(host)
      return host
    },
    closeHost: async (host) => {
      hosts.splice(hosts.indexOf(host), 1)
      host.thaw()
      await host.engine.stop()
    },
  }
  scope.onTestFinished(async () => {
    faults.on = false
    await Promise.all(
      hosts.map((host) => {
        host.thaw()
        return host.engine.stop()
      }),
    )
  })
  const { engine } = await world.openHost()
  await engine.saveConnectionSet(SET)
  for (const project of projectsOf(layout)) await engine.saveProject(project)
  return world
}

/** As a real destination does: a row that is bad by itself, and one that names a row which is not there. */
function refuse(system: MemorySystem, values: FieldValues) {
  if (String(values.Name).includes('refused')) return { category: 'data', code: 'value-refused', message: 'never' } as const
  for (const [field, entity] of Object.entries(REFERENCES)) {
    const wanted = values[field]
    if (typeof wanted !== 'string' || system.rows(entity).has(wanted)) continue
    return { category: 'reference', code: 'lookup-not-found', message: 'missing', details: { field, entity, value: wanted } } as const
  }
  return undefined
}

const LONGEST_WAIT_MS = 500

function createCallCount() {
  const waiting = new Set<{ left: number; done(): void }>()
  return {
    tell: () => {
      for (const waiter of waiting) if (--waiter.left <= 0) waiter.done()
    },
    until: async (left: number): Promise<void> => {
      const { promise, resolve } = Promise.withResolvers<void>()
      const waiter = { left, done: resolve }
      waiting.add(waiter)
      const latest = setTimeout(resolve, LONGEST_WAIT_MS)
      await promise
      clearTimeout(latest)
      waiting.delete(waiter)
    },
  }
}

interface NewHost {
  readonly number: number
  readonly chance: Chance
  /** Called with every call of a step. */
  readonly told: () => void
}

async function startHost(world: World, { number, chance, told }: NewHost): Promise<SimulatedHost> {
  const name = `host-${number}`
  const gate = createGate(told)
  const engine = createEngine({
    database: world.database,
    connectorFor: ({ environmentType }) =>
      unreliable((environmentType === 'CRM' ? world.sales : world.supplyChain).connector, { world, gate, chance }),
    clock: systemClock,
    ids: randomIds,
    log: silentLogger,
    workers: 1 + chance.whole(3),
    pageSize: 3 + chance.whole(18),
    pagesPerStep: 2 + chance.whole(6),
    lanes: 1 + chance.whole(4),
    splitRows: 12,
    pagesPerRange: 1 + chance.whole(3),
    retry: { attempts: 12, firstDelayMs: 1, longestDelayMs: 2 },
    process: { identity: { host: name, pid: number, startedAt: 'once' }, isAlive: () => true },
  })
  await engine.start()
  return {
    name,
    engine,
    isFrozen: gate.isFrozen,
    freeze: gate.freeze,
    loseSteps: async () => {
      gate.lose()
      await world.database.query(
        `update pgboss.job j set state = 'retry', retry_count = retry_count + 1, start_after = now() from held_step h
         where h.job_id = j.id and h.host = $1 and j.state = 'active'`,
        [name],
      )
    },
    thaw: gate.thaw,
  }
}

interface Gate {
  /** Awaited by every call of a step; throws where the step was lost meanwhile: its connections are cut. */
  pass(signal: AbortSignal): Promise<void>
  /** An answer arrives late, but it arrives. */
  wait(): Promise<void>
  isFrozen(): boolean
  freeze(): void
  lose(): void
  thaw(): void
}

function createGate(told: () => void): Gate {
  const seen = new Set<AbortSignal>()
  const lost = new WeakSet<AbortSignal>()
  let frozen: PromiseWithResolvers<void> | undefined
  return {
    pass: async (signal) => {
      told()
      seen.add(signal)
      await frozen?.promise
      if (lost.has(signal)) throw refused('its step is lost')
    },
    wait: async () => frozen?.promise,
    isFrozen: () => frozen !== undefined,
    freeze: () => {
      frozen ??= Promise.withResolvers()
    },
    lose: () => {
      for (const signal of seen) lost.add(signal)
      seen.clear()
    },
    thaw: () => {
      frozen?.resolve()
      frozen = undefined
    },
  }
}

interface Weather {
  readonly world: World
  readonly gate: Gate
  readonly chance: Chance
}

/** The same system over a bad line: answers are lost before and after the write, or for a part of the rows. */
function unreliable(connector: Connector, { world, gate, chance }: Weather): Connector {
  const weather = async (signal: AbortSignal): Promise<void> => {
    await yieldFor(chance.whole(6))
    await gate.pass(signal)
    if (world.faults.on && chance.once(25)) throw gone()
  }
  return {
    ...connector,
    async *read(request, signal) {
      await gate.pass(signal)
      for await (const page of connector.read(request, signal)) {
        await weather(signal)
        yield page
        await gate.pass(signal)
      }
    },
    count: async (request, signal) => {
      await weather(signal)
      return connector.count?.(request, signal)
    },
    readByKeys: async (request, keys, signal) => {
      await weather(signal)
      return connector.readByKeys(request, keys, signal)
    },
    upsert: async (request, signal) => {
      await weather(signal)
      const fault = world.faults.on ? chance.whole(300) : 300
      if (fault === 0) throw refused('by chance')
      if (fault < 15) await connector.upsert(partOf(request, chance), signal)
      if (fault < 15) throw gone()
      const outcomes = await connector.upsert(request, signal)
      await yieldFor(chance.whole(6))
      await gate.wait()
      if (fault < 30) throw gone()
      return outcomes
    },
  }
}

const partOf = (request: UpsertRequest, chance: Chance): UpsertRequest => ({
  ...request,
  rows: request.rows.slice(0, chance.whole(request.rows.length + 1)),
})
