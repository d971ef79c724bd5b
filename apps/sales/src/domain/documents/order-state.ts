import type { RuleRefusal } from '../refusal.ts'
import { NOT_FROM_HERE, type StateTable, type StateWrite, stateNamed, USE_REQUEST } from './document-state.ts'

/** `statecode` of orders by name. Source: Sales 2.4. */
export const ORDER_STATES = { active: 0, submitted: 1, canceled: 2, fulfilled: 3, invoiced: 4 } as const
export type OrderState = keyof typeof ORDER_STATES

/** Without `submitted` the order cannot become that. */
const from = (state: OrderState, active: StateWrite, submitted?: StateWrite): Readonly<Record<OrderState, StateWrite>> => ({
  active,
  submitted: submitted ?? NOT_FROM_HERE('order', state, 'submitted'),
  canceled: USE_REQUEST('order', 'canceled', 'CancelSalesOrderRequest'),
  fulfilled: USE_REQUEST('order', 'fulfilled', 'FulfillSalesOrderRequest'),
  invoiced: USE_REQUEST('order', 'invoiced', 'ConvertSalesOrderToInvoiceRequest'),
})

/**
 * Plain writes of the state. What was submitted or what an invoice closed, the integration alone takes back: it sends the state Active with
 * every order it writes, whatever happened in Sales meanwhile. Source: Sales 2.4, 6.7; Templates 9.3 no. 1.
 */
export const ORDER_STATE_TABLE: StateTable<OrderState> = {
  document: 'order',
  states: ORDER_STATES,
  writes: {
    active: from('active', 'same', 'move'),
    submitted: from('submitted', 'take-back', 'same'),
    canceled: from('canceled', 'reopen'),
    fulfilled: from('fulfilled', 'reopen'),
    invoiced: from('invoiced', 'take-back'),
  },
}

export const ORDER_EVENTS = ['fulfil', 'cancel', 'invoice'] as const
export type OrderEvent = (typeof ORDER_EVENTS)[number]

/** Sales order processing integration on (`issopintegrationenabled`) or off decides two cancellations. Source: Sales 2.4. */
export interface OrderSituation {
  readonly sopIntegration: boolean
}

type Allowed = (situation: OrderSituation) => boolean
const always: Allowed = () => true
const never: Allowed = () => false

const EVENTS: Readonly<Record<OrderState, Readonly<Record<OrderEvent, Allowed>>>> = {
  active: { fulfil: always, cancel: always, invoice: always },
  submitted: { fulfil: always, cancel: ({ sopIntegration }) => sopIntegration, invoice: always },
  canceled: { fulfil: never, cancel: never, invoice: never },
  fulfilled: { fulfil: never, cancel: ({ sopIntegration }) => !sopIntegration, invoice: always },
  invoiced: { fulfil: never, cancel: never, invoice: never },
}

const RESULTS: Readonly<Record<OrderEvent, OrderState>> = { fulfil: 'fulfilled', cancel: 'canceled', invoice: 'invoiced' }

/** Why a message does not apply to an order in this state; undefined where it does. */
export function refuseOrderEvent(statecode: number, event: OrderEvent, situation: OrderSituation): RuleRefusal | undefined {
  const state = stateNamed(ORDER_STATES, statecode)
  if (state === undefined) return NOT_FROM_HERE('order', String(statecode), RESULTS[event])
  return EVENTS[state][event](situation) ? undefined : NOT_FROM_HERE('order', state, RESULTS[event])
}

/** `statecode` that a message leads to. */
export const orderStateAfter = (event: OrderEvent): number => ORDER_STATES[RESULTS[event]]
