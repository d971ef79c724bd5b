import type { Decimal } from '@p2c/base'
import type { InvoiceQuantityRule } from '../domain/invoicing/invoice-quantity.ts'

/** A line with the quantity that is to be invoiced of it; named by its lot, or by its number within an order. */
export interface TypedLine {
  readonly inventoryLotId?: string | undefined
  readonly lineCreationSequenceNumber?: number | undefined
  /** Order of a line that is named by its number; default: the first order of the request. */
  readonly salesOrderNumber?: string | undefined
  /** In the sales unit; absent: what the rule gives. */
  readonly quantity?: Decimal | undefined
}

/** What is to be invoiced, and how. */
export interface InvoiceRequest {
  readonly dataAreaId: string
  readonly salesOrderNumbers: readonly string[]
  readonly quantityRule: InvoiceQuantityRule
  /** Lines with quantities of their own. */
  readonly lines?: readonly TypedLine[] | undefined
  /** Only those lines are invoiced; otherwise the others follow the rule. */
  readonly isTypedOnly: boolean
  /** Only what these packing slips delivered. */
  readonly packingSlipNumbers?: readonly string[] | undefined
  /** Invoice date: `2025-02-11`. */
  readonly date: string
  /** One invoice for all orders of one invoice account and currency, not one for each order. */
  readonly isSummary: boolean
  /** Whether what is left of a partly credited line stays on the order; otherwise it is cancelled. Source: Supply Chain specification, 6.4. */
  readonly keepsCreditRemainder: boolean
}
