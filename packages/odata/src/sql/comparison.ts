import type { BinaryOperator, Expression, Literal } from '../ast.ts'
import { type Environment, resolveCollection, resolveColumn } from './sql-environment.ts'
import { isNumeric, literalToSql, ownType, type Target, typeMismatch } from './sql-literal.ts'
import { patternToSql } from './sql-pattern.ts'
import type { SqlColumn } from './sql-scope.ts'

/** An expression with a value: a column, arithmetic, a count, or a condition used as a value. */
export type Operand = SqlColumn

/** A condition and whether it can be null. */
export interface NullableSql {
  readonly sql: string
  readonly nullable: boolean
}

type Binary = Extract<Expression, { readonly kind: 'binary' }>
type Comparison = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le'

const SYMBOLS: Readonly<Record<Comparison, string>> = { eq: '=', ne: '<>', gt: '>', ge: '>=', lt: '<', le: '<=' }
const MIRRORED: Readonly<Record<Comparison, Comparison>> = { eq: 'eq', ne: 'ne', gt: 'lt', ge: 'le', lt: 'gt', le: 'ge' }
const isComparison = (operator: BinaryOperator): operator is Comparison => operator in SYMBOLS
const isNull = (expression: Expression): boolean => expression.kind === 'literal' && expression.type === 'null'

/** The condition of a comparison. `operandOf` translates what is not a literal. */
export function comparisonToSql(binary: Binary, environment: Environment, operandOf: (expression: Expression) => Operand): NullableSql {
  const { operator, left, right } = binary
  if (!isComparison(operator)) throw typeMismatch('a number', 'a condition', binary.span.start)
  if (isNull(left)) return isNull(right) ? nullAndNull(operator) : nullTest(operator, operandOf(right), environment)
  if (isNull(right)) return nullTest(operator, operandOf(left), environment)
  if (right.kind === 'literal') {
    const subject = left.kind === 'literal' ? literalOperand(left, environment) : operandOf(left)
    return literalComparison({ operator, subject, literal: right, position: binary.span.start }, environment)
  }
  if (left.kind === 'literal') {
    return literalComparison(
      { operator: MIRRORED[operator], subject: operandOf(right), literal: left, position: binary.span.start },
      environment,
    )
  }
  return operandComparison({ operator, left: operandOf(left), right: operandOf(right), position: right.span.start })
}

const nullAndNull = (operator: Comparison): NullableSql => ({ sql: String(operator === 'eq'), nullable: false })

function nullTest(operator: Comparison, subject: Operand, { options }: Environment): NullableSql {
  // The subject stays in the statement, since its parameters must be used.
  if (operator !== 'eq' && operator !== 'ne') return { sql: `(${subject.sql} is null and false)`, nullable: false }
  if (options.profile.name === 'finops' && !subject.nullable && subject.type === 'text') {
    return { sql: `${subject.sql} ${operator === 'eq' ? '=' : '<>'} ''`, nullable: false }
  }
  return { sql: `${subject.sql} is ${operator === 'eq' ? '' : 'not '}null`, nullable: false }
}

interface LiteralComparison {
  readonly operator: Comparison
  readonly subject: Operand
  readonly literal: Literal
  readonly position: number
}

function literalComparison({ operator, subject, literal, position }: LiteralComparison, environment: Environment): NullableSql {
  const { parameters, profile } = environment.options
  if (operator === 'eq' && subject.behindLookup !== undefined) {
    const { behindLookup, ...plain } = subject
    const test = literalComparison({ operator, subject: { ...plain, sql: behindLookup.sql }, literal, position }, environment)
    return { sql: behindLookup.passes(test.sql), nullable: true }
  }
  checkOrder(operator, subject, position)
  const equality = operator === 'eq' || operator === 'ne'
  if (equality && subject.type === 'text' && literal.type === 'string') {
    const text = profile.name === 'finops' ? literal.value.trimEnd() : literal.value
    const request = { text, place: 'whole', wildcards: profile.wildcards, position: literal.span.start } as const
    const matches = patternToSql(subject.sql, request, parameters)
    if (matches !== undefined) {
      return operator === 'eq' ? { sql: matches, nullable: subject.nullable } : { sql: `(${matches}) is not true`, nullable: false }
    }
  }
  const value = literalToSql(literal, { target: subject, parameters, profile })
  return compared({ operator, left: subject, right: { ...subject, sql: value, nullable: false } })
}

/** Enumerations and booleans have no order. */
function checkOrder(operator: Comparison, subject: Operand, position: number): void {
  if (operator === 'eq' || operator === 'ne' || (subject.type !== 'enum' && subject.type !== 'boolean')) return
  throw typeMismatch(`with '${operator}', a value of ${subject.enumType ?? subject.type}`, "another; only 'eq' and 'ne' are", position, {
    operator,
  })
}

interface OperandComparison {
  readonly operator: Comparison
  readonly left: Operand
  readonly right: Operand
}

function operandComparison({ position, ...comparison }: OperandComparison & { readonly position: number }): NullableSql {
  const { left, right, operator } = comparison
  const comparable = family(left) === family(right)
  if (!comparable) throw typeMismatch(`a value of ${left.enumType ?? left.type}`, `a value of ${right.enumType ?? right.type}`, position)
  checkOrder(operator, left, position)
  // The database would turn a decimal into a double and fail where it does not fit.
  const mixed = isNumeric(left.type) && (left.type === 'double') !== (right.type === 'double')
  return compared(mixed ? { operator, left: asDecimal(left), right: asDecimal(right) } : comparison)
}

const asDecimal = (operand: Operand): Operand => ({ ...operand, sql: `(${operand.sql})::numeric`, type: 'decimal' })

/** Types that compare with each other. */
function family({ type, enumType }: Operand): string {
  if (isNumeric(type)) return 'number'
  if (type === 'date' || type === 'date-time') return 'time'
  return type === 'enum' ? `enum ${enumType ?? ''}` : type
}

function compared({ operator, left, right }: OperandComparison): NullableSql {
  const [a, b] = left.type === 'text' ? [`lower(${left.sql})`, `lower(${right.sql})`] : [left.sql, right.sql]
  if (operator === 'ne' && (left.nullable || right.nullable)) return { sql: `${a} is distinct from ${b}`, nullable: false }
  // Null equals null only between two columns; with one that is never null the plain sign can use an index.
  if (operator === 'eq' && left.nullable && right.nullable) return { sql: `${a} is not distinct from ${b}`, nullable: false }
  return { sql: `${a} ${SYMBOLS[operator]} ${b}`, nullable: left.nullable || right.nullable }
}

/** A literal that has nothing to be typed by but itself. */
function literalOperand(literal: Literal, environment: Environment): Operand {
  const type = ownType(literal)
  if (type === undefined) throw typeMismatch(`the ${literal.type} literal`, 'another literal', literal.span.start)
  const target: Target = { type }
  const { parameters, profile } = environment.options
  return { ...target, sql: literalToSql(literal, { target, parameters, profile }), nullable: false }
}

/** Translates an expression with a value. Throws `odata-type-mismatch`, `odata-unknown-property`, `odata-unsupported`. */
export function operandToSql(expression: Expression, environment: Environment): Operand {
  switch (expression.kind) {
    case 'path':
      return resolveColumn(expression, environment)
    case 'literal':
      return literalOperand(expression, environment)
    case 'negate': {
      const operand = numericOperand(expression.operand, environment)
      return { ...operand, sql: `(- ${operand.sql})` }
    }
    case 'binary':
      return arithmetic(expression, environment)
    case 'count': {
      const { from, where } = resolveCollection(expression.collection, environment)
      return { sql: `(select count(*) from ${from}${where === undefined ? '' : ` where ${where}`})`, type: 'bigint', nullable: false }
    }
    default:
      throw typeMismatch('a condition', 'a value', expression.span.start)
  }
}

/** Numbers are computed as `numeric`, so that no width of a column overflows. */
function numericOperand(expression: Expression, environment: Environment): Operand & { readonly whole: boolean } {
  if (isNull(expression)) return { sql: 'null::numeric', type: 'decimal', nullable: true, whole: false }
  const operand = operandToSql(expression, environment)
  if (!isNumeric(operand.type)) throw typeMismatch(`a value of ${operand.enumType ?? operand.type}`, 'a number', expression.span.start)
  const whole = expression.kind === 'literal' ? expression.type === 'integer' : operand.type === 'integer' || operand.type === 'bigint'
  return { ...operand, sql: `(${operand.sql})::numeric`, type: whole ? 'bigint' : 'decimal', whole }
}

function arithmetic({ operator, left, right, span }: Binary, environment: Environment): Operand {
  const a = numericOperand(left, environment)
  const b = numericOperand(right, environment)
  const whole = a.whole && b.whole
  // A division by zero is no value instead of an error of the database.
  const divisor = `nullif(${b.sql}, 0)`
  const byOperator: Partial<Record<BinaryOperator, string>> = {
    add: `(${a.sql} + ${b.sql})`,
    sub: `(${a.sql} - ${b.sql})`,
    mul: `(${a.sql} * ${b.sql})`,
    div: whole ? `trunc(${a.sql} / ${divisor})` : `(${a.sql} / ${divisor})`,
    divby: `(${a.sql} / ${divisor})`,
    mod: `mod(${a.sql}, ${divisor})`,
  }
  const sql = byOperator[operator]
  if (sql === undefined) throw typeMismatch('a condition', 'a number', span.start)
  const divides = operator === 'div' || operator === 'divby' || operator === 'mod'
  return { sql, type: whole && operator !== 'divby' ? 'bigint' : 'decimal', nullable: a.nullable || b.nullable || divides }
}

/** An argument of a text function: a text column or a text literal. */
export function textArgument(expression: Expression, environment: Environment): Operand {
  const operand = isNull(expression) ? undefined : operandToSql(expression, environment)
  if (operand?.type === 'text') return operand
  throw typeMismatch(`a value of ${operand?.enumType ?? operand?.type ?? 'null'}`, 'a text', expression.span.start)
}
