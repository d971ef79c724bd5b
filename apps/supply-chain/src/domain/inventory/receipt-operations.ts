import { type Decimal, ZERO } from '@p2c/base'
import { EMPTY_DATE } from '../field-value.ts'
import { roundAmount } from '../pricing/rounding.ts'
import { averageCost } from './cost.ts'
import { placeValues } from './issue-operations.ts'
import { refuseStock, type StockRefusal, type StockResult, shownQuantity } from './stock-result.ts'
import { costSums, freePhysical, itemOf, type Lot, type StockState, setParts } from './stock-state.ts'
import { moveParts, quantityIn, withCosts } from './stock-transaction.ts'
import type { ReceiptStatus } from './transaction-status.ts'

/** Order in which goods that arrive are received: the best prepared first. */
const RECEIPT_ORDER: readonly ReceiptStatus[] = ['Registered', 'Arrived', 'Ordered']

/** Why goods of the lot may not come in; undefined: they may. Source: 4.2, E05. */
function receiptProblem(state: StockState, { origin }: Lot): StockRefusal | undefined {
  const item = itemOf(state, origin.itemNumber)
  const { InventoryWarehouseId: warehouse, ItemBatchNumber: batch } = origin.dimensions
  if (warehouse === '' && item.isWarehouseActive) return refuseStock(ZERO, 'E05')
  if (item.isBatchActive && batch === '') return refuseStock(ZERO, 'L30', 'Batch number', origin.itemNumber)
  return undefined
}

/** What comes in with a packing slip or a receipt. */
export interface Receiving {
  readonly voucher: string
  /** `2025-02-11`. */
  readonly date: string
  readonly packingSlipNumber?: string
  /** Cost of one inventory unit; default: of the original issue for a return, else the running average. */
  readonly unitCost?: Decimal
}

/** Cost of goods that come in, positive. Source: Supply Chain specification, 4.6. */
function receiptCost(
  state: StockState,
  lot: Lot,
  { quantity, unitCost }: { readonly quantity: Decimal; readonly unitCost?: Decimal },
): Decimal {
  const item = itemOf(state, lot.origin.itemNumber)
  if (unitCost !== undefined) return roundAmount(unitCost.times(quantity), item.costRounding)
  const issued = lot.origin.returnLotId === '' ? undefined : state.returnedIssues.get(lot.origin.returnLotId.toLowerCase())
  if (issued?.quantity.greaterThan(ZERO) === true)
    return roundAmount(issued.cost.times(quantity).dividedBy(issued.quantity), item.costRounding)
  return averageCost(costSums(state, lot.origin), quantity, item)
}

/** Registers expected goods as arrived; they have no cost yet. Refused for more than is expected. */
export function register(state: StockState, lot: Lot, quantity: Decimal): StockResult<{ readonly cost: Decimal }> {
  const problem = receiptProblem(state, lot) ?? openProblem(lot, quantity, ['Arrived', 'Ordered'])
  if (problem !== undefined) return problem
  setParts(state, lot, moveParts(lot.parts, { from: ['Arrived', 'Ordered'], event: 'register', quantity }).parts)
  return { ok: true, cost: ZERO }
}

function openProblem(lot: Lot, quantity: Decimal, statuses: readonly ReceiptStatus[]): StockRefusal | undefined {
  const open = quantityIn(lot.parts, ...statuses)
  return quantity.greaterThan(open) ? refuseStock(open, 'L32', shownQuantity(quantity), shownQuantity(open), lot.origin.lotId) : undefined
}

/** Receives goods: the product receipt of a purchase, the packing slip of a return. `cost` is the physical cost, positive. */
export function receive(
  state: StockState,
  lot: Lot,
  { quantity, ...receipt }: Receiving & { readonly quantity: Decimal },
): StockResult<{ readonly cost: Decimal }> {
  const problem = receiptProblem(state, lot) ?? openProblem(lot, quantity, RECEIPT_ORDER)
  if (problem !== undefined) return problem
  const cost = receiptCost(state, lot, { quantity, ...receipt })
  const result = moveParts(lot.parts, {
    from: RECEIPT_ORDER,
    event: 'receive',
    quantity,
    change: () => ({
      datePhysical: receipt.date,
      voucherPhysical: receipt.voucher,
      packingSlipNumber: receipt.packingSlipNumber ?? '',
    }),
  })
  setParts(state, lot, withCosts(result.parts, result.moved, { cost, field: 'costPhysical' }))
  return { ok: true, cost }
}

/** What a cancelled receipt took back. */
export interface UndoneReceipt {
  readonly quantity: Decimal
  /** The physical cost that it had, positive. */
  readonly cost: Decimal
}

/** Takes a receipt of a packing slip back as far as it is not invoiced. Refused where the goods are needed elsewhere already. */
export function unreceive(
  state: StockState,
  lot: Lot,
  { quantity, packingSlipNumber }: { readonly quantity: Decimal; readonly packingSlipNumber: string },
): StockResult<UndoneReceipt> {
  const free = freePhysical(state, lot.origin)
  const item = itemOf(state, lot.origin.itemNumber)
  if (quantity.greaterThan(free) && !item.isNegativePhysicalAllowed)
    return refuseStock(free, 'E07', shownQuantity(quantity), shownQuantity(free), lot.origin.itemNumber)
  const result = moveParts(lot.parts, {
    from: ['Received'],
    event: 'unreceive',
    quantity,
    accepts: (part) => part.packingSlipNumber === packingSlipNumber,
    change: () => ({ ...placeValues(lot), datePhysical: EMPTY_DATE, voucherPhysical: '', packingSlipNumber: '', costPhysical: ZERO }),
  })
  setParts(state, lot, result.parts)
  return { ok: true, quantity: result.quantity, cost: result.taken.reduce((total, part) => total.plus(part.costPhysical), ZERO) }
}

/** What is invoiced of goods that came in. */
export interface Purchasing extends Receiving {
  readonly invoiceNumber?: string
}

/** Costs of an invoiced receipt, both positive: the financial cost that it writes and the physical cost that it reverses. */
export interface PurchasedCost {
  readonly cost: Decimal
  readonly physicalCost: Decimal
}

/**
 * Invoices goods that came in; those that are not received yet are received with it. The financial cost is the given one, else the
 * physical one. Refused for more than the lot has.
 */
export function purchase(
  state: StockState,
  lot: Lot,
  { quantity, ...invoice }: Purchasing & { readonly quantity: Decimal },
): StockResult<PurchasedCost> {
  const problem = openProblem(lot, quantity, ['Received', ...RECEIPT_ORDER])
  if (problem !== undefined) return problem
  const missing = quantity.minus(quantityIn(lot.parts, 'Received'))
  if (missing.greaterThan(ZERO)) {
    const received = receive(state, lot, { ...invoice, quantity: missing })
    if (!received.ok) return received
  }
  const result = moveParts(lot.parts, {
    from: ['Received'],
    event: 'purchase',
    quantity,
    change: (part) => ({
      dateFinancial: invoice.date,
      voucherFinancial: invoice.voucher,
      invoiceNumber: invoice.invoiceNumber ?? '',
      costPosted: part.costPhysical,
    }),
  })
  const physicalCost = result.taken.reduce((total, part) => total.plus(part.costPhysical), ZERO)
  const cost =
    invoice.unitCost === undefined
      ? physicalCost
      : roundAmount(invoice.unitCost.times(quantity), itemOf(state, lot.origin.itemNumber).costRounding)
  setParts(state, lot, invoice.unitCost === undefined ? result.parts : withCosts(result.parts, result.moved, { cost, field: 'costPosted' }))
  return { ok: true, cost, physicalCost }
}

/** Ends up to a quantity of what is expected; gives how much. Goods that are registered or received stay. */
export function cancelReceipt(state: StockState, lot: Lot, quantity: Decimal): Decimal {
  const result = moveParts(lot.parts, { from: ['QuotationReceipt', 'Ordered'], event: 'cancel', quantity })
  setParts(state, lot, result.parts)
  return result.quantity
}
