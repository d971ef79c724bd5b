import type { Leg, Project, Task } from './documents.ts'

/**
 * Name of a leg of a task, by its place: `001`, `002`. Positions, links and errors are kept under it, so it must not depend on the `id` that documents
 * of other makers give in any form, or not at all.
 */
export const legName = (index: number): string => String(index + 1).padStart(3, '0')

/** The leg of that name. */
export function findLeg(task: Task, name: string): Leg | undefined {
  return task.legs.find((_, index) => legName(index) === name)
}

/** One leg of one task: what is run, counted and remembered by itself. */
export interface TaskLeg {
  readonly task: Task
  readonly leg: string
}

/** The legs of a project in the order in which they run: tasks by their order, the legs of one task one after the other. */
export const legsInOrder = (project: Pick<Project, 'entityMappingTasks'>): readonly TaskLeg[] =>
  tasksInOrder(project).flatMap((task) => task.legs.map((_, index) => ({ task, leg: legName(index) })))

/** Tasks by their order; those of one order as they are listed. */
const tasksInOrder = ({ entityMappingTasks }: Pick<Project, 'entityMappingTasks'>): readonly Task[] =>
  [...entityMappingTasks].sort((a, b) => a.order - b.order)

/** The earlier task that this one names as its header; undefined where there is none of that name before it. */
export function findHeaderTask(project: Pick<Project, 'entityMappingTasks'>, { headerTask, name }: Task): Task | undefined {
  if (headerTask === undefined) return undefined
  const ordered = tasksInOrder(project)
  const before = ordered.slice(
    0,
    ordered.findIndex((task) => task.name === name),
  )
  return before.find((task) => sameName(task.name, headerTask))
}

/** The tasks that read the lines of this one's headers (integration specification 7 no. 6). */
export const lineTasksOf = (project: Pick<Project, 'entityMappingTasks'>, taskName: string): readonly Task[] =>
  project.entityMappingTasks.filter((task) => findHeaderTask(project, task)?.name === taskName)

const sameName = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase()
