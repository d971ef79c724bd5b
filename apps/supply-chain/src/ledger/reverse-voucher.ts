import { decimal, type SqlRunner } from '@p2c/base'
import { tableByRelation } from '../entities/catalogue.ts'
import { findRows } from '../store/rows.ts'
import { postVoucher } from './post-voucher.ts'

/** A voucher and the one that takes it back. */
export interface VoucherReversal {
  readonly dataAreaId: string
  /** The voucher whose postings are turned round. */
  readonly voucher: string
  /** The voucher of the reversal. */
  readonly by: string
  readonly date: string
  readonly text: string
}

/** Posts the contrary of everything under a voucher; nothing where it has no postings. */
export async function reverseVoucher(sql: SqlRunner, { dataAreaId, voucher, by, date, text }: VoucherReversal): Promise<void> {
  const lines = await findRows(sql, {
    table: tableByRelation('ledger_transaction'),
    fields: ['dataAreaId', 'Voucher'],
    keys: [[dataAreaId, voucher]],
    isMany: true,
  })
  const entries = lines.map(({ values }) => ({
    account: values.MainAccount ?? '',
    amount: decimal(values.AccountingCurrencyAmount ?? '0').negated(),
    currencyCode: values.TransactionCurrencyCode ?? '',
    amountCur: decimal(values.TransactionCurrencyAmount ?? '0').negated(),
  }))
  await postVoucher(sql, { dataAreaId, voucher: by, date, text, entries })
}
