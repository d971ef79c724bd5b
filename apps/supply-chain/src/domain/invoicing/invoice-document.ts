import type { CalculationDocument } from '../pricing/calculation-document.ts'
import { type InvoicedQuantity, type PartialInvoice, partialInvoice } from '../pricing/partial-invoice.ts'

/** A line that goes on an invoice. */
export interface DocumentLine extends InvoicedQuantity {
  /** Record id of the order line. */
  readonly recId: string
}

export interface InvoiceDocumentOptions {
  /** Lines of the order that give something back, on this invoice or not. */
  readonly creditLines: ReadonlySet<string>
  /** Nothing of the order is left to be invoiced after this invoice. */
  readonly isFinal: boolean
}

/**
 * An order as one invoice sees it: its lines with their invoiced quantities, and what the invoice takes of the charges. Lines that give
 * something back take no part in the shares of charges: those are of what is sold. Their sales charges are shared out by quantity whatever the
 * parameter says, because a credit note gives back what its invoice had. Source: Supply Chain specification, 5.6, 6.1 and 6.4.
 */
export function invoiceDocument(
  order: CalculationDocument,
  lines: readonly DocumentLine[],
  { creditLines, isFinal }: InvoiceDocumentOptions,
): PartialInvoice {
  const isCredit = ({ recId }: { readonly recId: string }): boolean => creditLines.has(recId)
  const isSold = (line: { readonly recId: string }): boolean => !isCredit(line)
  const sold = partOf(order, isSold, { invoiced: lines.filter(isSold), isFinal })
  const prorated = { ...order, parameters: { ...order.parameters, salesChargeOnPartialInvoice: 'Prorate' as const } }
  const credited = partOf(prorated, isCredit, { invoiced: lines.filter(isCredit), isFinal: false })
  const places = new Map(order.lines.map((line, index) => [line.recId, index]))
  return {
    document: {
      ...order,
      lines: [...sold.document.lines, ...credited.document.lines].sort((a, b) => (places.get(a.recId) ?? 0) - (places.get(b.recId) ?? 0)),
      charges: [...sold.document.charges, ...credited.document.charges],
    },
    charges: [...sold.charges, ...credited.charges],
  }
}

interface InvoicedPart {
  readonly invoiced: readonly DocumentLine[]
  readonly isFinal: boolean
}

/** The invoiced part of some lines of the order, with their charges. Charges of the header go with what is sold: they have no line. */
function partOf(
  order: CalculationDocument,
  isOfPart: (line: { readonly recId: string }) => boolean,
  { invoiced, isFinal }: InvoicedPart,
): PartialInvoice {
  const isSold = isOfPart({ recId: '' })
  const lines = order.lines.filter(isOfPart)
  const own = new Set(lines.map(({ recId }) => recId))
  const charges = order.charges.filter(({ lineRecId }) => (lineRecId === '' ? isSold && invoiced.length > 0 : own.has(lineRecId)))
  return partialInvoice({ ...order, lines, charges }, new Map(invoiced.map((line) => [line.recId, line])), { isFinal })
}
