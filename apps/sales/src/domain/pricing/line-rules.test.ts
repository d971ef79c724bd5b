import { decimal, formatDecimal } from '@p2c/base'
import { expect, test } from 'vitest'
import { type LineToPrice, type PricingTerms, priceLine } from './line-price.ts'
import { isComponent, lineProductType, refuseContent, refuseProduct, refuseQuantity, refuseUnit } from './line-rules.ts'
import { refuseAmount } from './money-range.ts'

const CATALOGUE = { table: 'quotedetail', isWriteIn: false, hasProduct: true, hasUnit: true, writeInText: null }
const WRITE_IN = { table: 'quotedetail', isWriteIn: true, hasProduct: false, hasUnit: false, writeInText: 'Crane hire' }

test.each([
  ['a product with a unit', CATALOGUE, undefined],
  ['a product without unit', { ...CATALOGUE, hasUnit: false }, undefined],
  ['a write-in text', WRITE_IN, undefined],
  ['product and text', { ...CATALOGUE, writeInText: 'x' }, '0x80043afb'],
  ['a write-in with a product', { ...WRITE_IN, hasProduct: true }, '0x80043afb'],
  ['a write-in with a unit', { ...WRITE_IN, hasUnit: true }, '0x80043afa'],
  ['a write-in without text', { ...WRITE_IN, writeInText: null }, '0x80040200'],
  ['neither product nor text', { ...CATALOGUE, hasProduct: false, hasUnit: false }, '0x80043b11'],
] as const)('a line with %s', (_case, line, code) => {
  expect(refuseContent(line)?.code).toBe(code)
})

const PRODUCT = { name: 'Winch', statecode: 0, structure: 1, unitGroup: 'g', quantityDecimals: 2 }

test.each([
  ['Active', PRODUCT, undefined],
  ['Draft', { ...PRODUCT, statecode: 2 }, '0x8004f908'],
  ['Retired', { ...PRODUCT, statecode: 1 }, '0x8004f908'],
  ['a family', { ...PRODUCT, structure: 2 }, '0x80060623'],
  ['an Active bundle', { ...PRODUCT, structure: 3 }, undefined],
] as const)('a product that is %s', (_case, product, code) => {
  expect(refuseProduct(product)?.code).toBe(code)
})

test('a unit belongs to the unit group of the product', () => {
  expect(refuseUnit(PRODUCT, { name: 'Each', unitGroup: 'g' })).toBeUndefined()
  expect(refuseUnit(PRODUCT, { name: 'Hour', unitGroup: 'h' })?.code).toBe('0x80043b14')
  expect(refuseUnit(PRODUCT, undefined)?.code).toBe('0x80043b0d')
})

test.each([
  ['2.34', 1, undefined],
  ['2.345', 1, '0x80043b07'],
  ['2', 2, undefined],
  ['-3.00', 2, undefined],
  ['2.5', 2, '0x80043b07'],
  ['2.5', 3, undefined],
  ['2.5', null, undefined],
] as const)('E7 a quantity of %s under selling option %s', (quantity, selling, code) => {
  expect(refuseQuantity(PRODUCT, decimal(quantity), selling)?.code).toBe(code)
})

test.each([
  [1, 1, false, 1],
  [1, 3, false, 2],
  [3, 1, false, 3],
  [4, undefined, false, 4],
  [2, 1, false, 1],
  [null, undefined, false, 1],
  [1, 1, true, 3],
  [4, 1, true, 4],
  [1, 3, true, 2],
] as const)('asked for kind %s of a product with structure %s, in a bundle %s, a line is of kind %s', (asked, productStructure, isInBundle, kind) => {
  expect(lineProductType({ asked, productStructure, isInBundle })).toBe(kind)
  expect(isComponent(kind)).toBe(kind === 3 || kind === 4)
})

test('an amount that no column holds is refused, in its currency and in the base currency', () => {
  const amount = (value: string, rate: string) =>
    refuseAmount({ table: 'quote', column: 'totalamount', value: decimal(value), exchangeRate: decimal(rate) })?.code
  expect(amount('922337203685477', '1')).toBeUndefined()
  expect(amount('922337203685478', '1')).toBe('0x80044330')
  expect(amount('922337203685477', '0.5')).toBe('0x80048cec')
  expect(amount('-922337203685477', '0.5')).toBe('0x80048ceb')
})

const TERMS: PricingTerms = {
  list: { isActive: true },
  isPriceListMandatory: true,
  discountMethod: 0,
  pricingDecimals: 2,
  currencyDecimals: 2,
}
const ranges = [{ isAmount: true, low: decimal(1), high: decimal(9), amount: decimal(2), percentage: null }]
const entry = {
  item: { method: 1, amount: decimal(20), percentage: null, roundingPolicy: 1, roundingOption: null, roundingAmount: null },
  product: { price: null, currentCost: null, standardCost: null },
  isInCurrency: true,
}
const LINE: LineToPrice = {
  source: { kind: 'catalogue', entry, stored: null },
  quantity: decimal(3),
  manualDiscount: decimal(1),
  tax: decimal('0.5'),
  volume: { ranges },
}

test.each([
  ['from the catalogue', LINE, TERMS, ['20', '2', '54', '53.5', 0]],
  ['with a volume discount that stays', { ...LINE, volume: { kept: decimal(1) } }, TERMS, ['20', '1', '57', '56.5', 0]],
  ['given', { ...LINE, source: { kind: 'given', price: decimal('9.999') } }, TERMS, ['10', '0', '30', '29.5', 0]],
  ['given without a price', { ...LINE, source: { kind: 'given', price: null } }, TERMS, [null, '0', '0', '-0.5', 5]],
  ['locked', { ...LINE, source: { kind: 'locked', price: decimal(7), error: 0 } }, TERMS, ['7', '2', '15', '14.5', 0]],
  ['of a component', { ...LINE, source: { kind: 'component' } }, TERMS, ['0', '0', '0', '-0.5', 0]],
  [
    'off the list',
    { ...LINE, source: { kind: 'catalogue', entry: { ...entry, item: null }, stored: decimal(8) }, volume: { ranges: [] } },
    TERMS,
    ['0', '0', '0', '-0.5', 11],
  ],
  [
    'on an inactive list',
    { ...LINE, source: { kind: 'catalogue', entry, stored: decimal(8) }, volume: { ranges: [] } },
    { ...TERMS, list: { isActive: false } },
    ['8', '0', '24', '23.5', 3],
  ],
  ['without quantity', { ...LINE, quantity: null }, TERMS, ['20', '0', '0', '-0.5', 4]],
] as const satisfies readonly (readonly [
  string,
  LineToPrice,
  PricingTerms,
  readonly unknown[],
])[])('a price %s', (_case, line, terms, expected) => {
  const priced = priceLine(line, terms)
  const amounts = [priced.pricePerUnit, priced.volumeDiscount, priced.baseAmount, priced.extendedAmount]
  expect([...amounts.map((value) => (value === null ? null : formatDecimal(value))), priced.error]).toEqual(expected)
})
