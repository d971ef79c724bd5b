import { openDatabase, randomIds, silentLogger, systemClock } from '@p2c/base'
import { createEngine, type Engine, type EngineOptions, type Execution, FINAL_STATUSES, type StartOptions } from '@p2c/engine'
import { serveOrders } from '../processes/child.ts'
import { measured } from './measured.ts'
import { startProfile } from './profile.ts'
import { connectorMaker, type System } from './systems.ts'

/* The engine, a process of its own, as the integrator runs it: `createEngine` on a real database. */

interface OpenEngine {
  readonly engine: Engine
  /** Requests to the systems so far. */
  readonly requests: () => number
}

let open: OpenEngine | undefined
let running = false
let profile: Awaited<ReturnType<typeof startProfile>> | undefined

const theEngine = (): Engine => open?.engine ?? fail('the engine is not open')

function fail(message: string): never {
  throw new Error(message)
}

/** Where this engine differs from the default. */
export type EngineShape = Pick<EngineOptions, 'pageSize' | 'pagesPerStep' | 'splitRows'> & {
  /** Poses as a process of this host, so that others of the machine do not count as its neighbours. */
  readonly host?: string
}

export interface OpenOrder {
  readonly databaseUrl: string
  readonly system: System
  readonly shape?: EngineShape
}

export interface ProjectOrder {
  readonly name: string
  readonly tasks: readonly object[]
}

const ORGANISATIONS = [{ businessUnit: 'Prospect to Cash', legalEntity: 'usmf' }]

const orders = {
  open: async ({ databaseUrl, system, shape: { host, ...shape } = {} }: OpenOrder) => {
    const database = openDatabase({ connectionString: databaseUrl, maxConnections: 20, applicationName: 'p2c-bench' })
    const { connectorFor, connectionSet, requests } = connectorMaker(system)
    const engine = createEngine({
      database,
      connectorFor,
      clock: systemClock,
      ids: randomIds,
      log: silentLogger,
      secretsKey: Buffer.alloc(32, 7),
      ...shape,
      ...(host !== undefined && { process: processOn(host) }),
    })
    open = { engine, requests }
    await engine.open()
    await engine.saveConnectionSet({ ...connectionSet, name: 'bench', organisations: ORGANISATIONS })
    await engine.start()
  },
  saveProject: async ({ name, tasks }: ProjectOrder) => {
    await theEngine().saveProject({ name, connectionSetName: 'bench', organisations: ORGANISATIONS, entityMappingTasks: tasks })
  },
  /** One execution from its start to its end. */
  run: async ({ project, options = {} }: { readonly project: string; readonly options?: StartOptions }) => {
    const result: { execution?: Execution } = {}
    const facts = await measured(async () => {
      result.execution = await untilEnd((await theEngine().startExecution(project, options)).id)
      return result.execution.tasks.reduce((rows, task) => rows + task.counters.read, 0)
    })
    return { ...facts, seconds: secondsOf(result.execution as Execution), execution: result.execution as Execution }
  },
  /** Starts an execution and does not wait for it. */
  begin: async ({ project }: { readonly project: string }) => (await theEngine().startExecution(project)).id,
  untilEnd: async ({ id }: { readonly id: string }) => untilEnd(id),
  /** Executions of a project, one behind the other, until `stopRunning`. */
  keepRunning: async ({ project }: { readonly project: string }) => {
    running = true
    let executions = 0
    for (; running; executions++) await untilEnd((await theEngine().startExecution(project)).id)
    return executions
  },
  stopRunning: async (_: null) => {
    running = false
  },
  requests: async (_: null) => open?.requests() ?? 0,
  startProfile: async (_: null) => {
    profile = await startProfile()
  },
  /** Writes the CPU profile to a file; gives the functions in which most time was spent. */
  stopProfile: async ({ file, functions }: { readonly file: string; readonly functions: number }) =>
    profile === undefined ? [] : profile.stop(file, functions),
}

/** Nothing is known of processes of other hosts, so they are never asked about. */
const processOn = (host: string) => ({
  identity: { host, pid: process.pid, startedAt: String(performance.timeOrigin) },
  isAlive: () => true,
})

export type EngineOrders = typeof orders

async function untilEnd(id: string): Promise<Execution> {
  for await (const execution of theEngine().subscribe(id)) {
    if (!(FINAL_STATUSES as readonly string[]).includes(execution.status)) continue
    if (execution.error !== undefined) fail(`the execution ended with ${execution.error.code}: ${execution.error.message}`)
    return execution
  }
  return fail(`execution ${id} did not end`)
}

/** By the execution's own times: who watches it sees its end a tenth of a second late. */
const secondsOf = ({ createdAt, finishedAt }: Execution): number => (Date.parse(finishedAt ?? '') - Date.parse(createdAt)) / 1000

serveOrders(orders)
