import type { Decimal } from '@p2c/base'
import type { FieldValues } from '../domain/field-value.ts'
import type { InvoiceTotals } from '../domain/invoicing/invoice-totals.ts'
import type { CalculationDocument } from '../domain/pricing/calculation-document.ts'
import type { DocumentTotals } from '../domain/pricing/document-totals.ts'
import type { ChargeProgress } from '../domain/pricing/partial-invoice.ts'
import type { ChosenOrder } from './choose-lines.ts'

/** An order with the figures of what an invoice takes of it. */
export interface CalculatedOrder {
  readonly order: ChosenOrder
  /** The invoiced part of the order; its charges are what the invoice takes. */
  readonly document: CalculationDocument
  readonly figures: DocumentTotals
  /** What becomes of the charges of the order. */
  readonly charges: readonly ChargeProgress[]
}

/** When the invoice is to be paid, and what an early payment earns. */
export interface InvoiceTerms {
  readonly dueDate: string
  readonly cashDiscountCode: string
  /** `1900-01-01` without a discount. */
  readonly cashDiscountDate: string
  readonly cashDiscountAmount: Decimal
}

/** Totals in the accounting currency of the company. */
export interface AccountingAmounts {
  readonly currencyCode: string
  /** Units of the accounting currency for one unit of the invoice's currency. */
  readonly exchangeRate: Decimal
  readonly invoiceAmount: Decimal
  readonly salesBalance: Decimal
  readonly totalDiscount: Decimal
  readonly charges: Decimal
  readonly tax: Decimal
  readonly roundOff: Decimal
}

/** An invoice that is calculated and not numbered yet. */
export interface InvoiceDraft {
  readonly dataAreaId: string
  readonly date: string
  /** In the order of the request; the first one gives the header its references. */
  readonly orders: readonly CalculatedOrder[]
  readonly invoiceCustomer: FieldValues
  readonly orderingCustomer: FieldValues
  readonly currencyCode: string
  readonly totals: InvoiceTotals
  readonly accounting: AccountingAmounts
  readonly terms: InvoiceTerms
  readonly isCreditNote: boolean
}

/** A draft with its numbers. */
export interface NumberedInvoice extends InvoiceDraft {
  readonly invoiceNumber: string
  readonly voucher: string
}

/** What the goods of a line cost, positive for goods that left; in the accounting currency. */
export interface LineCost {
  /** Financial cost, which the invoice writes. */
  readonly cost: Decimal
  /** Physical cost of the delivery, which it reverses. */
  readonly physicalCost: Decimal
}
