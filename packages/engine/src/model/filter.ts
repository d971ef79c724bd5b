import { parseDecimal } from '@p2c/base'
import type { FieldValue, FieldValues } from './field-value.ts'

export const COMPARISONS = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'] as const
export type Comparison = (typeof COMPARISONS)[number]

/** A source filter, the same for every dialect: what a connector parsed and may send, and what the engine evaluates. */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Filter[] }
  | { readonly kind: 'not'; readonly operand: Filter }
  | { readonly kind: 'comparison'; readonly operator: Comparison; readonly field: string; readonly value: FieldValue }

/**
 * Whether a row passes. Text compares without case; decimals as decimals, never through binary floating point; dates and
 * times as instants. Null follows OData: `eq null` and `ne value` hold for a blank, the order
 * comparisons never do (integration specification, section 11).
 */
export function evaluateFilter(filter: Filter, values: FieldValues): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.operands.every((operand) => evaluateFilter(operand, values))
    case 'or':
      return filter.operands.some((operand) => evaluateFilter(operand, values))
    case 'not':
      return !evaluateFilter(filter.operand, values)
    case 'comparison':
      return compareWith(filter.operator, fieldValue(values, filter.field), filter.value)
  }
}

/** Every field path a filter names, as it spells them, each once. */
export function filterFields(filter: Filter): readonly string[] {
  if (filter.kind === 'comparison') return [filter.field]
  const operands = filter.kind === 'not' ? [filter.operand] : filter.operands
  return [...new Set(operands.flatMap(filterFields))]
}

/** The value under a path; field names compare without regard to case. */
export function fieldValue(values: FieldValues, path: string): FieldValue {
  const exact = values[path]
  if (exact !== undefined) return exact
  const lower = path.toLowerCase()
  for (const name in values) if (name.toLowerCase() === lower) return values[name] ?? null
  return null
}

function compareWith(operator: Comparison, left: FieldValue, right: FieldValue): boolean {
  if (isBlank(left) || isBlank(right)) {
    const same = isBlank(left) && isBlank(right)
    return operator === 'eq' ? same : operator === 'ne' ? !same : false
  }
  const order = compareValues(left, right)
  switch (operator) {
    case 'eq':
      return order === 0
    case 'ne':
      return order !== 0
    case 'gt':
      return order > 0
    case 'ge':
      return order >= 0
    case 'lt':
      return order < 0
    case 'le':
      return order <= 0
  }
}

const isBlank = (value: FieldValue): boolean => value === null || value === ''

/** Negative, zero or positive; NaN, for which no order comparison holds, where the two cannot be compared. */
function compareValues(left: FieldValue, right: FieldValue): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right
  if (typeof left === 'boolean' || typeof right === 'boolean') return compareBooleans(left, right)
  if (typeof left === 'number' || typeof right === 'number' || (isDecimalText(left) && isDecimalText(right)))
    return compareDecimals(left, right)
  return compareTexts(String(left), String(right))
}

const BOOLEAN_WORDS: Readonly<Record<string, boolean>> = { true: true, false: false, yes: true, no: false, '1': true, '0': false }

function compareBooleans(left: FieldValue, right: FieldValue): number {
  const [a, b] = [left, right].map((value) => BOOLEAN_WORDS[String(value).toLowerCase()])
  return a === undefined || b === undefined ? Number.NaN : Number(a) - Number(b)
}

/** `2.50` and `2.5` are one number; `0012` and `12` are two account numbers, so text with leading zeros is never taken for a number. */
const isDecimalText = (value: FieldValue): boolean => typeof value === 'string' && /^-?(0|[1-9]\d*)\.\d+$/.test(value)

function compareDecimals(left: FieldValue, right: FieldValue): number {
  const [a, b] = [left, right].map((value) => (typeof value === 'boolean' || value === null ? undefined : parseDecimal(value)))
  return a === undefined || b === undefined ? Number.NaN : a.comparedTo(b)
}

/** A date is its first instant in UTC. */
const isTime = (text: string): boolean => /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}|$)/.test(text)

function compareTexts(left: string, right: string): number {
  if (isTime(left) && isTime(right)) return Date.parse(left) - Date.parse(right)
  return compareCaseless(left, right)
}

function compareCaseless(left: string, right: string): number {
  const [a, b] = [left.toLowerCase(), right.toLowerCase()]
  return a < b ? -1 : a > b ? 1 : 0
}
