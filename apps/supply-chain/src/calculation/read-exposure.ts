import { type Decimal, decimal, type SqlRunner, ZERO } from '@p2c/base'
import type { InfologEntry } from '../domain/messages.ts'
import { loadExchange } from './exchange.ts'

/** What a customer owes and is about to owe, in the accounting currency. Source: Supply Chain specification, 3.6. */
export interface CustomerExposure {
  /** Open transactions. */
  readonly openBalance: Decimal
  readonly deliveredNotInvoiced: Decimal
  /** What is still to be delivered of open orders. */
  readonly openOrders: Decimal
}

/** Whose exposure is asked for, and on which day. */
export interface ExposureQuestion {
  readonly dataAreaId: string
  /** Invoice accounts. */
  readonly customerAccounts: readonly string[]
  /** Orders that do not count: the document that is being checked is added by the caller. */
  readonly exceptSalesOrders?: readonly string[]
  /** False: only the open transactions are wanted, and the other two parts are nought. */
  readonly withOrders?: boolean
  /** Day of the exchange rates: `2025-02-11`. */
  readonly on: string
}

/** What was read, or why it could not be. */
export type ExposureReading =
  /** By invoice account in lower case; every asked account is there. */
  | { readonly ok: true; readonly exposures: ReadonlyMap<string, CustomerExposure> }
  /** E29: orders are in a currency without rate. */
  | { readonly ok: false; readonly infolog: readonly InfologEntry[] }

interface AmountRow {
  readonly account: string
  readonly currency: string
  readonly delivered: string
  readonly ordered: string
}

/** Sums per invoice account and currency. A line counts with the share of its net amount, without sales tax; orders that are invoiced have no such lines. */
const ORDER_SUMS = `
  select lower(o.invoice_customer_account_number) as account, o.currency_code as currency,
    sum(l.line_amount * l.remain_sales_financial / l.ordered_sales_quantity)::text as delivered,
    sum(l.line_amount * l.remain_sales_physical / l.ordered_sales_quantity)::text as ordered
  from sales_order o
  join sales_order_line l on lower(l.data_area_id) = lower(o.data_area_id) and lower(l.sales_order_number) = lower(o.sales_order_number)
  where lower(o.data_area_id) = lower($1) and lower(o.invoice_customer_account_number) in (select lower(a) from unnest($2::text[]) a)
    and lower(o.sales_order_number) not in (select lower(e) from unnest($3::text[]) e)
    and o.sales_order_status not in ('Invoiced', 'Canceled') and l.ordered_sales_quantity <> 0 and (l.remain_sales_physical <> 0 or l.remain_sales_financial <> 0)
  group by 1, 2`

const BALANCES = `
  select lower(t.account_num) as account, sum(t.amount_mst)::text as balance from cust_trans_open t
  where lower(t.data_area_id) = lower($1) and lower(t.account_num) in (select lower(a) from unnest($2::text[]) a) group by 1`

/** Exposure of the invoice accounts; four statements at most, whatever their number. */
export async function readExposure(sql: SqlRunner, question: ExposureQuestion): Promise<ExposureReading> {
  const { dataAreaId, customerAccounts, exceptSalesOrders = [], withOrders = true, on } = question
  const balances = await sql.query<{ account: string; balance: string }>(BALANCES, [dataAreaId, customerAccounts])
  const orders = withOrders ? await sql.query<AmountRow>(ORDER_SUMS, [dataAreaId, customerAccounts, exceptSalesOrders]) : { rows: [] }
  const exchange = await loadExchange(sql, { dataAreaId, currencyCodes: [...new Set(orders.rows.map(({ currency }) => currency))] })
  const missing = [...new Set(orders.rows.map(({ currency }) => currency))].filter((code) => exchange.rate(code, on) === undefined)
  if (missing.length > 0) return { ok: false, infolog: missing.map((code) => exchange.missing(code, on)) }
  const exposures = new Map<string, CustomerExposure>(
    customerAccounts.map((account) => [account.toLowerCase(), { openBalance: ZERO, deliveredNotInvoiced: ZERO, openOrders: ZERO }]),
  )
  const add = (account: string, change: (exposure: CustomerExposure) => Partial<CustomerExposure>): void => {
    const exposure = exposures.get(account)
    if (exposure !== undefined) exposures.set(account, { ...exposure, ...change(exposure) })
  }
  for (const row of balances.rows) add(row.account, () => ({ openBalance: decimal(row.balance) }))
  for (const { account, currency, delivered, ordered } of orders.rows)
    add(account, (exposure) => ({
      deliveredNotInvoiced: exposure.deliveredNotInvoiced.plus(exchange.toAccounting(decimal(delivered), currency, on) ?? ZERO),
      openOrders: exposure.openOrders.plus(exchange.toAccounting(decimal(ordered), currency, on) ?? ZERO),
    }))
  return { ok: true, exposures }
}
