import { decimal, formatDecimal } from '@p2c/base'
import { expect, test } from 'vitest'
import { cataloguePrice } from './catalogue-price.ts'
import { PRICING_ERRORS } from './pricing-error.ts'
import { itemPrice, type PriceListItem } from './unit-price.ts'

const ITEM: PriceListItem = {
  method: 1,
  amount: null,
  percentage: null,
  roundingPolicy: 1,
  roundingOption: null,
  roundingAmount: null,
}
const PRODUCT = { price: decimal('80'), currentCost: decimal('40'), standardCost: decimal('50') }
const NOTHING = { price: null, currentCost: null, standardCost: null }

const percent = (method: number, percentage: string, changes: Partial<PriceListItem> = {}): PriceListItem => ({
  ...ITEM,
  method,
  percentage: decimal(percentage),
  ...changes,
})

/** The price as text, or `error 12`. */
const shown = (item: PriceListItem, product = PRODUCT, decimals = 2): string => {
  const found = itemPrice(item, product, decimals)
  return found.ok ? formatDecimal(found.price) : `error ${found.error}`
}

test.each([
  ['1 Currency Amount', { ...ITEM, amount: decimal('12.345') }, '12.35'],
  ['2 Percent of List', percent(2, '90'), '72'],
  ['3 Percent Markup - Current Cost', percent(3, '35'), '54'],
  ['4 Percent Margin - Current Cost', percent(4, '35'), '61.54'],
  ['5 Percent Markup - Standard Cost', percent(5, '35'), '67.5'],
  ['6 Percent Margin - Standard Cost', percent(6, '35'), '76.92'],
] as const)('E11 method %s', (_method, item, price) => {
  expect(shown(item)).toBe(price)
})

const ENDS_IN = 1
const MULTIPLE_OF = 2
const rounding = (policy: number, option: number, amount: string): Partial<PriceListItem> => ({
  roundingPolicy: policy,
  roundingOption: option,
  roundingAmount: decimal(amount),
})

test.each([
  ['margin 35 % up to a multiple of 0.25', percent(4, '35', rounding(2, MULTIPLE_OF, '0.25')), '61.75'],
  ['margin 35 % down to a multiple of 0.25', percent(4, '35', rounding(3, MULTIPLE_OF, '0.25')), '61.5'],
  ['margin 35 % to the nearest multiple of 0.25', percent(4, '35', rounding(4, MULTIPLE_OF, '0.25')), '61.5'],
  ['54.00 up to an end of 0.99', percent(3, '35', rounding(2, ENDS_IN, '0.99')), '54.99'],
  ['54.00 down to an end of 0.99', percent(3, '35', rounding(3, ENDS_IN, '0.99')), '53.99'],
  ['54.00 to the nearest end of 0.99', percent(3, '35', rounding(4, ENDS_IN, '0.99')), '53.99'],
  ['54.00 up to an end of 5: tens are the step', percent(3, '35', rounding(2, ENDS_IN, '5')), '55'],
  ['54.00 up to an end of 1: ten is the power greater than 1', percent(3, '35', rounding(2, ENDS_IN, '1')), '61'],
  ['a price that is a candidate stays', percent(3, '35', rounding(2, MULTIPLE_OF, '27')), '54'],
  ['a tie goes up', percent(2, '90', rounding(4, MULTIPLE_OF, '16')), '80'],
] as const)('E11 rounding: %s', (_case, item, price) => {
  expect(shown(item)).toBe(price)
})

test('a currency amount is not rounded by the policy', () => {
  expect(shown({ ...ITEM, amount: decimal('10.37'), ...rounding(2, MULTIPLE_OF, '5') })).toBe('10.37')
})

test.each([
  ['no amount', ITEM, PRODUCT, PRICING_ERRORS.missingAmount],
  ['no percentage', percent(2, '0', { percentage: null }), PRODUCT, PRICING_ERRORS.missingPercentage],
  ['no list price', percent(2, '90'), NOTHING, PRICING_ERRORS.missingPrice],
  ['no current cost', percent(3, '35'), NOTHING, PRICING_ERRORS.missingCurrentCost],
  ['no standard cost', percent(6, '35'), NOTHING, PRICING_ERRORS.missingStandardCost],
  ['a margin of everything', percent(4, '100'), PRODUCT, PRICING_ERRORS.calculationError],
  ['a policy that is none', percent(3, '35', rounding(9, MULTIPLE_OF, '1')), PRODUCT, PRICING_ERRORS.invalidRoundingPolicy],
  ['no rounding option', percent(3, '35', { roundingPolicy: 2 }), PRODUCT, PRICING_ERRORS.invalidRoundingOption],
  ['a multiple of nought', percent(3, '35', rounding(2, MULTIPLE_OF, '0')), PRODUCT, PRICING_ERRORS.invalidRoundingAmount],
  ['an end below nought', percent(3, '35', rounding(2, ENDS_IN, '-1')), PRODUCT, PRICING_ERRORS.invalidRoundingAmount],
] as const)('%s is a pricing error', (_case, item, product, error) => {
  expect(shown(item, product as typeof PRODUCT)).toBe(`error ${error}`)
})

const entry = { item: { ...ITEM, amount: decimal('9') }, product: PRODUCT, isInCurrency: true }
const question = { list: { isActive: true }, isPriceListMandatory: true, entry, decimals: 2 }

test.each([
  ['a list and an item', question, '9'],
  ['no list', { ...question, list: null }, `error ${PRICING_ERRORS.missingPriceLevel}`],
  ['an inactive list', { ...question, list: { isActive: false } }, `error ${PRICING_ERRORS.inactivePriceLevel}`],
  ['no item', { ...question, entry: { ...entry, item: null } }, `error ${PRICING_ERRORS.notInPriceLevel}`],
  ['no item where lists are optional', { ...question, isPriceListMandatory: false, entry: { ...entry, item: null } }, '0'],
  ['no list where lists are optional', { ...question, isPriceListMandatory: false, list: null }, '9'],
  [
    'a percentage of a price in another currency',
    { ...question, entry: { ...entry, item: percent(2, '90'), isInCurrency: false } },
    `error ${PRICING_ERRORS.invalidPriceLevelCurrency}`,
  ],
  ['an amount for a product in another currency', { ...question, entry: { ...entry, isInCurrency: false } }, '9'],
] as const)('a catalogue price with %s', (_case, asked, price) => {
  const found = cataloguePrice(asked)
  expect(found.ok ? formatDecimal(found.price) : `error ${found.error}`).toBe(price)
})
