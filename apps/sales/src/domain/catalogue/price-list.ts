import { accept, type Decision, type RuleRefusal, refused } from '../refusal.ts'

/** A price list as far as the automation asks. */
export interface PriceListCandidate {
  readonly id: string
  readonly name: string
}

/**
 * Head of the refusal of a product that no price list can take. The integrator tells `price-list-missing` by the code
 * `0x80040265` and this text at the start of the message.
 */
export const PRICE_LIST_MISSING = 'No active price list with the currency of the product exists'

/** What the price list automation asks about one product. */
export interface PricedProduct {
  readonly productNumber: string
  /** ISO code, for the message. */
  readonly currency: string
  /** The list that the product has or is given. */
  readonly ownPriceListId: string | null
}

/**
 * The price list of an externally maintained product: its own, else the first Active list of its currency by name.
 * `candidates` are the Active lists of that currency. Source: Sales 6.5, Templates 5 S4.
 */
export function choosePriceList(product: PricedProduct, candidates: readonly PriceListCandidate[]): Decision<string> {
  if (product.ownPriceListId !== null) return accept(product.ownPriceListId)
  const first = candidates.reduce<PriceListCandidate | undefined>(
    (best, list) => (best === undefined || before(list, best) ? list : best),
    undefined,
  )
  if (first !== undefined) return accept(first.id)
  return refused(
    '0x80040265',
    `${PRICE_LIST_MISSING}: product '${product.productNumber}', currency '${product.currency}'. Create or activate a price list in ${product.currency}, or give the product a price list.`,
  )
}

/** By name without case, ties by the name as written and then by id, so that every machine chooses the same. */
function before(a: PriceListCandidate, b: PriceListCandidate): boolean {
  const order = compareText(a.name.toLowerCase(), b.name.toLowerCase()) || compareText(a.name, b.name) || compareText(a.id, b.id)
  return order < 0
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

export const PRICE_LIST_NAME_MISSING: RuleRefusal = { code: '0x80043b0e', message: 'The name of the price list is missing.' }

export const PRICE_LIST_NAME_TAKEN = (name: string): RuleRefusal => ({
  code: '0x80043b0f',
  message: `A price list named '${name}' already exists. Choose another name.`,
})

export const PRICE_LIST_IN_USE = (name: string, by: string): RuleRefusal => ({
  code: '0x80043b04',
  message: `Price list '${name}' is the default price list of ${by} and cannot be deactivated. Give these another price list first.`,
})

export const PRICE_LIST_CURRENCY_FIXED = (name: string): RuleRefusal => ({
  code: '0x80040265',
  message: `Price list '${name}' has items: its currency cannot change. Create another price list.`,
})
