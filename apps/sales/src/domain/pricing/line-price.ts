import { type Decimal, roundTo, ZERO } from '@p2c/base'
import { type CatalogueEntry, cataloguePrice } from './catalogue-price.ts'
import { lineAmounts } from './line-amounts.ts'
import { PRICING_ERRORS, type PricingError } from './pricing-error.ts'
import { type DiscountRange, volumeDiscount } from './volume-discount.ts'

/** Where the unit price of a line comes from. */
export type PriceSource =
  /** Given with the line: a write-in, or an overridden price. */
  | { readonly kind: 'given'; readonly price: Decimal | null }
  /** Settled earlier and locked since. */
  | { readonly kind: 'locked'; readonly price: Decimal | null; readonly error: PricingError }
  /** Part of a bundle, which has the price. */
  | { readonly kind: 'component' }
  | { readonly kind: 'catalogue'; readonly entry: CatalogueEntry; readonly stored: Decimal | null }

/** A line as it will be, before it is priced. Money is rounded as its column is stored. */
export interface LineToPrice {
  readonly source: PriceSource
  readonly quantity: Decimal | null
  readonly manualDiscount: Decimal
  readonly tax: Decimal
  /** The volume discount that stays, where the quantity did not change; else the ranges it is found in. */
  readonly volume: { readonly kept: Decimal } | { readonly ranges: readonly DiscountRange[] }
}

/** What the document and the organisation say about prices. */
export interface PricingTerms {
  readonly list: { readonly isActive: boolean } | null
  readonly isPriceListMandatory: boolean
  readonly discountMethod: number
  readonly pricingDecimals: number
  readonly currencyDecimals: number
}

export interface PricedLine {
  readonly pricePerUnit: Decimal | null
  readonly volumeDiscount: Decimal
  readonly baseAmount: Decimal
  readonly extendedAmount: Decimal
  readonly error: PricingError
}

/** Unit price, volume discount and amounts of a line, as they are stored. Source: Sales 4.3 to 4.6. */
export function priceLine(line: LineToPrice, terms: PricingTerms): PricedLine {
  const { price, error } = unitPrice(line.source, terms)
  const discount = volumeDiscountOf(line, { price: price ?? ZERO, decimals: terms.currencyDecimals })
  const amounts = lineAmounts(
    {
      quantity: line.quantity ?? ZERO,
      pricePerUnit: price ?? ZERO,
      volumeDiscount: discount,
      manualDiscount: line.manualDiscount,
      tax: line.tax,
    },
    { discountMethod: terms.discountMethod, decimals: terms.currencyDecimals },
  )
  return {
    pricePerUnit: price,
    volumeDiscount: discount,
    ...amounts,
    error: line.quantity === null && error === PRICING_ERRORS.none ? PRICING_ERRORS.missingQuantity : error,
  }
}

function unitPrice(source: PriceSource, terms: PricingTerms): { readonly price: Decimal | null; readonly error: PricingError } {
  if (source.kind === 'component') return { price: ZERO, error: PRICING_ERRORS.none }
  if (source.kind !== 'catalogue') {
    const error = source.kind === 'locked' ? source.error : PRICING_ERRORS.none
    return source.price === null
      ? { price: null, error: PRICING_ERRORS.missingUnitPrice }
      : { price: roundTo(source.price, terms.pricingDecimals), error }
  }
  const { list, isPriceListMandatory, pricingDecimals: decimals } = terms
  const found = cataloguePrice({ list, isPriceListMandatory, entry: source.entry, decimals })
  if (found.ok) return { price: found.price, error: PRICING_ERRORS.none }
  // Off the price list means no price; where pricing could not happen at all, what was found earlier stays.
  return { price: found.error === PRICING_ERRORS.notInPriceLevel ? ZERO : (source.stored ?? ZERO), error: found.error }
}

/** Only catalogue prices have one: neither write-ins nor overridden prices do. Source: Sales 4.5, doubt 4. */
function volumeDiscountOf(line: LineToPrice, facts: { readonly price: Decimal; readonly decimals: number }): Decimal {
  if (line.source.kind === 'given' || line.source.kind === 'component' || line.quantity === null) return ZERO
  if ('kept' in line.volume) return line.volume.kept
  return volumeDiscount({ ...facts, quantity: line.quantity }, line.volume.ranges)
}
