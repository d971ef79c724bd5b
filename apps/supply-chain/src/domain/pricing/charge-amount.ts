import { type Decimal, decimal, sum, ZERO } from '@p2c/base'
import type { CalculationCharge, CalculationLine } from './calculation-document.ts'
import { type AmountRounding, roundAmount } from './rounding.ts'

const HUNDRED = decimal(100)

/** What a charge is taken of. */
export interface ChargeBase {
  /** Sum of the net amounts of the order, or the net amount of the line. */
  readonly amount: Decimal
  /** In the sales unit; of no meaning for a charge of the header. */
  readonly quantity: Decimal
}

/** Net amounts of the lines that count. */
export const netTotal = (lines: readonly CalculationLine[]): Decimal =>
  sum(lines.filter((line) => !line.isCanceled).map((line) => line.lineAmount))

const isInTier = ({ fromOrderAmount, toOrderAmount }: CalculationCharge, amount: Decimal): boolean =>
  amount.greaterThanOrEqualTo(fromOrderAmount) && (toOrderAmount.isZero() || amount.lessThan(toOrderAmount))

/**
 * The whole amount of a charge for what it is taken of: a fixed amount, an amount per unit, or a percentage. A charge with a tier counts
 * while the order total is within it (from the lower limit on, below the upper one). Source: Supply Chain specification, 5.6.
 */
export function chargeAmount(charge: CalculationCharge, base: ChargeBase, rounding: AmountRounding): Decimal {
  if (charge.sign === 0 || (charge.lineRecId === '' && hasTier(charge) && !isInTier(charge, base.amount))) return ZERO
  return roundAmount(amountByCategory(charge, base), rounding).times(charge.sign)
}

const hasTier = ({ fromOrderAmount, toOrderAmount }: CalculationCharge): boolean => !fromOrderAmount.isZero() || !toOrderAmount.isZero()

function amountByCategory({ category, value }: CalculationCharge, { amount, quantity }: ChargeBase): Decimal {
  switch (category) {
    case 'Fixed':
      return value
    case 'Pcs':
      return value.times(quantity)
    case 'Percent':
      return amount.times(value).dividedBy(HUNDRED)
  }
}

/** What a charge of a document is taken of; undefined where its line is not in the document. */
export function chargeBaseOf(charge: CalculationCharge, lines: readonly CalculationLine[]): ChargeBase | undefined {
  if (charge.lineRecId === '') return { amount: netTotal(lines), quantity: ZERO }
  const line = lines.find(({ recId }) => recId === charge.lineRecId)
  return line === undefined ? undefined : { amount: line.lineAmount, quantity: line.price.quantity }
}
