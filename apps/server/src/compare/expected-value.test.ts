import { expect, test } from 'vitest'
import { expectedValue } from './expected-value.ts'

const map = { transformType: 'ValueMap', valueMap: { 'Primary Unit': 'ea', '': null, '1': 'Male' } }
const country = { transformType: 'CountryRegionCode', to: 'iso2' }
const us = { transformType: 'Default', defaultValue: 'US' }

test.each([
  ['a copy', 'Bergen', [], { kind: 'value', value: 'Bergen' }],
  ['a constant', '', [{ transformType: 'Default', defaultValue: '10' }], { kind: 'value', value: '10' }],
  ['a default that a value keeps away', '20', [{ transformType: 'Default', defaultValue: '10' }], { kind: 'value', value: '20' }],
  ['an entry, whatever its case and blanks', '  primary UNIT ', [map], { kind: 'value', value: 'ea' }],
  ['a blank with an entry', '', [map], { kind: 'value', value: '' }],
  ['no entry', 'Atlantis', [map], { kind: 'refused' }],
  ['a country by name', 'Norway', [country, us], { kind: 'value', value: 'NO' }],
  ['a country by three letters', 'deu', [country, us], { kind: 'value', value: 'DE' }],
  ['a country by number', '276', [country], { kind: 'value', value: 'DE' }],
  ['a blank country with a default', '', [country, us], { kind: 'value', value: 'US' }],
  ['a country that nobody knows', 'Atlantis', [country, us], { kind: 'refused' }],
  ['the day of a date', '1980-02-03', [{ transformType: 'DateFormat', format: 'd' }], { kind: 'value', value: '3' }],
  ['the month of a date by name', '1980-02-03', [{ transformType: 'DateFormat', format: 'MMMM' }], { kind: 'value', value: 'February' }],
  ['a transform of somebody else', 'x', [{ transformType: 'Shout' }], { kind: 'unknown' }],
])('%s', (_title, source, transforms, expected) => {
  expect(expectedValue(source, transforms as Parameters<typeof expectedValue>[1])).toEqual(expected)
})
