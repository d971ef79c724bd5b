import type { BinaryOperator, Expression } from '../ast.ts'
import type { ODataProfile } from '../profile.ts'
import { tooDeep } from './guard.ts'
import { odataError } from './odata-error.ts'
import { PRECEDENCE } from './precedence.ts'

/** An operand with the positions of the `not`s before it. */
export interface RawOperand {
  readonly nots: readonly number[]
  readonly operand: Expression
}

/** What follows an operand: an operator with its right side, or `in` with its values. */
export type RawTail =
  | { readonly operator: BinaryOperator; readonly at: number; readonly operand: RawOperand }
  | { readonly operator: 'in'; readonly at: number; readonly values: readonly Expression[]; readonly end: number }

/** Chains of `or` and `and` that are longer become balanced trees: clients send thousands of keys, and readers of the tree recurse. */
const LONGEST_LEFT_CHAIN = 16

interface Climb {
  readonly tail: readonly RawTail[]
  readonly profile: ODataProfile
  next: number
}

/** The tree of a flat list of operators, by precedence, left to right. Throws `odata-unsupported`, `odata-too-deep`. */
export function expressionTree(head: RawOperand, tail: readonly RawTail[], profile: ODataProfile): Expression {
  return climb({ tail, profile, next: 0 }, head, 1)
}

/** Throws `odata-unsupported` for an operator that the profile does not have. */
export function checkOperator(operator: BinaryOperator | 'in', position: number, profile: ODataProfile): void {
  const known = operator === 'in' ? profile.inOperator : profile.operators.includes(operator)
  if (known) return
  const message = `The operator '${operator}' at position ${position} is not supported; supported are ${profile.operators.join(', ')}.`
  throw odataError('odata-unsupported', message, { operator, position })
}

function climb(state: Climb, operand: RawOperand, lowest: number): Expression {
  let left = negated(state, operand)
  for (let length = 1; ; length++) {
    const item = state.tail[state.next]
    if (item === undefined || PRECEDENCE[item.operator] < lowest) return left
    if (item.operator === 'or' || item.operator === 'and') {
      left = junction(state, left, item.operator)
      continue
    }
    if (length > state.profile.maxDepth) throw tooDeep(item.at, state.profile.maxDepth)
    state.next++
    left = joined(state, left, item)
  }
}

function joined(state: Climb, left: Expression, item: RawTail): Expression {
  if (item.operator === 'in') return { kind: 'in', left, values: item.values, span: { start: left.span.start, end: item.end } }
  return binary(item.operator, left, climb(state, item.operand, PRECEDENCE[item.operator] + 1))
}

const binary = (operator: BinaryOperator, left: Expression, right: Expression): Expression => ({
  kind: 'binary',
  operator,
  left,
  right,
  span: { start: left.span.start, end: right.span.end },
})

/** `left or b or c …`: every operand of one chain first, then the tree. */
function junction(state: Climb, left: Expression, operator: 'or' | 'and'): Expression {
  const operands = [left]
  for (let item = state.tail[state.next]; item?.operator === operator; item = state.tail[state.next]) {
    state.next++
    operands.push(climb(state, item.operand, PRECEDENCE[operator] + 1))
  }
  if (operands.length > LONGEST_LEFT_CHAIN) return balanced(operator, operands, { from: 0, to: operands.length })
  return operands.reduce((tree, operand) => binary(operator, tree, operand))
}

function balanced(
  operator: 'or' | 'and',
  operands: readonly Expression[],
  range: { readonly from: number; readonly to: number },
): Expression {
  const { from, to } = range
  const only = operands[from]
  if (to - from === 1 && only !== undefined) return only
  const middle = (from + to + 1) >> 1
  return binary(operator, balanced(operator, operands, { from, to: middle }), balanced(operator, operands, { from: middle, to }))
}

/** Applies the `not`s before an operand to it and to the comparison that follows. */
function negated(state: Climb, { nots, operand }: RawOperand): Expression {
  const first = nots[0]
  if (first === undefined) return operand
  if (nots.length > state.profile.maxDepth) throw tooDeep(first, state.profile.maxDepth)
  const inner = climb(state, { nots: [], operand }, PRECEDENCE.not + 1)
  return nots.reduceRight((tree: Expression, start) => not(tree, start), inner)
}

function not(operand: Expression, start: number): Expression {
  if (operand.kind === 'named-call') {
    const message = 'Not operator along with the Custom Named Condition operators is not allowed'
    throw odataError('odata-not-before-query-function', message, { position: start, function: operand.name })
  }
  return { kind: 'not', operand, span: { start, end: operand.span.end } }
}

/** Refuses a tree of more levels than `limit`: what reads trees is recursive. Walks without recursion itself. */
export function checkDepth(root: Expression, limit: number): void {
  let level: Expression[] = [root]
  for (let depth = 0; level.length > 0; depth++) {
    const [first] = level
    if (depth > limit && first !== undefined) throw tooDeep(first.span.start, limit)
    const below: Expression[] = []
    for (const node of level) addChildren(node, below)
    level = below
  }
}

function addChildren(node: Expression, list: Expression[]): void {
  if (node.kind === 'binary') list.push(node.left, node.right)
  else if (node.kind === 'not' || node.kind === 'negate') list.push(node.operand)
  else if (node.kind === 'call') list.push(...node.args)
  else if (node.kind === 'in') list.push(node.left, ...node.values)
  else if (node.kind === 'lambda' && node.predicate !== undefined) list.push(node.predicate)
}
