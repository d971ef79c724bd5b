import { type Decimal, isLess, ZERO } from '@p2c/base'
import { type OrderLine, toDeliver } from './order-line.ts'

/** `WhsReleaseToWarehouseRule` of a warehouse. */
export type ReleaseRule = 'NotApplicable' | 'AllowPartialReservation' | 'RequireFullReservation'

/** What is released, or that the line must be reserved as a whole first. */
export type ReleaseDecision = { readonly ok: true; readonly quantity: Decimal } | { readonly ok: false }

/**
 * How much of a line can be released to its warehouse: what is reserved for it and neither picked nor on a list. With `RequireFullReservation`
 * all of it must be reserved. `reserved` is in the sales unit and includes what lists have taken. Source: Supply Chain specification, 3.4.
 */
export function releasable(rule: ReleaseRule, line: OrderLine, reserved: Decimal): ReleaseDecision {
  const open = toDeliver(line).minus(line.picked).minus(line.listed)
  const free = reserved.minus(line.listed)
  if (!isLess(ZERO, open)) return { ok: true, quantity: ZERO }
  if (rule === 'RequireFullReservation' && isLess(free, open)) return { ok: false }
  const quantity = isLess(free, open) ? free : open
  return { ok: true, quantity: quantity.isNegative() ? ZERO : quantity }
}

/** `ReleaseStatus` of an order from its lines: Released once every open line is released as a whole. */
export function releaseStatus(lines: readonly OrderLine[]): 'Open' | 'PartialReleased' | 'Released' {
  const wanted = lines.filter((line) => !line.ordered.minus(line.canceled).isZero())
  if (!wanted.some((line) => isLess(ZERO, line.released))) return 'Open'
  return wanted.every((line) => !isLess(line.released, line.ordered.minus(line.canceled))) ? 'Released' : 'PartialReleased'
}
