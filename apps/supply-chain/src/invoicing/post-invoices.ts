import type { SqlRunner } from '@p2c/base'
import { checkPeriodsOpen, PERIOD_MODULES } from '../calculation/fiscal-period.ts'
import { assertNoProblems, type CommandContext, CommandRefusal } from '../commands/command.ts'
import { STATUS_LABELS } from '../domain/fulfilment/order-guards.ts'
import { type InfologEntry, refuseCommand } from '../domain/messages.ts'
import { raiseBusinessEvents } from '../events/business-events.ts'
import { eventDate } from '../events/event-value.ts'
import { assertCredit } from '../orders/assert-credit.ts'
import { assertCountable } from '../orders/line-units.ts'
import { assertAllowed, type OpenOrder } from '../orders/open-orders.ts'
import { refreshOrders } from '../orders/refresh-orders.ts'
import { calculateInvoices } from './calculate-invoices.ts'
import { type ChosenOrder, chooseLines } from './choose-lines.ts'
import type { InvoiceDraft, NumberedInvoice } from './invoice-draft.ts'
import type { InvoiceRequest } from './invoice-request.ts'
import { type InvoiceFacts, loadInvoiceFacts } from './load-invoice-facts.ts'
import { numberInvoices } from './number-invoices.ts'
import { postInvoiceVouchers, postReceivables } from './post-ledger.ts'
import { postStock } from './post-stock.ts'
import { removeInvoicedLines } from './remove-invoiced-lines.ts'
import { storeInvoices, storeProgress } from './store-invoices.ts'

/** An invoice with the record id of its customer transaction. */
export interface PostedInvoice extends NumberedInvoice {
  readonly transactionRecId: string
}

/** What a request posted. */
export interface InvoicePosting {
  readonly invoices: readonly PostedInvoice[]
  /** E19 where the parameters let it pass. */
  readonly warnings: readonly InfologEntry[]
}

/**
 * Posts the invoices of a request: stock, journal, receivables, ledger, orders, events, in the transaction of the command. Locks in the order
 * that all commands keep: orders, numbers, customers, stock. Throws refusals: E01, E09, E10, E12 to E14, E19 to E22, E29, E30, and those of the
 * stock. Source: Supply Chain specification, 3.4, 4.5 and 6.1.
 */
export async function postInvoices(context: CommandContext, request: InvoiceRequest): Promise<InvoicePosting> {
  const { sql, now } = context
  const { facts, drafts } = await draftInvoices(sql, request)
  const invoices = await numberInvoices(sql, request.dataAreaId, drafts)
  const warnings = await assertCredit(sql, {
    dataAreaId: request.dataAreaId,
    documents: invoices.flatMap(creditDocuments),
    on: request.date,
  })
  const costs = await postStock(sql, { ...request, invoices, now })
  await storeInvoices(sql, invoices, costs)
  await storeProgress(sql, invoices, {
    takesDeliverNow: request.quantityRule === 'DeliverNow',
    keepsCreditRemainder: request.keepsCreditRemainder,
  })
  const transactions = await postReceivables(sql, invoices)
  await postInvoiceVouchers(sql, invoices, costs)
  const keys = facts.orders.map(({ key }) => key)
  await refreshOrders(sql, keys)
  await removeInvoicedLines(sql, request.dataAreaId, keys)
  const posted = invoices.map((invoice, index) => ({ ...invoice, transactionRecId: transactions[index] ?? '' }))
  await raiseBusinessEvents(
    sql,
    posted.map((invoice) => postedEvent(context, invoice)),
  )
  return { invoices: posted, warnings }
}

/** The invoices of a request with their figures, after all guards; nothing is stored. The orders are locked. */
export async function draftInvoices(
  sql: SqlRunner,
  request: InvoiceRequest,
): Promise<{ readonly facts: InvoiceFacts; readonly drafts: readonly InvoiceDraft[] }> {
  const facts = await loadInvoiceFacts(sql, request.dataAreaId, request.salesOrderNumbers)
  assertStatus(facts.orders)
  assertAllowed('post-invoice', facts.orders, facts.customers)
  await assertPeriods(sql, request)
  const orders = chooseLines(request, facts)
  await assertCountable(sql, orders.flatMap(chosenQuantities))
  return { facts, drafts: await calculateInvoices(sql, orders, { request, facts }) }
}

const chosenQuantities = ({ chosen }: ChosenOrder) => chosen.map(({ row, line, quantity }) => ({ target: { row, line }, quantity }))

/** A cancelled order has nothing to invoice; one that is invoiced may have lines that are given back. */
function assertStatus(orders: readonly OpenOrder[]): void {
  const canceled = orders.filter(({ header }) => header.values.SalesOrderStatus === 'Canceled')
  if (canceled.length === 0) return
  throw new CommandRefusal(...canceled.map(({ key }) => refuseCommand('E21', key.salesOrderNumber, STATUS_LABELS.Canceled ?? 'Canceled')))
}

/** An invoice posts in sales, receivables and inventory: each must be open on its day (E12). */
async function assertPeriods(sql: SqlRunner, { dataAreaId, date }: InvoiceRequest): Promise<void> {
  assertNoProblems(await checkPeriodsOpen(sql, { dataAreaId, dates: [date], modules: PERIOD_MODULES }))
}

/** What an invoice takes of each of its orders, in their currency and without tax. */
const creditDocuments = ({ orders }: InvoiceDraft) =>
  orders.map(({ order, figures }) => ({
    salesOrderNumber: order.key.salesOrderNumber,
    amount: figures.totalAmount.minus(figures.taxAmount),
  }))

/** The fields of G-FO-31. A summary invoice names its first order. */
function postedEvent({ userId, now }: CommandContext, invoice: NumberedInvoice) {
  return {
    eventId: 'SalesInvoicePostedBusinessEvent',
    dataAreaId: invoice.dataAreaId,
    userId,
    now,
    fields: {
      InvoiceAccount: invoice.invoiceCustomer.CustomerAccount ?? '',
      InvoiceId: invoice.invoiceNumber,
      SalesId: invoice.orders[0]?.order.key.salesOrderNumber ?? '',
      InvoiceDate: eventDate(invoice.date),
      InvoiceDueDate: eventDate(invoice.terms.dueDate),
      InvoiceAmount: invoice.totals.invoiceAmount,
      InvoiceTaxAmount: invoice.totals.tax,
      LegalEntity: invoice.dataAreaId,
    },
  }
}
