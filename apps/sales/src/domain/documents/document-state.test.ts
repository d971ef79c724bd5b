import { describe, expect, test } from 'vitest'
import { refuseStateWrite, type StateTable } from './document-state.ts'
import { INVOICE_STATE_TABLE, INVOICE_STATES, type InvoiceState } from './invoice-state.ts'
import { ORDER_EVENTS, ORDER_STATE_TABLE, ORDER_STATES, type OrderEvent, type OrderState, refuseOrderEvent } from './order-state.ts'
import { QUOTE_EVENTS, QUOTE_STATE_TABLE, QUOTE_STATES, type QuoteEvent, type QuoteState, refuseQuoteEvent } from './quote-state.ts'

const INTEGRATION = { isAdministrator: false, isIntegrationUser: true }
const ADMINISTRATOR = { isAdministrator: true, isIntegrationUser: false }
const SELLER = { isAdministrator: false, isIntegrationUser: false }

/** Code that a plain write gets from integration, administrator and seller: one text where all three get the same. */
function codesOf<State extends string>(table: StateTable<State>, from: State, to: State): string {
  const codes = [INTEGRATION, ADMINISTRATOR, SELLER].map(
    (writer) => refuseStateWrite(table, { from: table.states[from], to: table.states[to] }, writer)?.code ?? 'ok',
  )
  return new Set(codes).size === 1 ? String(codes[0]) : codes.join(' ')
}

const pairs = <State extends string>(states: Readonly<Record<State, number>>): readonly (readonly [State, State])[] => {
  const names = Object.keys(states) as State[]
  return names.flatMap((from) => names.map((to) => [from, to] as const))
}

describe('plain writes of the state of a quote', () => {
  const EXPECTED: Record<QuoteState, Record<QuoteState, string>> = {
    draft: { draft: 'ok', active: 'ok', won: '0x80040203', closed: '0x80040203' },
    active: { draft: 'ok', active: '0x80100003', won: '0x80040203', closed: '0x80040203' },
    won: { draft: 'ok', active: '0x80100003', won: '0x80040203', closed: '0x80040203' },
    closed: { draft: 'ok', active: '0x80100003', won: '0x80040203', closed: '0x80040203' },
  }
  test.each(pairs(QUOTE_STATES))('%s to %s', (from, to) => {
    expect(codesOf(QUOTE_STATE_TABLE, from, to)).toBe(EXPECTED[from][to])
  })

  test('the refusal names the message to use', () => {
    const refusal = (to: number) => refuseStateWrite(QUOTE_STATE_TABLE, { from: 1, to }, SELLER)?.message
    expect(refusal(3)).toBe('Quote status cannot be changed to Closed. Please use the CloseQuoteRequest instead.')
    expect(refusal(2)).toBe('Quote status cannot be changed to Won. Please use the WinQuoteRequest instead.')
  })
})

describe('plain writes of the state of an order', () => {
  const REOPEN = 'ok ok 0x80040220'
  const TAKE_BACK = 'ok 0x80048408 0x80048408'
  const message = { canceled: '0x80040203', fulfilled: '0x80040203', invoiced: '0x80040203' }
  const EXPECTED: Record<OrderState, Record<OrderState, string>> = {
    active: { active: 'ok', submitted: 'ok', ...message },
    submitted: { active: TAKE_BACK, submitted: 'ok', ...message },
    canceled: { active: REOPEN, submitted: '0x80048408', ...message },
    fulfilled: { active: REOPEN, submitted: '0x80048408', ...message },
    invoiced: { active: TAKE_BACK, submitted: '0x80048408', ...message },
  }
  test.each(pairs(ORDER_STATES))('%s to %s', (from, to) => {
    expect(codesOf(ORDER_STATE_TABLE, from, to)).toBe(EXPECTED[from][to])
  })

  test('the refusal names the message to use', () => {
    const refusal = (to: number) => refuseStateWrite(ORDER_STATE_TABLE, { from: 0, to }, SELLER)?.message
    expect([2, 3, 4].map(refusal)).toEqual([
      'Order status cannot be changed to Canceled. Please use the CancelSalesOrderRequest instead.',
      'Order status cannot be changed to Fulfilled. Please use the FulfillSalesOrderRequest instead.',
      'Order status cannot be changed to Invoiced. Please use the ConvertSalesOrderToInvoiceRequest instead.',
    ])
  })
})

describe('plain writes of the state of an invoice', () => {
  const EXPECTED: Record<InvoiceState, Record<InvoiceState, string>> = {
    active: { active: 'ok', closed: '0x80043b25', paid: 'ok', canceled: 'ok' },
    closed: { active: 'ok', closed: '0x80043b25', paid: '0x80100000', canceled: '0x80100001' },
    paid: { active: 'ok', closed: '0x80043b25', paid: '0x80100000', canceled: 'ok' },
    canceled: { active: 'ok', closed: '0x80043b25', paid: '0x80100000', canceled: '0x80100001' },
  }
  test.each(pairs(INVOICE_STATES))('%s to %s', (from, to) => {
    expect(codesOf(INVOICE_STATE_TABLE, from, to)).toBe(EXPECTED[from][to])
  })
})

test('a statecode that no table knows is refused, not followed', () => {
  expect(refuseStateWrite(QUOTE_STATE_TABLE, { from: 0, to: 9 }, INTEGRATION)?.code).toBe('0x80048408')
  expect(refuseQuoteEvent(9, 'win')?.code).toBe('0x80048408')
  expect(refuseOrderEvent(9, 'cancel', { sopIntegration: false })?.code).toBe('0x80048408')
})

describe('messages of quotes', () => {
  const ALLOWED: Record<QuoteState, Record<QuoteEvent, boolean>> = {
    draft: { win: false, close: false, revise: false, convert: false },
    active: { win: true, close: true, revise: true, convert: true },
    won: { win: false, close: false, revise: false, convert: true },
    closed: { win: false, close: false, revise: true, convert: false },
  }
  const cases = (Object.keys(QUOTE_STATES) as QuoteState[]).flatMap((state) => QUOTE_EVENTS.map((event) => [event, state] as const))
  test.each(cases)('%s a quote that is %s', (event, state) => {
    expect(refuseQuoteEvent(QUOTE_STATES[state], event)?.code).toBe(ALLOWED[state][event] ? undefined : '0x80048408')
  })
})

describe('messages of orders, sales order processing integration off and on', () => {
  const ALLOWED: Record<OrderState, Record<OrderEvent, readonly [off: boolean, on: boolean]>> = {
    active: { fulfil: [true, true], cancel: [true, true], invoice: [true, true] },
    submitted: { fulfil: [true, true], cancel: [false, true], invoice: [true, true] },
    canceled: { fulfil: [false, false], cancel: [false, false], invoice: [false, false] },
    fulfilled: { fulfil: [false, false], cancel: [true, false], invoice: [true, true] },
    invoiced: { fulfil: [false, false], cancel: [false, false], invoice: [false, false] },
  }
  const cases = (Object.keys(ORDER_STATES) as OrderState[]).flatMap((state) => ORDER_EVENTS.map((event) => [event, state] as const))
  test.each(cases)('%s an order that is %s', (event, state) => {
    const allowed = [false, true].map((sopIntegration) => refuseOrderEvent(ORDER_STATES[state], event, { sopIntegration }) === undefined)
    expect(allowed).toEqual(ALLOWED[state][event])
  })
})
