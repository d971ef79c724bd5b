import { dataverseProfile, finOpsProfile } from '@p2c/odata'
import { expect, test } from 'vitest'
import { parseFieldPath } from './field-path.ts'
import { readFilter } from './filter.ts'
import { rowKey, splitRowKey } from './row-key.ts'

const sales = { profile: dataverseProfile, bareMembers: false }
const supplyChain = { profile: finOpsProfile, bareMembers: true }
const eq = (field: string, value: unknown) => ({ kind: 'comparison', operator: 'eq', field, value })

test.each([
  ['accountnumber ne null', { kind: 'comparison', operator: 'ne', field: 'accountnumber', value: null }],
  [
    'msdynce_isactivecustomer eq false and msdynce_iscompanyanaccount eq true',
    { kind: 'and', operands: [eq('msdynce_isactivecustomer', false), eq('msdynce_iscompanyanaccount', true)] },
  ],
  ["not (name eq 'O''Brien')", { kind: 'not', operand: eq('name', "O'Brien") }],
  ['5 lt quantity', { kind: 'comparison', operator: 'gt', field: 'quantity', value: 5 }],
  ['price ge 12480.50', { kind: 'comparison', operator: 'ge', field: 'price', value: '12480.5' }],
  ['price lt -2.5', { kind: 'comparison', operator: 'lt', field: 'price', value: '-2.5' }],
  ['a eq 1 or b eq 2 or c eq 3', { kind: 'or', operands: [eq('a', 1), eq('b', 2), eq('c', 3)] }],
  ['_ownerid_value eq 6F1C2A90-3B7E-4D11-9A55-0D3C8E21F001', eq('_ownerid_value', '6f1c2a90-3b7e-4d11-9a55-0d3c8e21f001')],
  [
    'modifiedon ge 2025-02-01T01:00:00%2B01:00'.replace('%2B', '+'),
    { kind: 'comparison', operator: 'ge', field: 'modifiedon', value: '2025-02-01T00:00:00Z' },
  ],
])('a source filter of Sales: %s', (text, expected) => {
  expect(readFilter(text, sales)).toEqual(expected)
})

test.each([
  ['AreTotalsUpdated eq Yes', eq('AreTotalsUpdated', 'Yes')],
  ["AreTotalsUpdated eq Microsoft.Dynamics.DataEntities.NoYes'Yes'", eq('AreTotalsUpdated', 'Yes')],
])('a source filter of Supply Chain: %s', (text, expected) => {
  expect(readFilter(text, supplyChain)).toEqual(expected)
})

test.each([
  ["contains(name,'x')", 0],
  ["name eq 'a' and contains(name,'x')", 16],
  ["primarycontactid/fullname eq 'Ada'", 0],
  ['name eq other', 8],
  ['name', 0],
  ["name eq 'open", 8],
  ['name eq', 7],
  ['', 0],
])('a filter that is not supported is refused with its position: %s at %s', (text, position) => {
  expect(() => readFilter(text, sales)).toThrow(
    expect.objectContaining({ category: 'schema', code: 'filter-invalid', details: { position } }),
  )
})

test.each([
  ['name', { column: 'name', targets: [] }],
  ['transactioncurrencyid.isocurrencycode', { column: 'transactioncurrencyid', targets: [{ column: 'isocurrencycode' }] }],
  ['parentcustomerid.Account(accountnumber)', { column: 'parentcustomerid', targets: [{ table: 'account', column: 'accountnumber' }] }],
  [
    'customerid.Account(accountnumber).Contact(msdynce_contactnumber)',
    {
      column: 'customerid',
      targets: [
        { table: 'account', column: 'accountnumber' },
        { table: 'contact', column: 'msdynce_contactnumber' },
      ],
    },
  ],
])('a field path: %s', (text, expected) => {
  expect(parseFieldPath(text)).toEqual({ text, ...expected })
})

test.each(['', 'a b', 'a.', 'a.b.c', "a.Account(x'y)", 'a.Account()'])('a field path that is none: %s', (text) => {
  expect(() => parseFieldPath(text)).toThrow(expect.objectContaining({ code: 'field-path-invalid' }))
})

test('keys join by | and split again; a value with | in a joined key is refused', () => {
  expect(rowKey({ a: 'x', b: 1 }, ['a', 'b'])).toBe('x|1')
  expect(rowKey({ a: null, b: null }, ['a', 'b'])).toBe('')
  expect(splitRowKey('x|1', ['a', 'b'])).toEqual(['x', '1'])
  expect(splitRowKey('x|1', ['a'])).toEqual(['x|1'])
  expect(() => splitRowKey('x|1|2', ['a', 'b'])).toThrow(expect.objectContaining({ code: 'key-unreadable' }))
})
