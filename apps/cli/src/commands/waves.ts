import { AppError } from '@p2c/base'

/** A project and the names of those whose rows it refers to. */
export interface Dependent {
  readonly name: string
  readonly dependsOn: readonly string[]
}

const keyOf = (name: string): string => name.toLowerCase()

/**
 * The projects in waves: each stands behind all that it depends on, those of one wave need not know of each other (templates specification 3).
 * Names of projects that are not given count as done. Throws `project-cycle`, naming the projects that wait for each other.
 */
export function wavesOf<Project extends Dependent>(projects: readonly Project[]): readonly (readonly Project[])[] {
  const waves: Project[][] = []
  let rest = [...projects]
  while (rest.length > 0) {
    const open = new Set(rest.map(({ name }) => keyOf(name)))
    const wave = rest.filter(({ dependsOn }) => !dependsOn.some((name) => open.has(keyOf(name))))
    if (wave.length === 0) throw cycle(rest)
    waves.push(wave)
    rest = rest.filter((project) => !wave.includes(project))
  }
  return waves
}

const cycle = (projects: readonly Dependent[]): AppError =>
  new AppError({
    category: 'schema',
    code: 'project-cycle',
    message: `Projects ${projects.map(({ name }) => `'${name}'`).join(', ')} wait for each other: take one name out of 'dependsOn' of one of them.`,
    details: { projects: projects.map(({ name }) => name) },
  })
