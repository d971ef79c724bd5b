import { type Decimal, decimal, sum, ZERO } from '@p2c/base'
import { spreadToLast } from '../tax/spread.ts'
import type { CalculationLine } from './calculation-document.ts'
import { type AmountRounding, roundAmount } from './rounding.ts'

export interface TotalDiscount {
  readonly amount: Decimal
  /** The part of each line, by its record id; it reduces what the line is taxed on, not its net amount. */
  readonly byLine: ReadonlyMap<string, Decimal>
}

const HUNDRED = decimal(100)

/** A percentage of the lines that take part, shared out by their net amounts with the rest on the last. Source: 5.5. */
export function totalDiscount(lines: readonly CalculationLine[], percent: Decimal, rounding: AmountRounding): TotalDiscount {
  const eligible = lines.filter((line) => !line.isCanceled && line.takesPartInTotalDiscount)
  if (percent.isZero()) return { amount: ZERO, byLine: new Map() }
  const share = (amount: Decimal): Decimal => amount.times(percent).dividedBy(HUNDRED)
  const amount = roundAmount(share(sum(eligible.map((line) => line.lineAmount))), rounding)
  const parts = spreadToLast(
    amount,
    eligible.map((line) => share(line.lineAmount)),
    rounding,
  )
  return { amount, byLine: new Map(eligible.map((line, index) => [line.recId, parts[index] ?? ZERO])) }
}
