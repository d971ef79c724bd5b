import { type Decimal, isLess, ZERO } from '@p2c/base'
import { type InfologEntry, refuseCommand } from '../messages.ts'
import { isReturn, type OrderLine, toDeliver } from './order-line.ts'

/** Which quantity of each line a posting takes. Source: Supply Chain specification, 4.4 no. 1. */
export const QUANTITY_RULES = ['All', 'DeliverNow', 'Picked', 'PickedAndNotStocked'] as const
/** Which quantity of each line a packing slip takes. */
export type QuantityRule = (typeof QUANTITY_RULES)[number]

/** The quantity of one line under a rule. A return is received as a whole: it is neither picked nor stocked out. */
export function quantityByRule(rule: QuantityRule, line: OrderLine, isStocked: boolean): Decimal {
  const isOnHand = isStocked && !isReturn(line)
  switch (rule) {
    case 'All':
      return toDeliver(line)
    case 'DeliverNow':
      return line.deliverNow
    case 'Picked':
      return isOnHand ? line.picked : ZERO
    case 'PickedAndNotStocked':
      return isOnHand ? line.picked : toDeliver(line)
  }
}

const HUNDRED = 100

/** Percent of the ordered quantity by which a delivery goes beyond what is left; nought where it does not. */
export function overdeliveryPercent(line: OrderLine, quantity: Decimal): Decimal {
  const total = line.delivered.plus(line.canceled).plus(quantity)
  const beyond = isReturn(line) ? line.ordered.minus(total) : total.minus(line.ordered)
  return isLess(ZERO, beyond) && !line.ordered.isZero() ? beyond.dividedBy(line.ordered.abs()).times(HUNDRED) : ZERO
}

/** E08 where a delivery goes beyond the percentage that the line allows. */
export function checkOverdelivery(line: OrderLine, quantity: Decimal): InfologEntry | undefined {
  const percent = overdeliveryPercent(line, quantity)
  if (!isLess(line.overdeliveryPercent, percent)) return undefined
  return refuseCommand('E08', percent.toFixed(2), line.overdeliveryPercent.toFixed(2))
}

/** A quantity of the other sign than its line: a delivery cannot take goods back, nor a return send them out. */
export const hasOtherSign = (line: OrderLine, quantity: Decimal): boolean => !quantity.isZero() && quantity.isNegative() !== isReturn(line)

/**
 * The rest of a line that may be cancelled after a delivery, because it is within the allowed underdelivery; nought where it is not.
 * `quantity` is what this delivery takes. Source: Supply Chain specification, 4.4 no. 6.
 */
export function underdeliveredRest(line: OrderLine, quantity: Decimal): Decimal {
  const rest = toDeliver({ ...line, delivered: line.delivered.plus(quantity) })
  const allowed = line.ordered.abs().times(line.underdeliveryPercent).dividedBy(HUNDRED)
  return isLess(allowed, rest.abs()) ? ZERO : rest
}

/** What a delivery leaves of the quantity picked: goods that were picked leave first. */
export const pickedAfter = (line: OrderLine, quantity: Decimal): Decimal => {
  const left = line.picked.minus(quantity)
  return isReturn(line) || left.isNegative() ? ZERO : left
}

/** What of a line still has to be picked after a delivery: that much may stay on picking lists. `closed` of it is cancelled with the delivery. */
export function neededPicking(line: OrderLine, quantity: Decimal, closed: Decimal = ZERO): Decimal {
  if (isReturn(line)) return ZERO
  const after = { ...line, delivered: line.delivered.plus(quantity), canceled: line.canceled.plus(closed) }
  return toDeliver(after).minus(pickedAfter(line, quantity))
}

/** What a delivery leaves on picking lists: goods that left past their list need no picking any more. */
export function listedAfter(line: OrderLine, quantity: Decimal, closed: Decimal = ZERO): Decimal {
  const needed = neededPicking(line, quantity, closed)
  return isLess(needed, line.listed) ? needed : line.listed
}

/** What a delivery leaves of the quantity that was to be delivered now. */
export function deliverNowAfter(line: OrderLine, quantity: Decimal): Decimal {
  const left = line.deliverNow.minus(quantity)
  return left.isZero() || left.isNegative() !== line.deliverNow.isNegative() ? ZERO : left
}
