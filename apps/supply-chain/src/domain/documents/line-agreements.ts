import { type Decimal, decimal, formatDecimal } from '@p2c/base'
import type { Facts, Question } from '../decision.ts'
import { at, type FieldValues } from '../field-value.ts'
import type { AgreementRequest } from '../pricing/agreement-search.ts'
import { agreementQuestions, agreementsIn, findDiscount, findPrice } from '../pricing/find-price.ts'
import { PRODUCT_DIMENSION_SWITCHES } from '../product.ts'

/** The agreements that a line of this product can come under. */
export const lineAgreementQuestions = (product: FieldValues): readonly Question[] => agreementQuestions(at(product, 'ItemNumber'))

/** A line as agreements are searched for it. */
export interface AgreementLine {
  readonly row: FieldValues
  readonly header: FieldValues
  readonly product: FieldValues
  readonly quantity: Decimal
  /** Day of the search: `2025-02-11`. */
  readonly on: string
}

function requestOf({ row, header, product, quantity, on }: AgreementLine): Omit<AgreementRequest, 'kind' | 'itemGroup' | 'customerGroup'> {
  return {
    itemNumber: at(product, 'ItemNumber'),
    customerAccount: at(header, 'OrderingCustomerAccountNumber') || at(header, 'RequestingCustomerAccountNumber'),
    currencyCode: at(header, 'CurrencyCode'),
    unit: at(row, 'SalesUnitSymbol'),
    quantity,
    date: on,
    siteId: at(row, 'ShippingSiteId'),
    warehouseId: at(row, 'ShippingWarehouseId'),
    dimensions: Object.fromEntries(Object.keys(PRODUCT_DIMENSION_SWITCHES).map((name) => [name, at(product, name)])),
  }
}

/** The agreed price with its unit and charges; undefined where none holds. Source: Supply Chain specification, 5.4. */
export function agreedPrice(line: AgreementLine, facts: Facts): FieldValues | undefined {
  const rows = agreementsIn(facts, at(line.product, 'ItemNumber'))
  const found = findPrice(rows, { ...requestOf(line), customerGroup: at(line.header, 'PriceCustomerGroupCode') })
  if (found === undefined) return undefined
  return {
    SalesPrice: formatDecimal(found.price),
    SalesPriceQuantity: formatDecimal(found.priceUnit),
    FixedPriceCharges: formatDecimal(found.salesCharges),
  }
}

/** The agreed line discount, per `priceUnit` units; nothing where none holds. */
export function agreedDiscount(line: AgreementLine, priceUnit: string, facts: Facts): FieldValues {
  const rows = agreementsIn(facts, at(line.product, 'ItemNumber'))
  const request: AgreementRequest = {
    ...requestOf(line),
    kind: 'LineDiscSales',
    itemGroup: at(line.product, 'SalesLineDiscountProductGroupCode'),
    customerGroup: at(line.header, 'LineDiscountCustomerGroupCode'),
  }
  const found = findDiscount(rows, request, decimal(priceUnit || '1'))
  return found === undefined
    ? {}
    : { LineDiscountAmount: formatDecimal(found.amount), LineDiscountPercentage: formatDecimal(found.percent) }
}
