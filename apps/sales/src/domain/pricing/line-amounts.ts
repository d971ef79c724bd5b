import { type Decimal, roundTo } from '@p2c/base'

/** `organization.discountcalculationmethod`. Source: Sales 1.14. */
export const DISCOUNT_METHODS = { lineItem: 0, perUnit: 1 } as const

/** What an amount is made of, each rounded as its column is stored. */
export interface LineInputs {
  readonly quantity: Decimal
  readonly pricePerUnit: Decimal
  /** Per unit, under both methods. */
  readonly volumeDiscount: Decimal
  /** Of the whole line, or of each unit: the discount method says. */
  readonly manualDiscount: Decimal
  readonly tax: Decimal
}

export interface AmountRules {
  readonly discountMethod: number
  /** Decimals of the currency. */
  readonly decimals: number
}

export interface LineAmounts {
  readonly baseAmount: Decimal
  readonly extendedAmount: Decimal
}

/** The manual discount on the whole line. Source: Sales 4.3. */
export const lineDiscount = (line: Pick<LineInputs, 'quantity' | 'manualDiscount'>, rules: AmountRules): Decimal =>
  rules.discountMethod === DISCOUNT_METHODS.perUnit
    ? roundTo(line.quantity.times(line.manualDiscount), rules.decimals)
    : line.manualDiscount

/** Amount before and after discount and tax, rounded half away from zero. Source: Sales 4.3. */
export function lineAmounts(line: LineInputs, rules: AmountRules): LineAmounts {
  const baseAmount = roundTo(line.quantity.times(line.pricePerUnit.minus(line.volumeDiscount)), rules.decimals)
  return { baseAmount, extendedAmount: baseAmount.minus(lineDiscount(line, rules)).plus(line.tax) }
}
