export const INVOICE_ARRIVALS = ['processing-status', 'state', 'none'] as const
export type InvoiceArrival = (typeof INVOICE_ARRIVALS)[number]

/** Choices of rules where the public record is silent or at odds with itself: one place, easy to change. */
export interface SalesSwitches {
  /** What the arrival of an invoice does to its order. Source: Sales 6.7. */
  readonly p2cInvoiceArrival: InvoiceArrival
  /** Line discounts of quotes and orders are locked for users, as the last published package does. Source: Sales 6.4. */
  readonly p2cLockLineDiscount: boolean
  /** `ConvertSalesOrderToInvoice` moves its order to Invoiced. Source: Sales 2.4, doubt 7. */
  readonly invoiceConversionClosesOrder: boolean
  /** `ReviseQuote` closes an active quote as Revised first; else it refuses one. Source: wire specification 15.1. */
  readonly reviseClosesActiveQuote: boolean
}

export const DEFAULT_SALES_SWITCHES: SalesSwitches = {
  p2cInvoiceArrival: 'processing-status',
  p2cLockLineDiscount: false,
  invoiceConversionClosesOrder: true,
  reviseClosesActiveQuote: true,
}
