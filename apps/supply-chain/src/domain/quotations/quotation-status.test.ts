import { expect, test } from 'vitest'
import { enumMembers } from '../../entities/enums.ts'
import {
  EDITABLE_STATUSES,
  nextQuotationStatus,
  QUOTATION_EVENTS,
  QUOTATION_STATUSES,
  type QuotationEvent,
  type QuotationStatus,
  refuseTransition,
} from './quotation-status.ts'

const TABLE: Record<QuotationStatus, Record<QuotationEvent, QuotationStatus | 'deleted' | 'refused'>> = {
  Created: { send: 'Sent', confirm: 'Confirmed', lose: 'refused', cancel: 'refused', edit: 'Created', delete: 'deleted' },
  Sent: { send: 'Sent', confirm: 'Confirmed', lose: 'Lost', cancel: 'Cancelled', edit: 'Created', delete: 'refused' },
  Confirmed: { send: 'refused', confirm: 'refused', lose: 'refused', cancel: 'refused', edit: 'refused', delete: 'refused' },
  Lost: { send: 'refused', confirm: 'refused', lose: 'refused', cancel: 'refused', edit: 'refused', delete: 'refused' },
  Cancelled: { send: 'refused', confirm: 'refused', lose: 'refused', cancel: 'refused', edit: 'refused', delete: 'refused' },
}

test('every status allows exactly the events of the specification, section 3.1', () => {
  for (const status of QUOTATION_STATUSES)
    for (const event of QUOTATION_EVENTS)
      expect([status, event, nextQuotationStatus(status, event) ?? 'refused']).toEqual([status, event, TABLE[status][event]])
})

test('statuses of approval and revision allow nothing: they are not produced here', () => {
  const others = enumMembers('SalesQuotationStatus').filter((status) => !QUOTATION_STATUSES.some((each) => each === status))
  expect(others).toEqual(['Reset', 'Modified', 'Submitted', 'Approved', 'Revised'])
  for (const status of others) for (const event of QUOTATION_EVENTS) expect(nextQuotationStatus(status, event)).toBeUndefined()
  expect(EDITABLE_STATUSES).toEqual(['Created', 'Sent'])
})

test('E25 names the quotation, its status and what it cannot be', () => {
  expect(refuseTransition('Q-1', 'Lost', 'confirm').text).toBe('Quotation Q-1 has status Lost and cannot be confirmed.')
})
