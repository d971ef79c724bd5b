import { type Decimal, decimal, sum } from '@p2c/base'
import { expect, test } from 'vitest'
import { aDocument, type GivenDocument, randomOf, taxOf } from './calculation.fixture.ts'
import { type DocumentTotals, documentTotals } from './document-totals.ts'
import { DEFAULT_ROUNDING, roundAmount } from './rounding.ts'

const LINES_300_140 = [
  { quantity: '250', price: '125', priceUnit: '100', lineDiscount: '5' },
  { quantity: '3', price: '50', lineDiscount: '3.33', salesCharges: '-0.01', discountRemainder: '-0.01' },
]

type Column =
  | 'lineTotalAmount'
  | 'totalDiscountAmount'
  | 'discountAmount'
  | 'chargesAmount'
  | 'taxAmount'
  | 'headerTaxAmount'
  | 'totalAmount'

const columns = (totals: DocumentTotals): Record<Column, string> => ({
  lineTotalAmount: totals.lineTotalAmount.toFixed(2),
  totalDiscountAmount: totals.totalDiscountAmount.toFixed(2),
  discountAmount: totals.discountAmount.toFixed(2),
  chargesAmount: totals.chargesAmount.toFixed(2),
  taxAmount: totals.taxAmount.toFixed(2),
  headerTaxAmount: totals.headerTaxAmount.toFixed(2),
  totalAmount: totals.totalAmount.toFixed(2),
})

const EXAMPLES: readonly (readonly [name: string, given: GivenDocument, expected: Partial<Record<Column, string>>])[] = [
  [
    'EX-01 simple line',
    { lines: [{ quantity: '10', price: '25.5' }] },
    { lineTotalAmount: '255.00', taxAmount: '20.40', totalAmount: '275.40' },
  ],
  [
    'EX-02 amount and percent',
    { lines: [{ quantity: '7', price: '100', lineDiscount: '2.5', linePercent: '5' }] },
    { lineTotalAmount: '648.38', discountAmount: '51.62', taxAmount: '51.87', totalAmount: '700.25' },
  ],
  [
    'EX-04 the rest of a split is no charge',
    { lines: LINES_300_140.slice(1) },
    { lineTotalAmount: '140.00', discountAmount: '10.00', chargesAmount: '0.00', taxAmount: '11.20', totalAmount: '151.20' },
  ],
  [
    'EX-07 total discount',
    { lines: LINES_300_140, totalDiscountPercent: '5' },
    { totalDiscountAmount: '22.00', discountAmount: '44.50', taxAmount: '33.44', totalAmount: '451.44' },
  ],
  [
    'EX-08 freight with tax',
    { lines: LINES_300_140, charges: [{ value: '30' }] },
    { headerTaxAmount: '2.40', chargesAmount: '30.00', taxAmount: '37.60', totalAmount: '507.60' },
  ],
  [
    'EX-10 discounted tax',
    { lines: [{ quantity: '10', price: '1', linePercent: '10' }], tax: taxOf([{ code: 'V', value: '25' }]) },
    { lineTotalAmount: '9.00', taxAmount: '2.25', totalAmount: '11.25' },
  ],
  [
    'EX-11 tax included',
    { lines: [{ quantity: '1', price: '108' }], pricesIncludeTax: true },
    { lineTotalAmount: '100.00', taxAmount: '8.00', totalAmount: '108.00' },
  ],
  [
    'tax included with a total discount and own charges: the customer pays the sum of the lines less the discount',
    { lines: [{ quantity: '2', price: '108', salesCharges: '10.80' }], pricesIncludeTax: true, totalDiscountPercent: '10' },
    { lineTotalAmount: '200.88', totalDiscountAmount: '22.68', chargesAmount: '10.80', taxAmount: '15.12', totalAmount: '204.12' },
  ],
  [
    'own sales charges are charges, whether they came with a split or not',
    { lines: [{ quantity: '3', price: '50', lineDiscount: '3.33', salesCharges: '4.99', discountRemainder: '-0.01' }] },
    { lineTotalAmount: '140.00', chargesAmount: '5.00', discountAmount: '10.00', taxAmount: '11.60', totalAmount: '156.60' },
  ],
  [
    'charges of lines: fixed, per piece, percent; of the header: percent of the lines',
    {
      lines: [
        { quantity: '4', price: '25' },
        { quantity: '1', price: '50' },
      ],
      charges: [
        { lineRecId: '100', value: '3' },
        { lineRecId: '100', category: 'Pcs', value: '1.25' },
        { lineRecId: '101', category: 'Percent', value: '2' },
        { category: 'Percent', value: '10' },
      ],
    },
    { lineTotalAmount: '150.00', chargesAmount: '24.00', headerTaxAmount: '1.20', taxAmount: '13.92', totalAmount: '187.92' },
  ],
  [
    'a cancelled line has no part in any total, nor have its charges',
    {
      lines: [
        { quantity: '1', price: '100' },
        { quantity: '1', price: '900', isCanceled: true, lineDiscount: '5' },
      ],
      charges: [
        { lineRecId: '101', value: '7' },
        { category: 'Percent', value: '10' },
      ],
      totalDiscountPercent: '5',
    },
    {
      lineTotalAmount: '100.00',
      totalDiscountAmount: '5.00',
      discountAmount: '5.00',
      chargesAmount: '10.00',
      taxAmount: '8.40',
      totalAmount: '113.40',
    },
  ],
  [
    'the total discount is of the lines that take part, its rest on the last of them',
    {
      lines: [
        { quantity: '1', price: '0.55' },
        { quantity: '1', price: '0.55' },
        { quantity: '1', price: '100', takesPartInTotalDiscount: false },
      ],
      totalDiscountPercent: '10',
    },
    { totalDiscountAmount: '0.11', lineTotalAmount: '101.10' },
  ],
  [
    'a charge that the customer gets is taken off; one that is booked elsewhere is on no document',
    {
      lines: [{ quantity: '1', price: '100' }],
      charges: [
        { value: '10', sign: -1 },
        { value: '99', sign: 0 },
      ],
    },
    { chargesAmount: '-10.00', headerTaxAmount: '-0.80', totalAmount: '97.20' },
  ],
  [
    'tiers hold from the lower limit on and below the upper one',
    {
      lines: [{ quantity: '1', price: '100' }],
      charges: [
        { value: '15', toOrderAmount: '100' },
        { value: '9', fromOrderAmount: '100', toOrderAmount: '500' },
        { value: '0.01', fromOrderAmount: '500' },
      ],
    },
    { chargesAmount: '9.00' },
  ],
  [
    'no lines',
    { lines: [], charges: [{ value: '5' }] },
    { lineTotalAmount: '0.00', chargesAmount: '5.00', taxAmount: '0.40', totalAmount: '5.40' },
  ],
  [
    'a currency without small coins',
    {
      lines: [
        { quantity: '1', price: '10.05', taxGroup: '' },
        { quantity: '1', price: '0.05' },
      ],
      currency: { RoundingRuleSalesOrders: '0.05', GeneralRoundingRule: '0.05' },
    },
    { lineTotalAmount: '10.10', taxAmount: '0.00', totalAmount: '10.10' },
  ],
]

test.each(EXAMPLES)('5.8 totals: %s', (_name, given, expected) => {
  expect(columns(documentTotals(aDocument(given)))).toMatchObject(expected)
})

test('EX-07 and EX-08 each line carries its tax, the header only that of its charges', () => {
  const discounted = documentTotals(aDocument({ lines: LINES_300_140, totalDiscountPercent: '5' }))
  expect(discounted.lines.map((line) => line.taxAmount.toFixed(2))).toEqual(['22.80', '10.64'])
  expect(discounted.lines.map((line) => line.totalDiscountPart.toFixed(2))).toEqual(['15.00', '7.00'])
  const freight = documentTotals(aDocument({ lines: LINES_300_140, charges: [{ value: '30' }] }))
  expect(freight.lines.map((line) => line.taxAmount.toFixed(2))).toEqual(['24.00', '11.20'])
  expect(freight.charges.map((charge) => [charge.recId, charge.amount.toFixed(2), charge.taxAmount.toFixed(2)])).toEqual([
    ['900', '30.00', '2.40'],
  ])
  expect(
    freight.taxes.map(({ lineRecId, chargeRecId, taxCode, base, amount }) => [
      lineRecId,
      chargeRecId,
      taxCode,
      base.toFixed(2),
      amount.toFixed(2),
    ]),
  ).toEqual([
    ['100', '', 'ST8', '300.00', '24.00'],
    ['101', '', 'ST8', '140.00', '11.20'],
    ['', '900', 'ST8', '30.00', '2.40'],
  ])
})

test('tax on a charge of a line is tax of the line', () => {
  const totals = documentTotals(aDocument({ lines: [{ quantity: '1', price: '100' }], charges: [{ lineRecId: '100', value: '10' }] }))
  expect(totals.lines[0]?.taxAmount.toFixed(2)).toBe('8.80')
  expect(totals.headerTaxAmount.toFixed(2)).toBe('0.00')
})

test('E30 a document with two codes on the gross amount has no totals that can be relied on', () => {
  const gross = { row: { TaxBase: 'PctPerGross' }, value: '5' }
  const totals = documentTotals(
    aDocument({
      lines: [{ quantity: '1', price: '10' }],
      tax: taxOf([
        { code: 'A', ...gross },
        { code: 'B', ...gross },
      ]),
    }),
  )
  expect(totals.problems.map(({ code }) => code)).toEqual(['E30'])
})

const cents = (random: (below: number) => number, below: number): string => (random(below) / 100).toFixed(2)

function randomDocument(random: (below: number) => number): GivenDocument {
  const lines = Array.from({ length: 1 + random(6) }, () => ({
    quantity: random(3) === 0 ? (random(10_000) / 1000).toFixed(3) : String(1 + random(40)),
    price: cents(random, 90_000),
    priceUnit: random(4) === 0 ? '100' : '1',
    lineDiscount: random(2) === 0 ? cents(random, 300) : '0',
    linePercent: random(2) === 0 ? String(random(40)) : '0',
    salesCharges: random(3) === 0 ? cents(random, 900) : '0',
    isCanceled: random(8) === 0,
    takesPartInTotalDiscount: random(4) !== 0,
    taxGroup: random(6) === 0 ? '' : 'TX',
  }))
  return {
    lines,
    charges: Array.from({ length: random(4) }, () => ({
      value: cents(random, 4000),
      category: random(3) === 0 ? ('Percent' as const) : ('Fixed' as const),
      lineRecId: random(2) === 0 ? '' : String(100 + random(lines.length)),
    })),
    totalDiscountPercent: String(random(3) === 0 ? 0 : random(30)),
    pricesIncludeTax: random(4) === 0,
    tax: taxOf(
      [
        { code: 'A', value: String(random(25)) },
        { code: 'B', value: (random(900) / 100).toFixed(2) },
      ],
      random(3) === 0 ? 'TaxCodeSet' : 'TaxCode',
    ),
    parameters: { taxCalculationMethod: random(2) === 0 ? 'Total' : 'Line' },
  }
}

test('5.8 whatever the document, totals are the sums of its lines and charges to the cent', () => {
  const seed = Math.trunc(Math.random() * 2 ** 31)
  const random = randomOf(seed)
  for (let round = 0; round < 300; round++) {
    const document = aDocument(randomDocument(random))
    const totals = documentTotals(document)
    const at = `seed ${seed}, round ${round}`
    const counted = totals.lines.filter((line) => !line.isCanceled)
    const headerCharges = totals.charges.filter(({ lineRecId }) => lineRecId === '')
    const all = (amounts: readonly Decimal[]): string => sum(amounts).toFixed(2)
    expect(totals.taxAmount.toFixed(2), at).toBe(all([totals.headerTaxAmount, ...counted.map((line) => line.taxAmount)]))
    expect(totals.taxAmount.toFixed(2), at).toBe(all(totals.taxes.map(({ amount }) => amount)))
    expect(totals.chargesAmount.toFixed(2), at).toBe(
      all([...headerCharges.map(({ amount }) => amount), ...counted.map((line) => line.chargesAmount)]),
    )
    expect(totals.discountAmount.toFixed(2), at).toBe(all([totals.totalDiscountAmount, ...counted.map((line) => line.discountAmount)]))
    expect(totals.totalDiscountAmount.toFixed(2), at).toBe(all(counted.map((line) => line.totalDiscountPart)))
    const parts = [totals.lineTotalAmount, totals.totalDiscountAmount.negated(), totals.chargesAmount, totals.taxAmount]
    expect(totals.totalAmount.toFixed(2), at).toBe(all(parts))
    for (const amount of [...Object.values(columns(totals)).map(decimal), ...counted.map((line) => line.taxAmount)])
      expect(amount.times(100).isInteger(), at).toBe(true)
    // Systems that keep one discount per line reach the same net: rounded price x quantity less discount, line by line.
    const priced = document.lines.filter((line) => !line.isCanceled && !line.lineAmount.isNegative())
    for (const { recId, price, lineAmount } of priced) {
      const line = totals.lines.find((each) => each.recId === recId)
      const gross = roundAmount(price.quantity.times(price.price).dividedBy(price.priceUnit), DEFAULT_ROUNDING)
      const net = lineAmount.minus(line?.ownSalesCharges ?? 0)
      if (!net.isNegative()) expect(gross.minus(line?.discountAmount ?? 0).toFixed(2), at).toBe(net.toFixed(2))
    }
    // With tax in the prices the customer pays the line amounts, less the discount, and charges with their tax.
    if (document.pricesIncludeTax) {
      const lineCharges = totals.charges.filter(({ lineRecId }) => counted.some(({ recId }) => recId === lineRecId))
      const charges = [...headerCharges, ...lineCharges].flatMap(({ amount, taxAmount }) => [amount, taxAmount])
      expect(totals.totalAmount.toFixed(2), at).toBe(all([totals.lineAmounts, totals.totalDiscountAmount.negated(), ...charges]))
    }
  }
})
