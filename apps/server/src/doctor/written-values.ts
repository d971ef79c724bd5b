import { type EntitySchema, type FieldMapping, type IntegrationKey, type Leg, mapExample, type Task } from '@p2c/engine'
import type { LegUse } from './needs.ts'

/** What a mapping makes of one source value. */
export type Written = { readonly ok: true; readonly value: string | null } | { readonly ok: false; readonly code: string }

const SOURCE = 'source'
const TARGET = 'target'
const KEYS: readonly IntegrationKey[] = [
  { environmentType: 'CRM', entity: SOURCE, fields: ['key'] },
  { environmentType: 'AX', entity: TARGET, fields: ['key'] },
]

const textField = (name: string) => ({ name, type: 'text', required: false, readOnly: false }) as const
const schemaOf = (name: string): EntitySchema => ({
  name,
  fields: ['key', 'value'].map(textField),
  keys: [{ name: 'key', fields: ['key'] }],
})

/**
 * One source value through the transforms of a mapping row, as the engine applies them; whatever system and field it belongs to. Conditions on other
 * fields see these blank.
 */
export function writtenValue(mapping: FieldMapping, value: string): Written {
  const leg: Leg = {
    id: '001',
    sourceEnvironmentType: 'CRM',
    sourceSchema: SOURCE,
    destinationEnvironmentType: 'AX',
    destinationSchema: TARGET,
    fieldMappings: [
      { syncDirection: 1, sourceField: 'key', destinationField: 'key' },
      { ...mapping, syncDirection: 1, destinationField: 'value' },
    ],
  }
  const task: Task = { name: 'one value', order: 1, legs: [leg] }
  const facts = { sourceSchema: schemaOf(SOURCE), destinationSchema: schemaOf(TARGET), integrationKeys: KEYS }
  const result = mapExample(task, facts, { key: 'k', ...(mapping.sourceField !== undefined && { [mapping.sourceField]: value }) })
  if (!result.ok) return { ok: false, code: result.failure.code }
  const written = result.row.values.value
  return { ok: true, value: written === null || written === undefined ? null : String(written) }
}

/** The row of the leg before that brings the value of a mapping row; undefined in a task of one leg. */
function earlierRow({ task, leg }: LegUse, mapping: FieldMapping): { readonly entity: string; readonly row: FieldMapping } | undefined {
  const earlier = task.legs.find((one) => one !== leg && one.destinationSchema === leg.sourceSchema)
  const row = earlier?.fieldMappings.find((one) => one.destinationField?.toLowerCase() === mapping.sourceField?.toLowerCase())
  return earlier === undefined || row === undefined ? undefined : { entity: earlier.sourceSchema, row }
}

/** One value of the first leg's source through all legs of its task to a field of the last one's destination; blank where a leg blanks it. */
export function writtenThrough(use: LegUse, mapping: FieldMapping, value: string): Written {
  const first = earlierRow(use, mapping)
  if (first === undefined) return writtenValue(mapping, value)
  const between = writtenValue(first.row, value)
  return between.ok && between.value !== null ? writtenValue(mapping, between.value) : between
}

/** The field of the first leg's source from which a mapping row of a later leg takes its value. */
export function originOf(use: LegUse, mapping: FieldMapping): { readonly entity: string; readonly field: string | undefined } {
  const first = earlierRow(use, mapping)
  return first === undefined
    ? { entity: use.leg.sourceSchema, field: mapping.sourceField }
    : { entity: first.entity, field: first.row.sourceField }
}

/** Every value that is known to be written by a mapping row: its own, or where it copies, those of the row before it. */
export function knownValues(use: LegUse, mapping: FieldMapping): readonly string[] {
  const first = (mapping.valueTransforms ?? []).length === 0 ? earlierRow(use, mapping)?.row : undefined
  return [...new Set([mapping, ...(first === undefined ? [] : [first])].flatMap((row) => [...constantsOf(row), ...mappedValuesOf(row)]))]
}

/** Values that a mapping row writes whatever its source holds: its constants and defaults. */
const constantsOf = (mapping: FieldMapping): readonly string[] => textsOf(mapping, (transform) => [transform.defaultValue, transform.value])

/** Values on the right of its value maps. */
const mappedValuesOf = (mapping: FieldMapping): readonly string[] =>
  textsOf(mapping, ({ valueMap }) => (typeof valueMap === 'object' && valueMap !== null ? Object.values(valueMap) : []))

type Parameters = Readonly<Record<string, unknown>>

/** Blanks are no values. A `When` holds transforms of its own. */
function textsOf(mapping: FieldMapping, pick: (transform: Parameters) => readonly unknown[]): readonly string[] {
  const transforms = (mapping.valueTransforms ?? []) as readonly Parameters[]
  const all = transforms.flatMap((transform) => [transform, ...(Array.isArray(transform.then) ? (transform.then as Parameters[]) : [])])
  const texts = all.flatMap(pick).flatMap((value) => (value === null || value === undefined || value === '' ? [] : [String(value)]))
  return [...new Set(texts)]
}
