import { Decimal as DecimalJs } from 'decimal.js'

/** 40 digits hold every money column (scale 10, 28 digits before the point) and the product of a price and a quantity. */
const Arithmetic = DecimalJs.clone({ precision: 40, rounding: DecimalJs.ROUND_HALF_UP, toExpNeg: -40, toExpPos: 40 })

/** An exact decimal number. Money, quantities, rates and percentages are always this, never `number`. */
export type Decimal = DecimalJs

/** Largest text that is read as a decimal; longer input is refused before any arithmetic. */
const LONGEST_DECIMAL = 100
const PLAIN_DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$/

/** Reads a JSON number or decimal text; undefined where the value is not a finite decimal. */
export function parseDecimal(value: string | number): Decimal | undefined {
  const text = typeof value === 'number' ? String(value) : value.trim()
  if (text.length > LONGEST_DECIMAL || !PLAIN_DECIMAL.test(text)) return undefined
  return new Arithmetic(text)
}

/** A decimal from a literal that the caller knows to be one; asserts otherwise. */
export function decimal(value: string | number): Decimal {
  const parsed = parseDecimal(value)
  if (parsed === undefined) throw new TypeError(`not a decimal: ${JSON.stringify(value)}`)
  return parsed
}

/** Half away from zero, as both business applications round (Sales 4.2, Supply Chain 0.3). */
export const roundTo = (value: Decimal, decimals: number): Decimal => value.toDecimalPlaces(decimals, DecimalJs.ROUND_HALF_UP)

/** Plain digits without exponent and without trailing zeros: `12480`, `0.05`, `-3.1`. */
export const formatDecimal = (value: Decimal): string => value.toFixed()

/** Nought. */
export const ZERO: Decimal = new Arithmetic(0)
/** a < b, exactly. */
export const isLess = (a: Decimal, b: Decimal): boolean => a.lessThan(b)
/** Exact total; of nothing, nought. */
export const sum = (values: Iterable<Decimal>): Decimal => [...values].reduce((total, value) => total.plus(value), ZERO)
