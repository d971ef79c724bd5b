import type { ExplainedReason } from '@p2c/api'

/** Why a record is where it is. These are no errors: most of them say that everything is as it must be. */
const REASONS = {
  'source-gone': 'It was sent once; the source has it no more, and templates delete nothing.',
  'key-empty': 'Its key is empty: rows without one are not carried.',
  'not-read-yet': 'No execution has read it yet; the next one takes it.',
  'already-there': 'This project has not written it, but the destination has a row with its key; the next execution compares them.',
  'source-changed': 'The source was changed after it was sent; the next execution takes the change.',
  'destination-differs': 'The destination differs from what the source would send now.',
  'parent-missing': 'The row that it waits for is not there.',
  'customer-not-from-sales': 'A customer of the document did not come from Sales.',
  'not-sellable': 'The product is released, but may not be sold as it is: the entity does not show it.',
  'no-company': 'The company of the contact is no account.',
  'not-this-way': 'Whether the contact has a quote, order or invoice decides by which project it goes.',
  'foreign-product': 'The document has a line whose product did not come from Supply Chain.',
  'came-from-there': 'The record came from Supply Chain and does not go back.',
  'order-not-active': 'Only orders that are activated and that Supply Chain has not moved on are sent.',
  'quote-not-active': 'Only active quotes are sent.',
  'freight-tax': 'The Freight Tax line is made by Sales from the tax of the header.',
  'not-confirmed': 'The order has no document yet: confirm it.',
  'totals-not-calculated': 'The totals of the order are not calculated: run Calculate sales totals.',
  'work-order': 'The order belongs to a work order.',
  'no-order': 'The invoice belongs to no sales order.',
  'other-direction': 'The row in the hub is meant for the other direction.',
  'filter-clause': 'A clause of the filter does not hold.',
} as const
export type ReasonCode = keyof typeof REASONS

/** A reason with its text, and what it is about in this row. */
export const toReason = (name: ReasonCode, facts: Omit<ExplainedReason, 'code' | 'text'> = {}): ExplainedReason => ({
  code: name,
  text: REASONS[name],
  ...facts,
})
