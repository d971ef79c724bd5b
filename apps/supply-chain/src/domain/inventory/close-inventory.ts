import { type Decimal, ZERO } from '@p2c/base'
import { type AmountRounding, roundAmount } from '../pricing/rounding.ts'

/** A financially updated transaction whose value is open. Quantities are positive; `cost` is negative for issues, adjustments included. */
export interface OpenValue {
  readonly id: string
  readonly isIssue: boolean
  readonly quantity: Decimal
  readonly cost: Decimal
  /** What earlier closes have settled, both positive. */
  readonly settledQuantity: Decimal
  readonly settledCost: Decimal
}

/** What close has made of a transaction. */
export interface ClosedValue {
  readonly id: string
  /** Added to the adjustment of an issue; 0 for receipts. */
  readonly adjustment: Decimal
  readonly settledQuantity: Decimal
  readonly settledCost: Decimal
  /** Everything of it is settled. */
  readonly isClosed: boolean
}

export interface CloseOptions {
  /** Member of `InventModel`. */
  readonly model: string
  readonly rounding: AmountRounding
}

interface Open {
  readonly value: OpenValue
  quantity: Decimal
  cost: Decimal
  adjustment: Decimal
}

/** How issues are settled with receipts; other models have no close. Source: Supply Chain specification, 4.6, R detail. */
const SETTLEMENTS: Readonly<Record<string, 'oldest' | 'newest' | 'average'>> = {
  FIFO: 'oldest',
  LIFO: 'newest',
  LIFODate: 'newest',
  AverageCost: 'average',
  AverageCostDate: 'average',
  MonthlyAverageCost: 'average',
}

/** Whether inventory close looks at the row at all. */
export const isClosable = (model: string): boolean => SETTLEMENTS[model] !== undefined

/**
 * Closes the values of one cost place, oldest first: issues are settled with receipts as the inventory model says, and the difference to
 * what they were posted at is their adjustment. Settled cost of receipts equals that of issues, to the cent. Transactions that nothing
 * happened to are left out.
 */
export function closeValues(values: readonly OpenValue[], { model, rounding }: CloseOptions): ClosedValue[] {
  const settlement = SETTLEMENTS[model]
  if (settlement === undefined) return []
  const open = values.map(
    (value): Open => ({
      value,
      quantity: value.quantity.minus(value.settledQuantity),
      // Both positive: what is left of the cost of an issue, too.
      cost: (value.isIssue ? value.cost.negated() : value.cost).minus(value.settledCost),
      adjustment: ZERO,
    }),
  )
  const issues = open.filter(({ value }) => value.isIssue)
  const receipts = open.filter(({ value }) => !value.isIssue)
  if (settlement === 'average') settleWithAverage(issues, receipts, rounding)
  else settleInOrder(issues, settlement === 'oldest' ? receipts : receipts.toReversed(), rounding)
  return open.flatMap(closedValue)
}

const least = (left: Decimal, right: Decimal): Decimal => (left.lessThan(right) ? left : right)

/** The share of a cost that a quantity has; of the whole quantity it is the whole. */
const shareOf = ({ cost, quantity }: Pick<Open, 'cost' | 'quantity'>, part: Decimal, rounding: AmountRounding): Decimal =>
  part.equals(quantity) ? cost : roundAmount(cost.times(part).dividedBy(quantity), rounding)

function settleInOrder(issues: readonly Open[], receipts: readonly Open[], rounding: AmountRounding): void {
  for (const issue of issues) {
    for (const receipt of receipts) {
      const quantity = least(issue.quantity, receipt.quantity)
      if (quantity.lessThanOrEqualTo(ZERO)) continue
      const cost = shareOf(receipt, quantity, rounding)
      settleIssue(issue, { quantity, cost, rounding })
      receipt.quantity = receipt.quantity.minus(quantity)
      receipt.cost = receipt.cost.minus(cost)
    }
  }
}

interface Settled {
  readonly quantity: Decimal
  readonly cost: Decimal
  readonly rounding: AmountRounding
}

/** An issue that was posted at more than it costs gets the difference back: a positive adjustment. */
function settleIssue(issue: Open, { quantity, cost, rounding }: Settled): void {
  const posted = shareOf(issue, quantity, rounding)
  issue.adjustment = issue.adjustment.plus(posted).minus(cost)
  issue.quantity = issue.quantity.minus(quantity)
  issue.cost = issue.cost.minus(posted)
}

/**
 * All receipts together give one price. What is left of them keeps it, whichever of them it is: quantities are used up oldest first, and the
 * value that remains is spread over the rest at the average.
 */
function settleWithAverage(issues: readonly Open[], receipts: readonly Open[], rounding: AmountRounding): void {
  const pool = {
    quantity: receipts.reduce((total, { quantity }) => total.plus(quantity), ZERO),
    cost: receipts.reduce((total, { cost }) => total.plus(cost), ZERO),
  }
  let used = ZERO
  for (const issue of issues) {
    const quantity = least(issue.quantity, pool.quantity)
    if (quantity.lessThanOrEqualTo(ZERO)) continue
    const cost = shareOf(pool, quantity, rounding)
    settleIssue(issue, { quantity, cost, rounding })
    pool.quantity = pool.quantity.minus(quantity)
    pool.cost = pool.cost.minus(cost)
    used = used.plus(quantity)
  }
  if (used.isZero()) return
  for (const receipt of receipts) {
    const quantity = least(receipt.quantity, used)
    used = used.minus(quantity)
    receipt.quantity = receipt.quantity.minus(quantity)
    const cost = receipt.quantity.isZero() ? ZERO : shareOf(pool, receipt.quantity, rounding)
    pool.quantity = pool.quantity.minus(receipt.quantity)
    pool.cost = pool.cost.minus(cost)
    receipt.cost = cost
  }
}

function closedValue({ value, quantity, cost, adjustment }: Open): ClosedValue[] {
  const whole = (value.isIssue ? value.cost.plus(adjustment).negated() : value.cost).minus(cost)
  const settledQuantity = value.quantity.minus(quantity)
  const isSame = settledQuantity.equals(value.settledQuantity) && whole.equals(value.settledCost) && adjustment.isZero()
  return isSame ? [] : [{ id: value.id, adjustment, settledQuantity, settledCost: whole, isClosed: quantity.isZero() }]
}
