import type { RuleRefusal } from '../refusal.ts'

/** Source: Sales 4.4 step 6. */
export const ITEM_CURRENCY = (product: string): RuleRefusal => ({
  code: '0x80048cf9',
  message: `Product '${product}' is not in the currency of the price list: only the method Currency Amount can price it there.`,
})
