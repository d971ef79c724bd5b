import { ZERO } from '@p2c/base'
import { PRICING_ERRORS } from './pricing-error.ts'
import { isFromProduct, itemPrice, type PriceListItem, type ProductAmounts, type UnitPrice } from './unit-price.ts'

/** What the catalogue knows about one product in one unit under one price list. */
export interface CatalogueEntry {
  /** Of the price list, or of the product's own one where price lists are optional. */
  readonly item: PriceListItem | null
  readonly product: ProductAmounts
  /** The product is in the currency of the document. */
  readonly isInCurrency: boolean
}

export interface PriceQuestion {
  /** The price list of the document; null where it has none. */
  readonly list: { readonly isActive: boolean } | null
  readonly isPriceListMandatory: boolean
  readonly entry: CatalogueEntry
  /** Decimals of unit prices. */
  readonly decimals: number
}

/** The unit price of a line that does not override it. Source: Sales 4.4. */
export function cataloguePrice({ list, isPriceListMandatory, entry, decimals }: PriceQuestion): UnitPrice {
  if (list === null && isPriceListMandatory) return { ok: false, error: PRICING_ERRORS.missingPriceLevel }
  if (list?.isActive === false) return { ok: false, error: PRICING_ERRORS.inactivePriceLevel }
  if (entry.item === null) return isPriceListMandatory ? { ok: false, error: PRICING_ERRORS.notInPriceLevel } : { ok: true, price: ZERO }
  if (isFromProduct(entry.item.method) && !entry.isInCurrency) return { ok: false, error: PRICING_ERRORS.invalidPriceLevelCurrency }
  return itemPrice(entry.item, entry.product, decimals)
}
