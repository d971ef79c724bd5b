import type { FieldValues } from '../field-value.ts'
import { type InfologEntry, refuseRow } from '../messages.ts'

/** What is about to happen: an order is entered, released or confirmed; or a packing slip or an invoice is posted. */
export type HeldAction = 'order' | 'posting'

/**
 * Why a document of these customers cannot go on: one entry for each that is on hold. Give the ordering and the invoice customer, whose rows
 * need `CustomerAccount` and `OnHoldStatus`; a customer that is both, or absent, counts once. On hold for All refuses everything (E09), on hold
 * for Invoice refuses postings (E10); the other values are meant for vendors. Source: Supply Chain specification, 3.6.
 */
export function checkCustomerHolds(action: HeldAction, customers: readonly (FieldValues | undefined)[]): InfologEntry[] {
  const byAccount = new Map(customers.flatMap((each) => (each === undefined ? [] : [[each.CustomerAccount ?? '', each] as const])))
  return [...byAccount].flatMap(([account, { OnHoldStatus }]) => {
    if (OnHoldStatus === 'All') return [refuseRow('E09', account)]
    return OnHoldStatus === 'Invoice' && action === 'posting' ? [refuseRow('E10', account)] : []
  })
}
