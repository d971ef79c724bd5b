import { type Decimal, roundTo, ZERO } from '@p2c/base'
import { unitsOfPrice } from './line-amount.ts'
import { type AmountRounding, roundAmount } from './rounding.ts'

/** A discount of a whole line that is to be kept per price unit. */
export interface WholeDiscount {
  readonly wholeDiscount: Decimal
  readonly quantity: Decimal
  readonly priceUnit: Decimal
  /** Sales charges of the line that do not come from a split. */
  readonly ownCharges: Decimal
}

/** What is stored of it. */
export interface DiscountSplit {
  /** Per price unit, rounded as prices are. */
  readonly lineDiscount: Decimal
  /** `FixedPriceCharges`: own charges and the rest. */
  readonly salesCharges: Decimal
  /** The rest alone, with its sign as it is inside the sales charges. */
  readonly remainder: Decimal
}

/** The rest is kept unrounded: as many decimals as make every whole-line discount come back. */
const REMAINDER_DECIMALS = 16

/**
 * Splits a whole-line discount into one per price unit and a rest among the sales charges: 10.00 for 3 pieces is 3.33 each and -0.01.
 * Undefined where there is a discount but no quantity to spread it over: E31. Source: Supply Chain specification, 5.3.
 */
export function splitLineDiscount(
  { wholeDiscount, quantity, priceUnit, ownCharges }: WholeDiscount,
  priceRounding: AmountRounding,
): DiscountSplit | undefined {
  if (wholeDiscount.isZero()) return { lineDiscount: ZERO, salesCharges: ownCharges, remainder: ZERO }
  if (quantity.isZero()) return undefined
  const units = unitsOfPrice(priceUnit)
  // Half away from zero, whatever the method of the currency: only its step counts.
  const lineDiscount = roundAmount(wholeDiscount.times(units).dividedBy(quantity), { rule: priceRounding.rule, type: 'Ordinary' })
  const remainder = roundTo(lineDiscount.times(quantity).dividedBy(units).minus(wholeDiscount), REMAINDER_DECIMALS)
  return { lineDiscount, salesCharges: ownCharges.plus(remainder), remainder }
}

/** A discount per price unit with the rest of its split. */
export interface StoredDiscount {
  readonly lineDiscount: Decimal
  readonly quantity: Decimal
  readonly priceUnit: Decimal
  readonly remainder: Decimal
}

/** The discount of the whole line that a stored one stands for, rounded as the currency says. Source: 5.3, export. */
export const wholeLineDiscount = ({ lineDiscount, quantity, priceUnit, remainder }: StoredDiscount, rounding: AmountRounding): Decimal =>
  roundAmount(lineDiscount.times(quantity).dividedBy(unitsOfPrice(priceUnit)).minus(remainder), rounding)
