import { type Decimal, decimal, type SqlRunner, ZERO } from '@p2c/base'
import { z } from 'zod'
import { assertNoProblems, type CommandContext, CommandRefusal, command } from '../commands/command.ts'
import { company, day, identifier, orderLines, positiveQuantity } from '../commands/parameters.ts'
import { dayOf, type FieldValues } from '../domain/field-value.ts'
import { creditableQuantity, creditLine, NOTHING_CREDITED } from '../domain/invoicing/credit-line.ts'
import { refuseCommand } from '../domain/messages.ts'
import { currencyRounding, roundAmount } from '../domain/pricing/rounding.ts'
import { tableByRelation } from '../entities/catalogue.ts'
import { openOrders } from '../orders/open-orders.ts'
import { ORDER_SERVICE } from '../orders/order-service.ts'
import { toNumber } from '../orders/shown-quantity.ts'
import { settleTransactions } from '../receivables/settle-transactions.ts'
import { findRows } from '../store/rows.ts'
import { addCreditLines, createReturnOrder, type NewCreditLine } from './credit-order-lines.ts'
import { lockInvoiceNumbers } from './number-invoices.ts'
import { type InvoicePosting, type PostedInvoice, postInvoices } from './post-invoices.ts'
import { findInvoice, type JournalInvoice, readCredited } from './read-credited.ts'
import { shownInvoice } from './show-invoice.ts'

const parameters = z
  .object({
    dataAreaId: company,
    invoiceNumber: identifier(20, 'Invoice that is given back'),
    lines: orderLines(
      { quantity: positiveQuantity.optional() },
      'Lines of the invoice with the quantity to give back; without them, or without a quantity, all that is left',
    ),
    reasonCode: z.string().trim().max(10).default('').meta({ description: 'Reason of the credit note' }),
    returnOrder: z.boolean().default(false).meta({ description: 'On a new order of type ReturnItem, not on the order that was invoiced' }),
    post: z.boolean().default(false).meta({ description: 'Post the credit note at once' }),
    date: day.optional().meta({ description: 'Date of the credit note; default: today', format: 'date' }),
    markInvoice: z.boolean().default(false).meta({ description: 'Settle the posted credit note against the invoice' }),
  })
  .refine(({ post, markInvoice }) => post || !markInvoice, { path: ['markInvoice'], message: 'expected post with markInvoice' })

type Parameters = z.output<typeof parameters>

/**
 * Gives posted invoice lines back: negative order lines at the price, discount and tax of the invoice, with a reference to it; posted at once on
 * request. Refuses with E27 what is beyond invoiced and not credited yet. Source: Supply Chain specification, 6.4.
 */
export const CREATE_CREDIT_NOTE = command({
  name: 'create-credit-note',
  summary: 'Creates order lines that give back lines of a posted invoice, and posts their credit note on request.',
  operation: { ...ORDER_SERVICE, name: 'CreateCreditNote' },
  parameters,
  async run(context, given) {
    const { sql } = context
    const { dataAreaId } = given
    const invoice = await findInvoice(sql, dataAreaId, given.invoiceNumber)
    if (invoice === undefined) throw new CommandRefusal(refuseCommand('E01', given.invoiceNumber, 'Invoice', 'Customer invoice journal'))
    // The orders of the invoice are locked also where the lines go on another one: two credit notes of one invoice follow each other.
    const orders = await openOrders(sql, dataAreaId, ordersOf(invoice))
    const lines = await decideLines(sql, invoice, given)
    if (given.post) await lockInvoiceNumbers(sql, dataAreaId)
    const returnOrder = given.returnOrder ? await createReturnOrder(context, orders[0]?.header.values ?? {}) : undefined
    const placed = returnOrder === undefined ? lines : lines.map((line) => ({ ...line, salesOrderNumber: returnOrder }))
    const added = await addCreditLines(context, dataAreaId, placed)
    const posting = given.post ? await postCredit(context, given, added) : { invoices: [], warnings: [] }
    if (given.markInvoice) await markInvoice(sql, { invoice, posting, dataAreaId })
    return { ok: true, value: { ...shown(added), invoices: posting.invoices.map(shownInvoice) }, warnings: posting.warnings }
  },
})

/** The orders of the lines of an invoice, in the order of the lines. */
const ordersOf = ({ lines }: JournalInvoice): string[] => [...new Set(lines.map((line) => line.SalesOrderNumber ?? ''))]

/** The order lines that are to be added, one for each line that is given back; L60 where nothing is left of any. */
async function decideLines(sql: SqlRunner, invoice: JournalInvoice, given: Parameters): Promise<NewCreditLine[]> {
  const credited = await readCredited(sql, given.dataAreaId, invoice.header.InvoiceNumber ?? '')
  const round = await roundingOf(sql, invoice.header.CurrencyCode ?? '')
  const wanted = wantedLines(invoice, given).flatMap(({ line, quantity }) => {
    const before = credited.get((line.InventoryLotId ?? '').toLowerCase()) ?? NOTHING_CREDITED
    const left = creditableQuantity(line, before)
    return quantity === undefined && !left.greaterThan(ZERO) ? [] : [{ invoiceLine: line, before, round, quantity: quantity ?? left }]
  })
  if (wanted.length === 0) throw new CommandRefusal(refuseCommand('L60', invoice.header.InvoiceNumber ?? ''))
  const decisions = wanted.map((request) => ({ request, decision: creditLine(request) }))
  const problems = decisions.flatMap(({ decision }) => (decision.ok ? [] : decision.infolog))
  assertNoProblems(problems)
  return decisions.flatMap(({ request, decision }) =>
    decision.ok
      ? [{ salesOrderNumber: request.invoiceLine.SalesOrderNumber ?? '', values: { ...decision.line, CreditReasonCode: given.reasonCode } }]
      : [],
  )
}

interface WantedLine {
  readonly line: FieldValues
  readonly quantity: Decimal | undefined
}

/** The named lines of the invoice, each once; all of them where none is named. */
function wantedLines({ lines }: JournalInvoice, given: Parameters): WantedLine[] {
  if (given.lines === undefined) return lines.map((line) => ({ line, quantity: undefined }))
  const wanted = given.lines.map(({ inventoryLotId: lot, lineCreationSequenceNumber: number, quantity }) => {
    const line = lines.find((each) =>
      lot === undefined ? each.LineCreationSequenceNumber === String(number) : each.InventoryLotId?.toLowerCase() === lot.toLowerCase(),
    )
    if (line === undefined)
      throw new CommandRefusal(
        refuseCommand('E01', lot ?? String(number), lot === undefined ? 'Line creation sequence' : 'Lot ID', 'Customer invoice lines'),
      )
    return { line, quantity }
  })
  const twice = wanted.find((each, index) => wanted.findIndex(({ line }) => line === each.line) !== index)
  if (twice !== undefined) throw new CommandRefusal(refuseCommand('L61', twice.line.InventoryLotId ?? ''))
  return wanted
}

async function roundingOf(sql: SqlRunner, currencyCode: string): Promise<(amount: Decimal) => Decimal> {
  const [currency] = await findRows(sql, { table: tableByRelation('currency'), fields: ['CurrencyCode'], keys: [[currencyCode]] })
  const { orders } = currencyRounding(currency?.values)
  return (amount) => roundAmount(amount, orders)
}

/** Posts the added lines, and nothing else of their orders, as one credit note: what they give back comes in with it. */
const postCredit = (context: CommandContext, given: Parameters, added: readonly FieldValues[]): Promise<InvoicePosting> =>
  postInvoices(context, {
    dataAreaId: given.dataAreaId,
    salesOrderNumbers: [...new Set(added.map((line) => line.SalesOrderNumber ?? ''))],
    quantityRule: 'All',
    lines: added.map((line) => ({ inventoryLotId: line.InventoryLotId ?? '' })),
    isTypedOnly: true,
    date: given.date ?? dayOf(context.now),
    isSummary: true,
    keepsCreditRemainder: true,
  })

interface Marking {
  readonly dataAreaId: string
  readonly invoice: JournalInvoice
  readonly posting: { readonly invoices: readonly PostedInvoice[] }
}

/** Settles the credit note against what is open of the invoice; the refusal of the settlement (L89) where nothing is. */
async function markInvoice(sql: SqlRunner, { dataAreaId, invoice: { header }, posting }: Marking): Promise<void> {
  for (const { transactionRecId, date } of posting.invoices) {
    const marks = [{ voucher: header.LedgerVoucher }]
    const result = await settleTransactions(sql, { dataAreaId, payment: { recId: transactionRecId }, marks, date })
    if (!result.ok) throw new CommandRefusal(...result.infolog)
  }
}

const shown = (added: readonly FieldValues[]) => ({
  salesOrderNumbers: [...new Set(added.map((line) => line.SalesOrderNumber ?? ''))],
  lines: added.map((line) => ({
    salesOrderNumber: line.SalesOrderNumber ?? '',
    inventoryLotId: line.InventoryLotId ?? '',
    lineCreationSequenceNumber: Number(line.LineCreationSequenceNumber),
    creditedLotId: line.CreditedLotId ?? '',
    quantity: toNumber(decimal(line.OrderedSalesQuantity ?? '0')),
  })),
})
