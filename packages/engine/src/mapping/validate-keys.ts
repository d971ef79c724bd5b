import type { FieldMapping } from '../model/documents.ts'
import type { EntitySchema } from '../model/entity-schema.ts'
import type { Issue } from '../model/issue.ts'
import { isKnownTransform, type TransformDocument } from '../model/transform-document.ts'
import { findField, samePath } from './field-path.ts'
import { findKeyFields } from './integration-key.ts'
import { isForward, mappedDestinationFields, mappedSourceFields } from './task-plan.ts'
import { issueAt, type LegCheck } from './validation-facts.ts'

/** DIPV1003: a side without an integration key; DIPV1014: a field of the destination's key that no row writes. */
export function checkKeys({ leg, path, source, destination, facts }: LegCheck): readonly Issue[] {
  const integrationKeys = facts.connectionSet?.integrationKeys ?? []
  const mapped = mappedDestinationFields(leg)
  const sourceKey = findKeyFields({
    environmentType: leg.sourceEnvironmentType,
    schema: source,
    mappedFields: mappedSourceFields(leg),
    integrationKeys,
  })
  const destinationKey = findKeyFields({
    environmentType: leg.destinationEnvironmentType,
    schema: destination,
    mappedFields: mapped,
    integrationKeys,
  })
  const noKey = (side: string, entity: string): Issue =>
    issueAt('DIPV1003', 'error', [...path, side], `'${entity}' has no integration key: add one to the connection set.`)
  const unmapped = (destinationKey ?? []).filter((field) => !mapped.some((name) => samePath(name, field)))
  return [
    ...(sourceKey === undefined ? [noKey('sourceSchema', source.name)] : []),
    ...(destinationKey === undefined ? [noKey('destinationSchema', destination.name)] : []),
    ...unmapped.map((field) =>
      issueAt(
        'DIPV1014',
        'error',
        [...path, 'fieldMappings'],
        `'${field}' is part of the key of '${destination.name}' and is not mapped: add a row for it.`,
      ),
    ),
  ]
}

/** DIPV1010: a required field that no row writes; DIPV1031: one that may come out blank (a warning, since such rows become record errors). */
export function checkRequired({ leg, path, source, destination }: LegCheck): readonly Issue[] {
  const at = [...path, 'fieldMappings']
  return destination.fields
    .filter((field) => field.required && !field.readOnly)
    .flatMap((field) => {
      const index = leg.fieldMappings.findIndex((mapping) => isForward(mapping) && writes(mapping.destinationField, field.name))
      const mapping = leg.fieldMappings[index]
      if (mapping === undefined)
        return [issueAt('DIPV1010', 'error', at, `'${field.name}' of '${destination.name}' is required and not mapped: add a row for it.`)]
      if (isAlwaysFilled(mapping, source)) return []
      return [
        issueAt(
          'DIPV1031',
          'warning',
          [...at, index],
          `'${field.name}' is required and '${mapping.sourceField ?? ''}' may be blank: add a Default, or such rows become record errors.`,
        ),
      ]
    })
}

/** A required source field, a Default, or a Coalesce with a required field leaves no blank. */
function isAlwaysFilled(mapping: FieldMapping, source: EntitySchema): boolean {
  const isRequired = (field: string | undefined): boolean => field !== undefined && findField(source, field)?.schema.required === true
  const fills = (transform: TransformDocument): boolean =>
    isKnownTransform(transform) &&
    (transform.transformType === 'Default' || (transform.transformType === 'Coalesce' && transform.fields.some(isRequired)))
  return isRequired(mapping.sourceField) || (mapping.valueTransforms ?? []).some(fills)
}

/** `pricelevelid.name` writes the field `pricelevelid`. */
const writes = (destinationField: string | undefined, field: string): boolean =>
  destinationField !== undefined && (samePath(destinationField, field) || samePath(destinationField.split('.')[0] ?? '', field))
