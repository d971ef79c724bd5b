import { AppError, isAppError } from '@p2c/base'
import { findHeaderKey, type HeaderKeyPart } from '../mapping/header-key.ts'
import { compilePlan, findSourceKey, type TaskPlan } from '../mapping/task-plan.ts'
import { validateProject } from '../mapping/validate-project.ts'
import type { ConnectionSet } from '../model/connection-set.ts'
import type { Connector } from '../model/connector.ts'
import type { EnvironmentType, Leg, Project, Task } from '../model/documents.ts'
import type { EntitySchema } from '../model/entity-schema.ts'
import type { Issue } from '../model/issue.ts'
import { findHeaderTask, findLeg, lineTasksOf } from '../model/leg.ts'
import type { Store } from '../store/store.ts'
import type { Connectors } from './connectors.ts'
import { landingEntity } from './page-result.ts'

export interface InspectionDeps {
  readonly store: Store
  readonly connectors: Connectors
  /** Repeats whole calls that may succeed later. */
  readonly retry: <Result>(call: () => Promise<Result>) => Promise<Result>
}

export interface TaskRun {
  readonly plan: TaskPlan
  readonly source: Connector
  readonly destination: Connector
  /** What this leg of the task of the headers loads, where the rows are lines. */
  readonly headerEntity?: string
  /** Whether some task of any project on the connection set loads this entity of the destination. */
  loadsEntity(entity: string): boolean
  /** Of a line task: by which of its fields the lines of a header are found. */
  readonly headerKey: readonly HeaderKeyPart[]
  /** Of a header task: names of the tasks that read the lines of headers which have changed. */
  readonly lineTasks: readonly string[]
  /** Whether this task, a later one of the project, or a project that depends on it loads this entity: a reference to it may come before its row. */
  loadsLater(entity: string): boolean
}

/** A project held against the schemas of both sides. */
export interface InspectedProject {
  readonly issues: readonly Issue[]
  /** Throws `task-unknown` or `plan-invalid`. */
  taskRun(taskName: string, leg: string): TaskRun
}

interface Sides {
  readonly connectors: ReadonlyMap<EnvironmentType, Connector>
  readonly schemas: ReadonlyMap<string, EntitySchema>
}

const entityKey = (type: EnvironmentType, entity: string): string => `${type}|${entity.toLowerCase()}`

/** Reads the schemas of every entity the project names and validates it. Throws what the systems throw, and `connection-set-unknown`. */
export async function inspectProject(project: Project, deps: InspectionDeps, signal: AbortSignal): Promise<InspectedProject> {
  const connectionSet = await deps.store.findConnectionSet(project.connectionSetName)
  if (connectionSet === undefined) throw unknownSet(project)
  const present = new Set(connectionSet.connections.map((connection) => connection.environmentType))
  const sides = await readSides(project, present, { ...deps, signal })
  const facts: ProjectFacts = { project, connectionSet, sides, sameSet: await projectsOfSet(project.connectionSetName, deps.store) }
  const findSchema = (type: EnvironmentType, entity: string) => schemaOf(sides, type, entity)
  return {
    issues: validateProject(project, {
      findSchema,
      connectionSet,
      parseFilter: (type, text) => connectorOf(sides, type).parseFilter(text),
    }),
    taskRun: (taskName, leg) => {
      const task = project.entityMappingTasks.find((candidate) => candidate.name === taskName)
      if (task === undefined) throw unknownTask(project, taskName)
      return runOf(facts, task, leg)
    },
  }
}

interface ProjectFacts {
  readonly project: Project
  readonly connectionSet: ConnectionSet
  readonly sides: Sides
  /** Every project on the connection set. */
  readonly sameSet: readonly Project[]
}

function runOf(facts: ProjectFacts, task: Task, legOfTask: string): TaskRun {
  const { project, sides } = facts
  const { integrationKeys } = facts.connectionSet
  const leg = findLeg(task, legOfTask)
  const sourceSchema = leg && schemaOf(sides, leg.sourceEnvironmentType, leg.sourceSchema)
  const destinationSchema = leg && schemaOf(sides, leg.destinationEnvironmentType, leg.destinationSchema)
  if (leg === undefined || sourceSchema === undefined || destinationSchema === undefined) throw unknownTask(project, task.name)
  const source = connectorOf(sides, leg.sourceEnvironmentType)
  const filter = leg.sourceFilter === undefined ? {} : { filter: source.parseFilter(leg.sourceFilter) }
  const plan = compilePlan(task, { sourceSchema, destinationSchema, integrationKeys, ...filter }, legOfTask)
  const headerTask = findHeaderTask(project, task)
  const header = headerTask && findLeg(headerTask, legOfTask)
  const isLoaded = (entities: ReadonlySet<string>) => (entity: string) =>
    entities.has(landingEntity(leg.destinationEnvironmentType, entity))
  return {
    plan,
    source,
    destination: connectorOf(sides, leg.destinationEnvironmentType),
    headerKey: findHeaderKey(headerKeyFields(facts, header), { keyFields: plan.source.keyFields, schema: sourceSchema }),
    lineTasks: lineTasksOf(project, task.name).map(({ name }) => name),
    ...(header !== undefined && { headerEntity: header.destinationSchema }),
    loadsEntity: isLoaded(destinationsOf(facts.sameSet.flatMap((other) => other.entityMappingTasks))),
    loadsLater: isLoaded(destinationsOf(laterTasks(facts, task))),
  }
}

/** The key of the header's rows in the source of its leg; empty for a task without a header. */
function headerKeyFields({ sides, connectionSet }: ProjectFacts, header: Leg | undefined): readonly string[] {
  const schema = header && schemaOf(sides, header.sourceEnvironmentType, header.sourceSchema)
  return header === undefined || schema === undefined ? [] : (findSourceKey(header, schema, connectionSet.integrationKeys) ?? [])
}

/** The task itself, those behind it, and those of projects that depend on this one. */
function laterTasks({ project, sameSet }: ProjectFacts, task: Task): readonly Task[] {
  const own = project.entityMappingTasks.filter((other) => other === task || other.order > task.order)
  const dependents = sameSet.filter((other) => other.dependsOn?.some((name) => name.toLowerCase() === project.name.toLowerCase()))
  return [...own, ...dependents.flatMap((other) => other.entityMappingTasks)]
}

const schemaOf = (sides: Sides, type: EnvironmentType, entity: string): EntitySchema | undefined =>
  sides.schemas.get(entityKey(type, entity))

async function readSides(
  project: Project,
  present: ReadonlySet<EnvironmentType>,
  deps: InspectionDeps & { readonly signal: AbortSignal },
): Promise<Sides> {
  const wanted = new Map(project.entityMappingTasks.flatMap(entitiesOf).map((entity) => [entityKey(entity.type, entity.name), entity]))
  const connectors = new Map<EnvironmentType, Connector>()
  for (const { type } of wanted.values()) {
    if (present.has(type) && !connectors.has(type))
      connectors.set(type, await deps.connectors.connectorFor(project.connectionSetName, type))
  }
  const described = await Promise.all(
    [...wanted].map(async ([key, { type, name }]) => {
      const connector = connectors.get(type)
      const schema = connector && (await describe(connector, name, deps))
      return schema === undefined ? [] : [[key, schema] as const]
    }),
  )
  return { connectors, schemas: new Map(described.flat()) }
}

const entitiesOf = (task: Task): readonly { readonly type: EnvironmentType; readonly name: string }[] =>
  task.legs.flatMap((leg) => [
    { type: leg.sourceEnvironmentType, name: leg.sourceSchema },
    { type: leg.destinationEnvironmentType, name: leg.destinationSchema },
  ])

/** An entity that is not there is a finding of validation, not a failure. */
const describe = (
  connector: Connector,
  entity: string,
  { retry, signal }: InspectionDeps & { readonly signal: AbortSignal },
): Promise<EntitySchema | undefined> =>
  retry(() => connector.describeEntity(entity, signal)).catch((error: unknown) => {
    if (isAppError(error) && error.code === 'entity-unknown') return undefined
    throw error
  })

async function projectsOfSet(connectionSetName: string, store: Store): Promise<readonly Project[]> {
  const projects = await store.listProjects()
  return projects.filter((project) => project.connectionSetName.toLowerCase() === connectionSetName.toLowerCase())
}

const destinationsOf = (tasks: readonly Task[]): ReadonlySet<string> =>
  new Set(tasks.flatMap((task) => task.legs.map((leg) => landingEntity(leg.destinationEnvironmentType, leg.destinationSchema))))

function connectorOf(sides: Sides, type: EnvironmentType): Connector {
  const connector = sides.connectors.get(type)
  if (connector === undefined)
    throw new AppError({ category: 'schema', code: 'connection-missing', message: `The connection set has no connection for '${type}'.` })
  return connector
}

const unknownSet = (project: Project): AppError =>
  new AppError({
    category: 'schema',
    code: 'connection-set-unknown',
    message: `Project '${project.name}' names connection set '${project.connectionSetName}', which does not exist: save it, or choose another one.`,
  })

const unknownTask = (project: Project, taskName: string): AppError =>
  new AppError({
    category: 'schema',
    code: 'task-unknown',
    message: `Project '${project.name}' has no task '${taskName}' that can run: validate the project.`,
  })
