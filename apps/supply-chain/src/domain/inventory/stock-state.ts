import { type Decimal, ZERO } from '@p2c/base'
import { anchorOf, type Dimensions, inventDimIdOf } from './dimensions.ts'
import type { ItemFacts, PlaceFacts } from './item-facts.ts'
import { addSums, availOrdered, availPhysical, NO_STOCK, type StockSums, withTransaction } from './on-hand.ts'
import type { StockTransaction } from './stock-transaction.ts'

/** An item with its dimensions. Rows with the same item and anchor share a place: they are locked and checked together. */
export interface StockPlace {
  readonly itemNumber: string
  readonly dimensions: Dimensions
  readonly inventDimId: string
  readonly anchorDimId: string
}

export const placeOf = (itemNumber: string, dimensions: Dimensions): StockPlace => ({
  itemNumber,
  dimensions,
  inventDimId: inventDimIdOf(dimensions),
  anchorDimId: inventDimIdOf(anchorOf(dimensions)),
})

/** What a lot is about, and the place that its open parts have. */
export interface LotOrigin extends StockPlace {
  readonly lotId: string
  /** Member of `InventTransType`. */
  readonly referenceCategory: string
  readonly referenceId: string
  /** The lot whose issue this one gives back; blank: none. */
  readonly returnLotId: string
  readonly dateExpected: string
}

/** A lot as it was loaded; operations replace its parts. */
export interface Lot {
  origin: LotOrigin
  parts: readonly StockTransaction[]
}

/** The sums of one item and set of dimensions. */
export interface SumRow extends StockPlace {
  sums: StockSums
}

/** What was issued by a lot that is given back: quantity and cost, both positive. */
export interface IssuedCost {
  readonly quantity: Decimal
  readonly cost: Decimal
}

/** Stock in memory: lots with their transactions, and the sums of every set of dimensions that shares a place with them. */
export interface StockState {
  /** By item number in lower case. */
  readonly items: ReadonlyMap<string, ItemFacts>
  readonly places: PlaceFacts
  /** Reservations may be made against expected receipts. */
  readonly mayReserveOrdered: boolean
  /** By lot id in lower case; lots of items that are not stocked are absent. */
  readonly lots: Map<string, Lot>
  /** By `rowKey`. */
  readonly rows: Map<string, SumRow>
  /** The rows that share a place, by `rowKey` of their anchor. */
  readonly sharedRows: Map<string, SumRow[]>
  /** By lot id in lower case: the issues that lots of the state give back. */
  readonly returnedIssues: ReadonlyMap<string, IssuedCost>
}

/** Under which a state keeps the row of an item and its dimensions. */
export const rowKey = (itemNumber: string, inventDimId: string): string => `${itemNumber.toLowerCase()}\u0001${inventDimId}`

/** The facts of an item; every stocked lot has them. */
export function itemOf(state: StockState, itemNumber: string): ItemFacts {
  const item = state.items.get(itemNumber.toLowerCase())
  if (item === undefined) throw new TypeError(`no facts of item ${itemNumber}`)
  return item
}

/** Adds a row that is not known yet. */
export function addRow(state: StockState, row: SumRow): SumRow {
  state.rows.set(rowKey(row.itemNumber, row.inventDimId), row)
  const shared = rowKey(row.itemNumber, row.anchorDimId)
  const group = state.sharedRows.get(shared)
  if (group === undefined) state.sharedRows.set(shared, [row])
  else group.push(row)
  return row
}

/** The row of a place, made where there is none. */
export const rowOf = (state: StockState, place: StockPlace): SumRow =>
  state.rows.get(rowKey(place.itemNumber, place.inventDimId)) ??
  addRow(state, {
    itemNumber: place.itemNumber,
    dimensions: place.dimensions,
    inventDimId: place.inventDimId,
    anchorDimId: place.anchorDimId,
    sums: NO_STOCK,
  })

/** Replaces the parts of a lot and keeps the sums in step. */
export function setParts(state: StockState, lot: Lot, parts: readonly StockTransaction[]): void {
  const before = new Set(lot.parts)
  const after = new Set(parts)
  for (const part of lot.parts) if (!after.has(part)) addToRow(state, part, -1)
  for (const part of parts) if (!before.has(part)) addToRow(state, part, 1)
  lot.parts = parts
}

function addToRow(state: StockState, part: StockTransaction, factor: 1 | -1): void {
  const row = state.rows.get(rowKey(part.itemNumber, part.inventDimId))
  if (row === undefined) throw new TypeError(`no sums of item ${part.itemNumber} in ${part.inventDimId}`)
  row.sums = withTransaction(row.sums, part, factor)
}

const isSame = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase()

const sharing = (state: StockState, place: StockPlace): readonly SumRow[] =>
  state.sharedRows.get(rowKey(place.itemNumber, place.anchorDimId)) ?? []

const totalOf = (rows: readonly SumRow[]): StockSums => rows.reduce((total, row) => addSums(total, row.sums), NO_STOCK)

/**
 * The sums that a place may draw on: of the warehouse and status as a whole, then of its batch, then of its serial number. What is free is
 * the least of them, so that an issue without a batch never takes what another one has reserved by batch.
 */
function drawnSums(state: StockState, place: StockPlace): StockSums[] {
  const { ItemBatchNumber: batch, ItemSerialNumber: serial, InventoryStatusId: status } = place.dimensions
  const ofStatus = sharing(state, place).filter((row) => isSame(row.dimensions.InventoryStatusId, status))
  const ofBatch = batch === '' ? ofStatus : ofStatus.filter((row) => isSame(row.dimensions.ItemBatchNumber, batch))
  const ofSerial = serial === '' ? ofBatch : ofBatch.filter((row) => isSame(row.dimensions.ItemSerialNumber, serial))
  return [...new Set([ofStatus, ofBatch, ofSerial])].map(totalOf)
}

const leastFree = (values: readonly Decimal[]): Decimal => {
  const least = values.reduce((low, value) => (value.lessThan(low) ? value : low))
  return least.lessThan(ZERO) ? ZERO : least
}

export const isBlocking = (state: StockState, place: StockPlace): boolean =>
  state.places.blockingStatuses.has(place.dimensions.InventoryStatusId.toLowerCase())

/** Goods that are there and that nobody has reserved; none in a blocking status. Never below zero. Source: 4.1 and 4.2. */
export const freePhysical = (state: StockState, place: StockPlace): Decimal =>
  isBlocking(state, place) ? ZERO : leastFree(drawnSums(state, place).map(availPhysical))

/** Expected goods that nobody has reserved. Never below zero. */
export const freeOrdered = (state: StockState, place: StockPlace): Decimal =>
  isBlocking(state, place) ? ZERO : leastFree(drawnSums(state, place).map(availOrdered))

/** The sums that cost is kept by: site, warehouse and product dimensions, and the batch where one is given. Source: 4.2. */
export function costSums(state: StockState, place: StockPlace): StockSums {
  const batch = place.dimensions.ItemBatchNumber
  const shared = sharing(state, place)
  return totalOf(batch === '' ? shared : shared.filter((row) => isSame(row.dimensions.ItemBatchNumber, batch)))
}
