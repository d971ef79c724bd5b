import { expect, test } from 'vitest'
import { dueDate } from './invoice-state.ts'

test.each([
  ['Net 30', 1, '2025-03-13'],
  ['2% 10, Net 30', 2, '2025-03-13'],
  ['Net 45', 3, '2025-03-28'],
  ['Net 60', 4, '2025-04-12'],
  ['no terms', null, null],
  ['unknown terms', 9, null],
] as const)('an invoice of 2025-02-11 with %s is due', (_, terms, expected) => {
  expect(dueDate('2025-02-11', terms)).toBe(expected)
})

test('days run over a leap day and the end of a year', () => {
  expect(dueDate('2024-02-28', 1)).toBe('2024-03-29')
  expect(dueDate('2025-12-31', 1)).toBe('2026-01-30')
})
