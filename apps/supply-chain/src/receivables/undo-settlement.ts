import { type Decimal, decimal, formatDecimal, type SqlRunner, sum } from '@p2c/base'
import { checkPeriodsOpen } from '../calculation/fiscal-period.ts'
import { assertNoProblems, type CommandResult } from '../commands/command.ts'
import { requireNumber } from '../commands/require-numbers.ts'
import { at, EMPTY_DATE, type FieldValues } from '../domain/field-value.ts'
import { refuseCommand } from '../domain/messages.ts'
import { MADE_TYPES } from '../domain/receivables/settlement.ts'
import { tableByRelation } from '../entities/catalogue.ts'
import { reverseVoucher } from '../ledger/reverse-voucher.ts'
import { initialValues } from '../store/decide-write.ts'
import { drawRecordIds } from '../store/record-ids.ts'
import { findRows, insertRows, updateRows } from '../store/rows.ts'
import type { StoredRow } from '../store/tracked-row.ts'
import { postCustomerTransactions } from './customer-transactions.ts'
import { type LockedTransaction, lockTransactions } from './open-transactions.ts'

const SETTLEMENTS = tableByRelation('cust_settlement')
const TRANSACTIONS = tableByRelation('cust_trans')
const OPENS = tableByRelation('cust_trans_open')

/** A settlement by its voucher, and the day of its reversal. */
export interface UndoInput {
  readonly dataAreaId: string
  readonly settlementVoucher: string
  /** Day of the reversal; not before the settlement. */
  readonly date: string
}

const amountOf = (row: FieldValues | undefined, name: string) => decimal(at(row, name) || '0')

/**
 * Undoes a settlement: what was settled is open again, with the cash discount that was taken; discounts, differences and exchange adjustments
 * are reversed on the customer's account and in the ledger under a voucher of their own. The rows of both stay and are marked as reversed.
 * Refuses E12, L08, L87, L88 and L104. Source: Supply Chain specification, 6.3.
 */
export async function undoSettlement(sql: SqlRunner, input: UndoInput): Promise<CommandResult> {
  const { dataAreaId, settlementVoucher, date } = input
  const found = await readSettlement(sql, input)
  if (found.length === 0) return { ok: false, infolog: [refuseCommand('L87', settlementVoucher)] }
  const locked = await lockTransactions(sql, { dataAreaId, recIds: found.map(({ values }) => at(values, 'TransRecId')) })
  // Read again under the lock: two may undo it at once.
  const rows = await readSettlement(sql, input)
  if (rows.some(({ values }) => at(values, 'IsReversed') === 'Yes'))
    return { ok: false, infolog: [refuseCommand('L88', settlementVoucher)] }
  const settledOn = at(rows[0]?.values, 'TransDate')
  if (date < settledOn) return { ok: false, infolog: [refuseCommand('L104', settledOn, date)] }
  assertNoProblems(await checkPeriodsOpen(sql, { dataAreaId, dates: [date], modules: ['cust'] }))
  const voucher = await requireNumber(sql, { dataAreaId, dataTypeName: 'CustSettlementVoucher' })
  const reversals = await reverseMade(sql, { ...input, voucher, locked })
  await restoreTransactions(sql, { rows, locked, dataAreaId })
  await storeReversal(sql, { rows, voucher, date, reversals })
  const spelled = at(rows[0]?.values, 'SettlementVoucher')
  await reverseVoucher(sql, { dataAreaId, voucher: spelled, by: voucher, date, text: 'Reversed settlement' })
  return { ok: true, value: { settlementVoucher: spelled, reversalVoucher: voucher } }
}

const readSettlement = (sql: SqlRunner, { dataAreaId, settlementVoucher }: UndoInput): Promise<StoredRow[]> =>
  findRows(sql, {
    table: SETTLEMENTS,
    fields: ['dataAreaId', 'SettlementVoucher'],
    keys: [[dataAreaId, settlementVoucher]],
    isMany: true,
  })

const isMade = ({ transaction }: LockedTransaction): boolean => MADE_TYPES.some((type) => type === at(transaction.values, 'TransType'))

interface ReverseInput extends UndoInput {
  readonly voucher: string
  readonly locked: ReadonlyMap<string, LockedTransaction>
}

const HUNDRED = decimal(100)

/** A contrary transaction for each one that the settlement made; gives their record ids by those of the originals. */
async function reverseMade(sql: SqlRunner, { dataAreaId, voucher, date, locked }: ReverseInput): Promise<ReadonlyMap<string, string>> {
  const made = [...locked].filter(([, each]) => isMade(each))
  const recIds = await postCustomerTransactions(
    sql,
    made.map(
      ([
        ,
        {
          transaction: { values },
        },
      ]) => ({
        dataAreaId,
        accountNum: at(values, 'AccountNum'),
        transType: MADE_TYPES.find((type) => type === at(values, 'TransType')) ?? 'CashDiscount',
        voucher,
        invoice: at(values, 'Invoice'),
        date,
        currencyCode: at(values, 'CurrencyCode'),
        amountCur: amountOf(values, 'AmountCur').negated(),
        amountMst: amountOf(values, 'AmountMST').negated(),
        exchangeRate: amountOf(values, 'ExchRate').dividedBy(HUNDRED),
        text: `Reversed: ${at(values, 'Txt')}`,
        settledBy: { voucher, date },
      }),
    ),
  )
  return new Map(made.map(([id], index) => [id, recIds[index] ?? '']))
}

interface RestoreInput {
  readonly rows: readonly StoredRow[]
  readonly locked: ReadonlyMap<string, LockedTransaction>
  readonly dataAreaId: string
}

/** A transaction with what it gets back. */
interface Restored extends LockedTransaction {
  readonly cur: Decimal
  readonly mst: Decimal
  /** The cash discount that is possible again. */
  readonly discount: Decimal
  /** What else is settled of it. */
  readonly rest?: OtherSettlements
}

/** Open parts grow by what was settled, or come back with the terms of their transaction. */
async function restoreTransactions(sql: SqlRunner, { rows, locked, dataAreaId }: RestoreInput): Promise<void> {
  const others = await readOtherSettlements(sql, { dataAreaId, rows })
  const restored = [...Map.groupBy(rows, ({ values }) => at(values, 'TransRecId'))].flatMap(([id, own]): Restored[] => {
    const each = locked.get(id)
    if (each === undefined || isMade(each)) return []
    const total = (name: string) => sum(own.map(({ values }) => amountOf(values, name)))
    const rest = others.get(id)
    const discount = amountOf(each.transaction.values, 'CashDiscAmount').minus(rest?.discountUsed ?? 0)
    return [{ ...each, discount, cur: total('SettleAmountCur'), mst: total('SettleAmountMST'), ...(rest !== undefined && { rest }) }]
  })
  await updateRows(
    sql,
    TRANSACTIONS,
    restored.map((each) => ({ stored: each.transaction, after: openedTransaction(each) })),
  )
  await updateRows(
    sql,
    OPENS,
    restored.flatMap((each) => (each.open === undefined ? [] : [{ stored: each.open, after: grownOpen(each.open.values, each) }])),
  )
  const gone = restored.filter(({ open }) => open === undefined)
  const ids = await drawRecordIds(sql, gone.length)
  await insertRows(
    sql,
    OPENS,
    gone.map((each, index) => ({ ...bornOpen(each), SysRecId: ids[index] ?? '' })),
  )
}

const openedTransaction = ({ transaction: { values }, cur, mst, rest }: Restored): FieldValues => ({
  ...values,
  SettleAmountCur: formatDecimal(amountOf(values, 'SettleAmountCur').minus(cur)),
  SettleAmountMST: formatDecimal(amountOf(values, 'SettleAmountMST').minus(mst)),
  Closed: EMPTY_DATE,
  LastSettleVoucher: rest?.voucher ?? '',
  LastSettleDate: rest?.date ?? EMPTY_DATE,
})

const grownOpen = (open: FieldValues, { cur, mst, discount }: Restored): FieldValues => ({
  ...open,
  AmountCur: formatDecimal(amountOf(open, 'AmountCur').plus(cur)),
  AmountMST: formatDecimal(amountOf(open, 'AmountMST').plus(mst)),
  PossibleCashDisc: formatDecimal(discount),
})

const bornOpen = (each: Restored): FieldValues => {
  const { values } = each.transaction
  const terms = {
    dataAreaId: at(values, 'dataAreaId'),
    RefRecId: at(values, 'SysRecId'),
    AccountNum: at(values, 'AccountNum'),
    DueDate: at(values, 'DueDate'),
    TransDate: at(values, 'TransDate'),
    CashDiscDate: at(values, 'CashDiscDate'),
    UseCashDisc: at(values, 'UseCashDisc'),
  }
  return grownOpen({ ...initialValues(OPENS), ...terms }, each)
}

/** What else was settled of a transaction and still is. */
interface OtherSettlements {
  readonly voucher: string
  readonly date: string
  readonly discountUsed: Decimal
}

/** By transaction, without the settlement that is being undone; one statement. */
async function readOtherSettlements(
  sql: SqlRunner,
  { dataAreaId, rows }: { readonly dataAreaId: string; readonly rows: readonly StoredRow[] },
): Promise<ReadonlyMap<string, OtherSettlements>> {
  const result = await sql.query<{ id: string; voucher: string; date: string; used: string }>(
    `select s.trans_rec_id::text as id, (array_agg(s.settlement_voucher order by s.sys_rec_id desc))[1] as voucher,
       (array_agg(s.trans_date::text order by s.sys_rec_id desc))[1] as date, sum(s.cash_discount_used)::text as used
     from cust_settlement s
     where lower(s.data_area_id) = lower($1) and s.trans_rec_id = any($2::bigint[]) and s.is_reversed = 'No'
       and lower(s.settlement_voucher) <> lower($3)
     group by s.trans_rec_id`,
    [dataAreaId, rows.map(({ values }) => at(values, 'TransRecId')), at(rows[0]?.values, 'SettlementVoucher')],
  )
  return new Map(result.rows.map(({ id, voucher, date, used }) => [id, { voucher, date, discountUsed: decimal(used) }]))
}

interface ReversalInput {
  readonly rows: readonly StoredRow[]
  readonly voucher: string
  readonly date: string
  readonly reversals: ReadonlyMap<string, string>
}

/** The contrary rows; those of transactions that the settlement made are of their reversals. Each transaction's rows add up to what is settled of it. */
async function storeReversal(sql: SqlRunner, { rows, voucher, date, reversals }: ReversalInput): Promise<void> {
  const ids = await drawRecordIds(sql, rows.length)
  const spelled = at(rows[0]?.values, 'SettlementVoucher')
  await updateRows(
    sql,
    SETTLEMENTS,
    rows.map((row) => ({ stored: row, after: { ...row.values, IsReversed: 'Yes', ReversedSettlementVoucher: voucher } })),
  )
  const contrary = (values: FieldValues, name: string) => formatDecimal(amountOf(values, name).negated())
  const reversed = (id: string) => reversals.get(id) ?? id
  await insertRows(
    sql,
    SETTLEMENTS,
    rows.map(({ values }, index) => ({
      ...values,
      SysRecId: ids[index] ?? '',
      SettlementVoucher: voucher,
      TransDate: date,
      TransRecId: reversed(at(values, 'TransRecId')),
      OffsetRecId: reversed(at(values, 'OffsetRecId')),
      SettleAmountCur: contrary(values, 'SettleAmountCur'),
      SettleAmountMST: contrary(values, 'SettleAmountMST'),
      ExchAdjustment: contrary(values, 'ExchAdjustment'),
      UtilizedCashDisc: contrary(values, 'UtilizedCashDisc'),
      CashDiscountUsed: contrary(values, 'CashDiscountUsed'),
      IsReversed: 'Yes',
      ReversedSettlementVoucher: spelled,
    })),
  )
}
