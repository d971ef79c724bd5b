import { type Decimal, sum } from '@p2c/base'
import type { DocumentTotals } from '../pricing/document-totals.ts'

/** Columns of the invoice journal, in the currency of the invoice. Source: Supply Chain specification, 2.12 and 6.1. */
export interface InvoiceTotals {
  /** Sum of the line amounts, own sales charges in and tax out. */
  readonly salesBalance: Decimal
  /** EndDisc. */
  readonly totalDiscount: Decimal
  readonly lineDiscounts: Decimal
  /** SumMarkup: charges of header and lines, without the own sales charges of the lines. */
  readonly charges: Decimal
  readonly ownSalesCharges: Decimal
  readonly tax: Decimal
  /** Tax on charges of the header. */
  readonly headerTax: Decimal
  readonly roundOff: Decimal
  readonly invoiceAmount: Decimal
}

/**
 * Totals of an invoice over the orders that it is of. InvoiceAmount = SalesBalance - EndDisc + SumMarkup + SumTax + InvoiceRoundOff, where the
 * round-off takes the sum to what the currency can be paid in. Source: 6.1.
 */
export function invoiceTotals(orders: readonly DocumentTotals[], round: (amount: Decimal) => Decimal): InvoiceTotals {
  const total = (column: (order: DocumentTotals) => Decimal): Decimal => sum(orders.map(column))
  const lines = orders.flatMap((order) => order.lines)
  const ownSalesCharges = sum(lines.map((line) => line.ownSalesCharges))
  const exact = total((order) => order.totalAmount)
  const invoiceAmount = round(exact)
  return {
    salesBalance: total((order) => order.lineTotalAmount).plus(ownSalesCharges),
    totalDiscount: total((order) => order.totalDiscountAmount),
    lineDiscounts: sum(lines.map((line) => line.discountAmount)),
    charges: total((order) => order.chargesAmount).minus(ownSalesCharges),
    ownSalesCharges,
    tax: total((order) => order.taxAmount),
    headerTax: total((order) => order.headerTaxAmount),
    roundOff: invoiceAmount.minus(exact),
    invoiceAmount,
  }
}

/** A negative amount makes the document a credit note; so does one of nought whose lines only give something back. Source: 6.1. */
export const isCreditNote = ({ invoiceAmount }: InvoiceTotals, quantities: readonly Decimal[]): boolean =>
  invoiceAmount.isZero() ? quantities.every((quantity) => quantity.isNegative()) : invoiceAmount.isNegative()
