import type { Leg, Project, Task } from '../model/documents.ts'
import type { Issue } from '../model/issue.ts'
import { legName } from '../model/leg.ts'
import { checkFieldMappings } from './validate-field-mappings.ts'
import { checkFilter } from './validate-filter.ts'
import { checkHeaderTask } from './validate-header-task.ts'
import { checkKeys, checkRequired } from './validate-keys.ts'
import { issueAt, type LegCheck, type ValidationFacts } from './validation-facts.ts'

/** A template has no organisation rows yet. */
type ValidatedProject = Pick<Project, 'entityMappingTasks'> & Partial<Pick<Project, 'organisations'>>

/** All findings of a project against the schemas of both sides, in the order of the document. Codes: integration specification 13. */
export function validateProject(project: ValidatedProject, facts: ValidationFacts): readonly Issue[] {
  const tasks = project.entityMappingTasks.flatMap((task, taskIndex) => {
    const path = ['entityMappingTasks', taskIndex]
    return [
      ...checkChain(task, path),
      ...checkHeaderTask(project, { task, path, facts }),
      ...task.legs.flatMap((leg, legIndex) => validateLeg(leg, [...path, 'legs', legIndex], facts)),
    ]
  })
  return [...checkOrganisations(project, facts), ...checkHub(project), ...checkNames(project), ...tasks]
}

/** Rows go on from where the leg before has brought them: a leg that reads something else moves nothing of it. */
const checkChain = ({ legs }: Task, path: readonly PropertyKey[]): readonly Issue[] =>
  legs.flatMap((leg, index) => {
    const before = legs[index - 1]
    if (
      before === undefined ||
      placeOf(before.destinationEnvironmentType, before.destinationSchema) === placeOf(leg.sourceEnvironmentType, leg.sourceSchema)
    )
      return []
    return [
      issueAt(
        'legs-apart',
        'warning',
        [...path, 'legs', index, 'sourceSchema'],
        `Leg ${legName(index)} reads '${leg.sourceSchema}' of '${leg.sourceEnvironmentType}', but the leg before it writes '${before.destinationSchema}' of '${before.destinationEnvironmentType}': nothing that it writes goes on.`,
      ),
    ]
  })

const placeOf = (type: string, entity: string): string => `${type}|${entity.toLowerCase()}`

function validateLeg(leg: Leg, path: readonly PropertyKey[], facts: ValidationFacts): readonly Issue[] {
  const slots = checkSlots(leg, path, facts)
  if (slots.length > 0) return slots
  const source = facts.findSchema(leg.sourceEnvironmentType, leg.sourceSchema)
  const destination = facts.findSchema(leg.destinationEnvironmentType, leg.destinationSchema)
  const missing = [
    ...(source === undefined ? [noSchema('DIPV1018', path, 'sourceSchema', leg.sourceSchema)] : []),
    ...(destination === undefined ? [noSchema('DIPV1020', path, 'destinationSchema', leg.destinationSchema)] : []),
  ]
  if (source === undefined || destination === undefined) return missing
  const check: LegCheck = { leg, path, source, destination, facts }
  return [...checkFilter(check), ...checkKeys(check), ...checkFieldMappings(check), ...checkRequired(check)]
}

const noSchema = (code: string, path: readonly PropertyKey[], property: string, entity: string): Issue =>
  issueAt(code, 'error', [...path, property], `There is no schema of '${entity}': check its spelling, then refresh the entities.`)

function checkSlots(leg: Leg, path: readonly PropertyKey[], { connectionSet }: ValidationFacts): readonly Issue[] {
  if (connectionSet === undefined) return []
  const present = new Set(connectionSet.connections.map((connection) => connection.environmentType))
  return (['sourceEnvironmentType', 'destinationEnvironmentType'] as const).flatMap((property) =>
    present.has(leg[property])
      ? []
      : [
          issueAt(
            'DIPV1007',
            'error',
            [...path, property],
            `Connection set '${connectionSet.name}' has no connection for '${leg[property]}': add one, or choose another set.`,
          ),
        ],
  )
}

function checkOrganisations(project: ValidatedProject, { connectionSet }: ValidationFacts): readonly Issue[] {
  if (connectionSet === undefined) return []
  return (project.organisations ?? []).flatMap((pair, index) => {
    const known = connectionSet.organisations.some((row) => row.businessUnit === pair.businessUnit && row.legalEntity === pair.legalEntity)
    if (known) return []
    const rows = connectionSet.organisations.map((row) => `${row.businessUnit} - ${row.legalEntity}`).join(', ')
    return [
      issueAt(
        'DIPV1016',
        'error',
        ['organisations', index],
        `Connection set '${connectionSet.name}' has no organisation row ${pair.businessUnit} - ${pair.legalEntity}; it has ${rows}.`,
      ),
    ]
  })
}

/**
 * Rows of the Common Data Service belong to an organisation of its own, which mappings write and source filters name as a constant: it cannot
 * follow the organisation row that is being run.
 */
function checkHub({ entityMappingTasks, organisations = [] }: ValidatedProject): readonly Issue[] {
  const task = entityMappingTasks.find(({ legs }) =>
    legs.some((leg) => leg.sourceEnvironmentType === 'CDS' || leg.destinationEnvironmentType === 'CDS'),
  )
  if (task === undefined || organisations.length <= 1) return []
  const message = `Task '${task.name}' goes over the Common Data Service, where the ${organisations.length} organisation rows of the project share one organisation: what one row writes there reaches the destinations of all, and equal numbers overwrite each other. Make one project for each row, each naming an organisation of its own in mappings and source filters.`
  return [issueAt('hub-organisation-shared', 'warning', ['organisations'], message)]
}

function checkNames(project: Pick<Project, 'entityMappingTasks'>): readonly Issue[] {
  const seen = new Set<string>()
  return project.entityMappingTasks.flatMap((task, index) => {
    const repeated = seen.has(task.name.toLowerCase())
    seen.add(task.name.toLowerCase())
    return repeated
      ? [
          issueAt(
            'task-name-repeated',
            'error',
            ['entityMappingTasks', index, 'name'],
            `Two tasks are named '${task.name}': errors and positions are kept by task name.`,
          ),
        ]
      : []
  })
}
