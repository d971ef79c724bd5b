import type { FeedRow } from '../compare/feed.ts'
import { type EventReader, type FoundEvent, STEPS } from './events.ts'

const text = (value: unknown): string => (value === null || value === undefined ? '' : String(value))
const quoted = (value: string): string => `'${value.replaceAll("'", "''")}'`
const EMPTY = '1900-01-01'
const isFilled = (value: unknown): boolean => text(value) !== '' && !text(value).startsWith(EMPTY)
/** Dates are noon UTC on the wire; only their day counts. */
const dayOf = (value: unknown): string => text(value).slice(0, 10)

interface Facts {
  readonly at: string
  readonly event: string
  readonly document: string
  readonly rank: number
  readonly amount?: unknown
  readonly currency?: unknown
  readonly status?: unknown
  readonly text?: string
}

const toEvent = ({ at, event, document, rank, amount, currency, status, text: words }: Facts): FoundEvent => ({
  at,
  side: 'supply-chain',
  event,
  document,
  rank,
  ...(text(amount) !== '' && { amount: text(amount) }),
  ...(text(currency) !== '' && { currency: text(currency) }),
  ...(text(status) !== '' && { status: text(status) }),
  ...(words !== undefined && { text: words }),
})

/** The order as Supply Chain took it, and every document posted for it, to the payments of its invoices. */
export async function supplyOrderEvents(number: string, read: EventReader): Promise<readonly FoundEvent[]> {
  const ofOrder = `SalesOrderNumber eq ${quoted(number)}`
  const orders = await read.supplyChain('CDSSalesOrderHeaders', ofOrder, [
    'SalesOrderNumber',
    'OrderCreationDateTime',
    'OrderTotalAmount',
    'CurrencyCode',
    'SalesOrderProcessingStatus',
  ])
  return [
    ...orders.map((row) =>
      toEvent({
        at: text(row.OrderCreationDateTime),
        event: 'order-received',
        document: number,
        rank: STEPS.received,
        amount: row.OrderTotalAmount,
        currency: row.CurrencyCode,
      }),
    ),
    ...(await fulfilmentEvents(ofOrder, read)),
    ...(await invoiceEvents(ofOrder, read)),
  ]
}

async function fulfilmentEvents(ofOrder: string, read: EventReader): Promise<FoundEvent[]> {
  const confirmations = await read.supplyChain('SalesOrderConfirmationHeaders', ofOrder, [
    'ConfirmationNumber',
    'ConfirmedDateTime',
    'ConfirmedAmount',
    'CurrencyCode',
  ])
  const routes = await read.supplyChain('SalesPickingRouteHeaders', ofOrder, [
    'PickingRouteNumber',
    'ActivatedDateTime',
    'CompletedDateTime',
    'PickingRouteStatus',
  ])
  const slips = await read.supplyChain('SalesPackingSlipHeaders', ofOrder, [
    'PackingSlipNumber',
    'PostedDateTime',
    'IsCanceled',
    'CancellationDate',
  ])
  return [
    ...confirmations.map((row) =>
      toEvent({
        at: text(row.ConfirmedDateTime),
        event: 'confirmed',
        document: text(row.ConfirmationNumber),
        rank: STEPS.confirmed,
        amount: row.ConfirmedAmount,
        currency: row.CurrencyCode,
      }),
    ),
    ...routes.flatMap((row) => pickingEvents(row)),
    ...slips.flatMap((row) => {
      const document = text(row.PackingSlipNumber)
      const posted = toEvent({ at: text(row.PostedDateTime), event: 'packed', document, rank: STEPS.packed })
      if (!isFilled(row.CancellationDate)) return [posted]
      return [posted, toEvent({ at: dayOf(row.CancellationDate), event: 'packing-cancelled', document, rank: STEPS.packingCancelled })]
    }),
  ]
}

function pickingEvents(row: FeedRow): FoundEvent[] {
  const document = text(row.PickingRouteNumber)
  return [
    ...(isFilled(row.ActivatedDateTime)
      ? [toEvent({ at: text(row.ActivatedDateTime), event: 'picking-list-posted', document, rank: STEPS.picking })]
      : []),
    ...(isFilled(row.CompletedDateTime)
      ? [toEvent({ at: text(row.CompletedDateTime), event: 'picked', document, rank: STEPS.picked, status: row.PickingRouteStatus })]
      : []),
  ]
}

async function invoiceEvents(ofOrder: string, read: EventReader): Promise<FoundEvent[]> {
  const invoices = await read.supplyChain('SalesInvoiceHeadersV2', ofOrder, [
    'InvoiceNumber',
    'InvoiceDate',
    'TotalInvoiceAmount',
    'CurrencyCode',
  ])
  const payments = await Promise.all(invoices.map((row) => paymentEvents(row, read)))
  return invoices.flatMap((row, index) => [
    toEvent({
      at: dayOf(row.InvoiceDate),
      event: 'invoiced',
      document: text(row.InvoiceNumber),
      rank: STEPS.invoiced,
      amount: row.TotalInvoiceAmount,
      currency: row.CurrencyCode,
    }),
    ...(payments[index] ?? []),
  ])
}

/** What was settled against an invoice, and the day on which nothing was open any more. */
async function paymentEvents(invoice: FeedRow, read: EventReader): Promise<FoundEvent[]> {
  const document = text(invoice.InvoiceNumber)
  const transactions = await read.supplyChain('CustTransactions', `Invoice eq ${quoted(document)}`, [
    'SysRecId',
    'AmountCur',
    'CurrencyCode',
    'Closed',
    'SettleAmountCur',
  ])
  const events = await Promise.all(
    transactions.map(async (transaction) => {
      const settlements = await read.supplyChain('CustSettlements', `TransRecId eq ${text(transaction.SysRecId)}`, [
        'SettlementVoucher',
        'TransDate',
        'SettleAmountCur',
        'CurrencyCode',
      ])
      const common = { document, currency: transaction.CurrencyCode }
      return [
        ...settlements.map((row) =>
          toEvent({
            ...common,
            at: dayOf(row.TransDate),
            event: 'payment-settled',
            rank: STEPS.settled,
            amount: row.SettleAmountCur,
            text: text(row.SettlementVoucher),
          }),
        ),
        ...(isFilled(transaction.Closed)
          ? [toEvent({ ...common, at: dayOf(transaction.Closed), event: 'paid', rank: STEPS.paid, amount: transaction.AmountCur })]
          : []),
      ]
    }),
  )
  return events.flat()
}

/** The order that an invoice belongs to. */
export async function invoiceOrder(number: string, read: EventReader): Promise<string | undefined> {
  const [row] = await read.supplyChain('SalesInvoiceHeadersV2', `InvoiceNumber eq ${quoted(number)}`, ['SalesOrderNumber'])
  const order = text(row?.SalesOrderNumber)
  return order === '' ? undefined : order
}

/** When a quotation was confirmed, and into which order. */
export async function quotationEvents(number: string, read: EventReader): Promise<readonly FoundEvent[]> {
  const rows = await read.supplyChain('CDSSalesQuotationHeaders', `SalesQuotationNumber eq ${quoted(number)}`, [
    'SalesQuotationConfirmationDate',
    'GeneratedSalesOrderNumber',
    'SalesQuotationStatus',
    'QuotationTotalAmount',
    'CurrencyCode',
  ])
  return rows
    .filter((row) => isFilled(row.SalesQuotationConfirmationDate))
    .map((row) =>
      toEvent({
        at: dayOf(row.SalesQuotationConfirmationDate),
        event: 'quotation-confirmed',
        document: number,
        rank: STEPS.quotation,
        amount: row.QuotationTotalAmount,
        currency: row.CurrencyCode,
        status: row.SalesQuotationStatus,
        text: text(row.GeneratedSalesOrderNumber),
      }),
    )
}
