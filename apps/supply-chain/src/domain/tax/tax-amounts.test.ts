import { decimal, sum } from '@p2c/base'
import { expect, test } from 'vitest'
import { randomOf, type TestTaxCode, taxOf } from '../pricing/calculation.fixture.ts'
import { DEFAULT_ROUNDING } from '../pricing/rounding.ts'
import { taxAmounts } from './tax-amounts.ts'
import type { Taxable } from './taxable.ts'

const taxable = (amount: string, more: Partial<Taxable> = {}): Taxable => ({
  amount: decimal(amount),
  isInclusive: false,
  taxGroup: 'TX',
  taxItemGroup: 'ALL',
  date: '2025-02-11',
  quantity: decimal(1),
  unitFactors: new Map(),
  ...more,
})

interface Given {
  readonly codes: readonly TestTaxCode[]
  readonly lines: readonly Taxable[]
  readonly method?: 'Line' | 'Total'
  readonly roundingBy?: 'TaxCode' | 'TaxCodeSet'
}

/** Amounts per line, codes in alphabetical order. */
function amounts({ codes, lines, method = 'Line', roundingBy = 'TaxCode' }: Given): string[][] {
  const tax = taxAmounts(lines, { setUp: taxOf(codes, roundingBy), method, rounding: DEFAULT_ROUNDING })
  expect(tax.problems).toEqual([])
  return lines.map((_, index) => tax.amounts.filter((each) => each.index === index).map(({ amount }) => amount.toFixed(2)))
}

const UP = { TaxRoundOffType: 'RoundUp' }
const GROSS_UP = { ...UP, TaxBase: 'PctGrosOnNet' }
const OF_INVOICE = { TaxLimitBase: 'InvoiceWithoutVAT' }
const twoCodes = (row: TestTaxCode['row'] = {}): TestTaxCode[] => [
  { code: '1', value: '10', row },
  { code: '2', value: '10', row },
]
const TWO_LINES = [taxable('42.42'), taxable('42.42')]

const ROUNDINGS: readonly (readonly [name: string, given: Given, expected: string[][]])[] = [
  ['EX-09 by line', { codes: twoCodes(UP).slice(0, 1), lines: TWO_LINES }, [['4.25'], ['4.25']]],
  [
    'EX-09 for the document, the rest on the first line',
    { codes: twoCodes(UP).slice(0, 1), lines: TWO_LINES, method: 'Total' },
    [['4.25'], ['4.24']],
  ],
  [
    'a code on the balance of the invoice is for the document anyway',
    { codes: twoCodes({ ...UP, ...OF_INVOICE }), lines: TWO_LINES },
    [
      ['4.25', '4.25'],
      ['4.24', '4.24'],
    ],
  ],
  [
    'calculated percentage by line',
    { codes: twoCodes(GROSS_UP), lines: TWO_LINES },
    [
      ['4.72', '4.72'],
      ['4.72', '4.72'],
    ],
  ],
  [
    'calculated percentage for the document',
    { codes: twoCodes({ ...GROSS_UP, ...OF_INVOICE }), lines: TWO_LINES },
    [
      ['4.72', '4.72'],
      ['4.71', '4.71'],
    ],
  ],
  [
    'by combination of codes',
    { codes: twoCodes(UP), lines: TWO_LINES, roundingBy: 'TaxCodeSet' },
    [
      ['4.25', '4.24'],
      ['4.24', '4.24'],
    ],
  ],
  [
    'calculated percentage by combination',
    { codes: twoCodes(GROSS_UP), lines: TWO_LINES, roundingBy: 'TaxCodeSet' },
    [
      ['4.72', '4.71'],
      ['4.71', '4.72'],
    ],
  ],
  [
    'no code rounds finer than the currency',
    { codes: [{ code: '1', value: '10', row: { TaxRoundOff: '0.001' } }], lines: [taxable('0.55')] },
    [['0.06']],
  ],
  ['a code may round coarser', { codes: [{ code: '1', value: '10', row: { TaxRoundOff: '1' } }], lines: [taxable('42.42')] }, [['4.00']]],
]

test.each(ROUNDINGS)('5.7 rounding: %s', (_name, given, expected) => {
  expect(amounts(given)).toEqual(expected)
})

const net = (code: string, value: string, row: TestTaxCode['row'] = {}): TestTaxCode => ({ code, value, row })
const SALESTAX_ON_GROSS = net('SALESTAX', '25', { TaxBase: 'PctPerGross' })
const perUnit = (code: string, value: string, row: TestTaxCode['row'] = {}) => net(code, value, { TaxBase: 'AmountByUnit', ...row })
const BEFORE = { CalculateUnitTaxBeforeSalesTax: 'Yes' }
const TEN = [taxable('10')]

const ORIGINS: readonly (readonly [name: string, codes: readonly TestTaxCode[], lines: readonly Taxable[], expected: string[][]])[] = [
  ['percentage of the net amount', [net('V', '25')], [taxable('9')], [['2.25']]],
  ['percentage of the gross amount', [net('DUTY1', '10'), net('DUTY2', '20'), SALESTAX_ON_GROSS], TEN, [['1.00', '2.00', '3.25']]],
  [
    'percentage of the gross amount with one other tax',
    [net('DUTY1', '10'), net('DUTY2', '20'), net('SALESTAX', '25', { TaxBase: 'PctPerGross', TaxOnTax: 'duty1' })],
    TEN,
    [['1.00', '2.00', '2.75']],
  ],
  [
    'percentage of a tax',
    [net('DUTY1', '10'), net('DUTY2', '20', { TaxBase: 'PctPerTax', TaxOnTax: 'DUTY1' }), SALESTAX_ON_GROSS],
    TEN,
    [['1.00', '0.20', '2.80']],
  ],
  [
    'a tax on a tax on a tax does not exist',
    [net('A', '10'), net('B', '20', { TaxBase: 'PctPerTax', TaxOnTax: 'A' }), net('C', '50', { TaxBase: 'PctPerTax', TaxOnTax: 'B' })],
    TEN,
    [['1.00', '0.20', '0.00']],
  ],
  ['a percentage of a tax that the line does not have', [net('B', '20', { TaxBase: 'PctPerTax', TaxOnTax: 'A' })], TEN, [['0.00']]],
  ['an amount per unit', [perUnit('D', '1.2')], [taxable('500', { quantity: decimal(25) })], [['30.00']]],
  [
    'an amount per unit in another unit',
    [perUnit('D', '1.2', { TaxUnitId: 'box' })],
    [taxable('500', { quantity: decimal(300), unitFactors: new Map([['box', decimal(1).dividedBy(12)]]) })],
    [['30.00']],
  ],
  ['a charge has no units', [perUnit('D', '1.2', { TaxUnitId: 'box' })], [taxable('500', { quantity: decimal(0) })], [['0.00']]],
  ['an amount per unit and a percentage of the net amount', [perUnit('DUTY', '5'), net('SALESTAX', '25')], TEN, [['5.00', '2.50']]],
  [
    'an amount per unit before a percentage of the net amount',
    [perUnit('DUTY', '5', BEFORE), net('SALESTAX', '25')],
    TEN,
    [['5.00', '3.75']],
  ],
  ['an amount per unit and a percentage of the gross amount', [perUnit('DUTY', '5'), SALESTAX_ON_GROSS], TEN, [['5.00', '3.75']]],
  [
    'two amounts per unit, one before',
    [perUnit('D1', '5', BEFORE), perUnit('D2', '2.5'), net('SALESTAX', '25')],
    TEN,
    [['5.00', '2.50', '3.75']],
  ],
  ['calculated percentage of the net amount', [net('V', '25', { TaxBase: 'PctGrosOnNet' })], TEN, [['3.33']]],
  ['a calculated percentage of all of the price', [net('V', '100', { TaxBase: 'PctGrosOnNet' })], TEN, [['0.00']]],
  ['tax on a margin is on no document', [net('M', '25', { TaxBase: 'PctPerMargin' })], TEN, [['0.00']]],
  [
    'a credit mirrors its invoice',
    [net('V', '25'), net('W', '10', { TaxBase: 'PctPerTax', TaxOnTax: 'V' })],
    [taxable('-9')],
    [['-2.25', '-0.23']],
  ],
]

test.each(ORIGINS)('5.7 origin: %s', (_name, codes, lines, expected) => {
  expect(amounts({ codes, lines })).toEqual(expected)
})

const INTERVALS = [
  { MinimumLimit: '0', MaximumLimit: '50', Value: '30' },
  { MinimumLimit: '50', MaximumLimit: '100', Value: '20' },
  { MinimumLimit: '100', MaximumLimit: '0', Value: '10' },
]
const limited = (limitBase: string, method = 'FullAmounts'): TestTaxCode => ({
  code: 'TAX',
  values: INTERVALS,
  row: { TaxLimitBase: limitBase, TaxCalculationMethod: method },
})
const LAMP_DUTY = perUnit('DUTY', '5', BEFORE)
const lamps = (quantity: number) => taxable(String(quantity * 25), { quantity: decimal(quantity) })

const LIMITS: readonly (readonly [name: string, codes: readonly TestTaxCode[], lines: readonly Taxable[], expected: string[][]])[] = [
  ['whole amount 35', [limited('LineWithoutVAT')], [taxable('35')], [['10.50']]],
  ['whole amount 50: a limit belongs to the interval below it', [limited('LineWithoutVAT')], [taxable('50')], [['15.00']]],
  ['whole amount 85', [limited('LineWithoutVAT')], [taxable('85')], [['17.00']]],
  ['whole amount 305', [limited('LineWithoutVAT')], [taxable('305')], [['30.50']]],
  ['whole amount of a credit', [limited('LineWithoutVAT')], [taxable('-85')], [['-17.00']]],
  ['interval 85', [limited('LineWithoutVAT', 'Interval')], [taxable('85')], [['22.00']]],
  ['interval 305', [limited('LineWithoutVAT', 'Interval')], [taxable('305')], [['45.50']]],
  ['interval 0', [limited('LineWithoutVAT', 'Interval')], [taxable('0')], [['0.00']]],
  ['net amount per line', [limited('LineWithoutVAT', 'Interval')], [lamps(4), lamps(4)], [['25.00'], ['25.00']]],
  ['net amount per unit', [limited('UnitWithoutVAT')], [lamps(8)], [['60.00']]],
  ['net amount of the invoice', [limited('InvoiceWithoutVAT', 'Interval')], [lamps(4), lamps(4)], [['17.50'], ['17.50']]],
  ['gross amount per line', [LAMP_DUTY, limited('LineInclVAT', 'Interval')], [lamps(8)], [['40.00', '39.00']]],
  [
    'gross amount of two lines',
    [LAMP_DUTY, limited('LineInclVAT', 'Interval')],
    [lamps(4), lamps(4)],
    [
      ['20.00', '27.00'],
      ['20.00', '27.00'],
    ],
  ],
  ['gross amount per unit', [LAMP_DUTY, limited('UnitInclVAT')], [lamps(8)], [['40.00', '72.00']]],
  [
    'invoice total with other taxes',
    [LAMP_DUTY, limited('InvoiceInclVAT', 'Interval')],
    [lamps(4), lamps(4)],
    [
      ['20.00', '19.50'],
      ['20.00', '19.50'],
    ],
  ],
  [
    'outside all limits',
    [{ code: 'TAX', values: [{ MinimumLimit: '100', MaximumLimit: '200', Value: '10' }] }],
    [taxable('50'), taxable('250')],
    [['0.00'], ['0.00']],
  ],
]

test.each(LIMITS)('5.7 limits: %s', (_name, codes, lines, expected) => {
  expect(amounts({ codes, lines })).toEqual(expected)
})

test('the rate is that of the day; of two that began, the later one', () => {
  const values = [
    { FromDate: '1900-01-01', ToDate: '2024-12-31', Value: '7' },
    { FromDate: '2025-01-01', ToDate: '1900-01-01', Value: '8' },
    { FromDate: '2025-06-01', ToDate: '1900-01-01', Value: '9' },
  ]
  const days = ['2024-12-31', '2025-01-01', '2025-06-01', '2030-01-01']
  expect(amounts({ codes: [{ code: 'V', values }], lines: days.map((date) => taxable('100', { date })) })).toEqual([
    ['7.00'],
    ['8.00'],
    ['9.00'],
    ['9.00'],
  ])
})

test('codes are those that group and item have in common; exempt ones show their base', () => {
  const lines = [
    taxable('100'),
    taxable('100', { taxItemGroup: 'NONE' }),
    taxable('100', { taxGroup: '' }),
    taxable('100', { taxGroup: 'tx', taxItemGroup: 'all' }),
  ]
  const tax = taxAmounts(lines, {
    setUp: taxOf([
      { code: 'V', value: '8' },
      { code: 'X', value: '9', isExempt: true },
    ]),
    method: 'Line',
    rounding: DEFAULT_ROUNDING,
  })
  expect(
    tax.amounts.map(({ index, code, isExempt, base, amount }) => [index, code.code, isExempt, base.toFixed(), amount.toFixed()]),
  ).toEqual([
    [0, 'V', false, '100', '8'],
    [0, 'X', true, '100', '0'],
    [3, 'V', false, '100', '8'],
    [3, 'X', true, '100', '0'],
  ])
})

test('E30 two codes on the gross amount refuse the document, an exempt one does not', () => {
  const both = [SALESTAX_ON_GROSS, net('OTHER', '5', { TaxBase: 'PctPerGross' })]
  const rules = { method: 'Line', rounding: DEFAULT_ROUNDING } as const
  expect(taxAmounts(TEN, { ...rules, setUp: taxOf(both) }).problems.map(({ code }) => code)).toEqual(['E30'])
  const exempt = both.map((each) => ({ ...each, isExempt: each.code === 'OTHER' }))
  expect(taxAmounts(TEN, { ...rules, setUp: taxOf(exempt) }).problems).toEqual([])
})

const INCLUSIVE: readonly (readonly [name: string, codes: readonly TestTaxCode[], amount: string, expected: string[]])[] = [
  ['EX-11 one code', [net('V', '8')], '108', ['8.00']],
  ['two codes', [net('A', '8'), net('B', '12')], '120', ['8.00', '12.00']],
  ['a calculated percentage is one of the price', [net('V', '25', { TaxBase: 'PctGrosOnNet' })], '10', ['2.50']],
  ['an amount per unit in the price', [perUnit('D', '5', BEFORE), net('V', '25')], '18.75', ['5.00', '3.75']],
  ['a tax on the gross amount in the price', [net('A', '10'), net('S', '25', { TaxBase: 'PctPerGross' })], '13.75', ['1.00', '2.75']],
  ['limits of the net amount', [limited('LineWithoutVAT')], '102', ['17.00']],
]

test.each(INCLUSIVE)('5.7 prices include tax: %s', (_name, codes, amount, expected) => {
  expect(amounts({ codes, lines: [taxable(amount, { isInclusive: true })] })).toEqual([expected])
})

test('5.7 whatever is taxed for the document, the parts add up to the rounded whole and only the first line carries the rest', () => {
  const seed = Math.trunc(Math.random() * 2 ** 31)
  const random = randomOf(seed)
  for (let round = 0; round < 500; round++) {
    const rate = (random(3000) / 100).toFixed(2)
    const lines = Array.from({ length: 1 + random(8) }, () => taxable((random(100_000) / 100).toFixed(2)))
    const [up, setUp] = random(2) === 0 ? ([true, taxOf([net('V', rate, UP)])] as const) : ([false, taxOf([net('V', rate)])] as const)
    const found = taxAmounts(lines, { setUp, method: 'Total', rounding: DEFAULT_ROUNDING }).amounts.map(({ amount }) => amount)
    const exact = lines.map((line) => line.amount.times(rate).dividedBy(100))
    const at = `seed ${seed}, round ${round}`
    expect(sum(found).toFixed(2), at).toBe(
      sum(exact)
        .toDecimalPlaces(2, up ? 0 : 4)
        .toFixed(2),
    )
    const first = exact.findIndex((each) => !each.isZero())
    for (const [index, each] of exact.entries())
      if (index !== first) expect(found[index]?.toFixed(2), at).toBe(each.toDecimalPlaces(2, 4).toFixed(2))
  }
})
