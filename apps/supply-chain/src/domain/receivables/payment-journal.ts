import { type Decimal, decimal, formatDecimal, sum } from '@p2c/base'
import { accept, type Decision, type Facts, type Question, refuse, type TableRules, type WriteCandidate } from '../decision.ts'
import { roundToStep } from '../exchange.ts'
import { at, EMPTY_DATE, type FieldValues, isSameText } from '../field-value.ts'
import { type InfologEntry, refuseField, refuseRow } from '../messages.ts'

const HEADER = 'CustomerPaymentJournalHeader'
const LINE = 'CustomerPaymentJournalLine'
const MARK = 'CustomerPaymentJournalLineSettledInvoice'
const OPEN = 'OpenCustTransaction'

const amountOf = (row: FieldValues | undefined, name: string): Decimal => decimal(at(row, name) || '0')

const posted = (journal: string): InfologEntry => refuseRow('E26', journal)

/** A posted journal stays as it is; saying again what it holds is no change. */
const isChanged = ({ before, row }: WriteCandidate): boolean =>
  before === undefined || Object.keys(row).some((name) => row[name] !== before[name])

function decideJournal(candidate: WriteCandidate): Decision {
  const { before, row } = candidate
  if (at(before, 'IsPosted') === 'Yes' && isChanged(candidate)) return refuse(posted(at(row, 'JournalBatchNumber')))
  return accept(row)
}

/** Journals of customer payments: numbered, and final once they are posted. Source: Supply Chain specification, 6.3 and E26. */
export const PAYMENT_JOURNAL_RULES: TableRules = {
  decide: decideJournal,
  refuseDelete: (row) => (at(row, 'IsPosted') === 'Yes' ? [posted(at(row, 'JournalBatchNumber'))] : []),
  numbered: { JournalBatchNumber: 'LedgerJournalId' },
  cascade: [
    { relation: 'customer_payment_journal_line', by: [['JournalBatchNumber', 'JournalBatchNumber']] },
    { relation: 'payment_journal_mark', by: [['JournalBatchNumber', 'JournalBatchNumber']] },
  ],
}

const PARENT = { entityName: HEADER, by: [['JournalBatchNumber', 'JournalBatchNumber']] } as const

const isPostedJournal = (facts: Facts, row: FieldValues): boolean =>
  at(facts.find(HEADER, 'JournalBatchNumber', at(row, 'JournalBatchNumber')), 'IsPosted') === 'Yes'

const journalQuestion = (row: FieldValues): Question => ({
  entityName: HEADER,
  field: 'JournalBatchNumber',
  value: at(row, 'JournalBatchNumber'),
})

const marksQuestion = (row: FieldValues): Question => ({
  entityName: MARK,
  field: 'JournalBatchNumber',
  value: at(row, 'JournalBatchNumber'),
  isMany: true,
})

const openQuestion = (invoice: string): readonly Question[] =>
  invoice === '' ? [] : [{ entityName: OPEN, field: 'Invoice', value: invoice, isMany: true }]

const OFFSET_TYPES: readonly string[] = ['Bank', 'Ledger']

/** Values that a line has where none are given. */
function withDefaults({ row, facts, today }: WriteCandidate): FieldValues {
  const customer = facts.find('CustomerV3', 'CustomerAccount', at(row, 'AccountDisplayValue'))
  const company = at(row, 'dataAreaId')
  const isMarked = at(row, 'MarkedInvoice') !== ''
  return {
    ...row,
    Company: at(row, 'Company') === '' ? company : at(row, 'Company').toLowerCase(),
    CurrencyCode: at(row, 'CurrencyCode') || at(customer, 'SalesCurrencyCode'),
    TransactionDate: at(row, 'TransactionDate') === EMPTY_DATE ? today : at(row, 'TransactionDate'),
    PaymentMethodName: at(row, 'PaymentMethodName') || at(customer, 'PaymentMethod'),
    MarkedInvoiceCompany: isMarked ? at(row, 'MarkedInvoiceCompany').toLowerCase() || company : '',
    ...((isMarked || marksOf(row, facts).length > 0) && { SettleVoucher: 'SelectedTransact' }),
  }
}

/** Amounts in whole units of the currency's rounding. */
function withRoundedAmounts(row: FieldValues, facts: Facts): FieldValues {
  const step = amountOf(facts.find('Currency', 'CurrencyCode', at(row, 'CurrencyCode')), 'GeneralRoundingRule')
  const rounded = (name: string) => ({ [name]: formatDecimal(roundToStep(amountOf(row, name), step)) })
  return { ...row, ...rounded('CreditAmount'), ...rounded('DebitAmount') }
}

function decideLine(candidate: WriteCandidate): Decision {
  const { facts } = candidate
  const row = withRoundedAmounts(withDefaults(candidate), facts)
  if (isPostedJournal(facts, row) && isChanged({ ...candidate, row })) return refuse(posted(at(row, 'JournalBatchNumber')))
  const problems = [...accountProblems(row), ...amountProblems(row), ...markedInvoiceProblems(candidate, row), ...marksProblems(row, facts)]
  return problems.length > 0 ? refuse(...problems) : accept(row)
}

const NOT_NEGATIVE = [
  ['ExchangeRate', 'Exchange rate'],
  ['LineNumber', 'Line number'],
] as const

function accountProblems(row: FieldValues): InfologEntry[] {
  const problems: InfologEntry[] = []
  if (at(row, 'AccountType') !== 'Cust') problems.push(refuseField('AccountType', 'L82', at(row, 'AccountType'), 'Account type'))
  if (!OFFSET_TYPES.includes(at(row, 'OffsetAccountType')))
    problems.push(refuseField('OffsetAccountType', 'L82', at(row, 'OffsetAccountType'), 'Offset account type'))
  for (const name of ['Company', 'MarkedInvoiceCompany'])
    if (at(row, name) !== '' && !isSameText(at(row, name), at(row, 'dataAreaId'))) problems.push(refuseField(name, 'L07', at(row, name)))
  for (const [name, label] of NOT_NEGATIVE) if (amountOf(row, name).isNegative()) problems.push(refuseField(name, 'L04', label))
  return problems
}

/** One of debit and credit, above nought. Source: E26. */
function amountProblems(row: FieldValues): InfologEntry[] {
  const [credit, debit] = [amountOf(row, 'CreditAmount'), amountOf(row, 'DebitAmount')]
  if (!credit.isZero() && !debit.isZero()) return [refuseField('DebitAmount', 'L81')]
  const field = debit.isZero() ? 'CreditAmount' : 'DebitAmount'
  return credit.plus(debit).greaterThan(0) ? [] : [refuseField(field, 'L80')]
}

/** What a payment is worth to the customer's account: credits are negative. */
const paymentOf = (line: FieldValues): Decimal => amountOf(line, 'DebitAmount').minus(amountOf(line, 'CreditAmount'))

/** The open transactions of an invoice that the payment can settle. */
function openFor(line: FieldValues, invoice: string, facts: Facts): FieldValues[] {
  const isCredit = paymentOf(line).isNegative()
  return facts
    .findAll(OPEN, 'Invoice', invoice)
    .filter((open) => isSameText(at(open, 'AccountNum'), at(line, 'AccountDisplayValue')))
    .filter((open) => isSameText(at(open, 'CurrencyCode'), at(line, 'CurrencyCode')))
    .filter((open) => amountOf(open, 'AmountCur').isNegative() !== isCredit && !amountOf(open, 'AmountCur').isZero())
}

const notOpen = (field: string, invoice: string, line: FieldValues): InfologEntry =>
  refuseField(field, 'L83', invoice, at(line, 'AccountDisplayValue'), at(line, 'CurrencyCode'))

const DECIDING = ['MarkedInvoice', 'AccountDisplayValue', 'CurrencyCode'] as const

/** Looked at when it is marked: an invoice that was paid since does not keep the line from being corrected otherwise. */
function markedInvoiceProblems({ before, facts }: WriteCandidate, row: FieldValues): InfologEntry[] {
  const invoice = at(row, 'MarkedInvoice')
  const isNew = before === undefined || DECIDING.some((name) => !isSameText(at(before, name), at(row, name)))
  return invoice === '' || !isNew || openFor(row, invoice, facts).length > 0 ? [] : [notOpen('MarkedInvoice', invoice, row)]
}

const isOfLine = (mark: FieldValues, line: FieldValues): boolean =>
  isSameText(at(mark, 'JournalBatchNumber'), at(line, 'JournalBatchNumber')) && at(mark, 'JournalLineNumber') === at(line, 'LineNumber')

const marksOf = (line: FieldValues, facts: Facts): FieldValues[] =>
  facts.findAll(MARK, 'JournalBatchNumber', at(line, 'JournalBatchNumber')).filter((mark) => isOfLine(mark, line))

/** Marked amounts hold the cash discount, so together they may exceed the payment by the discounts and no more. */
function marksProblems(line: FieldValues, facts: Facts): InfologEntry[] {
  return checkSum(line, marksOf(line, facts))
}

function checkSum(line: FieldValues, marks: readonly FieldValues[]): InfologEntry[] {
  const marked = sum(marks.map((mark) => amountOf(mark, 'SettlementAmountInInvoiceCurrency').abs()))
  const discounts = sum(marks.map((mark) => amountOf(mark, 'CashDiscountToTakeInInvoiceCurrency').abs()))
  const limit = paymentOf(line).abs().plus(discounts)
  return marked.lessThanOrEqualTo(limit) ? [] : [refuseRow('L85', formatDecimal(marked), formatDecimal(limit))]
}

/** Lines of payment journals. Source: Supply Chain specification, 6.3. */
export const PAYMENT_JOURNAL_LINE_RULES: TableRules = {
  questions: (row) => [journalQuestion(row), marksQuestion(row), ...openQuestion(at(row, 'MarkedInvoice'))],
  laterQuestions(row, facts) {
    const customer = facts.find('CustomerV3', 'CustomerAccount', at(row, 'AccountDisplayValue'))
    const currency = at(row, 'CurrencyCode') || at(customer, 'SalesCurrencyCode')
    return currency === '' ? [] : [{ entityName: 'Currency', field: 'CurrencyCode', value: currency }]
  },
  decide: decideLine,
  // A line has a voucher once its journal is posted.
  refuseDelete: (row) => (at(row, 'Voucher') === '' ? [] : [posted(at(row, 'JournalBatchNumber'))]),
  parent: PARENT,
  numberedWithin: [{ field: 'LineNumber', within: ['JournalBatchNumber'] }],
  cascade: [
    {
      relation: 'payment_journal_mark',
      by: [
        ['JournalBatchNumber', 'JournalBatchNumber'],
        ['LineNumber', 'JournalLineNumber'],
      ],
    },
  ],
}

const ONE = '1'

function decideMark(candidate: WriteCandidate): Decision {
  const { facts } = candidate
  const company = at(candidate.row, 'dataAreaId')
  const given = candidate.row
  const line = facts.findAll(LINE, 'JournalBatchNumber', at(given, 'JournalBatchNumber')).find((each) => isOfLine(given, each))
  if (line === undefined)
    return refuse(refuseField('JournalLineNumber', 'E01', at(given, 'JournalLineNumber'), 'Line number', 'Journal lines'))
  const open = openFor(line, at(given, 'InvoiceNumber'), facts).find(
    (each) => at(given, 'InvoiceDueDate') === EMPTY_DATE || at(each, 'DueDate') === at(given, 'InvoiceDueDate'),
  )
  const row = {
    ...given,
    JournalLineCompany: company,
    InvoiceCompany: at(given, 'InvoiceCompany').toLowerCase() || company,
    InvoiceDueDate: open === undefined ? at(given, 'InvoiceDueDate') : at(open, 'DueDate'),
    // Both are in one currency.
    InvoiceToPaymentCrossRate: ONE,
  }
  if (isPostedJournal(facts, row) && isChanged({ ...candidate, row })) return refuse(posted(at(row, 'JournalBatchNumber')))
  if (row.InvoiceCompany !== company) return refuse(refuseField('InvoiceCompany', 'L07', row.InvoiceCompany))
  if (open === undefined) return refuse(notOpen('InvoiceNumber', at(row, 'InvoiceNumber'), line))
  const problems = [...markAmountProblems(row, open), ...markSumProblems(row, line, facts)]
  return problems.length > 0 ? refuse(...problems) : accept(row)
}

/** Amounts have the sign of the invoice, and no more than is open is settled. */
function markAmountProblems(row: FieldValues, open: FieldValues): InfologEntry[] {
  const openAmount = amountOf(open, 'AmountCur')
  const fields = ['SettlementAmountInInvoiceCurrency', 'CashDiscountToTakeInInvoiceCurrency'] as const
  return fields.flatMap((name): InfologEntry[] => {
    const amount = amountOf(row, name)
    if (amount.isZero()) return []
    if (amount.isNegative() !== openAmount.isNegative())
      return [refuseField(name, 'L84', formatDecimal(amount), formatDecimal(openAmount), at(row, 'InvoiceNumber'))]
    if (amount.abs().lessThanOrEqualTo(openAmount.abs())) return []
    return [refuseField(name, 'L84', formatDecimal(amount), formatDecimal(openAmount), at(row, 'InvoiceNumber'))]
  })
}

const isSameMark = (left: FieldValues, right: FieldValues): boolean => isSameText(at(left, 'InvoiceNumber'), at(right, 'InvoiceNumber'))

/** The row with the other marks of its line. */
function markSumProblems(row: FieldValues, line: FieldValues, facts: Facts): InfologEntry[] {
  const isItself = (mark: FieldValues) => isSameMark(mark, row) && at(mark, 'InvoiceDueDate') === at(row, 'InvoiceDueDate')
  return checkSum(line, [...marksOf(line, facts).filter((mark) => !isItself(mark)), row])
}

/** Invoices marked for a payment. Source: Supply Chain specification, 6.3. */
export const PAYMENT_MARK_RULES: TableRules = {
  questions: (row) => [
    journalQuestion(row),
    marksQuestion(row),
    { entityName: LINE, field: 'JournalBatchNumber', value: at(row, 'JournalBatchNumber'), isMany: true },
    ...openQuestion(at(row, 'InvoiceNumber')),
  ],
  decide: decideMark,
  refuseDelete: (row) => (at(row, 'IsPosted') === 'Yes' ? [posted(at(row, 'JournalBatchNumber'))] : []),
  parent: PARENT,
}
