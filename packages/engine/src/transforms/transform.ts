import type { FieldValue } from '../model/field-value.ts'

/** Why a value could not be transformed; the row becomes a record error of category `mapping`. */
export interface TransformFailure {
  readonly code: string
  readonly message: string
}

/** Says that the field is left out of the row, unlike null, which clears it; a `Default` behind it still fires. */
export const NOT_WRITTEN: unique symbol = Symbol('not written')

/** A new value, a failure (an object), or `NOT_WRITTEN`. No wrapper: this runs for every field of every row. */
export type TransformOutcome = FieldValue | TransformFailure | typeof NOT_WRITTEN

/** A function of one value and its parameters; `named` are the values of the source fields that the parameters name, in their order. */
export type ValueFunction = (value: FieldValue, named: readonly FieldValue[]) => TransformOutcome

/** What a transform may know of the field it feeds. */
export interface TransformTarget {
  readonly field: string
  /** In UTF-16 units, as both systems count. */
  readonly maxLength?: number
  readonly isKey: boolean
}

export interface ParameterProblem {
  readonly code: string
  readonly message: string
}

/** One kind of transform: parameters are checked once, when the document is validated; `compile` gives the function for the hot path. */
export interface Transform<Parameters> {
  readonly transformType: string
  check(parameters: Parameters, target: TransformTarget): readonly ParameterProblem[]
  compile(parameters: Parameters, target: TransformTarget): ValueFunction
}

export const isBlank = (value: FieldValue): boolean => value === null || value === '' || (typeof value === 'string' && value.trim() === '')

export const isFailure = (outcome: TransformOutcome): outcome is TransformFailure => typeof outcome === 'object' && outcome !== null

/** Text from outside, short enough for a message. */
export const quoted = (value: FieldValue): string => {
  const text = JSON.stringify(value)
  return text.length <= 120 ? text : `${text.slice(0, 117)}...`
}

/** Largest number of different inputs whose result is remembered per field: columns of codes repeat, columns of free text do not fit. */
const REMEMBERED_INPUTS = 5_000

/** Remembers results of a pure function by its input; stops taking new ones when there are many. */
export function remembering(compute: (value: FieldValue) => TransformOutcome): ValueFunction {
  const known = new Map<FieldValue, TransformOutcome>()
  return (value) => {
    const found = known.get(value)
    if (found !== undefined) return found
    const outcome = compute(value)
    if (known.size < REMEMBERED_INPUTS) known.set(value, outcome)
    return outcome
  }
}
