import { type Decimal, decimal, formatDecimal, type SqlRunner, sum, ZERO } from '@p2c/base'
import { z } from 'zod'
import { checkPeriodsOpen } from '../calculation/fiscal-period.ts'
import { assertNoProblems, CommandRefusal, command } from '../commands/command.ts'
import { company, day, identifier, orderLines, quantity } from '../commands/parameters.ts'
import { requireNumber } from '../commands/require-numbers.ts'
import { dayOf } from '../domain/field-value.ts'
import { isReturn, toInventoryUnit, toSalesUnit } from '../domain/fulfilment/order-line.ts'
import { refuseCommand } from '../domain/messages.ts'
import { tableByRelation } from '../entities/catalogue.ts'
import { openStock, type Stock } from '../inventory/stock.ts'
import { findRows, updateRows } from '../store/rows.ts'
import { joinKey, type StoredRow } from '../store/tracked-row.ts'
import { assertCountable } from './line-units.ts'
import { findOrderLines, guardOrders, type OpenLine, type OpenOrder, openOrders, updateLines, withLineValues } from './open-orders.ts'
import { ORDER_SERVICE } from './order-service.ts'
import { postPhysicalCosts } from './physical-update.ts'
import { readPostedStatuses } from './posted-statuses.ts'
import { refreshOrders } from './refresh-orders.ts'
import { toNumber } from './shown-quantity.ts'

const parameters = z.object({
  dataAreaId: company,
  packingSlipNumber: identifier(20, 'Packing slip'),
  lines: orderLines(
    { deliveredQuantity: quantity },
    'Corrects these lines to the quantities that were really delivered; without them the slip is cancelled',
  ),
  date: day.optional(),
})

/** Takes a packing slip back, or lowers quantities of it, as far as it is not invoiced. Source: Supply Chain specification, 3.4. */
export const CANCEL_PACKING_SLIP = command({
  name: 'cancel-packing-slip',
  summary: 'Cancels a packing slip, or corrects quantities of it; what is invoiced stays.',
  operation: { ...ORDER_SERVICE, name: 'CancelPackingSlip' },
  parameters,
  async run(context, given) {
    const { sql, now } = context
    const { dataAreaId } = given
    const date = given.date ?? dayOf(now)
    const { slip, order, rows } = await openSlip(sql, dataAreaId, given.packingSlipNumber)
    await guardOrders(sql, 'cancel-packing-slip', [order])
    assertNoProblems(await checkPeriodsOpen(sql, { dataAreaId, dates: [date], modules: ['invent'] }))
    const corrections = correctionsOf(order, { slip, rows, lines: given.lines })
    await assertCountable(
      sql,
      corrections.map(({ target, back }) => ({ target, quantity: back })),
    )
    const voucher = await requireNumber(sql, { dataAreaId, dataTypeName: 'SalesPackingSlipVoucher' })
    const stock = await openStock(sql, { dataAreaId, lots: corrections.map(({ target }) => target.line.lotId), now })
    const undone = corrections.map((correction) => ({ ...correction, ...takeBack(stock, correction, slip) }))
    await stock.save()
    const isCanceled = await storeSlip(sql, { slip, rows, undone, date, voucher })
    await updateLines(sql, await lineUpdates(sql, dataAreaId, undone))
    await refreshOrders(sql, [order.key], { isReversal: true })
    const packingSlipNumber = slip.values.PackingSlipNumber ?? ''
    const cost = sum(undone.map((each) => each.cost)).negated()
    await postPhysicalCosts(sql, dataAreaId, [{ voucher, date, text: `Packing slip ${packingSlipNumber} canceled`, cost }])
    return {
      ok: true,
      value: {
        packingSlipNumber,
        salesOrderNumber: order.key.salesOrderNumber,
        isCanceled,
        ledgerVoucher: voucher,
        lines: undone.map(shown),
      },
    }
  },
})

interface OpenSlip {
  readonly slip: StoredRow
  readonly order: OpenOrder
  /** Lines that are not cancelled. */
  readonly rows: readonly StoredRow[]
}

/** Locks the order of a slip, then reads the slip. E01 for an unknown one, L45 for one that is cancelled. */
async function openSlip(sql: SqlRunner, dataAreaId: string, number: string): Promise<OpenSlip> {
  const find = async (relation: string) =>
    findRows(sql, {
      table: tableByRelation(relation),
      fields: ['dataAreaId', 'PackingSlipNumber'],
      keys: [[dataAreaId, number]],
      isMany: true,
    })
  const [found] = await find('packing_slip')
  if (found === undefined) throw new CommandRefusal(refuseCommand('E01', number, 'Packing slip', 'Packing slip journal'))
  const [order] = await openOrders(sql, dataAreaId, [found.values.SalesOrderNumber ?? ''])
  const [slip] = await find('packing_slip')
  if (order === undefined || slip === undefined) throw new TypeError('a packing slip without an order')
  if (slip.values.IsCanceled === 'Yes') throw new CommandRefusal(refuseCommand('L45', slip.values.PackingSlipNumber ?? ''))
  const rows = (await find('packing_slip_line')).filter(({ values }) => values.IsCanceled !== 'Yes')
  return { slip, order, rows }
}

/** A slip line and what of it is taken back, in the sales unit and signed like the line. */
interface Correction {
  readonly row: StoredRow
  readonly target: OpenLine
  readonly back: Decimal
}

interface CorrectionInput {
  readonly slip: StoredRow
  readonly rows: readonly StoredRow[]
  readonly lines: z.output<typeof parameters>['lines']
}

const quantityOf = (row: StoredRow, name: string): Decimal => decimal(row.values[name] || '0')

/** What is taken back of each line. L46 for what is invoiced, L41 for more than was delivered, E22 where nothing changes. */
function correctionsOf(order: OpenOrder, { slip, rows, lines }: CorrectionInput): Correction[] {
  const wishes = lines && findOrderLines(order, lines).map(({ target, wish }) => ({ target, wanted: wish.deliveredQuantity }))
  const corrections = rows.flatMap((row) => {
    const target = order.lines.find(({ line }) => joinKey([line.lotId]) === joinKey([row.values.InventoryLotId ?? '']))
    const wish = wishes?.find((each) => each.target === target)
    if (target === undefined || (wishes !== undefined && wish === undefined)) return []
    const [delivered, invoiced, wanted] = [quantityOf(row, 'DeliveredQuantity'), quantityOf(row, 'InvoicedQuantity'), wish?.wanted ?? ZERO]
    const isOther = !wanted.isZero() && wanted.isNegative() !== delivered.isNegative()
    if (isOther) throw new CommandRefusal(refuseCommand('L51', wanted.toFixed(), target.line.lineNumber))
    if (wanted.abs().greaterThan(delivered.abs()))
      throw new CommandRefusal(refuseCommand('L41', wanted.toFixed(), delivered.toFixed(), target.line.lineNumber))
    if (wanted.abs().lessThan(invoiced.abs()))
      throw new CommandRefusal(refuseCommand('L46', slip.values.PackingSlipNumber ?? '', invoiced.toFixed()))
    return wanted.equals(delivered) ? [] : [{ row, target, back: delivered.minus(wanted) }]
  })
  if (corrections.length === 0) throw new CommandRefusal(refuseCommand('E22', order.key.salesOrderNumber))
  return corrections
}

interface Undone {
  /** In the inventory unit, signed like the line. */
  readonly inventoryBack: Decimal
  /** Of it: what is picked again, in the sales unit. */
  readonly picked: Decimal
  /** Physical cost that is reversed: positive for goods that had left. */
  readonly cost: Decimal
}

/** Takes the goods of one slip line back into the stock, or out of it again for goods that had come back. */
function takeBack(stock: Stock, { row, target: { line }, back }: Correction, slip: StoredRow): Undone {
  const isWhole = back.equals(quantityOf(row, 'DeliveredQuantity'))
  const inventoryBack = isWhole ? quantityOf(row, 'InventoryQuantity') : toInventoryUnit(line, back)
  const number = slip.values.PackingSlipNumber ?? ''
  if (isReturn(line)) {
    const result = stock.unreceive(line.lotId, inventoryBack.abs(), number)
    if (!result.ok) throw new CommandRefusal(result.infolog)
    return { inventoryBack, picked: ZERO, cost: result.cost.negated() }
  }
  const { picked, cost } = stock.undeduct(line.lotId, inventoryBack, number)
  return { inventoryBack, picked: toSalesUnit(line, picked), cost }
}

type UndoneLine = Correction & Undone

const shown = ({ target: { line }, back }: UndoneLine) => ({
  inventoryLotId: line.lotId,
  lineCreationSequenceNumber: Number(line.lineSequence),
  quantity: toNumber(back),
})

/** Order lines after the correction: delivered less, picked again what had been picked, and the documents that are left. */
async function lineUpdates(sql: SqlRunner, dataAreaId: string, undone: readonly UndoneLine[]) {
  const statuses = await readPostedStatuses(
    sql,
    dataAreaId,
    undone.map(({ target }) => target.line),
  )
  return undone.map(({ target, back, picked }) =>
    withLineValues(target, {
      DeliveredQuantity: formatDecimal(target.line.delivered.minus(back)),
      PickedQuantity: formatDecimal(target.line.picked.plus(picked)),
      DocumentStatus: statuses.get(joinKey([target.line.lotId])) ?? 'None',
    }),
  )
}

interface SlipCorrection extends Pick<OpenSlip, 'slip' | 'rows'> {
  readonly undone: readonly UndoneLine[]
  readonly date: string
  readonly voucher: string
}

/** Stores what is left of the slip; gives whether nothing is. */
async function storeSlip(sql: SqlRunner, { slip, rows, undone, date, voucher }: SlipCorrection): Promise<boolean> {
  const updates = undone.map(({ row, back, inventoryBack, cost }) => {
    const delivered = quantityOf(row, 'DeliveredQuantity').minus(back)
    const values = {
      DeliveredQuantity: formatDecimal(delivered),
      RemainingQuantity: formatDecimal(quantityOf(row, 'RemainingQuantity').plus(back)),
      InventoryQuantity: formatDecimal(quantityOf(row, 'InventoryQuantity').minus(inventoryBack)),
      CostAmount: formatDecimal(quantityOf(row, 'CostAmount').minus(cost)),
      IsCanceled: delivered.isZero() ? 'Yes' : 'No',
    }
    return { stored: row, after: { ...row.values, ...values } }
  })
  await updateRows(sql, tableByRelation('packing_slip_line'), updates)
  const isCanceled = updates.filter(({ after }) => after.IsCanceled === 'Yes').length === rows.length
  const canceled = { IsCanceled: 'Yes', CancellationDate: date, CancellationVoucher: voucher }
  if (isCanceled) await updateRows(sql, tableByRelation('packing_slip'), [{ stored: slip, after: { ...slip.values, ...canceled } }])
  return isCanceled
}
