import type { RuleRefusal } from '../refusal.ts'

export const PRODUCT_NUMBER_MISSING: RuleRefusal = { code: '0x80043b05', message: 'The product number is missing.' }

export const PRODUCT_NUMBER_TAKEN = (number: string): RuleRefusal => ({
  code: '0x80043b06',
  message: `A product with the product number '${number}' already exists. Choose another number.`,
})

export const PRODUCT_IS_STRUCTURAL = (product: string, column: string): RuleRefusal => ({
  code: '0x8004f995',
  message: `Column '${column}' of product '${product}' can only be changed while the product is Draft or Under Revision. Revise it first.`,
})

/** The parent of a product must be a family. Source: Sales 1.7. */
export const refuseParent = (product: string, parent: { readonly name: string; readonly isFamily: boolean }): RuleRefusal | undefined =>
  parent.isFamily
    ? undefined
    : { code: '0x8004f973', message: `'${parent.name}' is not a product family: it cannot be the parent of '${product}'.` }

export const FAMILY_LOOP = (product: string): RuleRefusal => ({
  code: '0x80040203',
  message: `'${product}' would be its own parent: choose another product family.`,
})

const LONGEST_PATH = 450

/** `Tools\Drills`, the families above a product from the top. Source: Sales 1.7. */
export const hierarchyPath = (parent: { readonly name: string; readonly path: string | null }): string =>
  (parent.path === null ? parent.name : `${parent.path}\\${parent.name}`).slice(0, LONGEST_PATH)

/** The changed columns that start the price list automation. Source: Sales 6.5. */
export const PRICING_COLUMNS = ['transactioncurrencyid', 'pricelevelid', 'defaultuomid', 'price'] as const
