import type { ErrorCategory } from '@p2c/base'
import type { RowFailure, SourceRow } from '../model/connector.ts'
import type { Task } from '../model/documents.ts'
import type { FieldValue, FieldValues } from '../model/field-value.ts'
import { fieldValue } from '../model/filter.ts'
import { applyChain } from '../transforms/chain.ts'
import { isBlank, isFailure, NOT_WRITTEN, type TransformFailure } from '../transforms/transform.ts'
import { compilePlan, type PlanFacts, type PlannedField, type TaskPlan } from './task-plan.ts'

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
  const start = field.sourceField === undefined ? null : readField(source, field.sourceField)
  const named = field.namedFields.length === 0 ? NONE : field.namedFields.map((name) => readField(source, name))
  const value = applyChain(field.transforms, start, named)
  if (isFailure(value)) return { ...value, category: 'mapping' }
  if (value === NOT_WRITTEN || value === null || isBlank(value))
    return field.required ? missing(field) : value === NOT_WRITTEN ? NOT_WRITTEN : null
  const converted = field.convert(value)
  return typeof converted === 'object' && converted !== null ? { ...converted, category: 'data' } : converted
}

const NONE: readonly FieldValue[] = []

const readField = (source: FieldValues, path: string): FieldValue => source[path] ?? fieldValue(source, path)

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

/** What a row with these source values becomes under a task: for trying a mapping without either system. */
export function mapExample(task: Task, facts: PlanFacts, values: FieldValues): MapResult {
  return mapRow({ key: '', values }, compilePlan(task, facts))
}
