import { type Decimal, ZERO } from '@p2c/base'
import { EMPTY_DATE } from '../field-value.ts'
import type { TaxCode, TaxValue } from './tax-set-up.ts'

/** The values of a code on a day; of several with the same limits, the one that began last. */
function valuesOn(code: TaxCode, day: string): readonly TaxValue[] {
  const valid = code.values.filter(
    ({ fromDate, toDate }) => (fromDate === EMPTY_DATE || fromDate <= day) && (toDate === EMPTY_DATE || toDate >= day),
  )
  const byLimits = Map.groupBy(valid, ({ minimum, maximum }) => `${minimum.toFixed()}..${maximum.toFixed()}`)
  return [...byLimits.values()]
    .flatMap((same) => same.reduce((best, each) => (each.fromDate > best.fromDate ? each : best)))
    .sort((a, b) => a.minimum.comparedTo(b.minimum))
}

const hasEnd = ({ maximum }: TaxValue): boolean => !maximum.isZero()

/** The upper limit belongs to an interval, the lower one to the interval before it, but for the first. */
const contains = (value: TaxValue, amount: Decimal): boolean =>
  (value.minimum.isZero() || amount.greaterThan(value.minimum)) && (!hasEnd(value) || amount.lessThanOrEqualTo(value.maximum))

/** How much of the amount lies between the limits. */
function portion({ minimum, maximum }: TaxValue, amount: Decimal): Decimal {
  const end = maximum.isZero() || amount.lessThan(maximum) ? amount : maximum
  return end.greaterThan(minimum) ? end.minus(minimum) : ZERO
}

/**
 * The value that holds for an amount, by its size whatever its sign: a credit note is taxed as its invoice was. By interval it is the mean
 * of the values of the intervals that the amount passes through. Outside all limits there is no tax.
 * Source: Supply Chain specification, 5.7 (limits with FullAmounts or Interval).
 */
export function valueFor(code: TaxCode, day: string, amount: Decimal): Decimal {
  const values = valuesOn(code, day)
  const size = amount.abs().dividedBy(code.exchange)
  if (!code.isByInterval || size.isZero()) return values.find((each) => contains(each, size))?.value ?? ZERO
  const weighted = values.reduce((total, each) => total.plus(portion(each, size).times(each.value)), ZERO)
  return weighted.dividedBy(size)
}

/** Whether the code has several rates by amount: only then does it matter which amount picks one. */
export const hasLimits = (code: TaxCode): boolean => code.values.some((each) => !each.minimum.isZero() || hasEnd(each))
