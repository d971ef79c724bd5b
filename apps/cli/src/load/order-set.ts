import type { LoadAddress } from './load-set.ts'

/** A line as a seller enters it. Quantities and prices are plain decimal text, prices in the currency of the order and for one unit. */
export interface LoadOrderLine {
  /** Unique in its order, from 1. */
  readonly sequence: number
  readonly productNumber: string
  readonly quantity: string
  readonly unitPrice: string
}

export interface LoadOrder {
  /** At most 20 characters. */
  readonly number: string
  readonly name: string
  readonly customer: { readonly table: 'account' | 'contact'; readonly number: string }
  /** ISO 4217. */
  readonly currency: string
  /** `YYYY-MM-DD` */
  readonly date: string
  /** Where the goods go. */
  readonly address?: LoadAddress
  readonly description?: string
  readonly lines: readonly LoadOrderLine[]
}

/** Goods on hand before the first order. */
export interface LoadStock {
  readonly productNumber: string
  /** Plain decimal text, in the unit of the product. */
  readonly quantity: string
  readonly unitCost: string
}

/** A key that the data has more than once, and what becomes of the later row: nothing is left out. */
export interface RepeatedKey {
  readonly orderNumber: string
  readonly lineNumber: number
  /** The number under which the row is entered. */
  readonly enteredAs: number
}

/** How many units of the accounting currency's other currencies one unit of it is worth, from a day on. */
export interface LoadRate {
  readonly from: string
  readonly to: string
  /** `YYYY-MM-DD` */
  readonly date: string
  /** Units of `to` for one of `from`, plain decimal text. */
  readonly rate: string
}

export interface OrderSet {
  readonly orders: readonly LoadOrder[]
  readonly repeatedKeys: readonly RepeatedKey[]
  readonly stock: readonly LoadStock[]
  readonly rates: readonly LoadRate[]
}
