import type { FieldMapping, Leg, Task } from '@p2c/engine'
import { type Expectation, expectedValue, furtherFields, type TextOfField } from './expected-value.ts'
import { CURRENCY } from './statements/statement.ts'

/** The rows of a task that take part, from its last leg back to its first. */
export interface MappedRows {
  /** By destination field in lower case: the text of its row and of every row that feeds it. */
  readonly chains: ReadonlyMap<string, string>
  /** Every field of the source that any row reads. */
  readonly sourceFields: readonly string[]
  /** The source field that feeds the currency of the destination. */
  readonly currency?: string
}

const forward = (leg: Leg): readonly FieldMapping[] => leg.fieldMappings.filter((mapping) => mapping.syncDirection !== 2)
const same = (a: string | undefined, b: string): boolean => a?.toLowerCase() === b.toLowerCase()

/** Destination fields of the last leg that the mapping writes. */
export const mappedFields = (task: Task): readonly string[] => {
  const last = task.legs.at(-1)
  return last === undefined ? [] : forward(last).flatMap((mapping) => mapping.destinationField ?? [])
}

export function rowsOf(task: Task): MappedRows {
  const chains = new Map(
    mappedFields(task).map((field) => [field.toLowerCase(), JSON.stringify(chainOf(task, task.legs.length - 1, field))]),
  )
  const [first] = task.legs
  const sourceFields = (first === undefined ? [] : forward(first)).flatMap(readFields)
  const currency = currencySource(task)
  return { chains, sourceFields: [...new Set(sourceFields)], ...(currency !== undefined && { currency }) }
}

const readFields = (mapping: FieldMapping): readonly string[] => [
  ...(mapping.sourceField === undefined ? [] : [mapping.sourceField]),
  ...(mapping.valueTransforms ?? []).flatMap(furtherFields),
]

/** What a row says, without what only tells how it is shown. */
const meaning = ({ sourceField, valueTransforms = [] }: FieldMapping) => ({
  sourceField: sourceField?.toLowerCase() ?? null,
  valueTransforms,
})

function chainOf(task: Task, legIndex: number, field: string): unknown {
  const leg = task.legs[legIndex]
  const mapping = leg === undefined ? undefined : forward(leg).find((each) => same(each.destinationField, field))
  if (mapping === undefined) return null
  return legIndex === 0 ? meaning(mapping) : [meaning(mapping), ...readFields(mapping).map((each) => chainOf(task, legIndex - 1, each))]
}

function currencySource(task: Task): string | undefined {
  let field: string | undefined = CURRENCY
  for (const leg of [...task.legs].reverse()) field = forward(leg).find((each) => same(each.destinationField, field ?? ''))?.sourceField
  return field
}

/** What the mapping of a task makes of a row, through all of its legs, by our own reading of the transforms. */
export const mappedValue = (task: Task, field: string, fieldText: TextOfField): Expectation =>
  valueAt(task, { legIndex: task.legs.length - 1, field }, fieldText)

interface Place {
  readonly legIndex: number
  readonly field: string
}

function valueAt(task: Task, { legIndex, field }: Place, fieldText: TextOfField): Expectation {
  const leg = task.legs[legIndex]
  const mapping = leg === undefined ? undefined : forward(leg).find((each) => same(each.destinationField, field))
  if (mapping === undefined) return { kind: 'unknown' }
  let problem: Expectation | undefined
  const textOf = (source: string): string => {
    if (legIndex === 0) return fieldText(source)
    const value = valueAt(task, { legIndex: legIndex - 1, field: source }, fieldText)
    if (value.kind === 'value') return value.value
    problem ??= value
    return ''
  }
  const value = expectedValue(mapping.sourceField === undefined ? '' : textOf(mapping.sourceField), mapping.valueTransforms ?? [], textOf)
  return problem ?? value
}
