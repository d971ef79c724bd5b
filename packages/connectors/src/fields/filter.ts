import { AppError, formatDecimal, isAppError, parseDecimal } from '@p2c/base'
import { COMPARISONS, type Comparison, type FieldValue, type Filter } from '@p2c/engine'
import { type Expression, type Literal, type ODataProfile, type PropertyPath, parseFilter } from '@p2c/odata'

/** Which spelling of filters a system has beside plain OData. */
export interface FilterDialect {
  readonly profile: ODataProfile
  /** Enumeration members may stand bare: `AreTotalsUpdated eq Yes` (templates 7). */
  readonly bareMembers: boolean
}

/**
 * The text of a `sourceFilter` as the neutral filter. Comparisons of a direct column with a value, `and`, `or`, `not`, parentheses;
 * nothing nested, no functions (integrator 11). Throws `filter-invalid` with `details.position` (UTF-16 units).
 */
export function readFilter(text: string, dialect: FilterDialect): Filter {
  return toFilter(parse(text, dialect.profile), dialect)
}

function parse(text: string, profile: ODataProfile): Expression {
  try {
    return parseFilter(text, profile)
  } catch (error) {
    if (!isAppError(error)) throw error
    const position = typeof error.details.position === 'number' ? error.details.position : 0
    throw invalid(error.message, position, error)
  }
}

function toFilter(expression: Expression, dialect: FilterDialect): Filter {
  if (expression.kind === 'not') return { kind: 'not', operand: toFilter(expression.operand, dialect) }
  if (expression.kind !== 'binary') throw refused(expression)
  const { operator, left, right } = expression
  if (operator === 'and' || operator === 'or') {
    return {
      kind: operator,
      operands: [...operandsOf(left, operator), ...operandsOf(right, operator)].map((operand) => toFilter(operand, dialect)),
    }
  }
  if (!isComparison(operator)) throw refused(expression)
  // `5 lt quantity` is read as `quantity gt 5`.
  const turned = left.kind !== 'path' && right.kind === 'path'
  const [column, value] = turned ? [right, left] : [left, right]
  if (column.kind !== 'path') throw refused(column)
  return {
    kind: 'comparison',
    operator: turned ? TURNED[operator] : operator,
    field: columnName(column),
    value: comparedValue(value, dialect),
  }
}

/** Long chains arrive as trees: they become one flat list again. */
const operandsOf = (expression: Expression, operator: 'and' | 'or'): Expression[] =>
  expression.kind === 'binary' && expression.operator === operator
    ? [...operandsOf(expression.left, operator), ...operandsOf(expression.right, operator)]
    : [expression]

const TURNED: Readonly<Record<Comparison, Comparison>> = { eq: 'eq', ne: 'ne', gt: 'lt', ge: 'le', lt: 'gt', le: 'ge' }

const isComparison = (operator: string): operator is Comparison => (COMPARISONS as readonly string[]).includes(operator)

function columnName(path: PropertyPath): string {
  const [name] = path.segments
  if (path.segments.length === 1 && name !== undefined) return name
  throw invalid(`'${path.segments.join('/')}' is a value behind a lookup: a filter compares columns of the entity itself.`, path.span.start)
}

function comparedValue(expression: Expression, dialect: FilterDialect): FieldValue {
  if (expression.kind === 'literal') return literalValue(expression)
  if (expression.kind === 'path' && dialect.bareMembers && expression.segments.length === 1) return expression.segments[0] ?? null
  if (expression.kind === 'negate' && expression.operand.kind === 'literal') return negated(expression.operand)
  if (expression.kind === 'path')
    throw invalid(`'${expression.segments.join('/')}' is not a value: texts stand in single quotes.`, expression.span.start)
  throw refused(expression)
}

function literalValue(literal: Literal): FieldValue {
  switch (literal.type) {
    case 'null':
      return null
    case 'boolean':
      return literal.value === 'true'
    case 'integer':
      return Number.isSafeInteger(Number(literal.value)) ? Number(literal.value) : literal.value
    case 'decimal':
    case 'double': {
      const parsed = parseDecimal(literal.value)
      if (parsed === undefined) throw invalid(`'${literal.value}' is not a number.`, literal.span.start)
      return formatDecimal(parsed)
    }
    case 'guid':
      return literal.value.toLowerCase()
    case 'date-time': {
      const time = new Date(literal.value)
      return Number.isNaN(time.getTime()) ? literal.value : time.toISOString().replace('.000Z', 'Z')
    }
    case 'duration':
    case 'binary':
      throw invalid(`A ${literal.type} cannot be compared here.`, literal.span.start)
    default:
      return literal.value
  }
}

function negated(literal: Literal): FieldValue {
  const value = literalValue(literal)
  if (typeof value === 'number') return -value
  const parsed = typeof value === 'string' ? parseDecimal(value) : undefined
  if (parsed === undefined) throw invalid(`'-${literal.value}' is not a number.`, literal.span.start)
  return formatDecimal(parsed.negated())
}

const refused = (expression: Expression): AppError =>
  invalid(
    `This part of the filter is not supported: ${NAMES[expression.kind] ?? expression.kind}. Supported are comparisons of a column with a value (eq ne gt ge lt le), and, or, not and parentheses.`,
    expression.span.start,
  )

const NAMES: Readonly<Record<string, string>> = {
  call: 'a function',
  'named-call': 'a query function',
  lambda: 'any/all',
  in: 'in',
  count: '$count',
  path: 'a column alone',
  literal: 'a value alone',
  binary: 'an operator between values',
}

const invalid = (message: string, position: number, cause?: unknown): AppError =>
  new AppError({ category: 'schema', code: 'filter-invalid', message, details: { position }, cause })
