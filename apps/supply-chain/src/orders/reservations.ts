import { type Decimal, ZERO } from '@p2c/base'
import { z } from 'zod'
import { type CommandContext, CommandRefusal, command } from '../commands/command.ts'
import { company, orderLines, positiveQuantity, salesOrderNumber } from '../commands/parameters.ts'
import { isReturn, type OrderLine, toInventoryUnit, toSalesUnit } from '../domain/fulfilment/order-line.ts'
import { type InfologEntry, refuseCommand } from '../domain/messages.ts'
import { openStock, type Stock } from '../inventory/stock.ts'
import { assertCountable } from './line-units.ts'
import { findOrderLines, guardOrders, type OpenLine, openOrder } from './open-orders.ts'
import { ORDER_SERVICE } from './order-service.ts'
import { shownInSalesUnit, toNumber } from './shown-quantity.ts'

/** Reserved goods of a line that no picking list has taken, in the inventory unit. */
export function freeReservations(stock: Stock, line: OrderLine): Decimal {
  const { ReservPhysical, ReservOrdered } = stock.quantities(line.lotId)
  const free = ReservPhysical.plus(ReservOrdered).minus(toInventoryUnit(line, line.listed))
  return free.isNegative() ? ZERO : free
}

const parameters = z.object({
  dataAreaId: company,
  salesOrderNumber,
  lines: orderLines(
    { quantity: positiveQuantity.optional() },
    'Lines with quantities; without them all lines, without a quantity as much as there is',
  ),
})

type Parameters = z.output<typeof parameters>

/** One line of the request. `quantity` is in the sales unit; absent: as much as there is. */
interface Wish {
  readonly target: OpenLine
  readonly quantity: Decimal | undefined
}

type Reserving = (stock: Stock, wish: Wish) => { readonly quantity: Decimal } | InfologEntry

/** Reserves goods for lines of an order. A quantity above what is there is refused; without a quantity what is there is reserved. */
export const RESERVE_SALES_ORDER_LINE = command({
  name: 'reserve-sales-order-line',
  summary: 'Reserves goods for lines of an order; a quantity that is not there is refused.',
  operation: { ...ORDER_SERVICE, name: 'ReserveSalesOrderLine' },
  parameters,
  run: (context, given) => changeReservations(context, given, { action: 'reserve', change: reserveLine }),
})

/** Gives reserved goods back. What an active picking list has taken stays reserved. */
export const UNRESERVE_SALES_ORDER_LINE = command({
  name: 'unreserve-sales-order-line',
  summary: 'Gives reserved goods of lines back; what is on an active picking list stays reserved.',
  operation: { ...ORDER_SERVICE, name: 'UnreserveSalesOrderLine' },
  parameters,
  run: (context, given) => changeReservations(context, given, { action: 'unreserve', change: unreserveLine }),
})

interface Change {
  readonly action: 'reserve' | 'unreserve'
  readonly change: Reserving
}

async function changeReservations({ sql, now }: CommandContext, given: Parameters, { action, change }: Change) {
  const order = await openOrder(sql, given.dataAreaId, given.salesOrderNumber)
  await guardOrders(sql, action, [order])
  const named = given.lines && findOrderLines(order, given.lines).map(({ target, wish }) => ({ target, quantity: wish.quantity }))
  const wishes: readonly Wish[] = named ?? order.lines.map((target) => ({ target, quantity: undefined }))
  await assertCountable(
    sql,
    wishes.flatMap(({ target, quantity }) => (quantity === undefined ? [] : [{ target, quantity }])),
  )
  const stock = await openStock(sql, { dataAreaId: given.dataAreaId, lots: wishes.map(({ target }) => target.line.lotId), now })
  const meant = wishes.filter(({ target: { line } }) => stock.isStocked(line.lotId) && !isReturn(line) && !line.isStopped)
  const idle = named?.find((wish) => !meant.includes(wish))
  if (idle !== undefined) throw new CommandRefusal(idleProblem(idle.target.line, order.key.salesOrderNumber))
  if (meant.length === 0) throw new CommandRefusal(refuseCommand('E22', order.key.salesOrderNumber))
  const lines = meant.map((wish) => {
    const result = change(stock, wish)
    if ('code' in result) throw new CommandRefusal(result)
    const { line } = wish.target
    return {
      inventoryLotId: line.lotId,
      lineCreationSequenceNumber: Number(line.lineSequence),
      quantity: toNumber(toSalesUnit(line, result.quantity)),
      reservedQuantity: toNumber(shownInSalesUnit(stock, line)),
    }
  })
  await stock.save()
  return { ok: true as const, value: { salesOrderNumber: order.key.salesOrderNumber, lines } }
}

/** Why a line that was named cannot be reserved: it is stopped, or has no stock. */
const idleProblem = (line: OrderLine, number: string): InfologEntry =>
  line.isStopped ? refuseCommand('E22', number) : refuseCommand('L42', line.itemNumber)

function reserveLine(stock: Stock, { target: { line }, quantity }: Wish): { readonly quantity: Decimal } | InfologEntry {
  if (quantity === undefined) {
    const result = stock.reserve(line.lotId, stock.reservable(line.lotId), { isPartial: true })
    return result.ok ? { quantity: result.reserved } : result.infolog
  }
  const result = stock.reserve(line.lotId, toInventoryUnit(line, quantity))
  return result.ok ? { quantity: result.reserved } : result.infolog
}

function unreserveLine(stock: Stock, { target: { line }, quantity }: Wish): { readonly quantity: Decimal } | InfologEntry {
  const free = freeReservations(stock, line)
  const wanted = quantity === undefined ? free : toInventoryUnit(line, quantity)
  if (wanted.greaterThan(free)) return refuseCommand('L41', wanted.toFixed(2), free.toFixed(2), line.lineNumber)
  return { quantity: stock.unreserve(line.lotId, wanted) }
}
