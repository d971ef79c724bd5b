import type { FieldValue } from '../model/field-value.ts'
import { isFailure, NOT_WRITTEN, type TransformOutcome, type ValueFunction } from './transform.ts'

/** One transform of a chain: its function and how many named source fields it takes. */
export interface ChainLink {
  readonly apply: ValueFunction
  readonly namedCount: number
}

const NONE: readonly FieldValue[] = []

/** One transform after the other, each with its share of `named`; the first failure ends it, and what was not written counts as blank for the next. */
export function applyChain(links: readonly ChainLink[], start: FieldValue, named: readonly FieldValue[]): TransformOutcome {
  let value = start
  let written = true
  let taken = 0
  for (const { apply, namedCount } of links) {
    const outcome = apply(value, namedCount === 0 ? NONE : named.slice(taken, taken + namedCount))
    if (isFailure(outcome)) return outcome
    taken += namedCount
    written = outcome !== NOT_WRITTEN
    value = outcome === NOT_WRITTEN ? null : outcome
  }
  return written ? value : NOT_WRITTEN
}
