import { expect, test } from 'vitest'
import { decimal, formatDecimal, isLess, parseDecimal, roundTo, sum } from './decimal.ts'

const READ: readonly (readonly [string | number, string])[] = [
  ['0', '0'],
  ['-0', '0'],
  ['12480', '12480'],
  ['12480.0000', '12480'],
  [' 3.10 ', '3.1'],
  ['+5', '5'],
  ['.5', '0.5'],
  ['5.', '5'],
  ['1e3', '1000'],
  ['1E-10', '0.0000000001'],
  [0.1, '0.1'],
  [1e21, '1000000000000000000000'],
  [-3.1, '-3.1'],
  ['9999999999999999999999999999.9999999999', '9999999999999999999999999999.9999999999'],
]

test.each(READ)('decimal %j reads as %s', (input, text) => {
  expect(formatDecimal(decimal(input))).toBe(text)
})

const REFUSED = [
  '',
  ' ',
  '.',
  '-',
  '1,5',
  '1 000',
  '0x10',
  'NaN',
  'Infinity',
  '1e9999',
  '١٢',
  '1_000',
  '--1',
  '1'.repeat(101),
  Number.NaN,
  Number.POSITIVE_INFINITY,
]

test.each(REFUSED)('%j is no decimal', (input) => {
  expect(parseDecimal(input)).toBeUndefined()
  expect(() => decimal(input)).toThrow(TypeError)
})

test('arithmetic is exact where binary floating point is not', () => {
  expect(formatDecimal(sum([decimal('0.1'), decimal('0.2')]))).toBe('0.3')
  expect(formatDecimal(decimal('1.15').times(100))).toBe('115')
  expect(formatDecimal(decimal('123456789012345678.12').times('9876543210.5'))).toBe('1219326311310013707915104404.26')
  expect(sum([])).toEqual(decimal(0))
  expect(isLess(decimal('0.1'), decimal('0.10'))).toBe(false)
})

const ROUNDED: readonly (readonly [string, number, string])[] = [
  ['0.5', 0, '1'],
  ['1.5', 0, '2'],
  ['2.5', 0, '3'],
  ['-2.5', 0, '-3'],
  ['1.005', 2, '1.01'],
  ['-1.005', 2, '-1.01'],
  ['1.00499999999', 2, '1'],
  ['12.34565', 4, '12.3457'],
]

test.each(ROUNDED)('%s rounds half away from zero to %i decimals: %s', (value, decimals, text) => {
  expect(formatDecimal(roundTo(decimal(value), decimals))).toBe(text)
})
