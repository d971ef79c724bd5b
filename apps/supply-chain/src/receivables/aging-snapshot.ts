import { decimal, formatDecimal, type SqlRunner } from '@p2c/base'
import { readAccountingCurrency } from '../calculation/exchange.ts'
import type { CommandResult } from '../commands/command.ts'
import { EMPTY_DATE, type FieldValues } from '../domain/field-value.ts'
import { refuseCommand } from '../domain/messages.ts'
import {
  AGING_COLUMN_COUNT,
  type AgedAmount,
  type AgingColumn,
  type AgingInterval,
  agedBalance,
  agingColumns,
} from '../domain/receivables/aging.ts'
import { tableByRelation } from '../entities/catalogue.ts'
import { initialValues } from '../store/decide-write.ts'
import { findRows, insertRows } from '../store/rows.ts'

/** Which day of a transaction decides on its column. */
export const AGED_BY = ['DueDate', 'TransactionDate', 'DocumentDate'] as const
/** Which day of a transaction counts. */
export type AgedBy = (typeof AGED_BY)[number]

const DAY_COLUMNS: Record<AgedBy, string> = { DueDate: 't.due_date', TransactionDate: 't.trans_date', DocumentDate: 't.document_date' }

/** What is aged, and how. */
export interface SnapshotInput {
  readonly dataAreaId: string
  readonly agingPeriodDefinition: string
  readonly agedBy: AgedBy
  /** The day as of which amounts are open. */
  readonly date: string
  readonly hasPaymentPositioning: boolean
}

const SNAPSHOT = tableByRelation('cust_aged_balance')
const DEFINITIONS = tableByRelation('aging_period_definition')

/**
 * Replaces the snapshot of an aging period definition: a row for each customer with something open on the day. What was settled later counts as
 * open, what was posted later does not count. Two snapshots of one company follow each other. Refuses L105. Source: Supply Chain specification, 6.5.
 */
export async function createAgingSnapshot(sql: SqlRunner, input: SnapshotInput): Promise<CommandResult> {
  const { dataAreaId, agingPeriodDefinition, agedBy, date, hasPaymentPositioning } = input
  const lines = await readDefinition(sql, input)
  const [first] = lines
  if (first === undefined) return { ok: false, infolog: [refuseCommand('L105', agingPeriodDefinition)] }
  const definition = first.AgingPeriodDefinition ?? agingPeriodDefinition
  const columns = agingColumns(lines.map(toAgingLine), date)
  await clearSnapshot(sql, dataAreaId, definition)
  const { accountingCurrency } = await readAccountingCurrency(sql, dataAreaId)
  const amounts = await readOpenAmounts(sql, { dataAreaId, agedBy, date })
  const payments = await readLastPayments(sql, dataAreaId, date)
  const rows = [...Map.groupBy(amounts, (each) => each.account.toLowerCase())].map(([account, own]): FieldValues => {
    const aged = agedBalance(columns, own.map(toAged), hasPaymentPositioning)
    return {
      ...initialValues(SNAPSHOT),
      dataAreaId,
      AgingPeriodDefinition: definition,
      CustAccount: own[0]?.account ?? account,
      Company: dataAreaId,
      CustName: own[0]?.name ?? '',
      AgedBy: agedBy,
      AgingDate: date,
      MstCurrency: accountingCurrency,
      SumOfAmountDueMst: formatDecimal(aged.total),
      NumOpenInvoices: String(own.reduce((count, { invoices }) => count + Number(invoices), 0)),
      FirstNonzeroBalancePeriod: String(aged.firstNonzero),
      LastPaymentDate: payments.get(account)?.date ?? EMPTY_DATE,
      LastPaymentAmount: payments.get(account)?.amount ?? '0',
      ...columnValues(columns, aged.columns.map(formatDecimal)),
    }
  })
  await insertRows(sql, SNAPSHOT, rows)
  return { ok: true, value: { agingPeriodDefinition: definition, date, agedBy, customers: rows.length } }
}

/** The lines of a definition in the order of their numbers. */
async function readDefinition(sql: SqlRunner, { dataAreaId, agingPeriodDefinition }: SnapshotInput): Promise<FieldValues[]> {
  const rows = await findRows(sql, {
    table: DEFINITIONS,
    fields: ['dataAreaId', 'AgingPeriodDefinition'],
    keys: [[dataAreaId, agingPeriodDefinition]],
    isMany: true,
  })
  const number = (values: FieldValues) => decimal(values.LineNum ?? '0')
  return rows.map(({ values }) => values).sort((left, right) => number(left).comparedTo(number(right)))
}

const toAgingLine = (row: FieldValues) => ({
  label: row.Description ?? '',
  interval: (row.Interval ?? 'Day') as AgingInterval,
  unit: Number(row.Unit ?? '0'),
  direction: row.PrintDirection === 'Backward' ? ('Backward' as const) : ('Forward' as const),
})

/** Two snapshots of one definition at once would count every customer twice: the second waits. */
async function clearSnapshot(sql: SqlRunner, dataAreaId: string, definition: string): Promise<void> {
  await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`aging ${dataAreaId} ${definition}`.toLowerCase()])
  await sql.query('delete from cust_aged_balance where lower(data_area_id) = lower($1) and lower(aging_period_definition) = lower($2)', [
    dataAreaId,
    definition,
  ])
}

interface AmountRow {
  readonly account: string
  readonly name: string
  readonly day: string
  readonly amount: string
  readonly is_unapplied: boolean
  readonly invoices: string
}

/** Open on the day: the amount less what was settled until then. Grouped by day, so that a customer of many years brings few rows. */
async function readOpenAmounts(
  sql: SqlRunner,
  { dataAreaId, agedBy, date }: Pick<SnapshotInput, 'dataAreaId' | 'agedBy' | 'date'>,
): Promise<AmountRow[]> {
  const { rows } = await sql.query<AmountRow>(
    `with rest as (
       select t.account_num, ${DAY_COLUMNS[agedBy]} as day, t.amount_mst > 0 as is_owed, t.amount_mst - coalesce((select sum(s.settle_amount_mst) from cust_settlement s
         where s.trans_rec_id = t.sys_rec_id and s.trans_date <= $2), 0) as amount
       from cust_trans t
       where lower(t.data_area_id) = lower($1) and t.trans_date <= $2 and (t.closed = '1900-01-01' or t.closed > $2))
     select r.account_num as account, coalesce(nullif(max(c.organization_name), ''), trim(max(c.person_first_name) || ' ' || max(c.person_last_name)), '') as name,
       r.day::text, sum(r.amount)::text as amount, not r.is_owed as is_unapplied, (case when r.is_owed then count(*) else 0 end)::text as invoices
     from rest r left join customer c on lower(c.data_area_id) = lower($1) and lower(c.customer_account) = lower(r.account_num)
     where r.amount <> 0 group by r.account_num, r.day, r.is_owed order by r.account_num, r.day`,
    [dataAreaId, date],
  )
  return rows
}

const toAged = ({ day, amount, is_unapplied: isUnapplied }: AmountRow): AgedAmount => ({ day, amount: decimal(amount), isUnapplied })

/** The last payment of each customer until the day, as a positive amount in the accounting currency. */
async function readLastPayments(sql: SqlRunner, dataAreaId: string, date: string) {
  const { rows } = await sql.query<{ account: string; date: string; amount: string }>(
    `select distinct on (lower(t.account_num)) t.account_num as account, t.trans_date::text as date, trim_scale(-t.amount_mst)::text as amount
     from cust_trans t where lower(t.data_area_id) = lower($1) and t.trans_type = 'Payment' and t.amount_mst < 0 and t.trans_date <= $2
     order by lower(t.account_num), t.trans_date desc, t.sys_rec_id desc`,
    [dataAreaId, date],
  )
  return new Map(rows.map((row) => [row.account.toLowerCase(), row]))
}

const columnValues = (columns: readonly AgingColumn[], amounts: readonly string[]): FieldValues =>
  Object.fromEntries(
    Array.from({ length: AGING_COLUMN_COUNT }, (_, index) => [
      [`AgingPeriod${index + 1}`, amounts[index] ?? '0'],
      [`AgingPeriodLabel${index + 1}`, columns[index]?.label ?? ''],
    ]).flat(),
  )
