import { type Decimal, roundTo, ZERO } from '@p2c/base'

/** A range of a discount list; both ends belong to it. */
export interface DiscountRange {
  readonly isAmount: boolean
  readonly low: Decimal
  readonly high: Decimal
  readonly amount: Decimal | null
  /** 7.5 is 7.5 per cent. */
  readonly percentage: Decimal | null
}

/**
 * Discount on each unit, in `decimals` of the currency; none outside every range. Negative quantities lie outside, and a price below
 * nought gets none. Source: Sales 4.5.
 */
export function volumeDiscount(
  line: { readonly price: Decimal; readonly quantity: Decimal; readonly decimals: number },
  ranges: readonly DiscountRange[],
): Decimal {
  const range = ranges.find(({ low, high }) => low.lessThanOrEqualTo(line.quantity) && line.quantity.lessThanOrEqualTo(high))
  if (range === undefined) return ZERO
  const discount = range.isAmount ? (range.amount ?? ZERO) : line.price.times(range.percentage ?? ZERO).dividedBy(100)
  return discount.isNegative() ? ZERO : roundTo(discount, line.decimals)
}
