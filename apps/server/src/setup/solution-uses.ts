import type { Clock, Logger } from '@p2c/base'
import { registerSolutionUses } from '@p2c/connectors'
import type { Engine } from '@p2c/engine'
import { type LocalSystem, tokenUrlOf } from './local-set-up.ts'

export interface SolutionUsesDeps {
  readonly engine: Pick<Engine, 'listProjects' | 'listConnectionSets'>
  readonly sales: LocalSystem
  readonly clock: Clock
  readonly log: Logger
}

/**
 * Registers the projects that work with the local Sales application as users of its Prospect to Cash solution. A courtesy: where Sales cannot
 * be told, the log says so, projects go on, and the next start tells it again. Never throws.
 */
export async function tellSolutionUses(deps: SolutionUsesDeps, signal: AbortSignal): Promise<void> {
  const { sales, clock, log } = deps
  try {
    const projects = await projectsOf(deps)
    const told = await registerSolutionUses(
      { root: sales.url, tokenUrl: tokenUrlOf(sales), ...credentials(sales), clock, log },
      projects,
      signal,
    )
    log.debug({ told, projects: projects.length }, 'Sales knows the projects that use its solution')
  } catch (error) {
    if (!signal.aborted) log.warn({ err: error }, 'Sales could not be told which projects use its solution')
  }
}

const credentials = ({ clientId, clientSecret }: LocalSystem) => ({ clientId, clientSecret })

const addressOf = (url: string): string => url.replace(/\/+$/, '').toLowerCase()

/** Names of the projects whose connection set leads to this Sales application. */
async function projectsOf({ engine, sales }: SolutionUsesDeps): Promise<readonly string[]> {
  const sets = await engine.listConnectionSets()
  const here = new Set(
    sets
      .filter((set) => set.connections.some((one) => one.environmentType === 'CRM' && addressOf(one.baseUrl) === addressOf(sales.url)))
      .map((set) => set.name),
  )
  return (await engine.listProjects()).filter((project) => here.has(project.connectionSetName)).map((project) => project.name)
}
