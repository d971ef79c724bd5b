import { AppError, type Clock } from '@p2c/base'
import type { ConnectedEnvironment, Engine, EnvironmentType, RecordError, Task, WaitingRecord } from '@p2c/engine'
import type { CompareDeps } from './compare/compare-project.ts'
import type { Explanation } from './compare/compare-task.ts'
import type { Side } from './compare/feed.ts'
import type { ExplanationDeps } from './explain/explain-record.ts'

export type ComparedEngine = Pick<
  Engine,
  'findEnvironment' | 'listConnectionSets' | 'findTemplate' | 'listProjects' | 'listRecordErrors' | 'listWaitingRecords' | 'listRecordLinks'
>

/** Rows that are asked for at a time. */
const PAGE = 1_000

/** What a comparison takes from the engine: where the systems are, and what is already known of rows that are not there. */
export const createCompareDeps = ({ engine, clock }: { readonly engine: ComparedEngine; readonly clock: Clock }): CompareDeps => ({
  clock,
  side: (set, environmentType) => findSide(engine, set, environmentType),
  integrationKeys: async (set) => (await engine.listConnectionSets()).find((known) => known.name === set)?.integrationKeys ?? [],
  explainedKeys: (projectName, task, sourceKey) => explainedKeys(engine, { projectName, task, sourceKey }),
  findTemplate: (name) => engine.findTemplate(name),
  writtenKeys: (entity, keys) => writtenKeys(engine, entity, keys),
})

/** The same for explanations. */
export const createExplainDeps = (engine: Engine): ExplanationDeps => ({
  engine,
  side: (set, environmentType) => findSide(engine, set, environmentType),
})

/** Where a system of a connection set is and how to sign in there. Throws `connection-missing` where the set has none of the kind. */
async function findSide(engine: Pick<Engine, 'findEnvironment'>, setName: string, environmentType: EnvironmentType): Promise<Side> {
  const environment = await engine.findEnvironment(setName, environmentType)
  if (environment !== undefined) return toSide(environment)
  throw new AppError({
    category: 'schema',
    code: 'connection-missing',
    message: `The connection set ${JSON.stringify(setName)} has no connection of type '${environmentType}'. Add one to it, or choose a project whose tasks do not use it.`,
    details: { connectionSet: setName, environmentType },
  })
}

function toSide({ environmentType, baseUrl, settings, secrets, connectionName, connectionSetName }: ConnectedEnvironment): Side {
  const { tokenUrl, clientId } = settings
  const { clientSecret } = secrets
  if (typeof tokenUrl === 'string' && typeof clientId === 'string' && clientSecret !== undefined && 'value' in clientSecret)
    return { environmentType, url: baseUrl, tokenUrl, clientId, clientSecret: clientSecret.value }
  throw new AppError({
    category: 'auth',
    code: 'connection-incomplete',
    message: `Connection ${JSON.stringify(connectionName)} has no tokenUrl, clientId or clientSecret. Complete it in the connection set ${JSON.stringify(connectionSetName)}.`,
    details: { connection: connectionName },
  })
}

interface ExplainedTask {
  readonly projectName: string
  readonly task: Task
  /** By which fields of the source the comparison names its rows; the key of the integrator may be longer. */
  readonly sourceKey: readonly string[]
}

/** Rows with an open error or that wait, by source key in lower case. A row of a second leg is found by the part of its key that both legs share. */
async function explainedKeys(
  engine: ComparedEngine,
  { projectName, task, sourceKey }: ExplainedTask,
): Promise<ReadonlyMap<string, Explanation>> {
  const keys = new Map<string, Explanation>()
  const filter = { projectName, taskName: task.name, limit: PAGE }
  const keysOf = (record: RecordError | WaitingRecord): readonly string[] =>
    record.leg === '001'
      ? [record.sourceKey, sourceKey.map((field) => String(record.source[field] ?? '')).join('|')]
      : tailsOf(record.sourceKey)
  const add = (record: RecordError | WaitingRecord, explanation: Explanation): void => {
    for (const key of keysOf(record)) keys.set(key.toLowerCase(), explanation)
  }
  for (let offset = 0; ; offset += PAGE) {
    const [waiting, errors] = [await engine.listWaitingRecords({ ...filter, offset }), await engine.listRecordErrors({ ...filter, offset })]
    for (const record of waiting) add(record, 'waiting')
    for (const record of errors) add(record, 'refused')
    if (waiting.length === 0 && errors.length === 0) return keys
  }
}

/** In the hub an organisation stands before the key that both systems know: `ORG001|A-1` is `A-1` at either end. */
function tailsOf(key: string): readonly string[] {
  const [, ...rest] = key.split('|')
  return rest.length === 0 ? [key] : [key, rest.join('|')]
}

async function writtenKeys(engine: ComparedEngine, entity: string, keys: readonly string[]): Promise<ReadonlySet<string>> {
  if (keys.length === 0) return new Set()
  const projects = await engine.listProjects()
  const writes = (projectName: string, taskName: string): boolean =>
    projects.some(
      (project) =>
        project.name === projectName &&
        project.entityMappingTasks.some((task) => task.name === taskName && same(task.legs.at(-1)?.destinationSchema, entity)),
    )
  const written = new Set<string>()
  for (let from = 0; from < keys.length; from += PAGE) {
    const links = await engine.listRecordLinks({ destinationKeys: keys.slice(from, from + PAGE), limit: PAGE })
    for (const link of links) if (writes(link.projectName, link.taskName)) written.add(link.destinationKey.toLowerCase())
  }
  return written
}

const same = (a: string | undefined, b: string): boolean => a?.toLowerCase() === b.toLowerCase()
