import { expect, test } from 'vitest'
import {
  ISSUE_STATUSES,
  type IssueEvent,
  type IssueStatus,
  isIssueStatus,
  nextStatus,
  RECEIPT_STATUSES,
  REMOVED,
  type ReceiptEvent,
  type ReceiptStatus,
  type StockEvent,
} from './transaction-status.ts'

const NO = 'refused' as const

const ISSUES: Record<IssueStatus, Record<IssueEvent, IssueStatus | typeof REMOVED | typeof NO>> = {
  QuotationIssue: {
    reserve: NO,
    'reserve-ordered': NO,
    release: NO,
    pick: NO,
    unpick: NO,
    deduct: NO,
    'undeduct-to-picked': NO,
    'undeduct-to-order': NO,
    'undeduct-excess': NO,
    sell: NO,
    cancel: REMOVED,
  },
  OnOrder: {
    reserve: 'ReservPhysical',
    'reserve-ordered': 'ReservOrdered',
    release: NO,
    pick: NO,
    unpick: NO,
    deduct: 'Deducted',
    'undeduct-to-picked': NO,
    'undeduct-to-order': NO,
    'undeduct-excess': NO,
    sell: NO,
    cancel: REMOVED,
  },
  ReservOrdered: {
    reserve: 'ReservPhysical',
    'reserve-ordered': NO,
    release: 'OnOrder',
    pick: NO,
    unpick: NO,
    deduct: 'Deducted',
    'undeduct-to-picked': NO,
    'undeduct-to-order': NO,
    'undeduct-excess': NO,
    sell: NO,
    cancel: REMOVED,
  },
  ReservPhysical: {
    reserve: NO,
    'reserve-ordered': NO,
    release: 'OnOrder',
    pick: 'Picked',
    unpick: NO,
    deduct: 'Deducted',
    'undeduct-to-picked': NO,
    'undeduct-to-order': NO,
    'undeduct-excess': NO,
    sell: NO,
    cancel: REMOVED,
  },
  Picked: {
    reserve: NO,
    'reserve-ordered': NO,
    release: NO,
    pick: NO,
    unpick: 'ReservPhysical',
    deduct: 'Deducted',
    'undeduct-to-picked': NO,
    'undeduct-to-order': NO,
    'undeduct-excess': NO,
    sell: NO,
    cancel: NO,
  },
  Deducted: {
    reserve: NO,
    'reserve-ordered': NO,
    release: NO,
    pick: NO,
    unpick: NO,
    deduct: NO,
    'undeduct-to-picked': 'Picked',
    'undeduct-to-order': 'OnOrder',
    'undeduct-excess': REMOVED,
    sell: 'Sold',
    cancel: NO,
  },
  Sold: {
    reserve: NO,
    'reserve-ordered': NO,
    release: NO,
    pick: NO,
    unpick: NO,
    deduct: NO,
    'undeduct-to-picked': NO,
    'undeduct-to-order': NO,
    'undeduct-excess': NO,
    sell: NO,
    cancel: NO,
  },
}

const RECEIPTS: Record<ReceiptStatus, Record<ReceiptEvent, ReceiptStatus | typeof REMOVED | typeof NO>> = {
  QuotationReceipt: { arrive: NO, register: NO, receive: NO, unreceive: NO, purchase: NO, cancel: REMOVED },
  Ordered: { arrive: 'Arrived', register: 'Registered', receive: 'Received', unreceive: NO, purchase: NO, cancel: REMOVED },
  Arrived: { arrive: NO, register: 'Registered', receive: 'Received', unreceive: NO, purchase: NO, cancel: NO },
  Registered: { arrive: NO, register: NO, receive: 'Received', unreceive: NO, purchase: NO, cancel: NO },
  Received: { arrive: NO, register: NO, receive: NO, unreceive: 'Ordered', purchase: 'Purchased', cancel: NO },
  Purchased: { arrive: NO, register: NO, receive: NO, unreceive: NO, purchase: NO, cancel: NO },
}

test('every issue moves as the table says and in no other way', () => {
  for (const status of ISSUE_STATUSES)
    for (const [event, next] of Object.entries(ISSUES[status]))
      expect([status, event, nextStatus(status, event as StockEvent) ?? NO]).toEqual([status, event, next])
})

test('every receipt moves as the table says and in no other way', () => {
  for (const status of RECEIPT_STATUSES)
    for (const [event, next] of Object.entries(RECEIPTS[status]))
      expect([status, event, nextStatus(status, event as StockEvent) ?? NO]).toEqual([status, event, next])
})

test('events of one side mean nothing to the other', () => {
  expect(nextStatus('Ordered', 'deduct')).toBeUndefined()
  expect(nextStatus('OnOrder', 'receive')).toBeUndefined()
  expect([isIssueStatus('Sold'), isIssueStatus('Purchased')]).toEqual([true, false])
})
