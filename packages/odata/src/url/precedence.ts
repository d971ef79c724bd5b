import type { BinaryOperator } from '../ast.ts'

/** Higher binds tighter. `not` stands between `and` and the comparisons, so that `not a eq 1` negates the comparison. */
export const PRECEDENCE: Readonly<Record<BinaryOperator | 'in' | 'not', number>> = {
  or: 1,
  and: 2,
  not: 3,
  eq: 4,
  ne: 4,
  gt: 5,
  ge: 5,
  lt: 5,
  le: 5,
  has: 5,
  in: 5,
  add: 6,
  sub: 6,
  mul: 7,
  div: 7,
  divby: 7,
  mod: 7,
}
