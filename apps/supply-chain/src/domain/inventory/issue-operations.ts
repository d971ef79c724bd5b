import { type Decimal, ZERO } from '@p2c/base'
import { EMPTY_DATE } from '../field-value.ts'
import { averageCost } from './cost.ts'
import { withTransaction } from './on-hand.ts'
import { refuseStock, type StockRefusal, type StockResult, shownQuantity } from './stock-result.ts'
import {
  costSums,
  freeOrdered,
  freePhysical,
  isBlocking,
  itemOf,
  type Lot,
  rowKey,
  type StockState,
  type SumRow,
  setParts,
} from './stock-state.ts'
import { moveParts, openTransaction, quantityIn, type StockTransaction, withCosts } from './stock-transaction.ts'
import type { IssueEvent, IssueStatus } from './transaction-status.ts'

/** Order in which a packing slip takes the parts of a lot: best prepared first. Source: Supply Chain specification, 4.1. */
const DELIVERY_ORDER: readonly IssueStatus[] = ['Picked', 'ReservPhysical', 'ReservOrdered', 'OnOrder']

/** Statuses that are not prepared for delivery yet, in the order in which a reservation takes them. */
const UNRESERVED: readonly IssueStatus[] = ['OnOrder', 'ReservOrdered']

/** Why goods of the lot may not be reserved or leave; undefined: they may. Source: 4.2, E05. */
export function issueProblem(state: StockState, { origin }: Lot, isReservation: boolean): StockRefusal | undefined {
  const item = itemOf(state, origin.itemNumber)
  const { InventoryWarehouseId: warehouse, ItemBatchNumber: batch, InventoryStatusId: status } = origin.dimensions
  if (warehouse === '' && item.isWarehouseActive) return refuseStock(ZERO, 'E05')
  if (!isReservation && item.isBatchActive && batch === '' && !item.isBlankBatchIssueAllowed)
    return refuseStock(ZERO, 'L30', 'Batch number', origin.itemNumber)
  if (isBlocking(state, origin)) return refuseStock(ZERO, 'L31', status, origin.itemNumber)
  return undefined
}

/** What of the open issue could be reserved now. */
export function reservable(state: StockState, lot: Lot, withOrdered: boolean): Decimal {
  if (issueProblem(state, lot, true) !== undefined) return ZERO
  const open = quantityIn(lot.parts, 'OnOrder')
  const free = freePhysical(state, lot.origin).plus(withOrdered ? freeOrdered(state, lot.origin) : ZERO)
  return free.lessThan(open) ? free : open
}

export interface ReserveOptions {
  /** Also against expected receipts; default: as the parameters say. */
  readonly ordered?: boolean
  /** Reserve what is there instead of refusing. */
  readonly isPartial?: boolean
}

/**
 * Reserves of what is on order: goods that are there first, then expected ones where that is allowed. More than is free is refused,
 * unless it is to be partial. Source: Supply Chain specification, 4.3.
 */
export function reserve(
  state: StockState,
  lot: Lot,
  { quantity, ordered, isPartial }: ReserveOptions & { readonly quantity: Decimal },
): StockResult<{ readonly reserved: Decimal }> {
  const problem = issueProblem(state, lot, true)
  if (problem !== undefined) return isPartial === true ? { ok: true, reserved: ZERO } : problem
  const open = quantityIn(lot.parts, 'OnOrder')
  if (quantity.greaterThan(open) && isPartial !== true)
    return refuseStock(open, 'L32', shownQuantity(quantity), shownQuantity(open), lot.origin.lotId)
  const available = reservable(state, lot, ordered ?? state.mayReserveOrdered)
  if (quantity.greaterThan(available) && isPartial !== true)
    return refuseStock(available, 'E07', shownQuantity(quantity), shownQuantity(available), lot.origin.itemNumber)
  const wanted = least(quantity, available)
  const physical = least(wanted, freePhysical(state, lot.origin))
  const first = moveParts(lot.parts, { from: ['OnOrder'], event: 'reserve', quantity: physical })
  const second = moveParts(first.parts, { from: ['OnOrder'], event: 'reserve-ordered', quantity: wanted.minus(physical) })
  setParts(state, lot, second.parts)
  return { ok: true, reserved: wanted }
}

const least = (left: Decimal, right: Decimal): Decimal => (left.lessThan(right) ? left : right)

/** Takes up to a quantity of the reservation back, expected goods first; gives how much. */
export function unreserve(state: StockState, lot: Lot, quantity: Decimal): Decimal {
  const result = moveParts(lot.parts, { from: ['ReservOrdered', 'ReservPhysical'], event: 'release', quantity })
  setParts(state, lot, result.parts)
  return result.quantity
}

/** Picks; what is not reserved is reserved first. Source: Supply Chain specification, 3.4 and 4.1. */
export function pick(state: StockState, lot: Lot, quantity: Decimal): StockResult<{ readonly picked: Decimal }> {
  const problem = issueProblem(state, lot, false)
  if (problem !== undefined) return problem
  const reserved = quantityIn(lot.parts, 'ReservPhysical')
  const open = reserved.plus(quantityIn(lot.parts, ...UNRESERVED))
  if (quantity.greaterThan(open)) return refuseStock(open, 'L32', shownQuantity(quantity), shownQuantity(open), lot.origin.lotId)
  const available = reserved.plus(freePhysical(state, lot.origin))
  if (quantity.greaterThan(available) && !itemOf(state, lot.origin.itemNumber).isNegativePhysicalAllowed)
    return refuseStock(available, 'E07', shownQuantity(quantity), shownQuantity(available), lot.origin.itemNumber)
  const short = quantity.minus(reserved)
  const first = moveParts(lot.parts, { from: ['ReservOrdered', 'OnOrder'], event: 'reserve', quantity: short })
  const second = moveParts(first.parts, { from: ['ReservPhysical'], event: 'pick', quantity })
  setParts(state, lot, second.parts)
  return { ok: true, picked: quantity }
}

/** Takes up to a quantity of the picking back to the reservation; gives how much. */
export function unpick(state: StockState, lot: Lot, quantity: Decimal): Decimal {
  const result = moveParts(lot.parts, { from: ['Picked'], event: 'unpick', quantity })
  setParts(state, lot, result.parts)
  return result.quantity
}

/** What leaves with a packing slip. */
export interface Delivery {
  readonly voucher: string
  /** `2025-02-11`. */
  readonly date: string
  readonly packingSlipNumber: string
  /** The goods may go below zero whatever the model group says. */
  readonly mayGoNegative?: boolean
}

/**
 * Delivers: picked goods first, then reserved ones, then what is on order; more than the lot has is an over-delivery. Refused where more
 * would leave than is there. `cost` is the physical cost at the running average, positive. Source: 4.4 no. 3 and 4.6.
 */
export function deduct(
  state: StockState,
  lot: Lot,
  { quantity, ...slip }: Delivery & { readonly quantity: Decimal },
): StockResult<{ readonly cost: Decimal }> {
  const problem = issueProblem(state, lot, false)
  if (problem !== undefined) return problem
  const item = itemOf(state, lot.origin.itemNumber)
  const available = deliverable(state, lot)
  if (quantity.greaterThan(available) && !item.isNegativePhysicalAllowed && slip.mayGoNegative !== true)
    return refuseStock(available, 'E07', shownQuantity(quantity), shownQuantity(available), lot.origin.itemNumber)
  const cost = averageCost(costSums(state, lot.origin), quantity, item)
  const posting = { datePhysical: slip.date, voucherPhysical: slip.voucher, packingSlipNumber: slip.packingSlipNumber }
  const result = moveParts(lot.parts, {
    from: DELIVERY_ORDER,
    event: 'deduct',
    quantity,
    change: (part) => ({ ...posting, statusBefore: part.status === 'Picked' ? 'Picked' : 'OnOrder' }),
  })
  const excess = quantity.minus(result.quantity)
  const over = excess.greaterThan(ZERO)
    ? [{ ...openTransaction({ ...placeValues(lot), status: 'Deducted', quantity: excess }), ...posting }]
    : []
  setParts(state, lot, withCosts([...result.parts, ...over], [...result.moved, ...over], { cost: cost.negated(), field: 'costPhysical' }))
  return { ok: true, cost }
}

/** What a packing slip could take now. */
export const deliverable = (state: StockState, lot: Lot): Decimal =>
  quantityIn(lot.parts, 'Picked', 'ReservPhysical').plus(freePhysical(state, lot.origin))

/** Where a lot stands now. */
export const placeValues = ({ origin }: Lot) => ({
  itemNumber: origin.itemNumber,
  inventDimId: origin.inventDimId,
  dateExpected: origin.dateExpected,
})

/** What a cancelled packing slip gave back. `cost` is the physical cost that it had, positive. */
export interface Undone {
  readonly quantity: Decimal
  readonly cost: Decimal
  /** Of the quantity: what is picked again. */
  readonly picked: Decimal
}

/** Takes a delivery of a packing slip back, as far as it is not invoiced: over-delivery first, picked goods last. Source: 3.4. */
export function undeduct(
  state: StockState,
  lot: Lot,
  delivery: { readonly quantity: Decimal; readonly packingSlipNumber: string },
): Undone {
  const ofSlip = (part: StockTransaction) => part.packingSlipNumber === delivery.packingSlipNumber
  const blank = { datePhysical: EMPTY_DATE, voucherPhysical: '', packingSlipNumber: '', costPhysical: ZERO, statusBefore: '' as const }
  // What is on order again stands where the line is now.
  const changeOf = (event: IssueEvent) => (event === 'undeduct-to-order' ? { ...blank, ...placeValues(lot) } : blank)
  const back = (before: IssueStatus | '', event: IssueEvent, left: { quantity: Decimal; parts: readonly StockTransaction[] }) =>
    moveParts(left.parts, {
      from: ['Deducted'],
      event,
      quantity: left.quantity,
      accepts: (part) => ofSlip(part) && part.statusBefore === before,
      change: () => changeOf(event),
    })
  const over = back('', 'undeduct-excess', { quantity: delivery.quantity, parts: lot.parts })
  const ordered = back('OnOrder', 'undeduct-to-order', { quantity: delivery.quantity.minus(over.quantity), parts: over.parts })
  const open = delivery.quantity.minus(over.quantity).minus(ordered.quantity)
  const picked = back('Picked', 'undeduct-to-picked', { quantity: open, parts: ordered.parts })
  const taken = [...over.taken, ...ordered.taken, ...picked.taken]
  setParts(state, lot, picked.parts)
  return {
    quantity: over.quantity.plus(ordered.quantity).plus(picked.quantity),
    picked: picked.quantity,
    cost: taken.reduce((total, part) => total.minus(part.costPhysical), ZERO),
  }
}

/** What is invoiced, and by which slips it was delivered. */
export interface Invoicing {
  readonly voucher: string
  /** `2025-02-11`. */
  readonly date: string
  readonly invoiceNumber: string
  /** Only goods of these packing slips; all where absent. */
  readonly packingSlipNumbers?: readonly string[]
}

/** Costs of an invoice, both positive: the financial cost that it writes and the physical cost that it reverses. */
export interface InvoicedCost {
  readonly cost: Decimal
  readonly physicalCost: Decimal
}

/**
 * Invoices delivered goods: the physical cost is reversed and the financial one written at the running average of this moment, without the
 * reversed rows. Refused where more would be financially issued than was received, unless the model group allows that. Throws where more is
 * invoiced than delivered: callers test that first (E14). Source: 4.5 no. 4 and 4.6.
 */
export function sell(
  state: StockState,
  lot: Lot,
  { quantity, ...invoice }: Invoicing & { readonly quantity: Decimal },
): StockResult<InvoicedCost> {
  const item = itemOf(state, lot.origin.itemNumber)
  const slips = invoice.packingSlipNumbers
  const result = moveParts(lot.parts, {
    from: ['Deducted'],
    event: 'sell',
    quantity,
    accepts: (part) => slips === undefined || slips.includes(part.packingSlipNumber),
    change: () => ({ dateFinancial: invoice.date, voucherFinancial: invoice.voucher, invoiceNumber: invoice.invoiceNumber }),
  })
  if (!result.quantity.equals(quantity)) throw new TypeError(`only ${result.quantity} of lot ${lot.origin.lotId} can be invoiced`)
  let parts = result.parts
  let cost = ZERO
  // A lot that was moved between two deliveries is invoiced at the cost of each place.
  for (const [dimension, taken] of Map.groupBy(result.taken, (part) => part.inventDimId)) {
    const sums = costSums(state, rowOfPart(state, lot, dimension))
    const whole = quantityIn(taken, 'Deducted')
    if (sums.PostedQty.lessThan(whole) && !item.isNegativeFinancialAllowed) {
      const available = sums.PostedQty.lessThan(ZERO) ? ZERO : sums.PostedQty
      return refuseStock(available, 'L33', shownQuantity(whole), shownQuantity(available), lot.origin.itemNumber)
    }
    const base = taken.reduce((left, part) => withTransaction(left, part, -1), sums)
    const placeCost = averageCost(base, whole, item)
    const posted = result.moved.filter((part) => part.inventDimId === dimension)
    parts = withCosts(parts, posted, { cost: placeCost.negated(), field: 'costPosted' })
    cost = cost.plus(placeCost)
  }
  setParts(state, lot, parts)
  return { ok: true, cost, physicalCost: result.taken.reduce((total, part) => total.minus(part.costPhysical), ZERO) }
}

function rowOfPart(state: StockState, { origin }: Lot, inventDimId: string): SumRow {
  const row = state.rows.get(rowKey(origin.itemNumber, inventDimId))
  if (row === undefined) throw new TypeError(`no sums of item ${origin.itemNumber} in ${inventDimId}`)
  return row
}

/** Ends up to a quantity of what is open, reservations last; gives how much. Goods that are picked or delivered stay. */
export function cancelIssue(state: StockState, lot: Lot, quantity: Decimal): Decimal {
  const result = moveParts(lot.parts, {
    from: ['QuotationIssue', 'OnOrder', 'ReservOrdered', 'ReservPhysical'],
    event: 'cancel',
    quantity,
  })
  setParts(state, lot, result.parts)
  return result.quantity
}
