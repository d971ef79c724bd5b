import { type Decimal, isLess, ZERO } from '@p2c/base'
import { isReturn, type OrderLine, toDeliver } from './order-line.ts'

/** Statuses of picking routes that the application produces. Source: Supply Chain specification, 3.4. */
export type RouteStatus = 'Activated' | 'Started' | 'Complete'

/** One line of a picking route, in the sales unit. */
export interface RouteLine {
  readonly listed: Decimal
  readonly picked: Decimal
  /** Given back to the order unpicked. */
  readonly ended: Decimal
}

/** What can still be put on a picking list: neither picked nor on another one. */
export function toList(line: OrderLine): Decimal {
  const left = toDeliver(line).minus(line.picked).minus(line.listed)
  return isReturn(line) || left.isNegative() ? ZERO : left
}

/** What is still to be picked of a route line. */
export const toPick = (line: RouteLine): Decimal => line.listed.minus(line.picked).minus(line.ended)

/** Whether nothing of a route line is left to be registered. */
export const isDone = (line: RouteLine): boolean => toPick(line).isZero()

/** Complete when nothing is left to pick, Started once something was picked or ended. */
export function routeStatus(lines: readonly RouteLine[]): RouteStatus {
  if (lines.every(isDone)) return 'Complete'
  return lines.some((line) => !line.picked.isZero() || !line.ended.isZero()) ? 'Started' : 'Activated'
}

/** A route line after `quantity` of it was picked; the rest stays open, or is given back to the order. */
export function registered(line: RouteLine, quantity: Decimal, isRestEnded: boolean): RouteLine {
  const after = { ...line, picked: line.picked.plus(quantity) }
  return isRestEnded ? { ...after, ended: after.ended.plus(toPick(after)) } : after
}

/**
 * What must be given back of open route lines, newest first, so that no more than `needed` stays on lists: goods that were delivered past
 * their picking list, or cancelled, need no picking any more.
 */
export function endBeyond(lines: readonly RouteLine[], needed: Decimal): readonly RouteLine[] {
  let excess = lines.reduce((total, line) => total.plus(toPick(line)), ZERO).minus(needed)
  return lines
    .toReversed()
    .map((line) => {
      if (!isLess(ZERO, excess)) return line
      const open = toPick(line)
      const ended = isLess(open, excess) ? open : excess
      excess = excess.minus(ended)
      return { ...line, ended: line.ended.plus(ended) }
    })
    .toReversed()
}
