import { type Decimal, decimal, formatDecimal, sum } from '@p2c/base'
import { expect, test } from 'vitest'
import { documentTotals, isOverDiscounted } from './document-totals.ts'
import { lineAmounts, lineDiscount } from './line-amounts.ts'
import { type DiscountRange, volumeDiscount } from './volume-discount.ts'

/** A line as the examples write it: price, quantity, volume discount, manual discount, tax. */
type Example = readonly [price: string, quantity: string, volume: string, manual: string, tax: string]

const linesOf = (examples: readonly Example[], rules: { discountMethod: number; decimals: number }) =>
  examples.map(([price, quantity, volume, manual, tax]) => {
    const line = {
      quantity: decimal(quantity),
      pricePerUnit: decimal(price),
      volumeDiscount: decimal(volume),
      manualDiscount: decimal(manual),
      tax: decimal(tax),
    }
    return { ...line, ...lineAmounts(line, rules), discount: lineDiscount(line, rules) }
  })

const LINE_ITEM = { discountMethod: 0, decimals: 2 }
const PER_UNIT = { discountMethod: 1, decimals: 2 }

test.each([
  ['E1 line item', LINE_ITEM, ['100', '11', '0', '10', '0'], '1100', '1090'],
  ['E1 per unit', PER_UNIT, ['100', '11', '0', '10', '0'], '1100', '990'],
  ['E2 line item', LINE_ITEM, ['100', '200', '0', '10', '0'], '20000', '19990'],
  ['E2 per unit', PER_UNIT, ['100', '200', '0', '10', '0'], '20000', '18000'],
  ['E5', LINE_ITEM, ['12.35', '60', '0.93', '5.20', '0'], '685.2', '680'],
  ['E6 in the range', LINE_ITEM, ['499', '5', '5', '0', '0'], '2470', '2470'],
  ['E6 behind the range', LINE_ITEM, ['499', '6', '0', '0', '0'], '2994', '2994'],
  ['E7', LINE_ITEM, ['10.37', '2.345', '0', '0.32', '1.68'], '24.32', '25.68'],
  ['E8 without decimals', { discountMethod: 0, decimals: 0 }, ['333.33', '3', '0', '0', '0'], '1000', '1000'],
  ['E9', LINE_ITEM, ['50', '3', '0', '10', '0'], '150', '140'],
  ['E13', PER_UNIT, ['100', '11', '0', '10', '5'], '1100', '995'],
  ['a credit', LINE_ITEM, ['80', '-2', '0', '0', '-12.5'], '-160', '-172.5'],
  ['half a cent goes away from nought', LINE_ITEM, ['0.01', '-0.5', '0', '0', '0'], '-0.01', '-0.01'],
] as const)('%s', (_name, rules, line, base, extended) => {
  const [priced] = linesOf([line], rules)
  expect([formatDecimal(priced?.baseAmount ?? decimal(0)), formatDecimal(priced?.extendedAmount ?? decimal(0))]).toEqual([base, extended])
})

const totalsOf = (
  examples: readonly Example[],
  header: readonly [percentage: string, amount: string, freight: string],
  rules: { discountMethod: number; decimals: number },
) => {
  const lines = linesOf(examples, rules)
  const [percentage, amount, freight] = header
  const totals = documentTotals(
    {
      detailAmount: sum(lines.map((line) => line.extendedAmount.minus(line.tax))),
      discount: sum(lines.map((line) => line.discount)),
      tax: sum(lines.map((line) => line.tax)),
    },
    { discountPercentage: decimal(percentage), discountAmount: decimal(amount), freightAmount: decimal(freight) },
    rules.decimals,
  )
  return Object.fromEntries(Object.entries(totals).map(([name, value]: [string, Decimal]) => [name, value.toFixed(rules.decimals)]))
}

test.each([
  [
    'E3',
    LINE_ITEM,
    [
      ['250', '4', '0', '50', '76'],
      ['19.99', '3', '0', '0', '4.80'],
    ],
    ['10', '25', '40'],
    {
      lineItemAmount: '1009.97',
      lineItemDiscountAmount: '50.00',
      totalDiscountAmount: '176.00',
      amountLessFreight: '883.97',
      tax: '80.80',
      totalAmount: '1004.77',
    },
  ],
  [
    'E10',
    LINE_ITEM,
    [
      ['120', '2', '0', '0', '24'],
      ['0', '1', '0', '0', '6'],
    ],
    ['0', '0', '30'],
    { lineItemAmount: '240.00', tax: '30.00', totalAmount: '300.00' },
  ],
  [
    'E13',
    PER_UNIT,
    [['100', '11', '0', '10', '5']],
    ['5', '0', '20'],
    {
      lineItemAmount: '990.00',
      lineItemDiscountAmount: '110.00',
      totalDiscountAmount: '159.50',
      amountLessFreight: '940.50',
      totalAmount: '965.50',
    },
  ],
  [
    'E14',
    LINE_ITEM,
    [
      ['100', '1', '0', '0', '0'],
      ['15.50', '2', '0', '1', '1.24'],
    ],
    ['0', '10', '5'],
    { lineItemAmount: '130.00', totalDiscountAmount: '11.00', amountLessFreight: '120.00', totalAmount: '126.24' },
  ],
  [
    'E15',
    LINE_ITEM,
    [
      ['80', '10', '0', '0', '0'],
      ['80', '-2', '0', '0', '0'],
    ],
    ['10', '0', '0'],
    { lineItemAmount: '640.00', totalDiscountAmount: '64.00', totalAmount: '576.00' },
  ],
  ['E16', LINE_ITEM, [['1', '1', '0', '0', '0']], ['12.5', '0', '0'], { totalDiscountAmount: '0.13', totalAmount: '0.87' }],
] as const)('%s totals', (_name, rules, lines, header, totals) => {
  expect(totalsOf(lines, header, rules)).toMatchObject(totals)
})

const percent = (low: string, high: string, percentage: string): DiscountRange => ({
  isAmount: false,
  low: decimal(low),
  high: decimal(high),
  amount: null,
  percentage: decimal(percentage),
})
const E5 = [percent('10', '49', '5'), percent('50', '99', '7.5'), percent('100', '99999', '10')]
const E6: readonly DiscountRange[] = [{ isAmount: true, low: decimal('2'), high: decimal('5'), amount: decimal('5'), percentage: null }]

test.each([
  ['E5 inside', E5, '12.35', '60', '0.93'],
  ['E5 at the beginning', E5, '12.35', '50', '0.93'],
  ['E5 at the end', E5, '12.35', '99', '0.93'],
  ['E5 between two ranges', E5, '12.35', '49.5', '0'],
  ['E5 before the first', E5, '12.35', '9.99999', '0'],
  ['E6 at the end', E6, '499', '5', '5'],
  ['E6 behind', E6, '499', '6', '0'],
  ['a credit', E6, '499', '-3', '0'],
  ['a price below nought', E5, '-12.35', '60', '0'],
] as const)('%s: a volume discount of %s', (_name, ranges, price, quantity, discount) => {
  const found = volumeDiscount({ price: decimal(price), quantity: decimal(quantity), decimals: 2 }, ranges)
  expect(formatDecimal(found)).toBe(discount)
})

test.each([
  ['100', '0', '100', false],
  ['100', '0', '100.01', true],
  ['100', '50', '50', false],
  ['100', '50', '50.01', true],
  ['0', '0', '0.01', true],
  ['-10', '0', '5', false],
] as const)('lines of %s with %s %% and %s off: too much is %s', (detail, percentage, amount, isOver) => {
  const inputs = { discountPercentage: decimal(percentage), discountAmount: decimal(amount), freightAmount: decimal(0) }
  expect(isOverDiscounted(decimal(detail), inputs, 2)).toBe(isOver)
})
