import { type Expression, filterToSql, type ODataProfile, type SqlParameters, type SqlScope } from '@p2c/odata'

interface FilterContext {
  readonly scope: SqlScope
  readonly parameters: SqlParameters
  readonly profile: ODataProfile
}

/** Below this an index scan per value is as good. */
const SHORTEST_LIST = 4

/**
 * The conditions of a filter, to be joined by `and`. `X eq 'a' or X eq 'b' or ...` over one text, as clients look up many keys, becomes
 * one comparison with a list: it is planned at once and walks the index of the key, where hundreds of alternatives are planned one by one.
 */
export function filterConditions(filter: Expression, context: FilterContext): string[] {
  return operandsOf(filter, 'and').map((each) => listCondition(each, context) ?? filterToSql(each, context.scope, context))
}

/** The operands of a chain, in their order. Chains are nested as deep as they are long, so this walks and does not recurse. */
function operandsOf(expression: Expression, operator: 'and' | 'or'): Expression[] {
  const operands: Expression[] = []
  const open = [expression]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.kind === 'binary' && next.operator === operator) open.push(next.right, next.left)
    else operands.push(next)
  }
  return operands
}

function listCondition(expression: Expression, { scope, parameters }: FilterContext): string | undefined {
  const tests = operandsOf(expression, 'or')
  if (tests.length < SHORTEST_LIST) return undefined
  const names = new Set<string>()
  const values: string[] = []
  for (const test of tests) {
    const isEquality = test.kind === 'binary' && test.operator === 'eq' && test.left.kind === 'path' && test.left.segments.length === 1
    if (!isEquality || test.right.kind !== 'literal' || test.right.type !== 'string') return undefined
    const value = test.right.value.trimEnd()
    if (value.includes('*') || value.includes('\u0000')) return undefined
    if (test.left.kind === 'path') names.add(test.left.segments[0] ?? '')
    values.push(value)
  }
  const [name] = names
  const column = names.size === 1 && name !== undefined ? scope.column([name]) : undefined
  if (column?.type !== 'text') return undefined
  return `lower(${column.sql}) = any(array(select lower(v) from unnest(${parameters.add(values)}::text[]) v))`
}
