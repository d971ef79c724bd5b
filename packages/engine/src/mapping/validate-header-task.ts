import type { Leg, Project, Task } from '../model/documents.ts'
import type { Issue } from '../model/issue.ts'
import { findHeaderTask } from '../model/leg.ts'
import { findHeaderKey } from './header-key.ts'
import { findSourceKey } from './task-plan.ts'
import { issueAt, type ValidationFacts } from './validation-facts.ts'

interface TaskCheck {
  readonly task: Task
  readonly path: readonly PropertyKey[]
  readonly facts: ValidationFacts
}

/**
 * `header-task-unknown`: no earlier task has the name; `header-task-unrelated`: the lines of a leg tell nothing of that task's headers, so none
 * could be found by their header (integration specification 7 no. 6).
 */
export function checkHeaderTask(project: Pick<Project, 'entityMappingTasks'>, { task, path, facts }: TaskCheck): readonly Issue[] {
  if (task.headerTask === undefined) return []
  const at = [...path, 'headerTask']
  const header = findHeaderTask(project, task)
  if (header === undefined) {
    const message = `No task before '${task.name}' is named '${task.headerTask}': name an earlier task of the project, or leave 'headerTask' out.`
    return [issueAt('header-task-unknown', 'error', at, message)]
  }
  return task.legs.flatMap((leg, index) => {
    if (isRelated(leg, header.legs[index], facts)) return []
    const message = `The lines of '${leg.sourceSchema}' carry no part of the key of '${header.legs[index]?.sourceSchema ?? header.name}' (task '${header.name}'): make it part of the integration key of the lines, or leave 'headerTask' out.`
    return [issueAt('header-task-unrelated', 'error', at, message)]
  })
}

/** Where a schema is missing, that is the finding. */
function isRelated(leg: Leg, header: Leg | undefined, facts: ValidationFacts): boolean {
  if (header === undefined || header.sourceEnvironmentType !== leg.sourceEnvironmentType) return false
  const schema = facts.findSchema(leg.sourceEnvironmentType, leg.sourceSchema)
  const headerSchema = facts.findSchema(header.sourceEnvironmentType, header.sourceSchema)
  if (schema === undefined || headerSchema === undefined) return true
  const integrationKeys = facts.connectionSet?.integrationKeys ?? []
  const keyFields = findSourceKey(leg, schema, integrationKeys) ?? []
  return findHeaderKey(findSourceKey(header, headerSchema, integrationKeys) ?? [], { keyFields, schema }).length > 0
}
