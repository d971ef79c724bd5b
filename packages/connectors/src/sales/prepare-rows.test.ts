import { expect, test } from 'vitest'
import { changedProperties, type PreparedRow, type WireProperty } from './prepare-rows.ts'
import type { SalesColumn } from './table.ts'

const column = (name: string, type: SalesColumn['type']): SalesColumn => ({
  ...{ name, type, attributeType: 'String', required: false, canCreate: true, canUpdate: true, navigations: [] },
})

const property = (name: string, type: SalesColumn['type'], value: unknown): WireProperty => ({
  column: column(name, type),
  name: type === 'lookup' ? `${name}@odata.bind` : name,
  value,
  stored: value,
})

const ROW: PreparedRow = {
  index: 0,
  key: 'ORD-1|1',
  identity: '1',
  keyConditions: [{ property: 'sequencenumber', type: 'integer', value: '1' }],
  properties: [
    property('sequencenumber', 'integer', 1),
    property('quantity', 'decimal', 3),
    property('productid', 'lookup', 'p-1'),
    property('uomid', 'lookup', 'u-1'),
    property('statecode', 'choice', 0),
  ],
}
const STORED = { sequencenumber: 1, quantity: 3, _productid_value: 'p-1', _uomid_value: 'u-1', statecode: 0 }

const names = (stored: Readonly<Record<string, unknown>>): string[] =>
  changedProperties(ROW, stored)
    .map(({ column: { name } }) => name)
    .sort()

test('templates 7.6 S6 the product of a line travels with every change, as the state does: a write of it ends that the line waits to be sent', () => {
  expect(names({ ...STORED, quantity: 2 })).toEqual(['productid', 'quantity', 'statecode'])
  expect(names({ ...STORED, _productid_value: 'p-2' })).toEqual(['productid', 'statecode'])
})

test('a row that holds every value is not written, whatever would travel', () => {
  expect(names(STORED)).toEqual([])
})
