import { type Decimal, decimal, formatDecimal, roundTo, type SqlRunner } from '@p2c/base'
import { EMPTY_DATE, type FieldValues } from '../domain/field-value.ts'
import { tableOfEntity } from '../entities/catalogue.ts'
import { CUST_TRANS_OPENS, CUST_TRANSACTIONS } from '../entities/receivables.ts'
import { initialValues } from '../store/decide-write.ts'
import { drawRecordIds } from '../store/record-ids.ts'
import { insertRows } from '../store/rows.ts'

/** What a transaction is: an invoice, a payment, or what a settlement made. */
export type CustomerTransactionType =
  | 'Sales'
  | 'Interest'
  | 'Cust'
  | 'Payment'
  | 'CashDiscount'
  | 'OverUnder'
  | 'PennyDifference'
  | 'ExchAdjustment'

/** A posting on a customer account; positive amounts are what the customer owes. Days are texts: `2025-02-11`. */
export interface CustomerTransaction {
  readonly dataAreaId: string
  /** The invoice account of the document. */
  readonly accountNum: string
  readonly transType: CustomerTransactionType
  readonly voucher: string
  readonly invoice?: string
  readonly date: string
  /** Default: the date. */
  readonly dueDate?: string
  /** Default: the date. */
  readonly documentDate?: string
  readonly currencyCode: string
  readonly amountCur: Decimal
  /** In the accounting currency, rounded. */
  readonly amountMst: Decimal
  /** Units of the accounting currency for one unit of the currency. */
  readonly exchangeRate: Decimal
  readonly paymentTerms?: string
  readonly paymentMethod?: string
  readonly paymentReference?: string
  readonly postingProfile?: string
  /** Last day on which a payment earns the cash discount. */
  readonly cashDiscountDate?: string
  /** The whole cash discount, in the currency and with the sign of the amount. */
  readonly possibleCashDiscount?: Decimal
  readonly useCashDiscount?: 'Normal' | 'Always' | 'Never'
  readonly text?: string
  /** Born settled: what a settlement made. It has no open row; the settlement rows say what it was settled against. */
  readonly settledBy?: { readonly voucher: string; readonly date: string }
}

/** Rates are shown for a hundred units. */
const RATE_UNITS = decimal(100)
const RATE_DECIMALS = 6
const TEXT_LENGTH = 60

/**
 * Writes the transactions and an open row for each that is not settled and not nought; three statements, whatever their number. Gives the record
 * ids (`SysRecId`) in the order given. The ledger is the caller's: it posts the same amount on the receivable account.
 * Source: Supply Chain specification, 6.2.
 */
export async function postCustomerTransactions(sql: SqlRunner, transactions: readonly CustomerTransaction[]): Promise<string[]> {
  const ids = await drawRecordIds(sql, transactions.length + transactions.filter((each) => !isBornSettled(each)).length)
  const [recIds, openIds] = [ids.slice(0, transactions.length), ids.slice(transactions.length)]
  const numbered = transactions.map((transaction, index) => ({ transaction, recId: recIds[index] ?? '' }))
  const open = numbered.filter(({ transaction }) => !isBornSettled(transaction))
  const table = tableOfEntity(CUST_TRANSACTIONS)
  await insertRows(
    sql,
    table,
    numbered.map((each) => ({ ...initialValues(table), ...toTransaction(each) })),
  )
  const openTable = tableOfEntity(CUST_TRANS_OPENS)
  await insertRows(
    sql,
    openTable,
    open.map((each, index) => ({ ...initialValues(openTable), ...toOpen(each), SysRecId: openIds[index] ?? '' })),
  )
  return recIds
}

interface Numbered {
  readonly transaction: CustomerTransaction
  readonly recId: string
}

/** An invoice of nought owes nothing either. */
const isBornSettled = (transaction: CustomerTransaction): boolean =>
  transaction.settledBy !== undefined || (transaction.amountCur.isZero() && transaction.amountMst.isZero())

function toTransaction({ transaction, recId }: Numbered): FieldValues {
  const { settledBy, amountCur, amountMst } = transaction
  return {
    dataAreaId: transaction.dataAreaId.toLowerCase(),
    SysRecId: recId,
    AccountNum: transaction.accountNum,
    Voucher: transaction.voucher,
    Invoice: transaction.invoice ?? '',
    TransDate: transaction.date,
    DueDate: transaction.dueDate ?? transaction.date,
    DocumentDate: transaction.documentDate ?? transaction.date,
    TransType: transaction.transType,
    CurrencyCode: transaction.currencyCode,
    AmountCur: formatDecimal(amountCur),
    AmountMST: formatDecimal(amountMst),
    SettleAmountCur: settledBy === undefined ? '0' : formatDecimal(amountCur),
    SettleAmountMST: settledBy === undefined ? '0' : formatDecimal(amountMst),
    ExchRate: formatDecimal(roundTo(transaction.exchangeRate.times(RATE_UNITS), RATE_DECIMALS)),
    Closed: settledBy?.date ?? (isBornSettled(transaction) ? transaction.date : EMPTY_DATE),
    LastSettleVoucher: settledBy?.voucher ?? '',
    LastSettleDate: settledBy?.date ?? EMPTY_DATE,
    PaymTermId: transaction.paymentTerms ?? '',
    PaymMode: transaction.paymentMethod ?? '',
    PaymReference: transaction.paymentReference ?? '',
    PostingProfile: transaction.postingProfile ?? '',
    Txt: (transaction.text ?? '').slice(0, TEXT_LENGTH),
    CashDiscDate: transaction.cashDiscountDate ?? EMPTY_DATE,
    CashDiscAmount: formatDecimal(transaction.possibleCashDiscount ?? decimal(0)),
    UseCashDisc: transaction.useCashDiscount ?? 'Normal',
  }
}

function toOpen({ transaction, recId }: Numbered): FieldValues {
  return {
    dataAreaId: transaction.dataAreaId.toLowerCase(),
    RefRecId: recId,
    AccountNum: transaction.accountNum,
    AmountCur: formatDecimal(transaction.amountCur),
    AmountMST: formatDecimal(transaction.amountMst),
    DueDate: transaction.dueDate ?? transaction.date,
    TransDate: transaction.date,
    CashDiscDate: transaction.cashDiscountDate ?? EMPTY_DATE,
    PossibleCashDisc: formatDecimal(transaction.possibleCashDiscount ?? decimal(0)),
    UseCashDisc: transaction.useCashDiscount ?? 'Normal',
  }
}
