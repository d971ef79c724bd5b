import { type SqlRunner, ZERO } from '@p2c/base'
import { CommandRefusal } from '../commands/command.ts'
import { isReturn, toInventoryUnit } from '../domain/fulfilment/order-line.ts'
import { creditRemainder } from '../domain/invoicing/credit-line.ts'
import { openStock, type Stock } from '../inventory/stock.ts'
import { postPhysicalUpdate } from '../orders/physical-update.ts'
import type { ChosenLine } from './choose-lines.ts'
import type { LineCost, NumberedInvoice } from './invoice-draft.ts'

/** Invoices whose goods are posted. */
export interface StockPosting {
  readonly dataAreaId: string
  readonly invoices: readonly NumberedInvoice[]
  /** Only goods of these packing slips; all where absent. */
  readonly packingSlipNumbers?: readonly string[] | undefined
  /** Whether what is left of a partly credited line stays on the order. */
  readonly keepsCreditRemainder: boolean
  readonly now: Date
}

const chosenOf = ({ orders }: NumberedInvoice): ChosenLine[] => orders.flatMap(({ order }) => order.chosen)

/**
 * Takes the goods of invoices out of stock, or in for lines that give something back: first the physical update of what was not delivered, then
 * the financial one. Gives the cost by lot. Throws the refusal of the stock (E07, E08, L33). Source: Supply Chain specification, 4.5 and 4.6.
 */
export async function postStock(sql: SqlRunner, posting: StockPosting): Promise<ReadonlyMap<string, LineCost>> {
  const { dataAreaId, invoices, now } = posting
  const lots = invoices.flatMap(chosenOf).map(({ line }) => line.lotId)
  const stock = await openStock(sql, { dataAreaId, lots, now })
  for (const invoice of invoices) await deliverRest(sql, { stock, invoice, now })
  const costs = new Map<string, LineCost>()
  for (const invoice of invoices)
    for (const chosen of chosenOf(invoice)) costs.set(chosen.line.lotId, invoiceLine(stock, { chosen, invoice, posting }))
  await stock.save()
  return costs
}

interface Delivery {
  readonly stock: Stock
  readonly invoice: NumberedInvoice
  readonly now: Date
}

/** The physical update that an invoice makes of what no packing slip delivered. */
async function deliverRest(sql: SqlRunner, { stock, invoice, now }: Delivery): Promise<void> {
  const lines = chosenOf(invoice)
    .filter(({ toDeliver }) => !toDeliver.isZero())
    .map(({ row, line, toDeliver }) => ({ line: { row, line }, quantity: toDeliver }))
  if (lines.length === 0) return
  const { dataAreaId, date, voucher } = invoice
  const result = await postPhysicalUpdate(sql, { dataAreaId, stock, lines, date, voucher, now })
  if (!result.ok) throw new CommandRefusal(...result.infolog)
}

interface LinePosting {
  readonly chosen: ChosenLine
  readonly invoice: NumberedInvoice
  readonly posting: StockPosting
}

/** The financial update of one line. */
function invoiceLine(stock: Stock, { chosen, invoice, posting }: LinePosting): LineCost {
  const { line, quantity } = chosen
  const { voucher, date, invoiceNumber } = invoice
  const amount = toInventoryUnit(line, quantity).abs()
  const slips = posting.packingSlipNumbers === undefined ? {} : { packingSlipNumbers: posting.packingSlipNumbers }
  const result = isReturn(line)
    ? stock.purchase(line.lotId, amount, { voucher, date, invoiceNumber })
    : stock.sell(line.lotId, amount, { voucher, date, invoiceNumber, ...slips })
  if (!result.ok) throw new CommandRefusal(result.infolog)
  if (!isReturn(line)) return result
  if (!posting.keepsCreditRemainder) cancelRest(stock, chosen)
  return { cost: ZERO.minus(result.cost), physicalCost: ZERO.minus(result.physicalCost) }
}

/** Ends what no document has taken of a line that gives goods back. */
function cancelRest(stock: Stock, { line, toDeliver }: ChosenLine): void {
  const rest = creditRemainder(line, toDeliver)
  if (!rest.isZero()) stock.cancelRemainder(line.lotId, toInventoryUnit(line, rest).abs())
}
