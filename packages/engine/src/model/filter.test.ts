import { expect, test } from 'vitest'
import type { FieldValue, FieldValues } from './field-value.ts'
import { type Comparison, evaluateFilter, type Filter, filterFields } from './filter.ts'

const compare = (field: string, operator: Comparison, value: FieldValue): Filter => ({ kind: 'comparison', field, operator, value })

test.each<[FieldValue, Comparison, FieldValue, boolean]>([
  ['Contoso', 'eq', 'contoso', true],
  ['Contoso', 'ne', 'CONTOSO', false],
  ['a', 'lt', 'B', true],
  [null, 'eq', null, true],
  ['', 'eq', null, true],
  ['x', 'ne', null, true],
  [null, 'ne', null, false],
  [null, 'ne', 'x', true],
  [null, 'eq', 'x', false],
  [null, 'gt', 1, false],
  [null, 'le', 1, false],
  [5, 'gt', null, false],
  [5, 'ge', 5, true],
  [5, 'lt', 6, true],
  ['10.50', 'eq', '10.5', true],
  ['9.5', 'lt', '10.5', true],
  ['123456789012345678901.10', 'gt', '123456789012345678901.09', true],
  ['9.5', 'lt', 10, true],
  ['0012', 'eq', '12', false],
  ['abc', 'gt', 5, false],
  ['abc', 'ne', 5, true],
  [true, 'eq', true, true],
  [true, 'eq', 'Yes', true],
  ['No', 'eq', false, true],
  [false, 'ne', true, true],
  ['maybe', 'eq', true, false],
  ['2024-03-01', 'lt', '2024-03-02', true],
  ['2024-03-01T10:00:00Z', 'gt', '2024-03-01', true],
  ['2024-03-01T10:00:00+02:00', 'eq', '2024-03-01T08:00:00Z', true],
])('%j %s %j is %j', (left, operator, right, expected) => {
  expect(evaluateFilter(compare('field', operator, right), { field: left })).toBe(expected)
})

test('operands combine, and field names compare without case', () => {
  const filter: Filter = {
    kind: 'and',
    operands: [
      compare('ACCOUNTNUMBER', 'ne', null),
      { kind: 'not', operand: compare('statecode', 'eq', 1) },
      { kind: 'or', operands: [compare('a', 'eq', 1), compare('b', 'eq', 1)] },
    ],
  }
  const row = (values: FieldValues) => evaluateFilter(filter, values)
  expect(row({ accountnumber: 'A', statecode: 0, a: 1 })).toBe(true)
  expect(row({ accountnumber: 'A', statecode: 1, a: 1 })).toBe(false)
  expect(row({ accountnumber: null, statecode: 0, b: 1 })).toBe(false)
  expect(row({ accountnumber: 'A', statecode: 0, a: 2, b: 2 })).toBe(false)
  expect(filterFields(filter)).toEqual(['ACCOUNTNUMBER', 'statecode', 'a', 'b'])
})
