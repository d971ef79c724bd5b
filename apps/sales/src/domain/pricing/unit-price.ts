import { type Decimal, decimal, roundTo, ZERO } from '@p2c/base'
import { PRICING_ERRORS, type PricingError } from './pricing-error.ts'

/** `productpricelevel.pricingmethodcode`. Source: Sales 1.7. */
export const PRICING_METHODS = {
  amount: 1,
  percentOfList: 2,
  markupCurrentCost: 3,
  marginCurrentCost: 4,
  markupStandardCost: 5,
  marginStandardCost: 6,
} as const

/** `roundingpolicycode` and `roundingoptioncode` of price list items. */
export const ROUNDING_POLICIES = { none: 1, up: 2, down: 3, nearest: 4 } as const
export const ROUNDING_OPTIONS = { endsIn: 1, multipleOf: 2 } as const

/** A price list item as far as it makes a price; null where the item says nothing. */
export interface PriceListItem {
  readonly method: number | null
  readonly amount: Decimal | null
  /** 35 is 35 per cent. */
  readonly percentage: Decimal | null
  readonly roundingPolicy: number | null
  readonly roundingOption: number | null
  readonly roundingAmount: Decimal | null
}

/** What methods 2 to 6 start from. */
export interface ProductAmounts {
  readonly price: Decimal | null
  readonly currentCost: Decimal | null
  readonly standardCost: Decimal | null
}

export type UnitPrice = { readonly ok: true; readonly price: Decimal } | { readonly ok: false; readonly error: PricingError }

const priced = (price: Decimal): UnitPrice => ({ ok: true, price })
const failed = (error: PricingError): UnitPrice => ({ ok: false, error })
const HUNDRED = decimal(100)

/** True for the methods that start from the product: its currency must be that of the price list. Source: Sales 4.4. */
export const isFromProduct = (method: number | null): boolean => method !== null && method !== PRICING_METHODS.amount

/** Unit price by a price list item, rounded by its policy and then to `decimals`, the pricing precision. Source: Sales 4.4 steps 6 and 7. */
export function itemPrice(item: PriceListItem, product: ProductAmounts, decimals: number): UnitPrice {
  if (!isFromProduct(item.method)) {
    return item.amount === null ? failed(PRICING_ERRORS.missingAmount) : priced(roundTo(item.amount, decimals))
  }
  const raw = rawPrice(item, product)
  if (!raw.ok) return raw
  const rounded = roundByPolicy(raw.price, item)
  return rounded.ok ? priced(roundTo(rounded.price, decimals)) : rounded
}

function rawPrice(item: PriceListItem, product: ProductAmounts): UnitPrice {
  const { percentage, method } = item
  if (method === PRICING_METHODS.percentOfList) {
    if (product.price === null) return failed(PRICING_ERRORS.missingPrice)
    if (percentage === null) return failed(PRICING_ERRORS.missingPercentage)
    return priced(product.price.times(percentage).dividedBy(HUNDRED))
  }
  const isCurrent = method === PRICING_METHODS.markupCurrentCost || method === PRICING_METHODS.marginCurrentCost
  const cost = isCurrent ? product.currentCost : product.standardCost
  if (cost === null) return failed(isCurrent ? PRICING_ERRORS.missingCurrentCost : PRICING_ERRORS.missingStandardCost)
  if (percentage === null) return failed(PRICING_ERRORS.missingPercentage)
  if (method === PRICING_METHODS.markupCurrentCost || method === PRICING_METHODS.markupStandardCost) {
    return priced(cost.times(HUNDRED.plus(percentage)).dividedBy(HUNDRED))
  }
  // A margin of all of the price has no price.
  if (percentage.greaterThanOrEqualTo(HUNDRED)) return failed(PRICING_ERRORS.calculationError)
  return priced(cost.times(HUNDRED).dividedBy(HUNDRED.minus(percentage)))
}

function roundByPolicy(price: Decimal, item: PriceListItem): UnitPrice {
  const policy = item.roundingPolicy ?? ROUNDING_POLICIES.none
  if (policy === ROUNDING_POLICIES.none) return priced(price)
  const round = POLICY_STEPS.get(policy)
  if (round === undefined) return failed(PRICING_ERRORS.invalidRoundingPolicy)
  const option = item.roundingOption
  if (option !== ROUNDING_OPTIONS.endsIn && option !== ROUNDING_OPTIONS.multipleOf) return failed(PRICING_ERRORS.invalidRoundingOption)
  const amount = item.roundingAmount
  if (amount === null || !amount.greaterThan(ZERO)) return failed(PRICING_ERRORS.invalidRoundingAmount)
  const [step, ending] = option === ROUNDING_OPTIONS.multipleOf ? [amount, ZERO] : [powerOfTenAbove(amount), amount]
  return priced(round(price.minus(ending).dividedBy(step)).times(step).plus(ending))
}

/** How many steps a price makes: the next whole number up, down, or the nearest with a tie up. */
const POLICY_STEPS: ReadonlyMap<number, (steps: Decimal) => Decimal> = new Map([
  [ROUNDING_POLICIES.up, (steps) => steps.ceil()],
  [ROUNDING_POLICIES.down, (steps) => steps.floor()],
  [ROUNDING_POLICIES.nearest, (steps) => steps.plus('0.5').floor()],
])

/** Smallest power of ten greater than `amount`, which is above nought: 1 for 0.99, 10 for 1 and for 5. Our choice, Sales 4.4 step 7. */
const powerOfTenAbove = (amount: Decimal): Decimal => decimal(10).pow(amount.e + 1)
