import type { RuleRefusal } from '../refusal.ts'
import { PRODUCT_STATES, PRODUCT_STRUCTURES } from './product-state.ts'

/** A product as the rules of bundles see it. */
export interface BundleMember {
  readonly id: string
  readonly name: string
  readonly structure: number
  readonly statecode: number
}

/** Why a product may not be put into a bundle; undefined where it may. Source: Sales 1.7; the codes are named by the error list. */
export function refuseBundleItem(bundle: BundleMember, product: BundleMember): RuleRefusal | undefined {
  if (bundle.structure !== PRODUCT_STRUCTURES.bundle) {
    return { code: '0x80040203', message: `'${bundle.name}' is no product bundle: it takes no products.` }
  }
  if (bundle.statecode === PRODUCT_STATES.active || bundle.statecode === PRODUCT_STATES.retired) {
    return { code: '0x8004f994', message: `Products can only be added to a draft bundle. Revise '${bundle.name}' first.` }
  }
  if (bundle.id === product.id) return { code: '0x80061031', message: `Bundle '${bundle.name}' cannot be added to itself.` }
  if (product.structure === PRODUCT_STRUCTURES.bundle) {
    return { code: '0x8004f972', message: `'${product.name}' is a bundle and cannot be added to bundle '${bundle.name}'.` }
  }
  if (product.structure === PRODUCT_STRUCTURES.family) {
    return { code: '0x8004f992', message: `'${product.name}' is a product family and cannot be added to bundle '${bundle.name}'.` }
  }
  if (product.statecode === PRODUCT_STATES.retired) {
    return { code: '0x8004f993', message: `Product '${product.name}' is retired and cannot be added to bundle '${bundle.name}'.` }
  }
  return undefined
}

export const BUNDLE_IS_FULL = (bundle: string, limit: number): RuleRefusal => ({
  code: '0x8004f976',
  message: `Products cannot be added to bundle '${bundle}': the limit of ${limit} has been reached.`,
})

export const BUNDLE_IS_PUBLISHED = (bundle: string): RuleRefusal => ({
  code: '0x80061010',
  message: `Products cannot be removed from bundle '${bundle}' while it is active or under revision.`,
})

/** Why a unit may not be used for a product of a bundle; undefined where it may. */
export const refuseBundleUnit = (facts: {
  readonly product: string
  readonly unit: string
  readonly fits: boolean
}): RuleRefusal | undefined =>
  facts.fits ? undefined : { code: '0x80043b14', message: `Unit '${facts.unit}' is not in the unit group of product '${facts.product}'.` }
