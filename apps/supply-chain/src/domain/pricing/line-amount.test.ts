import { type Decimal, decimal } from '@p2c/base'
import { expect, test } from 'vitest'
import type { DiscountCombination } from '../sales-parameters.ts'
import { NO_PRICE, randomOf } from './calculation.fixture.ts'
import { splitLineDiscount, wholeLineDiscount } from './discount-split.ts'
import { type LinePrice, lineFigures } from './line-amount.ts'
import { type AmountRounding, DEFAULT_ROUNDING, roundAmount } from './rounding.ts'

type Given = Partial<Record<keyof LinePrice, string>>

const price = (given: Given): LinePrice => ({
  ...NO_PRICE,
  ...Object.fromEntries(Object.entries(given).map(([name, value]) => [name, decimal(value)])),
})

const figures = (given: Given, combination: DiscountCombination = 'LinePlusMultiLine') =>
  lineFigures(price(given), { rounding: DEFAULT_ROUNDING, combination })

const LINES: readonly (readonly [name: string, given: Given, amount: string, discount: string])[] = [
  ['EX-01 simple line', { quantity: '10', price: '25.50' }, '255', '0'],
  ['EX-02 amount and percent', { quantity: '7', price: '100', lineDiscount: '2.5', linePercent: '5' }, '648.38', '51.62'],
  ['EX-03 price unit', { quantity: '250', price: '125', priceUnit: '100', lineDiscount: '5' }, '300', '12.5'],
  ['EX-04 split', { quantity: '3', price: '50', lineDiscount: '3.33', salesCharges: '-0.01', discountRemainder: '-0.01' }, '140', '10'],
  [
    'EX-05 split with a positive rest',
    { quantity: '3', price: '50', lineDiscount: '6.67', salesCharges: '0.01', discountRemainder: '0.01' },
    '130',
    '20',
  ],
  [
    'EX-06 seven pieces',
    { quantity: '7', price: '9.99', lineDiscount: '2.48', salesCharges: '0.01', discountRemainder: '0.01' },
    '52.58',
    '17.35',
  ],
  ['EX-10 ten percent of ten', { quantity: '10', price: '1', linePercent: '10' }, '9', '1'],
  ['a price unit of 0 is 1', { quantity: '2', price: '3', priceUnit: '0' }, '6', '0'],
  ['a negative discount raises the price', { quantity: '2', price: '3', lineDiscount: '-1' }, '8', '-2'],
  ['a credit line mirrors its original', { quantity: '-7', price: '100', lineDiscount: '2.5', linePercent: '5' }, '-648.38', '-51.62'],
  ['own charges are no discount', { quantity: '3', price: '50', salesCharges: '5' }, '155', '0'],
  ['half a cent that is all discount is worth nothing', { quantity: '0.01', price: '0.5', lineDiscount: '1' }, '0', '0.01'],
  ['a given amount stands where there is no price', { quantity: '3', givenLineAmount: '99.999' }, '100', '0'],
]

test.each(LINES)('line amount and discount: %s', (_name, given, amount, discount) => {
  const found = figures(given)
  expect([found.lineAmount.toFixed(), found.lineDiscountTotal.toFixed()]).toEqual([amount, discount])
})

const OWN_CHARGES: readonly (readonly [name: string, given: Given, own: string])[] = [
  ['typed', { quantity: '3', price: '50', salesCharges: '5' }, '5'],
  [
    'typed beside the rest of a split',
    { quantity: '3', price: '50', lineDiscount: '3.33', salesCharges: '4.99', discountRemainder: '-0.01' },
    '5',
  ],
  ['what they add to the rounded amount', { quantity: '1', price: '10.003', salesCharges: '0.003' }, '0.01'],
  [
    'none but the rest of a split',
    { quantity: '3', price: '50', lineDiscount: '3.33', salesCharges: '-0.01', discountRemainder: '-0.01' },
    '0',
  ],
]

test.each(OWN_CHARGES)('5.2 5.8 own sales charges: %s; without them the line is gross less discount', (_name, given, own) => {
  const found = figures(given)
  expect(found.ownSalesCharges.toFixed()).toBe(own)
  const gross = roundAmount(decimal(given.quantity ?? '0').times(given.price ?? '0'), DEFAULT_ROUNDING)
  expect(found.lineAmount.minus(found.ownSalesCharges).toFixed()).toBe(gross.minus(found.lineDiscountTotal).toFixed())
})

test('EX-02 the unit net price is not rounded', () => {
  expect(figures({ quantity: '7', price: '100', lineDiscount: '2.5', linePercent: '5' }).unitNet.toFixed()).toBe('92.625')
})

const COMBINATIONS: Record<DiscountCombination, string> = {
  // 100 less 10, less 5 percent; 100 less 4, less 20 percent.
  Line: '85.5',
  MultiLine: '76.8',
  MaxLineMultiLine: '76.8',
  MinLineMultiLine: '85.5',
  LinePlusMultiLine: '64.5',
  LineMultiplyMultiLine: '65.2',
}

test.each(Object.entries(COMBINATIONS))('line and multiline discount combine as %s', (combination, unitNet) => {
  const given = { quantity: '1', price: '100', lineDiscount: '10', linePercent: '5', multiLineDiscount: '4', multiLinePercent: '20' }
  expect(figures(given, combination as DiscountCombination).unitNet.toFixed()).toBe(unitNet)
})

const ROUNDINGS: readonly (readonly [value: string, rule: string, type: AmountRounding['type'], expected: string])[] = [
  ['1.005', '0.01', 'Ordinary', '1.01'],
  ['-1.005', '0.01', 'Ordinary', '-1.01'],
  ['1.009', '0.01', 'RoundDown', '1'],
  ['-1.009', '0.01', 'RoundDown', '-1'],
  ['1.001', '0.01', 'RoundUp', '1.01'],
  ['-1.001', '0.01', 'RoundUp', '-1.01'],
  ['1.025', '0.05', 'Ordinary', '1.05'],
  ['1.02', '0.05', 'Ordinary', '1'],
  ['1234', '0', 'Ordinary', '1234'],
  ['987.345', '0.25', 'RoundUp', '987.5'],
]

test.each(ROUNDINGS)('0.3 %s rounded to %s (%s) is %s', (value, rule, type, expected) => {
  expect(roundAmount(decimal(value), { rule: decimal(rule), type }).toFixed()).toBe(expected)
})

test('a digit that a division leaves behind rounds nothing up', () => {
  const third = decimal('10').dividedBy(decimal('3'))
  expect(roundAmount(third.times(decimal('3')), { ...DEFAULT_ROUNDING, type: 'RoundDown' }).toFixed()).toBe('10')
})

const SPLITS: readonly (readonly [name: string, quantity: string, discount: string, each: string, rest: string])[] = [
  ['EX-04', '3', '10', '3.33', '-0.01'],
  ['EX-05', '3', '20', '6.67', '0.01'],
  ['EX-06', '7', '17.35', '2.48', '0.01'],
  ['9.2 exact', '4', '10', '2.5', '0'],
  ['9.2 rounds up', '3', '2', '0.67', '0.01'],
  ['9.2 one piece', '1', '10', '10', '0'],
  ['9.2 half a cent', '8', '0.2', '0.03', '0.04'],
  ['a returned piece', '-3', '-10', '3.33', '0.01'],
]

test.each(SPLITS)('a whole-line discount is split: %s', (_name, quantity, discount, each, rest) => {
  const split = splitLineDiscount(
    { wholeDiscount: decimal(discount), quantity: decimal(quantity), priceUnit: decimal(1), ownCharges: decimal('2.5') },
    DEFAULT_ROUNDING,
  )
  expect(split?.lineDiscount.toFixed()).toBe(each)
  expect(split?.remainder.toFixed()).toBe(rest)
  expect(split?.salesCharges.toFixed()).toBe(decimal(rest).plus('2.5').toFixed())
})

test('E31 a discount without a quantity cannot be split; no discount needs none', () => {
  const nothing = { quantity: decimal(0), priceUnit: decimal(1), ownCharges: decimal(3) }
  expect(splitLineDiscount({ ...nothing, wholeDiscount: decimal('0.01') }, DEFAULT_ROUNDING)).toBeUndefined()
  expect(splitLineDiscount({ ...nothing, wholeDiscount: decimal(0) }, DEFAULT_ROUNDING)?.salesCharges.toFixed()).toBe('3')
})

const cents = (random: (below: number) => number, below: number): Decimal => decimal(random(below)).dividedBy(100)

test('5.3 whatever the quantity, price unit and discount, the discount comes back and the line is price x quantity less it', () => {
  const seed = Math.trunc(Math.random() * 2 ** 31)
  const random = randomOf(seed)
  for (let round = 0; round < 2000; round++) {
    const quantity =
      random(4) === 0
        ? decimal(random(5_000_000) + 1)
            .dividedBy(decimal(random(2) === 0 ? 1000 : 7))
            .toDecimalPlaces(6)
        : decimal(random(900) + 1)
    const priceUnit = decimal([1, 1, 10, 100, 3][random(5)] ?? 1)
    const wholeDiscount = cents(random, 200_000)
    const ownCharges = random(3) === 0 ? cents(random, 5000) : decimal(0)
    const unitPrice = decimal(random(10_000_000)).dividedBy(10_000)
    const at = `seed ${seed}, round ${round}: q ${quantity.toFixed()}, u ${priceUnit.toFixed()}, p ${unitPrice.toFixed()}, discount ${wholeDiscount.toFixed()}`
    const split = splitLineDiscount({ wholeDiscount, quantity, priceUnit, ownCharges }, DEFAULT_ROUNDING)
    if (split === undefined) throw new Error(at)
    // As a row keeps it: through its texts.
    const stored = { lineDiscount: decimal(split.lineDiscount.toFixed()), remainder: decimal(split.remainder.toFixed()) }
    expect(wholeLineDiscount({ ...stored, quantity, priceUnit }, DEFAULT_ROUNDING).toFixed(), at).toBe(wholeDiscount.toFixed())
    const found = lineFigures(
      {
        ...NO_PRICE,
        quantity,
        price: unitPrice,
        priceUnit,
        lineDiscount: stored.lineDiscount,
        salesCharges: decimal(split.salesCharges.toFixed()),
        discountRemainder: stored.remainder,
      },
      { rounding: DEFAULT_ROUNDING, combination: 'LinePlusMultiLine' },
    )
    expect(found.lineDiscountTotal.toFixed(), at).toBe(wholeDiscount.toFixed())
    expect(found.ownSalesCharges.toFixed(), at).toBe(ownCharges.toFixed())
    // The other side takes the discount from its own rounded amount and reaches the same net.
    const gross = roundAmount(quantity.times(unitPrice).dividedBy(priceUnit), DEFAULT_ROUNDING)
    const net = gross.minus(wholeDiscount).plus(ownCharges)
    if (ownCharges.isZero() || gross.greaterThanOrEqualTo(wholeDiscount)) expect(found.lineAmount.toFixed(), at).toBe(net.toFixed())
  }
})
