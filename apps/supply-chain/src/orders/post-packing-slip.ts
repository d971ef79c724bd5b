import type { SqlRunner } from '@p2c/base'
import { z } from 'zod'
import { checkPeriodsOpen } from '../calculation/fiscal-period.ts'
import { readSalesParameters } from '../calculation/read-parameters.ts'
import { assertNoProblems, type CommandContext, command } from '../commands/command.ts'
import { company, day, linesOfOneOrder, namesOrders, orderLines, ordersOf, ordersToPost, quantity } from '../commands/parameters.ts'
import { requireNumbers } from '../commands/require-numbers.ts'
import { dayOf } from '../domain/field-value.ts'
import { QUANTITY_RULES, quantityByRule } from '../domain/fulfilment/delivery-quantity.ts'
import { documentGroup } from '../domain/fulfilment/document-groups.ts'
import { openStock } from '../inventory/stock.ts'
import { assertCredit } from './assert-credit.ts'
import { type DeliveredLine, deliverLines, type LineToDeliver } from './deliver-lines.ts'
import { endNeedlessPicking } from './end-picking.ts'
import { assertCountable, type LineDecimals } from './line-units.ts'
import {
  assertEachOrder,
  guardOrders,
  type LineToPost,
  linesToPost,
  type OpenOrder,
  openOrders,
  updateLines,
  withLineValues,
} from './open-orders.ts'
import { ORDER_SERVICE } from './order-service.ts'
import { shownSlip, storeSlips, tellOfSlips } from './packing-slip-documents.ts'
import { postPhysicalCosts } from './physical-update.ts'
import { refreshOrders } from './refresh-orders.ts'

const parameters = z
  .object({
    dataAreaId: company,
    ...ordersToPost,
    quantityRule: z.enum(QUANTITY_RULES).optional().meta({ description: 'Quantity of each line; default: All' }),
    lines: orderLines({ quantity }, 'Lines with quantities, of one order; without a rule they are all that is posted'),
    closeUnderdelivery: z.boolean().default(false).meta({ description: 'Cancel the rest of lines within their allowed underdelivery' }),
    date: day.optional(),
  })
  .refine(...namesOrders)
  .refine(...linesOfOneOrder)

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
    const date = given.date ?? dayOf(now)
    const orders = await openOrders(sql, dataAreaId, ordersOf(given))
    await assertPeriod(context, dataAreaId, date)
    await guardOrders(sql, 'post-packing-slip', orders)
    // Numbers are taken before customers and stock are locked, as everybody does.
    const wanted = orders.flatMap((order) => wantedLines(order, given))
    const numbered = await numberSlips(sql, wanted, { dataAreaId, date })
    const warnings = await assertCredit(sql, { dataAreaId, documents: orders.map(({ key }) => key), on: date })
    assertEachOrder(orders, wanted)
    const decimals = await assertCountable(sql, wanted)
    const delivered = await deliver(context, numbered, { ...given, decimals })
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

/** What each line is to deliver; stopped lines and quantities of nought are left out. */
const wantedLines = (order: OpenOrder, given: Parameters): LineToPost[] =>
  linesToPost(order, given, ({ line, row }) => quantityByRule(given.quantityRule ?? 'All', line, row.values.IsStocked === 'Yes')).filter(
    ({ target, quantity }) => !target.line.isStopped && !quantity.isZero(),
  )

async function assertPeriod({ sql }: CommandContext, dataAreaId: string, date: string): Promise<void> {
  assertNoProblems(await checkPeriodsOpen(sql, { dataAreaId, dates: [date], modules: ['invent'] }))
}

/** One slip with a voucher of its own per order, shipping site and delivery address. */
async function numberSlips(
  sql: SqlRunner,
  wanted: readonly LineToPost[],
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
async function deliver(
  { sql, now }: CommandContext,
  lines: readonly LineToDeliver[],
  { dataAreaId, decimals, closeUnderdelivery: closesUnderdelivery }: Parameters & { readonly decimals: LineDecimals },
): Promise<DeliveredLine[]> {
  const { packingSlipAutomaticReduction: mayReduce } = await readSalesParameters(sql, dataAreaId)
  const stock = await openStock(sql, { dataAreaId, lots: lines.map(({ target }) => target.line.lotId), now })
  const delivered = deliverLines(stock, lines, { mayReduce, decimals, closesUnderdelivery })
  await stock.save()
  return delivered
}
