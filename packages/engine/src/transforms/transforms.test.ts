import { expect, test } from 'vitest'
import type { FieldValue } from '../model/field-value.ts'
import { TRANSFORM_TYPES, type TransformDocument, transformSchema } from '../model/transform-document.ts'
import { checkTransform, compileTransform } from './registry.ts'
import { NOT_WRITTEN, type TransformOutcome, type TransformTarget } from './transform.ts'

const run = (document: TransformDocument, value: FieldValue, target: Partial<TransformTarget> = {}): TransformOutcome =>
  runWith(document, value, [], target)
const runWith = (
  document: TransformDocument,
  value: FieldValue,
  named: readonly FieldValue[],
  target: Partial<TransformTarget> = {},
): TransformOutcome => compileTransform(document, { field: 'Field', isKey: false, ...target })?.apply(value, named) ?? null
const codes = (document: TransformDocument, target: Partial<TransformTarget> = {}): readonly string[] =>
  checkTransform(document, { field: 'Field', isKey: false, ...target }).map((problem) => problem.code)
const failing = (code: string) => expect.objectContaining({ code })

test.each<[FieldValue, FieldValue]>([
  [null, 'x'],
  ['', 'x'],
  ['   ', 'x'],
  ['value', 'value'],
  [0, 0],
  [false, false],
  ['0', '0'],
])('R7 Default writes where %j is blank', (value, expected) => {
  expect(run({ transformType: 'Default', defaultValue: 'x' }, value)).toBe(expected)
})

const countries = { transformType: 'ValueMap', valueMap: { ' Germany ': 'DE', DEU: 'DE', '0': null, café: 'CF', '': 'US', true: 'Yes' } }

test.each<[FieldValue, FieldValue]>([
  ['germany', 'DE'],
  ['  GERMANY', 'DE'],
  ['deu', 'DE'],
  [0, null],
  ['0', null],
  ['CAFÉ', 'CF'],
  ['cafe\u0301', 'CF'],
  [null, 'US'],
  ['', 'US'],
  ['  ', 'US'],
  [true, 'Yes'],
])('R7 ValueMap turns %j into %j', (value, expected) => {
  expect(run(countries, value)).toBe(expected)
})

test('ValueMap: the blank key may be spelt __blank__, and a null on the right leaves a blank', () => {
  expect(run({ transformType: 'ValueMap', valueMap: { __blank__: 'B' } }, null)).toBe('B')
  expect(run({ transformType: 'ValueMap', valueMap: { '': null } }, '')).toBe(null)
})

test.each<[object, FieldValue, unknown]>([
  [{}, 'x', failing('value-not-mapped')],
  [{}, null, failing('value-not-mapped')],
  [{ onUnmatched: 'error' }, 'x', failing('value-not-mapped')],
  [{ onUnmatched: 'passthrough' }, 'x', 'x'],
  [{ onUnmatched: 'null' }, 'x', null],
  [{ onUnmatched: 'default', defaultValue: 'd' }, 'x', 'd'],
  [{ onUnmatched: 'default' }, 'x', null],
])('ValueMap with %j gives for %j without an entry what it says', (options, value, expected) => {
  expect(run({ transformType: 'ValueMap', valueMap: { a: 'b' }, ...options }, value)).toEqual(expected)
})

test('ValueMap: the failure names the value and the field', () => {
  expect(run({ transformType: 'ValueMap', valueMap: {} }, 'Atlantis', { field: 'SiteId' })).toMatchObject({
    message: expect.stringMatching(/"Atlantis".*'SiteId'/),
  })
})

test('ValueMap: two entries for one value are a problem of the document', () => {
  expect(codes({ transformType: 'ValueMap', valueMap: { Pcs: 'a', ' pcs': 'b' } })).toEqual(['value-map-duplicate'])
  expect(codes({ transformType: 'ValueMap', valueMap: { '': 'a', __blank__: 'b' } })).toEqual(['value-map-duplicate'])
  expect(codes({ transformType: 'ValueMap', valueMap: { a: '1', b: '1' } })).toEqual([])
})

test.each<[string, number, string]>([
  ['abcdef', 4, 'abcd'],
  ['abcd', 4, 'abcd'],
  ['ab😀d', 3, 'ab'],
  ['ab😀d', 4, 'ab😀'],
  ['😀', 1, ''],
  ['ÅÄÖ', 2, 'ÅÄ'],
])('R7 Truncate cuts %j at %i to %j', (value, maxLength, expected) => {
  expect(run({ transformType: 'Truncate', maxLength }, value)).toBe(expected)
  expect(run({ transformType: 'Truncate' }, value, { maxLength })).toBe(expected)
})

test('Truncate: the shorter of both lengths counts, other values pass, and keys are never cut', () => {
  expect(run({ transformType: 'Truncate', maxLength: 10 }, 'abcdef', { maxLength: 3 })).toBe('abc')
  expect(run({ transformType: 'Truncate', maxLength: 1 }, 123)).toBe(123)
  expect(run({ transformType: 'Truncate', maxLength: 1 }, null)).toBe(null)
  expect(run({ transformType: 'Truncate' }, 'abcd', { maxLength: 3, isKey: true })).toEqual(failing('value-too-long'))
  expect(run({ transformType: 'Truncate' }, 'abc', { maxLength: 3, isKey: true })).toBe('abc')
  expect(run({ transformType: 'Truncate', maxLength: 3, onCut: 'error' }, 'abcd')).toEqual(failing('value-too-long'))
  expect(codes({ transformType: 'Truncate' })).toEqual(['truncate-without-length'])
})

test.each<[FieldValue, string]>([
  ['US', 'US'],
  ['usa', 'US'],
  ['U.S.', 'US'],
  ['U.S.A.', 'US'],
  ['United States', 'US'],
  ['The United States of America', 'US'],
  ['840', 'US'],
  [840, 'US'],
  ['UK', 'GB'],
  ['Great Britain', 'GB'],
  ['United Kingdom of Great Britain and Northern Ireland', 'GB'],
  [' germany ', 'DE'],
  ['DEU', 'DE'],
  ['276', 'DE'],
  ['36', 'AU'],
  ['Federal Republic of Germany', 'DE'],
  ['Kingdom of Norway', 'NO'],
  ['Russian Federation', 'RU'],
  ['Viet Nam', 'VN'],
  ['Republic of Korea', 'KR'],
  ["Democratic People's Republic of Korea", 'KP'],
  ['Democratic Republic of the Congo', 'CD'],
  ['Republic of the Congo', 'CG'],
  ["Côte d'Ivoire", 'CI'],
  ["Cote d'Ivoire", 'CI'],
  ['The Netherlands', 'NL'],
  ['Czechia', 'CZ'],
  ['Türkiye', 'TR'],
  ['Swiss Confederation', 'CH'],
])('R7 CountryRegionCode knows %j as %s', (value, expected) => {
  expect(run({ transformType: 'CountryRegionCode', to: 'iso2' }, value)).toBe(expected)
})

test.each<[object, FieldValue, unknown]>([
  [{}, null, null],
  [{}, '  ', null],
  [{}, 'Atlantis', failing('value-not-mapped')],
  [{}, 'XX', failing('value-not-mapped')],
  [{}, '999', failing('value-not-mapped')],
  [{ onUnmatched: 'passthrough' }, 'Atlantis', 'Atlantis'],
  [{ onUnmatched: 'null' }, 'Atlantis', null],
  [{ onUnmatched: 'default', defaultValue: 'US' }, 'Atlantis', 'US'],
  [{ to: 'iso3' }, 'Norway', 'NOR'],
  [{ to: 'name' }, 'no', 'Norway'],
  [{ aliases: { 'The Old Country': 'no' } }, 'the old country', 'NO'],
  [{ from: 'iso3' }, 'Norway', failing('value-not-mapped')],
  [{ from: 'iso3' }, 'NOR', 'NO'],
  [{ from: 'name' }, 'NO', failing('value-not-mapped')],
])('CountryRegionCode with %j turns %j into %j', (options, value, expected) => {
  expect(run({ transformType: 'CountryRegionCode', ...options }, value)).toEqual(expected)
})

test.each<[string, FieldValue, unknown]>([
  ['d', '1971-07-04', '4'],
  ['dd', '1971-07-04', '04'],
  ['MMMM', '1971-07-04', 'July'],
  ['MMM', '1971-07-04', 'Jul'],
  ['MM/yy', '1971-07-04', '07/71'],
  ['yyyy', '1971-07-04T23:30:00Z', '1971'],
  ["dd.MM.yyyy 'at' HH:mm:ss", '1971-07-04T23:30:05Z', '04.07.1971 at 23:30:05'],
  ["d 'o''clock'", '1971-07-04', "4 o'clock"],
  ['yyyy', null, NOT_WRITTEN],
  ['yyyy', '', NOT_WRITTEN],
  ['yyyy', '1971-02-30', failing('date-invalid')],
  ['yyyy', 'yesterday', failing('date-invalid')],
  ['yyyy', 5, failing('date-invalid')],
])('DateFormat %j of %j is %j', (format, value, expected) => {
  expect(run({ transformType: 'DateFormat', format }, value)).toEqual(expected)
})

test('DateFormat: a pattern that is none is a problem of the document', () => {
  expect(codes({ transformType: 'DateFormat', format: 'QQ' })).toEqual(['date-format-invalid'])
  expect(codes({ transformType: 'DateFormat', format: "yyyy 'open" })).toEqual(['date-format-invalid'])
  expect(codes({ transformType: 'DateFormat', format: 'yyyy-MM-dd' })).toEqual([])
})

test('every listed transform is in the registry, and an unknown one is not run', () => {
  expect([...TRANSFORM_TYPES].sort()).toEqual([
    'Coalesce',
    'Constant',
    'CountryRegionCode',
    'DateFormat',
    'Default',
    'Divide',
    'Truncate',
    'ValueMap',
    'When',
  ])
  expect(compileTransform({ transformType: 'Concat' }, { field: 'x', isKey: false })).toBeUndefined()
})

const coalesce = { transformType: 'Coalesce', fields: ['second', 'third'] }

test.each<[FieldValue, FieldValue[], FieldValue]>([
  ['given', ['B', 'C'], 'given'],
  [0, ['B', 'C'], 0],
  [false, ['B', 'C'], false],
  ['  ', ['B', 'C'], 'B'],
  [null, ['', 'C'], 'C'],
  [null, [null, ' '], null],
])('10.5 Coalesce of %j and %j is %j', (value, named, expected) => {
  expect(runWith(coalesce, value, named)).toBe(expected)
})

const when: TransformDocument = {
  transformType: 'When',
  anyFilled: ['street', 'city'],
  // biome-ignore lint/suspicious/noThenProperty: the name in the file.
  then: [
    { transformType: 'Coalesce', fields: ['fallback'] },
    { transformType: 'Default', defaultValue: 'US' },
  ],
}

test.each<[FieldValue, FieldValue[], FieldValue]>([
  [null, [null, '', 'NO'], null],
  ['DE', [null, '', 'NO'], 'DE'],
  [null, ['Quay 4', null, 'NO'], 'NO'],
  [null, [null, 'Bergen', null], 'US'],
  ['DE', ['Quay 4', 'Bergen', 'NO'], 'DE'],
])('10.5 When gives %j with street, city and fallback %j: %j', (value, named, expected) => {
  expect(runWith(when, value, named)).toBe(expected)
})

test('10.5 When passes on what its transforms refuse or leave out, and checks their parameters', () => {
  // biome-ignore lint/suspicious/noThenProperty: the name in the file.
  const inner = (transform: object) => ({ transformType: 'When', anyFilled: ['a'], then: [transform] }) as TransformDocument
  expect(runWith(inner({ transformType: 'ValueMap', valueMap: {} }), 'x', ['filled'])).toEqual(failing('value-not-mapped'))
  expect(runWith(inner({ transformType: 'DateFormat', format: 'd' }), null, ['filled'])).toBe(NOT_WRITTEN)
  expect(codes(inner({ transformType: 'DateFormat', format: 'Q' }))).toEqual(['date-format-invalid'])
})

test.each<[FieldValue, FieldValue[], unknown]>([
  ['12.5', ['10'], '1.25'],
  ['10', [3], '3.3333333333'],
  [-7, [2], '-3.5'],
  ['12.5', [null], '12.5'],
  ['12.5', [' '], '12.5'],
  ['12.5', ['0'], '12.5'],
  ['12.5', [1], '12.5'],
  [null, ['10'], null],
  ['dear', ['10'], failing('type-mismatch')],
  ['12.5', ['many'], failing('type-mismatch')],
])('10.5 Divide of %j by %j is %j', (value, named, expected) => {
  expect(runWith({ transformType: 'Divide', by: 'unit' }, value, named)).toEqual(expected)
})

test.each<[FieldValue]>([[null], ['given'], [3]])('10.5 Constant writes its value over %j', (value) => {
  expect(run({ transformType: 'Constant', value: 'fixed' }, value)).toBe('fixed')
  expect(run({ transformType: 'Constant', value: null }, value)).toBeNull()
})

// biome-ignore lint/suspicious/noThenProperty: the name in the file.
const setNought = { then: [{ transformType: 'Constant', value: '0' }] }
const canceled = { field: 'status', oneOf: ['Canceled', ' '] }

test.each<[object, FieldValue[], unknown]>([
  [{ ...canceled, ...setNought }, ['canceled '], '0'],
  [{ ...canceled, ...setNought }, [null], '0'],
  [{ ...canceled, ...setNought }, ['Backorder'], 'value'],
  [{ ...canceled, otherwise: 'omit' }, ['Canceled'], 'value'],
  [{ ...canceled, otherwise: 'omit' }, ['Backorder'], NOT_WRITTEN],
  [{ allBlank: ['a', 'b'], ...setNought }, [null, ' '], '0'],
  [{ allBlank: ['a', 'b'], ...setNought }, ['x', null], 'value'],
  [{ allBlank: ['a'], otherwise: 'omit' }, ['x'], NOT_WRITTEN],
  [{ anyFilled: ['a'], otherwise: 'omit' }, [null], NOT_WRITTEN],
  [{ anyFilled: ['a'], otherwise: 'omit' }, ['x'], 'value'],
])('10.5 When %j of %j gives %j', (parameters, named, expected) => {
  expect(runWith({ transformType: 'When', ...parameters } as TransformDocument, 'value', named)).toBe(expected)
})

test.each([
  [{}],
  [{ anyFilled: ['a'], allBlank: ['b'] }],
  [{ field: 'a' }],
  [{ oneOf: ['x'] }],
  [{ anyFilled: ['a'], oneOf: ['x'] }],
  [{ field: 'a', oneOf: [] }],
])('10.5 a When with %j as its condition is refused', (parameters) => {
  expect(transformSchema.safeParse({ transformType: 'When', ...parameters }).success).toBe(false)
})
