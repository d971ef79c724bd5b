import type { Comparison, Difference } from '@p2c/api'
import { AppError, type Clock } from '@p2c/base'
import type { EnvironmentType, IntegrationKey, Project, Task, Template } from '@p2c/engine'
import { compareTask, type DocumentContext, type Explanation, type TaskInput } from './compare-task.ts'
import type { ComparedPlan, FoundExtras } from './compared-plan.ts'
import type { Side } from './feed.ts'
import { listFieldDifferences } from './list-field-differences.ts'
import { type ComparisonPlan, planByMapping, planByStatement, withoutEditedTotals } from './plan.ts'
import { findStatement } from './statements/catalogue.ts'
import type { Statement, TaskStatement } from './statements/statement.ts'
import { digits, documentsOf, openTotals, toComparedTask } from './summary.ts'

export interface CompareDeps {
  readonly clock: Clock
  /** Address and credentials of one side of a connection set. */
  readonly side: (connectionSetName: string, environmentType: EnvironmentType) => Side | Promise<Side>
  readonly integrationKeys: (connectionSetName: string) => Promise<readonly IntegrationKey[]>
  /** Rows with an open error or that wait, by these fields of the source, lower case. */
  readonly explainedKeys: (projectName: string, task: Task, sourceKey: readonly string[]) => Promise<ReadonlyMap<string, Explanation>>
  /** The installed template of a name or alias. */
  readonly findTemplate: (name: string) => Promise<Template | undefined>
  /** Which of these destination keys an execution has written once, lower case. */
  readonly writtenKeys: (entity: string, destinationKeys: readonly string[]) => Promise<ReadonlySet<string>>
}

export interface CompareOptions {
  readonly maxDifferences: number
  readonly signal: AbortSignal
}

/**
 * Reads both sides of every task anew and says where they differ. It shares no reading, mapping or comparing code with the engine, and for the
 * templates of the catalogue what must be equal is said by hand, so that a mistake there shows here.
 */
export async function compareProject(project: Project, options: CompareOptions, deps: CompareDeps): Promise<Comparison> {
  const startedAt = deps.clock.now().getTime()
  const template = await templateOf(project, deps)
  const statement = template === undefined ? undefined : findStatement(template.name)
  const plans = await plansOf(project, { template, statement }, deps)
  const done: ComparedPlan[] = []
  for (const { legalEntity } of project.organisations) {
    const documents: DocumentContext = { hashes: new Map(), compared: new Set(), movedOn: new Set(), freightTax: new Map() }
    for (const { plan, task } of plans) {
      const input = await taskInput({ project, plan, task, legalEntity, documents }, options, deps)
      const outcome = await compareTask(input)
      done.push({ input, outcome, fields: await listFieldDifferences(input, outcome) })
    }
  }
  const extras = await foundExtras(done, deps)
  return { ...summarise(project, { statement, done, extras }, options), seconds: (deps.clock.now().getTime() - startedAt) / 1000 }
}

async function templateOf(project: Project, deps: CompareDeps): Promise<Template | undefined> {
  const name = project.templateIdentifier?.name
  return name === undefined ? undefined : deps.findTemplate(name)
}

interface PlannedTask {
  readonly plan: ComparisonPlan
  readonly task: Task
}

interface Blueprint {
  readonly template: Template | undefined
  readonly statement: Statement | undefined
}

async function plansOf(project: Project, { template, statement }: Blueprint, deps: CompareDeps): Promise<PlannedTask[]> {
  const keys = await deps.integrationKeys(project.connectionSetName)
  const tasks = [...project.entityMappingTasks].sort((a, b) => a.order - b.order)
  const planned = tasks.flatMap((task) => {
    const stated = statement?.tasks.find((one) => speaksOf(one, task))
    if (stated === undefined) return task.legs.map((leg) => byMapping({ ...task, legs: [leg] }, keys))
    const [leg] = task.legs
    const sourceKey = leg === undefined ? undefined : findKey(keys, leg.sourceEnvironmentType, leg.sourceSchema)
    const templateTask = template?.entityMappingTasks.find((one) => speaksOf(stated, one))
    const plan = planByStatement(stated, {
      task,
      ...(templateTask !== undefined && { templateTask }),
      sourceKey: sourceKey ?? stated.key.map((part) => part.source),
    })
    return [{ plan, task }]
  })
  const plans = withoutEditedTotals(planned.map(({ plan }) => plan))
  return planned.map(({ task, plan }, index) => ({ task, plan: plans[index] ?? plan }))
}

/** Whether a statement is about the entities that a task joins, from its first leg to its last. */
function speaksOf(statement: TaskStatement, task: Task): boolean {
  const names = (entity: string): readonly string[] => [entity, ...(statement.aliases ?? [])].map((name) => name.toLowerCase())
  const source = task.legs[0]?.sourceSchema.toLowerCase() ?? ''
  const destination = task.legs.at(-1)?.destinationSchema.toLowerCase() ?? ''
  return names(statement.source).includes(source) && names(statement.destination).includes(destination)
}

function byMapping(task: Task, keys: readonly IntegrationKey[]): PlannedTask {
  const [leg] = task.legs
  if (leg === undefined) throw new TypeError(`task ${task.name} has no leg`)
  const sourceKey = keyOf(keys, leg.sourceEnvironmentType, leg.sourceSchema)
  const destinationKey = keyOf(keys, leg.destinationEnvironmentType, leg.destinationSchema)
  return { task, plan: planByMapping({ task, sourceKey, destinationKey }) }
}

function keyOf(keys: readonly IntegrationKey[], environmentType: string, entity: string): readonly string[] {
  const key = findKey(keys, environmentType, entity)
  if (key !== undefined) return key
  throw new AppError({
    category: 'schema',
    code: 'integration-key-missing',
    message: `The connection set has no integration key for ${entity} (${environmentType}), so its rows cannot be paired. Add one to the connection set.`,
    details: { environmentType, entity },
  })
}

const findKey = (keys: readonly IntegrationKey[], environmentType: string, entity: string): readonly string[] | undefined =>
  keys.find((known) => known.environmentType === environmentType && known.entity.toLowerCase() === entity.toLowerCase())?.fields

interface TaskPlace extends PlannedTask {
  readonly project: Project
  readonly legalEntity: string
  readonly documents: DocumentContext
}

async function taskInput(
  { project, plan, task, legalEntity, documents }: TaskPlace,
  options: CompareOptions,
  deps: CompareDeps,
): Promise<TaskInput> {
  return {
    plan,
    legalEntity,
    documents,
    source: await deps.side(project.connectionSetName, plan.source.environmentType),
    destination: await deps.side(project.connectionSetName, plan.destination.environmentType),
    explained: await deps.explainedKeys(project.name, task, plan.sourceKey),
    ...options,
  }
}

/** Extra rows by destination entity. Sales has no companies: a row is extra there only where no company of the project has its source. */
async function foundExtras(done: readonly ComparedPlan[], deps: CompareDeps): Promise<ReadonlyMap<string, FoundExtras>> {
  const found = new Map<string, FoundExtras>()
  for (const entity of new Set(done.map(({ input }) => input.plan.task))) {
    const parts = done.filter(({ input }) => input.plan.task === entity)
    const [first, ...others] = parts.map(({ outcome }) => outcome.extras)
    const plan = parts[0]?.input.plan
    if (first === undefined || plan === undefined) continue
    const everywhere = others.map((rows) => new Set(rows.map((row) => row.key)))
    const isShared = plan.destination.environmentType !== 'AX'
    const candidates = isShared ? first.filter((row) => everywhere.every((keys) => keys.has(row.key))) : [first, ...others].flat()
    const written = await deps.writtenKeys(
      plan.destination.entity,
      candidates.map((row) => row.key),
    )
    const extra = candidates.filter((row) => row.isTwin === true || !written.has(row.key.toLowerCase()))
    found.set(entity, { extra, orphaned: candidates.length - extra.length })
  }
  return found
}

interface Findings {
  readonly statement: Statement | undefined
  readonly done: readonly ComparedPlan[]
  readonly extras: ReadonlyMap<string, FoundExtras>
}

function summarise(
  project: Project,
  { statement, done, extras }: Findings,
  { maxDifferences }: CompareOptions,
): Omit<Comparison, 'seconds'> {
  const documents = documentsOf(done, extras)
  const tasks = done.map((part, index) => {
    const isFirst = done.findIndex(({ input }) => input.plan.task === part.input.plan.task) === index
    const own = isFirst ? extras.get(part.input.plan.task) : undefined
    return toComparedTask(part, { documents, ...(own !== undefined && { extras: own }) })
  })
  const differences = done.flatMap(({ outcome, fields, input }): Difference[] => [
    ...outcome.differences,
    ...fields.differences,
    ...openTotals(outcome.totals, documents).map(({ shownKey, expected, found }) => ({
      task: input.plan.task,
      kind: 'total' as const,
      key: shownKey,
      field: input.plan.statement?.total?.destination ?? '',
      expected,
      found,
    })),
  ])
  const extraRows = [...extras].flatMap(([task, { extra }]) => extra.map(({ key }): Difference => ({ task, kind: 'extra', key })))
  return {
    projectName: project.name,
    ...(statement !== undefined && { statement: statement.id }),
    clean: tasks.every((task) => task.missingRows + task.differentRows + task.extraRows + task.differentTotals === 0),
    tasks,
    documents: {
      ...documents.counts,
      differing: documents.list.slice(0, maxDifferences),
      sourceHash: digits(documents.sourceHash),
      destinationHash: digits(documents.destinationHash),
    },
    differences: [...differences, ...extraRows].slice(0, maxDifferences),
  }
}
