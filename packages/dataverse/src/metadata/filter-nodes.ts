import { type Expression, isRawNumber, type Literal, numberText } from '@p2c/odata'
import { wireErrors } from '../errors/wire-errors.ts'
import type { MetadataNode } from './metadata-node.ts'

/** True when a metadata object fulfils a filter: comparisons, logic, text functions, paths into managed properties. */
export function matchesFilter(node: MetadataNode, expression: Expression): boolean {
  switch (expression.kind) {
    case 'binary':
      if (expression.operator === 'and') return matchesFilter(node, expression.left) && matchesFilter(node, expression.right)
      if (expression.operator === 'or') return matchesFilter(node, expression.left) || matchesFilter(node, expression.right)
      return compare(expression.operator, operandOf(node, expression.left), operandOf(node, expression.right))
    case 'not':
      return !matchesFilter(node, expression.operand)
    case 'call':
      return textFunction(node, expression.name.toLowerCase(), expression.args)
    case 'path':
      return operandOf(node, expression) === true
    case 'named-call':
      return namedCall(node, expression)
    default:
      throw wireErrors.badQuery(`The filter expression '${expression.kind}' is not supported on metadata.`)
  }
}

/** `Microsoft.Dynamics.CRM.In(PropertyName='LogicalName',PropertyValues=["account"])` */
function namedCall(node: MetadataNode, expression: Extract<Expression, { kind: 'named-call' }>): boolean {
  const text = (name: string): unknown => {
    const value = expression.args.get(name)
    return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'literal' ? (value as Literal).value : value
  }
  const values = text('PropertyValues')
  if (!/\bIn$/.test(expression.name) || !Array.isArray(values))
    throw wireErrors.badQuery(`The function '${expression.name}' is not supported on metadata.`)
  const current = property(node, String(text('PropertyName')).split('/'))
  return values.some((value) => compare('eq', current, numberText(value) ?? value))
}

function textFunction(node: MetadataNode, name: string, args: readonly Expression[]): boolean {
  const [text, part] = args.map((argument) => String(operandOf(node, argument) ?? '').toLowerCase())
  if (text === undefined || part === undefined) throw wireErrors.badQuery(`The function '${name}' takes two arguments.`)
  if (name === 'contains') return text.includes(part)
  return name === 'startswith' ? text.startsWith(part) : text.endsWith(part)
}

function operandOf(node: MetadataNode, expression: Expression): unknown {
  if (expression.kind === 'path') return property(node, expression.segments)
  if (expression.kind === 'literal')
    return expression.type === 'null' ? null : expression.type === 'boolean' ? expression.value === 'true' : expression.value
  throw wireErrors.badQuery(`The filter expression '${expression.kind}' is not supported on metadata.`)
}

function property(node: MetadataNode, path: readonly string[]): unknown {
  const [first = '', ...rest] = path
  if (!(first in node.values)) throw wireErrors.unknownProperty(first, node.type)
  const found = rest.reduce(
    (value: unknown, name) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : null),
    node.values[first],
  )
  return comparable(found)
}

/** A number kept as its digits, such as the limit of a bigint column, compares as a number. */
export const comparable = (value: unknown): unknown => (isRawNumber(value) ? Number(numberText(value)) : value)

/** Numbers compare as numbers; everything else as text without case, enumeration members by their names. */
function compare(operator: string, left: unknown, right: unknown): boolean {
  if (left === null || right === null || left === undefined || right === undefined) {
    return operator === 'eq' ? (left ?? null) === (right ?? null) : operator === 'ne' && (left ?? null) !== (right ?? null)
  }
  const numeric = typeof left === 'number' || typeof right === 'number'
  const [a, b] = numeric ? [Number(left), Number(right)] : [String(left).toLowerCase(), String(right).toLowerCase()]
  const outcomes: Record<string, boolean> = { eq: a === b, ne: a !== b, gt: a > b, ge: a >= b, lt: a < b, le: a <= b }
  const outcome = outcomes[operator]
  if (outcome === undefined) throw wireErrors.badQuery(`The operator '${operator}' is not supported on metadata.`)
  return outcome
}
