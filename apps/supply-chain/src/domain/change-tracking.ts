import { PUBLIC_ENTITIES } from '../entities/catalogue.ts'
import type { Entity, EntityNavigation } from '../entities/entity.ts'
import { accept, type Decision, refuse, type TableRules, type WriteCandidate } from './decision.ts'
import { refuseField } from './messages.ts'

/** The navigations that a custom query names, in the spelling of the entity; undefined where it has not all of them, or none is named. */
export function customQuerySources(entity: Entity, text: string): readonly EntityNavigation[] | undefined {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  const found = names.flatMap((name) => entity.navigation.find((each) => each.name.toLowerCase() === name.toLowerCase()) ?? [])
  return found.length === names.length && names.length > 0 ? found : undefined
}

const entitiesByLabel = new Map(PUBLIC_ENTITIES.map((entity) => [entity.label.toLowerCase(), entity]))

function decide({ row }: WriteCandidate): Decision {
  const entity = entitiesByLabel.get((row.EntityName ?? '').toLowerCase())
  if (entity?.isDataManagementEnabled !== true)
    return refuse(refuseField('EntityName', 'E01', row.EntityName ?? '', 'Data entity', 'Data management entities'))
  if (row.TrackingMode !== 'CustomQuery') return accept({ ...row, EntityName: entity.label, CustomQuerySources: '' })
  const sources = customQuerySources(entity, row.CustomQuerySources ?? '')
  if (sources === undefined) {
    const names = entity.navigation.map(({ name }) => name).join(', ')
    return refuse(refuseField('CustomQuerySources', 'L28', row.CustomQuerySources ?? '', names))
  }
  return accept({ ...row, EntityName: entity.label, CustomQuerySources: sources.map(({ name }) => name).join(',') })
}

/** Change tracking: of a data entity, by its label; a custom query needs sources. Source: protocol specification, 18. */
export const CHANGE_TRACKING_RULES: TableRules = { decide }
