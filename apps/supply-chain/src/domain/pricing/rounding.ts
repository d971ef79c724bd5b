import { type Decimal, decimal, roundTo, ZERO } from '@p2c/base'
import type { FieldValues } from '../field-value.ts'

/** How a currency or a tax code rounds: to multiples of `rule`. Source: Supply Chain specification, 0.3. */
export interface AmountRounding {
  /** 0.01, or 0.05 where no smaller coins are; 0 is read as the default. */
  readonly rule: Decimal
  readonly type: RoundOffType
}
/** Which way amounts are rounded. */
export type RoundOffType = 'Ordinary' | 'RoundDown' | 'RoundUp'

/** Cents, half away from zero. */
export const DEFAULT_ROUNDING: AmountRounding = { rule: decimal('0.01'), type: 'Ordinary' }

/** Numbers of the rounding modes of the decimal library. Down is towards zero, up away from it: a credit note mirrors its invoice. */
const MODES = { Ordinary: 4, RoundDown: 1, RoundUp: 0 } as const

/**
 * Places beyond which a digit is an artefact of a division: a third of ten times three is ten. Money and quantities have six, their
 * products twelve; rests of splits are stored with sixteen.
 */
const EXACT_DECIMALS = 14

/** The multiple of the rule that stands for the value. */
export function roundAmount(value: Decimal, { rule, type }: AmountRounding): Decimal {
  const step = rule.greaterThan(0) ? rule : DEFAULT_ROUNDING.rule
  const exact = roundTo(value, EXACT_DECIMALS)
  const rounded = roundTo(exact.dividedBy(step), EXACT_DECIMALS).toDecimalPlaces(0, MODES[type]).times(step)
  // Nought has no sign: as a text it would be another value.
  return rounded.isZero() ? ZERO : rounded
}

/** The roundings of one currency: of amounts of sales documents, of prices, and of everything else. */
export interface CurrencyRounding {
  readonly orders: AmountRounding
  readonly prices: AmountRounding
  readonly general: AmountRounding
}

/** What a row of `Currencies` says; cents where the currency is unknown or a rule is 0. */
export function currencyRounding(currency: FieldValues | undefined): CurrencyRounding {
  const rounding = (rule: string | undefined, type: string | undefined): AmountRounding => ({
    rule: rule === undefined || rule === '0' || rule === '' ? DEFAULT_ROUNDING.rule : decimal(rule),
    type: roundOffTypeOf(type),
  })
  return {
    orders: rounding(currency?.RoundingRuleSalesOrders, currency?.RoundingMethodSalesOrders),
    prices: rounding(currency?.RoundingRulePrices, currency?.RoundingMethodPrices),
    general: rounding(currency?.GeneralRoundingRule, 'Ordinary'),
  }
}

/** A member of `RoundOffType`; the ordinary one where the field is blank. */
export const roundOffTypeOf = (member: string | undefined): RoundOffType =>
  member === 'RoundDown' || member === 'RoundUp' ? member : 'Ordinary'
