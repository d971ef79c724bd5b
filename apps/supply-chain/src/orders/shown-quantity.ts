import { type Decimal, formatDecimal } from '@p2c/base'
import { type RawNumber, rawNumber } from '@p2c/odata'
import { type OrderLine, toSalesUnit } from '../domain/fulfilment/order-line.ts'
import type { Stock } from '../inventory/stock.ts'

/** A quantity or amount in the answer of a command: a JSON number with every digit. */
export const toNumber = (value: Decimal): RawNumber => rawNumber(formatDecimal(value))

/** What is reserved for a line, in its sales unit. */
export function shownInSalesUnit(stock: Stock, line: OrderLine): Decimal {
  const { ReservPhysical, ReservOrdered } = stock.quantities(line.lotId)
  return toSalesUnit(line, ReservPhysical.plus(ReservOrdered))
}
