import {
  CURRENCY,
  CUSTOMER,
  code,
  country,
  cutText,
  day,
  entry,
  type FieldStatement,
  number,
  text,
  UNIT_SYMBOLS,
  yes,
} from './statement.ts'

/** What quotes and orders share on the way to Supply Chain. Source: templates specification 7.5, 7.6, 8.5 and 8.6. */

/** Supply Chain's lengths of the texts that are cut. */
const NAME_LENGTH = 100
const REFERENCE_LENGTH = 60
const DESCRIPTION_LENGTH = 1000
const PRODUCT_NAME_LENGTH = 60
const STREET_NUMBER_LENGTH = 20

/** The date that the two-hop generation names where Sales has none. */
export const TWO_HOP_DATE = '2020-01-01'

/** `direct` or `two-hop`, which swaps the two address lines (templates specification 11 no. 13) and always names a date. */
export type Generation = 'direct' | 'two-hop'

const streetOf = (generation: Generation) => {
  const [street, number] = generation === 'direct' ? ['shipto_line1', 'shipto_line2'] : ['shipto_line2', 'shipto_line1']
  return [
    ['DeliveryAddressStreet', street],
    ['DeliveryAddressStreetNumber', number],
    ['DeliveryAddressCity', 'shipto_city'],
    ['DeliveryAddressStateId', 'shipto_stateorprovince'],
    ['DeliveryAddressZipCode', 'shipto_postalcode'],
  ] as const
}

const SHIP_TO = ['shipto_line1', 'shipto_line2', 'shipto_city', 'shipto_stateorprovince', 'shipto_postalcode', 'shipto_country']

/** Line 1 of an address is longer than a street number, to which the two-hop generation sends it cut. */
const place = (generation: Generation, extra: { readonly onlyWith?: readonly string[] } = {}): readonly FieldStatement[] =>
  streetOf(generation).map(([field, of]) =>
    field === 'DeliveryAddressStreetNumber' && generation === 'two-hop'
      ? { ...cutText(field, of, STREET_NUMBER_LENGTH), ...extra }
      : text(field, of, extra),
  )

/** A date that the direct generation does not get is left to Supply Chain, which takes the day of the write. */
const requested = (field: string, generation: Generation): FieldStatement =>
  generation === 'direct'
    ? day(field, 'requestdeliveryby', { onlyWith: ['requestdeliveryby'] })
    : { field, kind: 'date', value: { is: 'copy', of: ['requestdeliveryby'], blank: TWO_HOP_DATE } }

export interface HeaderNames {
  readonly name: string
  readonly customer: string
  readonly reference: string
}

export const headerFields = (names: HeaderNames, generation: Generation): readonly FieldStatement[] => [
  cutText(names.name, 'name', NAME_LENGTH),
  code(names.customer, CUSTOMER, { isIdentity: true }),
  code('CurrencyCode', CURRENCY, { isIdentity: true }),
  requested('RequestedShippingDate', generation),
  cutText(names.reference, 'description', REFERENCE_LENGTH),
  ...place(generation),
  country('DeliveryAddressCountryRegionISOCode', 'shipto_country', { blank: 'US' }),
  text('DeliveryAddressName', CUSTOMER),
  yes('IsDeliveryAddressOrderSpecific'),
]

export const lineFields = (quantity: string, generation: Generation): readonly FieldStatement[] => {
  // Where a line has no address of its own, Supply Chain gives it that of the header.
  const withAddress = { onlyWith: SHIP_TO }
  return [
    number('LineCreationSequenceNumber', 'sequencenumber', { isIdentity: true }),
    code('ProductNumber', 'productid.productnumber', { isIdentity: true }),
    number(quantity, 'quantity'),
    entry('SalesUnitSymbol', 'uomid.name', UNIT_SYMBOLS),
    number('SalesPrice', 'priceperunit'),
    requested('RequestedReceiptDate', generation),
    cutText('LineDescription', 'description', DESCRIPTION_LENGTH),
    cutText('ProductName', 'productid.name', PRODUCT_NAME_LENGTH),
    ...place(generation, withAddress),
    country('DeliveryAddressCountryRegionISOCode', 'shipto_country', { blank: 'US', ...withAddress }),
    text('DeliveryAddressDescription', 'shipto_city', withAddress),
  ]
}

/** Net amounts of lines on either side. */
export const LINE_AMOUNTS = {
  source: { plus: ['extendedamount'], minus: ['tax'], currency: CURRENCY },
  destination: { plus: ['LineAmount'], currency: 'CurrencyCode' },
}
