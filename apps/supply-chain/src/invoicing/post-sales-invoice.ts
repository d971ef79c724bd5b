import { z } from 'zod'
import { command } from '../commands/command.ts'
import {
  company,
  day,
  identifier,
  namesOrders,
  orderLines,
  ordersOf,
  ordersToPost,
  quantity,
  salesOrderNumber,
} from '../commands/parameters.ts'
import { dayOf } from '../domain/field-value.ts'
import { INVOICE_QUANTITY_RULES } from '../domain/invoicing/invoice-quantity.ts'
import { ORDER_SERVICE } from '../orders/order-service.ts'
import type { InvoiceRequest } from './invoice-request.ts'
import { draftInvoices, postInvoices } from './post-invoices.ts'
import { shownInvoice } from './show-invoice.ts'

const MOST_SLIPS = 1000

const parameters = z
  .object({
    dataAreaId: company,
    ...ordersToPost,
    quantityRule: z.enum(INVOICE_QUANTITY_RULES).optional().meta({ description: 'Quantity of each line; default: PackingSlip' }),
    lines: orderLines(
      { salesOrderNumber: salesOrderNumber.optional(), quantity: quantity.optional() },
      'Lines with quantities; without a rule they are all that is posted',
    ),
    packingSlipNumbers: z
      .array(identifier(20, 'Packing slip'))
      .min(1)
      .max(MOST_SLIPS)
      .optional()
      .meta({ description: 'Only what these packing slips delivered; with the rule PackingSlip' }),
    date: day.optional(),
    summaryUpdate: z.boolean().default(false).meta({ description: 'One invoice for all orders of one invoice account and currency' }),
    proforma: z.boolean().default(false).meta({ description: 'Give the figures and post nothing' }),
    creditRemainingQuantity: z
      .boolean()
      .default(true)
      .meta({ description: 'Keep the rest of partly credited lines on the order; otherwise it is cancelled' }),
  })
  .refine(...namesOrders)
  .refine(({ packingSlipNumbers, quantityRule = 'PackingSlip' }) => packingSlipNumbers === undefined || quantityRule === 'PackingSlip', {
    path: ['packingSlipNumbers'],
    message: 'expected the quantity rule PackingSlip with chosen packing slips',
  })

type Parameters = z.output<typeof parameters>

const requestOf = (given: Parameters, now: Date): InvoiceRequest => ({
  dataAreaId: given.dataAreaId,
  salesOrderNumbers: ordersOf(given),
  quantityRule: given.quantityRule ?? 'PackingSlip',
  lines: given.lines,
  isTypedOnly: given.lines !== undefined && given.quantityRule === undefined,
  packingSlipNumbers: given.packingSlipNumbers,
  date: given.date ?? dayOf(now),
  isSummary: given.summaryUpdate,
  keepsCreditRemainder: given.creditRemainingQuantity,
})

/** Posts sales invoices; a negative amount makes a credit note. Source: Supply Chain specification, 3.4, 4.5 and 6.1. */
export const POST_SALES_INVOICE = command({
  name: 'post-sales-invoice',
  summary: 'Posts invoices of orders: one per order, or one per invoice account and currency.',
  operation: { ...ORDER_SERVICE, name: 'PostSalesInvoice' },
  parameters,
  async run(context, given) {
    const request = requestOf(given, context.now)
    if (given.proforma) {
      const { drafts } = await draftInvoices(context.sql, request)
      return { ok: true, value: { invoices: drafts.map(shownInvoice) } }
    }
    const { invoices, warnings } = await postInvoices(context, request)
    return { ok: true, value: { invoices: invoices.map(shownInvoice) }, warnings }
  },
})
