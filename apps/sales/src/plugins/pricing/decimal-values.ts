import { type Decimal, decimal, parseDecimal, ZERO } from '@p2c/base'
import type { ColumnValue } from '@p2c/dataverse'

/** A stored decimal, null where the column is empty. */
export const decimalOf = (value: ColumnValue | undefined): Decimal | null =>
  typeof value === 'string' || typeof value === 'number' ? decimal(value) : null

/** A stored amount; an empty one counts as nought. Source: Sales 4.3. */
export const amountOf = (value: ColumnValue | undefined): Decimal => decimalOf(value) ?? ZERO

/** True where a column holds this decimal, however it is written. */
export const holds = (value: ColumnValue | undefined, wanted: Decimal | null): boolean => {
  if (wanted === null || value === null || value === undefined) return wanted === null && (value ?? null) === null
  return parseDecimal(String(value))?.equals(wanted) === true
}

/** A whole number, null for anything else. */
export const integerOf = (value: ColumnValue | undefined): number | null => (typeof value === 'number' ? value : null)
