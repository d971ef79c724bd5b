import { expect, test } from 'vitest'
import { type OrderToActivate, orderAfterInvoice, PROCESSING_STATUSES, refuseActivation } from './p2c-processing-status.ts'

const READY: OrderToActivate = {
  orderNumber: 'ORD-01000-ABCDEF',
  status: PROCESSING_STATUSES.draft,
  hasExternalProductsOnly: true,
  isExternal: false,
  lineCount: 1,
}

test('S7 a draft with a number, a line and externally maintained products only can be activated', () => {
  expect(refuseActivation(READY)).toBeUndefined()
})

test.each([
  ['it has no number', { orderNumber: null }, 'number'],
  ['it is active already', { status: PROCESSING_STATUSES.active }, 'no longer Draft'],
  ['it is maintained externally', { isExternal: true }, 'maintained externally'],
  ['it has no lines', { lineCount: 0 }, 'no lines'],
  [
    'a product is maintained in Sales',
    { hasExternalProductsOnly: false },
    'only orders with externally maintained products can be activated',
  ],
] as const)('S7 an order is not activated when %s', (_why, facts, text) => {
  expect(refuseActivation({ ...READY, ...facts })).toMatchObject({ code: '0x80040265', message: expect.stringContaining(text) })
})

test('T8 the arrival of an invoice sets Invoiced, and the state with it where the switch says so', () => {
  const order = { status: PROCESSING_STATUSES.shipped, state: 0 }
  expect(orderAfterInvoice(order, 'processing-status')).toEqual({ status: PROCESSING_STATUSES.invoiced, isClosed: false })
  expect(orderAfterInvoice(order, 'state')).toEqual({ status: PROCESSING_STATUSES.invoiced, isClosed: true })
  expect(orderAfterInvoice(order, 'none')).toEqual({ isClosed: false })
})

test.each(['partiallyInvoiced', 'cancelled'] as const)('T8 an order at %s stays so', (name) => {
  const order = { status: PROCESSING_STATUSES[name], state: 0 }
  for (const arrival of ['processing-status', 'state', 'none'] as const)
    expect(orderAfterInvoice(order, arrival)).toEqual({ isClosed: false })
})

test('T8 a canceled order is not moved to state Invoiced', () => {
  expect(orderAfterInvoice({ status: PROCESSING_STATUSES.draft, state: 2 }, 'state').isClosed).toBe(false)
})
