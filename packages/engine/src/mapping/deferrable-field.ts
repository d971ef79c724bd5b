import type { RowFailure } from '../model/connector.ts'
import type { FieldValue, FieldValues } from '../model/field-value.ts'
import { samePath } from './field-path.ts'
import type { PlannedField, TaskPlan } from './task-plan.ts'

/** One spelling of a key for comparing: destinations compare without case and outer blanks. */
export const comparableKey = (value: FieldValue | unknown): string =>
  String(value ?? '')
    .trim()
    .toLowerCase()

/**
 * The mapped field that names the missing row: by the path that the destination gives, whole or up to its first dot, else, where it names the field in
 * words of its own, the only field that is no key and carries the refused value.
 */
export function referencingField({ details }: RowFailure, plan: TaskPlan, values: FieldValues): PlannedField | undefined {
  const path = details?.field ?? details?.lookup
  const named =
    typeof path === 'string'
      ? (plan.fields.find(({ name }) => samePath(name, path)) ?? plan.fields.find(({ name }) => samePath(name.split('.')[0] ?? '', path)))
      : undefined
  if (named !== undefined || details?.value === undefined) return named
  const wanted = comparableKey(details.value)
  const carrying = plan.fields.filter(({ name }) => !isKey(plan, name) && wanted !== '' && comparableKey(values[name]) === wanted)
  return carrying.length === 1 ? carrying[0] : undefined
}

/**
 * Whether a row may be written without this field for now (integration specification 9.1): a reference to its own entity or to one that is loaded later,
 * which is neither part of the key nor required. `entities` is what the reference points to.
 */
export const isDeferrable = (
  field: PlannedField,
  plan: TaskPlan,
  { entities, isLoadedLater }: { readonly entities: readonly string[]; readonly isLoadedLater: (entity: string) => boolean },
): boolean => !field.required && !isKey(plan, field.name) && entities.some(isLoadedLater)

const isKey = (plan: TaskPlan, name: string): boolean => plan.destination.keyFields.some((key) => samePath(key, name))
