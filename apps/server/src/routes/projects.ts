import { contract } from '@p2c/api'
import { AppError } from '@p2c/base'
import type { Engine, Project } from '@p2c/engine'
import { type BoundRoute, route } from '../http/serve.ts'
import { toWireProject } from '../http/wire.ts'

export const projectRoutes = ({ engine }: { readonly engine: Engine }): BoundRoute[] => [
  route(contract.listProjects, async () => ({ items: (await engine.listProjects()).map(toWireProject) })),
  route(contract.getProject, async ({ params }) => toWireProject(await requireProject(engine, params.name))),
  route(contract.listTemplates, async () => ({
    items: (await engine.listTemplates()).map((template) => ({
      name: template.name,
      version: template.version,
      tasks: template.entityMappingTasks.map((task) => task.name),
    })),
  })),
  route(contract.listConnectionSets, async () => ({
    items: (await engine.listConnectionSets()).map((set) => ({
      name: set.name,
      connections: set.connections.map(({ name, environmentType, baseUrl }) => ({ name, environmentType, url: baseUrl })),
      organisations: [...set.organisations],
    })),
  })),
]

/** The project of that name; throws `project-unknown` with the names there are. */
export async function requireProject(engine: Engine, name: string): Promise<Project> {
  const project = await engine.findProject(name)
  if (project !== undefined) return project
  const names = (await engine.listProjects()).map((known) => known.name)
  throw new AppError({
    category: 'schema',
    code: 'project-unknown',
    message: `There is no project ${JSON.stringify(name)}. There are: ${names.join(', ') || 'none'}.`,
    details: { names },
  })
}
