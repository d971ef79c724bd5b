import type { Expression } from '../ast.ts'
import { odataError } from '../url/odata-error.ts'
import { comparisonToSql, type Operand, operandToSql, textArgument } from './comparison.ts'
import { namedCallToSql } from './named-call.ts'
import { createEnvironment, type Environment, resolveCollection, resolveColumn, withVariable } from './sql-environment.ts'
import { typeMismatch } from './sql-literal.ts'
import { type PatternPlace, patternToSql } from './sql-pattern.ts'
import type { SqlOptions, SqlScope } from './sql-scope.ts'

/**
 * A boolean SQL expression for the `where` of a statement. Null follows OData: `ne` holds when one side is null, the order comparisons do
 * not; `not` is exact. Texts compare without case. Every value is a parameter.
 *
 * Throws `odata-unknown-property` (`property`, `typeName`), `odata-type-mismatch`, `odata-out-of-range`, `odata-unsupported`, all with
 * `position`.
 */
export const filterToSql = (expression: Expression, scope: SqlScope, options: SqlOptions): string =>
  condition(expression, createEnvironment(scope, options), false)

type ConditionOf<Kind extends Expression['kind']> = Extract<Expression, { readonly kind: Kind }>

/** `exact`: the result may not be null, since it is negated or compared; otherwise null may stand for false, which keeps indexes usable. */
function condition(expression: Expression, environment: Environment, exact: boolean): string {
  switch (expression.kind) {
    case 'binary':
      return binaryCondition(expression, environment, exact)
    case 'not':
      return notCondition(expression.operand, environment)
    case 'call':
      return settled(callCondition(expression, environment), exact)
    case 'named-call':
      return settled(namedCondition(expression, environment), exact)
    case 'in':
      return settled(inCondition(expression, environment), exact)
    case 'lambda':
      return lambdaCondition(expression, environment)
    case 'literal':
      if (expression.type === 'null') return 'false'
      if (expression.type === 'boolean') return expression.value
      throw typeMismatch(`the ${expression.type} literal`, 'a condition', expression.span.start)
    case 'path': {
      const column = resolveColumn(expression, environment)
      if (column.type === 'boolean') return settled(column.sql, exact && column.nullable)
      throw typeMismatch(`'${expression.segments.join('/')}', of type ${column.type},`, 'a condition', expression.span.start)
    }
    default:
      throw typeMismatch('a number', 'a condition', expression.span.start)
  }
}

const settled = (sql: string, exact: boolean): string => (exact ? `coalesce(${sql}, false)` : sql)

function binaryCondition(expression: ConditionOf<'binary'>, environment: Environment, exact: boolean): string {
  const { operator, left, right, span } = expression
  if (operator === 'and' || operator === 'or') {
    return `(${condition(left, environment, exact)} ${operator} ${condition(right, environment, exact)})`
  }
  if (operator === 'has') throw unsupported({ operator }, `The operator 'has' is not supported.`, span.start)
  const sql = comparisonToSql(expression, environment, operand(environment))
  return settled(sql.sql, exact && sql.nullable)
}

/** Operands that are conditions themselves, as in `contains(name,'x') eq true`. */
const operand =
  (environment: Environment) =>
  (expression: Expression): Operand =>
    isCondition(expression)
      ? { sql: `(${condition(expression, environment, true)})`, type: 'boolean', nullable: false }
      : operandToSql(expression, environment)

const LOGICAL: ReadonlySet<string> = new Set(['and', 'or', 'eq', 'ne', 'gt', 'ge', 'lt', 'le', 'has'])

function isCondition(expression: Expression): boolean {
  if (expression.kind === 'binary') return LOGICAL.has(expression.operator)
  return ['not', 'call', 'named-call', 'in', 'lambda'].includes(expression.kind)
}

function notCondition(inner: Expression, environment: Environment): string {
  if (inner.kind === 'named-call') {
    const message = 'Not operator along with the Custom Named Condition operators is not allowed'
    throw odataError('odata-not-before-query-function', message, { position: inner.span.start, function: inner.name })
  }
  return `not ${condition(inner, environment, true)}`
}

const unsupported = (what: Readonly<Record<string, unknown>>, message: string, position: number) =>
  odataError('odata-unsupported', message, { ...what, position })

const PLACES: Readonly<Record<string, PatternPlace>> = { contains: 'anywhere', startswith: 'start', endswith: 'end' }

const TEXT_TESTS: Readonly<Record<PatternPlace, (text: string, part: string) => string>> = {
  whole: (text, part) => `lower(${text}) = lower(${part})`,
  anywhere: (text, part) => `strpos(lower(${text}), lower(${part})) > 0`,
  start: (text, part) => `starts_with(lower(${text}), lower(${part}))`,
  end: (text, part) => `right(lower(${text}), length(${part})) = lower(${part})`,
}

function callCondition({ name, args, span }: ConditionOf<'call'>, environment: Environment): string {
  const place = PLACES[name]
  if (place === undefined) throw unsupported({ function: name }, `The function '${name}' is not supported.`, span.start)
  const [text, part] = args
  if (text === undefined || part === undefined || args.length !== 2) {
    throw odataError('odata-syntax', `At position ${span.start}: '${name}' takes two arguments, found ${args.length}.`, {
      position: span.start,
      function: name,
    })
  }
  const subject = textArgument(text, environment)
  if (part.kind !== 'literal' || part.type !== 'string') return TEXT_TESTS[place](subject.sql, textArgument(part, environment).sql)
  const { parameters, profile } = environment.options
  const request = { text: part.value, place, wildcards: profile.wildcards, position: part.span.start }
  return patternToSql(subject.sql, request, parameters) ?? 'false'
}

function namedCondition(call: ConditionOf<'named-call'>, environment: Environment): string {
  const { options, scope } = environment
  const own = scope.namedCall?.(call.name, call.args, options.parameters)
  if (own !== undefined) return own
  const column = (path: readonly string[]) =>
    scope.lookup?.(path.join('/')) ?? resolveColumn({ segments: path, span: call.span }, environment)
  return namedCallToSql({ name: call.name, args: call.args, position: call.span.start }, column, options)
}

function inCondition({ left, values, span }: ConditionOf<'in'>, environment: Environment): string {
  const tests = values.map((value) =>
    comparisonToSql({ kind: 'binary', operator: 'eq', left, right: value, span }, environment, operand(environment)),
  )
  return tests.length === 0 ? 'false' : `(${tests.map((test) => test.sql).join(' or ')})`
}

function lambdaCondition({ operator, collection, variable, predicate, span }: ConditionOf<'lambda'>, environment: Environment): string {
  const { from, where, scope } = resolveCollection(collection, environment)
  const tests = where === undefined ? [] : [where]
  if (variable !== undefined && predicate !== undefined) {
    const inner = condition(predicate, withVariable(environment, variable, { scope, position: span.start }), operator === 'all')
    tests.push(operator === 'all' ? `not ${inner}` : inner)
  }
  const filter = tests.length === 0 ? '' : ` where ${tests.map((test) => `(${test})`).join(' and ')}`
  return `${operator === 'all' ? 'not ' : ''}exists (select 1 from ${from}${filter})`
}
