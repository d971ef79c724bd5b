import type { ErrorCategory } from '@p2c/base'
import type { RowFailure, SourceRow } from '../model/connector.ts'
import type { FieldValue, FieldValues } from '../model/field-value.ts'
import { fieldValue } from '../model/filter.ts'
import { isBlank, isFailure, NOT_WRITTEN, type TransformFailure } from '../transforms/transform.ts'
import type { PlannedField, TaskPlan } from './task-plan.ts'

/** A row as it will be written, before anything is known of the destination. */
export interface MappedRow {
  readonly source: SourceRow
  readonly destinationKey: string
  /** Names in ascending order. */
  readonly values: FieldValues
}

export type MapResult =
  | { readonly ok: true; readonly row: MappedRow }
  | { readonly ok: false; readonly source: SourceRow; readonly failure: RowFailure }

/** Computes every field of one row; the first field that fails makes the row a record error that names it. */
export function mapRow(source: SourceRow, plan: TaskPlan): MapResult {
  const values: Record<string, FieldValue> = {}
  for (const field of plan.fields) {
    const result = computeField(field, source.values)
    if (result === NOT_WRITTEN) continue
    if (typeof result === 'object' && result !== null) return { ok: false, source, failure: toFailure(field, result) }
    values[field.name] = result
  }
  return { ok: true, row: { source, destinationKey: joinKey(plan.destination.keyFields, values), values } }
}

/** The values of the key fields joined by `|`, as connectors do it. */
export const joinKey = (keyFields: readonly string[], values: FieldValues): string =>
  keyFields.length === 1 ? String(values[keyFields[0] ?? ''] ?? '') : keyFields.map((field) => String(values[field] ?? '')).join('|')

interface FieldFailure extends TransformFailure {
  readonly category: ErrorCategory
}

function computeField(field: PlannedField, source: FieldValues): FieldValue | FieldFailure | typeof NOT_WRITTEN {
  let value: FieldValue = field.sourceField === undefined ? null : (source[field.sourceField] ?? fieldValue(source, field.sourceField))
  let written = true
  for (const transform of field.transforms) {
    const outcome = transform(value)
    if (isFailure(outcome)) return { ...outcome, category: 'mapping' }
    written = outcome !== NOT_WRITTEN
    value = outcome === NOT_WRITTEN ? null : outcome
  }
  if (value === null || isBlank(value)) return field.required ? missing(field) : written ? null : NOT_WRITTEN
  const converted = field.convert(value)
  return typeof converted === 'object' && converted !== null ? { ...converted, category: 'data' } : converted
}

const missing = (field: PlannedField): FieldFailure => ({
  category: 'data',
  code: 'required-missing',
  message: `'${field.name}' is required and ${field.sourceField === undefined ? 'has no value' : `'${field.sourceField}' is blank`}: fill it at the source, or add a Default transform.`,
})

const toFailure = (field: PlannedField, failure: FieldFailure): RowFailure => ({
  category: failure.category,
  code: failure.code,
  message: failure.message,
  details: { field: field.name, ...(field.sourceField !== undefined && { sourceField: field.sourceField }) },
})
