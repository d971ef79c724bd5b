import { type Decimal, decimal, roundTo } from '@p2c/base'

const UNIT_ROUNDINGS = ['Nearest', 'Up', 'Down'] as const
/** How converted quantities are rounded. */
export type UnitRounding = (typeof UNIT_ROUNDINGS)[number]

/** One conversion; of one product where `productNumber` is given. */
export interface UnitConversion {
  readonly fromUnit: string
  readonly toUnit: string
  readonly productNumber?: string
  readonly factor: Decimal
  readonly numerator: Decimal
  readonly denominator: Decimal
  readonly innerOffset: Decimal
  readonly outerOffset: Decimal
  readonly rounding: UnitRounding
}

/** A unit with its decimals. */
export interface UnitOfMeasure {
  readonly symbol: string
  readonly unitClass: string
  readonly decimalPrecision: number
}

export interface UnitChange {
  readonly from: UnitOfMeasure
  readonly to: UnitOfMeasure
  readonly productNumber: string
}

/** Numbers of the rounding modes of the decimal library: away from zero, towards zero. */
const MODES = { Up: 0, Down: 1 } as const

const isSame = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase()

function rounded(value: Decimal, rounding: UnitRounding, decimals: number): Decimal {
  return rounding === 'Nearest' ? roundTo(value, decimals) : value.toDecimalPlaces(decimals, MODES[rounding])
}

const forward = (quantity: Decimal, { factor, numerator, denominator, innerOffset, outerOffset }: UnitConversion): Decimal =>
  quantity.plus(innerOffset).times(factor).times(numerator).dividedBy(denominator).plus(outerOffset)

const backward = (quantity: Decimal, { factor, numerator, denominator, innerOffset, outerOffset }: UnitConversion): Decimal =>
  quantity.minus(outerOffset).times(denominator).dividedBy(factor.times(numerator)).minus(innerOffset)

/**
 * A quantity in another unit, rounded to the decimals of that unit as the conversion says; undefined where no conversion leads there. The
 * product's own conversion is taken first, then the general one, then the reverse of both; units of two classes convert by the product's
 * own only. Source: Supply Chain specification, 1.2 no. 5.
 */
export function convertQuantity(quantity: Decimal, change: UnitChange, conversions: readonly UnitConversion[]): Decimal | undefined {
  if (isSame(change.from.symbol, change.to.symbol)) return quantity
  const found = findConversion(change, conversions)
  if (found === undefined) return undefined
  const exact = found.isReverse ? backward(quantity, found.conversion) : forward(quantity, found.conversion)
  return rounded(exact, found.conversion.rounding, change.to.decimalPrecision)
}

/** Whether the rounded quantity is exactly the one that was asked for; if not, a sales line is refused. Source: EX-13. */
export function convertsBack(quantity: Decimal, change: UnitChange, conversions: readonly UnitConversion[]): boolean {
  if (isSame(change.from.symbol, change.to.symbol)) return true
  const found = findConversion(change, conversions)
  const converted = convertQuantity(quantity, change, conversions)
  if (found === undefined || converted === undefined) return false
  return (found.isReverse ? forward(converted, found.conversion) : backward(converted, found.conversion)).equals(quantity)
}

interface FoundConversion {
  readonly conversion: UnitConversion
  readonly isReverse: boolean
}

function findConversion({ from, to, productNumber }: UnitChange, conversions: readonly UnitConversion[]): FoundConversion | undefined {
  const usable = conversions.filter((each) => !each.denominator.isZero() && !each.factor.isZero() && !each.numerator.isZero())
  const own = usable.filter((each) => each.productNumber !== undefined && isSame(each.productNumber, productNumber))
  const general = from.unitClass === to.unitClass ? usable.filter((each) => each.productNumber === undefined) : []
  const find = (list: readonly UnitConversion[], a: string, b: string) =>
    list.find((each) => isSame(each.fromUnit, a) && isSame(each.toUnit, b))
  const direct = find(own, from.symbol, to.symbol) ?? find(general, from.symbol, to.symbol)
  if (direct !== undefined) return { conversion: direct, isReverse: false }
  const reverse = find(own, to.symbol, from.symbol) ?? find(general, to.symbol, from.symbol)
  return reverse === undefined ? undefined : { conversion: reverse, isReverse: true }
}

/** How many of one unit one of the other is, unrounded: for amounts per unit. Undefined where no conversion leads there. */
export function conversionFactor(change: UnitChange, conversions: readonly UnitConversion[]): Decimal | undefined {
  const one = decimal(1)
  if (isSame(change.from.symbol, change.to.symbol)) return one
  const found = findConversion(change, conversions)
  if (found === undefined) return undefined
  return found.isReverse ? backward(one, found.conversion) : forward(one, found.conversion)
}
