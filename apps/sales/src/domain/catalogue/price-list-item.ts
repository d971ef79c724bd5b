import { decimal } from '@p2c/base'
import type { RuleRefusal } from '../refusal.ts'
import { PRODUCT_STATES, PRODUCT_STRUCTURES } from './product-state.ts'

/** What a price list item asks about its product. */
export interface ItemProduct {
  readonly name: string
  readonly statecode: number
  readonly productstructure: number
  readonly schedule: string | null
}

/** Percentages end below this. Source: Sales 1.7. */
const PERCENTAGE_END = decimal(100_000)

/** Why an item may not hold this product in this unit; undefined where it may. Source: Sales 1.7. */
export function refuseItemProduct(
  product: ItemProduct,
  unit: { readonly name: string; readonly schedule: string } | undefined,
): RuleRefusal | undefined {
  if (product.productstructure === PRODUCT_STRUCTURES.family) {
    return { code: '0x8004f902', message: `'${product.name}' is a product family: only its products can be put on a price list.` }
  }
  if (product.statecode === PRODUCT_STATES.retired) {
    return { code: '0x80061009', message: `Product '${product.name}' is retired and cannot be put on a price list.` }
  }
  if (unit === undefined || unit.schedule === product.schedule) return undefined
  return { code: '0x80043b14', message: `Unit '${unit.name}' is not in the unit group of product '${product.name}'.` }
}

/** Why a percentage may not stand; undefined where it may or where the method needs none. Source: Sales 1.7. */
export function refusePercentage(method: number, percentage: string | null): RuleRefusal | undefined {
  if (method === 1 || percentage === null) return undefined
  const value = decimal(percentage)
  if (!value.isNegative() && value.lessThan(PERCENTAGE_END)) return undefined
  return { code: '0x80043b0c', message: `The percentage ${percentage} of a price list item must be at least 0 and below 100000.` }
}

export const ITEM_TAKEN = (product: string, unit: string): RuleRefusal => ({
  code: '0x80043b08',
  message: `The price list already has an item for product '${product}' in unit '${unit}'. Change that one.`,
})
