import { type InfologEntry, refuseRow } from '../messages.ts'

/** Statuses that quotations have here; those of approval and revision (5 to 9) are not produced. Source: Supply Chain specification, 3.1. */
export const QUOTATION_STATUSES = ['Created', 'Sent', 'Confirmed', 'Lost', 'Cancelled'] as const
/** Status of a quotation. */
export type QuotationStatus = (typeof QUOTATION_STATUSES)[number]

/** `edit` is any change of the quotation, its lines or their charges. */
export const QUOTATION_EVENTS = ['send', 'confirm', 'lose', 'cancel', 'edit', 'delete'] as const
/** What may happen to a quotation. */
export type QuotationEvent = (typeof QUOTATION_EVENTS)[number]

const TRANSITIONS: Record<QuotationStatus, Partial<Record<QuotationEvent, QuotationStatus | 'deleted'>>> = {
  Created: { send: 'Sent', confirm: 'Confirmed', edit: 'Created', delete: 'deleted' },
  // What the customer has seen is no longer what was sent: an edited quotation must be sent again.
  Sent: { send: 'Sent', confirm: 'Confirmed', lose: 'Lost', cancel: 'Cancelled', edit: 'Created' },
  Confirmed: {},
  Lost: {},
  Cancelled: {},
}

const isProduced = (status: string): status is QuotationStatus => QUOTATION_STATUSES.some((each) => each === status)

/** The status after `event`, or undefined where a quotation of this status does not allow it. */
export const nextQuotationStatus = (status: string, event: QuotationEvent): QuotationStatus | 'deleted' | undefined =>
  isProduced(status) ? TRANSITIONS[status][event] : undefined

/** Statuses in which a quotation may be changed; one that was sent returns to Created. */
export const EDITABLE_STATUSES: readonly QuotationStatus[] = QUOTATION_STATUSES.filter(
  (status) => nextQuotationStatus(status, 'edit') !== undefined,
)

const DONE: Readonly<Record<QuotationEvent, string>> = {
  send: 'sent',
  confirm: 'confirmed',
  lose: 'marked as lost',
  cancel: 'cancelled',
  edit: 'updated',
  delete: 'deleted',
}

/** E25: the status of the quotation does not allow the event. */
export const refuseTransition = (number: string, status: string, event: QuotationEvent): InfologEntry =>
  refuseRow('E25', number, status, DONE[event])
