import { type Decimal, formatDecimal, type SqlRunner, ZERO } from '@p2c/base'
import { readAccountingCurrency } from '../calculation/exchange.ts'
import {
  checkOverdelivery,
  deliverNowAfter,
  hasOtherSign,
  listedAfter,
  neededPicking,
  pickedAfter,
} from '../domain/fulfilment/delivery-quantity.ts'
import { isReturn, type OrderLine, toInventoryUnit } from '../domain/fulfilment/order-line.ts'
import { type InfologEntry, refuseCommand } from '../domain/messages.ts'
import type { Stock } from '../inventory/stock.ts'
import { ledgerAccount } from '../ledger/accounts.ts'
import { postVouchers } from '../ledger/post-voucher.ts'
import { endNeedlessPicking } from './end-picking.ts'
import { type OpenLine, updateLines, withLineValues } from './open-orders.ts'

/** What a line delivers, in its sales unit; negative on a line that gives goods back. */
export interface Delivery {
  readonly line: OpenLine
  readonly quantity: Decimal
}

/** The document that goods leave by. */
export interface DeliveryDocument {
  readonly voucher: string
  /** `2025-02-11`. */
  readonly date: string
  /** Blank where an invoice delivers what no packing slip did. */
  readonly packingSlipNumber: string
}

/** What left the stock. */
export interface Delivered {
  /** Signed like the quantity of the line, in the inventory unit. */
  readonly inventoryQuantity: Decimal
  /** Physical cost: positive for goods that left, negative for goods that came back. */
  readonly cost: Decimal
}

/** Why a line cannot deliver a quantity, before the stock is asked: sign, over-delivery, goods that must be picked first. Source: 4.4 no. 2. */
export function checkDelivery(stock: Stock, line: OrderLine, quantity: Decimal): InfologEntry | undefined {
  if (hasOtherSign(line, quantity)) return refuseCommand('L51', quantity.toFixed(), line.lineNumber)
  const beyond = checkOverdelivery(line, quantity)
  if (beyond !== undefined) return beyond
  const mustBePicked = stock.policy(line.lotId)?.isPickingRequired === true && !isReturn(line)
  if (!mustBePicked || !quantity.greaterThan(line.picked)) return undefined
  return refuseCommand('L47', line.itemNumber, line.picked.toFixed(2), quantity.toFixed(2))
}

/** Takes the goods of one line out of the stock, or in for a line that gives them back; the refusal of the stock (E07) otherwise. */
export function deliverLine(
  stock: Stock,
  { line, quantity }: { readonly line: OrderLine; readonly quantity: Decimal },
  document: DeliveryDocument,
): ({ readonly ok: true } & Delivered) | { readonly ok: false; readonly infolog: InfologEntry } {
  const inventoryQuantity = toInventoryUnit(line, quantity)
  const result = isReturn(line)
    ? stock.receive(line.lotId, inventoryQuantity.abs(), document)
    : stock.deduct(line.lotId, inventoryQuantity, document)
  if (!result.ok) return result
  return { ok: true, inventoryQuantity, cost: isReturn(line) ? result.cost.negated() : result.cost }
}

/** Columns of an order line after a delivery: delivered, still picked, still to be delivered now, still on picking lists. */
export const deliveredValues = (line: OrderLine, quantity: Decimal): Record<string, string> => ({
  DeliveredQuantity: formatDecimal(line.delivered.plus(quantity)),
  PickedQuantity: formatDecimal(pickedAfter(line, quantity)),
  SalesDeliverNow: formatDecimal(deliverNowAfter(line, quantity)),
  PickingListQuantity: formatDecimal(listedAfter(line, quantity)),
})

/** A physical cost to be posted: positive for goods that left. */
export interface PhysicalCost {
  readonly voucher: string
  readonly date: string
  readonly text: string
  readonly cost: Decimal
}

/** Posts physical costs to the ledger: goods delivered against goods issued, until the invoice reverses them. Source: 4.4 no. 5 and 4.6. */
export async function postPhysicalCosts(sql: SqlRunner, dataAreaId: string, costs: readonly PhysicalCost[]): Promise<void> {
  if (costs.every(({ cost }) => cost.isZero())) return
  const { accountingCurrency: currencyCode } = await readAccountingCurrency(sql, dataAreaId)
  const entry = (account: 'CostOfGoodsDelivered' | 'InventoryPhysicalIssue', amount: Decimal) => ({
    account: ledgerAccount(account),
    amount,
    currencyCode,
    amountCur: amount,
  })
  await postVouchers(
    sql,
    costs.map(({ cost, ...voucher }) => ({
      ...voucher,
      dataAreaId,
      entries: [entry('CostOfGoodsDelivered', cost), entry('InventoryPhysicalIssue', cost.negated())],
    })),
  )
}

/** Quantities that are delivered without a slip of their own. */
export interface PhysicalUpdate {
  readonly dataAreaId: string
  readonly stock: Stock
  readonly lines: readonly Delivery[]
  readonly date: string
  /** Voucher of the document that delivers: the invoice. */
  readonly voucher: string
  readonly now: Date
}

/**
 * Delivers lines without a packing slip, for an invoice that goes beyond what was delivered: stock check (E07, E08), stock, physical cost in
 * the ledger, and the delivered quantities of the lines. The caller saves the stock and refreshes the orders. Source: 4.5 no. 2.
 */
export async function postPhysicalUpdate(
  sql: SqlRunner,
  { dataAreaId, stock, lines, date, voucher, now }: PhysicalUpdate,
): Promise<{ readonly ok: true } | { readonly ok: false; readonly infolog: readonly InfologEntry[] }> {
  const problems = lines.flatMap(({ line, quantity }) => checkDelivery(stock, line.line, quantity) ?? [])
  if (problems.length > 0) return { ok: false, infolog: problems }
  let cost = ZERO
  for (const { line, quantity } of lines) {
    const result = deliverLine(stock, { line: line.line, quantity }, { voucher, date, packingSlipNumber: '' })
    if (!result.ok) return { ok: false, infolog: [result.infolog] }
    cost = cost.plus(result.cost)
  }
  const needs = lines.map(({ line, quantity }) => ({ target: line, needed: neededPicking(line.line, quantity) }))
  await endNeedlessPicking(sql, needs, now)
  await updateLines(
    sql,
    lines.map(({ line, quantity }) => withLineValues(line, deliveredValues(line.line, quantity))),
  )
  await postPhysicalCosts(sql, dataAreaId, [{ voucher, date, text: 'Delivery with invoice', cost }])
  return { ok: true }
}
