import type { FieldMapping } from '../model/documents.ts'
import type { FieldType } from '../model/entity-schema.ts'
import type { Issue } from '../model/issue.ts'
import { isKnownTransform, namedSourceFields, type TransformDocument } from '../model/transform-document.ts'
import { checkTransform } from '../transforms/registry.ts'
import type { TransformTarget } from '../transforms/transform.ts'
import { type FoundField, findField, samePath } from './field-path.ts'
import { findKeyFields } from './integration-key.ts'
import { isForward, mappedDestinationFields } from './task-plan.ts'
import { issueAt, issueIf, type LegCheck } from './validation-facts.ts'

interface RowCheck {
  readonly mapping: FieldMapping
  readonly at: readonly PropertyKey[]
  readonly source: FoundField | undefined
  readonly destination: FoundField | undefined
}

/** Every finding about single rows of the mapping. */
export function checkFieldMappings(check: LegCheck): readonly Issue[] {
  const keyFields = destinationKey(check)
  return check.leg.fieldMappings.flatMap((mapping, index) => {
    if (!isForward(mapping)) return []
    const row: RowCheck = {
      mapping,
      at: [...check.path, 'fieldMappings', index],
      source: mapping.sourceField === undefined ? undefined : findField(check.source, mapping.sourceField),
      destination: mapping.destinationField === undefined ? undefined : findField(check.destination, mapping.destinationField),
    }
    return [
      ...checkFields(row, check),
      ...checkRepeated(row, check, index),
      ...checkLookups(row),
      ...checkTypes(row),
      ...checkTransforms(row, keyFields),
      ...checkNamedFields(row, check),
    ]
  })
}

const destinationKey = ({ leg, destination, facts }: LegCheck): readonly string[] =>
  findKeyFields({
    environmentType: leg.destinationEnvironmentType,
    schema: destination,
    mappedFields: mappedDestinationFields(leg),
    integrationKeys: facts.connectionSet?.integrationKeys ?? [],
  }) ?? []

function checkFields({ mapping, at, source, destination }: RowCheck, check: LegCheck): readonly Issue[] {
  const { sourceField, destinationField } = mapping
  const hasValue = (mapping.valueTransforms ?? []).some(({ transformType }) =>
    ['Default', 'Coalesce', 'Constant', 'When'].includes(transformType),
  )
  const [from, to] = [check.source.name, check.destination.name]
  const refresh = 'correct it, or refresh the entities.'
  const sourceUnknown = sourceField !== undefined && source === undefined
  const destinationUnknown = destinationField !== undefined && destination === undefined
  const isReadOnly = destination?.schema.readOnly === true
  return [
    ...issueIf(
      sourceField === undefined && !hasValue,
      'DIPV1021',
      'error',
      at,
      'The row has neither a source field nor a Default: give one.',
    ),
    ...issueIf(sourceUnknown, 'DIPV1022', 'error', [...at, 'sourceField'], `'${from}' has no field '${sourceField}': ${refresh}`),
    ...issueIf(destinationField === undefined, 'DIPV1024', 'error', at, 'The row has no destination field: pick one, or delete the row.'),
    ...issueIf(
      destinationUnknown,
      'DIPV1025',
      'error',
      [...at, 'destinationField'],
      `'${to}' has no field '${destinationField}': ${refresh}`,
    ),
    ...issueIf(
      isReadOnly,
      'DIPV1011',
      'error',
      [...at, 'destinationField'],
      `'${destinationField}' of '${to}' is read-only: delete the row.`,
    ),
  ]
}

/** DIPV1029 for a pair that is there twice, DIPV1026 for a destination field that two different rows write. */
function checkRepeated({ mapping, at }: RowCheck, { leg }: LegCheck, index: number): readonly Issue[] {
  const target = mapping.destinationField
  if (target === undefined) return []
  const earlier = leg.fieldMappings
    .slice(0, index)
    .filter((other) => isForward(other) && other.destinationField !== undefined && samePath(other.destinationField, target))
  if (earlier.length === 0) return []
  const samePair = earlier.some((other) => samePath(other.sourceField ?? '', mapping.sourceField ?? ''))
  return [
    issueAt(samePair ? 'DIPV1029' : 'DIPV1026', 'error', [...at, 'destinationField'], `'${target}' is written by two rows: keep one.`),
  ]
}

function checkLookups({ mapping, at, source, destination }: RowCheck): readonly Issue[] {
  const bare = (field: FoundField | undefined): boolean => field?.schema.type === 'lookup' && !field.throughLookup
  return [
    ...(bare(destination)
      ? [
          issueAt(
            'DIPV1027',
            'error',
            [...at, 'destinationField'],
            `'${mapping.destinationField}' is a lookup: name the key field behind it, as in '${mapping.destinationField}.name'.`,
          ),
        ]
      : []),
    ...(bare(source)
      ? [
          issueAt(
            'DIPV1028',
            'error',
            [...at, 'sourceField'],
            `'${mapping.sourceField}' is a lookup: name the key field behind it, as in '${mapping.sourceField}.name'.`,
          ),
        ]
      : []),
  ]
}

/** What can never be converted; the rest is tried row by row. */
const INCOMPATIBLE: Readonly<Partial<Record<FieldType, readonly FieldType[]>>> = {
  boolean: ['date', 'date-time', 'guid', 'decimal', 'integer', 'choice'],
  date: ['boolean', 'integer', 'decimal', 'guid', 'choice', 'enumeration'],
  'date-time': ['boolean', 'integer', 'decimal', 'guid', 'choice', 'enumeration'],
  integer: ['date', 'date-time', 'guid', 'enumeration'],
  decimal: ['date', 'date-time', 'guid', 'enumeration', 'boolean'],
  choice: ['date', 'date-time', 'guid', 'enumeration', 'boolean'],
  enumeration: ['date', 'date-time', 'guid', 'choice', 'integer', 'decimal'],
  guid: ['date', 'date-time', 'boolean', 'integer', 'decimal', 'choice', 'enumeration'],
}

/** Transforms that let a filled value through as what it is. */
const KEEPS_TYPE: readonly string[] = ['Default', 'Truncate', 'Coalesce']

/** A `When` counts as what it applies. */
const appliedTypes = (transform: TransformDocument): readonly string[] =>
  isKnownTransform(transform) && transform.transformType === 'When'
    ? (transform.then ?? []).map((inner) => inner.transformType)
    : [transform.transformType]

function checkTypes({ mapping, at, source, destination }: RowCheck): readonly Issue[] {
  if (source === undefined || destination === undefined || source.throughLookup || destination.throughLookup) return []
  const transforms = (mapping.valueTransforms ?? []).flatMap(appliedTypes)
  if (transforms.some((type) => !KEEPS_TYPE.includes(type))) return []
  const [from, to] = [source.schema, destination.schema]
  const types = `'${from.name}' is ${from.type}, '${to.name}' is ${to.type}`
  if (INCOMPATIBLE[from.type]?.includes(to.type)) {
    return [issueAt('DIPV1030', 'error', at, `${types}: add a transform, or pick another field.`)]
  }
  const fits = from.type !== 'text' || to.type !== 'text' || (from.maxLength ?? 0) <= (to.maxLength ?? Number.POSITIVE_INFINITY)
  const lengths = `'${to.name}' takes ${to.maxLength} characters, '${from.name}' up to ${from.maxLength}`
  const narrows = from.type === 'decimal' && to.type === 'integer'
  return [
    ...issueIf(
      !fits && !transforms.includes('Truncate'),
      'destination-shorter',
      'warning',
      at,
      `${lengths}: longer values become record errors without a Truncate.`,
    ),
    ...issueIf(narrows, 'precision-loss', 'warning', at, `${types}: values with a fraction become record errors.`),
  ]
}

function checkTransforms({ mapping, at, destination }: RowCheck, keyFields: readonly string[]): readonly Issue[] {
  const field = mapping.destinationField ?? ''
  const maxLength = destination?.throughLookup === false ? destination.schema.maxLength : undefined
  const isKey = keyFields.some((key) => samePath(key, field))
  const target: TransformTarget = { field, isKey, ...(maxLength !== undefined && { maxLength }) }
  return (mapping.valueTransforms ?? []).flatMap((transform, index) => {
    const path = [...at, 'valueTransforms', index]
    if (isKnownTransform(transform))
      return checkTransform(transform, target).map((problem) => issueAt(problem.code, 'error', path, problem.message))
    const blocks = destination?.schema.required === true || isKey
    return [
      issueAt(
        'transform-unsupported',
        blocks ? 'error' : 'warning',
        path,
        `'${transform.transformType}' is no transform of this engine: '${field}' ${blocks ? 'is required, so the task cannot run' : 'is left out'}.`,
      ),
    ]
  })
}

/** A source field that a transform names is held to what holds for the row's own: it exists (DIPV1022) and is no bare lookup (DIPV1028). */
const checkNamedFields = ({ mapping, at }: RowCheck, { source }: LegCheck): readonly Issue[] =>
  (mapping.valueTransforms ?? []).flatMap((transform, index) =>
    namedSourceFields(transform).flatMap(({ field, at: inner }) => {
      const path = [...at, 'valueTransforms', index, ...inner]
      const found = findField(source, field)
      const isBareLookup = found?.schema.type === 'lookup' && !found.throughLookup
      return [
        ...issueIf(
          found === undefined,
          'DIPV1022',
          'error',
          path,
          `'${source.name}' has no field '${field}': correct it, or refresh the entities.`,
        ),
        ...issueIf(isBareLookup, 'DIPV1028', 'error', path, `'${field}' is a lookup: name the key field behind it, as in '${field}.name'.`),
      ]
    }),
  )
