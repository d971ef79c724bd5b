/** A list that the first Common Data Service does not let clients extend: a field that has it holds one of its members or nothing. */
export interface ClosedList {
  readonly name: string
  /** What messages say is expected. */
  readonly expected: string
  /** The published spelling of a text that is not blank; undefined where the list does not have it. */
  spell(text: string): string | undefined
}

/** Members are found without case and blanks: clients of forms write `Packing Slip` where the list says `PackingSlip`. */
function closedList(name: string, members: string): ClosedList {
  const names = members.split(/[\s,]+/).filter((member) => member !== '')
  const bySpelling = new Map(names.map((member) => [plain(member), member]))
  return { name, expected: `one of ${names.join(', ')}`, spell: (text) => bySpelling.get(plain(text)) }
}

const plain = (text: string): string => text.replaceAll(/\s/g, '').toLowerCase()

/** Units. Source: templates 8.4; members as published for the first Common Data Service. */
export const UNIT_OF_MEASURE = closedList(
  'UnitOfMeasure',
  `Bag, Box, Bucket, Centilitre, Centimeter, CubicCentimeter, CubicFeet, CubicInch, CubicMeter, CubicMillimeter, CubicYard, Day, Deciliter,
   DegreesBrix, Dozen, Each, Feet, FluidOunce, Gallon, GigaByte, Gram, HalfCubicInch, HalfInch, HalfPint, HalfPound, HalfSquareInch, Hour, Inch,
   Keg, Kilogram, Kilometer, KilowattHour, Litre, Meter, Mgpx, Mile, Milligram, Millilitre, Millimeter, Minute, Month, Ohm, OneEighthCubicInch,
   OneEighthInch, OneEighthSquareInch, Option, Ounce, Pair, Pallet, PascalSecond, Percentage, pHValue, Piece, Pint, Pound, Quart,
   QuarterCubicInch, QuarterInch, QuarterPound, QuarterSquareInch, Second, SetOfEquipment, SquareCentimeter, SquareFeet, SquareInch, SquareMeter,
   SquareMile, SquareMillimeter, SquareYard, Ton, Tray, Yard`,
)

/** States of a sales order. Source: templates 2.3. */
export const ORDER_STATUS = closedList(
  'OrderStatus',
  `Active, Cancelled, Confirmed, Invoice, PackingSlip, PartiallyInvoiced, PartiallyPacked, PartiallyPicked, PartiallyShipped, Picked, Quote,
   Shipped`,
)

/** Coarser than that of the order: the two-hop templates tell by it which side a line came from. */
export const ORDER_LINE_STATUS = closedList('OrderLineStatus', 'Active, Confirmed, Invoice, PackingSlip, Quote')

export const QUOTATION_STATUS = closedList('QuotationStatus', 'Active, Closed, Draft, Won')
export const INVOICE_STATUS = closedList('InvoiceStatus', 'Cancelled, Created, Hold, Paid')
export const ACCOUNT_STATUS = closedList('AccountStatus', 'Active, Inactive')
export const CONTACT_STATUS = closedList('ContactStatus', 'Active, Inactive')
export const PRODUCT_STATUS = closedList('ProductStatus', 'Active, Inactive')
export const PRODUCT_TYPE = closedList('ProductType', 'Item, Service')
export const PARTY_TYPE = closedList('PartyType', 'Group, Organization, Person')
export const GENDER = closedList('Gender', 'Female, Male, Nonspecific, NotSpecified')
export const MARITAL_STATUS = closedList('MaritalStatus', 'Divorced, Married, None, Single, Widowed')

/** Codes by their shape: the published list of 2017 lacks currencies that have been introduced since. */
export const CURRENCY_CODE: ClosedList = {
  name: 'CurrencyCode',
  expected: 'a currency code of three letters, such as EUR',
  spell: (text) => (/^[a-z]{3}$/i.test(text.trim()) ? text.trim().toUpperCase() : undefined),
}
