import { type Decimal, decimal, ZERO } from '@p2c/base'
import { at, type FieldValues } from '../field-value.ts'
import { dimensionsOf } from './dimensions.ts'
import { keptDimensions } from './item-facts.ts'
import { applyLine, type LotLine } from './lot-lines.ts'
import { physicalInvent } from './on-hand.ts'
import type { StockBook } from './stock-book.ts'
import { refuseStock, type StockRefusal, type StockResult } from './stock-result.ts'
import { itemOf, placeOf, rowOf, type StockPlace, type StockState } from './stock-state.ts'

/** How far expected goods come with one posting. */
export const RECEIPT_STEPS = ['Registered', 'Received', 'Purchased'] as const
export type ReceiptStep = (typeof RECEIPT_STEPS)[number]

export interface JournalPosting {
  readonly voucher: string
  /** `2025-02-11`. */
  readonly date: string
  readonly receiptStep: ReceiptStep
  readonly packingSlipNumber: string
  readonly invoiceNumber: string
  /** Of an expected receipt; default: all that is open. */
  readonly quantity?: Decimal
}

/** What a line has done: the change of the value of inventory, negative where goods left, and how far its goods have come. */
export type PostedLine = StockResult<{ readonly value: Decimal; readonly receiptStatus: string }>

const numberAt = (row: FieldValues, name: string): Decimal => decimal(at(row, name) || '0')

/** Stock that a journal is posted against. */
export interface JournalStock {
  readonly state: StockState
  readonly book: StockBook
}

/**
 * Posts one line of an inventory journal. An adjustment moves its quantity, a counting line the difference to what is there, an expected
 * receipt comes one or more steps nearer. Goods that leave post physically and financially at once. Source: Supply Chain specification, 4.1.
 */
export function postJournalLine(stock: JournalStock, line: FieldValues, posting: JournalPosting): PostedLine {
  if (at(line, 'JournalType') === 'Receipt') return postReceipt(stock, line, posting)
  const item = itemOf(stock.state, at(line, 'ItemNumber'))
  const place = placeOf(item.itemNumber, keptDimensions(dimensionsOf(line), item, stock.state.places))
  const quantity = journalQuantity(stock.state, line, place)
  if (quantity.isZero()) return { ok: true, value: ZERO, receiptStatus: 'None' }
  const lot = lotLine(line, place, quantity)
  return applyLine(stock.state, lot) ?? postMovement(stock.book, { line, lotId: lot.lotId, quantity, posting })
}

/** What comes in; negative: what leaves. */
function journalQuantity(state: StockState, line: FieldValues, place: StockPlace): Decimal {
  if (at(line, 'JournalType') !== 'Counting') return numberAt(line, 'InventoryQuantity')
  return numberAt(line, 'CountedQuantity').minus(physicalInvent(rowOf(state, place).sums))
}

const lotLine = (line: FieldValues, place: StockPlace, quantity: Decimal): LotLine => ({
  lotId: at(line, 'InventoryLotId'),
  referenceCategory: at(line, 'JournalType') === 'Counting' ? 'InventCounting' : 'InventTransaction',
  referenceId: at(line, 'JournalNumber'),
  place,
  quantity: quantity.negated(),
  dateExpected: at(line, 'TransactionDate'),
  returnLotId: '',
})

interface Movement {
  readonly line: FieldValues
  readonly lotId: string
  readonly quantity: Decimal
  readonly posting: JournalPosting
}

function postMovement(book: StockBook, { line, lotId, quantity, posting }: Movement): PostedLine {
  const { voucher, date, packingSlipNumber, invoiceNumber } = posting
  if (quantity.isNegative()) {
    const left = book.deduct(lotId, quantity.abs(), { voucher, date, packingSlipNumber })
    const sold = left.ok ? book.sell(lotId, quantity.abs(), { voucher, date, invoiceNumber }) : left
    return sold.ok ? { ok: true, value: sold.cost.negated(), receiptStatus: 'None' } : sold
  }
  const came = book.purchase(lotId, quantity, { voucher, date, invoiceNumber, packingSlipNumber, ...givenCost(line) })
  return came.ok ? { ok: true, value: came.cost, receiptStatus: 'None' } : came
}

/** The cost of one inventory unit that the line names; 0 names none. */
function givenCost(line: FieldValues): { readonly unitCost?: Decimal } {
  const price = numberAt(line, 'CostPrice')
  const unit = numberAt(line, 'CostPriceQuantity')
  return price.isZero() ? {} : { unitCost: price.dividedBy(unit.isZero() ? 1 : unit) }
}

function postReceipt({ state, book }: JournalStock, line: FieldValues, posting: JournalPosting): PostedLine {
  const lotId = at(line, 'InventoryLotId')
  const { voucher, date, packingSlipNumber, invoiceNumber, receiptStep } = posting
  const problem = skippedStep({ state, book }, line, posting)
  if (problem !== undefined) return problem
  const quantity = posting.quantity ?? openQuantity(book, lotId, receiptStep)
  if (quantity.isZero()) return { ok: true, value: ZERO, receiptStatus: at(line, 'ReceiptStatus') }
  const cost = givenCost(line)
  const result =
    receiptStep === 'Registered'
      ? book.register(lotId, quantity)
      : receiptStep === 'Received'
        ? book.receive(lotId, quantity, { voucher, date, packingSlipNumber, ...cost })
        : book.purchase(lotId, quantity, { voucher, date, packingSlipNumber, invoiceNumber, ...cost })
  if (!result.ok) return result
  const value = receiptStep === 'Purchased' ? result.cost : ZERO
  return { ok: true, value, receiptStatus: furthest(book, lotId) }
}

/** What of a lot can take a step. */
function openQuantity(book: StockBook, lotId: string, step: ReceiptStep): Decimal {
  const { Ordered, Arrived, Registered, Received } = book.quantities(lotId)
  const before = Ordered.plus(Arrived)
  if (step === 'Registered') return before
  return step === 'Received' ? before.plus(Registered) : before.plus(Registered).plus(Received)
}

/** Steps that the model group demands are not left out. Source: Supply Chain specification, 1.1, item model group. */
function skippedStep({ state, book }: JournalStock, line: FieldValues, posting: JournalPosting): StockRefusal | undefined {
  const item = itemOf(state, at(line, 'ItemNumber'))
  const { Registered, Received } = book.quantities(at(line, 'InventoryLotId'))
  const quantity = posting.quantity ?? openQuantity(book, at(line, 'InventoryLotId'), posting.receiptStep)
  const step = posting.receiptStep === 'Purchased' ? 'invoiced' : 'received'
  if (posting.receiptStep === 'Purchased' && item.isReceivingRequired && quantity.greaterThan(Received))
    return refuseStock(Received, 'L39', item.itemNumber, 'received', step)
  const registered = posting.receiptStep === 'Purchased' ? Registered.plus(Received) : Registered
  if (posting.receiptStep !== 'Registered' && item.isRegistrationRequired && quantity.greaterThan(registered))
    return refuseStock(registered, 'L39', item.itemNumber, 'registered', step)
  return undefined
}

/** The furthest status that goods of a lot have reached. */
function furthest(book: StockBook, lotId: string): string {
  const quantities = book.quantities(lotId)
  return (['Purchased', 'Received', 'Registered', 'Arrived'] as const).find((status) => !quantities[status].isZero()) ?? 'Ordered'
}

/** Whether nothing of a lot is left to come. */
export function isFullyReceived(book: StockBook, lotId: string): boolean {
  const { Ordered, Arrived, Registered, Received } = book.quantities(lotId)
  return [Ordered, Arrived, Registered, Received].every((quantity) => quantity.isZero())
}
