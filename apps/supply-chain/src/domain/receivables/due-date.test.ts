import { decimal } from '@p2c/base'
import { expect, test } from 'vitest'
import { cashDiscountDate, cashDiscountTermsOf, type DueDateStart, dueDate, dueDateTermsOf, possibleCashDiscount } from './due-date.ts'

type Terms = readonly [days: number, months: number, cutoffDay?: number, cutoffMonths?: number]

/** Kind, base date, days and months, due date. A new kind does not compile without a row. */
const DUE_DATES: Record<DueDateStart, readonly (readonly [base: string, terms: Terms, due: string])[]> = {
  Net: [
    ['2025-03-01', [30, 0], '2025-03-31'],
    ['2025-01-31', [0, 1], '2025-02-28'],
    ['2024-01-31', [1, 1], '2024-03-01'],
    ['2025-12-15', [20, 0], '2026-01-04'],
    ['2025-03-01', [0, 0], '2025-03-01'],
  ],
  CurrentMth: [
    ['2025-02-11', [15, 0], '2025-03-15'],
    ['2025-02-28', [0, 0], '2025-02-28'],
    ['2025-01-05', [10, 1], '2025-03-10'],
    ['2025-12-01', [0, 0], '2025-12-31'],
  ],
  CurrentQuart: [
    ['2025-02-11', [0, 0], '2025-03-31'],
    ['2025-04-01', [5, 0], '2025-07-05'],
    ['2025-12-31', [1, 0], '2026-01-01'],
  ],
  CurrentYear: [
    ['2025-02-11', [0, 0], '2025-12-31'],
    ['2025-12-31', [10, 1], '2026-02-10'],
  ],
  CurrentWeek: [
    ['2025-02-11', [0, 0], '2025-02-16'],
    ['2025-02-16', [1, 0], '2025-02-17'],
    ['2025-02-10', [0, 0], '2025-02-16'],
  ],
  COD: [['2025-02-11', [30, 2], '2025-02-11']],
  CutOffDate: [
    ['2025-02-11', [0, 0, 15], '2025-02-15'],
    ['2025-02-15', [10, 0, 15], '2025-02-25'],
    ['2025-02-16', [0, 0, 15], '2025-03-15'],
    ['2025-02-16', [0, 0, 15, 1], '2025-04-15'],
    ['2025-02-16', [0, 0, 31], '2025-02-28'],
    ['2025-02-16', [0, 0, 0], '2025-02-28'],
  ],
}

const CASES = Object.entries(DUE_DATES).flatMap(([kind, rows]) => rows.map(([base, terms, due]) => [kind, base, terms, due] as const))

test.each(CASES)('terms of kind %s on %s with %j are due on %s', (kind, base, [days, months, cutoffDay = 0, cutoffMonths = 0], due) => {
  const row = {
    PaymentMethodType: kind,
    NumberOfDays: String(days),
    NumberOfMonths: String(months),
    CutoffDayOfMonth: String(cutoffDay),
    AdditionalMonthsForCutoffDate: String(cutoffMonths),
  }
  expect(dueDate(dueDateTermsOf(row), base)).toBe(due)
})

test('an invoice without terms is due at once', () => {
  expect(dueDate(dueDateTermsOf(undefined), '2025-02-11')).toBe('2025-02-11')
})

test('terms that no calendar holds end with it', () => {
  const terms = dueDateTermsOf({ PaymentMethodType: 'CurrentYear', NumberOfDays: '2147483647', NumberOfMonths: '2147483647' })
  expect(dueDate(terms, '2025-02-11')).toBe('9999-12-31')
  expect(dueDate(dueDateTermsOf({ NumberOfDays: '2147483647' }), '2025-02-11')).toBe('3024-06-14')
  expect(dueDate(dueDateTermsOf({ NumberOfDays: '-5' }), '2025-02-11')).toBe('2025-02-11')
})

test('a cash discount is a rounded share of the invoice until its last day', () => {
  const terms = cashDiscountTermsOf({ DiscountPercentage: '2', NumberOfDays: '10', NumberOfMonths: '0' })
  expect(cashDiscountDate(terms, '2025-02-25')).toBe('2025-03-07')
  expect(possibleCashDiscount(decimal('507.60'), terms, decimal('0.01')).toFixed(2)).toBe('10.15')
  expect(possibleCashDiscount(decimal('-25.92'), terms, decimal('0.01')).toFixed(2)).toBe('-0.52')
  expect(possibleCashDiscount(decimal('150'), terms, decimal('1')).toFixed()).toBe('3')
})
