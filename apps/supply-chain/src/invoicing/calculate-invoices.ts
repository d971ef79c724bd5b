import { type Decimal, type SqlRunner, sum, ZERO } from '@p2c/base'
import { type AccountingExchange, loadExchange } from '../calculation/exchange.ts'
import { loadCalculations } from '../calculation/load-document.ts'
import { assertNoProblems, CommandRefusal } from '../commands/command.ts'
import { EMPTY_DATE, type FieldValues } from '../domain/field-value.ts'
import { type CreditedFigures, type CreditSource, creditPart, withCredited, withoutCredited } from '../domain/invoicing/credited-figures.ts'
import { type DocumentLine, invoiceDocument } from '../domain/invoicing/invoice-document.ts'
import { type InvoiceTotals, invoiceTotals, isCreditNote } from '../domain/invoicing/invoice-totals.ts'
import { refuseCommand } from '../domain/messages.ts'
import type { CalculationDocument } from '../domain/pricing/calculation-document.ts'
import { documentTotals } from '../domain/pricing/document-totals.ts'
import { roundAmount } from '../domain/pricing/rounding.ts'
import { orderKeyText } from '../orders/lock-order.ts'
import { rowsOf } from '../orders/open-orders.ts'
import { joinKey } from '../store/tracked-row.ts'
import { type ChosenLine, type ChosenOrder, isCreditLine, isFinalInvoice, isLineFinal } from './choose-lines.ts'
import type { AccountingAmounts, CalculatedOrder, InvoiceDraft, InvoiceTerms } from './invoice-draft.ts'
import type { InvoiceRequest } from './invoice-request.ts'
import type { InvoiceFacts } from './load-invoice-facts.ts'
import { loadPaymentTerms, type PaymentTermFacts, termsOf } from './payment-terms.ts'
import { type InvoiceLineKey, invoiceLineText, readCreditSources } from './read-credit-sources.ts'

/**
 * The invoices of the chosen lines with all their figures, in the order of the request: one for each order, or one for all orders of one invoice
 * account and currency. Throws a refusal where figures cannot be made: E29, E30. Source: Supply Chain specification, 6.1.
 */
export async function calculateInvoices(
  sql: SqlRunner,
  orders: readonly ChosenOrder[],
  { request, facts }: { readonly request: InvoiceRequest; readonly facts: InvoiceFacts },
): Promise<InvoiceDraft[]> {
  const calculated = await calculateOrders(sql, orders, request)
  const problems = calculated.flatMap(({ figures }) => figures.problems)
  assertNoProblems(problems)
  const currencyCodes = [...new Set(calculated.map(({ document }) => document.currencyCode))]
  const exchange = await loadExchange(sql, { dataAreaId: request.dataAreaId, currencyCodes })
  const payment = await loadPaymentTerms(sql, request.dataAreaId, orders)
  const groups = request.isSummary ? [...Map.groupBy(calculated, summaryKey).values()] : calculated.map((order) => [order])
  return groups.map((group) => draftOf(group, { request, facts, exchange, payment }))
}

/** Orders with the same key may share an invoice. Amounts with and without tax in them cannot. */
const summaryKey = ({ order: { header }, document }: CalculatedOrder): string =>
  joinKey([header.values.InvoiceCustomerAccountNumber ?? '', document.currencyCode, String(document.pricesIncludeTax)])

async function calculateOrders(sql: SqlRunner, orders: readonly ChosenOrder[], request: InvoiceRequest): Promise<CalculatedOrder[]> {
  const keys = orders.map(({ key }) => ({ dataAreaId: key.dataAreaId, number: key.salesOrderNumber }))
  const documents = await loadCalculations(sql, { kind: 'order', keys, on: request.date, known: rowsOf(orders) })
  const byOrder = new Map(documents.map((each) => [orderKeyText({ dataAreaId: each.dataAreaId, salesOrderNumber: each.number }), each]))
  const sources = await readCreditSources(sql, request.dataAreaId, orders.flatMap(creditedKeys))
  return orders.map((order) => {
    const whole = byOrder.get(orderKeyText(order.key))
    if (whole === undefined) throw new TypeError(`order ${order.key.salesOrderNumber} was not calculated`)
    const { document, charges } = invoiceDocument(whole, order.chosen.map(documentLine), {
      creditLines: new Set(order.lines.filter(isCreditLine).map(({ row }) => row.recId)),
      isFinal: isFinalInvoice(order),
    })
    const credited = creditedFigures(order, document, sources)
    const figures = withCredited(documentTotals(withoutCredited(document, credited)), credited, document)
    return { order, document, charges, figures }
  })
}

const documentLine = ({ row, line, quantity }: ChosenLine): DocumentLine => ({
  recId: row.recId,
  quantity,
  invoicedBefore: line.invoiced,
  isFinal: isLineFinal(line, quantity),
})

const creditedKey = ({ row: { values } }: ChosenLine): InvoiceLineKey => ({
  invoiceNumber: values.CreditedInvoiceNumber ?? '',
  lotId: values.CreditedLotId ?? '',
})

const creditedKeys = ({ chosen }: ChosenOrder): InvoiceLineKey[] => chosen.filter(isCreditLine).map(creditedKey)

/**
 * Tax and total discount of the lines that give something back, as their invoice had them, by record id. Several of them may give back the same
 * invoice line: each takes its part after the other. A company that keeps no tax per line has it calculated anew.
 */
function creditedFigures(
  { chosen }: ChosenOrder,
  document: CalculationDocument,
  sources: Map<string, CreditSource>,
): ReadonlyMap<string, CreditedFigures> {
  const { parameters, rounding } = document
  const credited = new Map<string, CreditedFigures>()
  if (!parameters.taxPerInvoiceLine) return credited
  for (const line of chosen.filter(isCreditLine)) {
    const key = invoiceLineText(creditedKey(line))
    const source = sources.get(key)
    if (source === undefined) continue
    const { figures, after } = creditPart(source, {
      lineRecId: line.row.recId,
      quantity: line.quantity.abs(),
      round: (amount) => roundAmount(amount, rounding.orders),
    })
    credited.set(line.row.recId, figures)
    sources.set(key, after)
  }
  return credited
}

interface DraftFacts {
  readonly request: InvoiceRequest
  readonly facts: InvoiceFacts
  readonly exchange: AccountingExchange
  readonly payment: PaymentTermFacts
}

function draftOf(orders: readonly CalculatedOrder[], { request, facts, exchange, payment }: DraftFacts): InvoiceDraft {
  const [first] = orders
  if (first === undefined) throw new TypeError('an invoice without orders')
  const { currencyCode, rounding, parameters } = first.document
  const { values } = first.order.header
  const totals = invoiceTotals(
    orders.map(({ figures }) => figures),
    (amount) => roundAmount(amount, rounding.orders),
  )
  const isCredit = isCreditNote(
    totals,
    orders.flatMap(({ order }) => order.chosen.map(({ quantity }) => quantity)),
  )
  const orderTerms = termsOf(values, payment, { date: request.date, invoiceAmount: totals.invoiceAmount, step: rounding.general.rule })
  return {
    dataAreaId: request.dataAreaId,
    date: request.date,
    orders,
    invoiceCustomer: customerOf(facts, values.InvoiceCustomerAccountNumber),
    orderingCustomer: customerOf(facts, values.OrderingCustomerAccountNumber),
    currencyCode,
    totals,
    accounting: accountingAmounts(totals, { exchange, currencyCode, date: request.date }),
    terms: isCredit ? creditTerms(orderTerms, request.date, parameters.cashDiscountOnCreditNotes) : orderTerms,
    isCreditNote: isCredit,
  }
}

/** A credit note is due at once; it nets the cash discount of its invoice where the parameters say so. Source: 6.4. */
const creditTerms = (terms: InvoiceTerms, date: string, netsDiscount: boolean): InvoiceTerms => ({
  ...(netsDiscount ? terms : { cashDiscountCode: '', cashDiscountDate: EMPTY_DATE, cashDiscountAmount: ZERO }),
  dueDate: date,
})

/** Accounts of an order refer to customers that cannot be deleted while they do. */
function customerOf(facts: InvoiceFacts, account: string | undefined): FieldValues {
  const customer = facts.customers.get((account ?? '').toLowerCase())
  if (customer !== undefined) return customer
  throw new CommandRefusal(refuseCommand('E01', account ?? '', 'Customer account', 'Customers'))
}

interface AccountingPlace {
  readonly exchange: AccountingExchange
  readonly currencyCode: string
  readonly date: string
}

/**
 * Each column is exchanged and rounded on its own; what that leaves of the invoice amount is in the sales balance, so that the ledger is
 * balanced.
 */
function accountingAmounts(totals: InvoiceTotals, { exchange, currencyCode, date }: AccountingPlace): AccountingAmounts {
  const rate = exchange.rate(currencyCode, date)
  if (rate === undefined) throw new CommandRefusal(exchange.missing(currencyCode, date))
  const inAccounting = (amount: Decimal): Decimal => {
    const exchanged = exchange.toAccounting(amount, currencyCode, date)
    if (exchanged === undefined) throw new CommandRefusal(exchange.missing(currencyCode, date))
    return exchanged
  }
  const invoiceAmount = inAccounting(totals.invoiceAmount)
  const totalDiscount = inAccounting(totals.totalDiscount)
  const others = [inAccounting(totals.charges), inAccounting(totals.tax), inAccounting(totals.roundOff)] as const
  const [charges, tax, roundOff] = others
  return {
    currencyCode: exchange.accountingCurrency === '' ? currencyCode : exchange.accountingCurrency,
    exchangeRate: rate,
    invoiceAmount,
    salesBalance: invoiceAmount.minus(sum(others)).plus(totalDiscount),
    totalDiscount,
    charges,
    tax,
    roundOff,
  }
}
