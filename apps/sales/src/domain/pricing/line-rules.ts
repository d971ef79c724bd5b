import type { Decimal } from '@p2c/base'
import { PRODUCT_STATES, PRODUCT_STRUCTURES } from '../catalogue/product-state.ts'
import type { RuleRefusal } from '../refusal.ts'

/** `producttypecode` of lines. Source: Sales 1.1. */
export const LINE_PRODUCT_TYPES = { product: 1, bundle: 2, requiredComponent: 3, optionalComponent: 4, service: 5 } as const

/** Part of a bundle, which is priced as one unit. Source: Sales 1.7. */
export const isComponent = (productType: unknown): boolean =>
  productType === LINE_PRODUCT_TYPES.requiredComponent || productType === LINE_PRODUCT_TYPES.optionalComponent

/** What a new line says about its kind. */
export interface AskedKind {
  /** `producttypecode` as it was sent. */
  readonly asked: unknown
  readonly productStructure: number | undefined
  /** It belongs to a bundle line. */
  readonly isInBundle: boolean
}

/** The kind of a new line: a bundle by its product, a component by its bundle line, else what was asked for. */
export function lineProductType({ asked, productStructure, isInBundle }: AskedKind): number {
  if (productStructure === PRODUCT_STRUCTURES.bundle) return LINE_PRODUCT_TYPES.bundle
  if (isInBundle) return asked === LINE_PRODUCT_TYPES.optionalComponent ? asked : LINE_PRODUCT_TYPES.requiredComponent
  return typeof asked === 'number' && asked !== LINE_PRODUCT_TYPES.bundle ? asked : LINE_PRODUCT_TYPES.product
}

/** What a line says about the thing it sells. */
export interface LineContent {
  readonly table: string
  readonly isWriteIn: boolean
  readonly hasProduct: boolean
  readonly hasUnit: boolean
  readonly writeInText: string | null
}

/** Why a line may not look like this, whatever the catalogue says; undefined where it may. Source: Sales 4.6 and 8. */
export function refuseContent(line: LineContent): RuleRefusal | undefined {
  const hasText = line.writeInText !== null
  if (line.hasProduct && (line.isWriteIn || hasText)) {
    return { code: '0x80043afb', message: 'A line has a product or a write-in text (productdescription), not both.' }
  }
  if (line.hasUnit && (line.isWriteIn || hasText)) {
    return { code: '0x80043afa', message: 'A write-in line has no unit: give a product with the unit, or the write-in text alone.' }
  }
  if (line.isWriteIn && !hasText) {
    return { code: '0x80040200', message: `A required field of '${line.table}' is missing: productdescription` }
  }
  if (!line.isWriteIn && !line.hasProduct) return { code: '0x80043b11', message: 'The product id is missing.' }
  return undefined
}

export const QUANTITY_MISSING: RuleRefusal = { code: '0x80081012', message: 'The quantity is missing.' }

/** A product as lines ask about it. */
export interface SoldProduct {
  readonly name: string
  readonly statecode: number
  readonly structure: number
  readonly unitGroup: string | null
  /** Decimals that its quantities may have. */
  readonly quantityDecimals: number
}

export interface SoldUnit {
  readonly name: string
  readonly unitGroup: string
}

/** Why a line may not refer to this product; undefined where it may. Source: Sales 2.6 and 8. */
export function refuseProduct(product: SoldProduct): RuleRefusal | undefined {
  if (product.structure === PRODUCT_STRUCTURES.family) {
    return { code: '0x80060623', message: `'${product.name}' is a product family: only its products can be sold.` }
  }
  if (product.statecode !== PRODUCT_STATES.active) {
    return { code: '0x8004f908', message: `You can only add Active products. Publish '${product.name}' first.` }
  }
  return undefined
}

/** Why a product may not be sold in this unit; undefined where it may. Source: Sales 4.4 step 5 and 4.6. */
export function refuseUnit(product: SoldProduct, unit: SoldUnit | undefined): RuleRefusal | undefined {
  if (unit === undefined)
    return { code: '0x80043b0d', message: `The unit id is missing, and product '${product.name}' has no default unit.` }
  if (unit.unitGroup === product.unitGroup) return undefined
  return { code: '0x80043b14', message: `Unit '${unit.name}' is not in the unit group of product '${product.name}'.` }
}

/** `quantitysellingcode` of price list items: whole units only. */
const WHOLE = 2

/** Why a quantity may not stand; undefined where it may. Source: Sales 4.2 and 4.6. */
export function refuseQuantity(product: SoldProduct, quantity: Decimal, sellingCode: number | null): RuleRefusal | undefined {
  const decimals = sellingCode === WHOLE ? 0 : product.quantityDecimals
  if (quantity.decimalPlaces() <= decimals) return undefined
  const allowed = decimals === 0 ? 'whole numbers only' : `${decimals} decimals at most`
  return { code: '0x80043b07', message: `The quantity ${quantity.toFixed()} of product '${product.name}' is not valid: ${allowed}.` }
}

/** Pairing of code and situation is our choice. Source: Sales 2.4.1. */
export const WRITE_IN_ON_LOCKED: RuleRefusal = {
  code: '0x8004022e',
  message:
    'The entity cannot be updated because it is read-only: write-in lines cannot be added while the prices are locked. Unlock them first.',
}

/** Source: Sales 4.4 step 1. */
export const PRICE_LIST_MISSING_ON: (document: string) => RuleRefusal = (document) => ({
  code: '0x80043b12',
  message: `The price level id is missing. Give the ${document} a price list (pricelevelid) first.`,
})

/** Columns that are settled when a line is created. Our choice where the product ignores them, Sales 4.6. */
export const NOT_UPDATABLE = (table: string, column: string): RuleRefusal => ({
  code: '0x80040203',
  message: `Column '${column}' of ${table} cannot be changed after the line was created. Delete the line and create another.`,
})
