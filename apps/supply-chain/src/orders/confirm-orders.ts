import { formatDecimal, type SqlRunner } from '@p2c/base'
import { z } from 'zod'
import { loadCalculations } from '../calculation/load-document.ts'
import { assertNoProblems, type CommandContext, CommandRefusal, command } from '../commands/command.ts'
import { company, day, namesOrders, ordersOf, ordersToPost } from '../commands/parameters.ts'
import { dayOf, timeOf } from '../domain/field-value.ts'
import { refuseCommand } from '../domain/messages.ts'
import { highestDocumentStatus, lineStatus } from '../domain/orders/order-status.ts'
import { type DocumentTotals, documentTotals } from '../domain/pricing/document-totals.ts'
import { tableByRelation } from '../entities/catalogue.ts'
import { raiseBusinessEvents } from '../events/business-events.ts'
import { eventDate } from '../events/event-value.ts'
import { findRows } from '../store/rows.ts'
import { joinKey } from '../store/tracked-row.ts'
import { assertCredit } from './assert-credit.ts'
import {
  guardOrders,
  insertPosted,
  type OpenLine,
  type OpenOrder,
  openOrders,
  pickValues,
  rowsOf,
  updateLines,
  withLineValues,
} from './open-orders.ts'
import { ORDER_SERVICE } from './order-service.ts'
import { refreshOrders } from './refresh-orders.ts'
import { toNumber } from './shown-quantity.ts'

const parameters = z.object({ dataAreaId: company, ...ordersToPost, date: day.optional() }).refine(...namesOrders)

/** Confirms orders: a journal keeps what was promised at which amounts. May be repeated; each confirmation has its own number. Source: 3.4. */
export const CONFIRM_SALES_ORDER = command({
  name: 'confirm-sales-order',
  summary: 'Confirms orders: keeps their lines and amounts as they are now.',
  operation: { ...ORDER_SERVICE, name: 'ConfirmSalesOrder' },
  parameters,
  async run(context, given) {
    const { sql, now } = context
    const { dataAreaId } = given
    const date = given.date ?? dayOf(now)
    const orders = await openOrders(sql, dataAreaId, ordersOf(given))
    await guardOrders(sql, 'confirm', orders)
    const idle = orders.filter((order) => confirmedLines(order).length === 0)
    if (idle.length > 0) throw new CommandRefusal(...idle.map(({ key }) => refuseCommand('E22', key.salesOrderNumber)))
    const warnings = await assertCredit(sql, { dataAreaId, documents: orders.map(({ key }) => key), on: date })
    const confirmations = await calculate(sql, { orders, date })
    await storeConfirmations(context, confirmations)
    const updates = orders.flatMap(confirmedLines).map((target) => {
      const DocumentStatus = highestDocumentStatus([target.line.documentStatus, 'Confirmation'])
      return withLineValues(target, { DocumentStatus })
    })
    await updateLines(sql, updates)
    await refreshOrders(
      sql,
      orders.map(({ key }) => key),
    )
    await tell(context, confirmations)
    return { ok: true, value: { confirmations: confirmations.map(shown) }, warnings }
  },
})

/** Lines that are promised: neither stopped nor cancelled. */
const confirmedLines = ({ lines }: OpenOrder): OpenLine[] => lines.filter(({ line }) => !line.isStopped && lineStatus(line) !== 'Canceled')

interface Confirmation {
  readonly order: OpenOrder
  readonly number: string
  readonly date: string
  readonly totals: DocumentTotals
}

const shown = ({ order, number, date, totals }: Confirmation) => ({
  salesOrderNumber: order.key.salesOrderNumber,
  confirmationNumber: number,
  confirmationDate: date,
  totalAmount: toNumber(totals.totalAmount),
})

interface Confirming {
  readonly orders: readonly OpenOrder[]
  readonly date: string
}

/** The next number and the amounts of each order. Amounts that cannot be calculated (E30, E29) refuse. The stored totals stay as they are. */
async function calculate(sql: SqlRunner, { orders, date }: Confirming): Promise<Confirmation[]> {
  const keys = orders.map(({ key }) => ({ dataAreaId: key.dataAreaId, number: key.salesOrderNumber }))
  const documents = await loadCalculations(sql, { kind: 'order', keys, on: date, known: rowsOf(orders) })
  const earlier = await countConfirmations(sql, orders)
  const confirmations = orders.flatMap((order, index): Confirmation[] => {
    const document = documents[index]
    if (document === undefined) return []
    const number = `${order.key.salesOrderNumber}-${(earlier.get(joinKey([order.key.salesOrderNumber])) ?? 0) + 1}`
    return [{ order, number, date, totals: documentTotals(document) }]
  })
  const problems = confirmations.flatMap(({ totals }) => totals.problems)
  assertNoProblems(problems)
  return confirmations
}

async function countConfirmations(sql: SqlRunner, orders: readonly OpenOrder[]): Promise<ReadonlyMap<string, number>> {
  const rows = await findRows(sql, {
    table: tableByRelation('sales_order_confirmation'),
    fields: ['dataAreaId', 'SalesOrderNumber'],
    keys: orders.map(({ key }) => [key.dataAreaId, key.salesOrderNumber]),
    only: ['SalesOrderNumber'],
    isMany: true,
  })
  const byOrder = Map.groupBy(rows, ({ values }) => joinKey([values.SalesOrderNumber ?? '']))
  return new Map([...byOrder].map(([number, own]) => [number, own.length]))
}

const documentKey = ({ order, number, date }: Confirmation) => ({
  dataAreaId: order.key.dataAreaId,
  SalesOrderNumber: order.key.salesOrderNumber,
  ConfirmationDate: date,
  ConfirmationNumber: number,
})

async function storeConfirmations({ sql, now, userId }: CommandContext, confirmations: readonly Confirmation[]): Promise<void> {
  const names = [...tableByRelation('sales_order_confirmation').properties.keys()]
  const moment = timeOf(now)
  const headers = confirmations.map((confirmation) => ({
    ...pickValues(confirmation.order.header.values, names),
    ...documentKey(confirmation),
    LineTotalAmount: formatDecimal(confirmation.totals.lineTotalAmount),
    TotalDiscountAmount: formatDecimal(confirmation.totals.totalDiscountAmount),
    TotalChargesAmount: formatDecimal(confirmation.totals.chargesAmount),
    TotalTaxAmount: formatDecimal(confirmation.totals.taxAmount),
    ConfirmedAmount: formatDecimal(confirmation.totals.totalAmount),
    ConfirmedBy: userId,
    ConfirmedDateTime: moment,
  }))
  await insertPosted(sql, 'sales_order_confirmation', headers)
  await insertPosted(sql, 'sales_order_confirmation_line', confirmations.flatMap(lineRows))
}

/** Lines keep their number; where two have the same one, all are numbered anew. */
function lineRows(confirmation: Confirmation): Record<string, string>[] {
  const names = [...tableByRelation('sales_order_confirmation_line').properties.keys()]
  const taxes = new Map(confirmation.totals.lines.map(({ lotId, taxAmount }) => [joinKey([lotId]), taxAmount]))
  const lines = confirmedLines(confirmation.order)
  const isUnique = new Set(lines.map(({ line }) => line.lineNumber)).size === lines.length
  return lines.map(({ row, line }, index) => {
    const tax = taxes.get(joinKey([line.lotId]))
    return {
      ...pickValues(row.values, names),
      ...documentKey(confirmation),
      LineNumber: isUnique ? line.lineNumber : String(index + 1),
      ConfirmedQuantity: formatDecimal(line.ordered.minus(line.canceled)),
      TotalTaxAmount: tax === undefined ? '0' : formatDecimal(tax),
    }
  })
}

const tell = ({ sql, now, userId }: CommandContext, confirmations: readonly Confirmation[]): Promise<void> =>
  raiseBusinessEvents(
    sql,
    confirmations.map(({ order: { key, header }, number, date, totals }) => ({
      eventId: 'SalesOrderConfirmedBusinessEvent',
      dataAreaId: key.dataAreaId,
      userId,
      now,
      fields: {
        CustomerAccount: header.values.OrderingCustomerAccountNumber ?? '',
        InvoiceAccount: header.values.InvoiceCustomerAccountNumber ?? '',
        SalesId: key.salesOrderNumber,
        ConfirmId: number,
        ConfirmDate: eventDate(date),
        ConfirmAmount: totals.totalAmount,
        CurrencyCode: header.values.CurrencyCode ?? '',
        LegalEntity: key.dataAreaId,
      },
    })),
  )
