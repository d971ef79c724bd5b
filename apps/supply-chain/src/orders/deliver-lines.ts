import { type Decimal, formatDecimal, ZERO } from '@p2c/base'
import { assertNoProblems, CommandRefusal } from '../commands/command.ts'
import { listedAfter, neededPicking, pickedAfter, underdeliveredRest } from '../domain/fulfilment/delivery-quantity.ts'
import { countableBelow, isReturn, type OrderLine, toInventoryUnit, type UnitDecimals } from '../domain/fulfilment/order-line.ts'
import { highestDocumentStatus } from '../domain/orders/order-status.ts'
import type { Stock } from '../inventory/stock.ts'
import type { NeededLine } from './end-picking.ts'
import type { OpenLine, OpenOrder } from './open-orders.ts'
import { checkDelivery, deliveredValues, deliverLine } from './physical-update.ts'

/** Numbers and day of the slip that a line belongs to. */
export interface SlipNumbers {
  readonly packingSlipNumber: string
  readonly voucher: string
  readonly date: string
}

/** A line with the slip that it goes on. */
export interface LineToDeliver {
  readonly order: OpenOrder
  readonly target: OpenLine
  /** In the sales unit; negative on a line that gives goods back. */
  readonly quantity: Decimal
  readonly numbers: SlipNumbers
}

/** A line whose goods have left; `values` are the columns of the order line that change. */
export interface DeliveredLine extends LineToDeliver, NeededLine {
  readonly inventoryQuantity: Decimal
  /** Physical cost: positive for goods that left. */
  readonly cost: Decimal
  readonly values: Readonly<Record<string, string>>
}

/** How far a delivery may differ from what was asked for. */
export interface DeliverOptions {
  /** Deliver what is there instead of refusing. */
  readonly mayReduce: boolean
  readonly closesUnderdelivery: boolean
  /** By record id of the order line. */
  readonly decimals: ReadonlyMap<string, UnitDecimals>
}

/**
 * Takes the goods of all lines out of the stock in memory. Throws the first refusal: over-delivery (E08), picking that is missing (L47), too
 * little stock (E07) unless quantities may be reduced; a line of which nothing is left then is left out. Source: 4.4 no. 2, 3 and 6.
 */
export function deliverLines(stock: Stock, lines: readonly LineToDeliver[], options: DeliverOptions): DeliveredLine[] {
  const problems = lines.flatMap(({ target, quantity }) => checkDelivery(stock, target.line, quantity) ?? [])
  assertNoProblems(problems)
  return lines.flatMap((wanted) => {
    const { line } = wanted.target
    const quantity = options.mayReduce ? reduced(stock, wanted, options) : wanted.quantity
    if (quantity.isZero()) return []
    const result = deliverLine(stock, { line, quantity }, wanted.numbers)
    if (!result.ok) throw new CommandRefusal(result.infolog)
    const closed = options.closesUnderdelivery ? closeRest(stock, line, quantity) : ZERO
    const { inventoryQuantity, cost } = result
    const needed = neededPicking(line, quantity, closed)
    return [{ ...wanted, quantity, inventoryQuantity, cost, needed, values: valuesAfter(line, quantity, closed) }]
  })
}

/** What of a quantity is there. Goods that may go below zero, and goods that come back, are not reduced. */
function reduced(stock: Stock, { target, quantity }: LineToDeliver, { decimals }: DeliverOptions): Decimal {
  const { line, row } = target
  const mayGoNegative = stock.policy(line.lotId)?.isNegativePhysicalAllowed ?? true
  if (isReturn(line) || mayGoNegative) return quantity
  const available = stock.deliverable(line.lotId)
  if (!toInventoryUnit(line, quantity).greaterThan(available)) return quantity
  return countableBelow(line, available, decimals.get(row.recId) ?? { sales: 0, inventory: 0 })
}

/** Cancels the rest of a line that is within its allowed underdelivery; gives how much. Goods that are picked keep it open. */
function closeRest(stock: Stock, line: OrderLine, quantity: Decimal): Decimal {
  const rest = underdeliveredRest(line, quantity)
  if (rest.isZero() || !pickedAfter(line, quantity).isZero()) return ZERO
  stock.cancelRemainder(line.lotId, toInventoryUnit(line, rest).abs())
  return rest
}

const valuesAfter = (line: OrderLine, quantity: Decimal, closed: Decimal): Record<string, string> => ({
  ...deliveredValues(line, quantity),
  CanceledQuantity: formatDecimal(line.canceled.plus(closed)),
  PickingListQuantity: formatDecimal(listedAfter(line, quantity, closed)),
  DocumentStatus: highestDocumentStatus([line.documentStatus, 'PackingSlip']),
})
