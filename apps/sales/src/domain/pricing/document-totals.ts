import { type Decimal, roundTo, ZERO } from '@p2c/base'
import type { RuleRefusal } from '../refusal.ts'

/** What the lines of a document add up to. */
export interface LineSums {
  /** Sum of extended amount less tax. */
  readonly detailAmount: Decimal
  /** Sum of the manual discounts, each on its whole line. */
  readonly discount: Decimal
  readonly tax: Decimal
}

export const NO_LINES: LineSums = { detailAmount: ZERO, discount: ZERO, tax: ZERO }

/** What is entered for a document as a whole, each rounded as its column is stored. */
export interface HeaderInputs {
  /** 10 is 10 per cent of the detail amount. */
  readonly discountPercentage: Decimal
  readonly discountAmount: Decimal
  readonly freightAmount: Decimal
}

export interface DocumentTotals {
  readonly lineItemAmount: Decimal
  readonly lineItemDiscountAmount: Decimal
  readonly totalDiscountAmount: Decimal
  readonly amountLessFreight: Decimal
  readonly tax: Decimal
  readonly totalAmount: Decimal
}

/** Percentage and amount may both be present and add up. Source: Sales 4.3. */
export const headerDiscount = (detailAmount: Decimal, inputs: HeaderInputs, decimals: number): Decimal =>
  roundTo(detailAmount.times(inputs.discountPercentage).dividedBy(100), decimals).plus(inputs.discountAmount)

/** Totals of a document; `decimals` are those of its currency. Source: Sales 4.3. */
export function documentTotals(lines: LineSums, inputs: HeaderInputs, decimals: number): DocumentTotals {
  const discount = headerDiscount(lines.detailAmount, inputs, decimals)
  const amountLessFreight = lines.detailAmount.minus(discount)
  return {
    lineItemAmount: lines.detailAmount,
    lineItemDiscountAmount: lines.discount,
    totalDiscountAmount: lines.discount.plus(discount),
    amountLessFreight,
    tax: lines.tax,
    totalAmount: amountLessFreight.plus(inputs.freightAmount).plus(lines.tax),
  }
}

/** True where the discount of a document takes more than its lines are worth; credits, below nought, have no such bound. */
export function isOverDiscounted(detailAmount: Decimal, inputs: HeaderInputs, decimals: number): boolean {
  return !detailAmount.isNegative() && headerDiscount(detailAmount, inputs, decimals).greaterThan(detailAmount)
}

/** Source: Sales 4.3 and 8. */
export const DISCOUNT_TOO_LARGE = (document: string): RuleRefusal => ({
  code: '0x800404f4',
  message: `The total discount of the ${document} is invalid: it is greater than the detail amount. Lower the discount first.`,
})
