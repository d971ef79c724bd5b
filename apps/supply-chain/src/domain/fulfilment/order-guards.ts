import { checkCustomerHolds, type HeldAction } from '../credit/customer-hold.ts'
import type { FieldValues } from '../field-value.ts'
import { type InfologEntry, refuseCommand } from '../messages.ts'

/** What may be done with an order between its entry and its invoice. Source: Supply Chain specification, 3.4. */
export const ORDER_ACTIONS = [
  'confirm',
  'reserve',
  'unreserve',
  'release-to-warehouse',
  'post-picking-list',
  'register-picking',
  'unpick',
  'post-packing-slip',
  'cancel-packing-slip',
  'post-invoice',
  'cancel-deliver-remainder',
  'hold',
  'clear-hold',
] as const
/** What may be done with an order. */
export type OrderAction = (typeof ORDER_ACTIONS)[number]

interface OrderGuard {
  /** Only an open order. A packing slip says itself that there is nothing to post. */
  readonly isOpenOnly: boolean
  /** Refused while the order is on hold. */
  readonly isStoppedByHold: boolean
  /** What holds of the customers are asked about; absent: none. */
  readonly customerAction?: HeldAction
}

const FREE: OrderGuard = { isOpenOnly: false, isStoppedByHold: false }
const OPEN: OrderGuard = { isOpenOnly: true, isStoppedByHold: false }

/** The guards of each action. What undoes a step, and what only reserves, stays possible on an order that is on hold. Source: 3.4, 3.6, 4.4. */
const ORDER_GUARDS: Readonly<Record<OrderAction, OrderGuard>> = {
  confirm: { isOpenOnly: true, isStoppedByHold: true, customerAction: 'order' },
  reserve: OPEN,
  unreserve: OPEN,
  'release-to-warehouse': { isOpenOnly: true, isStoppedByHold: true, customerAction: 'order' },
  'post-picking-list': { isOpenOnly: true, isStoppedByHold: true, customerAction: 'order' },
  'register-picking': { isOpenOnly: true, isStoppedByHold: true, customerAction: 'order' },
  unpick: FREE,
  'post-packing-slip': { isOpenOnly: false, isStoppedByHold: true, customerAction: 'posting' },
  'cancel-packing-slip': FREE,
  'post-invoice': { isOpenOnly: false, isStoppedByHold: true, customerAction: 'posting' },
  'cancel-deliver-remainder': OPEN,
  hold: FREE,
  'clear-hold': FREE,
}

/** How a status is called to people. Source: Supply Chain specification, 2.3 and 11. */
export const STATUS_LABELS: Readonly<Record<string, string>> = { Backorder: 'Open order' }

/** Why the action is refused for this order: on hold (E20), its status (E21), its customers (E09, E10). The most telling one first. */
export function checkOrderAction(
  action: OrderAction,
  header: FieldValues,
  customers: readonly (FieldValues | undefined)[],
): InfologEntry[] {
  const guard = ORDER_GUARDS[action]
  const number = header.SalesOrderNumber ?? ''
  const status = header.SalesOrderStatus ?? ''
  if (guard.isOpenOnly && status !== 'Backorder') return [refuseCommand('E21', number, STATUS_LABELS[status] ?? status)]
  if (guard.isStoppedByHold && header.IsSalesProcessingStopped === 'Yes') return [refuseCommand('E20', number)]
  if (guard.customerAction === undefined) return []
  return checkCustomerHolds(guard.customerAction, customers)
}
