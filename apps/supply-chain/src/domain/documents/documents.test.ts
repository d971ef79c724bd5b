import { decimal } from '@p2c/base'
import { describe, expect, test } from 'vitest'
import type { Facts, WriteCandidate } from '../decision.ts'
import type { FieldValues } from '../field-value.ts'
import { customerAddress, decideDeliveryAddress } from './delivery-address.ts'
import { decideLinePrice } from './line-price.ts'

const NO_FACTS: Facts = { find: () => undefined, findAll: () => [] }
const COUNTRIES: Facts = {
  find: (_, field, value) =>
    [
      { CountryRegionId: 'NOR', ISOCode: 'NO' },
      { CountryRegionId: 'DEU', ISOCode: 'DE' },
    ].find((row) => Object.entries(row).some(([name, code]) => name === field && code.toLowerCase() === value.toLowerCase())),
  findAll: () => [],
}

const BLANK_LINE: FieldValues = {
  Quantity: '0',
  SalesPrice: '0',
  SalesPriceQuantity: '1',
  LineDiscountAmount: '0',
  LineDiscountPercentage: '0',
  MultilineDiscountAmount: '0',
  MultilineDiscountPercentage: '0',
  FixedPriceCharges: '0',
  DiscountRemainder: '0',
  TotalDiscountAmount: '0',
  LineAmount: '0',
  LineCreationSequenceNumber: '4',
}

/** A line after each of the writes, one on top of the other; the text of the refusal where one is refused. */
function written(writes: readonly FieldValues[], facts: Facts = NO_FACTS): FieldValues | string {
  let before: FieldValues | undefined
  for (const values of writes) {
    const candidate: WriteCandidate = {
      ...(before !== undefined && { before }),
      row: { ...(before ?? BLANK_LINE), ...values },
      given: new Set(Object.keys(values)),
      facts,
      entityName: 'Line',
      today: '2025-02-11',
    }
    const outcome = decideLinePrice(candidate, { quantityField: 'Quantity', currencyCode: 'USD', defaults: {}, document: 'Q-1' })
    if ('entry' in outcome) return outcome.entry.text
    before = outcome.values
  }
  return before ?? {}
}

describe('the price of a line', () => {
  const base = { Quantity: '3', SalesPrice: '50' }
  const TABLE: readonly (readonly [name: string, writes: readonly FieldValues[], expected: FieldValues | string])[] = [
    ['EX-01 simple', [{ Quantity: '10', SalesPrice: '25.5' }], { LineAmount: '255', TotalDiscountAmount: '0' }],
    [
      'EX-02 amount and percent',
      [{ Quantity: '7', SalesPrice: '100', LineDiscountAmount: '2.5', LineDiscountPercentage: '5' }],
      { LineAmount: '648.38', TotalDiscountAmount: '51.62' },
    ],
    [
      'EX-03 price unit',
      [{ Quantity: '250', SalesPrice: '125', SalesPriceQuantity: '100', LineDiscountAmount: '5' }],
      { LineAmount: '300' },
    ],
    [
      'EX-04 split',
      [{ ...base, TotalDiscountAmount: '10' }],
      { LineDiscountAmount: '3.33', FixedPriceCharges: '-0.01', DiscountRemainder: '-0.01', LineAmount: '140', TotalDiscountAmount: '10' },
    ],
    [
      'EX-05 positive rest',
      [{ ...base, TotalDiscountAmount: '20' }],
      { LineDiscountAmount: '6.67', FixedPriceCharges: '0.01', LineAmount: '130', TotalDiscountAmount: '20' },
    ],
    [
      'EX-06 seven pieces',
      [{ Quantity: '7', SalesPrice: '9.99', TotalDiscountAmount: '17.35' }],
      { LineDiscountAmount: '2.48', FixedPriceCharges: '0.01', LineAmount: '52.58', TotalDiscountAmount: '17.35' },
    ],
    [
      'half cent',
      [{ Quantity: '8', SalesPrice: '1', TotalDiscountAmount: '0.2' }],
      { LineDiscountAmount: '0.03', FixedPriceCharges: '0.04' },
    ],
    ['a price unit of 0 is 1', [{ ...base, SalesPriceQuantity: '0' }], { SalesPriceQuantity: '1', LineAmount: '150' }],
    [
      'own charges beside a split',
      [{ ...base, TotalDiscountAmount: '10', FixedPriceCharges: '7.5' }],
      { FixedPriceCharges: '7.49', DiscountRemainder: '-0.01', LineAmount: '147.5', TotalDiscountAmount: '10' },
    ],
    [
      'own charges sent again with the discount stay',
      [
        { ...base, TotalDiscountAmount: '10', FixedPriceCharges: '7.5' },
        { TotalDiscountAmount: '10', FixedPriceCharges: '7.5' },
      ],
      { FixedPriceCharges: '7.49', DiscountRemainder: '-0.01', LineAmount: '147.5' },
    ],
    [
      'charges written alone are what the field shows: the rest stays in them',
      [{ ...base, TotalDiscountAmount: '10' }, { FixedPriceCharges: '4.99' }],
      { FixedPriceCharges: '4.99', DiscountRemainder: '-0.01', LineAmount: '145', TotalDiscountAmount: '10' },
    ],
    [
      'a quantity that changes keeps the whole discount',
      [{ ...base, TotalDiscountAmount: '10' }, { Quantity: '7' }],
      { LineDiscountAmount: '1.43', FixedPriceCharges: '0.01', TotalDiscountAmount: '10', LineAmount: '340' },
    ],
    [
      'a discount per unit that came out even goes with the quantity',
      [{ Quantity: '4', SalesPrice: '50', TotalDiscountAmount: '10' }, { Quantity: '8' }],
      { LineDiscountAmount: '2.5', TotalDiscountAmount: '20', LineAmount: '380' },
    ],
    [
      'unless the whole discount is said again',
      [
        { Quantity: '4', SalesPrice: '50', TotalDiscountAmount: '10' },
        { Quantity: '8', TotalDiscountAmount: '10' },
      ],
      { LineDiscountAmount: '1.25', TotalDiscountAmount: '10', LineAmount: '390' },
    ],
    [
      'a discount per unit ends a split, and its rest leaves the charges',
      [{ ...base, TotalDiscountAmount: '10', FixedPriceCharges: '7.5' }, { LineDiscountAmount: '2' }],
      { LineDiscountAmount: '2', FixedPriceCharges: '7.5', DiscountRemainder: '0', TotalDiscountAmount: '6', LineAmount: '151.5' },
    ],
    [
      'a whole discount of 0 beside one per unit leaves that one',
      [{ ...base, TotalDiscountAmount: '0', LineDiscountPercentage: '10' }],
      { LineDiscountPercentage: '10', TotalDiscountAmount: '15', LineAmount: '135' },
    ],
    ['E31', [{ Quantity: '0', SalesPrice: '5', TotalDiscountAmount: '1' }], 'A line discount requires a quantity on line 4 of Q-1.'],
    ['a given amount is computed anew', [{ ...base, LineAmount: '99' }], { LineAmount: '150' }],
    ['an amount without a price stands', [{ Quantity: '3', LineAmount: '99' }, { Quantity: '5' }], { LineAmount: '99' }],
    ['until a price comes', [{ Quantity: '3', LineAmount: '99' }, { SalesPrice: '2' }], { LineAmount: '6' }],
    ['a price that goes takes its amount with it', [base, { SalesPrice: '0' }], { LineAmount: '0' }],
  ]
  test.each(TABLE)('%s', (_, writes, expected) => {
    const row = written(writes)
    if (typeof expected === 'string') expect(row).toBe(expected)
    else expect(row).toMatchObject(expected)
    // Written once more as it is, the line does not change.
    if (typeof row !== 'string') expect(written([...writes, row])).toEqual(row)
  })

  test('a given amount stands where the company does not recalculate what is imported', () => {
    const facts: Facts = {
      ...NO_FACTS,
      find: (entity) => (entity === 'SalesParameter' ? { CalculateLineNetAmountOnImport: 'No' } : undefined),
    }
    expect(written([{ ...base, LineAmount: '99' }], facts)).toMatchObject({ LineAmount: '99' })
    expect(written([{ ...base, LineAmount: '0' }], facts)).toMatchObject({ LineAmount: '150' })
  })

  test('every whole-line discount comes back to the cent, also after it was written a second time', () => {
    const seed = Date.now() % 1_000_000
    let state = seed
    const next = (limit: number): number => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
      return state % limit
    }
    for (let round = 0; round < 500; round++) {
      const quantity = String(next(999) + 1)
      const discount = decimal(next(100_000)).dividedBy(100).toFixed()
      const values = { Quantity: quantity, SalesPrice: decimal(next(1_000_000)).dividedBy(100).toFixed(), TotalDiscountAmount: discount }
      const row = written([values])
      expect([seed, values, typeof row === 'string' ? row : row.TotalDiscountAmount]).toEqual([seed, values, discount])
      expect(written([values, values])).toEqual(row)
    }
  })
})

describe('the delivery address of a document', () => {
  const customer = {
    OrganizationName: 'Nordkai',
    AddressStreet: 'Dock 1',
    AddressCity: 'Bergen',
    AddressCountryRegionId: 'NOR',
    AddressCountryRegionISOCode: 'NO',
  }
  const inherited = customerAddress(customer)
  const decided = (values: FieldValues, before?: FieldValues): FieldValues | string => {
    const blank = { IsDeliveryAddressOrderSpecific: 'No', DeliveryAddressLatitude: '0', DeliveryAddressLongitude: '0' }
    const row = { ...blank, ...before, ...values }
    const outcome = decideDeliveryAddress(
      {
        ...(before !== undefined && { before }),
        row,
        given: new Set(Object.keys(values)),
        facts: COUNTRIES,
        entityName: 'Header',
        today: '2025-02-11',
      },
      inherited,
    )
    return 'entry' in outcome ? outcome.entry.text : { ...row, ...outcome.values }
  }
  const stored = (values: FieldValues, before?: FieldValues): FieldValues => {
    const row = decided(values, before)
    if (typeof row === 'string') throw new Error(row)
    return row
  }

  test('without a part it is that of the customer: the one for deliveries where there is one, else the primary one', () => {
    expect(stored({})).toMatchObject({
      DeliveryAddressStreet: 'Dock 1',
      DeliveryAddressCity: 'Bergen',
      DeliveryAddressName: 'Nordkai',
      IsDeliveryAddressOrderSpecific: 'No',
    })
    expect(customerAddress({ ...customer, DeliveryAddressCity: 'Oslo' })).toMatchObject({
      DeliveryAddressCity: 'Oslo',
      DeliveryAddressStreet: '',
    })
  })

  test('a name, a description or the flag alone makes no address of its own', () => {
    const row = stored({
      DeliveryAddressName: 'C-1',
      DeliveryAddressDescription: 'Yard',
      IsDeliveryAddressOrderSpecific: 'Yes',
      DeliveryAddressCity: '',
    })
    expect(row).toMatchObject({
      DeliveryAddressStreet: 'Dock 1',
      DeliveryAddressName: 'C-1',
      DeliveryAddressDescription: 'Yard',
      IsDeliveryAddressOrderSpecific: 'Yes',
    })
  })

  test('one part makes it its own: the others are blank, and the country is known by either code', () => {
    expect(stored({ DeliveryAddressCity: 'Kiel', DeliveryAddressCountryRegionISOCode: 'de' })).toMatchObject({
      DeliveryAddressStreet: '',
      DeliveryAddressCity: 'Kiel',
      DeliveryAddressCountryRegionId: 'DEU',
      DeliveryAddressCountryRegionISOCode: 'DE',
      IsDeliveryAddressOrderSpecific: 'Yes',
    })
    expect(stored({ DeliveryAddressCountryRegionId: 'NOR', DeliveryAddressCountryRegionISOCode: '' })).toMatchObject({
      DeliveryAddressCountryRegionISOCode: 'NO',
    })
    expect(decided({ DeliveryAddressCountryRegionISOCode: 'XX' })).toContain("The value 'XX'")
    expect(decided({ DeliveryAddressCountryRegionId: 'NOR', DeliveryAddressCountryRegionISOCode: 'DE' })).toContain(
      'has the ISO code NO, not DE',
    )
  })

  test('written as it is, in any spelling of its country, it stays as it is, even if the flag says No each time', () => {
    const values = { DeliveryAddressCity: 'Kiel', DeliveryAddressCountryRegionISOCode: 'de', IsDeliveryAddressOrderSpecific: 'No' }
    const row = stored(values)
    expect(row.IsDeliveryAddressOrderSpecific).toBe('Yes')
    expect(stored(values, row)).toEqual(row)
    const own = stored({})
    expect(stored({ DeliveryAddressCity: 'Bergen', DeliveryAddressStreet: 'Dock 1' }, own)).toEqual(own)
  })

  test('a part that changes an inherited address leaves nothing of it; a flag of No gives an own one up', () => {
    const own = stored({ DeliveryAddressCity: 'Oslo' }, stored({}))
    expect(own).toMatchObject({
      DeliveryAddressStreet: '',
      DeliveryAddressCity: 'Oslo',
      DeliveryAddressCountryRegionId: '',
      IsDeliveryAddressOrderSpecific: 'Yes',
    })
    expect(stored({ DeliveryAddressStreet: 'Kai 4' }, own)).toMatchObject({ DeliveryAddressStreet: 'Kai 4', DeliveryAddressCity: 'Oslo' })
    expect(stored({ IsDeliveryAddressOrderSpecific: 'No' }, own)).toMatchObject({
      DeliveryAddressCity: 'Bergen',
      IsDeliveryAddressOrderSpecific: 'No',
    })
  })
})
