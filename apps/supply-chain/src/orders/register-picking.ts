import { type Decimal, decimal, formatDecimal, type SqlRunner, ZERO } from '@p2c/base'
import { z } from 'zod'
import { type CommandContext, CommandRefusal, command } from '../commands/command.ts'
import { company, identifier, orderLines, quantity, salesOrderNumber } from '../commands/parameters.ts'
import { toInventoryUnit } from '../domain/fulfilment/order-line.ts'
import { isDone, type RouteLine, registered, toPick } from '../domain/fulfilment/picking.ts'
import { refuseCommand } from '../domain/messages.ts'
import { openStock } from '../inventory/stock.ts'
import { joinKey, type StoredRow } from '../store/tracked-row.ts'
import { assertCountable } from './line-units.ts'
import { findOrderLines, guardOrders, type OpenLine, type OpenOrder, openOrder, updateLines, withLineValues } from './open-orders.ts'
import { ORDER_SERVICE } from './order-service.ts'
import { type OpenRoute, readRoutes, storeRoutes, toRouteLine } from './picking-routes.ts'
import { refreshOrders } from './refresh-orders.ts'
import { storeReleaseStatus } from './release-to-warehouse.ts'
import { toNumber } from './shown-quantity.ts'

const notNegative = quantity.refine((value) => !value.isNegative(), 'expected a quantity of at least 0')

const parameters = z
  .object({
    dataAreaId: company,
    pickingRouteNumber: identifier(20, 'Picking route').optional(),
    salesOrderNumber: salesOrderNumber.optional().meta({ description: 'Sales order: all its active picking routes' }),
    lines: orderLines({ quantity: notNegative }, 'Lines with the quantities that were picked; without them everything was'),
    endRemainder: z
      .boolean()
      .default(false)
      .meta({ description: 'What was not picked returns to the order; otherwise it stays on the list' }),
  })
  .refine((given) => (given.pickingRouteNumber === undefined) !== (given.salesOrderNumber === undefined), {
    path: ['pickingRouteNumber'],
    message: 'expected either pickingRouteNumber or salesOrderNumber',
  })

type Parameters = z.output<typeof parameters>

/** Registers what was picked. What is not reserved any more is reserved first. Source: Supply Chain specification, 3.4. */
export const REGISTER_PICKING = command({
  name: 'register-picking',
  summary: 'Registers the picking of a picking route, or of all active routes of an order.',
  operation: { ...ORDER_SERVICE, name: 'RegisterPicking' },
  parameters,
  async run(context, given) {
    const { sql, now } = context
    const { order, routes } = await openRoutes(sql, given)
    await guardOrders(sql, 'register-picking', [order])
    const picks = await planPicks(sql, { order, routes, given })
    const stock = await openStock(sql, { dataAreaId: given.dataAreaId, lots: picks.map(({ target }) => target.line.lotId), now })
    for (const { target, picked } of picks) {
      if (picked.isZero()) continue
      const result = stock.pick(target.line.lotId, toInventoryUnit(target.line, picked))
      if (!result.ok) throw new CommandRefusal(result.infolog)
    }
    await stock.save()
    await storeRoutes(sql, routes, { changed: new Map(picks.flatMap(({ changed }) => [...changed])), now })
    await updateLines(
      sql,
      picks.map((pick) => withLineValues(pick.target, pickedValues(pick))),
    )
    await storeReleaseStatus(sql, [order])
    await refreshOrders(sql, [order.key])
    return { ok: true, value: { salesOrderNumber: order.key.salesOrderNumber, lines: picks.map(shown) } }
  },
})

/** What is registered of one order line, over all its route lines. */
interface Pick {
  readonly target: OpenLine
  readonly changed: ReadonlyMap<StoredRow, RouteLine>
  readonly picked: Decimal
  readonly ended: Decimal
  /** Of what was ended: what release to warehouse had put on the route. */
  readonly endedOfRelease: Decimal
}

const shown = ({ target: { line }, picked, ended }: Pick) => ({
  inventoryLotId: line.lotId,
  lineCreationSequenceNumber: Number(line.lineSequence),
  pickedQuantity: toNumber(picked),
  endedQuantity: toNumber(ended),
})

const pickedValues = ({ target: { line }, picked, ended, endedOfRelease }: Pick): Record<string, string> => ({
  PickedQuantity: formatDecimal(line.picked.plus(picked)),
  PickingListQuantity: formatDecimal(line.listed.minus(picked).minus(ended)),
  ReleasedQuantity: formatDecimal(line.released.minus(endedOfRelease)),
})

/** Locks the order of the routes and reads them again. E01 for an unknown route, L43 for one that is complete. */
async function openRoutes(sql: SqlRunner, given: Parameters): Promise<{ order: OpenOrder; routes: OpenRoute[] }> {
  const { dataAreaId, pickingRouteNumber } = given
  const number = given.salesOrderNumber ?? (await orderOfRoute(sql, dataAreaId, pickingRouteNumber ?? ''))
  const order = await openOrder(sql, dataAreaId, number)
  const ofOrder = await readRoutes(sql, { field: 'SalesOrderNumber', keys: [[dataAreaId, order.key.salesOrderNumber]] })
  if (pickingRouteNumber === undefined) return { order, routes: ofOrder.filter(isOpenRoute).toSorted(byAge) }
  const meant = ofOrder.filter(({ header }) => joinKey([header.values.PickingRouteNumber ?? '']) === joinKey([pickingRouteNumber]))
  const closed = meant.find((route) => !isOpenRoute(route))
  if (closed !== undefined) {
    const { PickingRouteNumber = '', PickingRouteStatus = '' } = closed.header.values
    throw new CommandRefusal(refuseCommand('L43', PickingRouteNumber, PickingRouteStatus))
  }
  return { order, routes: meant }
}

async function orderOfRoute(sql: SqlRunner, dataAreaId: string, pickingRouteNumber: string): Promise<string> {
  const [route] = await readRoutes(sql, { field: 'PickingRouteNumber', keys: [[dataAreaId, pickingRouteNumber]] })
  if (route === undefined) throw new CommandRefusal(refuseCommand('E01', pickingRouteNumber, 'Picking route', 'Picking routes'))
  return route.header.values.SalesOrderNumber ?? ''
}

const isOpenRoute = ({ header }: OpenRoute): boolean => ['Activated', 'Started'].includes(header.values.PickingRouteStatus ?? '')

const byAge = (a: OpenRoute, b: OpenRoute): number => decimal(a.header.recId).comparedTo(decimal(b.header.recId))

interface Planning {
  readonly order: OpenOrder
  readonly routes: readonly OpenRoute[]
  readonly given: Parameters
}

/** What is registered of each line: the quantities given, or everything that is open. E22 where that is nothing. */
async function planPicks(sql: SqlRunner, { order, routes, given }: Planning): Promise<Pick[]> {
  const rows = routes.flatMap((route) =>
    route.lines.map((row) => ({ row, isReleased: route.header.values.IsReleasedToWarehouse === 'Yes' })),
  )
  const byLot = Map.groupBy(rows, ({ row }) => joinKey([row.values.InventoryLotId ?? '']))
  const openRows = (target: OpenLine) => (byLot.get(joinKey([target.line.lotId])) ?? []).filter(({ row }) => !isDone(toRouteLine(row)))
  const wishes = given.lines && findOrderLines(order, given.lines).map(({ target, wish }) => ({ target, quantity: wish.quantity }))
  await assertCountable(sql, wishes ?? [])
  const meant: readonly { readonly target: OpenLine; readonly quantity?: Decimal }[] = wishes ?? order.lines.map((target) => ({ target }))
  const picks = meant
    .filter(({ target }) => !target.line.isStopped)
    .map(({ target, quantity: wanted }) => planPick({ target, rows: openRows(target), wanted, endsRest: given.endRemainder }))
    .filter(({ changed }) => changed.size > 0)
  if (picks.length === 0) throw new CommandRefusal(refuseCommand('E22', order.key.salesOrderNumber))
  return picks
}

interface LinePlan {
  readonly target: OpenLine
  readonly rows: readonly { readonly row: StoredRow; readonly isReleased: boolean }[]
  readonly wanted: Decimal | undefined
  readonly endsRest: boolean
}

/** Spreads the picked quantity over the route lines of an order line, oldest route first. L41 for more than they hold. */
function planPick({ target, rows, wanted, endsRest }: LinePlan): Pick {
  const open = rows.reduce((total, { row }) => total.plus(toPick(toRouteLine(row))), ZERO)
  const all = wanted ?? open
  if (all.greaterThan(open)) throw new CommandRefusal(refuseCommand('L41', all.toFixed(), open.toFixed(), target.line.lineNumber))
  let left = all
  let [ended, endedOfRelease] = [ZERO, ZERO]
  const changed = new Map<StoredRow, RouteLine>()
  for (const { row, isReleased } of rows) {
    const before = toRouteLine(row)
    const here = left.lessThan(toPick(before)) ? left : toPick(before)
    left = left.minus(here)
    const after = registered(before, here, endsRest)
    const given = after.ended.minus(before.ended)
    ended = ended.plus(given)
    if (isReleased) endedOfRelease = endedOfRelease.plus(given)
    if (!here.isZero() || !given.isZero()) changed.set(row, after)
  }
  return { target, changed, picked: all, ended, endedOfRelease }
}

const unpickParameters = z.object({
  dataAreaId: company,
  salesOrderNumber,
  lines: orderLines({ quantity: notNegative.optional() }, 'Lines with quantities; without them everything that is picked'),
})

/** Puts picked goods back: they are reserved again. */
export const UNPICK = command({
  name: 'unpick',
  summary: 'Takes the picking of lines of an order back; the goods are reserved for it again.',
  operation: { ...ORDER_SERVICE, name: 'Unpick' },
  parameters: unpickParameters,
  async run(context: CommandContext, given) {
    const { sql, now } = context
    const order = await openOrder(sql, given.dataAreaId, given.salesOrderNumber)
    await guardOrders(sql, 'unpick', [order])
    const named = given.lines && findOrderLines(order, given.lines).map(({ target, wish }) => ({ target, quantity: wish.quantity }))
    const wishes = (named ?? order.lines.map((target) => ({ target, quantity: undefined })))
      .map(({ target, quantity: wanted }) => ({ target, quantity: wanted ?? target.line.picked }))
      .filter((wish) => !wish.quantity.isZero())
    const beyond = wishes.find((wish) => wish.quantity.greaterThan(wish.target.line.picked))
    if (beyond !== undefined) {
      const { line } = beyond.target
      throw new CommandRefusal(refuseCommand('L41', beyond.quantity.toFixed(), line.picked.toFixed(), line.lineNumber))
    }
    if (wishes.length === 0) throw new CommandRefusal(refuseCommand('E22', order.key.salesOrderNumber))
    await assertCountable(sql, wishes)
    const stock = await openStock(sql, { dataAreaId: given.dataAreaId, lots: wishes.map(({ target }) => target.line.lotId), now })
    for (const wish of wishes) stock.unpick(wish.target.line.lotId, toInventoryUnit(wish.target.line, wish.quantity))
    await stock.save()
    await updateLines(
      sql,
      wishes.map((wish) => withLineValues(wish.target, { PickedQuantity: formatDecimal(wish.target.line.picked.minus(wish.quantity)) })),
    )
    await refreshOrders(sql, [order.key])
    const lines = wishes.map(({ target: { line }, quantity: unpicked }) => ({
      inventoryLotId: line.lotId,
      lineCreationSequenceNumber: Number(line.lineSequence),
      quantity: toNumber(unpicked),
    }))
    return { ok: true, value: { salesOrderNumber: order.key.salesOrderNumber, lines } }
  },
})
