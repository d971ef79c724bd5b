import { decimal, sum } from '@p2c/base'
import { expect, test } from 'vitest'
import type { SalesParameters } from '../sales-parameters.ts'
import { aDocument, type GivenDocument, randomOf } from './calculation.fixture.ts'
import type { CalculationDocument } from './calculation-document.ts'
import { documentTotals } from './document-totals.ts'
import { partialInvoice } from './partial-invoice.ts'

interface Step {
  /** Quantity per line, in their order; 0: the line is not on the invoice. */
  readonly quantities: readonly number[]
  readonly isFinal: boolean
}

/** Invoices an order step by step, as posting does: charges remember what was invoiced. */
function invoices(given: GivenDocument, steps: readonly Step[]) {
  let order: CalculationDocument = aDocument(given)
  const before = order.lines.map(() => decimal(0))
  return steps.map(({ quantities, isFinal }) => {
    const invoiced = new Map(
      order.lines.flatMap((line, index) => {
        const quantity = decimal(quantities[index] ?? 0)
        const invoicedBefore = before[index] ?? decimal(0)
        before[index] = invoicedBefore.plus(quantity)
        const isLast = invoicedBefore.plus(quantity).greaterThanOrEqualTo(line.price.quantity)
        return quantity.isZero() ? [] : [[line.recId, { quantity, invoicedBefore, isFinal: isLast }] as const]
      }),
    )
    const { document, charges } = partialInvoice(order, invoiced, { isFinal })
    const progress = new Map(charges.map((each) => [each.recId, each]))
    order = { ...order, charges: order.charges.map((charge) => ({ ...charge, ...progress.get(charge.recId) })) }
    return documentTotals(document)
  })
}

const EX_04 = { quantity: '3', price: '50', lineDiscount: '3.33', salesCharges: '-0.01', discountRemainder: '-0.01' }

const SPLIT_RESTS: Record<SalesParameters['salesChargeOnPartialInvoice'], readonly string[]> = {
  EveryInvoice: ['93.33', '46.66'],
  FirstInvoice: ['93.33', '46.67'],
  Prorate: ['93.33', '46.67'],
}

test.each(Object.entries(SPLIT_RESTS))('EX-16 the rest of a split on partial invoices: %s', (rule, expected) => {
  const given: GivenDocument = {
    lines: [EX_04],
    parameters: { salesChargeOnPartialInvoice: rule as SalesParameters['salesChargeOnPartialInvoice'] },
  }
  const found = invoices(given, [
    { quantities: [2], isFinal: false },
    { quantities: [1], isFinal: true },
  ])
  expect(found.map(({ lineAmounts }) => lineAmounts.toFixed(2))).toEqual(expected)
})

/** Rests of many pieces on the invoice of a few. */
const LARGE_RESTS: readonly (readonly [name: string, line: Record<string, string>, quantity: number, amount: string, discount: string])[] =
  [
    [
      '5.01 of 1,000',
      { quantity: '1000', price: '1', lineDiscount: '0.01', salesCharges: '4.99', discountRemainder: '4.99' },
      27,
      '27',
      '0',
    ],
    [
      'all of 872',
      { quantity: '872', price: '55.24', lineDiscount: '55', salesCharges: '-209.28', discountRemainder: '-209.28' },
      30,
      '0',
      '1657.2',
    ],
    [
      'with charges of its own',
      { quantity: '872', price: '55.24', lineDiscount: '55', salesCharges: '-204.28', discountRemainder: '-209.28' },
      30,
      '5',
      '1657.2',
    ],
    ['typed, without a split', { quantity: '872', price: '55.24', lineDiscount: '56' }, 30, '-22.8', '1680'],
  ]

test.each(
  LARGE_RESTS,
)('the rest of a split takes no part of a line below nought, nor its discount: %s', (_name, line, quantity, amount, discount) => {
  const [found] = invoices({ lines: [line] }, [{ quantities: [quantity], isFinal: false }])
  expect([found?.lineAmounts.toFixed(), found?.lines[0]?.discountAmount.toFixed()]).toEqual([amount, discount])
})

const ORDER = [{ quantity: '10', price: '12' }]
const THREE_TWO_FIVE: readonly Step[] = [
  { quantities: [3], isFinal: false },
  { quantities: [2], isFinal: false },
  { quantities: [5], isFinal: true },
]

const FREIGHT: readonly (readonly [name: string, charge: { isProrated?: boolean; isKept?: boolean }, expected: readonly string[]])[] = [
  ['prorated', { isProrated: true }, ['4.50', '3.00', '7.50']],
  ['on the first invoice', {}, ['15.00', '0.00', '0.00']],
  ['kept', { isKept: true }, ['15.00', '15.00', '15.00']],
]

test.each(FREIGHT)('EX-17 freight of the header on partial invoices: %s', (_name, charge, expected) => {
  const found = invoices({ lines: ORDER, charges: [{ value: '15', ...charge }] }, THREE_TWO_FIVE)
  expect(found.map(({ chargesAmount }) => chargesAmount.toFixed(2))).toEqual(expected)
})

test('EX-15 partial invoices are computed anew from the invoiced quantity, tax included', () => {
  const found = invoices({ lines: ORDER }, THREE_TWO_FIVE.slice(0, 2))
  expect(found.map((totals) => [totals.lineTotalAmount, totals.taxAmount, totals.totalAmount].map((each) => each.toFixed(2)))).toEqual([
    ['36.00', '2.88', '38.88'],
    ['24.00', '1.92', '25.92'],
  ])
})

test('a prorated amount that does not divide leaves its rest to the final invoice', () => {
  const thirds: readonly Step[] = [1, 2, 3].map((step) => ({ quantities: [1], isFinal: step === 3 }))
  const found = invoices({ lines: [{ quantity: '3', price: '10' }], charges: [{ value: '10', isProrated: true }] }, thirds)
  expect(found.map(({ chargesAmount }) => chargesAmount.toFixed(2))).toEqual(['3.33', '3.33', '3.34'])
})

test('charges of a line go with its quantities; those of lines that are not invoiced wait', () => {
  const given: GivenDocument = {
    lines: [
      { quantity: '4', price: '10' },
      { quantity: '2', price: '100' },
    ],
    charges: [
      { lineRecId: '100', category: 'Pcs', value: '1', isProrated: true },
      { lineRecId: '100', category: 'Pcs', value: '0.5', isKept: true },
      { lineRecId: '101', value: '7' },
    ],
  }
  const steps: readonly Step[] = [
    { quantities: [1, 0], isFinal: false },
    { quantities: [3, 1], isFinal: false },
    { quantities: [0, 1], isFinal: true },
  ]
  expect(invoices(given, steps).map(({ chargesAmount }) => chargesAmount.toFixed(2))).toEqual(['1.50', '11.50', '0.00'])
})

test('a percentage that is kept is taken of each invoice, its tier of the order', () => {
  const given: GivenDocument = { lines: ORDER, charges: [{ category: 'Percent', value: '10', isKept: true, fromOrderAmount: '100' }] }
  expect(invoices(given, THREE_TWO_FIVE).map(({ chargesAmount }) => chargesAmount.toFixed(2))).toEqual(['3.60', '2.40', '6.00'])
  const outside: GivenDocument = { lines: ORDER, charges: [{ category: 'Percent', value: '10', isKept: true, fromOrderAmount: '500' }] }
  expect(invoices(outside, THREE_TWO_FIVE).map(({ chargesAmount }) => chargesAmount.toFixed(2))).toEqual(['0.00', '0.00', '0.00'])
})

test('the total discount has the same percentage on each invoice', () => {
  const found = invoices({ lines: ORDER, totalDiscountPercent: '5' }, THREE_TWO_FIVE)
  expect(found.map(({ totalDiscountAmount }) => totalDiscountAmount.toFixed(2))).toEqual(['1.80', '1.20', '3.00'])
})

test('5.1 a given net amount without a price is shared out by quantity', () => {
  const order = aDocument({ lines: [{ quantity: '3', price: '0', givenLineAmount: '100' }] })
  const [line] = order.lines
  if (line === undefined) throw new Error('no line')
  const { givenLineAmount: _, ...price } = line.price
  const stored = { ...order, lines: [{ ...line, price }] }
  const part = (quantity: number, before: number) =>
    partialInvoice(stored, new Map([['100', { quantity: decimal(quantity), invoicedBefore: decimal(before), isFinal: before > 0 }]]), {
      isFinal: before > 0,
    })
  expect([part(2, 0), part(1, 2)].map(({ document }) => document.lines[0]?.lineAmount.toFixed(2))).toEqual(['66.67', '33.33'])
})

test('a line of a credit note gives back what its quantity came to', () => {
  const [credit] = invoices({ lines: [{ quantity: '-2', price: '12' }] }, [{ quantities: [-2], isFinal: true }])
  expect([credit?.lineAmounts, credit?.taxAmount, credit?.totalAmount].map((each) => each?.toFixed(2))).toEqual([
    '-24.00',
    '-1.92',
    '-25.92',
  ])
})

test('5.6 whatever the invoices, a prorated charge comes to its amount', () => {
  const seed = Math.trunc(Math.random() * 2 ** 31)
  const random = randomOf(seed)
  for (let round = 0; round < 200; round++) {
    const quantity = 2 + random(30)
    const value = (random(100_000) / 100).toFixed(2)
    const cuts = [...new Set([quantity, ...Array.from({ length: random(4) }, () => 1 + random(quantity))])].sort((a, b) => a - b)
    const steps = cuts.map((cut, index) => ({ quantities: [cut - (cuts[index - 1] ?? 0)], isFinal: index === cuts.length - 1 }))
    const found = invoices(
      { lines: [{ quantity: String(quantity), price: (random(5000) / 100).toFixed(2) }], charges: [{ value, isProrated: true }] },
      steps,
    )
    expect(sum(found.map(({ chargesAmount }) => chargesAmount)).toFixed(2), `seed ${seed}, round ${round}`).toBe(value)
  }
})
