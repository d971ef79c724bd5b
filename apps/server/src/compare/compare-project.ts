import type { Comparison } from '@p2c/api'
import { AppError, type Clock } from '@p2c/base'
import type { IntegrationKey, Project } from '@p2c/engine'
import { compareLeg, type LegComparison } from './compare-leg.ts'
import type { Side } from './feed.ts'

export interface CompareDeps {
  readonly clock: Clock
  /** Address and credentials of one side of a connection set. */
  readonly side: (connectionSetName: string, environmentType: 'CRM' | 'AX') => Side
  readonly integrationKeys: (connectionSetName: string) => Promise<readonly IntegrationKey[]>
  /** Source keys with an open error or that wait, lower case. */
  readonly explainedKeys: (projectName: string, taskName: string) => Promise<ReadonlySet<string>>
}

export interface CompareOptions {
  readonly maxDifferences: number
  readonly signal: AbortSignal
}

/**
 * Reads both sides of every task anew and says where they differ. It shares no reading, mapping or comparing code with the engine,
 * so that a mistake there shows here.
 */
export async function compareProject(project: Project, options: CompareOptions, deps: CompareDeps): Promise<Comparison> {
  const startedAt = deps.clock.now().getTime()
  const keys = await deps.integrationKeys(project.connectionSetName)
  const legs: LegComparison[] = []
  for (const task of [...project.entityMappingTasks].sort((a, b) => a.order - b.order)) {
    const explained = await deps.explainedKeys(project.name, task.name)
    for (const leg of task.legs) {
      for (const { legalEntity } of project.organisations) {
        legs.push(
          await compareLeg({
            task: task.name,
            leg,
            legalEntity,
            source: deps.side(project.connectionSetName, leg.sourceEnvironmentType),
            destination: deps.side(project.connectionSetName, leg.destinationEnvironmentType),
            sourceKey: keyOf(keys, leg.sourceEnvironmentType, leg.sourceSchema),
            destinationKey: keyOf(keys, leg.destinationEnvironmentType, leg.destinationSchema),
            explained,
            ...options,
          }),
        )
      }
    }
  }
  const tasks = legs.map((leg) => leg.counts)
  return {
    projectName: project.name,
    clean: tasks.every((task) => task.missingRows === 0 && task.differentRows === 0),
    tasks,
    differences: legs.flatMap((leg) => leg.differences).slice(0, options.maxDifferences),
    seconds: (deps.clock.now().getTime() - startedAt) / 1000,
  }
}

function keyOf(keys: readonly IntegrationKey[], environmentType: string, entity: string): readonly string[] {
  const key = keys.find((known) => known.environmentType === environmentType && known.entity.toLowerCase() === entity.toLowerCase())
  if (key !== undefined) return key.fields
  throw new AppError({
    category: 'schema',
    code: 'integration-key-missing',
    message: `The connection set has no integration key for ${entity} (${environmentType}), so its rows cannot be paired. Add one to the connection set.`,
    details: { environmentType, entity },
  })
}
