import type { Decimal } from '@p2c/base'
import { type InfologEntry, type MessageCode, refuseCommand } from '../messages.ts'

/** Why stock refused: nothing was changed. `available` is the quantity that would have been possible. */
export interface StockRefusal {
  readonly ok: false
  readonly available: Decimal
  readonly infolog: InfologEntry
}

/** What a stock operation did, or why it did nothing. */
export type StockResult<Value> = ({ readonly ok: true } & Value) | StockRefusal

/** A quantity in messages: two decimals, more where it has more. Source: EX-14. */
export const shownQuantity = (quantity: Decimal): string => quantity.toFixed(Math.max(2, quantity.decimalPlaces()))

/** A refusal with what would have been possible. */
export function refuseStock(available: Decimal, code: MessageCode, ...values: readonly string[]): StockRefusal {
  return { ok: false, available, infolog: refuseCommand(code, ...values) }
}
