import { AppError, type Decimal, formatDecimal, type SqlRunner, sum } from '@p2c/base'
import type { FieldValues } from '../domain/field-value.ts'
import { tableOfEntity } from '../entities/catalogue.ts'
import type { Entity } from '../entities/entity.ts'
import { GENERAL_JOURNAL_ACCOUNT_ENTRIES, GENERAL_JOURNAL_ENTRIES } from '../entities/ledger.ts'
import { initialValues } from '../store/decide-write.ts'
import { drawRecordIds } from '../store/record-ids.ts'
import { insertRows } from '../store/rows.ts'
import { ledgerAccountName } from './accounts.ts'

/** One line of a voucher. Amounts are positive for debit and negative for credit. */
export interface LedgerEntry {
  /** Number of the account: `ledgerAccount('Revenue')`. */
  readonly account: string
  /** In the accounting currency of the company, rounded. */
  readonly amount: Decimal
  readonly currencyCode: string
  /** In `currencyCode`. */
  readonly amountCur: Decimal
}

/** One posting. */
export interface Voucher {
  readonly dataAreaId: string
  readonly voucher: string
  /** Day of the posting: `2025-02-11`. */
  readonly date: string
  readonly text: string
  readonly entries: readonly LedgerEntry[]
}

/** Posts one voucher; see `postVouchers`. */
export const postVoucher = (sql: SqlRunner, voucher: Voucher): Promise<void> => postVouchers(sql, [voucher])

/**
 * Writes the vouchers to the ledger in three statements, whatever their number. Lines without any amount are left out, and so is a voucher
 * without lines. Throws `voucher-unbalanced` where debit and credit differ in the accounting currency: nothing is posted half.
 * Source: Supply Chain specification, 6.1 and 6.3.
 */
export async function postVouchers(sql: SqlRunner, vouchers: readonly Voucher[]): Promise<void> {
  const posted = vouchers.map(withoutNoughts).filter(({ entries }) => entries.length > 0)
  if (posted.length === 0) return
  for (const voucher of posted) assertBalanced(voucher)
  const numbers = await drawRecordIds(sql, posted.length)
  const numbered = posted.map((voucher, index) => ({ voucher, entryNumber: numbers[index] ?? '' }))
  await insertAll(sql, GENERAL_JOURNAL_ENTRIES, numbered.map(toEntry))
  await insertAll(sql, GENERAL_JOURNAL_ACCOUNT_ENTRIES, numbered.flatMap(toLines))
}

async function insertAll(sql: SqlRunner, entity: Entity, rows: readonly FieldValues[]): Promise<void> {
  const table = tableOfEntity(entity)
  const initial = initialValues(table)
  await insertRows(
    sql,
    table,
    rows.map((row) => ({ ...initial, ...row })),
  )
}

const withoutNoughts = (voucher: Voucher): Voucher => ({
  ...voucher,
  entries: voucher.entries.filter(({ amount, amountCur }) => !amount.isZero() || !amountCur.isZero()),
})

function assertBalanced({ dataAreaId, voucher, entries }: Voucher): void {
  const difference = sum(entries.map(({ amount }) => amount))
  if (difference.isZero()) return
  throw new AppError({
    category: 'internal',
    code: 'voucher-unbalanced',
    message: `Debit and credit of voucher '${voucher}' in company '${dataAreaId}' differ by ${formatDecimal(difference)}. Nothing was posted; report the document that was to be posted.`,
    details: { dataAreaId, voucher, difference: formatDecimal(difference) },
  })
}

interface NumberedVoucher {
  readonly voucher: Voucher
  readonly entryNumber: string
}

const TEXT_LENGTH = 60

const toEntry = ({ voucher, entryNumber }: NumberedVoucher): FieldValues => ({
  dataAreaId: voucher.dataAreaId,
  EntryNumber: entryNumber,
  Voucher: voucher.voucher,
  AccountingDate: voucher.date,
  Text: voucher.text.slice(0, TEXT_LENGTH),
})

const toLines = ({ voucher, entryNumber }: NumberedVoucher): FieldValues[] =>
  voucher.entries.map((entry, index) => ({
    dataAreaId: voucher.dataAreaId,
    EntryNumber: entryNumber,
    LineNumber: String(index + 1),
    Voucher: voucher.voucher,
    AccountingDate: voucher.date,
    MainAccount: entry.account,
    MainAccountName: ledgerAccountName(entry.account),
    TransactionCurrencyCode: entry.currencyCode,
    TransactionCurrencyAmount: formatDecimal(entry.amountCur),
    AccountingCurrencyAmount: formatDecimal(entry.amount),
    IsCredit: entry.amount.isNegative() ? 'Yes' : 'No',
    Text: voucher.text.slice(0, TEXT_LENGTH),
  }))
