import { type Decimal, decimal } from '@p2c/base'
import type { RuleRefusal } from '../refusal.ts'

/** No amount lies further from nought than this. Source: Sales 4.2. */
const WIDEST_AMOUNT = decimal('922337203685477')

/** A calculated amount and the column that is to hold it. */
export interface CalculatedAmount {
  readonly table: string
  readonly column: string
  readonly value: Decimal
  /** Units of the row's currency for one of the base currency. */
  readonly exchangeRate: Decimal
}

/** Why an amount that was calculated cannot be stored, by itself or in the base currency; undefined where it can. Source: Sales 4.2 and 4.7. */
export function refuseAmount({ table, column, value, exchangeRate }: CalculatedAmount): RuleRefusal | undefined {
  if (value.abs().greaterThan(WIDEST_AMOUNT)) {
    return {
      code: '0x80044330',
      message: `A validation error occurred. The value ${value.toFixed()} of '${column}' on record of type '${table}' is outside the valid range.`,
    }
  }
  const base = value.dividedBy(exchangeRate)
  if (!base.abs().greaterThan(WIDEST_AMOUNT)) return undefined
  return base.isNegative()
    ? { code: '0x80048ceb', message: `The exchange rate makes '${column}' of '${table}' smaller than the base currency can hold.` }
    : { code: '0x80048cec', message: `The exchange rate makes '${column}' of '${table}' greater than the base currency can hold.` }
}
