import { type Decimal, decimal, sum } from '@p2c/base'
import type { Question } from '../decision.ts'
import type { FieldValues } from '../field-value.ts'
import { type AgreementRequest, findAgreements } from './agreement-search.ts'
import { unitsOfPrice } from './line-amount.ts'

/** A sales price that was agreed on. */
export interface FoundPrice {
  readonly price: Decimal
  /** How many units the price is for. */
  readonly priceUnit: Decimal
  /** Sales charges of the line that come with the price. */
  readonly salesCharges: Decimal
  readonly agreementNumber: string
}

/** A discount in parts as lines keep them: amount per price unit, and percentage. */
export interface FoundDiscount {
  readonly amount: Decimal
  readonly percent: Decimal
}

/** The part of a request that is not about the kind. */
export type PriceRequest = Omit<AgreementRequest, 'kind' | 'itemGroup'>

const number = (row: FieldValues, name: string): Decimal => decimal(row[name] || '0')
const priceUnitOf = (row: FieldValues): Decimal => unitsOfPrice(number(row, 'SalesPriceQuantity'))

/**
 * The rows of `SalesPriceAgreement` that a price or discount of an item can come from, as questions of a table rule: those of the item, and
 * those of no single item.
 */
export const agreementQuestions = (itemNumber: string): readonly Question[] =>
  ['', itemNumber].map((value) => ({ entityName: 'SalesPriceAgreement', field: 'ItemNumber', value, isMany: true }))

/** The agreements that answer these questions. */
export const agreementsIn = (
  facts: { findAll(entityName: string, field: string, value: string): readonly FieldValues[] },
  itemNumber: string,
): readonly FieldValues[] => ['', itemNumber].flatMap((value) => facts.findAll('SalesPriceAgreement', 'ItemNumber', value))

/** The lowest price among the agreements that hold; undefined where none does. `customerGroup` is the price group. Source: 5.4. */
export function findPrice(rows: readonly FieldValues[], request: PriceRequest): FoundPrice | undefined {
  const found = findAgreements(rows, { ...request, kind: 'PriceSales', itemGroup: '' }).map((row) => ({
    price: number(row, 'Price'),
    priceUnit: priceUnitOf(row),
    salesCharges: number(row, 'FixedPriceCharges'),
    agreementNumber: row.AgreementNumber ?? '',
  }))
  return found.reduce<FoundPrice | undefined>(
    (best, each) => (best === undefined || perUnit(each).lessThan(perUnit(best)) ? each : best),
    undefined,
  )
}

const perUnit = ({ price, priceUnit }: FoundPrice): Decimal => price.dividedBy(priceUnit)

const HUNDRED = decimal(100)

/**
 * All discounts that hold, added up: amounts for `priceUnit` units, and percentages; the second percentage of agreements is taken of what
 * the first one leaves. Undefined where no agreement holds. Source: 5.4.
 */
export function findDiscount(rows: readonly FieldValues[], request: AgreementRequest, priceUnit: Decimal): FoundDiscount | undefined {
  const found = findAgreements(rows, request)
  if (found.length === 0) return undefined
  const total = (name: string): Decimal => sum(found.map((row) => number(row, name)))
  const left = HUNDRED.minus(total('DiscountPercentage1'))
    .times(HUNDRED.minus(total('DiscountPercentage2')))
    .dividedBy(HUNDRED)
  return {
    amount: sum(found.map((row) => number(row, 'DiscountAmount').times(unitsOfPrice(priceUnit)).dividedBy(priceUnitOf(row)))),
    percent: HUNDRED.minus(left),
  }
}
