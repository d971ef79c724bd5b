import { formatDecimal } from '@p2c/base'
import { z } from 'zod'
import { CommandRefusal, command } from '../commands/command.ts'
import { company, orderLines, salesOrderNumber } from '../commands/parameters.ts'
import { toDeliver, toInventoryUnit } from '../domain/fulfilment/order-line.ts'
import { refuseCommand } from '../domain/messages.ts'
import { openStock } from '../inventory/stock.ts'
import { findOrderLines, guardOrders, openOrder, updateLines, withLineValues } from './open-orders.ts'
import { ORDER_SERVICE } from './order-service.ts'
import { refreshOrders } from './refresh-orders.ts'
import { toNumber } from './shown-quantity.ts'

const parameters = z.object({
  dataAreaId: company,
  salesOrderNumber,
  lines: orderLines({}, 'Lines; without them every line that has something left to deliver'),
})

/**
 * Cancels what is left to deliver: stock transactions and reservations of it go, the ordered quantity stays. A line with picked goods or an
 * active picking list refuses (L44). Source: Supply Chain specification, 3.4.
 */
export const CANCEL_DELIVER_REMAINDER = command({
  name: 'cancel-deliver-remainder',
  summary: 'Cancels what is left to deliver of an order, or of some of its lines.',
  operation: { ...ORDER_SERVICE, name: 'CancelDeliverRemainder' },
  parameters,
  async run({ sql, now }, given) {
    const order = await openOrder(sql, given.dataAreaId, given.salesOrderNumber)
    await guardOrders(sql, 'cancel-deliver-remainder', [order])
    const named = given.lines === undefined ? undefined : findOrderLines(order, given.lines).map(({ target }) => target)
    const targets = (named ?? order.lines).filter(({ line }) => !toDeliver(line).isZero())
    if (targets.length === 0) throw new CommandRefusal(refuseCommand('E22', order.key.salesOrderNumber))
    const busy = targets.filter(({ line }) => !line.picked.isZero() || !line.listed.isZero())
    if (busy.length > 0) throw new CommandRefusal(...busy.map(({ line }) => refuseCommand('L44', line.lineNumber)))
    const stock = await openStock(sql, { dataAreaId: given.dataAreaId, lots: targets.map(({ line }) => line.lotId), now })
    for (const { line } of targets) stock.cancelRemainder(line.lotId, toInventoryUnit(line, toDeliver(line)).abs())
    await stock.save()
    await updateLines(
      sql,
      targets.map((target) =>
        withLineValues(target, {
          CanceledQuantity: formatDecimal(target.line.canceled.plus(toDeliver(target.line))),
          SalesDeliverNow: '0',
        }),
      ),
    )
    await refreshOrders(sql, [order.key])
    const lines = targets.map(({ line }) => ({
      inventoryLotId: line.lotId,
      lineCreationSequenceNumber: Number(line.lineSequence),
      quantity: toNumber(toDeliver(line)),
    }))
    return { ok: true, value: { salesOrderNumber: order.key.salesOrderNumber, lines } }
  },
})
