import { type Decimal, decimal } from '@p2c/base'
import { PRODUCT_DIMENSION_FIELDS } from '../../entities/product-dimensions.ts'
import { at, EMPTY_DATE, type FieldValues } from '../field-value.ts'

/** What an agreement is searched for: members of `PriceType`. */
export type AgreementKind = 'PriceSales' | 'LineDiscSales' | 'MultiLineDiscSales' | 'EndDiscSales'

/** What a line or a document offers to be matched. Blank texts match no agreement that names one. */
export interface AgreementRequest {
  readonly kind: AgreementKind
  readonly itemNumber: string
  /** The line or multiline discount group of the product. */
  readonly itemGroup: string
  readonly customerAccount: string
  /** The price or discount group of the customer, of the same kind. */
  readonly customerGroup: string
  readonly currencyCode: string
  readonly unit: string
  /** Quantity of the line, of all lines of a multiline group, or net amount of the order for a total discount. */
  readonly quantity: Decimal
  readonly date: string
  readonly siteId: string
  readonly warehouseId: string
  /** Product dimensions of the line by field name: `ProductColorId`. */
  readonly dimensions: Readonly<Record<string, string>>
}

type Level = 'one' | 'group' | 'all'

/** Combinations of item and customer in the order in which they are searched. Source: Supply Chain specification, 5.4. */
const PRIORITY: readonly (readonly [item: Level, customer: Level])[] = [
  ['one', 'one'],
  ['group', 'one'],
  ['all', 'one'],
  ['one', 'group'],
  ['group', 'group'],
  ['all', 'group'],
  ['one', 'all'],
  ['group', 'all'],
  ['all', 'all'],
]

/** Which item codes a kind has: a multiline discount is never of a single item, a total discount never of some items. */
const ITEM_LEVELS: Readonly<Record<AgreementKind, readonly Level[]>> = {
  PriceSales: ['one', 'group', 'all'],
  LineDiscSales: ['one', 'group', 'all'],
  MultiLineDiscSales: ['group', 'all'],
  EndDiscSales: ['all'],
}

const isSame = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase()
const number = (row: FieldValues, name: string): Decimal => decimal(at(row, name) || '0')

const levelOf = (one: string, group: string): Level => (one !== '' ? 'one' : group !== '' ? 'group' : 'all')

/** Where the row stands in the search; undefined: its kind of combination does not exist or is not that of the request. */
function priorityOf(row: FieldValues, request: AgreementRequest): number | undefined {
  const item = levelOf(at(row, 'ItemNumber'), at(row, 'ProductDiscountGroupCode'))
  const customer = levelOf(at(row, 'CustomerAccountNumber'), at(row, 'PriceCustomerGroupCode'))
  const isOfItem =
    item === 'all' ||
    isSame(
      item === 'one' ? at(row, 'ItemNumber') : at(row, 'ProductDiscountGroupCode'),
      item === 'one' ? request.itemNumber : request.itemGroup,
    )
  const isOfCustomer =
    customer === 'all' ||
    isSame(
      customer === 'one' ? at(row, 'CustomerAccountNumber') : at(row, 'PriceCustomerGroupCode'),
      customer === 'one' ? request.customerAccount : request.customerGroup,
    )
  if (!isOfItem || !isOfCustomer || !ITEM_LEVELS[request.kind].includes(item)) return undefined
  return PRIORITY.findIndex(([itemLevel, customerLevel]) => itemLevel === item && customerLevel === customer)
}

/** Currency, unit, quantity, day, place: what is given on the agreement must be that of the request. */
function matches(row: FieldValues, request: AgreementRequest): boolean {
  const quantity = request.quantity.abs()
  const [from, to] = [number(row, 'FromQuantity'), number(row, 'ToQuantity')]
  const [begins, ends] = [at(row, 'PriceApplicableFromDate') || EMPTY_DATE, at(row, 'PriceApplicableToDate') || EMPTY_DATE]
  const given = (field: string, value: string): boolean => at(row, field) === '' || isSame(at(row, field), value)
  return (
    at(row, 'PriceType') === request.kind &&
    isSame(at(row, 'PriceCurrencyCode'), request.currencyCode) &&
    (request.kind === 'EndDiscSales' || given('QuantityUnitSymbol', request.unit)) &&
    quantity.greaterThanOrEqualTo(from) &&
    (to.isZero() || quantity.lessThan(to)) &&
    (begins === EMPTY_DATE || begins <= request.date) &&
    (ends === EMPTY_DATE || ends >= request.date) &&
    given('PriceSiteId', request.siteId) &&
    given('PriceWarehouseId', request.warehouseId) &&
    PRODUCT_DIMENSION_FIELDS.every((each) => given(each, request.dimensions[each] ?? ''))
  )
}

/**
 * The agreements that hold, most special combination first. A found one without "find next" ends the search: what comes after its combination
 * is not looked at. Quantities are from the lower limit on and below the upper one; days with both ends.
 * Source: Supply Chain specification, 5.4.
 */
export function findAgreements(rows: readonly FieldValues[], request: AgreementRequest): readonly FieldValues[] {
  const found = rows.flatMap((row) => {
    const priority = matches(row, request) ? priorityOf(row, request) : undefined
    return priority === undefined ? [] : [{ row, priority }]
  })
  const last = Math.min(
    ...found.filter(({ row }) => at(row, 'WillSearchContinue') === 'No').map(({ priority }) => priority),
    PRIORITY.length,
  )
  return found
    .filter(({ priority }) => priority <= last)
    .sort((a, b) => a.priority - b.priority || (at(a.row, 'AgreementNumber') < at(b.row, 'AgreementNumber') ? -1 : 1))
    .map(({ row }) => row)
}
