import { toNumber } from '../orders/shown-quantity.ts'
import type { InvoiceDraft } from './invoice-draft.ts'

/** An invoice, posted or proforma, in the answer of a command; amounts are in its currency unless their name ends in `MST`. */
export const shownInvoice = (invoice: InvoiceDraft & { readonly invoiceNumber?: string; readonly voucher?: string }) => ({
  ...(invoice.invoiceNumber !== undefined && { invoiceNumber: invoice.invoiceNumber, ledgerVoucher: invoice.voucher }),
  isCreditNote: invoice.isCreditNote,
  invoiceDate: invoice.date,
  dueDate: invoice.terms.dueDate,
  ...(invoice.terms.cashDiscountCode !== '' && {
    cashDiscountDate: invoice.terms.cashDiscountDate,
    cashDiscountAmount: toNumber(invoice.terms.cashDiscountAmount),
  }),
  invoiceAccount: invoice.invoiceCustomer.CustomerAccount ?? '',
  currencyCode: invoice.currencyCode,
  salesOrderNumbers: invoice.orders.map(({ order }) => order.key.salesOrderNumber),
  salesBalance: toNumber(invoice.totals.salesBalance),
  totalDiscountAmount: toNumber(invoice.totals.totalDiscount),
  chargesAmount: toNumber(invoice.totals.charges),
  taxAmount: toNumber(invoice.totals.tax),
  headerTaxAmount: toNumber(invoice.totals.headerTax),
  roundOff: toNumber(invoice.totals.roundOff),
  invoiceAmount: toNumber(invoice.totals.invoiceAmount),
  invoiceAmountMST: toNumber(invoice.accounting.invoiceAmount),
  lines: invoice.orders.flatMap(({ order, figures }) =>
    order.chosen.map(({ row, line, quantity }) => ({
      salesOrderNumber: order.key.salesOrderNumber,
      inventoryLotId: line.lotId,
      lineCreationSequenceNumber: Number(line.lineSequence),
      quantity: toNumber(quantity),
      ...lineAmounts(figures.lines.find(({ recId }) => recId === row.recId)),
    })),
  ),
})

type LineFigures = InvoiceDraft['orders'][number]['figures']['lines'][number]

const lineAmounts = (figures: LineFigures | undefined) =>
  figures === undefined ? {} : { lineAmount: toNumber(figures.lineAmount), taxAmount: toNumber(figures.taxAmount) }
