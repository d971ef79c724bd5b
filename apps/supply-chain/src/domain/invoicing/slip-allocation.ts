import { type Decimal, ZERO } from '@p2c/base'

/** A posted packing slip line; quantities in the sales unit, negative where goods came back. */
export interface SlipLine {
  readonly recId: string
  readonly delivered: Decimal
  readonly invoiced: Decimal
}

/** Delivered on these slip lines and not invoiced yet. */
export const openOnSlips = (lines: readonly SlipLine[]): Decimal =>
  lines.reduce((total, line) => total.plus(line.delivered).minus(line.invoiced), ZERO)

/**
 * Lays an invoiced quantity on slip lines in the order given and gives the new invoiced quantity of each that changes. What is beyond them was
 * delivered without a slip, by the invoice itself.
 */
export function allocateToSlips(lines: readonly SlipLine[], quantity: Decimal): ReadonlyMap<string, Decimal> {
  const changed = new Map<string, Decimal>()
  let left = quantity
  for (const line of lines) {
    const open = line.delivered.minus(line.invoiced)
    if (left.isZero() || open.isZero() || open.isNegative() !== left.isNegative()) continue
    const part = open.abs().lessThan(left.abs()) ? open : left
    changed.set(line.recId, line.invoiced.plus(part))
    left = left.minus(part)
  }
  return changed
}
