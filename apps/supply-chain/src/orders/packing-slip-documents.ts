import { type Decimal, formatDecimal, sum } from '@p2c/base'
import type { CommandContext } from '../commands/command.ts'
import { timeOf } from '../domain/field-value.ts'
import { documentValues } from '../domain/fulfilment/document-groups.ts'
import { toDeliver } from '../domain/fulfilment/order-line.ts'
import { tableByRelation } from '../entities/catalogue.ts'
import { raiseBusinessEvents } from '../events/business-events.ts'
import { eventDate } from '../events/event-value.ts'
import type { DeliveredLine } from './deliver-lines.ts'
import { insertPosted, pickValues } from './open-orders.ts'
import { toNumber } from './shown-quantity.ts'

/** A posted packing slip. */
export interface SlipDocument {
  readonly packingSlipNumber: string
  readonly voucher: string
  readonly date: string
  readonly salesOrderNumber: string
  readonly invoiceAccount: string
  readonly orderAccount: string
  readonly siteId: string
  /** Physical cost of the goods: positive for those that left. */
  readonly cost: Decimal
  readonly lines: readonly DeliveredLine[]
}

/** Stores the journal of packing slips: one header per number, with its lines. */
export async function storeSlips(
  { sql, now, userId }: CommandContext,
  dataAreaId: string,
  delivered: readonly DeliveredLine[],
): Promise<SlipDocument[]> {
  const groups = [...Map.groupBy(delivered, ({ numbers }) => numbers.packingSlipNumber).values()]
  const documents = groups.flatMap(toDocument)
  const posted = { dataAreaId, PostedBy: userId, PostedDateTime: timeOf(now), IsCanceled: 'No' }
  const headers = documents.map((document) => ({ ...slipHeader(document), ...posted }))
  const lines = documents.flatMap((document) => document.lines.map((line, place) => ({ ...slipLine(line, place), dataAreaId })))
  await insertPosted(sql, 'packing_slip', headers)
  await insertPosted(sql, 'packing_slip_line', lines)
  return documents
}

function toDocument(lines: readonly DeliveredLine[]): SlipDocument[] {
  const [first] = lines
  if (first === undefined) return []
  const { header, key } = first.order
  return [
    {
      ...first.numbers,
      salesOrderNumber: key.salesOrderNumber,
      invoiceAccount: header.values.InvoiceCustomerAccountNumber ?? '',
      orderAccount: header.values.OrderingCustomerAccountNumber ?? '',
      siteId: first.target.line.siteId,
      cost: sum(lines.map(({ cost }) => cost)),
      lines,
    },
  ]
}

function slipHeader({ packingSlipNumber, voucher, date, lines: [first] }: SlipDocument): Record<string, string> {
  const names = tableByRelation('packing_slip').properties.keys()
  return {
    ...documentValues(names, first?.order.header.values ?? {}, first?.target.row.values ?? {}),
    PackingSlipNumber: packingSlipNumber,
    LedgerVoucher: voucher,
    DeliveryDate: date,
  }
}

function slipLine({ target: { row, line }, quantity, numbers, inventoryQuantity, cost }: DeliveredLine, place: number) {
  const rest = toDeliver({ ...line, delivered: line.delivered.plus(quantity) })
  return {
    ...pickValues(row.values, tableByRelation('packing_slip_line').properties.keys()),
    PackingSlipNumber: numbers.packingSlipNumber,
    LineNumber: String(place + 1),
    DeliveredQuantity: formatDecimal(quantity),
    RemainingQuantity: formatDecimal(rest),
    InvoicedQuantity: '0',
    InventoryQuantity: formatDecimal(inventoryQuantity),
    CostAmount: formatDecimal(cost),
    IsCanceled: 'No',
  }
}

/** A packing slip in the answer of a command. */
export const shownSlip = ({ packingSlipNumber, voucher, salesOrderNumber, siteId, date, cost, lines }: SlipDocument) => ({
  packingSlipNumber,
  salesOrderNumber,
  shippingSiteId: siteId,
  deliveryDate: date,
  ledgerVoucher: voucher,
  costAmount: toNumber(cost),
  lines: lines.map(({ target: { line }, quantity }) => ({
    inventoryLotId: line.lotId,
    lineCreationSequenceNumber: Number(line.lineSequence),
    quantity: toNumber(quantity),
  })),
})

/** Raises the event of each slip. */
export const tellOfSlips = ({ sql, now, userId }: CommandContext, dataAreaId: string, documents: readonly SlipDocument[]): Promise<void> =>
  raiseBusinessEvents(
    sql,
    documents.map(({ salesOrderNumber, packingSlipNumber, invoiceAccount, orderAccount, date }) => ({
      eventId: 'SalesPackingSlipPostedBusinessEvent',
      dataAreaId,
      userId,
      now,
      fields: {
        CustomerAccount: orderAccount,
        InvoiceAccount: invoiceAccount,
        PackingSlipId: packingSlipNumber,
        SalesId: salesOrderNumber,
        DeliveryDate: eventDate(date),
        LegalEntity: dataAreaId,
      },
    })),
  )
