import { expect, test } from 'vitest'
import { type Discount, findOverlap, type QuantityRange, refuseDiscount, refuseDiscountList, refuseItemDiscount } from './discount-list.ts'

test.each([
  [true, 'usd', undefined],
  [true, null, '0x80048cf7'],
  [false, null, undefined],
  [false, 'usd', '0x80048cf1'],
])('a list with amounts %s and currency %s', (isAmountType, currencyId, code) => {
  expect(refuseDiscountList({ name: 'Volume', isAmountType, currencyId })?.code).toBe(code)
})

test.each([
  [true, 'usd', 'usd', undefined],
  [true, 'usd', 'eur', '0x80048cf8'],
  [true, 'usd', null, '0x80048cf8'],
  [false, null, 'eur', undefined],
])('an item of a list with amounts %s in %s, priced in %s', (isAmountType, currencyId, item, code) => {
  expect(refuseItemDiscount({ name: 'Volume', isAmountType, currencyId }, item)?.code).toBe(code)
})

const discount: Discount = { lowQuantity: '1', highQuantity: '10', amount: null, percentage: null }

test.each([
  [true, { amount: '5' }, undefined],
  [true, { percentage: '5' }, '0x80043b20'],
  [true, { amount: '5', percentage: '5' }, '0x80043b1f'],
  [true, {}, '0x80043b20'],
  [false, { percentage: '5' }, undefined],
  [false, { amount: '5' }, '0x80043b21'],
  [false, { amount: '5', percentage: '5' }, '0x80043b1f'],
  [false, {}, '0x80043b21'],
  [false, { percentage: '5', lowQuantity: '11' }, '0x80040203'],
  [false, { percentage: '5', lowQuantity: '10' }, undefined],
] as const)('on a list with amounts %s the discount %j', (isAmountType, facts, code) => {
  const list = { name: 'Volume', isAmountType, currencyId: isAmountType ? 'usd' : null }
  expect(refuseDiscount({ ...discount, ...facts }, list)?.code).toBe(code)
})

const ranges = (...pairs: readonly (readonly [string, string])[]): readonly QuantityRange[] =>
  pairs.map(([low, high], at) => ({ id: String(at), low, high }))

test.each([
  ['none', ranges(), undefined],
  ['side by side', ranges(['10', '49'], ['50', '99'], ['1', '9.99999']), undefined],
  ['one shared end', ranges(['10', '50'], ['50', '99']), ['0', '1']],
  ['one inside another', ranges(['20', '30'], ['10', '99']), ['1', '0']],
  ['the same', ranges(['1', '5'], ['1', '5']), ['0', '1']],
  ['compared as numbers', ranges(['9', '10'], ['100', '200']), undefined],
])('ranges %s', (_, given, expected) => {
  expect(findOverlap(given)?.map((range) => range.id)).toEqual(expected)
})
