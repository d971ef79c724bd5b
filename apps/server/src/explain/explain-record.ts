import type { ExplainedRow, Explanation } from '@p2c/api'
import { AppError } from '@p2c/base'
import type { Engine, IntegrationKey, Project } from '@p2c/engine'
import { type ExplainDeps, explainLeg, type LegPlace } from './explain-leg.ts'
import { readEntity } from './record-kinds.ts'
import { readTimeline } from './timeline.ts'

export interface ExplanationDeps extends ExplainDeps {
  readonly engine: ExplainDeps['engine'] & Pick<Engine, 'listProjects' | 'listConnectionSets'>
}

export interface ExplanationQuestion {
  readonly entity: string
  readonly key: string
  readonly line?: number
  /** Only projects of this connection set. */
  readonly connectionSet?: string
}

/**
 * What happened to one record, under every project that carries it, in both directions: from the rows of both sides as they are now, and what
 * the integrator keeps of it. Throws `explained-entity-unknown`, `record-unknown`, `connection-set-unknown`.
 */
export async function explainRecord(question: ExplanationQuestion, deps: ExplanationDeps, signal: AbortSignal): Promise<Explanation> {
  const sets = await deps.engine.listConnectionSets()
  const { connectionSet } = question
  if (connectionSet !== undefined && !sets.some((set) => set.name === connectionSet))
    throw unknownSet(
      connectionSet,
      sets.map((set) => set.name),
    )
  const projects = (await deps.engine.listProjects()).filter(
    (project) => connectionSet === undefined || project.connectionSetName === connectionSet,
  )
  const wanted = readEntity(question.entity, projects.flatMap(entitiesOf))
  if (wanted === undefined) throw unknownEntity(question.entity, projects)
  const keysOf = (set: string): readonly IntegrationKey[] => sets.find((known) => known.name === set)?.integrationKeys ?? []
  const rows: ExplainedRow[] = []
  for (const place of placesOf(projects, { ...question, sets: wanted.sets }, keysOf)) rows.push(...(await explainLeg(place, deps, signal)))
  const timeline = await readTimeline(
    { ...question, ...(wanted.noun !== undefined && { noun: wanted.noun }), rows, projects },
    deps,
    signal,
  )
  if (timeline.length === 0 && rows.every(isNowhere)) throw unknownRecord(question)
  return { entity: question.entity, key: question.key, ...(question.line !== undefined && { line: question.line }), rows, timeline }
}

const isNowhere = (row: ExplainedRow): boolean =>
  !row.source.found && !row.destination.found && row.sent === undefined && row.errors.length === 0 && row.reasons.length === 0

const entitiesOf = (project: Project): readonly string[] =>
  project.entityMappingTasks.flatMap((task) => task.legs.flatMap((leg) => [leg.sourceSchema, leg.destinationSchema]))

/** Each leg of each task that begins or ends in one of the sets; the other legs of the task belong to the way. */
function placesOf(
  projects: readonly Project[],
  question: ExplanationQuestion & { readonly sets: readonly string[] },
  keysOf: (set: string) => readonly IntegrationKey[],
): LegPlace[] {
  const isWanted = (entity: string): boolean => question.sets.some((set) => set.toLowerCase() === entity.toLowerCase())
  return projects.flatMap((project) =>
    project.entityMappingTasks
      .filter((task) => task.legs.some((leg) => isWanted(leg.sourceSchema) || isWanted(leg.destinationSchema)))
      .flatMap((task) =>
        task.legs.flatMap((leg, legIndex) =>
          project.organisations.map(({ legalEntity }) => ({
            project,
            task,
            leg,
            legIndex,
            legalEntity,
            integrationKeys: keysOf(project.connectionSetName),
            key: question.key,
            ...(question.line !== undefined && { line: question.line }),
          })),
        ),
      ),
  )
}

const unknownSet = (name: string, names: readonly string[]): AppError =>
  new AppError({
    category: 'schema',
    code: 'connection-set-unknown',
    message: `There is no connection set ${JSON.stringify(name)}. There are: ${names.join(', ') || 'none'}.`,
    details: { names },
  })

const unknownEntity = (entity: string, projects: readonly Project[]): AppError => {
  const sets = [...new Set(projects.flatMap(entitiesOf))].sort()
  return new AppError({
    category: 'schema',
    code: 'explained-entity-unknown',
    message: `No project carries ${JSON.stringify(entity)}. Ask for account, contact, product, quote, order or invoice, or for one of: ${sets.join(', ') || 'none'}.`,
    details: { entity, sets },
  })
}

const unknownRecord = ({ entity, key, line }: ExplanationQuestion): AppError =>
  new AppError({
    category: 'data',
    code: 'record-unknown',
    message: `No side has ${entity} ${JSON.stringify(key)}${line === undefined ? '' : ` with a line ${line}`}, and no execution has met it. Check the key: it is the number that both sides show.`,
    details: { entity, key },
  })
