import type { Decimal, SqlRunner } from '@p2c/base'
import { z } from 'zod'
import { checkPeriodOpen } from '../calculation/fiscal-period.ts'
import { readSalesParameters } from '../calculation/read-parameters.ts'
import { type CommandContext, CommandRefusal, command } from '../commands/command.ts'
import { company, day, lineReference, namesOrders, ordersOf, ordersToPost, quantity } from '../commands/parameters.ts'
import { QUANTITY_RULES, quantityByRule } from '../domain/fulfilment/delivery-quantity.ts'
import { documentGroup } from '../domain/fulfilment/document-groups.ts'
import { refuseCommand } from '../domain/messages.ts'
import { openStock } from '../inventory/stock.ts'
import { assertCredit } from './check-order-credit.ts'
import { type DeliveredLine, deliverLines, type LineToDeliver } from './deliver-lines.ts'
import { endNeedlessPicking } from './end-picking.ts'
import { assertCountable, readUnitDecimals } from './line-units.ts'
import { findOrderLines, guardOrders, type OpenLine, type OpenOrder, openOrders, updateLines, withLineValues } from './open-orders.ts'
import { ORDER_SERVICE } from './order-service.ts'
import { shownSlip, storeSlips, tellOfSlips } from './packing-slip-documents.ts'
import { postPhysicalCosts } from './physical-update.ts'
import { refreshOrders } from './refresh-orders.ts'
import { requireNumbers } from './require-numbers.ts'

const parameters = z
  .object({
    dataAreaId: company,
    ...ordersToPost,
    quantityRule: z.enum(QUANTITY_RULES).optional().meta({ description: 'Quantity of each line; default: All' }),
    lines: z
      .array(z.object({ ...lineReference, quantity }).strict())
      .min(1)
      .max(1000)
      .optional()
      .meta({ description: 'Lines with quantities, of one order; without a rule they are all that is posted' }),
    closeUnderdelivery: z.boolean().default(false).meta({ description: 'Cancel the rest of lines within their allowed underdelivery' }),
    date: day.optional(),
  })
  .refine(...namesOrders)
  .refine(({ lines, salesOrderNumber }) => lines === undefined || salesOrderNumber !== undefined, {
    path: ['lines'],
    message: 'expected lines of one order, named by salesOrderNumber',
  })

type Parameters = z.output<typeof parameters>

/** Posts packing slips: goods leave, one slip per order, shipping site and delivery address. Source: Supply Chain specification, 4.4. */
export const POST_PACKING_SLIP = command({
  name: 'post-packing-slip',
  summary: 'Posts packing slips of orders: one per order, shipping site and delivery address.',
  operation: { ...ORDER_SERVICE, name: 'PostPackingSlip' },
  parameters,
  async run(context, given) {
    const { sql, now } = context
    const { dataAreaId } = given
    const date = given.date ?? now.toISOString().slice(0, 10)
    const orders = await openOrders(sql, dataAreaId, ordersOf(given))
    await assertPeriod(context, dataAreaId, date)
    await guardOrders(sql, 'post-packing-slip', orders)
    // Numbers are taken before customers and stock are locked, as everybody does.
    const wanted = orders.flatMap((order) => wantedLines(order, given))
    const numbered = await numberSlips(sql, wanted, { dataAreaId, date })
    const warnings = await assertCredit(context, { dataAreaId, orders, date })
    assertEachOrder(orders, wanted)
    await assertCountable(sql, wanted)
    const delivered = await deliver(context, numbered, given)
    assertEachOrder(orders, delivered)
    const documents = await storeSlips(context, dataAreaId, delivered)
    await endNeedlessPicking(sql, delivered, now)
    const updates = delivered.map(({ target, values }) => withLineValues(target, values))
    await updateLines(sql, updates)
    const keys = orders.map(({ key }) => key)
    await refreshOrders(sql, keys)
    const costs = documents.map(({ voucher, cost, packingSlipNumber }) => ({
      voucher,
      date,
      text: `Packing slip ${packingSlipNumber}`,
      cost,
    }))
    await postPhysicalCosts(sql, dataAreaId, costs)
    await tellOfSlips(context, dataAreaId, documents)
    return { ok: true, value: { packingSlips: documents.map(shownSlip) }, warnings }
  },
})

/** A line of an order with what it is to deliver, in its sales unit. */
interface SlipLine {
  readonly order: OpenOrder
  readonly target: OpenLine
  readonly quantity: Decimal
}

/** What each line is to deliver; stopped lines and quantities of nought are left out. */
function wantedLines(order: OpenOrder, { lines, quantityRule }: Parameters): SlipLine[] {
  const typed = findOrderLines(order, lines ?? []).map(({ target, wish }) => ({ order, target, quantity: wish.quantity }))
  const named = new Set(typed.map(({ target }) => target))
  const rest = lines === undefined || quantityRule !== undefined ? order.lines.filter((each) => !named.has(each)) : []
  const byRule = rest.map((target) => ({
    order,
    target,
    quantity: quantityByRule(quantityRule ?? 'All', target.line, target.row.values.IsStocked === 'Yes'),
  }))
  return [...typed, ...byRule].filter((each) => !each.target.line.isStopped && !each.quantity.isZero())
}

async function assertPeriod({ sql }: CommandContext, dataAreaId: string, date: string): Promise<void> {
  const closed = await checkPeriodOpen(sql, { dataAreaId, date, module: 'invent' })
  if (closed !== undefined) throw new CommandRefusal({ ...closed, severity: 'Error' })
}

/** One slip with a voucher of its own per order, shipping site and delivery address. */
async function numberSlips(
  sql: SqlRunner,
  wanted: readonly SlipLine[],
  { dataAreaId, date }: { readonly dataAreaId: string; readonly date: string },
): Promise<LineToDeliver[]> {
  const groups = [...Map.groupBy(wanted, ({ target }) => documentGroup(target.row.values, ['ShippingSiteId'])).values()]
  const slips = await requireNumbers(sql, { dataAreaId, dataTypeName: 'SalesPackingSlipId', count: groups.length })
  const vouchers = await requireNumbers(sql, { dataAreaId, dataTypeName: 'SalesPackingSlipVoucher', count: groups.length })
  return groups.flatMap((group, index) => {
    const numbers = { packingSlipNumber: slips[index] ?? '', voucher: vouchers[index] ?? '', date }
    return group.map((each) => ({ ...each, numbers }))
  })
}

/** Takes the goods out of the stock. */
async function deliver({ sql, now }: CommandContext, lines: readonly LineToDeliver[], given: Parameters): Promise<DeliveredLine[]> {
  const { dataAreaId, closeUnderdelivery: closesUnderdelivery } = given
  const decimals = await readUnitDecimals(
    sql,
    lines.map(({ target }) => target),
  )
  const { packingSlipAutomaticReduction: mayReduce } = await readSalesParameters(sql, dataAreaId)
  const stock = await openStock(sql, { dataAreaId, lots: lines.map(({ target }) => target.line.lotId), now })
  const delivered = deliverLines(stock, lines, { mayReduce, decimals, closesUnderdelivery })
  await stock.save()
  return delivered
}

/** An order of which nothing is posted is refused: the caller meant it. */
function assertEachOrder(orders: readonly OpenOrder[], lines: readonly { readonly order: OpenOrder }[]): void {
  const posted = new Set(lines.map(({ order }) => order))
  const idle = orders.filter((order) => !posted.has(order))
  if (idle.length > 0) throw new CommandRefusal(...idle.map(({ key }) => refuseCommand('E22', key.salesOrderNumber)))
}
