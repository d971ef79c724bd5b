import { type Decimal, sum, ZERO } from '@p2c/base'
import type { CalculationDocument } from '../pricing/calculation-document.ts'
import type { DocumentTotals, LineTotals, TaxTotals } from '../pricing/document-totals.ts'
import { roundAmount } from '../pricing/rounding.ts'

/** Tax of one code on a posted invoice line, and what posted credit notes have given back of it (as positive numbers). */
export interface CreditedTax extends Omit<TaxTotals, 'lineRecId' | 'chargeRecId'> {
  readonly takenBase: Decimal
  readonly taken: Decimal
}

/** A posted invoice line with what posted credit notes have given back of it. */
export interface CreditSource {
  readonly quantity: Decimal
  readonly takenQuantity: Decimal
  /** Its part of the total discount. */
  readonly totalDiscount: Decimal
  readonly takenDiscount: Decimal
  readonly taxes: readonly CreditedTax[]
}

/** What one line of a credit note has of its invoice line: negative where the invoice was positive. */
export interface CreditedFigures {
  readonly totalDiscount: Decimal
  readonly taxes: readonly TaxTotals[]
}

interface CreditPart {
  /** Record id of the order line that gives back. */
  readonly lineRecId: string
  /** Given back with it, positive. */
  readonly quantity: Decimal
  readonly round: (amount: Decimal) => Decimal
}

/**
 * Tax and total discount of a part of an invoice line. The sum over all credit notes is rounded, so that they add up to what the invoice had,
 * whatever rates and percentages are today. Gives the source as it is after the part. Source: Supply Chain specification, 6.4.
 */
export function creditPart(
  source: CreditSource,
  { lineRecId, quantity, round }: CreditPart,
): { readonly figures: CreditedFigures; readonly after: CreditSource } {
  const reached = source.takenQuantity.plus(quantity)
  const upTo = (whole: Decimal): Decimal =>
    source.quantity.isZero() || reached.greaterThanOrEqualTo(source.quantity)
      ? whole
      : round(whole.times(reached).dividedBy(source.quantity))
  const taxes = source.taxes.map(({ takenBase, taken, ...tax }) => ({
    row: { ...tax, lineRecId, chargeRecId: '', base: takenBase.minus(upTo(tax.base)), amount: taken.minus(upTo(tax.amount)) },
    after: { ...tax, takenBase: upTo(tax.base), taken: upTo(tax.amount) },
  }))
  const totalDiscount = upTo(source.totalDiscount)
  return {
    figures: { totalDiscount: source.takenDiscount.minus(totalDiscount), taxes: taxes.map(({ row }) => row) },
    after: { ...source, takenQuantity: reached, takenDiscount: totalDiscount, taxes: taxes.map(({ after }) => after) },
  }
}

/** The document without tax and total discount on the lines that have them from their invoice; see `withCredited`. */
export const withoutCredited = (document: CalculationDocument, credited: ReadonlyMap<string, CreditedFigures>): CalculationDocument => ({
  ...document,
  lines: document.lines.map((line) => (credited.has(line.recId) ? { ...line, taxGroup: '', takesPartInTotalDiscount: false } : line)),
})

/** Adds tax and total discount of credited lines, by their record id, to figures that were made without them; columns are rounded as 5.8 says. */
export function withCredited(
  figures: DocumentTotals,
  credited: ReadonlyMap<string, CreditedFigures>,
  { pricesIncludeTax, rounding }: Pick<CalculationDocument, 'pricesIncludeTax' | 'rounding'>,
): DocumentTotals {
  if (credited.size === 0) return figures
  const taxes = new Map([...credited].map(([recId, each]) => [recId, roundAmount(taxOf(each), rounding.orders)]))
  const totalDiscount = sum([...credited.values()].map((each) => each.totalDiscount))
  const tax = sum(taxes.values())
  // Tax that is in the prices leaves the net amount; other tax comes on top of it.
  const net = pricesIncludeTax ? tax : ZERO
  return {
    ...figures,
    lines: figures.lines.map((line) =>
      creditedLine(line, { credited: credited.get(line.recId), tax: taxes.get(line.recId), pricesIncludeTax }),
    ),
    taxes: [...figures.taxes, ...[...credited.values()].flatMap((each) => each.taxes)],
    lineTotalAmount: figures.lineTotalAmount.minus(net),
    totalDiscountAmount: figures.totalDiscountAmount.plus(totalDiscount),
    discountAmount: figures.discountAmount.plus(totalDiscount),
    taxAmount: figures.taxAmount.plus(tax),
    totalAmount: figures.totalAmount.minus(net).minus(totalDiscount).plus(tax),
  }
}

const taxOf = ({ taxes }: CreditedFigures): Decimal => sum(taxes.map(({ amount }) => amount))

interface CreditedLine {
  readonly credited: CreditedFigures | undefined
  readonly tax: Decimal | undefined
  readonly pricesIncludeTax: boolean
}

function creditedLine(line: LineTotals, { credited, tax, pricesIncludeTax }: CreditedLine): LineTotals {
  if (credited === undefined || tax === undefined) return line
  return {
    ...line,
    netAmount: pricesIncludeTax ? line.netAmount.minus(tax) : line.netAmount,
    totalDiscountPart: credited.totalDiscount,
    taxAmount: line.taxAmount.plus(tax),
  }
}
