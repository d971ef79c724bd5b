import { type Decimal, decimal, formatDecimal, type SqlRunner } from '@p2c/base'
import { checkPeriodsOpen } from '../calculation/fiscal-period.ts'
import { readSalesParameters } from '../calculation/read-parameters.ts'
import { assertNoProblems } from '../commands/command.ts'
import { requireNumbers } from '../commands/require-numbers.ts'
import { EMPTY_DATE, type FieldValues } from '../domain/field-value.ts'
import {
  type MadeTransaction,
  type Mark,
  type OpenItem,
  planSettlements,
  type SettlementPlan,
  type SettlementRequest,
  type SettlementRow,
  type SettlementRules,
} from '../domain/receivables/settlement.ts'
import { tableByRelation } from '../entities/catalogue.ts'
import { ledgerAccount } from '../ledger/accounts.ts'
import { type LedgerEntry, postVouchers } from '../ledger/post-voucher.ts'
import { initialValues } from '../store/decide-write.ts'
import { deleteRows } from '../store/delete-rows.ts'
import { drawRecordIds } from '../store/record-ids.ts'
import { insertRows, updateRows } from '../store/rows.ts'
import { type CustomerTransaction, postCustomerTransactions } from './customer-transactions.ts'
import { type LockedTransaction, lockTransactions, openItemOf } from './open-transactions.ts'

/** A payment or credit note with the transactions that it settles, by `SysRecId`. */
export interface SettleRequest {
  readonly paymentRecId: string
  readonly marks: readonly Mark[]
  /** Day of the settlement; it is never before the transactions that are settled. */
  readonly date: string
}

/** Payments of one company with their marks. */
export interface SettleInput {
  readonly dataAreaId: string
  readonly requests: readonly SettleRequest[]
}

/** What became of one request. */
export interface Settled {
  /** Absent where there was nothing to settle. */
  readonly settlementVoucher?: string
  readonly rows: readonly SettlementRow[]
  /** What is left of the payment, with its sign. */
  readonly paymentRest: Decimal
}

/**
 * Settles payments against what they are marked for: rows of settlements, smaller open amounts, transactions and vouchers for discounts,
 * differences and exchange adjustments. A fixed number of statements whatever the number of requests; call it once in a transaction, after all
 * other numbers were taken. All transactions of a request belong to one customer and currency: the caller has seen to it. Refuses E12, and L08
 * where no settlement voucher can be taken. Source: Supply Chain specification, 6.3.
 */
export async function settle(sql: SqlRunner, { dataAreaId, requests }: SettleInput): Promise<Settled[]> {
  if (requests.length === 0) return []
  const locked = await lockTransactions(sql, {
    dataAreaId,
    recIds: requests.flatMap(({ paymentRecId, marks }) => [paymentRecId, ...marks.map(({ id }) => id)]),
  })
  const items = openItems(locked)
  const rules = await readRules(sql, dataAreaId, locked)
  const outcome = planSettlements(items, requests.map(toDomainRequest), rules)
  const work = await numberPlans(sql, { dataAreaId, requests, plans: outcome.plans, locked })
  await storePlans(sql, { dataAreaId, work, locked, items: outcome.items })
  return requests.map(({ paymentRecId }, index) => {
    const voucher = work.find((each) => each.index === index)?.settlementVoucher
    return {
      ...(voucher !== undefined && { settlementVoucher: voucher }),
      rows: outcome.plans[index]?.rows ?? [],
      paymentRest: outcome.items.get(paymentRecId)?.amountCur ?? decimal(0),
    }
  })
}

const openItems = (locked: ReadonlyMap<string, LockedTransaction>): Map<string, OpenItem> =>
  new Map(
    [...locked.values()].flatMap((each) => {
      const item = openItemOf(each)
      return item === undefined ? [] : [[item.id, item] as const]
    }),
  )

const toDomainRequest = ({ paymentRecId, marks }: SettleRequest): SettlementRequest => ({ paymentId: paymentRecId, marks })

/** Amounts of several currencies may be settled in one go, each rounded by its own rule. */
async function readRules(sql: SqlRunner, dataAreaId: string, locked: ReadonlyMap<string, LockedTransaction>): Promise<SettlementRules> {
  const parameters = await readSalesParameters(sql, dataAreaId)
  const { rows } = await sql.query<{ step: string; code: string; is_accounting: boolean }>(
    `select c.general_rounding_rule::text as step, lower(c.currency_code) as code, false as is_accounting from currency c
     where lower(c.currency_code) in (select lower(k) from unnest($2::text[]) k)
     union all
     select c.general_rounding_rule::text, lower(c.currency_code), true from currency c
     join legal_entity e on lower(e.accounting_currency) = lower(c.currency_code) where lower(e.legal_entity_id) = lower($1)`,
    [dataAreaId, [...new Set([...locked.values()].map(({ transaction }) => transaction.values.CurrencyCode ?? ''))]],
  )
  const steps = new Map(rows.filter((row) => !row.is_accounting).map((row) => [row.code, positiveStep(row.step)]))
  const currencies = new Map([...locked].map(([id, { transaction }]) => [id, (transaction.values.CurrencyCode ?? '').toLowerCase()]))
  return {
    stepOf: (id) => steps.get(currencies.get(id) ?? '') ?? CENT,
    stepMst: positiveStep(rows.find((row) => row.is_accounting)?.step),
    maxPennyDifference: parameters.maxPennyDifference,
    maxOverUnderPayment: parameters.maxOverUnderPayment,
    cashDiscountOnPartialPayments: parameters.cashDiscountOnPartialPayments,
    cashDiscountOnCreditNotes: parameters.cashDiscountOnCreditNotes,
  }
}

const CENT = decimal('0.01')

function positiveStep(text: string | undefined): Decimal {
  const step = decimal(text ?? '0')
  return step.greaterThan(0) ? step : CENT
}

/** A plan that does something, with its voucher. */
interface NumberedPlan {
  readonly index: number
  readonly settlementVoucher: string
  readonly date: string
  readonly plan: SettlementPlan
  /** Record ids of all transactions of the plan, those that it makes included. */
  readonly recIdOf: (id: string) => string
}

interface NumberInput extends SettleInput {
  readonly plans: readonly SettlementPlan[]
  readonly locked: ReadonlyMap<string, LockedTransaction>
}

/** Takes the vouchers and posts what the settlements make: their transactions are there before the rows that name them. */
async function numberPlans(sql: SqlRunner, { dataAreaId, requests, plans, locked }: NumberInput): Promise<NumberedPlan[]> {
  const active = plans
    .map((plan, index) => ({ plan, index, date: settledOn(plan, requests[index]?.date ?? EMPTY_DATE, locked) }))
    .filter(({ plan }) => plan.rows.length > 0)
  if (active.length === 0) return []
  const closed = await checkPeriodsOpen(sql, { dataAreaId, dates: active.map(({ date }) => date), modules: ['cust'] })
  assertNoProblems(closed)
  const vouchers = await requireNumbers(sql, { dataAreaId, dataTypeName: 'CustSettlementVoucher', count: active.length })
  const numbered = active.map((each, order) => ({ ...each, settlementVoucher: vouchers[order] ?? '' }))
  const made = numbered.flatMap((each) => each.plan.made.map((transaction) => ({ ...each, transaction })))
  const posted = made.map(({ transaction, settlementVoucher, date }) =>
    toCustomerTransaction(transaction, {
      dataAreaId,
      settlementVoucher,
      date,
      origin: locked.get(transaction.of)?.transaction.values ?? {},
    }),
  )
  const recIds = await postCustomerTransactions(sql, posted)
  const madeIds = new Map(made.map(({ transaction }, order) => [transaction.id, recIds[order] ?? '']))
  return numbered.map((each) => ({ ...each, recIdOf: (id) => madeIds.get(id) ?? id }))
}

/** The day that was asked for, or that of the latest transaction: an invoice cannot be settled before there is one. */
function settledOn(plan: SettlementPlan, asked: string, locked: ReadonlyMap<string, LockedTransaction>): string {
  const days = plan.rows.map(({ id }) => locked.get(id)?.transaction.values.TransDate ?? asked)
  return days.reduce((latest, day) => (day > latest ? day : latest), asked)
}

interface MadeFacts {
  readonly dataAreaId: string
  readonly settlementVoucher: string
  readonly date: string
  /** The transaction that it belongs to. */
  readonly origin: FieldValues
}

const MADE_TEXTS = {
  CashDiscount: 'Cash discount',
  OverUnder: 'Over/underpayment',
  PennyDifference: 'Penny difference',
  ExchAdjustment: 'Exchange adjustment',
} as const

const HUNDRED = decimal(100)

const toCustomerTransaction = (made: MadeTransaction, { dataAreaId, settlementVoucher, date, origin }: MadeFacts): CustomerTransaction => ({
  dataAreaId,
  accountNum: origin.AccountNum ?? '',
  transType: made.transType,
  voucher: settlementVoucher,
  invoice: origin.Invoice ?? '',
  date,
  currencyCode: origin.CurrencyCode ?? '',
  amountCur: made.amountCur,
  amountMst: made.amountMst,
  exchangeRate: decimal(origin.ExchRate ?? '0').dividedBy(HUNDRED),
  text: MADE_TEXTS[made.transType],
  settledBy: { voucher: settlementVoucher, date },
})

interface StoreInput {
  readonly dataAreaId: string
  readonly work: readonly NumberedPlan[]
  readonly locked: ReadonlyMap<string, LockedTransaction>
  readonly items: ReadonlyMap<string, OpenItem>
}

async function storePlans(sql: SqlRunner, { dataAreaId, work, locked, items }: StoreInput): Promise<void> {
  if (work.length === 0) return
  const rows = work.flatMap((each) => each.plan.rows.map((row) => ({ each, row })))
  const ids = await drawRecordIds(sql, rows.length)
  const table = tableByRelation('cust_settlement')
  await insertRows(
    sql,
    table,
    rows.map(({ each, row }, index) => ({
      ...initialValues(table),
      ...toSettlement(row, { dataAreaId, each, origin: originOf(each, row, locked) }),
      SysRecId: ids[index] ?? '',
    })),
  )
  await shrinkTransactions(sql, { dataAreaId, work, locked, items })
  await postVouchers(
    sql,
    work.map((each) => ({
      dataAreaId,
      voucher: each.settlementVoucher,
      date: each.date,
      text: 'Settlement',
      entries: each.plan.made.flatMap((made) => ledgerEntries(made, locked.get(made.of)?.transaction.values.CurrencyCode ?? '')),
    })),
  )
}

/** The transaction whose account and currency a row has: a transaction that the settlement makes has those of its origin. */
function originOf(each: NumberedPlan, row: SettlementRow, locked: ReadonlyMap<string, LockedTransaction>): FieldValues {
  const made = each.plan.made.find(({ id }) => id === row.id)
  return locked.get(made?.of ?? row.id)?.transaction.values ?? {}
}

interface RowFacts {
  readonly dataAreaId: string
  readonly each: NumberedPlan
  readonly origin: FieldValues
}

const toSettlement = (row: SettlementRow, { dataAreaId, each, origin }: RowFacts): FieldValues => ({
  dataAreaId,
  AccountNum: origin.AccountNum ?? '',
  SettlementVoucher: each.settlementVoucher,
  TransDate: each.date,
  TransRecId: each.recIdOf(row.id),
  OffsetRecId: each.recIdOf(row.offsetId),
  CurrencyCode: origin.CurrencyCode ?? '',
  SettleAmountCur: formatDecimal(row.amountCur),
  SettleAmountMST: formatDecimal(row.amountMst),
  ExchAdjustment: formatDecimal(row.exchAdjustment),
  UtilizedCashDisc: formatDecimal(row.cashDiscount),
  CashDiscountUsed: formatDecimal(row.discountUsed),
})

/** Open parts shrink or go; the transactions say what is settled of them, and since when nothing is open. */
async function shrinkTransactions(sql: SqlRunner, { work, locked, items }: StoreInput): Promise<void> {
  const last = new Map(work.flatMap((each) => each.plan.rows.map((row) => [row.id, each] as const)))
  const changed = [...last].flatMap(([id, each]) => {
    const stored = locked.get(id)
    const item = items.get(id)
    return stored?.open === undefined || item === undefined ? [] : [{ each, item, transaction: stored.transaction, open: stored.open }]
  })
  await updateRows(
    sql,
    tableByRelation('cust_trans'),
    changed.map(({ each, item, transaction }) => ({ stored: transaction, after: settledTransaction(transaction.values, item, each) })),
  )
  const isLeft = ({ item }: { readonly item: OpenItem }) => !item.amountCur.isZero() || !item.amountMst.isZero()
  await updateRows(
    sql,
    tableByRelation('cust_trans_open'),
    changed.filter(isLeft).map(({ item, open }) => ({
      stored: open,
      after: {
        ...open.values,
        AmountCur: formatDecimal(item.amountCur),
        AmountMST: formatDecimal(item.amountMst),
        PossibleCashDisc: formatDecimal(item.possibleCashDiscount),
      },
    })),
  )
  const gone = changed.filter((each) => !isLeft(each)).map(({ open }) => open.recId)
  await deleteRows(sql, tableByRelation('cust_trans_open'), gone)
}

function settledTransaction(values: FieldValues, item: OpenItem, { settlementVoucher, date }: NumberedPlan): FieldValues {
  const isClosed = item.amountCur.isZero() && item.amountMst.isZero()
  return {
    ...values,
    SettleAmountCur: formatDecimal(decimal(values.AmountCur ?? '0').minus(item.amountCur)),
    SettleAmountMST: formatDecimal(decimal(values.AmountMST ?? '0').minus(item.amountMst)),
    Closed: isClosed ? date : EMPTY_DATE,
    LastSettleVoucher: settlementVoucher,
    LastSettleDate: date,
  }
}

const MADE_ACCOUNTS = {
  CashDiscount: 'CashDiscount',
  OverUnder: 'OverUnder',
  PennyDifference: 'PennyDifference',
  ExchAdjustment: 'ExchangeGainLoss',
} as const

/** What a made transaction posts: on the receivable account what it is, on its own account the contrary. */
function ledgerEntries({ transType, amountMst, amountCur }: MadeTransaction, currencyCode: string): LedgerEntry[] {
  return [
    { account: ledgerAccount('CustomerReceivable'), amount: amountMst, currencyCode, amountCur },
    { account: ledgerAccount(MADE_ACCOUNTS[transType]), amount: amountMst.negated(), currencyCode, amountCur: amountCur.negated() },
  ]
}
