import { type Decimal, decimal, roundTo } from '@p2c/base'

/** One line of the exchange rate table. Dates are days (`2025-02-11`); an end of `1900-01-01` or absent means that it has none. */
export interface ExchangeRate {
  readonly fromCurrency: string
  readonly toCurrency: string
  readonly startDate: string
  readonly endDate?: string
  /** Price of `factor` units of `fromCurrency` in `toCurrency`. */
  readonly rate: Decimal
  readonly factor: DisplayFactor
}

const DISPLAY_FACTORS = { One: 1, Ten: 10, Hundred: 100, Thousand: 1_000, TenThousand: 10_000 } as const
/** How many units of the foreign currency a rate is of. */
export type DisplayFactor = keyof typeof DISPLAY_FACTORS

/** A pair of currencies on a day. */
export interface Exchange {
  readonly from: string
  readonly to: string
  /** Day of the document. */
  readonly on: string
}

const NO_END = '1900-01-01'

const isSame = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase()

/** The pair's line with the latest start that is valid on the day. */
function rateOn(rates: readonly ExchangeRate[], { from, to, on }: Exchange): ExchangeRate | undefined {
  const valid = rates.filter((each) => {
    const end = each.endDate ?? NO_END
    return isSame(each.fromCurrency, from) && isSame(each.toCurrency, to) && each.startDate <= on && (end === NO_END || end >= on)
  })
  return valid.reduce<ExchangeRate | undefined>(
    (best, each) => (best === undefined || each.startDate > best.startDate ? each : best),
    undefined,
  )
}

/** A rate as a fraction: it is divided last, so that an amount that comes out even is rounded as such. */
interface RateFraction {
  readonly times: Decimal
  readonly over: Decimal
}

const ONE = decimal(1)
const CENT = decimal('0.01')

function findFraction(exchange: Exchange, rates: readonly ExchangeRate[]): RateFraction | undefined {
  if (isSame(exchange.from, exchange.to)) return { times: ONE, over: ONE }
  const direct = rateOn(rates, exchange)
  if (direct !== undefined) return { times: direct.rate, over: decimal(DISPLAY_FACTORS[direct.factor]) }
  const reverse = rateOn(rates, { from: exchange.to, to: exchange.from, on: exchange.on })
  if (reverse === undefined || reverse.rate.isZero()) return undefined
  return { times: decimal(DISPLAY_FACTORS[reverse.factor]), over: reverse.rate }
}

/** How many units of `to` one unit of `from` is; the reverse pair serves where the pair itself has no rate. Undefined: no rate on the day. */
export function findExchangeRate(exchange: Exchange, rates: readonly ExchangeRate[]): Decimal | undefined {
  const fraction = findFraction(exchange, rates)
  return fraction?.times.dividedBy(fraction.over)
}

/** A value as the nearest multiple of `step`, half away from nought; unchanged where the step is not above nought. */
export const roundToStep = (value: Decimal, step: Decimal): Decimal =>
  step.isPositive() && !step.isZero() ? roundTo(value.dividedBy(step), 0).times(step) : value

/**
 * An amount in another currency, rounded to multiples of `step` (half away from zero; default 0.01); undefined where no rate is valid on the
 * day. The reverse pair serves where the pair itself has none; one currency is always 1 to itself. Source: Supply Chain specification, 1.2 no. 4.
 */
export function exchangeAmount(
  amount: Decimal,
  exchange: Exchange,
  { rates, step = CENT }: { readonly rates: readonly ExchangeRate[]; readonly step?: Decimal },
): Decimal | undefined {
  const fraction = findFraction(exchange, rates)
  return fraction === undefined ? undefined : roundToStep(amount.times(fraction.times).dividedBy(fraction.over), step)
}
