import { type Decimal, decimal } from '@p2c/base'
import { describe, expect, test } from 'vitest'
import { enumMembers } from '../../entities/enums.ts'
import { type CreditLimitType, type CreditQuestion, creditEntry, creditExcess } from './credit-limit.ts'
import { checkCustomerHolds } from './customer-hold.ts'

const question = (values: Partial<CreditQuestion> = {}): CreditQuestion => ({
  type: 'Balance',
  limit: { limit: decimal('1000'), isMandatory: false },
  exposure: { balance: decimal('600'), delivered: decimal('250'), ordered: decimal('300') },
  document: decimal('200'),
  ...values,
})
const limit = (amount: string, isMandatory = false) => ({ limit: decimal(amount), isMandatory })
const text = (value: Decimal | undefined) => value?.toFixed(2)

describe('EX-25: the credit limit of 1,000.00', () => {
  const EXPECTED: Record<CreditLimitType, string | undefined> = {
    None: undefined,
    Balance: undefined,
    BalanceDelivered: '50.00',
    BalanceAll: '350.00',
  }
  test.each(Object.entries(EXPECTED))('%s is exceeded by %s', (type, excess) => {
    expect(text(creditExcess(question({ type: type as CreditLimitType })))).toBe(excess)
  })
  test('every type of check of the enumeration is known', () => {
    expect(Object.keys(EXPECTED)).toEqual(enumMembers('TypeOfCreditmaxCheck'))
  })
})

test('the limit may be used up to the cent, and not by one more', () => {
  expect(creditExcess(question({ document: decimal('400.00') }))).toBeUndefined()
  expect(text(creditExcess(question({ document: decimal('400.01') })))).toBe('0.01')
})

test('a limit of 0 limits nothing unless it is mandatory', () => {
  expect(creditExcess(question({ limit: limit('0') }))).toBeUndefined()
  expect(text(creditExcess(question({ limit: limit('0', true) })))).toBe('800.00')
})

test('a mandatory limit is checked by balance where the company checks nothing, and as the company says elsewhere', () => {
  expect(text(creditExcess(question({ type: 'None', limit: limit('700', true) })))).toBe('100.00')
  expect(text(creditExcess(question({ type: 'BalanceAll', limit: limit('1000', true) })))).toBe('350.00')
  expect(creditExcess(question({ type: 'None', limit: limit('1') }))).toBeUndefined()
})

test('what gives money back, or is worth nothing, is never over a limit', () => {
  for (const document of ['0', '-50']) expect(creditExcess(question({ limit: limit('1'), document: decimal(document) }))).toBeUndefined()
})

test('E19 tells customer, excess and currency, as an error or as a warning', () => {
  const facts = { account: 'C-1', excess: decimal('50'), currencyCode: 'USD' }
  expect(creditEntry(facts, 'Error')).toEqual({
    severity: 'Error',
    code: 'E19',
    text: 'Customer C-1 has exceeded the credit limit by 50.00 USD.',
  })
  expect(creditEntry(facts, 'Warning').severity).toBe('Warning')
})

describe('EX-30: customers on hold', () => {
  const customer = (CustomerAccount: string, OnHoldStatus: string) => ({ CustomerAccount, OnHoldStatus })
  const TABLE: Record<string, readonly [order: string | undefined, posting: string | undefined]> = {
    No: [undefined, undefined],
    Invoice: [undefined, 'E10'],
    All: ['E09', 'E09'],
    Payment: [undefined, undefined],
    Requisition: [undefined, undefined],
    Never: [undefined, undefined],
    PurchOrder: [undefined, undefined],
  }
  test('each status refuses what it is meant for', () => {
    expect(Object.keys(TABLE)).toEqual(enumMembers('CustVendorBlocked'))
    for (const [status, [order, posting]] of Object.entries(TABLE)) {
      expect([status, checkCustomerHolds('order', [customer('C-1', status)])[0]?.code]).toEqual([status, order])
      expect([status, checkCustomerHolds('posting', [customer('C-1', status)])[0]?.code]).toEqual([status, posting])
    }
  })
  test('the ordering and the invoice customer are both looked at, one that is both is told once', () => {
    const both = [customer('C-1', 'All'), customer('C-2', 'Invoice')]
    expect(checkCustomerHolds('posting', both).map((entry) => entry.text)).toEqual([
      'Customer account C-1 is on hold for all transactions.',
      'Customer account C-2 is on hold for invoicing and delivery.',
    ])
    expect(checkCustomerHolds('order', [both[0], both[0]])).toHaveLength(1)
    expect(checkCustomerHolds('order', [undefined, customer('C-2', 'No')])).toEqual([])
  })
})
