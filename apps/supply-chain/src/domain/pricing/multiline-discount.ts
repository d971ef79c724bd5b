import { type Decimal, decimal, sum } from '@p2c/base'
import type { FieldValues } from '../field-value.ts'
import type { AgreementRequest } from './agreement-search.ts'
import { type FoundDiscount, findDiscount } from './find-price.ts'

/** A line that may get a discount together with others. */
export interface MultilineCandidate {
  readonly recId: string
  /** The multiline discount group of the product; blank: it takes part in agreements for all items only. */
  readonly group: string
  readonly unit: string
  readonly quantity: Decimal
  readonly priceUnit: Decimal
}

/** What the lines of a document have in common. */
export type MultilineRequest = Pick<AgreementRequest, 'customerAccount' | 'customerGroup' | 'currencyCode' | 'date'>

/**
 * The multiline discount of each line that has one, by record id: the agreements are searched with the quantity of all lines of the same
 * multiline group and unit. Source: Supply Chain specification, 5.4.
 */
export function multilineDiscounts(
  lines: readonly MultilineCandidate[],
  agreements: readonly FieldValues[],
  request: MultilineRequest,
): ReadonlyMap<string, FoundDiscount> {
  const together = Map.groupBy(lines, ({ group, unit }) => `${group}\u0001${unit}`.toLowerCase())
  return new Map(
    [...together.values()].flatMap((members) => {
      const quantity = sum(members.map((line) => line.quantity))
      return members.flatMap(({ recId, group, unit, priceUnit }) => {
        const found = findDiscount(agreements, { ...request, ...ANYWHERE, itemGroup: group, unit, quantity }, priceUnit)
        return found === undefined ? [] : [[recId, found] as const]
      })
    }),
  )
}

/** Lines of several places get one discount: agreements of one place do not hold. */
const ANYWHERE = { kind: 'MultiLineDiscSales', itemNumber: '', siteId: '', warehouseId: '', dimensions: {} } as const

/**
 * The percentage of the total discount that agreements give to the sum of the net amounts of lines that take part; undefined where none
 * holds. `customerGroup` is the total discount group. Source: 5.4.
 */
export const totalDiscountPercentOf = (
  agreements: readonly FieldValues[],
  request: MultilineRequest & { readonly amount: Decimal },
): Decimal | undefined =>
  findDiscount(agreements, { ...request, ...ANYWHERE, kind: 'EndDiscSales', itemGroup: '', unit: '', quantity: request.amount }, decimal(1))
    ?.percent
