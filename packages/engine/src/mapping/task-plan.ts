import { AppError } from '@p2c/base'
import type { IntegrationKey } from '../model/connection-set.ts'
import type { EnvironmentType, FieldMapping, Leg, Task } from '../model/documents.ts'
import type { EntitySchema } from '../model/entity-schema.ts'
import { type Filter, filterFields } from '../model/filter.ts'
import { findLeg, legName } from '../model/leg.ts'
import { namedSourceFields } from '../model/transform-document.ts'
import type { ChainLink } from '../transforms/chain.ts'
import { compileTransform } from '../transforms/registry.ts'
import type { TransformTarget } from '../transforms/transform.ts'
import { type Converter, converterFor } from './convert-value.ts'
import { distinctPaths, findField, samePath } from './field-path.ts'
import { findKeyFields } from './integration-key.ts'

/** One destination field, ready to be computed from a row. */
export interface PlannedField {
  /** As the destination spells it, or as the mapping does for a path through a lookup. */
  readonly name: string
  /** Undefined for a constant. */
  readonly sourceField: string | undefined
  readonly transforms: readonly ChainLink[]
  /** Source fields that the transforms name in their parameters, in the order in which they take them. */
  readonly namedFields: readonly string[]
  readonly convert: Converter
  readonly required: boolean
  readonly relatedEntities: readonly string[]
}

/** A leg compiled against the schemas of both sides: made once per task, used for every row. */
export interface TaskPlan {
  readonly taskName: string
  readonly source: PlanSide & { readonly fields: readonly string[]; readonly filter?: Filter }
  readonly destination: PlanSide
  /** Sorted by name, so that equal rows have equal content whatever the order of the mapping. */
  readonly fields: readonly PlannedField[]
  /** Whether rows of different source keys may have one destination key: then the second one is refused (templates specification 7.8). */
  readonly mayCollide: boolean
}

export interface PlanSide {
  readonly environmentType: EnvironmentType
  readonly entity: string
  readonly keyFields: readonly string[]
}

export interface PlanFacts {
  readonly sourceSchema: EntitySchema
  readonly destinationSchema: EntitySchema
  readonly integrationKeys: readonly IntegrationKey[]
  readonly filter?: Filter
}

/** Rows of a mapping that take part in source to destination. */
export const isForward = (mapping: FieldMapping): boolean => mapping.syncDirection !== 2

export const mappedSourceFields = (leg: Leg): readonly string[] =>
  leg.fieldMappings.flatMap((m) => (isForward(m) && m.sourceField ? [m.sourceField] : []))
/** Every source field that the mapping needs: those of its rows, and those that their transforms name. */
const neededSourceFields = (leg: Leg): readonly string[] =>
  leg.fieldMappings.flatMap((m) => (isForward(m) ? [...(m.sourceField ? [m.sourceField] : []), ...namedFields(m)] : []))
const namedFields = (mapping: FieldMapping): readonly string[] =>
  (mapping.valueTransforms ?? []).flatMap((transform) => namedSourceFields(transform).map(({ field }) => field))
export const mappedDestinationFields = (leg: Leg): readonly string[] =>
  leg.fieldMappings.flatMap((m) => (isForward(m) && m.destinationField ? [m.destinationField] : []))

/** Compiles a leg of a task, the first one where none is named. The document has been validated: what is still wrong throws `plan-invalid`. */
export function compilePlan(task: Task, facts: PlanFacts, legOfTask: string = legName(0)): TaskPlan {
  const leg = findLeg(task, legOfTask)
  if (leg === undefined) throw invalid(`Task '${task.name}' has no leg '${legOfTask}'.`)
  const sourceKey = keyOf(leg.sourceEnvironmentType, facts.sourceSchema, mappedSourceFields(leg), facts)
  const destinationKey = keyOf(leg.destinationEnvironmentType, facts.destinationSchema, mappedDestinationFields(leg), facts)
  const fields = leg.fieldMappings.filter(isForward).flatMap((mapping) => planField(mapping, facts.destinationSchema, destinationKey))
  const filterPaths = facts.filter === undefined ? [] : filterFields(facts.filter)
  return {
    taskName: task.name,
    source: {
      environmentType: leg.sourceEnvironmentType,
      entity: leg.sourceSchema,
      keyFields: sourceKey,
      fields: distinctPaths([...neededSourceFields(leg), ...filterPaths, ...sourceKey]),
      ...(facts.filter !== undefined && { filter: facts.filter }),
    },
    destination: {
      environmentType: leg.destinationEnvironmentType,
      entity: leg.destinationSchema,
      keyFields: destinationKey.map((name) => fields.find((field) => samePath(field.name, name))?.name ?? name),
    },
    fields: fields.sort((a, b) => (a.name < b.name ? -1 : 1)),
    mayCollide: !sourceKey.every((key) => fields.some((field) => isCopyInto(field, key, destinationKey))),
  }
}

/** A part of the source's key that is part of the destination's as it is: it keeps apart there what is apart here. */
const isCopyInto = (field: PlannedField, sourceField: string, destinationKey: readonly string[]): boolean =>
  field.sourceField !== undefined &&
  samePath(field.sourceField, sourceField) &&
  field.transforms.length === 0 &&
  destinationKey.some((name) => samePath(name, field.name))

/** The key fields of a leg's source; undefined where it has none. */
export const findSourceKey = (leg: Leg, schema: EntitySchema, integrationKeys: readonly IntegrationKey[]): readonly string[] | undefined =>
  findKeyFields({ environmentType: leg.sourceEnvironmentType, schema, mappedFields: mappedSourceFields(leg), integrationKeys })

function keyOf(
  environmentType: EnvironmentType,
  schema: EntitySchema,
  mappedFields: readonly string[],
  facts: PlanFacts,
): readonly string[] {
  const key = findKeyFields({ environmentType, schema, mappedFields, integrationKeys: facts.integrationKeys })
  if (key === undefined) throw invalid(`'${schema.name}' has no integration key.`)
  return key
}

function planField(mapping: FieldMapping, schema: EntitySchema, keyFields: readonly string[]): readonly PlannedField[] {
  const path = mapping.destinationField ?? ''
  const found = findField(schema, path)
  if (found === undefined) throw invalid(`'${schema.name}' has no field '${path}'.`)
  const isKey = keyFields.some((key) => samePath(key, path))
  const { maxLength } = found.schema
  const target: TransformTarget = { field: path, isKey, ...(maxLength !== undefined && !found.throughLookup && { maxLength }) }
  const transforms = (mapping.valueTransforms ?? []).map((document) => compileTransform(document, target))
  const known = transforms.filter((transform) => transform !== undefined)
  // A row with a transform of another maker is not run: half a chain would write a wrong value (validation has said so).
  if (known.length < transforms.length) return []
  return [
    {
      name: found.throughLookup ? path : found.schema.name,
      sourceField: mapping.sourceField,
      transforms: known,
      namedFields: namedFields(mapping),
      convert: converterFor(path, found.schema, found.throughLookup),
      required: found.schema.required || isKey,
      relatedEntities: found.schema.relatedEntities ?? [],
    },
  ]
}

const invalid = (message: string): AppError =>
  new AppError({ category: 'mapping', code: 'plan-invalid', message: `${message} Validate the project and correct its mapping.` })
