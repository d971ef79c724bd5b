import { setTimeout as delayFor } from 'node:timers/promises'
import { AppError, isDatabaseAway, toAppError } from '@p2c/base'
import { createRequestBudgets } from './budget/request-budgets.ts'
import { type Connectors, createConnectors } from './execution/connectors.ts'
import {
  DEFAULT_LANES,
  type Engine,
  type EngineOptions,
  type ExecutionFilter,
  type RecordErrorFilter,
  type RecordFilter,
  type StartOptions,
} from './execution/engine-contract.ts'
import { nextExecutionStatus } from './execution/execution-status.ts'
import { createHostProcess } from './execution/host-process.ts'
import { type InspectedProject, inspectProject } from './execution/project-inspection.ts'
import { resumeExecutions } from './execution/resume.ts'
import { DEFAULT_RETRY_POLICY, withRetry } from './execution/retry.ts'
import { runStep } from './execution/runner.ts'
import type { RunnerDeps } from './execution/runner-deps.ts'
import { createStepQueue, type StepQueue } from './execution/step-queue.ts'
import { createWorkerPresence } from './execution/worker-presence.ts'
import { connectionSetSchema } from './model/connection-set.ts'
import { type Project, parseProject, parseTemplate } from './model/documents.ts'
import { type Execution, FINAL_STATUSES } from './model/execution.ts'
import { createDatabaseStore } from './store/database-store.ts'
import type { ExecutionState, Store } from './store/store.ts'

const DEFAULT_WORKERS = 2
const DEFAULT_PAGE_SIZE = 5_000
const DEFAULT_PAGES_PER_STEP = 40
const DEFAULT_SPLIT_ROWS = 100_000
const DEFAULT_PAGES_PER_RANGE = 10
const DEFAULT_LIMIT = 50
const LARGEST_LIMIT = 1_000

/** An engine on `options.database`; nothing happens before `start`. */
export function createEngine(options: EngineOptions): Engine {
  const { database, clock, ids, log } = options
  const store = createDatabaseStore(database, { clock, ids, ...(options.secretsKey !== undefined && { secretsKey: options.secretsKey }) })
  const budgets = createRequestBudgets({ database, log })
  const connectors = createConnectors(store, options.connectorFor, budgets)
  const workers = options.workers ?? DEFAULT_WORKERS
  const queue = createStepQueue(database, log, { workers, migrate: options.schema !== 'check' })
  const stopper = new AbortController()
  const parts: EngineParts = { options, store, queue, connectors, stopping: stopper.signal }
  const presence = createWorkerPresence({ store, queue, process: hostProcess(options), log }, workers)
  let opened: Promise<void> | undefined
  const open = (): Promise<void> => {
    opened ??= options.schema === 'check' ? store.checkReady() : store.migrate()
    return opened
  }
  return {
    open,
    start: async () => {
      await open()
      await queue.start()
      await resumeExecutions({ store, queue, process: hostProcess(options), log })
      if (workers === 0) return
      await presence.start()
      const deps = runnerDeps(parts)
      await queue.work(workers, (job) => runStep(job, deps))
    },
    stop: async () => {
      stopper.abort()
      await queue.stop()
      if (workers > 0) await presence.stop()
      await connectors.close()
    },
    ...documents(parts),
    ...executions(parts),
    listRecordErrors: (filter = {}) => listErrors(store, filter),
    listRecordLinks: (filter) => store.listRecordLinks({ ...filter, limit: paging(filter).limit }),
    listBudgets: () => budgets.list(),
    listWaitingRecords: async (filter = {}) => (isUnknownId(filter.executionId) ? [] : store.listWaiting({ ...filter, ...paging(filter) })),
  }
}

interface EngineParts {
  readonly options: EngineOptions
  readonly store: Store
  readonly queue: StepQueue
  readonly connectors: Connectors
  readonly stopping: AbortSignal
}

const hostProcess = (options: EngineOptions) => options.process ?? createHostProcess()

function runnerDeps(parts: EngineParts): RunnerDeps {
  const { options, store, queue, stopping } = parts
  return {
    store,
    queue,
    clock: options.clock,
    log: options.log,
    process: hostProcess(options).identity,
    pageSize: options.pageSize ?? DEFAULT_PAGE_SIZE,
    pagesPerStep: options.pagesPerStep ?? DEFAULT_PAGES_PER_STEP,
    lanes: options.lanes ?? DEFAULT_LANES,
    splitRows: options.splitRows ?? DEFAULT_SPLIT_ROWS,
    pagesPerRange: options.pagesPerRange ?? DEFAULT_PAGES_PER_RANGE,
    stopping,
    inspect: createInspections(parts),
    retry: (call, signal) => retrying(parts, signal)(call),
  }
}

const retrying =
  ({ options, stopping }: EngineParts, signal: AbortSignal) =>
  <Result>(call: () => Promise<Result>): Promise<Result> =>
    withRetry(call, {
      policy: { ...DEFAULT_RETRY_POLICY, ...options.retry },
      signal: AbortSignal.any([signal, stopping]),
      random: Math.random,
      onRetry: (error, delayMs) => options.log.warn({ code: error.code, delayMs }, `a call failed and is repeated: ${error.message}`),
    })

const inspect = (project: Project, parts: EngineParts, signal: AbortSignal): Promise<InspectedProject> =>
  inspectProject(project, { store: parts.store, connectors: parts.connectors, retry: retrying(parts, signal) }, signal)

/** Executions whose project is remembered, so that not every step reads the schemas again. */
const REMEMBERED_EXECUTIONS = 20

function createInspections(parts: EngineParts): RunnerDeps['inspect'] {
  const known = new Map<string, Promise<InspectedProject>>()
  return (state: ExecutionState) => {
    const found = known.get(state.id)
    if (found !== undefined) return found
    // Not the signal of one step: the steps of other partitions wait for the same answer.
    const inspection = inspect(state.project, parts, parts.stopping)
    known.set(state.id, inspection)
    inspection.catch(() => known.delete(state.id))
    const [oldest] = known.keys()
    if (known.size > REMEMBERED_EXECUTIONS && oldest !== undefined) known.delete(oldest)
    return inspection
  }
}

type DocumentPart = Pick<
  Engine,
  | 'saveTemplate'
  | 'listTemplates'
  | 'findTemplate'
  | 'saveConnectionSet'
  | 'listConnectionSets'
  | 'findEnvironment'
  | 'saveProject'
  | 'listProjects'
  | 'findProject'
  | 'validateProject'
>

function documents(parts: EngineParts): DocumentPart {
  const { store } = parts
  return {
    saveTemplate: async (document) => {
      const template = parseTemplate(document)
      await store.transaction((session) => session.saveTemplate(template))
      return template
    },
    listTemplates: () => store.listTemplates(),
    findTemplate: async (name) =>
      (await store.listTemplates()).find((template) => template.name === name || template.aliases?.includes(name)),
    saveConnectionSet: async (set) => {
      const parsed = connectionSetSchema.safeParse(set)
      if (!parsed.success) throw invalidConnectionSet(parsed.error.issues)
      return store.transaction((session) => session.saveConnectionSet(parsed.data))
    },
    listConnectionSets: () => store.listConnectionSets(),
    findEnvironment: async (name, type) => (await store.findEnvironment(name, type))?.environment,
    saveProject: async (document) => {
      const project = parseProject(document)
      await store.transaction((session) => session.saveProject(project))
      return project
    },
    listProjects: () => store.listProjects(),
    findProject: async (name) => (await store.findProject(name))?.project,
    validateProject: async (name) => (await inspect((await knownProject(store, name)).project, parts, parts.stopping)).issues,
  }
}

type ExecutionPart = Pick<Engine, 'startExecution' | 'cancelExecution' | 'findExecution' | 'listExecutions' | 'subscribe'>

function executions(parts: EngineParts): ExecutionPart {
  const { store } = parts
  const findExecution = async (id: string): Promise<Execution | undefined> =>
    isUnknownId(id) ? undefined : (await store.listExecutions({ id, limit: 1, offset: 0 }))[0]
  return {
    startExecution: (projectName, options = {}) => startExecution(parts, projectName, options),
    cancelExecution: async (id) => {
      if (isUnknownId(id)) throw unknownExecution(id)
      await cancelExecution(store, id)
      return (await findExecution(id)) ?? fail(unknownExecution(id))
    },
    findExecution,
    listExecutions: (filter: ExecutionFilter = {}) => store.listExecutions({ ...filter, ...paging(filter) }),
    subscribe: (id, signal) => changesOf(() => findExecution(id), signal ?? parts.stopping),
  }
}

async function startExecution({ options, store, queue }: EngineParts, projectName: string, start: StartOptions): Promise<Execution> {
  const { id: projectId, project } = await knownProject(store, projectName)
  const id = options.ids.timeGuid(options.clock.now())
  return store.transaction(async (session) => {
    await session.insertExecution({
      id,
      projectId,
      project,
      trigger: start.trigger ?? 'manual',
      allData: start.allData ?? false,
      rewrite: start.rewrite ?? false,
    })
    await queue.send([{ kind: 'begin', executionId: id }], session.runner)
    const [execution] = await session.listExecutions({ id, limit: 1, offset: 0 })
    return execution ?? fail(unknownExecution(id))
  })
}

async function cancelExecution(store: Store, id: string): Promise<void> {
  await store.transaction(async (session) => {
    const state = await session.findState(id, 'lock')
    if (state === undefined) throw unknownExecution(id)
    const next = nextExecutionStatus(state.status, 'cancel')
    if (next === undefined) {
      const message = `Execution ${id} is ${state.status}: only one that has not ended can be cancelled.`
      throw new AppError({ category: 'conflict', code: 'execution-finished', message })
    }
    await session.endOpenTasks(id, { current: 'cancelled', rest: 'cancelled' })
    await session.setStatus(id, next)
  })
}

/** Time between two looks at the database. */
const WATCH_MS = 100

async function* changesOf(find: () => Promise<Execution | undefined>, signal: AbortSignal): AsyncGenerator<Execution> {
  let shown = ''
  while (!signal.aborted) {
    const execution = await find().catch((error: unknown) => {
      if (isDatabaseAway(error)) return 'away' as const // the watcher waits as the execution does
      throw error
    })
    if (execution === undefined) return
    if (execution === 'away') {
      await delayFor(WATCH_MS, undefined, { signal }).catch(() => undefined)
      continue
    }
    const now = JSON.stringify(execution)
    if (now !== shown) yield execution
    shown = now
    if ((FINAL_STATUSES as readonly string[]).includes(execution.status)) return
    await delayFor(WATCH_MS, undefined, { signal }).catch(() => undefined)
  }
}

const listErrors = async (store: Store, { states, ...filter }: RecordErrorFilter) =>
  isUnknownId(filter.executionId) ? [] : store.listErrors({ ...filter, states: states ?? ['open'], ...paging(filter) })

const paging = ({ limit, offset }: Pick<RecordFilter, 'limit' | 'offset'>) => ({
  limit: Math.min(Math.max(limit ?? DEFAULT_LIMIT, 0), LARGEST_LIMIT),
  offset: Math.max(offset ?? 0, 0),
})

const GUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i

/** What is no GUID cannot be the id of anything, and the database would refuse to compare it. */
const isUnknownId = (id: string | undefined): boolean => id !== undefined && !GUID.test(id)

async function knownProject(store: Store, name: string) {
  return (
    (await store.findProject(name)) ??
    fail(
      new AppError({
        category: 'schema',
        code: 'project-unknown',
        message: `There is no project '${name}': list the projects, or save it first.`,
      }),
    )
  )
}

const unknownExecution = (id: string): AppError =>
  new AppError({
    category: 'schema',
    code: 'execution-unknown',
    message: `There is no execution '${id}': list the executions of the project.`,
  })

const invalidConnectionSet = (issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]): AppError =>
  new AppError({
    category: 'schema',
    code: 'document-invalid',
    message: `The connection set is not usable: ${issues.map((issue) => `/${issue.path.join('/')} ${issue.message}`).join('; ')}.`,
  })

function fail(error: unknown): never {
  throw toAppError(error)
}
