import { type Decimal, formatDecimal, ZERO } from '@p2c/base'
import { z } from 'zod'
import { readSalesParameters } from '../calculation/read-parameters.ts'
import { CommandRefusal, command } from '../commands/command.ts'
import { company, day, linesOfOneOrder, namesOrders, orderLines, ordersOf, ordersToPost, positiveQuantity } from '../commands/parameters.ts'
import { dayOf } from '../domain/field-value.ts'
import { countableBelow, type OrderLine, toInventoryUnit, type UnitDecimals } from '../domain/fulfilment/order-line.ts'
import { toList } from '../domain/fulfilment/picking.ts'
import { shownQuantity } from '../domain/inventory/stock-result.ts'
import { type InfologEntry, refuseCommand } from '../domain/messages.ts'
import { highestDocumentStatus } from '../domain/orders/order-status.ts'
import { openStock, type Stock } from '../inventory/stock.ts'
import { assertCountable } from './line-units.ts'
import {
  assertEachOrder,
  guardOrders,
  type LineToPost,
  linesToPost,
  type OpenLine,
  type OpenOrder,
  openOrders,
  updateLines,
  withLineValues,
} from './open-orders.ts'
import { ORDER_SERVICE } from './order-service.ts'
import { makeRoutes } from './picking-routes.ts'
import { refreshOrders } from './refresh-orders.ts'
import { freeReservations } from './reservations.ts'

/** Quantities that a picking list can take of its lines by itself. */
const LIST_RULES = ['All', 'DeliverNow'] as const
type ListRule = (typeof LIST_RULES)[number]

const parameters = z
  .object({
    dataAreaId: company,
    ...ordersToPost,
    quantityRule: z.enum(LIST_RULES).optional().meta({ description: 'Quantity of each line; default: All' }),
    lines: orderLines({ quantity: positiveQuantity }, 'Lines with quantities, of one order; alone they are all that is posted'),
    reduceQuantity: z.boolean().default(false).meta({ description: 'List what is there instead of refusing' }),
    date: day.optional(),
  })
  .refine(...namesOrders)
  .refine(...linesOfOneOrder)

type Parameters = z.output<typeof parameters>

/** Posts picking lists: what is not reserved yet is reserved, and a route tells the warehouse what to pick. Source: 3.4. */
export const POST_PICKING_LIST = command({
  name: 'post-picking-list',
  summary: 'Posts picking lists of orders: reserves what is missing and makes picking routes.',
  operation: { ...ORDER_SERVICE, name: 'PostPickingList' },
  parameters,
  async run(context, given) {
    const { sql, now } = context
    const { dataAreaId } = given
    const orders = await openOrders(sql, dataAreaId, ordersOf(given))
    await guardOrders(sql, 'post-picking-list', orders)
    const wanted = orders.flatMap((order) => wantedLines(order, given))
    const decimals = await assertCountable(sql, wanted)
    const isComplete = (await readSalesParameters(sql, dataAreaId)).pickingRouteStatus === 'Complete'
    const stock = await openStock(sql, { dataAreaId, lots: wanted.map(({ target }) => target.line.lotId), now })
    const listed = wanted.flatMap((line) => {
      const own = decimals.get(line.target.row.recId) ?? { sales: 0, inventory: 0 }
      const quantity = stock.isStocked(line.target.line.lotId)
        ? take(stock, line, { decimals: own, mayReduce: given.reduceQuantity, isComplete })
        : ZERO
      return quantity.isZero() ? [] : [{ ...line, quantity }]
    })
    assertEachOrder(orders, listed)
    await stock.save()
    const date = given.date ?? dayOf(now)
    const routes = await makeRoutes(context, listed, { dataAreaId, date, isComplete, isReleased: false })
    await updateLines(
      sql,
      listed.map(({ target, quantity }) => withLineValues(target, listedValues(target.line, quantity, isComplete))),
    )
    await refreshOrders(
      sql,
      orders.map(({ key }) => key),
    )
    return { ok: true, value: { pickingRoutes: routes } }
  },
})

/** What each line is to be listed with; lines that are stopped or done are left out. */
function wantedLines(order: OpenOrder, given: Parameters): LineToPost[] {
  const wanted = linesToPost(order, given, ({ line }) => listQuantity(given.quantityRule ?? 'All', line))
  for (const { target, quantity } of wanted) assertOpen(target, quantity)
  return wanted.filter(({ target, quantity }) => !target.line.isStopped && quantity.greaterThan(ZERO))
}

function listQuantity(rule: ListRule, line: OrderLine): Decimal {
  const open = toList(line)
  return rule === 'DeliverNow' && line.deliverNow.lessThan(open) ? line.deliverNow : open
}

function assertOpen({ line }: OpenLine, quantity: Decimal): void {
  const open = toList(line)
  if (quantity.greaterThan(open)) throw new CommandRefusal(refuseCommand('L41', quantity.toFixed(), open.toFixed(), line.lineNumber))
}

interface TakeOptions {
  readonly decimals: UnitDecimals
  readonly mayReduce: boolean
  readonly isComplete: boolean
}

/** Reserves what is missing for a line, or picks it at once. Gives the quantity that the list takes; throws the refusal of the stock. */
function take(stock: Stock, { target: { line }, quantity }: LineToPost, { decimals, mayReduce, isComplete }: TakeOptions): Decimal {
  const held = physicalReservations(stock, line)
  const available = held.plus(stock.onHand(line.lotId).AvailPhysical)
  const wanted = toInventoryUnit(line, quantity)
  const taken = wanted.greaterThan(available) && mayReduce ? countableBelow(line, available, decimals) : quantity
  const inventory = toInventoryUnit(line, taken)
  const missing = inventory.minus(held)
  if (inventory.greaterThan(available) && stock.policy(line.lotId)?.isNegativePhysicalAllowed !== true)
    throw new CommandRefusal(refuseCommand('E07', shownQuantity(inventory), shownQuantity(available), line.itemNumber))
  const problem = isComplete ? pickAll(stock, line, inventory) : reserveMissing(stock, line, missing)
  if (problem !== undefined) throw new CommandRefusal(problem)
  return taken
}

/** Goods that are reserved on hand for the line and on no list. */
function physicalReservations(stock: Stock, line: OrderLine): Decimal {
  const free = freeReservations(stock, line)
  const { ReservPhysical } = stock.quantities(line.lotId)
  return free.lessThan(ReservPhysical) ? free : ReservPhysical
}

/** Expected goods that were reserved make room for goods that are there. */
function reserveMissing(stock: Stock, line: OrderLine, missing: Decimal): InfologEntry | undefined {
  if (!missing.greaterThan(ZERO)) return undefined
  const short = missing.minus(stock.quantities(line.lotId).OnOrder)
  if (short.greaterThan(ZERO)) stock.unreserve(line.lotId, short)
  // Goods that may go below zero are listed without a reservation.
  const isPartial = stock.policy(line.lotId)?.isNegativePhysicalAllowed === true
  const result = stock.reserve(line.lotId, missing, { ordered: false, isPartial })
  return result.ok ? undefined : result.infolog
}

function pickAll(stock: Stock, line: OrderLine, quantity: Decimal): InfologEntry | undefined {
  const result = stock.pick(line.lotId, quantity)
  return result.ok ? undefined : result.infolog
}

const listedValues = (line: OrderLine, quantity: Decimal, isPicked: boolean): Record<string, string> => ({
  DocumentStatus: highestDocumentStatus([line.documentStatus, 'PickingList']),
  ...(isPicked
    ? { PickedQuantity: formatDecimal(line.picked.plus(quantity)) }
    : { PickingListQuantity: formatDecimal(line.listed.plus(quantity)) }),
})
