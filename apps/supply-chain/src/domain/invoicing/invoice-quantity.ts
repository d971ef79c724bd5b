import { type Decimal, ZERO } from '@p2c/base'
import { isReturn, type OrderLine } from '../fulfilment/order-line.ts'
import { type InfologEntry, refuseCommand } from '../messages.ts'
import { lineQuantities } from '../orders/order-status.ts'

/** Which quantity of a line an invoice takes. Source: Supply Chain specification, 4.5 no. 1. */
export const INVOICE_QUANTITY_RULES = ['PackingSlip', 'All', 'DeliverNow', 'Picked'] as const
/** Which quantity of each line an invoice takes. */
export type InvoiceQuantityRule = (typeof INVOICE_QUANTITY_RULES)[number]

/** The rules under which an invoice may go beyond what was delivered: it then delivers the rest itself. Source: 4.5 no. 2. */
const DELIVERING_RULES: readonly InvoiceQuantityRule[] = ['All', 'DeliverNow']

export interface QuantityChoice {
  readonly rule: InvoiceQuantityRule
  /** A typed quantity takes the place of what the rule gives. */
  readonly typed?: Decimal
  /** Delivered on the chosen packing slips and not invoiced; absent: every slip counts. */
  readonly onChosenSlips?: Decimal
  /** The item must be delivered by a packing slip before it is invoiced. */
  readonly isDeductionRequired?: boolean
}

/** What one line gives to the invoice, in the sales unit and with the sign of the line. */
export interface InvoiceQuantity {
  readonly quantity: Decimal
  /** The part of it that the invoice delivers itself. */
  readonly toDeliver: Decimal
}

/** What is invoiced of a line, or why not (E13, E14). */
export type QuantityDecision =
  | { readonly ok: true; readonly value: InvoiceQuantity }
  | { readonly ok: false; readonly infolog: readonly InfologEntry[] }

const NOTHING: QuantityDecision = { ok: true, value: { quantity: ZERO, toDeliver: ZERO } }

function wantedQuantity(line: OrderLine, { rule, typed, onChosenSlips }: QuantityChoice): Decimal {
  if (typed !== undefined) return typed
  const { toDeliver, toInvoice } = lineQuantities(line)
  switch (rule) {
    case 'PackingSlip':
      return onChosenSlips ?? toInvoice
    case 'All':
      return toDeliver.plus(toInvoice)
    case 'DeliverNow':
      return line.deliverNow
    case 'Picked':
      return line.picked
  }
}

/**
 * The quantity of one line on an invoice, or why it cannot be invoiced: E13 where the item must be delivered first, E14 where the quantity is
 * beyond what was delivered and the rule does not deliver. A stopped line gives nothing. A quantity against the direction of its line (a
 * negative one on a sale) is refused with E14: it would take back what a credit note gives back.
 */
export function chooseQuantity(line: OrderLine, choice: QuantityChoice): QuantityDecision {
  if (line.isStopped) return NOTHING
  const quantity = wantedQuantity(line, choice)
  if (quantity.isZero()) return NOTHING
  const { toInvoice } = lineQuantities(line)
  const delivered = choice.onChosenSlips ?? toInvoice
  if (quantity.isNegative() !== isReturn(line)) return beyondDelivered(line, quantity, delivered)
  const beyond = quantity.abs().minus(delivered.abs())
  if (!beyond.greaterThan(ZERO)) return { ok: true, value: { quantity, toDeliver: ZERO } }
  if (!DELIVERING_RULES.includes(choice.rule)) return beyondDelivered(line, quantity, delivered)
  if (choice.isDeductionRequired) return { ok: false, infolog: [refuseCommand('E13', line.itemNumber)] }
  return { ok: true, value: { quantity, toDeliver: isReturn(line) ? beyond.negated() : beyond } }
}

const beyondDelivered = (line: OrderLine, quantity: Decimal, delivered: Decimal): QuantityDecision => ({
  ok: false,
  infolog: [refuseCommand('E14', quantity.toFixed(), delivered.toFixed(), line.lineSequence)],
})
