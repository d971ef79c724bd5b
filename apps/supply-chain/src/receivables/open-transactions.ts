import { decimal, type SqlRunner } from '@p2c/base'
import type { OpenItem, UseCashDiscount } from '../domain/receivables/settlement.ts'
import { tableByRelation } from '../entities/catalogue.ts'
import { findRows } from '../store/rows.ts'
import type { StoredRow } from '../store/tracked-row.ts'

/** A customer transaction with its open part, locked until the transaction ends. */
export interface LockedTransaction {
  readonly transaction: StoredRow
  /** Absent where nothing is open. */
  readonly open?: StoredRow
}

const TRANSACTIONS = tableByRelation('cust_trans')
const OPENS = tableByRelation('cust_trans_open')

/**
 * Locks the transactions, everybody in the same order, and reads what is open of them afterwards: what another settlement did meanwhile is in.
 * The lock is on the transaction, which stays when its open part goes. Two statements.
 */
export async function lockTransactions(
  sql: SqlRunner,
  { dataAreaId, recIds }: { readonly dataAreaId: string; readonly recIds: Iterable<string> },
): Promise<ReadonlyMap<string, LockedTransaction>> {
  const wanted = [...new Set(recIds)]
  const keys = wanted.map((recId) => [dataAreaId, recId])
  const transactions = await findRows(sql, { table: TRANSACTIONS, fields: ['dataAreaId', 'SysRecId'], keys, isForUpdate: true })
  const opens = await findRows(sql, { table: OPENS, fields: ['RefRecId'], keys: wanted.map((recId) => [recId]) })
  const openByTransaction = new Map(opens.map((open) => [open.values.RefRecId ?? '', open]))
  return new Map(
    transactions.map((transaction) => {
      const recId = transaction.values.SysRecId ?? ''
      const open = openByTransaction.get(recId)
      return [recId, { transaction, ...(open !== undefined && { open }) }] as const
    }),
  )
}

/** The open part as the rules of settlement see it. */
export function openItemOf({ transaction, open }: LockedTransaction): OpenItem | undefined {
  if (open === undefined) return undefined
  const amount = (name: string) => decimal(open.values[name] ?? '0')
  return {
    id: transaction.values.SysRecId ?? '',
    transType: transaction.values.TransType ?? '',
    date: transaction.values.TransDate ?? '',
    amountCur: amount('AmountCur'),
    amountMst: amount('AmountMST'),
    cashDiscountDate: open.values.CashDiscDate ?? '',
    possibleCashDiscount: amount('PossibleCashDisc'),
    useCashDiscount: (open.values.UseCashDisc ?? 'Normal') as UseCashDiscount,
  }
}

/** An open transaction as a command or a payment names it. */
export interface OpenTransaction {
  readonly recId: string
  readonly accountNum: string
  readonly invoice: string
  readonly voucher: string
  readonly currencyCode: string
  readonly transType: string
  readonly date: string
  readonly dueDate: string
  readonly isOwed: boolean
}

const OPEN_COLUMNS = `t.sys_rec_id::text as "recId", t.account_num as "accountNum", t.invoice, t.voucher, t.currency_code as "currencyCode",
  t.trans_type as "transType", t.trans_date::text as date, o.due_date::text as "dueDate", o.amount_cur > 0 as "isOwed"`

/** The open transactions of customers, not locked; one statement. `invoices` keeps to those. */
export async function findOpenTransactions(
  sql: SqlRunner,
  {
    dataAreaId,
    accounts,
    invoices,
  }: { readonly dataAreaId: string; readonly accounts: readonly string[]; readonly invoices?: readonly string[] },
): Promise<OpenTransaction[]> {
  const { rows } = await sql.query<{ -readonly [Name in keyof OpenTransaction]: OpenTransaction[Name] }>(
    `select ${OPEN_COLUMNS} from cust_trans t
     join cust_trans_open o on o.ref_rec_id = t.sys_rec_id and lower(o.data_area_id) = lower(t.data_area_id)
     where lower(t.data_area_id) = lower($1) and lower(t.account_num) in (select lower(a) from unnest($2::text[]) a)
       and ($3::text[] is null or lower(t.invoice) in (select lower(i) from unnest($3::text[]) i))
     order by t.sys_rec_id`,
    [dataAreaId, accounts, invoices ?? null],
  )
  return rows
}
