import { type Decimal, ZERO } from '@p2c/base'
import { assertNoProblems, CommandRefusal } from '../commands/command.ts'
import type { OrderLine } from '../domain/fulfilment/order-line.ts'
import { chooseQuantity, type InvoiceQuantity } from '../domain/invoicing/invoice-quantity.ts'
import { openOnSlips } from '../domain/invoicing/slip-allocation.ts'
import { type InfologEntry, refuseCommand } from '../domain/messages.ts'
import { findOrderLines, type OpenLine, type OpenOrder } from '../orders/open-orders.ts'
import type { InvoiceRequest, TypedLine } from './invoice-request.ts'
import type { InvoiceFacts, PostedSlipLine } from './load-invoice-facts.ts'

/** A line with what the invoice takes of it, in the sales unit. */
export interface ChosenLine extends OpenLine, InvoiceQuantity {
  /** Slip lines that the quantity falls on, oldest first. */
  readonly slipLines: readonly PostedSlipLine[]
}

/** An order with the lines of it that go on an invoice; at least one. */
export interface ChosenOrder extends OpenOrder {
  readonly chosen: readonly ChosenLine[]
}

/**
 * The quantities of all lines of a request. Throws a refusal: E13 and E14 of every line that has one, E01 for a line or a packing slip that is
 * not of these orders, E22 for orders that have nothing to invoice. Source: Supply Chain specification, 4.5.
 */
export function chooseLines(request: InvoiceRequest, facts: InvoiceFacts): ChosenOrder[] {
  const typed = typedQuantities(request.lines ?? [], facts.orders)
  const slips = request.packingSlipNumbers === undefined ? undefined : chosenSlips(request.packingSlipNumbers, facts)
  const problems: InfologEntry[] = []
  const orders = facts.orders.map((order): ChosenOrder => {
    const lines = request.isTypedOnly ? order.lines.filter(({ line }) => typed.has(line.lotId)) : order.lines
    const chosen = lines.flatMap((open): ChosenLine[] => {
      const { line } = open
      const quantity = typed.get(line.lotId)
      const slipLines = slipLinesOf(line, facts, slips)
      const decision = chooseQuantity(line, {
        rule: request.quantityRule,
        ...(quantity !== undefined && { typed: quantity }),
        ...(slips !== undefined && { onChosenSlips: openOnSlips(slipLines) }),
        isDeductionRequired: facts.deductedFirst.has(line.lotId.toLowerCase()),
      })
      if (!decision.ok) problems.push(...decision.infolog)
      return decision.ok && !decision.value.quantity.isZero() ? [{ ...open, ...decision.value, slipLines }] : []
    })
    return { ...order, chosen }
  })
  assertNoProblems(problems)
  // An order of which nothing is posted is refused: the caller meant it.
  const idle = orders.filter(({ chosen }) => chosen.length === 0)
  if (idle.length > 0) throw new CommandRefusal(...idle.map(({ key }) => refuseCommand('E22', key.salesOrderNumber)))
  return orders
}

/** Typed quantities by lot; undefined where the line is named without a quantity. A line that is named twice is refused (L61). */
function typedQuantities(lines: readonly TypedLine[], orders: readonly OpenOrder[]): ReadonlyMap<string, Decimal | undefined> {
  const byOrder = Map.groupBy(lines, (line) => orderOf(line, orders))
  const found = [...byOrder].flatMap(([order, wishes]) => findOrderLines(order, wishes))
  return new Map(found.map(({ target, wish }) => [target.line.lotId, wish.quantity]))
}

/** The order that a line is looked for in. A lot names its line among all orders. */
function orderOf({ inventoryLotId, salesOrderNumber }: TypedLine, orders: readonly OpenOrder[]): OpenOrder {
  const isMeant = ({ key, lines }: OpenOrder): boolean =>
    inventoryLotId === undefined
      ? salesOrderNumber === undefined || key.salesOrderNumber.toLowerCase() === salesOrderNumber.toLowerCase()
      : lines.some(({ line }) => line.lotId.toLowerCase() === inventoryLotId.toLowerCase())
  const order = orders.find(isMeant)
  if (order !== undefined) return order
  throw new CommandRefusal(
    inventoryLotId === undefined
      ? refuseCommand('E01', salesOrderNumber ?? '', 'Sales order', 'Sales orders')
      : refuseCommand('E01', inventoryLotId, 'Lot ID', 'Order lines'),
  )
}

/** The chosen slips by number in lower case; each must have delivered something of these orders and not be cancelled. */
function chosenSlips(numbers: readonly string[], facts: InvoiceFacts): ReadonlySet<string> {
  const posted = new Set([...facts.slipLines.values()].flat().map((line) => line.packingSlipNumber.toLowerCase()))
  const unknown = numbers.find((number) => !posted.has(number.toLowerCase()))
  if (unknown !== undefined) throw new CommandRefusal(refuseCommand('E01', unknown, 'Packing slip', 'Packing slip journal'))
  return new Set(numbers.map((number) => number.toLowerCase()))
}

function slipLinesOf(line: OrderLine, facts: InvoiceFacts, slips: ReadonlySet<string> | undefined): readonly PostedSlipLine[] {
  const all = facts.slipLines.get(line.lotId.toLowerCase()) ?? []
  return slips === undefined ? all : all.filter((each) => slips.has(each.packingSlipNumber.toLowerCase()))
}

/** Whether nothing of the order is left to invoice after these lines: cancelled quantities and lines that give goods back do not count. */
export function isFinalInvoice(order: ChosenOrder): boolean {
  const now = new Map(order.chosen.map(({ line, quantity }) => [line.lotId, quantity]))
  return order.lines.every((open) => isCreditLine(open) || isLineFinal(open.line, now.get(open.line.lotId) ?? ZERO))
}

/** Whether the line has nothing left to invoice after `quantity`. */
export function isLineFinal({ ordered, delivered, canceled, invoiced }: OrderLine, quantity: Decimal): boolean {
  const left = ordered.minus(canceled)
  const whole = left.abs().greaterThan(delivered.abs()) ? left : delivered
  return invoiced.plus(quantity).abs().greaterThanOrEqualTo(whole.abs())
}

/** A line that gives back what an earlier invoice has. */
export const isCreditLine = ({ row }: OpenLine): boolean => (row.values.CreditedInvoiceNumber ?? '') !== ''
