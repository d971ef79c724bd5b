import { decimal, formatDecimal, roundTo } from '@p2c/base'
import type { FieldValues } from '../field-value.ts'
import {
  headerProcessingStatus,
  headerStatus,
  highestDocumentStatus,
  lineProcessingStatus,
  lineQuantities,
  lineStatus,
  type ProcessedLine,
  type ProcessingDetail,
} from './order-status.ts'

/** Quantities are stored with six decimals. Source: Supply Chain specification, 0.3. */
const QUANTITY_DECIMALS = 6

const numberAt = (row: FieldValues, name: string) => decimal(row[name] ?? '0')

/** A stored order line as the status rules look at it. */
export const processedLine = (row: FieldValues): ProcessedLine => ({
  ordered: numberAt(row, 'OrderedSalesQuantity'),
  delivered: numberAt(row, 'DeliveredQuantity'),
  invoiced: numberAt(row, 'InvoicedQuantity'),
  canceled: numberAt(row, 'CanceledQuantity'),
  picked: numberAt(row, 'PickedQuantity'),
  documentStatus: row.DocumentStatus ?? 'None',
  isReleased: !numberAt(row, 'ReleasedQuantity').isZero(),
})

/** The columns of a line that follow from its quantities. The inventory unit keeps the ratio of the whole line. */
export function derivedLineValues(row: FieldValues, detail: ProcessingDetail): FieldValues {
  const line = processedLine(row)
  const { toDeliver, toInvoice } = lineQuantities(line)
  const inInventoryUnit = (quantity: typeof toDeliver) =>
    line.ordered.isZero()
      ? '0'
      : formatDecimal(roundTo(quantity.times(numberAt(row, 'QtyOrdered')).dividedBy(line.ordered), QUANTITY_DECIMALS))
  return {
    RemainSalesPhysical: formatDecimal(toDeliver),
    RemainSalesFinancial: formatDecimal(toInvoice),
    RemainInventPhysical: inInventoryUnit(toDeliver),
    RemainInventFinancial: inInventoryUnit(toInvoice),
    SalesOrderLineStatus: lineStatus(line),
    SalesOrderProcessingStatus: lineProcessingStatus(line, detail),
  }
}

/** The columns of a header that follow from its lines. On a reversal the document status is that of the lines alone. */
export function derivedHeaderValues(
  header: FieldValues,
  lines: readonly ProcessedLine[],
  { detail, isReversal }: { readonly detail: ProcessingDetail; readonly isReversal: boolean },
): FieldValues {
  const documents = lines.map((line) => line.documentStatus)
  const documentStatus = highestDocumentStatus(isReversal ? documents : [header.DocumentStatus ?? 'None', ...documents])
  return {
    SalesOrderStatus: headerStatus(lines.map(lineStatus)),
    DocumentStatus: documentStatus,
    PostedDocumentStatus: highestDocumentStatus([header.PostedDocumentStatus ?? 'None', documentStatus]),
    SalesOrderProcessingStatus: headerProcessingStatus(lines, { documentStatus, detail }),
  }
}
