import { type Decimal, formatDecimal, type SqlRunner } from '@p2c/base'
import { rawNumber } from '@p2c/odata'
import { CommandRefusal, type CommandResult } from '../commands/command.ts'
import { isSameText } from '../domain/field-value.ts'
import { refuseCommand } from '../domain/messages.ts'
import { settle } from './settle.ts'

/** A posted transaction as people know it: by its record, its voucher or its invoice. */
export interface TransactionName {
  readonly recId?: string | undefined
  readonly voucher?: string | undefined
  readonly invoiceNumber?: string | undefined
}

/** A transaction that is to be settled; amounts without sign, in its currency. */
export interface NamedMark extends TransactionName {
  readonly amount?: Decimal | undefined
  readonly cashDiscount?: Decimal | undefined
  readonly isFullSettlement?: boolean | undefined
}

/** A payment and what it is settled against. */
export interface SettleTransactionsInput {
  readonly dataAreaId: string
  readonly payment: TransactionName
  readonly marks: readonly NamedMark[]
  /** Day of the settlement. */
  readonly date: string
}

interface Found {
  readonly recId: string
  readonly accountNum: string
  readonly currencyCode: string
  /** `-1` where the customer has paid or is credited. */
  readonly sign: string
}

const nameText = ({ recId, voucher, invoiceNumber }: TransactionName): string => invoiceNumber ?? voucher ?? recId ?? ''

/**
 * Settles a posted payment or credit note against posted transactions of the same customer and currency, in the order given. Refuses E12, L89
 * and L100. Source: Supply Chain specification, 6.3 and 6.4.
 */
export async function settleTransactions(sql: SqlRunner, input: SettleTransactionsInput): Promise<CommandResult> {
  const { dataAreaId, payment, marks, date } = input
  const [paying, ...owed] = await findNamed(sql, dataAreaId, [payment, ...marks])
  if (paying === undefined) return { ok: false, infolog: [refuseCommand('L89', nameText(payment))] }
  const unfit = marks.filter((_, index) => !fits(paying, owed[index]))
  if (unfit.length > 0) return { ok: false, infolog: unfit.map((mark) => refuseCommand('L100', nameText(payment), nameText(mark))) }
  const [settled] = await settle(sql, {
    dataAreaId,
    requests: [
      {
        paymentRecId: paying.recId,
        date,
        marks: marks.map(({ amount, cashDiscount, isFullSettlement }, index) => ({
          id: owed[index]?.recId ?? '',
          ...(amount !== undefined && { amount }),
          ...(cashDiscount !== undefined && { cashDiscount }),
          ...(isFullSettlement !== undefined && { isFullSettlement }),
        })),
      },
    ],
  })
  // Another settlement took everything between the look and the lock.
  if (settled?.settlementVoucher === undefined) return { ok: false, infolog: [refuseCommand('L89', nameText(payment))] }
  return {
    ok: true,
    value: { settlementVoucher: settled.settlementVoucher, openAmount: rawNumber(formatDecimal(settled.paymentRest)) },
  }
}

const fits = (paying: Found, owed: Found | undefined): boolean =>
  owed !== undefined &&
  owed.recId !== paying.recId &&
  isSameText(owed.accountNum, paying.accountNum) &&
  isSameText(owed.currencyCode, paying.currencyCode) &&
  owed.sign !== paying.sign

/** The open transactions in the order of their names; refused (L89) where a name has none. A voucher or invoice may stand for several: the first. */
async function findNamed(sql: SqlRunner, dataAreaId: string, names: readonly TransactionName[]): Promise<Found[]> {
  const { rows } = await sql.query<Found & { place: string }>(
    `select k.place::text, r.* from unnest($2::text[], $3::text[], $4::text[]) with ordinality as k(rec_id, voucher, invoice, place)
     cross join lateral (
       select t.sys_rec_id::text as "recId", t.account_num as "accountNum", t.currency_code as "currencyCode", sign(o.amount_cur)::text as sign
       from cust_trans t join cust_trans_open o on o.ref_rec_id = t.sys_rec_id and lower(o.data_area_id) = lower(t.data_area_id)
       where lower(t.data_area_id) = lower($1) and (k.rec_id is null or t.sys_rec_id = k.rec_id::bigint)
         and (k.voucher is null or lower(t.voucher) = lower(k.voucher)) and (k.invoice is null or lower(t.invoice) = lower(k.invoice))
       order by t.sys_rec_id limit 1) r`,
    [
      dataAreaId,
      names.map(({ recId }) => recId ?? null),
      names.map(({ voucher }) => voucher ?? null),
      names.map(({ invoiceNumber }) => invoiceNumber ?? null),
    ],
  )
  const byPlace = new Map(rows.map((row) => [Number(row.place) - 1, row]))
  return names.map((name, index) => {
    const found = byPlace.get(index)
    if (found === undefined) throw new CommandRefusal(refuseCommand('L89', nameText(name)))
    return found
  })
}
