import type { Decimal } from '@p2c/base'
import type { InfologEntry } from '../messages.ts'
import type { SalesParameters } from '../sales-parameters.ts'
import type { TaxSetUp } from '../tax/tax-set-up.ts'
import type { LinePrice } from './line-amount.ts'
import type { CurrencyRounding } from './rounding.ts'

/** One line of a document that is calculated. */
export interface CalculationLine {
  readonly recId: string
  readonly lotId: string
  readonly price: LinePrice
  /** The net amount as it is stored; with tax in it where prices include tax. */
  readonly lineAmount: Decimal
  /** A cancelled line has a discount and charges of its own, and no part in any total of the document. */
  readonly isCanceled: boolean
  readonly takesPartInTotalDiscount: boolean
  readonly taxGroup: string
  readonly taxItemGroup: string
  /** The day whose tax rates hold: the delivery date, else that of the document. */
  readonly taxDate: string
  /** How many of a tax unit (in lower case) one unit of the line is. */
  readonly unitFactors: ReadonlyMap<string, Decimal>
}

/** Categories of charges that this application calculates: members of `MarkupCategory`. Source: 5.6. */
export const CHARGE_CATEGORIES = ['Fixed', 'Pcs', 'Percent'] as const
/** How a charge is worked out. */
export type ChargeCategory = (typeof CHARGE_CATEGORIES)[number]

/** One charge of the document or of a line of it. */
export interface CalculationCharge {
  readonly recId: string
  /** Record id of its line; blank: a charge of the header. */
  readonly lineRecId: string
  readonly chargeCode: string
  readonly category: ChargeCategory
  /** In the currency of the document, or a percentage. */
  readonly value: Decimal
  /** 1: the customer pays it; -1: the customer gets it; 0: it is booked elsewhere and is on no document. */
  readonly sign: -1 | 0 | 1
  readonly taxGroup: string
  readonly taxItemGroup: string
  /** On every invoice, not on the first alone. */
  readonly isKept: boolean
  /** Shared out over the invoices by their net amounts. */
  readonly isProrated: boolean
  readonly isClosed: boolean
  /** On invoices so far. */
  readonly invoicedAmount: Decimal
  /** A tier of the order total within which the charge counts; 0 has no end. */
  readonly fromOrderAmount: Decimal
  readonly toOrderAmount: Decimal
}

/** Documents that have totals. */
export type DocumentKind = 'order' | 'quotation'

/** A document with all that its totals depend on. */
export interface CalculationDocument {
  readonly kind: DocumentKind
  readonly recId: string
  readonly dataAreaId: string
  readonly number: string
  /** The content that the figures are of. */
  readonly contentVersion: string
  readonly currencyCode: string
  readonly documentDate: string
  readonly pricesIncludeTax: boolean
  readonly totalDiscountPercent: Decimal
  readonly rounding: CurrencyRounding
  readonly parameters: SalesParameters
  readonly tax: TaxSetUp
  /** In the order of their line numbers. */
  readonly lines: readonly CalculationLine[]
  readonly charges: readonly CalculationCharge[]
  /** What was missing when the document was loaded: an exchange rate, a unit conversion. */
  readonly problems: readonly InfologEntry[]
}
