import { decimal } from '@p2c/base'
import { expect, test } from 'vitest'
import type { FieldValues } from '../field-value.ts'
import { type AgreementRequest, findAgreements } from './agreement-search.ts'
import { autoChargesFor } from './auto-charges.ts'
import { findDiscount, findPrice } from './find-price.ts'
import { multilineDiscounts, totalDiscountPercentOf } from './multiline-discount.ts'

let number = 0
const agreement = (values: FieldValues): FieldValues => ({
  AgreementNumber: `A-${String(++number).padStart(4, '0')}`,
  PriceType: 'PriceSales',
  PriceCurrencyCode: 'USD',
  FromQuantity: '0',
  ToQuantity: '0',
  SalesPriceQuantity: '1',
  PriceApplicableFromDate: '1900-01-01',
  PriceApplicableToDate: '1900-01-01',
  WillSearchContinue: 'Yes',
  ...values,
})

const REQUEST: AgreementRequest = {
  kind: 'LineDiscSales',
  itemNumber: 'DW-40',
  itemGroup: 'PUMPS',
  customerAccount: 'C-1',
  customerGroup: 'GOLD',
  currencyCode: 'usd',
  unit: 'ea',
  quantity: decimal(10),
  date: '2025-02-11',
  siteId: '1',
  warehouseId: '13',
  dimensions: { ProductColorId: 'Red' },
}

const ITEMS = { one: { ItemNumber: 'dw-40' }, group: { ProductDiscountGroupCode: 'pumps' }, all: {} } as const
const CUSTOMERS = { one: { CustomerAccountNumber: 'c-1' }, group: { PriceCustomerGroupCode: 'gold' }, all: {} } as const
const PRIORITY = [
  ['one', 'one'],
  ['group', 'one'],
  ['all', 'one'],
  ['one', 'group'],
  ['group', 'group'],
  ['all', 'group'],
  ['one', 'all'],
  ['group', 'all'],
  ['all', 'all'],
] as const

const EVERY = PRIORITY.map(([item, customer], index) =>
  agreement({ PriceType: 'LineDiscSales', ...ITEMS[item], ...CUSTOMERS[customer], DiscountPercentage1: String(index + 1) }),
)

test('5.4 combinations are searched from the most special one on', () => {
  const found = findAgreements([...EVERY].reverse(), REQUEST).map((row) => row.DiscountPercentage1)
  expect(found).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9'])
})

test.each(PRIORITY.map((_, index) => index))('5.4 "find next" No at priority %i + 1 ends the search after it', (last) => {
  const rows = EVERY.map((row, index) => ({ ...row, WillSearchContinue: index === last ? 'No' : 'Yes' }))
  expect(findAgreements(rows, REQUEST)).toHaveLength(last + 1)
})

test('5.4 an agreement that does not hold does not end the search', () => {
  const other = agreement({ PriceType: 'LineDiscSales', ...ITEMS.one, ...CUSTOMERS.one, WillSearchContinue: 'No', ToQuantity: '5' })
  expect(findAgreements([other, ...EVERY], REQUEST)).toHaveLength(9)
})

const KINDS: Record<AgreementRequest['kind'], number> = {
  PriceSales: 9,
  LineDiscSales: 9,
  // Never of a single item; of all items only.
  MultiLineDiscSales: 6,
  EndDiscSales: 3,
}

test.each(Object.entries(KINDS))('5.4 %s knows %i combinations', (kind, count) => {
  const rows = EVERY.map((row) => ({ ...row, PriceType: kind }))
  expect(findAgreements(rows, { ...REQUEST, kind: kind as AgreementRequest['kind'] })).toHaveLength(count)
})

const CONDITIONS: readonly (readonly [name: string, values: FieldValues, holds: boolean])[] = [
  ['another currency', { PriceCurrencyCode: 'EUR' }, false],
  ['another unit', { QuantityUnitSymbol: 'box' }, false],
  ['the unit in other case', { QuantityUnitSymbol: 'EA' }, true],
  ['from the quantity on', { FromQuantity: '10' }, true],
  ['from more', { FromQuantity: '10.001' }, false],
  ['below the upper quantity', { ToQuantity: '10.001' }, true],
  ['the upper quantity itself', { ToQuantity: '10' }, false],
  ['from the day on', { PriceApplicableFromDate: '2025-02-11' }, true],
  ['from the next day on', { PriceApplicableFromDate: '2025-02-12' }, false],
  ['to the day', { PriceApplicableToDate: '2025-02-11' }, true],
  ['to the day before', { PriceApplicableToDate: '2025-02-10' }, false],
  ['the site', { PriceSiteId: '1' }, true],
  ['another site', { PriceSiteId: '2' }, false],
  ['another warehouse', { PriceWarehouseId: '24' }, false],
  ['the color', { ProductColorId: 'red' }, true],
  ['another color', { ProductColorId: 'Blue' }, false],
  ['a size that the line does not have', { ProductSizeId: 'L' }, false],
  ['another item', { ItemNumber: 'X' }, false],
  ['another customer', { CustomerAccountNumber: 'C-2' }, false],
  ['another kind', { PriceType: 'PriceSales' }, false],
]

test.each(CONDITIONS)('5.4 an agreement with %s', (_name, values, holds) => {
  expect(findAgreements([agreement({ PriceType: 'LineDiscSales', ...values })], REQUEST)).toHaveLength(holds ? 1 : 0)
})

test('5.4 the lowest price per unit wins, wherever it stands in the search', () => {
  const rows = [
    agreement({ ...ITEMS.one, ...CUSTOMERS.one, Price: '12' }),
    agreement({ ...ITEMS.one, Price: '1150', SalesPriceQuantity: '100', FixedPriceCharges: '3' }),
    agreement({ ...ITEMS.one, ...CUSTOMERS.group, Price: '11.60' }),
  ]
  const found = findPrice(rows, REQUEST)
  expect([found?.price, found?.priceUnit, found?.salesCharges].map((each) => each?.toFixed())).toEqual(['1150', '100', '3'])
  expect(findPrice([], REQUEST)).toBeUndefined()
})

test('5.4 discounts add up; the second percentage is of what the first leaves; amounts are for the price unit of the line', () => {
  const rows = [
    agreement({ PriceType: 'LineDiscSales', ...CUSTOMERS.one, DiscountAmount: '2', DiscountPercentage1: '10', DiscountPercentage2: '5' }),
    agreement({ PriceType: 'LineDiscSales', DiscountAmount: '50', SalesPriceQuantity: '100', DiscountPercentage1: '10' }),
  ]
  const found = findDiscount(rows, REQUEST, decimal(10))
  expect([found?.amount.toFixed(), found?.percent.toFixed()]).toEqual(['25', '24'])
  expect(findDiscount([], REQUEST, decimal(1))).toBeUndefined()
})

test('5.4 a multiline discount looks at the quantity of all lines of the group', () => {
  const rows = [
    agreement({ PriceType: 'MultiLineDiscSales', ProductDiscountGroupCode: 'PUMPS', FromQuantity: '10', DiscountPercentage1: '5' }),
    agreement({ PriceType: 'MultiLineDiscSales', ProductDiscountGroupCode: 'HOSES', FromQuantity: '10', DiscountPercentage1: '9' }),
    agreement({ PriceType: 'MultiLineDiscSales', ...ITEMS.one, DiscountPercentage1: '50' }),
  ]
  const line = (recId: string, group: string, quantity: string) => ({
    recId,
    group,
    unit: 'ea',
    quantity: decimal(quantity),
    priceUnit: decimal(1),
  })
  const lines = [line('1', 'PUMPS', '6'), line('2', 'HOSES', '9'), line('3', 'pumps', '4'), line('4', '', '99')]
  const found = multilineDiscounts(lines, rows, REQUEST)
  expect([...found].map(([recId, { percent }]) => [recId, percent.toFixed()])).toEqual([
    ['1', '5'],
    ['3', '5'],
  ])
})

test('5.4 a total discount looks at the amount of the order', () => {
  const rows = [
    agreement({ PriceType: 'EndDiscSales', FromQuantity: '500', ToQuantity: '1000', DiscountPercentage1: '2', QuantityUnitSymbol: 'ea' }),
    agreement({ PriceType: 'EndDiscSales', FromQuantity: '1000', DiscountPercentage1: '4' }),
  ]
  const of = (amount: string) => totalDiscountPercentOf(rows, { ...REQUEST, amount: decimal(amount) })?.toFixed()
  expect(['499.99', '500', '1000'].map(of)).toEqual([undefined, '2', '4'])
})

const autoCharge = (values: FieldValues): FieldValues => ({ ChargeCode: 'FREIGHT', IsLineLevel: 'No', ...values })
const HEADER = {
  isLineLevel: false,
  customerAccount: 'C-1',
  customerChargeGroup: 'GOLD',
  deliveryMode: 'Truck',
  itemNumber: '',
  itemChargeGroup: '',
}
const LINE = { ...HEADER, isLineLevel: true, itemNumber: 'DW-40', itemChargeGroup: 'HEAVY' }

const AUTO_CHARGES: readonly (readonly [name: string, rows: readonly FieldValues[], request: typeof HEADER, found: readonly number[]])[] = [
  ['all customers', [{}], HEADER, [0]],
  ['the customer before its group before all', [{}, { CustomerChargeGroupId: 'gold' }, { CustomerAccount: 'c-1' }], HEADER, [2]],
  ['the delivery mode before any', [{}, { DeliveryModeCode: 'truck' }, { DeliveryModeCode: 'Air' }], HEADER, [1]],
  ['the customer counts more than the delivery mode', [{ DeliveryModeCode: 'Truck' }, { CustomerChargeGroupId: 'GOLD' }], HEADER, [1]],
  ['each code by itself', [{}, { ChargeCode: 'HANDLING', CustomerAccount: 'C-1' }], HEADER, [0, 1]],
  ['tiers come together', [{ ToOrderAmount: '100' }, { FromOrderAmount: '100' }], HEADER, [0, 1]],
  ['another customer', [{ CustomerAccount: 'C-2' }], HEADER, []],
  ['charges of lines are not of headers', [{ IsLineLevel: 'Yes' }], HEADER, []],
  [
    'the item before its group before all',
    [{ IsLineLevel: 'Yes' }, { IsLineLevel: 'Yes', ItemChargeGroupId: 'heavy' }, { IsLineLevel: 'Yes', ItemNumber: 'dw-40' }],
    LINE,
    [2],
  ],
  ['charges of headers are not of lines', [{}], LINE, []],
]

test.each(AUTO_CHARGES)('5.6 auto charges: %s', (_name, rows, request, found) => {
  const all = rows.map(autoCharge)
  expect(autoChargesFor(all, request).map((row) => all.indexOf(row))).toEqual(found)
})
