import { expect, test } from 'vitest'
import { fieldsOfFilter, passes, readFilter } from './filter-text.ts'

const ROW: Readonly<Record<string, string>> = {
  number: 'A-1',
  count: '10',
  totals: 'No',
  status: 'Confirmed',
  day: '2025-02-11',
  open: 'true',
  note: "o'k",
}
const fieldText = (field: string): string => ROW[field] ?? ''

test.each([
  ["number eq 'a-1'", true],
  ['number ne null', true],
  ['blank ne null', false],
  ['blank eq null', true],
  ["blank ne ''", false],
  ["blank ne 'x'", true],
  ['count gt 9', true],
  ['count ge 10.0 and count lt 11', true],
  ['blank gt 1', false],
  ['totals eq Yes', false],
  ["totals eq Microsoft.Dynamics.DataEntities.NoYes'No'", true],
  ['open eq yes', true],
  ['status ne Active and totals eq No', true],
  ['status eq Active or totals eq No', true],
  ['not (status eq Active)', true],
  ['not status eq Confirmed or count eq 10', true],
  ['(status eq Active or status eq Confirmed) and totals eq Yes', false],
  ['day ge 2025-02-11', true],
  ["note eq 'o''k'", true],
])('%s is %s', (text, expected) => {
  const filter = readFilter(text)
  expect(filter, text).toBeDefined()
  if (filter !== undefined) expect(passes(filter, fieldText)).toBe(expected)
})

test.each([
  "contains(name,'x')",
  'number eq',
  'number eq 1 and',
  "number eq 'open",
  '(number eq 1',
  'number like 1',
  'account/name eq 1',
  '',
])('what only the source can evaluate is left to it: %s', (text) => {
  expect(readFilter(text)).toBeUndefined()
})

test('the fields of a filter, each once', () => {
  const filter = readFilter('a eq 1 and (b eq 2 or not (a eq 3))')
  expect(filter && fieldsOfFilter(filter)).toEqual(['a', 'b'])
})
