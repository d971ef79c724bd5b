import { decimal } from '@p2c/base'
import { expect, test } from 'vitest'
import { type ExchangeRate, exchangeAmount } from './exchange.ts'
import { conversionFactor, convertQuantity, convertsBack, type UnitConversion, type UnitRounding } from './unit-conversion.ts'

const rate = (values: Partial<ExchangeRate>): ExchangeRate => ({
  fromCurrency: 'EUR',
  toCurrency: 'USD',
  startDate: '2024-01-01',
  rate: decimal('110'),
  factor: 'Hundred',
  ...values,
})

const RATES = [
  rate({}),
  rate({ startDate: '2025-06-01', rate: decimal('120') }),
  rate({ fromCurrency: 'JPY', rate: decimal('66.5'), factor: 'TenThousand' }),
]

const EXCHANGES: readonly (readonly [name: string, amount: string, from: string, to: string, on: string, expected: string | undefined])[] =
  [
    ['EX-12 by the hundred', '507.60', 'EUR', 'USD', '2025-03-01', '558.36'],
    ['the latest start on or before the day', '507.60', 'eur', 'usd', '2025-06-01', '609.12'],
    ['the reverse pair divides', '558.36', 'USD', 'EUR', '2025-03-01', '507.6'],
    ['by the ten thousand', '1000000', 'JPY', 'USD', '2025-03-01', '6650'],
    ['half away from zero', '-0.05', 'EUR', 'USD', '2025-03-01', '-0.06'],
    ['one currency', '10.005', 'USD', 'usd', '2025-03-01', '10.01'],
    ['no rate on the day', '1', 'EUR', 'USD', '2023-12-31', undefined],
    ['no rate of the pair', '1', 'EUR', 'JPY', '2025-03-01', undefined],
  ]

test.each(EXCHANGES)('EX-12 exchange: %s', (_name, amount, from, to, on, expected) => {
  expect(exchangeAmount(decimal(amount), { from, to, on }, { rates: RATES })?.toFixed()).toBe(expected)
})

const ONE = decimal(1)
const NONE = decimal(0)
const conversion = (fromUnit: string, toUnit: string, factor: string, more: Partial<UnitConversion> = {}): UnitConversion => ({
  fromUnit,
  toUnit,
  factor: decimal(factor),
  numerator: ONE,
  denominator: ONE,
  innerOffset: NONE,
  outerOffset: NONE,
  rounding: 'Nearest',
  ...more,
})
const unit = (symbol: string, unitClass = 'Quantity', decimalPrecision = 0) => ({ symbol, unitClass, decimalPrecision })
const boxToPiece = { from: unit('box', 'Quantity', 1), to: unit('ea'), productNumber: 'DW-40' }
const box = (rounding: UnitRounding) => [conversion('box', 'ea', '12', { rounding })]

test('EX-13 2.5 boxes are 30 pieces; 0.3 boxes are rounded to 4 and do not convert back', () => {
  expect(convertQuantity(decimal('2.5'), boxToPiece, box('Nearest'))?.toFixed()).toBe('30')
  expect(convertQuantity(decimal('0.3'), boxToPiece, box('Nearest'))?.toFixed()).toBe('4')
  expect(convertQuantity(decimal('0.3'), boxToPiece, box('Up'))?.toFixed()).toBe('4')
  expect(convertQuantity(decimal('0.3'), boxToPiece, box('Down'))?.toFixed()).toBe('3')
  expect(convertsBack(decimal('2.5'), boxToPiece, box('Nearest'))).toBe(true)
  expect(convertsBack(decimal('0.3'), boxToPiece, box('Nearest'))).toBe(false)
})

test('EX-13 the product comes first, then the general conversion, then the reverse; classes meet only by the product', () => {
  const general = conversion('BOX', 'EA', '12')
  const own = conversion('box', 'ea', '10', { productNumber: 'dw-40' })
  expect(convertQuantity(ONE, boxToPiece, [general, own])?.toFixed()).toBe('10')
  expect(convertQuantity(ONE, { ...boxToPiece, productNumber: 'X' }, [general, own])?.toFixed()).toBe('12')
  expect(convertQuantity(decimal(18), { ...boxToPiece, from: boxToPiece.to, to: boxToPiece.from }, [general])?.toFixed()).toBe('1.5')
  const weight = { from: unit('kg', 'Mass', 3), to: unit('ea'), productNumber: 'DW-40' }
  expect(convertQuantity(ONE, weight, [conversion('kg', 'ea', '4')])).toBeUndefined()
  expect(convertQuantity(ONE, weight, [conversion('kg', 'ea', '4', { productNumber: 'DW-40' })])?.toFixed()).toBe('4')
})

test('offsets, numerator and denominator: Celsius to Fahrenheit and back', () => {
  const toFahrenheit = conversion('C', 'F', '1', { numerator: decimal(9), denominator: decimal(5), outerOffset: decimal(32) })
  const change = { from: unit('C', 'Temperature', 1), to: unit('F', 'Temperature', 1), productNumber: '' }
  expect(convertQuantity(decimal(100), change, [toFahrenheit])?.toFixed()).toBe('212')
  expect(convertQuantity(decimal(212), { ...change, from: change.to, to: change.from }, [toFahrenheit])?.toFixed()).toBe('100')
})

test('a conversion as a factor is not rounded: a tax per box of one piece is a twelfth of it', () => {
  const change = { from: boxToPiece.to, to: boxToPiece.from, productNumber: 'DW-40' }
  expect(conversionFactor(change, box('Up'))?.times(12).toDecimalPlaces(20).toFixed()).toBe('1')
  expect(conversionFactor(boxToPiece, box('Up'))?.toFixed()).toBe('12')
  expect(conversionFactor({ ...change, to: change.from }, [])?.toFixed()).toBe('1')
  expect(conversionFactor(change, [])).toBeUndefined()
})
