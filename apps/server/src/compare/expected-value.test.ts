import { expect, test } from 'vitest'
import { expectedValue, furtherFields } from './expected-value.ts'

const map = { transformType: 'ValueMap', valueMap: { 'Primary Unit': 'ea', '': null, '1': 'Male' } }
const country = { transformType: 'CountryRegionCode', to: 'iso2' }
const us = { transformType: 'Default', defaultValue: 'US' }

/** Further fields of the row. */
const ROW: Readonly<Record<string, string>> = { number: 'P-1', city: 'Bergen', street: ' ', pack: '10', status: 'Canceled' }
const ZERO = { transformType: 'Constant', value: '0' }
// biome-ignore lint/suspicious/noThenProperty: the name in the file.
const filled = (...anyFilled: string[]) => ({ transformType: 'When', anyFilled, then: [us] })

test.each([
  ['a copy', 'Bergen', [], { kind: 'value', value: 'Bergen' }],
  ['a constant', '', [{ transformType: 'Default', defaultValue: '10' }], { kind: 'value', value: '10' }],
  ['a default that a value keeps away', '20', [{ transformType: 'Default', defaultValue: '10' }], { kind: 'value', value: '20' }],
  ['an entry, whatever its case and blanks', '  primary UNIT ', [map], { kind: 'value', value: 'ea' }],
  ['a blank with an entry', '', [map], { kind: 'value', value: '' }],
  ['no entry', 'Atlantis', [map], { kind: 'refused' }],
  ['no entry, passed through', 'Atlantis', [{ ...map, onUnmatched: 'passthrough' }], { kind: 'value', value: 'Atlantis' }],
  ['no entry, a default', 'Atlantis', [{ ...map, onUnmatched: 'default', defaultValue: 'pc' }], { kind: 'value', value: 'pc' }],
  ['no entry, blank', 'Atlantis', [{ ...map, onUnmatched: 'null' }], { kind: 'value', value: '' }],
  ['a country by name', 'Norway', [country, us], { kind: 'value', value: 'NO' }],
  ['a country by three letters', 'deu', [country, us], { kind: 'value', value: 'DE' }],
  ['a country by number', '276', [country], { kind: 'value', value: 'DE' }],
  ['a blank country with a default', '', [country, us], { kind: 'value', value: 'US' }],
  ['a country that is not in the list', 'Atlantis', [country, us], { kind: 'unknown' }],
  ['the day of a date', '1980-02-03', [{ transformType: 'DateFormat', format: 'd' }], { kind: 'value', value: '3' }],
  ['the month of a date by name', '1980-02-03', [{ transformType: 'DateFormat', format: 'MMMM' }], { kind: 'value', value: 'February' }],
  ['a default under a condition that holds', '', [country, filled('street', 'city')], { kind: 'value', value: 'US' }],
  ['a default under a condition that does not hold', '', [country, filled('street', 'county')], { kind: 'value', value: '' }],
  ['a value under a condition that holds', 'Norway', [country, filled('city')], { kind: 'value', value: 'NO' }],
  [
    'the first filled of several',
    '',
    [{ transformType: 'Coalesce', fields: ['street', 'number', 'city'] }],
    { kind: 'value', value: 'P-1' },
  ],
  ['a value before others', 'Winch', [{ transformType: 'Coalesce', fields: ['number'] }], { kind: 'value', value: 'Winch' }],
  ['nothing filled', '', [{ transformType: 'Coalesce', fields: ['street'] }], { kind: 'value', value: '' }],
  ['a constant over a value', 'Norway', [{ transformType: 'Constant', value: 0 }], { kind: 'value', value: '0' }],
  ['a quotient', '25', [{ transformType: 'Divide', by: 'pack' }], { kind: 'value', value: '2.5' }],
  ['a quotient by nothing', '25', [{ transformType: 'Divide', by: 'street' }], { kind: 'value', value: '25' }],
  [
    'a condition on one value',
    '25',
    // biome-ignore lint/suspicious/noThenProperty: the name in the file.
    [{ transformType: 'When', field: 'status', oneOf: ['CANCELED'], then: [ZERO] }],
    { kind: 'value', value: '0' },
  ],
  ['a field that is left out', 'x', [{ transformType: 'When', allBlank: ['number'], otherwise: 'omit' }], { kind: 'unknown' }],
  ['a field that is kept', 'x', [{ transformType: 'When', allBlank: ['street'], otherwise: 'omit' }], { kind: 'value', value: 'x' }],
  ['a cut', 'Bergen', [{ transformType: 'Truncate', maxLength: 3 }], { kind: 'value', value: 'Ber' }],
  ['a cut to the length of a field we do not know', 'Bergen', [{ transformType: 'Truncate' }], { kind: 'unknown' }],
  ['a transform of somebody else', 'x', [{ transformType: 'Shout' }], { kind: 'unknown' }],
])('%s', (_title, source, transforms, expected) => {
  expect(expectedValue(source, transforms as Parameters<typeof expectedValue>[1], (field) => ROW[field] ?? '')).toEqual(expected)
})

test('the further fields of a transform are read too', () => {
  const transform = {
    transformType: 'When',
    anyFilled: ['street', 'city'],
    // biome-ignore lint/suspicious/noThenProperty: the name in the file.
    then: [{ transformType: 'Coalesce', fields: ['number'] }, us],
  }
  expect(furtherFields(transform)).toEqual(['street', 'city', 'number'])
  expect(furtherFields(us)).toEqual([])
})
