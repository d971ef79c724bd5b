import { type Decimal, decimal, ZERO } from '@p2c/base'
import { PRODUCT_DIMENSION_FIELDS } from '../../entities/product-dimensions.ts'
import { at, EMPTY_DATE, type FieldValues } from '../field-value.ts'
import type { Dimensions } from './dimensions.ts'
import { cancelIssue, reserve } from './issue-operations.ts'
import { cancelReceipt } from './receipt-operations.ts'
import { refuseStock, type StockRefusal, shownQuantity } from './stock-result.ts'
import { type Lot, rowOf, type StockPlace, type StockState, setParts } from './stock-state.ts'
import { isPosted, mergeParts, openTransaction, quantityIn, type StockTransaction } from './stock-transaction.ts'
import { isIssueStatus, type StockStatus } from './transaction-status.ts'

/** What a line of a document says of its lot. */
export interface LotLine {
  readonly lotId: string
  readonly referenceCategory: 'Sales' | 'SalesQuotation' | 'Purch' | 'InventTransaction' | 'InventLossProfit' | 'InventCounting'
  readonly referenceId: string
  readonly place: StockPlace
  /** What the lot is to have in all, delivered parts included; negative: goods come in. */
  readonly quantity: Decimal
  readonly dateExpected: string
  readonly returnLotId: string
}

/** Statuses that goods of a lot have moved in: such parts keep their place. */
const MOVED: readonly StockStatus[] = ['Picked', 'Deducted', 'Sold', 'Arrived', 'Registered', 'Received', 'Purchased']
const PREPARED: readonly StockStatus[] = ['Picked', 'Arrived', 'Registered']

function openStatus({ referenceCategory, quantity }: LotLine): StockStatus {
  const isIssue = !quantity.isNegative()
  if (referenceCategory === 'SalesQuotation') return isIssue ? 'QuotationIssue' : 'QuotationReceipt'
  return isIssue ? 'OnOrder' : 'Ordered'
}

/**
 * Brings a lot to what its line says: a new one is opened, a changed quantity adds to what is open or takes from it, another place or item
 * moves what is open and releases its reservation, another date goes with it. Refuses to move goods that are picked (L34), and to leave
 * less than has moved (E24). Source: Supply Chain specification, 4.1.
 */
export function applyLine(state: StockState, line: LotLine): StockRefusal | undefined {
  const lot = lotOfLine(state, line)
  const isMove = lot.origin.itemNumber !== line.place.itemNumber || lot.origin.inventDimId !== line.place.inventDimId
  const prepared = quantityIn(lot.parts, ...PREPARED)
  if (isMove && !prepared.isZero()) return refuseStock(prepared, 'L34', shownQuantity(prepared), line.lotId)
  const moved = quantityIn(lot.parts, ...MOVED)
  const wanted = line.quantity.abs()
  if (wanted.lessThan(moved) && !prepared.isZero()) return refuseStock(moved, 'E24', shownQuantity(moved))
  lot.origin = {
    ...lot.origin,
    ...line.place,
    dateExpected: line.dateExpected,
    returnLotId: line.returnLotId,
    referenceId: line.referenceId,
  }
  const status = openStatus(line)
  placeOpenParts(state, lot, { status, isMove })
  adjustOpen(state, lot, { status, quantity: wanted.lessThan(moved) ? ZERO : wanted.minus(moved) })
  return undefined
}

function lotOfLine(state: StockState, line: LotLine): Lot {
  rowOf(state, line.place)
  const known = state.lots.get(line.lotId.toLowerCase())
  if (known !== undefined) return known
  const { lotId, referenceCategory, referenceId, returnLotId, dateExpected } = line
  const lot: Lot = { origin: { lotId, referenceCategory, referenceId, returnLotId, dateExpected, ...line.place }, parts: [] }
  state.lots.set(lotId.toLowerCase(), lot)
  return lot
}

interface OpenParts {
  readonly status: StockStatus
  readonly isMove: boolean
}

/** Open parts stand where the line is now; those of the other side (the sign of the line has changed) end. */
function placeOpenParts(state: StockState, lot: Lot, { status, isMove }: OpenParts): void {
  const { itemNumber, inventDimId, dateExpected } = lot.origin
  const isSide = (part: StockTransaction) => isIssueStatus(part.status) === isIssueStatus(status)
  const parts = lot.parts.flatMap((part) => {
    if (MOVED.includes(part.status)) return [part]
    if (!isSide(part)) return []
    if (isMove) return [{ ...part, itemNumber, inventDimId, dateExpected, status }]
    return part.dateExpected === dateExpected ? [part] : [{ ...part, dateExpected }]
  })
  setParts(state, lot, mergeParts(parts))
}

function adjustOpen(state: StockState, lot: Lot, { status, quantity }: { readonly status: StockStatus; readonly quantity: Decimal }): void {
  const open = lot.parts.reduce((total, part) => (MOVED.includes(part.status) ? total : total.plus(part.quantity)), ZERO)
  if (quantity.lessThan(open)) {
    const excess = open.minus(quantity)
    cancelReceipt(state, lot, excess.minus(cancelIssue(state, lot, excess)))
    return
  }
  if (quantity.equals(open)) return
  const { itemNumber, inventDimId, dateExpected } = lot.origin
  const added = openTransaction({ itemNumber, inventDimId, dateExpected, status, quantity: quantity.minus(open) })
  setParts(state, lot, mergeParts([...lot.parts, added]))
}

/** The line is gone: what is open of the lot ends, prepared goods go back. A lot of which nothing was posted ends with it. */
export function removeLine(state: StockState, lotId: string): void {
  const lot = state.lots.get(lotId.toLowerCase())
  if (lot === undefined) return
  const posted = lot.parts.filter((part) => isPosted(part.status))
  setParts(state, lot, posted)
  if (posted.length === 0) state.lots.delete(lotId.toLowerCase())
}

/** Reserves what is open of a lot as far as goods are there. Source: Supply Chain specification, 4.3. */
export function reserveAutomatically(state: StockState, lotId: string): void {
  const lot = state.lots.get(lotId.toLowerCase())
  if (lot === undefined) return
  const open = quantityIn(lot.parts, 'OnOrder')
  if (open.greaterThan(ZERO)) reserve(state, lot, { quantity: open, isPartial: true })
}

/** Fields of a document line that stock follows. */
export interface LotFields {
  readonly site: string
  readonly warehouse: string
  readonly status: string
  readonly dates: readonly string[]
}

/** The dimensions that a line of a document names. */
export function lineDimensions(row: FieldValues, fields: LotFields): Dimensions {
  const product = Object.fromEntries(PRODUCT_DIMENSION_FIELDS.map((field) => [field, at(row, field)]))
  return {
    ...(product as Pick<Dimensions, (typeof PRODUCT_DIMENSION_FIELDS)[number]>),
    InventorySiteId: at(row, fields.site),
    InventoryWarehouseId: at(row, fields.warehouse),
    ItemBatchNumber: at(row, 'ItemBatchNumber'),
    ItemSerialNumber: at(row, 'ItemSerialNumber'),
    InventoryStatusId: at(row, fields.status),
  }
}

/** The first of the dates that is given. */
export const lineDate = (row: FieldValues, fields: LotFields): string =>
  fields.dates.map((name) => at(row, name)).find((day) => day !== '' && day !== EMPTY_DATE) ?? EMPTY_DATE

/**
 * What a line asks for in the inventory unit: ordered less cancelled. The cancelled quantity is in the sales unit and shares the ratio of
 * the ordered one.
 */
export function lineQuantity(row: FieldValues, orderedField: string): Decimal {
  const ordered = decimal(at(row, 'QtyOrdered') || '0')
  const inSalesUnit = decimal(at(row, orderedField) || '0')
  const cancelled = decimal(at(row, 'CanceledQuantity') || '0')
  if (cancelled.isZero() || inSalesUnit.isZero()) return ordered
  return ordered.minus(cancelled.times(ordered).dividedBy(inSalesUnit))
}
