import { type Decimal, ZERO } from '@p2c/base'
import { roundAmount } from '../pricing/rounding.ts'
import type { ItemFacts } from './item-facts.ts'
import type { StockSums } from './on-hand.ts'

/** Value and quantity that the running average is made of. Source: Supply Chain specification, 4.6. */
function averageBase(sums: StockSums, isPhysicalValueIncluded: boolean): { readonly value: Decimal; readonly quantity: Decimal } {
  if (!isPhysicalValueIncluded) return { value: sums.PostedValue, quantity: sums.PostedQty }
  return {
    value: sums.PostedValue.plus(sums.PhysicalValue),
    quantity: sums.PostedQty.plus(sums.Received).minus(sums.Deducted),
  }
}

/**
 * Cost of `quantity` at the running average, rounded; at the default cost where the average is not one: nothing there, or a value or
 * quantity below zero. Multiplied before divided, so that the last piece takes exactly what is left. Source: 4.6, EX-18, EX-19.
 */
export function averageCost(sums: StockSums, quantity: Decimal, item: ItemFacts): Decimal {
  const { value, quantity: base } = averageBase(sums, item.isPhysicalValueIncluded)
  if (base.lessThanOrEqualTo(ZERO) || value.lessThan(ZERO)) return roundAmount(quantity.times(item.unitCost), item.costRounding)
  return roundAmount(value.times(quantity).dividedBy(base), item.costRounding)
}
