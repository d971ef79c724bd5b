import type { RuleRefusal } from '../refusal.ts'
import { type StateTable, type StateWrite, stateLabel } from './document-state.ts'

/** `statecode` of invoices by name; Closed is deprecated and never reached. Source: Sales 2.5. */
export const INVOICE_STATES = { active: 0, closed: 1, paid: 2, canceled: 3 } as const
export type InvoiceState = keyof typeof INVOICE_STATES

const CLOSED_IS_DEPRECATED: RuleRefusal = {
  code: '0x80043b25',
  message: 'The state Closed of invoices is deprecated: set Paid or Canceled instead.',
}
const NOT_PAYABLE = (from: InvoiceState): RuleRefusal => ({
  code: '0x80100000',
  message: `The invoice is ${stateLabel(from)}: only an active invoice can be paid.`,
})
const NOT_CANCELABLE = (from: InvoiceState): RuleRefusal => ({
  code: '0x80100001',
  message: `The invoice is ${stateLabel(from)}: only an active or paid invoice can be canceled.`,
})

const from = (state: InvoiceState, active: StateWrite): Readonly<Record<InvoiceState, StateWrite>> => ({
  active,
  closed: CLOSED_IS_DEPRECATED,
  paid: state === 'active' ? 'move' : NOT_PAYABLE(state),
  canceled: state === 'active' || state === 'paid' ? 'move' : NOT_CANCELABLE(state),
})

/** Plain writes of the state are the only way: invoices have no close messages. Source: Sales 2.5. */
export const INVOICE_STATE_TABLE: StateTable<InvoiceState> = {
  document: 'invoice',
  states: INVOICE_STATES,
  writes: {
    active: from('active', 'same'),
    closed: from('closed', 'move'),
    paid: from('paid', 'move'),
    canceled: from('canceled', 'move'),
  },
}

/** Days until an invoice is due, by `paymenttermscode`. The discount of "2% 10, Net 30" leaves its 30 days. Source: Sales 1.1. */
const NET_DAYS: Readonly<Record<number, number>> = { 1: 30, 2: 30, 3: 45, 4: 60 }

const DAY_MS = 86_400_000

/** Due date of an invoice made on `day` (`YYYY-MM-DD`), null without terms. Our choice: calendar days from that day. Source: Sales 2.4. */
export function dueDate(day: string, paymentTerms: unknown): string | null {
  const days = typeof paymentTerms === 'number' ? NET_DAYS[paymentTerms] : undefined
  return days === undefined ? null : new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)
}
