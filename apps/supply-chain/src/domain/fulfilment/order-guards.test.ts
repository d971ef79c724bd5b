import { expect, test } from 'vitest'
import { checkOrderAction, ORDER_ACTIONS, type OrderAction } from './order-guards.ts'

const STATUSES = ['Backorder', 'Delivered', 'Invoiced', 'Canceled'] as const
const HOLDS = ['No', 'Invoice', 'All', 'Payment', 'Requisition', 'Never', 'PurchOrder'] as const

/**
 * What each action answers. `open`: refused with E21 unless the order is open. `held`: refused with E20 while it is on hold. The customer
 * columns: the code for a customer on hold for Invoice and for All; every other value lets the action pass.
 */
const TABLE: Readonly<Record<OrderAction, { open: boolean; held: boolean; invoice: string; all: string }>> = {
  confirm: { open: true, held: true, invoice: '', all: 'E09' },
  reserve: { open: true, held: false, invoice: '', all: '' },
  unreserve: { open: true, held: false, invoice: '', all: '' },
  'release-to-warehouse': { open: true, held: true, invoice: '', all: 'E09' },
  'post-picking-list': { open: true, held: true, invoice: '', all: 'E09' },
  'register-picking': { open: true, held: true, invoice: '', all: 'E09' },
  unpick: { open: false, held: false, invoice: '', all: '' },
  'post-packing-slip': { open: false, held: true, invoice: 'E10', all: 'E09' },
  'cancel-packing-slip': { open: false, held: false, invoice: '', all: '' },
  'cancel-deliver-remainder': { open: true, held: false, invoice: '', all: '' },
  'post-invoice': { open: false, held: true, invoice: 'E10', all: 'E09' },
  hold: { open: false, held: false, invoice: '', all: '' },
  'clear-hold': { open: false, held: false, invoice: '', all: '' },
}

function expectedCode(action: OrderAction, status: string, isHeld: boolean, hold: string): string {
  const { open, held, invoice, all } = TABLE[action]
  if (open && status !== 'Backorder') return 'E21'
  if (held && isHeld) return 'E20'
  return hold === 'All' ? all : hold === 'Invoice' ? invoice : ''
}

test.each(ORDER_ACTIONS)('%s: status x hold x customer on hold, ordering or invoice customer', (action) => {
  for (const status of STATUSES)
    for (const isHeld of [false, true])
      for (const hold of HOLDS) {
        const header = { SalesOrderNumber: 'SO-1', SalesOrderStatus: status, IsSalesProcessingStopped: isHeld ? 'Yes' : 'No' }
        const free = { CustomerAccount: 'C-1', OnHoldStatus: 'No' }
        const held = { CustomerAccount: 'C-2', OnHoldStatus: hold }
        const expected = expectedCode(action, status, isHeld, hold)
        for (const customers of [
          [held, free],
          [free, held],
        ]) {
          const codes = checkOrderAction(action, header, customers).map(({ code }) => code)
          expect(codes, `${status} ${isHeld} ${hold}`).toEqual(expected === '' ? [] : [expected])
        }
      }
})

test('a refusal names the order, its status as people call it, and the customer', () => {
  const header = { SalesOrderNumber: 'SO-1', SalesOrderStatus: 'Delivered', IsSalesProcessingStopped: 'Yes' }
  expect(checkOrderAction('confirm', header, [])[0]?.text).toBe('Sales order SO-1 has status Delivered and cannot be updated.')
  expect(checkOrderAction('confirm', { ...header, SalesOrderStatus: 'Backorder' }, [])[0]?.text).toBe(
    'Sales order SO-1 is on hold and cannot be processed.',
  )
})
