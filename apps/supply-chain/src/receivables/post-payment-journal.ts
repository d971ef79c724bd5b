import { type Decimal, decimal, formatDecimal, type SqlRunner } from '@p2c/base'
import { rawNumber } from '@p2c/odata'
import { type AccountingExchange, loadExchange } from '../calculation/exchange.ts'
import { checkPeriodsOpen } from '../calculation/fiscal-period.ts'
import { readSalesParameters } from '../calculation/read-parameters.ts'
import { CommandRefusal, type CommandResult } from '../commands/command.ts'
import { requireNumbers } from '../commands/require-numbers.ts'
import { roundToStep } from '../domain/exchange.ts'
import { at, type FieldValues, isSameText } from '../domain/field-value.ts'
import { refuseCommand } from '../domain/messages.ts'
import type { Mark } from '../domain/receivables/settlement.ts'
import { tableByRelation } from '../entities/catalogue.ts'
import { raiseBusinessEvents } from '../events/business-events.ts'
import { eventDate } from '../events/event-value.ts'
import { ledgerAccount } from '../ledger/accounts.ts'
import { postVouchers } from '../ledger/post-voucher.ts'
import { findRows, updateRows } from '../store/rows.ts'
import type { StoredRow } from '../store/tracked-row.ts'
import { automaticMarks } from './automatic-settlement.ts'
import { postCustomerTransactions } from './customer-transactions.ts'
import { findOpenTransactions, type OpenTransaction } from './open-transactions.ts'
import { type Settled, settle } from './settle.ts'

const JOURNALS = tableByRelation('customer_payment_journal')
const LINES = tableByRelation('customer_payment_journal_line')
const MARKS = tableByRelation('payment_journal_mark')

/** A journal, and who posts it. */
export interface PostingInput {
  readonly dataAreaId: string
  readonly journalBatchNumber: string
  readonly now: Date
  readonly userId: string
}

/** A line of the journal with its amounts. Credits of the customer are negative. */
interface Payment {
  readonly line: StoredRow
  readonly marks: readonly FieldValues[]
  readonly voucher: string
  readonly amountCur: Decimal
  readonly amountMst: Decimal
  readonly rate: Decimal
}

/**
 * Posts a payment journal: a voucher and a customer transaction for each line, then the settlements that its lines are marked for; payments
 * without marks are settled by the parameter of automatic settlement, or stay on account. The journal is locked first: it is posted once. A
 * fixed number of statements, whatever the number of lines. Refuses E12, E26, E29, L08, L83, L86, L101. Source: Supply Chain specification, 6.3.
 */
export async function postPaymentJournal(sql: SqlRunner, input: PostingInput): Promise<CommandResult> {
  const { dataAreaId } = input
  const { journal, lines, marks } = await lockJournal(sql, input)
  const closed = await checkPeriodsOpen(sql, {
    dataAreaId,
    dates: lines.map((line) => at(line.values, 'TransactionDate')),
    modules: ['cust'],
  })
  if (closed.length > 0) return { ok: false, infolog: closed }
  const payments = await valuePayments(sql, { dataAreaId, lines, marks })
  const recIds = await postPayments(sql, dataAreaId, payments)
  const requested = await marksOf(sql, { dataAreaId, payments })
  const settled = await settle(sql, {
    dataAreaId,
    requests: payments.map(({ line }, index) => ({
      paymentRecId: recIds[index] ?? '',
      marks: requested[index] ?? [],
      date: at(line.values, 'TransactionDate'),
    })),
  })
  await markPosted(sql, { journal, payments, marks })
  await raiseBusinessEvents(
    sql,
    payments.map((payment) => paymentEvent(input, payment)),
  )
  return { ok: true, value: toAnswer(journal, payments, settled) }
}

interface LockedJournal {
  readonly journal: StoredRow
  readonly lines: readonly StoredRow[]
  readonly marks: readonly StoredRow[]
}

async function lockJournal(sql: SqlRunner, { dataAreaId, journalBatchNumber }: PostingInput): Promise<LockedJournal> {
  const fields = ['dataAreaId', 'JournalBatchNumber']
  const keys = [[dataAreaId, journalBatchNumber]]
  const [journal] = await findRows(sql, { table: JOURNALS, fields, keys, isForUpdate: true })
  if (journal === undefined) throw new CommandRefusal(refuseCommand('L101', journalBatchNumber))
  if (at(journal.values, 'IsPosted') === 'Yes') throw new CommandRefusal(refuseCommand('E26', at(journal.values, 'JournalBatchNumber')))
  const lines = await findRows(sql, { table: LINES, fields, keys, isMany: true, isForUpdate: true })
  if (lines.length === 0) throw new CommandRefusal(refuseCommand('L86', at(journal.values, 'JournalBatchNumber')))
  const marks = await findRows(sql, { table: MARKS, fields, keys, isMany: true, isForUpdate: true })
  const number = (line: StoredRow) => decimal(at(line.values, 'LineNumber'))
  return { journal, lines: lines.toSorted((left, right) => number(left).comparedTo(number(right))), marks }
}

interface ValueInput {
  readonly dataAreaId: string
  readonly lines: readonly StoredRow[]
  readonly marks: readonly StoredRow[]
}

/** Amounts in the accounting currency, by the rate of the line or of its day, and a voucher for each line. */
async function valuePayments(sql: SqlRunner, { dataAreaId, lines, marks }: ValueInput): Promise<Payment[]> {
  const exchange = await loadExchange(sql, {
    dataAreaId,
    currencyCodes: [...new Set(lines.map((line) => at(line.values, 'CurrencyCode')))],
  })
  const rates = lines.map(({ values }) => rateOf(values, exchange))
  const missing = lines.filter((_, index) => rates[index] === undefined)
  if (missing.length > 0)
    throw new CommandRefusal(...missing.map(({ values }) => exchange.missing(at(values, 'CurrencyCode'), at(values, 'TransactionDate'))))
  const vouchers = await requireNumbers(sql, { dataAreaId, dataTypeName: 'CustPaymentVoucher', count: lines.length })
  const marksByLine = Map.groupBy(
    marks.map((mark) => mark.values),
    (mark) => at(mark, 'JournalLineNumber'),
  )
  return lines.map((line, index): Payment => {
    const rate = rates[index] ?? decimal(0)
    const amountCur = decimal(at(line.values, 'DebitAmount')).minus(decimal(at(line.values, 'CreditAmount')))
    return {
      line,
      marks: marksByLine.get(at(line.values, 'LineNumber')) ?? [],
      voucher: vouchers[index] ?? '',
      amountCur,
      amountMst: accountingValue(line.values, { amountCur, rate, exchange }),
      rate,
    }
  })
}

const RATE_UNITS = decimal(100)

const givenRate = (line: FieldValues): Decimal => decimal(at(line, 'ExchangeRate') || '0')

/** For one unit of the currency. A rate on the line is for a hundred units and stands above the table, except in the accounting currency. */
function rateOf(line: FieldValues, exchange: AccountingExchange): Decimal | undefined {
  const currency = at(line, 'CurrencyCode')
  const given = givenRate(line)
  if (!given.isZero() && !isSameText(currency, exchange.accountingCurrency)) return given.dividedBy(RATE_UNITS)
  return exchange.rate(currency, at(line, 'TransactionDate'))
}

interface Valuation {
  readonly amountCur: Decimal
  readonly rate: Decimal
  readonly exchange: AccountingExchange
}

/** By the table an amount is divided last; only a rate of the line is multiplied as it stands. */
function accountingValue(line: FieldValues, { amountCur, rate, exchange }: Valuation): Decimal {
  const currency = at(line, 'CurrencyCode')
  const isOwnRate = !givenRate(line).isZero() && !isSameText(currency, exchange.accountingCurrency)
  const byTable = isOwnRate ? undefined : exchange.toAccounting(amountCur, currency, at(line, 'TransactionDate'))
  return byTable ?? roundToStep(amountCur.times(rate), exchange.step)
}

/** Customer transactions and the ledger: the customer's account against the offset account. */
async function postPayments(sql: SqlRunner, dataAreaId: string, payments: readonly Payment[]): Promise<string[]> {
  const recIds = await postCustomerTransactions(
    sql,
    payments.map(({ line: { values }, voucher, amountCur, amountMst, rate }) => ({
      dataAreaId,
      accountNum: at(values, 'AccountDisplayValue'),
      transType: 'Payment',
      voucher,
      date: at(values, 'TransactionDate'),
      currencyCode: at(values, 'CurrencyCode'),
      amountCur,
      amountMst,
      exchangeRate: rate,
      paymentMethod: at(values, 'PaymentMethodName'),
      paymentReference: at(values, 'PaymentReference'),
      postingProfile: at(values, 'PostingProfile'),
      text: at(values, 'TransactionText'),
    })),
  )
  await postVouchers(
    sql,
    payments.map(({ line: { values }, voucher, amountCur, amountMst }) => ({
      dataAreaId,
      voucher,
      date: at(values, 'TransactionDate'),
      text: at(values, 'TransactionText') || 'Customer payment',
      entries: [
        { account: ledgerAccount('CustomerReceivable'), amount: amountMst, currencyCode: at(values, 'CurrencyCode'), amountCur },
        {
          account: at(values, 'OffsetAccountDisplayValue') || ledgerAccount('Bank'),
          amount: amountMst.negated(),
          currencyCode: at(values, 'CurrencyCode'),
          amountCur: amountCur.negated(),
        },
      ],
    })),
  )
  return recIds
}

/** What each payment settles: what it is marked for, or what automatic settlement chooses for all that are not marked. */
async function marksOf(sql: SqlRunner, { dataAreaId, payments }: { dataAreaId: string; payments: readonly Payment[] }): Promise<Mark[][]> {
  const invoices = payments.flatMap(({ line, marks }) => [
    at(line.values, 'MarkedInvoice'),
    ...marks.map((mark) => at(mark, 'InvoiceNumber')),
  ])
  const wanted = [...new Set(invoices.filter((invoice) => invoice !== ''))]
  const accounts = [...new Set(payments.map(({ line }) => at(line.values, 'AccountDisplayValue')))]
  const open = wanted.length === 0 ? [] : await findOpenTransactions(sql, { dataAreaId, accounts, invoices: wanted })
  const byInvoice = Map.groupBy(open, ({ invoice }) => invoice.toLowerCase())
  const marked = payments.map((payment) => requestedMarks(payment, byInvoice))
  const { automaticSettlement } = await readSalesParameters(sql, dataAreaId)
  if (!automaticSettlement) return marked
  const unmarked = payments.flatMap(({ line: { values }, amountCur }, index) =>
    (marked[index] ?? []).length > 0
      ? []
      : [{ index, account: at(values, 'AccountDisplayValue'), currency: at(values, 'CurrencyCode'), amountCur }],
  )
  const chosen = await automaticMarks(sql, { dataAreaId, payments: unmarked })
  for (const [order, { index }] of unmarked.entries()) marked[index] = chosen[order] ?? []
  return marked
}

function requestedMarks(payment: Payment, byInvoice: ReadonlyMap<string, readonly OpenTransaction[]>): Mark[] {
  const { values } = payment.line
  const marks = payment.marks.map((mark): Mark => {
    const open = findMarked(payment, byInvoice, { invoice: at(mark, 'InvoiceNumber'), dueDate: at(mark, 'InvoiceDueDate') })
    const amount = decimal(at(mark, 'SettlementAmountInInvoiceCurrency')).abs()
    const cashDiscount = decimal(at(mark, 'CashDiscountToTakeInInvoiceCurrency')).abs()
    return { id: open.recId, ...(!amount.isZero() && { amount }), ...(!cashDiscount.isZero() && { cashDiscount }) }
  })
  const whole = at(values, 'MarkedInvoice')
  const isAmongMarks = payment.marks.some((mark) => isSameText(at(mark, 'InvoiceNumber'), whole))
  return whole === '' || isAmongMarks ? marks : [...marks, { id: findMarked(payment, byInvoice, { invoice: whole }).recId }]
}

/** The open transaction that is marked; refused where it was settled since. Several with one number: the one due first. */
function findMarked(
  { line: { values }, amountCur }: Payment,
  byInvoice: ReadonlyMap<string, readonly OpenTransaction[]>,
  { invoice, dueDate }: { readonly invoice: string; readonly dueDate?: string },
): OpenTransaction {
  const fitting = (byInvoice.get(invoice.toLowerCase()) ?? [])
    .filter((open) => isSameText(open.accountNum, at(values, 'AccountDisplayValue')))
    .filter((open) => isSameText(open.currencyCode, at(values, 'CurrencyCode')) && open.isOwed === amountCur.isNegative())
    .toSorted((left, right) => (left.dueDate < right.dueDate ? -1 : 1))
  const found = fitting.find((open) => dueDate === undefined || open.dueDate === dueDate)
  if (found !== undefined) return found
  throw new CommandRefusal(refuseCommand('L83', invoice, at(values, 'AccountDisplayValue'), at(values, 'CurrencyCode')))
}

async function markPosted(
  sql: SqlRunner,
  { journal, payments, marks }: { journal: StoredRow; payments: readonly Payment[]; marks: readonly StoredRow[] },
) {
  await updateRows(sql, JOURNALS, [{ stored: journal, after: { ...journal.values, IsPosted: 'Yes' } }])
  await updateRows(
    sql,
    LINES,
    payments.map(({ line, voucher }) => ({ stored: line, after: { ...line.values, Voucher: voucher } })),
  )
  await updateRows(
    sql,
    MARKS,
    marks.map((mark) => ({ stored: mark, after: { ...mark.values, IsPosted: 'Yes' } })),
  )
}

const paymentEvent = ({ dataAreaId, userId, now }: PostingInput, { line: { values }, voucher, amountCur }: Payment) => ({
  eventId: 'CustomerPaymentPostedBusinessEvent',
  dataAreaId,
  userId,
  now,
  fields: {
    CustomerAccount: at(values, 'AccountDisplayValue'),
    JournalBatchNumber: at(values, 'JournalBatchNumber'),
    Voucher: voucher,
    PaymentDate: eventDate(at(values, 'TransactionDate')),
    PaymentAmount: amountCur.negated(),
    CurrencyCode: at(values, 'CurrencyCode'),
    PaymentReference: at(values, 'PaymentReference'),
    LegalEntity: dataAreaId,
  },
})

const toAnswer = (journal: StoredRow, payments: readonly Payment[], settled: readonly Settled[]) => ({
  journalBatchNumber: at(journal.values, 'JournalBatchNumber'),
  isPosted: true,
  lines: payments.map(({ line, voucher }, index) => ({
    lineNumber: rawNumber(at(line.values, 'LineNumber')),
    voucher,
    settlementVoucher: settled[index]?.settlementVoucher ?? '',
    openAmount: rawNumber(formatDecimal(settled[index]?.paymentRest ?? decimal(0))),
  })),
})
