/** Statuses of issues, from the order line to the invoice. Source: Supply Chain specification, 2.3 and 4.1. */
export const ISSUE_STATUSES = ['Sold', 'Deducted', 'Picked', 'ReservPhysical', 'ReservOrdered', 'OnOrder', 'QuotationIssue'] as const
/** Where goods that leave stand. */
export type IssueStatus = (typeof ISSUE_STATUSES)[number]

/** Statuses of receipts, from the expected receipt to the invoice. */
export const RECEIPT_STATUSES = ['Purchased', 'Received', 'Registered', 'Arrived', 'Ordered', 'QuotationReceipt'] as const
/** Where goods that come in stand. */
export type ReceiptStatus = (typeof RECEIPT_STATUSES)[number]

/** A transaction is an issue or a receipt; the names of the two sides do not meet. */
export type StockStatus = IssueStatus | ReceiptStatus

const ISSUES: ReadonlySet<string> = new Set(ISSUE_STATUSES)

export const isIssueStatus = (status: StockStatus): status is IssueStatus => ISSUES.has(status)

/** What happens to issues. `release` takes a reservation back; `undeduct-*` say where delivered goods return to, an over-delivery to nothing. */
const ISSUE_EVENTS = [
  'reserve',
  'reserve-ordered',
  'release',
  'pick',
  'unpick',
  'deduct',
  'undeduct-to-picked',
  'undeduct-to-order',
  'undeduct-excess',
  'sell',
  'cancel',
] as const
/** What happens to goods that leave. */
export type IssueEvent = (typeof ISSUE_EVENTS)[number]

const RECEIPT_EVENTS = ['arrive', 'register', 'receive', 'unreceive', 'purchase', 'cancel'] as const
/** What happens to goods that come in. */
export type ReceiptEvent = (typeof RECEIPT_EVENTS)[number]

/** Nothing remains of a cancelled transaction. */
export const REMOVED = 'removed'

type Moves<Status extends string, Event extends string> = Readonly<Record<Status, Partial<Record<Event, Status | typeof REMOVED>>>>

/**
 * Moves of the issue side. Picking takes goods that are reserved; a packing slip takes what is there, best prepared first.
 * Source: Supply Chain specification, 3.4 and 4.1.
 */
const ISSUE_MOVES: Moves<IssueStatus, IssueEvent> = {
  QuotationIssue: { cancel: REMOVED },
  OnOrder: { reserve: 'ReservPhysical', 'reserve-ordered': 'ReservOrdered', deduct: 'Deducted', cancel: REMOVED },
  // Goods that were reserved before they arrived become a physical reservation once they are there.
  ReservOrdered: { reserve: 'ReservPhysical', release: 'OnOrder', deduct: 'Deducted', cancel: REMOVED },
  ReservPhysical: { release: 'OnOrder', pick: 'Picked', deduct: 'Deducted', cancel: REMOVED },
  Picked: { unpick: 'ReservPhysical', deduct: 'Deducted' },
  Deducted: { 'undeduct-to-picked': 'Picked', 'undeduct-to-order': 'OnOrder', 'undeduct-excess': REMOVED, sell: 'Sold' },
  Sold: {},
}

/** Moves of the receipt side: steps that an item does not demand may be left out. */
const RECEIPT_MOVES: Moves<ReceiptStatus, ReceiptEvent> = {
  QuotationReceipt: { cancel: REMOVED },
  Ordered: { arrive: 'Arrived', register: 'Registered', receive: 'Received', cancel: REMOVED },
  Arrived: { register: 'Registered', receive: 'Received' },
  Registered: { receive: 'Received' },
  Received: { unreceive: 'Ordered', purchase: 'Purchased' },
  Purchased: {},
}

/** What happens to goods. */
export type StockEvent = IssueEvent | ReceiptEvent

/** Status after `event`; undefined where `from` does not allow it, or the event belongs to the other side. */
export function nextStatus(from: StockStatus, event: StockEvent): StockStatus | typeof REMOVED | undefined {
  const moves: Partial<Record<StockEvent, StockStatus | typeof REMOVED>> = isIssueStatus(from) ? ISSUE_MOVES[from] : RECEIPT_MOVES[from]
  return moves[event]
}
