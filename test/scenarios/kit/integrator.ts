import { join } from 'node:path'
import type { Difference } from '@p2c/api'
import { openScratchDatabase, randomIds, silentLogger, systemClock, type TestScope } from '@p2c/base'
import {
  addCounters,
  type Connector,
  type Counters,
  createEngine,
  type Engine,
  type EngineOptions,
  type Execution,
  NO_COUNTERS,
  type OrganisationPair,
  type RecordError,
  type StartOptions,
  type WaitingRecord,
} from '@p2c/engine'
import { wavesOf } from '../../../apps/cli/src/commands/waves.ts'
import { compareProject } from '../../../apps/server/src/compare/compare-project.ts'
import { createCompareDeps } from '../../../apps/server/src/compare-deps.ts'
import { connectorFor } from '../../../apps/server/src/connectors.ts'
import { LOCAL_CONNECTION_SET, setUpLocally } from '../../../apps/server/src/setup/local-set-up.ts'
import { setUpTwoHop } from '../../../apps/server/src/setup/two-hop-set-up.ts'
import type { RunningApplication } from '../../support/connected-applications.ts'
import { INTEGRATOR_FIRST_START, SECRETS_KEY } from '../../support/prepared-installation.ts'
import { until } from '../../support/until.ts'

/** The integrator of a scenario: the real engine with the shipped templates and the projects of a new installation. */
export interface Integrator {
  readonly engine: Engine
  /** Runs a project, with what it sets off in others, to the end. Throws where it failed as a whole; rows that failed are no reason. */
  run(project: string, options?: StartOptions): Promise<Execution>
  /** Every project of a connection set, default `local`, in waves (templates specification, 3); the executions in the order in which they began. */
  runAll(options?: StartOptions, connectionSet?: string): Promise<readonly Execution[]>
  /** Open record errors of a project, or of all. */
  errors(project?: string): Promise<readonly RecordError[]>
  waiting(project?: string): Promise<readonly WaitingRecord[]>
  /** What the independent comparison finds in every project of the connection set that ought to be otherwise; nothing where both sides agree. */
  differences(): Promise<readonly (Difference & { readonly project: string })[]>
  /** Saves a project like another one for other organisation rows, which become rows of the connection set; it depends on nothing. */
  addProject(name: string, like: string, organisations: readonly OrganisationPair[]): Promise<void>
}

/** Counters of all tasks of some executions. */
export const countersOf = (...executions: readonly Execution[]): Counters =>
  executions.flatMap(({ tasks }) => tasks).reduce((sum, { counters }) => addCounters(sum, counters), NO_COUNTERS)

const PARTS = { clock: systemClock, ids: randomIds, log: silentLogger, secretsKey: SECRETS_KEY } satisfies Partial<EngineOptions>

const TEMPLATES = join(import.meta.dirname, '..', '..', '..', 'templates')

/** Longest wait for an execution that another one set off. */
const QUIET_WITHIN_MS = 30_000

/** The applications of an installation; without a hub there are no two-hop projects. */
export interface Systems {
  readonly sales: RunningApplication
  readonly supplyChain: RunningApplication
  readonly commonDataService?: RunningApplication
}

/** Puts something between the engine and a system, to have it behave as another one would. */
export type WrapConnector = (connector: Connector) => Connector

/** An integrator between two applications, set up as `p2c start` sets it up; stops with the test. */
export async function startIntegrator(
  scope: TestScope,
  systems: Systems,
  wrap: WrapConnector = (connector) => connector,
): Promise<Integrator> {
  const database = await openScratchDatabase(scope, { prepared: INTEGRATOR_FIRST_START })
  const { clock, log } = PARTS
  const engine = createEngine({
    ...PARTS,
    database,
    connectorFor: (environment, { budgetOf }) => wrap(connectorFor(environment, { clock, log, budgetOf })),
  })
  scope.onTestFinished(() => engine.stop())
  const organisation = { businessUnit: 'Prospect to Cash', legalEntity: 'usmf' }
  await engine.open()
  await setUpLocally(engine, { templatesFolder: TEMPLATES, ...systems, organisation }, log)
  await setUpTwoHop(engine, { ...systems, organisation }, log)
  await engine.start()
  const projectsOf = async (connectionSet: string) =>
    (await engine.listProjects()).filter((project) => project.connectionSetName === connectionSet)
  const run: Integrator['run'] = async (project, options = {}) => {
    await quiet(engine)
    const { id } = await engine.startExecution(project, options)
    const execution = await endOf(engine, id)
    await quiet(engine)
    if (execution.error !== undefined) throw new Error(`${project} failed: ${JSON.stringify(execution.error)}`)
    return execution
  }
  return {
    engine,
    run,
    runAll: async (options, connectionSet = LOCAL_CONNECTION_SET) => {
      const executions: Execution[] = []
      const projects = await projectsOf(connectionSet)
      for (const wave of wavesOf(projects.map(({ name, dependsOn = [] }) => ({ name, dependsOn }))))
        executions.push(...(await Promise.all(wave.map(({ name }) => run(name, options)))))
      return executions
    },
    errors: (projectName) => engine.listRecordErrors({ ...(projectName !== undefined && { projectName }), limit: 1_000 }),
    waiting: (projectName) => engine.listWaitingRecords({ ...(projectName !== undefined && { projectName }), limit: 1_000 }),
    differences: async () => {
      const found: (Difference & { readonly project: string })[] = []
      for (const project of await projectsOf(LOCAL_CONNECTION_SET)) {
        const options = { maxDifferences: 20, signal: AbortSignal.timeout(QUIET_WITHIN_MS) }
        const { differences } = await compareProject(project, options, createCompareDeps({ engine, clock }))
        found.push(...differences.map((difference) => ({ project: project.name, ...difference })))
      }
      return found
    },
    addProject: async (name, like, organisations) => {
      const model = await engine.findProject(like)
      if (model === undefined) throw new Error(`there is no project ${like}`)
      await addOrganisations(engine, organisations)
      await engine.saveProject({ ...model, name, organisations, dependsOn: [] })
    },
  }
}

async function addOrganisations(engine: Engine, organisations: readonly OrganisationPair[]): Promise<void> {
  const set = (await engine.listConnectionSets()).find(({ name }) => name === LOCAL_CONNECTION_SET)
  if (set === undefined) throw new Error(`there is no connection set ${LOCAL_CONNECTION_SET}`)
  const { name, connections, integrationKeys } = set
  await engine.saveConnectionSet({
    name,
    // What is left out of the secrets keeps its value.
    connections: connections.map((connection) => ({ ...connection, secrets: {} })),
    organisations: [...set.organisations, ...organisations].map((row) => ({ ...row })),
    integrationKeys: integrationKeys.map((key) => ({ ...key, fields: [...key.fields] })),
  })
}

async function endOf(engine: Engine, id: string): Promise<Execution> {
  let last: Execution | undefined
  for await (const execution of engine.subscribe(id)) last = execution
  if (last === undefined) throw new Error(`there is no execution ${id}`)
  return last
}

/** Until no execution is under way: rows that landed set off those that waited for them. */
const quiet = (engine: Engine): Promise<boolean> =>
  until('the end of all executions', QUIET_WITHIN_MS, async () => {
    const live = await engine.listExecutions({ status: ['queued', 'validating', 'running', 'paused', 'settling'], limit: 1 })
    return live.length === 0
  })
