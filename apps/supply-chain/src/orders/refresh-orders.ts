import type { SqlRunner } from '@p2c/base'
import { readParametersOf } from '../calculation/read-parameters.ts'
import type { FieldValues } from '../domain/field-value.ts'
import { derivedHeaderValues, derivedLineValues, processedLine } from '../domain/orders/derived-values.ts'
import { DEFAULT_SALES_PARAMETERS } from '../domain/sales-parameters.ts'
import { tableByRelation } from '../entities/catalogue.ts'
import { findRows, type RowUpdate, updateRows } from '../store/rows.ts'
import type { StoredRow } from '../store/tracked-row.ts'
import { type OrderKey, orderKeyText } from './lock-order.ts'

/** Which changes an order is brought up to date after. */
export interface RefreshOptions {
  /**
   * The last document of its kind was cancelled: the document status of the header falls back to the highest of its lines, which the
   * cancelling command has set back. Otherwise it never goes down.
   */
  readonly isReversal?: boolean
}

const HEADER_FIELDS = [
  'dataAreaId',
  'SalesOrderNumber',
  'SalesOrderStatus',
  'SalesOrderProcessingStatus',
  'DocumentStatus',
  'PostedDocumentStatus',
  'ContentVersion',
]

const LINE_FIELDS = [
  'dataAreaId',
  'SalesOrderNumber',
  'OrderedSalesQuantity',
  'DeliveredQuantity',
  'InvoicedQuantity',
  'CanceledQuantity',
  'PickedQuantity',
  'ReleasedQuantity',
  'QtyOrdered',
  'DocumentStatus',
  'RemainSalesPhysical',
  'RemainSalesFinancial',
  'RemainInventPhysical',
  'RemainInventFinancial',
  'SalesOrderLineStatus',
  'SalesOrderProcessingStatus',
]

/**
 * Brings orders up to date with the quantities and document statuses on their lines: remainders, statuses of lines and headers, document
 * and processing status; and raises `ContentVersion`, by which totals know that they are out of date. Rows that stay the same keep their
 * version. The caller holds the lock of each header. At most six statements, whatever the number of orders. Source: Supply Chain
 * specification, 3.2 to 3.5.
 */
export async function refreshOrders(sql: SqlRunner, keys: readonly OrderKey[], { isReversal = false }: RefreshOptions = {}): Promise<void> {
  const wanted = [...new Map(keys.map((key) => [orderKeyText(key), [key.dataAreaId, key.salesOrderNumber]])).values()]
  const common = { fields: ['dataAreaId', 'SalesOrderNumber'], keys: wanted }
  const headers = await findRows(sql, { ...common, table: tableByRelation('sales_order'), only: HEADER_FIELDS, isForUpdate: true })
  if (headers.length === 0) return
  const lines = await findRows(sql, { ...common, table: tableByRelation('sales_order_line'), only: LINE_FIELDS, isMany: true })
  const parameters = await readParametersOf(
    sql,
    headers.map(({ values }) => values.dataAreaId ?? ''),
  )
  const detailOf = ({ values }: StoredRow) =>
    (parameters.get((values.dataAreaId ?? '').toLowerCase()) ?? DEFAULT_SALES_PARAMETERS).processingStatusDetail
  const linesByOrder = Map.groupBy(lines, keyTextOf)
  const changedLines = lines.flatMap((line) => changed(line, derivedLineValues(line.values, detailOf(line))))
  const changedHeaders = headers.flatMap((header) => {
    const ofOrder = (linesByOrder.get(keyTextOf(header)) ?? []).map((line) => processedLine(line.values))
    return changed(header, derivedHeaderValues(header.values, ofOrder, { detail: detailOf(header), isReversal })).map(withNextContent)
  })
  const sameHeaders = headers.filter((header) => !changedHeaders.some(({ stored }) => stored === header))
  await updateRows(sql, tableByRelation('sales_order_line'), changedLines)
  await updateRows(sql, tableByRelation('sales_order'), changedHeaders)
  await raiseContentVersions(
    sql,
    sameHeaders.map(({ recId }) => recId),
  )
}

const keyTextOf = ({ values }: StoredRow): string =>
  orderKeyText({ dataAreaId: values.dataAreaId ?? '', salesOrderNumber: values.SalesOrderNumber ?? '' })

function changed(stored: StoredRow, derived: FieldValues): RowUpdate[] {
  const isSame = Object.entries(derived).every(([name, value]) => stored.values[name] === value)
  // Only what was read is compared and written: the other columns of the row stay as they are.
  return isSame ? [] : [{ stored, after: { ...stored.values, ...derived } }]
}

/** A header that changes anyway takes its next content version in the same statement. */
const withNextContent = ({ stored, after }: RowUpdate): RowUpdate => ({
  stored,
  after: { ...after, ContentVersion: String(BigInt(stored.values.ContentVersion ?? '0') + 1n) },
})

/** The record version stays: a client that read the header before a line was added may still change it. */
async function raiseContentVersions(sql: SqlRunner, recIds: readonly string[]): Promise<void> {
  if (recIds.length === 0) return
  await sql.query(
    `update sales_order set content_version = content_version + 1, change_xid = pg_current_xact_id(), modified_at = now()
     where rec_id = any($1::bigint[])`,
    [recIds],
  )
}
