import { type Decimal, ZERO } from '@p2c/base'
import {
  cancelIssue,
  type Delivery,
  deduct,
  deliverable,
  type InvoicedCost,
  type Invoicing,
  issueProblem,
  pick,
  type ReserveOptions,
  reservable,
  reserve,
  sell,
  type Undone,
  undeduct,
  unpick,
  unreserve,
} from './issue-operations.ts'
import type { ItemFacts } from './item-facts.ts'
import { NO_STOCK, type OnHand, onHandOf } from './on-hand.ts'
import {
  cancelReceipt,
  type PurchasedCost,
  type Purchasing,
  purchase,
  type Receiving,
  receive,
  register,
  type UndoneReceipt,
  unreceive,
} from './receipt-operations.ts'
import type { StockResult } from './stock-result.ts'
import { itemOf, type Lot, rowKey, type StockState } from './stock-state.ts'
import { quantityIn } from './stock-transaction.ts'
import { ISSUE_STATUSES, RECEIPT_STATUSES, type StockStatus } from './transaction-status.ts'

/** How much of a lot is in each status; all are positive, also for issues. */
export type LotQuantities = Readonly<Record<StockStatus, Decimal>>

/** What the model group and the tracking group of the item demand of the commands that move it. */
export type LotPolicy = Pick<
  ItemFacts,
  | 'itemNumber'
  | 'isNegativePhysicalAllowed'
  | 'isNegativeFinancialAllowed'
  | 'isPickingRequired'
  | 'isDeductionRequired'
  | 'isRegistrationRequired'
  | 'isReceivingRequired'
>

/**
 * Stock of some lots, in memory. All quantities are positive and in the inventory unit. Lots of items that are not stocked, and lots
 * that do not exist, accept every operation and do nothing, at cost 0. A refusal changes nothing and carries the message to show.
 */
export interface StockBook {
  /** Whether the lot has transactions at all. */
  isStocked(lotId: string): boolean
  /** Undefined for a lot that is not stocked. */
  policy(lotId: string): LotPolicy | undefined
  /** Sums of the lot's item and dimensions; noughts where it is not stocked. Source: Supply Chain specification, 4.1. */
  onHand(lotId: string): OnHand
  quantities(lotId: string): LotQuantities
  /** What of the open issue could be reserved now; never more than is on order. */
  reservable(lotId: string, options?: Pick<ReserveOptions, 'ordered'>): Decimal
  /** What a packing slip could take now: picked, reserved and free goods (4.4 no. 3). */
  deliverable(lotId: string): Decimal
  /** All or nothing, unless `isPartial`. */
  reserve(lotId: string, quantity: Decimal, options?: ReserveOptions): StockResult<{ readonly reserved: Decimal }>
  /** Gives how much was taken back. */
  unreserve(lotId: string, quantity: Decimal): Decimal
  /** Reserves what is not reserved yet, then picks. */
  pick(lotId: string, quantity: Decimal): StockResult<{ readonly picked: Decimal }>
  unpick(lotId: string, quantity: Decimal): Decimal
  /** Delivers. `cost` is the physical cost, positive. */
  deduct(lotId: string, quantity: Decimal, delivery: Delivery): StockResult<{ readonly cost: Decimal }>
  /** Takes a delivery back; says how much of it is picked again (the rest is on order) and its physical cost. */
  undeduct(lotId: string, quantity: Decimal, packingSlipNumber: string): Undone
  /** Invoices delivered goods; refuses financially negative stock (L33). */
  sell(lotId: string, quantity: Decimal, invoice: Invoicing): StockResult<InvoicedCost>
  /** Registers goods that arrived; they have no cost yet. */
  register(lotId: string, quantity: Decimal): StockResult<{ readonly cost: Decimal }>
  /** Receives goods. `cost` is the physical cost, positive. */
  receive(lotId: string, quantity: Decimal, receipt: Receiving): StockResult<{ readonly cost: Decimal }>
  unreceive(lotId: string, quantity: Decimal, packingSlipNumber: string): StockResult<UndoneReceipt>
  /** Invoices goods that came in; receives them first where they are not. */
  purchase(lotId: string, quantity: Decimal, invoice: Purchasing): StockResult<PurchasedCost>
  /** Ends up to a quantity of what is open, on order first; reservations of it are released. Gives how much. */
  cancelRemainder(lotId: string, quantity: Decimal): Decimal
}

const NO_QUANTITIES = Object.fromEntries([...ISSUE_STATUSES, ...RECEIPT_STATUSES].map((status) => [status, ZERO])) as LotQuantities

function quantitiesOf(lot: Lot): LotQuantities {
  return Object.fromEntries(
    [...ISSUE_STATUSES, ...RECEIPT_STATUSES].map((status) => [status, quantityIn(lot.parts, status)]),
  ) as LotQuantities
}

/** The operations over a state; each one changes it. Longer than a function should be: one entry per operation. */
export function createStockBook(state: StockState): StockBook {
  const lotOf = (lotId: string): Lot | undefined => state.lots.get(lotId.toLowerCase())
  /** Runs an operation on a stocked lot; `otherwise` stands for it on any other. */
  const on = <Value>(lotId: string, otherwise: Value, run: (lot: Lot) => Value): Value => {
    const lot = lotOf(lotId)
    return lot === undefined ? otherwise : run(lot)
  }
  return {
    isStocked: (lotId) => lotOf(lotId) !== undefined,
    policy: (lotId) => on<LotPolicy | undefined>(lotId, undefined, (lot) => itemOf(state, lot.origin.itemNumber)),
    onHand: (lotId) =>
      on(lotId, onHandOf(NO_STOCK), ({ origin }) =>
        onHandOf(state.rows.get(rowKey(origin.itemNumber, origin.inventDimId))?.sums ?? NO_STOCK),
      ),
    quantities: (lotId) => on(lotId, NO_QUANTITIES, quantitiesOf),
    reservable: (lotId, options) => on(lotId, ZERO, (lot) => reservable(state, lot, options?.ordered ?? state.mayReserveOrdered)),
    deliverable: (lotId) => on(lotId, ZERO, (lot) => (issueProblem(state, lot, false) === undefined ? deliverable(state, lot) : ZERO)),
    reserve: (lotId, quantity, options) =>
      on<ReturnType<typeof reserve>>(lotId, { ok: true, reserved: quantity }, (lot) => reserve(state, lot, { quantity, ...options })),
    unreserve: (lotId, quantity) => on(lotId, quantity, (lot) => unreserve(state, lot, quantity)),
    pick: (lotId, quantity) => on<ReturnType<typeof pick>>(lotId, { ok: true, picked: quantity }, (lot) => pick(state, lot, quantity)),
    unpick: (lotId, quantity) => on(lotId, quantity, (lot) => unpick(state, lot, quantity)),
    deduct: (lotId, quantity, delivery) =>
      on<ReturnType<typeof deduct>>(lotId, { ok: true, cost: ZERO }, (lot) => deduct(state, lot, { quantity, ...delivery })),
    undeduct: (lotId, quantity, packingSlipNumber) =>
      on(lotId, { quantity, cost: ZERO, picked: ZERO }, (lot) => undeduct(state, lot, { quantity, packingSlipNumber })),
    sell: (lotId, quantity, invoice) => on<ReturnType<typeof sell>>(lotId, NO_COST, (lot) => sell(state, lot, { quantity, ...invoice })),
    register: (lotId, quantity) =>
      on<ReturnType<typeof register>>(lotId, { ok: true, cost: ZERO }, (lot) => register(state, lot, quantity)),
    receive: (lotId, quantity, receipt) =>
      on<ReturnType<typeof receive>>(lotId, { ok: true, cost: ZERO }, (lot) => receive(state, lot, { quantity, ...receipt })),
    unreceive: (lotId, quantity, packingSlipNumber) =>
      on<ReturnType<typeof unreceive>>(lotId, { ok: true, quantity, cost: ZERO }, (lot) =>
        unreceive(state, lot, { quantity, packingSlipNumber }),
      ),
    purchase: (lotId, quantity, invoice) =>
      on<ReturnType<typeof purchase>>(lotId, NO_COST, (lot) => purchase(state, lot, { quantity, ...invoice })),
    cancelRemainder: (lotId, quantity) =>
      on(lotId, quantity, (lot) => {
        const issued = cancelIssue(state, lot, quantity)
        return issued.plus(cancelReceipt(state, lot, quantity.minus(issued)))
      }),
  }
}

const NO_COST = { ok: true, cost: ZERO, physicalCost: ZERO } as const
