import { COMPUTED, choice, date, entity, int, key, long, READ_ONLY, real, refersTo, text, toMany, toOne, yesNo } from './entity.ts'

const TRANSACTION_STORAGE = ['cust_trans', 'CustTrans', 'Customer transactions'] as const
const OPEN_STORAGE = ['cust_trans_open', 'CustTransOpen', 'Open customer transactions'] as const

const recordId = () => long('SysRecId', { isKey: true, label: 'Record ID' })
const account = () => text('AccountNum', 20, { label: 'Customer account', ...refersTo('CustomerV3', 'CustomerAccount') })

/**
 * What customers owe and have paid. Amounts are positive where the customer owes; `MST` is the accounting currency. The rest of a transaction
 * is its amount less what is settled, in both currencies. Source: Supply Chain specification, 2.13 and 6.2.
 */
export const CUST_TRANSACTIONS = entity({
  name: 'CustTransactions',
  collection: 'CustTransactions',
  aotName: 'CustTransEntity',
  label: 'Customer transactions',
  category: 'Transaction',
  storage: TRANSACTION_STORAGE,
  isPosted: true,
  properties: [
    recordId(),
    account(),
    text('Voucher', 20),
    text('Invoice', 20),
    date('TransDate', { label: 'Date' }),
    date('DueDate'),
    date('DocumentDate'),
    choice('TransType', 'LedgerTransType', { label: 'Transaction type' }),
    text('CurrencyCode', 3, { label: 'Currency' }),
    real('AmountCur', { label: 'Amount in transaction currency' }),
    real('AmountMST', { label: 'Amount' }),
    real('SettleAmountCur', { label: 'Amount settled in transaction currency' }),
    real('SettleAmountMST', { label: 'Amount settled' }),
    // Price of a hundred units of the transaction currency.
    real('ExchRate', { label: 'Exchange rate' }),
    // The day on which nothing was open any more.
    date('Closed'),
    text('LastSettleVoucher', 20),
    date('LastSettleDate'),
    text('PaymTermId', 10, { label: 'Terms of payment' }),
    text('PaymMode', 10, { label: 'Method of payment' }),
    text('PaymReference', 60, { label: 'Payment reference' }),
    text('PostingProfile', 10),
    text('Txt', 60, { label: 'Description' }),
  ],
  navigation: [toMany('CustTransOpen', 'CustTransOpens', ['SysRecId', 'RefRecId'])],
})

/** Columns of `CustTrans` that no public entity shows. */
export const CUST_TRANS = entity({
  name: 'CustTrans',
  collection: 'CustTranses',
  aotName: 'CustTrans',
  label: 'Customer transactions table',
  category: 'Transaction',
  storage: TRANSACTION_STORAGE,
  isInternal: true,
  isPosted: true,
  properties: [
    recordId(),
    // Terms of a cash discount, as they were when the transaction was posted; an open row that comes back takes them from here.
    date('CashDiscDate'),
    real('CashDiscAmount'),
    choice('UseCashDisc', 'UseCashDisc'),
  ],
})

/** The open part of each transaction; a settled transaction has none. */
export const CUST_TRANS_OPENS = entity({
  name: 'CustTransOpens',
  collection: 'CustTransOpens',
  aotName: 'CustTransOpenEntity',
  label: 'Open customer transactions',
  category: 'Transaction',
  storage: OPEN_STORAGE,
  isPosted: true,
  properties: [
    recordId(),
    long('RefRecId', { label: 'Reference' }),
    account(),
    real('AmountCur', { label: 'Amount in transaction currency' }),
    real('AmountMST', { label: 'Amount' }),
    date('DueDate'),
    date('TransDate', { label: 'Date' }),
    date('CashDiscDate', { label: 'Cash discount date' }),
    // What is left of it, in the transaction currency.
    real('PossibleCashDisc', { label: 'Cash discount amount' }),
    choice('UseCashDisc', 'UseCashDisc', { label: 'Use cash discount' }),
  ],
  navigation: [toOne('CustTransaction', 'CustTransactions', ['RefRecId', 'SysRecId'])],
})

/**
 * What was settled against what: each settlement voucher has rows that add up to nought, two for a payment and an invoice. `OffsetRecId` is
 * the other transaction of the pair. Source: Supply Chain specification, 6.3.
 */
export const CUST_SETTLEMENTS = entity({
  name: 'CustSettlement',
  collection: 'CustSettlements',
  aotName: 'CustSettlementEntity',
  label: 'Customer settlements',
  category: 'Transaction',
  storage: ['cust_settlement', 'CustSettlement', 'Customer settlements'],
  isPosted: true,
  properties: [
    recordId(),
    account(),
    text('SettlementVoucher', 20),
    date('TransDate', { label: 'Date' }),
    long('TransRecId', { label: 'Transaction' }),
    long('OffsetRecId', { label: 'Offset transaction' }),
    text('CurrencyCode', 3, { label: 'Currency' }),
    real('SettleAmountCur', { label: 'Amount settled in transaction currency' }),
    real('SettleAmountMST', { label: 'Amount settled' }),
    // On the invoice: what the accounting currency gained or lost since then.
    real('ExchAdjustment', { label: 'Exchange adjustment' }),
    real('UtilizedCashDisc', { label: 'Cash discount taken' }),
    // By how much the possible cash discount of the transaction became less.
    real('CashDiscountUsed'),
    // Undone, or the undoing of another settlement.
    yesNo('IsReversed'),
    text('ReversedSettlementVoucher', 20),
  ],
})

/** Transactions with their open part, for rules. */
export const OPEN_TRANSACTIONS = entity({
  name: 'OpenCustTransaction',
  collection: 'OpenCustTransactions',
  aotName: 'CustTransOpenView',
  label: 'Open customer transactions by invoice',
  category: 'Transaction',
  storage: ['open_customer_transaction', 'CustTransOpen', 'Open customer transactions'],
  isView: true,
  isInternal: true,
  properties: [
    recordId(),
    text('AccountNum', 20),
    text('Invoice', 20),
    text('CurrencyCode', 3),
    date('DueDate'),
    real('AmountCur'),
    real('PossibleCashDisc'),
  ],
})

/** What each customer owes, currency by currency; a customer with nothing open has no row. Source: Supply Chain specification, 6.2. */
export const CUST_BALANCES = entity({
  name: 'CustBalance',
  collection: 'CustBalances',
  aotName: 'CustBalanceEntity',
  label: 'Customer balances',
  category: 'Transaction',
  storage: ['cust_balance', 'CustTransOpen', 'Customer balances'],
  isView: true,
  properties: [
    key('AccountNum', 20, { label: 'Customer account' }),
    key('CurrencyCode', 3, { label: 'Currency' }),
    real('AmountCur', { label: 'Balance in transaction currency' }),
    real('AmountMST', { label: 'Balance' }),
  ],
})

const JOURNAL_STORAGE = ['customer_payment_journal', 'LedgerJournalTable', 'Journal table'] as const
const JOURNAL_LINE_STORAGE = ['customer_payment_journal_line', 'LedgerJournalTrans', 'Journal lines'] as const

export const PAYMENT_JOURNALS = entity({
  name: 'CustomerPaymentJournalHeader',
  collection: 'CustomerPaymentJournalHeaders',
  aotName: 'CustomerPaymentJournalHeaderEntity',
  label: 'Customer payment journal header',
  category: 'Transaction',
  storage: JOURNAL_STORAGE,
  properties: [
    key('JournalBatchNumber', 20, { isMandatory: false }),
    text('JournalName', 10, { label: 'Name', defaultValue: 'CustPay' }),
    text('Description', 60),
    yesNo('IsPosted', READ_ONLY),
    yesNo('OverrideSalesTax'),
  ],
  navigation: [toMany('CustomerPaymentJournalLines', 'CustomerPaymentJournalLine', ['JournalBatchNumber', 'JournalBatchNumber'])],
})

export const PAYMENT_JOURNAL_LINES = entity({
  name: 'CustomerPaymentJournalLine',
  collection: 'CustomerPaymentJournalLines',
  aotName: 'CustomerPaymentJournalLineEntity',
  label: 'Customer payment journal line',
  category: 'Transaction',
  storage: JOURNAL_LINE_STORAGE,
  readsFrom: 'customer_payment_journal_line_view',
  properties: [
    key('JournalBatchNumber', 20),
    real('LineNumber', { isKey: true, isMandatory: false }),
    text('Company', 4),
    choice('AccountType', 'LedgerJournalACType', { defaultValue: 'Cust' }),
    text('AccountDisplayValue', 20, { label: 'Account', isMandatory: true, ...refersTo('CustomerV3', 'CustomerAccount') }),
    text('CustomerName', 160, COMPUTED),
    date('TransactionDate', { label: 'Date' }),
    real('CreditAmount', { label: 'Credit' }),
    real('DebitAmount', { label: 'Debit' }),
    text('CurrencyCode', 3, { label: 'Currency', ...refersTo('Currency', 'CurrencyCode') }),
    // Price of a hundred units of the currency; 0: the rate of the day.
    real('ExchangeRate'),
    choice('OffsetAccountType', 'LedgerJournalACType', { defaultValue: 'Bank' }),
    text('OffsetAccountDisplayValue', 40, { label: 'Offset account' }),
    text('PaymentMethodName', 10, { label: 'Method of payment' }),
    text('PaymentReference', 60),
    text('PaymentId', 60),
    text('MarkedInvoice', 20),
    text('MarkedInvoiceCompany', 4),
    choice('SettleVoucher', 'SettlementType', { label: 'Settlement' }),
    text('PostingProfile', 10),
    yesNo('IsPrepayment', { label: 'Prepayment journal voucher' }),
    text('TransactionText', 60, { label: 'Description' }),
    text('Voucher', 20, READ_ONLY),
  ],
  navigation: [
    toOne('CustomerPaymentJournalHeader', 'CustomerPaymentJournalHeader', ['JournalBatchNumber', 'JournalBatchNumber']),
    toMany(
      'PaymentJournalLineSettledInvoices',
      'CustomerPaymentJournalLineSettledInvoice',
      ['dataAreaId', 'JournalLineCompany'],
      ['JournalBatchNumber', 'JournalBatchNumber'],
      ['LineNumber', 'JournalLineNumber'],
    ),
  ],
})

const MARK_STORAGE = ['payment_journal_mark', 'SpecTrans', 'Marked invoices'] as const

const mark = () => [
  key('JournalBatchNumber', 20),
  real('JournalLineNumber', { isKey: true, label: 'Line number' }),
  key('InvoiceNumber', 20, { label: 'Invoice' }),
  key('InvoiceCompany', 4, { isMandatory: false }),
  date('InvoiceDueDate', { isKey: true, isMandatory: false, label: 'Due date' }),
]

/** The rows behind the marked invoices, company by company. */
export const SPEC_TRANS = entity({
  name: 'SpecTrans',
  collection: 'SpecTranses',
  aotName: 'SpecTrans',
  label: 'Marked transactions',
  category: 'Transaction',
  storage: MARK_STORAGE,
  isInternal: true,
  properties: [...mark(), yesNo('IsPosted')],
})

/** Invoices that a payment is to settle; the company stands in the key under a name of its own. */
export const PAYMENT_JOURNAL_MARKS = entity({
  name: 'CustomerPaymentJournalLineSettledInvoice',
  collection: 'PaymentJournalLineSettledInvoices',
  aotName: 'CustomerPaymentJournalLineSettledInvoiceEntity',
  label: 'Customer payment journal line settled invoice',
  category: 'Transaction',
  storage: MARK_STORAGE,
  isShared: true,
  companyField: 'JournalLineCompany',
  properties: [
    key('JournalLineCompany', 4, { label: 'Company' }),
    ...mark(),
    // Of the invoice, with the cash discount; 0: all that the payment can settle.
    real('SettlementAmountInInvoiceCurrency', { label: 'Amount to settle' }),
    // 0: what the terms of the invoice allow.
    real('CashDiscountToTakeInInvoiceCurrency', { label: 'Cash discount amount to take' }),
    real('InvoiceToPaymentCrossRate', { label: 'Cross rate', defaultValue: '1' }),
  ],
})

/** Which type of transaction automatic settlement takes first; a company without rows settles by due date. Source: 6.3, EX-22. */
export const SETTLEMENT_PRIORITIES = entity({
  name: 'CustSettlementPriority',
  collection: 'CustSettlementPriorities',
  aotName: 'CustSettlementPriorityEntity',
  label: 'Customer settlement priorities',
  category: 'Reference',
  storage: ['cust_settlement_priority', 'CustSettlementPriority', 'Settlement priority'],
  properties: [choice('TransType', 'LedgerTransType', { isKey: true, label: 'Transaction type' }), int('Priority')],
})

/** The six columns of an aging snapshot. */
const COLUMNS = [1, 2, 3, 4, 5, 6]

/** The last snapshot of each aging period definition. Source: Supply Chain specification, 6.5. */
export const CUST_AGED_BALANCES = entity({
  name: 'CustAgedBalances',
  collection: 'CustAgedBalances',
  aotName: 'CustAgingEntity',
  label: 'Customer aged balances',
  category: 'Transaction',
  storage: ['cust_aged_balance', 'CustAging', 'Customer aging'],
  isPosted: true,
  properties: [
    key('AgingPeriodDefinition', 20),
    key('CustAccount', 20, { label: 'Customer account' }),
    key('Company', 4),
    text('CustName', 160, { label: 'Name' }),
    choice('AgedBy', 'DateTransactionDuedate', { label: 'Criteria' }),
    date('AgingDate', { label: 'Aging as of' }),
    text('MstCurrency', 3, { label: 'Currency' }),
    real('SumOfAmountDueMst', { label: 'Amount due' }),
    int('NumOpenInvoices', { label: 'Open invoices' }),
    int('FirstNonzeroBalancePeriod'),
    date('LastPaymentDate'),
    real('LastPaymentAmount'),
    ...COLUMNS.flatMap((column) => [real(`AgingPeriod${column}`), text(`AgingPeriodLabel${column}`, 60)]),
  ],
})

/** Customer accounts, in the order in which they can be filled. */
export const RECEIVABLES_ENTITIES = [
  CUST_TRANSACTIONS,
  CUST_TRANS,
  CUST_TRANS_OPENS,
  CUST_SETTLEMENTS,
  OPEN_TRANSACTIONS,
  CUST_BALANCES,
  PAYMENT_JOURNALS,
  PAYMENT_JOURNAL_LINES,
  SPEC_TRANS,
  PAYMENT_JOURNAL_MARKS,
  SETTLEMENT_PRIORITIES,
  CUST_AGED_BALANCES,
]
