import { type Decimal, sum, ZERO } from '@p2c/base'
import { type AmountRounding, roundAmount } from '../pricing/rounding.ts'

/**
 * A rounded total in rounded parts that add up to it: each part is rounded by itself, half away from zero, and the first that is not
 * nought takes the rest. Source: Supply Chain specification, 5.7 (method Total).
 */
export function spreadToFirst(parts: readonly Decimal[], rounding: AmountRounding): Decimal[] {
  const total = roundAmount(sum(parts), rounding)
  const rounded = parts.map((part) => roundAmount(part, { ...rounding, type: 'Ordinary' }))
  return addRest(
    rounded,
    total,
    parts.findIndex((part) => !part.isZero()),
  )
}

/** The same with the rest on the last part that is not nought. Source: 5.5. */
export function spreadToLast(total: Decimal, parts: readonly Decimal[], rounding: AmountRounding): Decimal[] {
  const rounded = parts.map((part) => roundAmount(part, { ...rounding, type: 'Ordinary' }))
  return addRest(
    rounded,
    total,
    parts.findLastIndex((part) => !part.isZero()),
  )
}

function addRest(rounded: readonly Decimal[], total: Decimal, place: number): Decimal[] {
  const rest = total.minus(sum(rounded))
  return rounded.map((part, index) => (index === place ? part.plus(rest) : part))
}

/**
 * A rounded total in parts, each the step of the running total that is rounded as the whole is: 16.968 rounded up in four parts of 4.242
 * is 4.25, 4.24, 4.24, 4.24. So the documented examples of rounding by combination share their rests.
 */
export function spreadByRunningTotal(parts: readonly Decimal[], rounding: AmountRounding): Decimal[] {
  let running = ZERO
  let before = ZERO
  return parts.map((part) => {
    running = running.plus(part)
    const after = roundAmount(running, rounding)
    const step = after.minus(before)
    before = after
    return step
  })
}
