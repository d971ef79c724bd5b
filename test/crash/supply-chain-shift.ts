import { setTimeout as delay } from 'node:timers/promises'
import type { Database } from '@p2c/base'
import type { Market } from '../load/command-sequences.ts'
import { openMarket } from '../load/open-market.ts'
import { brokenRules } from '../load/supply-chain-books.ts'
import { type Chance, createChance } from '../support/chance.ts'
import type { EventListener } from '../support/event-listener.ts'
import type { SupplyChainProcess } from '../support/supply-chain-process.ts'
import { until } from '../support/until.ts'
import { type SentPackage, sendPackage, untilImported } from './package-clerk.ts'
import { createPatientClient, type PatientClient } from './patient-client.ts'
import { EVENT_NAMES, eventsMissing, notImportedOnce, notOnce } from './posted-once.ts'
import { newShift, postUntil, repeat, type Shift } from './posting-clerk.ts'

export interface ShiftOptions {
  /** Processes over one database: every request goes to any of them. */
  readonly processes: readonly SupplyChainProcess[]
  /** That database. Statements that find it away are repeated. */
  readonly database: Database
  readonly listener: EventListener
  readonly seed: number
  readonly clerks: number
  /** Rows of each package. */
  readonly packages: Pick<SentPackage, 'customers' | 'orders'>
  readonly onAnswer?: (kind: string, milliseconds: number) => void
}

/** Clerks, imports and batch jobs at work at once. */
export interface RunningShift {
  readonly shift: Shift
  readonly imports: readonly SentPackage[]
  /** Fails as soon as one of them met what must not be. */
  readonly failed: Promise<never>
  /** What does not hold in the books now, while the work goes on. */
  problems(): Promise<string[]>
  /** No new work; resolves when clerks have ended what they began. Imports, jobs and events may go on. */
  endWork(): Promise<void>
  /** Resolves when everything is over, with what does not hold then. `alive`: the processes that can be asked; default all. */
  finish(alive?: readonly SupplyChainProcess[]): Promise<string[]>
}

const END_MS = 120_000
const JOBS = [
  'CalculateSalesTotals',
  'RecalculateOnHand',
  'CustomerAgingSnapshot',
  'PopulateDistinctProductTable',
  'SalesPopulateProspectToCash',
]
/** Between two batch jobs. */
const JOB_PAUSE_MS = 400
/** Replays of accepted commands at the end. */
const REPLAYS = 40

/** Prepares items, customers and events, and starts the work. */
export async function startShift(options: ShiftOptions): Promise<RunningShift> {
  const { processes, database, seed, clerks } = options
  const clientOf = ({ url, token }: SupplyChainProcess): PatientClient =>
    createPatientClient({ root: url, token, ...(options.onAnswer && { onAnswer: options.onAnswer }) })
  const clients = processes.map(clientOf)
  const [first] = clients
  if (first === undefined) throw new TypeError('a shift needs a process')
  const market = await openMarket(first, { items: 12, customers: 12, stock: 2_000 })
  await listen(first, options.listener)
  const shift = newShift()
  const imports: SentPackage[] = []
  let isOver = false
  let failure: unknown
  const stopped = (): boolean => isOver || failure !== undefined
  const parts = { clients, market, shift, imports, packages: options.packages, isOver: stopped }
  const failed = Promise.withResolvers<never>()
  failed.promise.catch(() => undefined)
  const guarded = (work: Promise<void>): Promise<void> =>
    work.catch((error: unknown) => {
      failure ??= error
      failed.reject(failure)
    })
  const work = [
    ...Array.from({ length: clerks }, (_, at) =>
      guarded(postUntil({ clients, market, shift, name: `K${at}`, chance: createChance(seed + at) }, stopped)),
    ),
    guarded(importUntil(parts, createChance(seed + clerks))),
    guarded(runJobsUntil(parts, createChance(seed + clerks + 1))),
  ]
  const problems = () => whenThere(async () => [...(await brokenRules(database)), ...(await notOnce(database, [...shift.accepted]))])
  const endWork = async (): Promise<void> => {
    isOver = true
    await Promise.all(work)
    if (failure !== undefined) throw failure
  }
  return {
    shift,
    imports,
    failed: failed.promise,
    problems,
    endWork,
    async finish(alive = processes) {
      await endWork()
      return assertWhole(options, { clients: alive.map(clientOf), shift, imports, problems, chance: createChance(seed) })
    },
  }
}

/** Everything that was told of comes in at one address. */
async function listen(client: PatientClient, { url }: EventListener): Promise<void> {
  const rows = [
    ['BusinessEventEndpoints', { EndpointId: 'crash', EndpointUrl: url }],
    ...EVENT_NAMES.map((BusinessEventId) => ['BusinessEventActivations', { EndpointId: 'crash', BusinessEventId }]),
  ] as const
  for (const [set, row] of rows) {
    const reply = await client.data('POST', `/${set}`, row as object)
    if (reply.status !== 201) throw new Error(`${set}: ${reply.status} ${reply.text}`)
  }
}

interface Background {
  readonly clients: readonly PatientClient[]
  readonly market: Market
  readonly imports: SentPackage[]
  readonly packages: Pick<SentPackage, 'customers' | 'orders'>
  readonly isOver: () => boolean
}

/** Imports packages, sometimes two at a time: they share one lane. */
async function importUntil({ clients, market, imports, packages, isOver }: Background, chance: Chance): Promise<void> {
  for (let number = 1; !isOver(); number += 1) {
    const sent = { ...packages, executionId: `crash-${number}`, prefix: `I${number}` }
    imports.push(sent)
    await sendPackage(chance.pick(clients), sent, chance.pick(market.customers))
    if (chance.below(2) < 1) await untilImported(chance.pick(clients), sent, END_MS)
  }
}

async function runJobsUntil({ clients, isOver }: Background, chance: Chance): Promise<void> {
  for (let number = 1; !isOver(); number += 1) {
    const job = { JobDescription: `Crash ${number}`, JobClass: chance.pick(JOBS), CompanyId: 'usmf' }
    const reply = await chance.pick(clients).data('POST', '/BatchJobs', job)
    if (reply.status !== 201) throw new Error(`BatchJobs: ${reply.status} ${reply.text}`)
    await delay(JOB_PAUSE_MS)
  }
}

interface Ended {
  readonly clients: readonly PatientClient[]
  readonly shift: Shift
  readonly imports: readonly SentPackage[]
  readonly problems: () => Promise<string[]>
  readonly chance: Chance
}

/** Waits for what goes on in the background and gives what does not hold at the end. */
async function assertWhole({ database, listener }: ShiftOptions, { clients, shift, imports, problems, chance }: Ended): Promise<string[]> {
  const failures: string[] = []
  for (const sent of imports) {
    const status = await untilImported(chance.pick(clients), sent, END_MS)
    if (status !== 'Succeeded') failures.push(`${sent.executionId} ended as ${status}`)
  }
  let open: readonly JobRow[] = []
  await until('the end of all batch jobs', END_MS, async () => {
    const { rows } = await database.query<JobRow>(
      `select job_description, job_class, status, messages from batch_job where job_description like 'Crash %' and status <> 'Finished'`,
    )
    open = rows
    return rows.every(({ status }) => status === 'Error')
  }).catch(() => undefined)
  failures.push(...open.map((job) => `a batch job that has not finished: ${JSON.stringify(job)}`))
  let missing: string[] = []
  await until('all events', END_MS, async () => {
    missing = await eventsMissing(database, listener.received)
    return missing.length === 0
  }).catch(() => undefined)
  const replayed = chance.shuffled(shift.accepted).slice(0, REPLAYS)
  for (const accepted of replayed) await repeat(chance.pick(clients), accepted)
  return [...failures, ...missing, ...(await problems()), ...(await notImportedOnce(database, imports))]
}

interface JobRow {
  readonly job_description: string
  readonly job_class: string
  readonly status: string
  readonly messages: string
}

const AWAY_PAUSE_MS = 100

/** A server that was killed takes a moment to be back. */
async function whenThere<Result>(look: () => Promise<Result>): Promise<Result> {
  let last: unknown
  return until('the database', END_MS, async () => {
    try {
      return await look()
    } catch (error) {
      last = error
      await delay(AWAY_PAUSE_MS)
      return undefined
    }
  }).catch((error: unknown) => {
    throw new Error('the books could not be read', { cause: last ?? error })
  })
}
