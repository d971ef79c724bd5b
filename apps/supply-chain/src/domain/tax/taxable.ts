import type { Decimal } from '@p2c/base'
import type { TaxCode } from './tax-set-up.ts'

/** One amount of a document that is taxed: a line, a charge of a line, a charge of the header. */
export interface Taxable {
  /** After all discounts; with tax in it where `isInclusive`. */
  readonly amount: Decimal
  readonly isInclusive: boolean
  readonly taxGroup: string
  readonly taxItemGroup: string
  /** The day whose rates hold. */
  readonly date: string
  /** In the unit of the line; 0 for a charge. */
  readonly quantity: Decimal
  /** How many of a tax unit (in lower case) one unit of the line is. */
  readonly unitFactors: ReadonlyMap<string, Decimal>
}

/** Tax of one code on one taxable amount. */
export interface TaxCell {
  readonly taxable: Taxable
  /** Place of the taxable amount in the document. */
  readonly index: number
  readonly code: TaxCode
  readonly isExempt: boolean
}

/** A calculated cell. */
export interface TaxAmount extends TaxCell {
  /** What the tax was taken of; for a tax per unit, the quantity in the tax unit. */
  readonly base: Decimal
  readonly amount: Decimal
}

/** The quantity of a taxable amount in the unit of a code; undefined where no conversion leads there. A charge has none. */
export const quantityIn = ({ quantity, unitFactors }: Taxable, unit: string): Decimal | undefined => {
  if (unit === '' || quantity.isZero()) return quantity
  const factor = unitFactors.get(unit)
  return factor === undefined ? undefined : quantity.times(factor)
}
