import { isLess, parseDecimal } from '@p2c/base'
import type { RuleRefusal } from '../refusal.ts'

/** What the rules of a discount list look at. */
export interface DiscountList {
  readonly name: string
  readonly isAmountType: boolean
  readonly currencyId: string | null
}

/** Why a discount list may not stand; undefined where it may: amounts need a currency, percentages have none. Source: Sales 1.7. */
export function refuseDiscountList(list: DiscountList): RuleRefusal | undefined {
  if (list.isAmountType && list.currencyId === null) {
    return { code: '0x80048cf7', message: `Discount list '${list.name}' gives amounts: it needs a currency.` }
  }
  if (!list.isAmountType && list.currencyId !== null) {
    return { code: '0x80048cf1', message: `Discount list '${list.name}' gives percentages: it cannot have a currency.` }
  }
  return undefined
}

export const DISCOUNT_KIND_FIXED = (list: string): RuleRefusal => ({
  code: '0x80040203',
  message: `Discount list '${list}' cannot change between amounts and percentages. Create another list.`,
})

export const DISCOUNT_CURRENCY_FIXED = (list: string): RuleRefusal => ({
  code: '0x80040203',
  message: `The currency of discount list '${list}' is fixed: it has discounts. Create another list.`,
})

/** Why a price list item may not use a discount list; undefined where it may. Source: Sales 1.7. */
export const refuseItemDiscount = (list: DiscountList, itemCurrencyId: string | null): RuleRefusal | undefined =>
  !list.isAmountType || list.currencyId === itemCurrencyId
    ? undefined
    : {
        code: '0x80048cf8',
        message: `Discount list '${list.name}' gives amounts in another currency than the price list item has.`,
      }

/** One range of a discount list; quantities and values are decimal text. */
export interface Discount {
  readonly lowQuantity: string | null
  readonly highQuantity: string | null
  readonly amount: string | null
  readonly percentage: string | null
}

/**
 * Why a discount does not fit its list; undefined where it does: an amount or a percentage, never both, and the one that the list
 * gives; its range does not end before it begins. Source: Sales 1.7.
 */
export function refuseDiscount(discount: Discount, list: DiscountList): RuleRefusal | undefined {
  const { amount, percentage } = discount
  if (amount !== null && percentage !== null) {
    return { code: '0x80043b1f', message: "Both 'amount' and 'percentage' cannot be set." }
  }
  if (list.isAmountType && amount === null) {
    return { code: '0x80043b20', message: `Discount list '${list.name}' takes an 'amount' and does not support 'percentage' discounts.` }
  }
  if (!list.isAmountType && percentage === null) {
    return { code: '0x80043b21', message: `Discount list '${list.name}' takes a 'percentage' and does not support 'amount' discounts.` }
  }
  return refuseRange(discount)
}

function refuseRange({ lowQuantity, highQuantity }: Discount): RuleRefusal | undefined {
  const low = lowQuantity === null ? undefined : parseDecimal(lowQuantity)
  const high = highQuantity === null ? undefined : parseDecimal(highQuantity)
  if (low === undefined || high === undefined || !isLess(high, low)) return undefined
  return { code: '0x80040203', message: `The range of a discount ends (${highQuantity}) before it begins (${lowQuantity}).` }
}

/** A stored or written range, both ends included. */
export interface QuantityRange {
  readonly id: string
  readonly low: string
  readonly high: string
}

/** The first two ranges of one list that share a quantity, or undefined. Source: Sales 1.7, both ends inclusive. */
export function findOverlap(ranges: readonly QuantityRange[]): readonly [QuantityRange, QuantityRange] | undefined {
  const sorted = ranges
    .flatMap((range) => {
      const low = parseDecimal(range.low)
      const high = parseDecimal(range.high)
      return low === undefined || high === undefined ? [] : [{ range, low, high }]
    })
    .sort((a, b) => a.low.comparedTo(b.low))
  for (const [at, next] of sorted.entries()) {
    const previous = sorted[at - 1]
    if (previous !== undefined && !isLess(previous.high, next.low)) return [previous.range, next.range]
  }
  return undefined
}

export const DISCOUNT_OVERLAP = (list: string, [first, second]: readonly [QuantityRange, QuantityRange]): RuleRefusal => ({
  code: '0x80043b02',
  message: `Discounts of list '${list}' overlap: ${first.low} to ${first.high} and ${second.low} to ${second.high}.`,
})
