import { formatDecimal, type SqlRunner, ZERO } from '@p2c/base'
import { z } from 'zod'
import { CommandRefusal, command } from '../commands/command.ts'
import { company, namesOrders, ordersOf, ordersToPost } from '../commands/parameters.ts'
import { dayOf } from '../domain/field-value.ts'
import { isReturn, orderLine, toSalesUnit } from '../domain/fulfilment/order-line.ts'
import { type ReleaseRule, releasable, releaseStatus } from '../domain/fulfilment/release.ts'
import { refuseCommand } from '../domain/messages.ts'
import { tableByRelation } from '../entities/catalogue.ts'
import { openStock, type Stock } from '../inventory/stock.ts'
import { findRows, updateRows } from '../store/rows.ts'
import { joinKey } from '../store/tracked-row.ts'
import { assertCredit } from './assert-credit.ts'
import { guardOrders, type LineToPost, type OpenOrder, openOrders, updateLines, withLineValues } from './open-orders.ts'
import { ORDER_SERVICE } from './order-service.ts'
import { makeRoutes } from './picking-routes.ts'
import { refreshOrders } from './refresh-orders.ts'

const parameters = z
  .object({
    dataAreaId: company,
    ...ordersToPost,
    checkCreditLimit: z.boolean().default(true).meta({ description: 'Refuse an order whose customer is over its credit limit' }),
  })
  .refine(...namesOrders)

/** Releases reserved goods to warehouses with advanced processes: a shipment with its work for each of them. Source: 3.4. */
export const RELEASE_TO_WAREHOUSE = command({
  name: 'release-to-warehouse',
  summary: 'Releases reserved lines of orders to warehouses with advanced warehouse processes.',
  operation: { ...ORDER_SERVICE, name: 'ReleaseToWarehouse' },
  parameters,
  async run(context, given) {
    const { sql, now } = context
    const { dataAreaId } = given
    const date = dayOf(now)
    const orders = await openOrders(sql, dataAreaId, ordersOf(given))
    await guardOrders(sql, 'release-to-warehouse', orders)
    const warnings = given.checkCreditLimit
      ? await assertCredit(sql, { dataAreaId, documents: orders.map(({ key }) => key), on: date })
      : []
    const rules = await readReleaseRules(sql, orders)
    const lots = orders.flatMap(({ lines }) => lines.map(({ line }) => line.lotId))
    const stock = await openStock(sql, { dataAreaId, lots, now })
    const released = orders.flatMap((order) => releaseLines(stock, order, rules))
    const routes = await makeRoutes(context, released, { dataAreaId, date, isComplete: false, isReleased: true })
    const updates = released.map(({ target, quantity }) =>
      withLineValues(target, {
        ReleasedQuantity: formatDecimal(target.line.released.plus(quantity)),
        PickingListQuantity: formatDecimal(target.line.listed.plus(quantity)),
      }),
    )
    await updateLines(sql, updates)
    await storeReleaseStatus(sql, orders)
    await refreshOrders(
      sql,
      orders.map(({ key }) => key),
    )
    return { ok: true, value: { pickingRoutes: routes }, warnings }
  },
})

/** Rules of the warehouses with advanced processes, by warehouse in lower case. */
async function readReleaseRules(sql: SqlRunner, orders: readonly OpenOrder[]): Promise<ReadonlyMap<string, ReleaseRule>> {
  const named = orders.flatMap(({ key, lines }) => lines.map(({ line }) => [key.dataAreaId, line.warehouseId]))
  const rows = await findRows(sql, {
    table: tableByRelation('warehouse'),
    fields: ['dataAreaId', 'WarehouseId'],
    keys: [...new Map(named.map((key) => [joinKey(key), key])).values()],
    only: ['WarehouseId', 'AreAdvancedWarehouseManagementProcessesEnabled', 'WarehouseReleaseReservationRequirementRule'],
  })
  const advanced = rows.filter(({ values }) => values.AreAdvancedWarehouseManagementProcessesEnabled === 'Yes')
  return new Map(
    advanced.map(({ values }) => [
      joinKey([values.WarehouseId ?? '']),
      (values.WarehouseReleaseReservationRequirementRule ?? 'NotApplicable') as ReleaseRule,
    ]),
  )
}

/** What of an order is released. L48 where no line is in such a warehouse, L49 where one must be reserved as a whole and is not, E22 for nothing. */
function releaseLines(stock: Stock, order: OpenOrder, rules: ReadonlyMap<string, ReleaseRule>): LineToPost[] {
  const stocked = order.lines.filter(({ line }) => stock.isStocked(line.lotId) && !isReturn(line) && !line.isStopped)
  const advanced = stocked.filter(({ line }) => rules.has(joinKey([line.warehouseId])))
  const [other] = stocked
  if (advanced.length === 0)
    throw new CommandRefusal(
      other === undefined ? refuseCommand('E22', order.key.salesOrderNumber) : refuseCommand('L48', other.line.warehouseId),
    )
  const lines = advanced.flatMap((target) => {
    const { line } = target
    const reserved = toSalesUnit(line, stock.quantities(line.lotId).ReservPhysical)
    const decision = releasable(rules.get(joinKey([line.warehouseId])) ?? 'NotApplicable', line, reserved)
    if (!decision.ok) throw new CommandRefusal(refuseCommand('L49', line.lineNumber, order.key.salesOrderNumber, line.warehouseId))
    return decision.quantity.greaterThan(ZERO) ? [{ order, target, quantity: decision.quantity }] : []
  })
  if (lines.length === 0) throw new CommandRefusal(refuseCommand('E22', order.key.salesOrderNumber))
  return lines
}

/** Stores `ReleaseStatus` of orders from what their lines have released; rows that stay the same are left alone. */
export async function storeReleaseStatus(sql: SqlRunner, orders: readonly OpenOrder[]): Promise<void> {
  const lines = await findRows(sql, {
    table: tableByRelation('sales_order_line'),
    fields: ['dataAreaId', 'SalesOrderNumber'],
    keys: orders.map(({ key }) => [key.dataAreaId, key.salesOrderNumber]),
    isMany: true,
  })
  const stocked = Map.groupBy(
    lines.filter(({ values }) => values.IsStocked === 'Yes'),
    ({ values }) => joinKey([values.SalesOrderNumber ?? '']),
  )
  const changed = orders.flatMap(({ key, header }) => {
    const own = stocked.get(joinKey([key.salesOrderNumber])) ?? []
    const ReleaseStatus = releaseStatus(own.map(({ values }) => orderLine(values)))
    return ReleaseStatus === (header.values.ReleaseStatus || 'Open') ? [] : [{ stored: header, after: { ...header.values, ReleaseStatus } }]
  })
  await updateRows(sql, tableByRelation('sales_order'), changed)
}
