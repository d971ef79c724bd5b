import { type Database, openScratchDatabase, randomIds, silentLogger, systemClock, type TestScope } from '@p2c/base'
import { createEngine } from './engine.ts'
import type { Engine, EngineOptions } from './execution/engine-contract.ts'
import {
  ACCOUNTS,
  ACCOUNTS_TASK,
  CONTACT_PERSONS,
  CONTACTS,
  CUSTOMERS,
  createMemorySystem,
  type MemorySystem,
} from './memory-system.case.ts'
import { type Execution, FINAL_STATUSES } from './model/execution.ts'
import { HUB_ORDER_LINES, HUB_ORDERS, ORDER_HEADERS_AX, ORDER_LINES, ORDER_LINES_AX, ORDERS } from './orders.case.ts'

/** Two systems in memory, a database and as many engines on it as a test wants; everything is closed when the test ends. */
export interface EngineSystem {
  readonly sales: MemorySystem
  readonly supplyChain: MemorySystem
  /** In the connection set `hub` only. */
  readonly hub: MemorySystem
  readonly database: Database
  readonly engine: Engine
  openEngine(options?: Partial<EngineOptions>): Promise<Engine>
  /** Starts an execution and waits for its end. */
  run(options?: Parameters<Engine['startExecution']>[1]): Promise<Execution>
}

export const untilEnd = async (engine: Engine, id: string): Promise<Execution> => {
  for await (const execution of engine.subscribe(id)) {
    if ((FINAL_STATUSES as readonly string[]).includes(execution.status)) return execution
  }
  throw new Error(`execution ${id} did not end`)
}

export const SET = {
  name: 'local',
  connections: [
    { name: 'Sales', environmentType: 'CRM' as const, baseUrl: 'http://127.0.0.1:4010' },
    { name: 'Supply Chain', environmentType: 'AX' as const, baseUrl: 'http://127.0.0.1:4020' },
  ],
  organisations: [{ businessUnit: 'Contoso', legalEntity: 'USMF' }],
}

/** With the hub between the two. */
export const HUB_SET = {
  ...SET,
  name: 'hub',
  connections: [...SET.connections, { name: 'Hub', environmentType: 'CDS' as const, baseUrl: 'http://127.0.0.1:4030' }],
}

export const PROJECT = {
  name: 'accounts',
  connectionSetName: 'local',
  organisations: SET.organisations,
  entityMappingTasks: [ACCOUNTS_TASK],
}

export async function startEngineSystem(scope: TestScope, options: Partial<EngineOptions> = {}): Promise<EngineSystem> {
  const database = options.database ?? (await openScratchDatabase(scope))
  const sales = createMemorySystem('CRM', [ACCOUNTS, CONTACTS, ORDERS, ORDER_LINES])
  const supplyChain = createMemorySystem('AX', [CUSTOMERS, CONTACT_PERSONS, ORDER_HEADERS_AX, ORDER_LINES_AX])
  const hub = createMemorySystem('CDS', [HUB_ORDERS, HUB_ORDER_LINES])
  const systems = { CRM: sales, AX: supplyChain, CDS: hub }
  const engines: Engine[] = []
  const openEngine = async (more: Partial<EngineOptions> = {}): Promise<Engine> => {
    const engine = createEngine({
      database,
      connectorFor: ({ environmentType }) => systems[environmentType].connector,
      clock: systemClock,
      ids: randomIds,
      log: silentLogger,
      pageSize: 10,
      retry: { firstDelayMs: 1, longestDelayMs: 5 },
      ...options,
      ...more,
    })
    engines.push(engine)
    await engine.start()
    return engine
  }
  scope.onTestFinished(async () => {
    await Promise.all(engines.map((engine) => engine.stop()))
  })
  const engine = await openEngine()
  await engine.saveConnectionSet(SET)
  await engine.saveProject(PROJECT)
  return {
    sales,
    supplyChain,
    hub,
    database,
    engine,
    openEngine,
    run: async (start) => untilEnd(engine, (await engine.startExecution('accounts', start)).id),
  }
}
