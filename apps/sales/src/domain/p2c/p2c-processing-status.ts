import type { RuleRefusal } from '../refusal.ts'
import type { InvoiceArrival } from '../sales-switches.ts'

/** Where an order stands in the other system. Source: Sales 6.6. */
export const PROCESSING_STATUSES = {
  active: 647_390_000,
  confirmed: 647_390_001,
  packingSlip: 647_390_002,
  invoiced: 647_390_003,
  picked: 647_390_004,
  partiallyPicked: 647_390_005,
  partiallyPacked: 647_390_006,
  shipped: 647_390_007,
  partiallyShipped: 647_390_008,
  partiallyInvoiced: 647_390_009,
  cancelled: 647_390_010,
  /** Where every order begins, and the only status in which it may be edited. */
  draft: 647_390_011,
} as const

/** What the *Activate* button asks about an order. */
export interface OrderToActivate {
  readonly orderNumber: string | null
  readonly status: number | null
  readonly hasExternalProductsOnly: boolean
  readonly isExternal: boolean
  /** Lines, the Freight Tax line not counted. */
  readonly lineCount: number
}

const activationRefused = (text: string): RuleRefusal => ({ code: '0x80040265', message: text })

/**
 * Why an order cannot be activated, undefined where it can. The other system refuses what it cannot take, so each condition is told by name.
 * Source: Sales 6.6 Activate, Templates 5 S7; the line that is asked for is ours (V).
 */
export function refuseActivation(order: OrderToActivate): RuleRefusal | undefined {
  if (order.orderNumber === null) return activationRefused('An order without a number cannot be activated. Give it an order number first.')
  const name = `Order ${order.orderNumber}`
  if (order.status !== PROCESSING_STATUSES.draft)
    return activationRefused(`${name} cannot be activated: its processing status is no longer Draft.`)
  if (order.isExternal) return activationRefused(`${name} cannot be activated: it is maintained externally.`)
  if (order.lineCount === 0) return activationRefused(`${name} cannot be activated: it has no lines. Add a product first.`)
  if (!order.hasExternalProductsOnly) {
    return activationRefused(
      `${name} cannot be activated: only orders with externally maintained products can be activated. Remove write-in lines and products that are maintained in Sales.`,
    )
  }
  return undefined
}

/** Users move an order from Draft to Active and nowhere else: all other steps come from the other system. Source: Sales 6.6, T7. */
export const STATUS_NOT_FOR_USERS: RuleRefusal = {
  code: '0x80040265',
  message: 'The processing status of an order is set by the integration. A user may only activate a draft order.',
}

/** What an order is told when an invoice of it arrives. */
export interface ArrivalEffect {
  /** The processing status it takes; absent: it keeps its own. */
  readonly status?: number
  /** It also moves to state Invoiced. */
  readonly isClosed: boolean
}

const STAYS = { isClosed: false } as const
const ORDER_CANCELED = 2

/**
 * What the arrival of an invoice does to its order. One that is invoiced in part or cancelled stays as the other system said.
 * Source: Sales 6.7, Templates 9.3 no. 3; the column is derived (V), hence the switch.
 */
export function orderAfterInvoice(
  order: { readonly status: number | null; readonly state: number },
  arrival: InvoiceArrival,
): ArrivalEffect {
  const { partiallyInvoiced, cancelled, invoiced } = PROCESSING_STATUSES
  if (arrival === 'none' || order.status === partiallyInvoiced || order.status === cancelled) return STAYS
  return { status: invoiced, isClosed: arrival === 'state' && order.state !== ORDER_CANCELED }
}
