import { type Decimal, decimal, type SqlRunner } from '@p2c/base'
import { at, type FieldValues, isSameText } from '../domain/field-value.ts'
import { keptDimensions } from '../domain/inventory/item-facts.ts'
import {
  applyLine,
  type LotFields,
  type LotLine,
  lineDate,
  lineDimensions,
  lineQuantity,
  removeLine,
  reserveAutomatically,
} from '../domain/inventory/lot-lines.ts'
import type { StockRefusal } from '../domain/inventory/stock-result.ts'
import { placeOf, type StockState } from '../domain/inventory/stock-state.ts'
import type { InfologEntry } from '../domain/messages.ts'
import { PRODUCT_DIMENSION_FIELDS } from '../entities/product-dimensions.ts'
import type { EffectContext, RowChange, WriteEffect } from '../store/write-effects.ts'
import { loadStock } from './load-stock.ts'
import { createStockSaver } from './save-stock.ts'

/** A kind of document line whose goods stock follows. */
interface LineKind {
  readonly fields: LotFields
  readonly referenceCategory: LotLine['referenceCategory']
  readonly document: string
  /** What the line asks for in the inventory unit; negative: goods come in. */
  readonly quantityOf: (row: FieldValues) => Decimal
  /** Every field that a lot depends on; a change of others leaves stock alone. */
  readonly watched: readonly string[]
  /** Whether stock follows the line at all. */
  readonly isFollowed: (row: FieldValues) => boolean
}

const WATCHED = ['InventoryLotId', 'ItemNumber', ...PRODUCT_DIMENSION_FIELDS, 'ItemBatchNumber', 'ItemSerialNumber']

const WATCHED_OF_SALES = [
  ...WATCHED,
  'ShippingSiteId',
  'ShippingWarehouseId',
  'QtyOrdered',
  'CanceledQuantity',
  'RequestedShippingDate',
  'ConfirmedShippingDate',
  'CreditedLotId',
  'InventoryReservationMethod',
]

const ORDER_LINE: LineKind = {
  fields: {
    site: 'ShippingSiteId',
    warehouse: 'ShippingWarehouseId',
    status: 'OrderedInventoryStatusId',
    dates: ['ConfirmedShippingDate', 'RequestedShippingDate'],
  },
  referenceCategory: 'Sales',
  document: 'SalesOrderNumber',
  quantityOf: (row) => lineQuantity(row, 'OrderedSalesQuantity'),
  isFollowed: () => true,
  watched: [...WATCHED_OF_SALES, 'OrderedInventoryStatusId'],
}

const QUOTATION_LINE: LineKind = {
  fields: {
    site: 'ShippingSiteId',
    warehouse: 'ShippingWarehouseId',
    status: 'RequestedInventoryStatusId',
    dates: ['RequestedShippingDate'],
  },
  referenceCategory: 'SalesQuotation',
  document: 'SalesQuotationNumber',
  quantityOf: (row) => lineQuantity(row, 'RequestedSalesQuantity'),
  isFollowed: () => true,
  watched: [...WATCHED_OF_SALES, 'RequestedInventoryStatusId'],
}

const RECEIPT_LINE: LineKind = {
  fields: { site: 'InventorySiteId', warehouse: 'InventoryWarehouseId', status: 'InventoryStatusId', dates: ['ExpectedReceiptDate'] },
  referenceCategory: 'Purch',
  document: 'JournalNumber',
  quantityOf: (row) => decimal(at(row, 'InventoryQuantity') || '0').negated(),
  isFollowed: (row) => row.JournalType === 'Receipt',
  watched: [...WATCHED, 'InventorySiteId', 'InventoryWarehouseId', 'InventoryStatusId', 'InventoryQuantity', 'ExpectedReceiptDate'],
}

const concernsStock = ({ before, after }: RowChange, kind: LineKind): boolean =>
  kind.isFollowed(after ?? before ?? {}) &&
  (before === undefined || after === undefined || kind.watched.some((name) => before[name] !== after[name]))

/**
 * Stock follows the lines of a document: a new line opens its lot, a changed one adjusts or moves what is open, a deleted one ends it.
 * Lines that are reserved automatically take what is there, in the order in which they were written. Source: 4.1 and 4.3.
 */
const followLines =
  (kind: LineKind): WriteEffect =>
  async (sql, changes, context) => {
    const concerned = changes.filter((change) => concernsStock(change, kind))
    const byCompany = Map.groupBy(concerned, ({ before, after }) => at(after ?? before, 'dataAreaId'))
    // In one order for everybody: the places of two companies are never locked crosswise.
    for (const dataAreaId of [...byCompany.keys()].sort())
      await followCompany(sql, { dataAreaId, kind, changes: byCompany.get(dataAreaId) ?? [], context })
  }

interface CompanyChanges {
  readonly dataAreaId: string
  readonly kind: LineKind
  readonly changes: readonly RowChange[]
  readonly context: EffectContext
}

async function followCompany(sql: SqlRunner, { dataAreaId, kind, changes, context }: CompanyChanges): Promise<void> {
  const lots = changes.flatMap(({ before, after }) =>
    before === undefined ? [] : [at(before, 'InventoryLotId'), at(after, 'InventoryLotId')],
  )
  const places = changes.flatMap(({ after }) =>
    after === undefined ? [] : [{ itemNumber: at(after, 'ItemNumber'), dimensions: lineDimensions(after, kind.fields) }],
  )
  const loaded = await loadStock(sql, { dataAreaId, lots, places })
  const refusals = new Map<RowChange, readonly InfologEntry[]>()
  for (const change of changes) {
    const refusal = applyChange(loaded.state, change, kind)
    if (refusal !== undefined) refusals.set(change, [{ ...refusal.infolog, severity: 'Warning' }])
  }
  if (refusals.size > 0) context.refuseAll(refusals)
  await createStockSaver(sql, dataAreaId, loaded)()
}

/** Brings the lot of a line to what the line says now; gives why it cannot be. */
function applyChange(state: StockState, { before, after }: RowChange, kind: LineKind): StockRefusal | undefined {
  const line = after === undefined ? undefined : lotLine(state, after, kind)
  const lotBefore = at(before, 'InventoryLotId')
  if (lotBefore !== '' && (line === undefined || !isSameText(line.lotId, lotBefore))) removeLine(state, lotBefore)
  if (line === undefined) return undefined
  const refusal = applyLine(state, line)
  if (refusal !== undefined) return refusal
  const method = at(after, 'InventoryReservationMethod')
  if (method === 'Automatic' || method === 'Explosion') reserveAutomatically(state, line.lotId)
  return undefined
}

/** What a line says of its lot; undefined where it has none: the item is not stocked. */
function lotLine(state: StockState, row: FieldValues, kind: LineKind): LotLine | undefined {
  const item = state.items.get(at(row, 'ItemNumber').toLowerCase())
  if (item?.isStocked !== true || at(row, 'InventoryLotId') === '') return undefined
  return {
    lotId: at(row, 'InventoryLotId'),
    referenceCategory: kind.referenceCategory,
    referenceId: at(row, kind.document),
    place: placeOf(item.itemNumber, keptDimensions(lineDimensions(row, kind.fields), item, state.places)),
    quantity: kind.quantityOf(row),
    dateExpected: lineDate(row, kind.fields),
    returnLotId: at(row, 'CreditedLotId'),
  }
}

/** Stock of order lines. */
export const followOrderLines: WriteEffect = followLines(ORDER_LINE)

/** Stock of quotation lines: it has no influence on what is available. */
export const followQuotationLines: WriteEffect = followLines(QUOTATION_LINE)

/** Expected receipts: ordered as soon as they are written down. */
export const followReceiptLines: WriteEffect = followLines(RECEIPT_LINE)
