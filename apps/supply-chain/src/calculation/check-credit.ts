import { type Decimal, decimal, type SqlRunner, ZERO } from '@p2c/base'
import { countsOrders, creditCheckOf, creditEntry, creditExcess, type Exposure } from '../domain/credit/credit-limit.ts'
import type { InfologEntry } from '../domain/messages.ts'
import { type AccountingExchange, loadExchange } from './exchange.ts'
import { readExposure } from './read-exposure.ts'
import { readSalesParameters } from './read-parameters.ts'

/** An order that is entered or posted. */
export interface CreditDocument {
  readonly salesOrderNumber: string
  /** What of it is checked, in its currency and without sales tax; default: all that is not invoiced. */
  readonly amount?: Decimal
}

/** Orders of one company, each once. */
export interface CreditCheck {
  readonly dataAreaId: string
  readonly documents: readonly CreditDocument[]
  /** Day of the exchange rates: `2025-02-11`. */
  readonly on: string
}

/** An order whose invoice customer is over its limit (E19), or whose amounts cannot be exchanged (E29). */
export interface CreditFinding {
  readonly salesOrderNumber: string
  readonly entry: InfologEntry
  /** The parameters of the company say that it stops; otherwise it is a warning. */
  readonly isRefused: boolean
  /** How much of the order is too much, in its currency; all of it where its amounts cannot be exchanged. */
  readonly excess: Decimal
}

interface LimitedOrder {
  readonly number: string
  readonly account: string
  readonly currency: string
  readonly customer_rec_id: string
  readonly credit_limit: string
  readonly is_mandatory: boolean
  readonly open_amount: string
}

/** Orders whose invoice customer has a limit at all; the amount is the share of the net amount that is not invoiced yet. */
const LIMITED_ORDERS = `
  select o.sales_order_number as number, c.customer_account as account, o.currency_code as currency, c.rec_id::text as customer_rec_id,
    c.credit_limit::text, c.credit_limit_is_mandatory = 'Yes' as is_mandatory,
    coalesce((select sum(l.line_amount * (l.remain_sales_physical + l.remain_sales_financial) / l.ordered_sales_quantity)
      from sales_order_line l where l.ordered_sales_quantity <> 0
        and lower(l.data_area_id) = lower(o.data_area_id) and lower(l.sales_order_number) = lower(o.sales_order_number)), 0)::text as open_amount
  from sales_order o
  join customer c on lower(c.data_area_id) = lower(o.data_area_id) and lower(c.customer_account) = lower(o.invoice_customer_account_number)
  where lower(o.data_area_id) = lower($1) and lower(o.sales_order_number) in (select lower(n) from unnest($2::text[]) n)
    and (c.credit_limit <> 0 or c.credit_limit_is_mandatory = 'Yes')
  order by lower(o.sales_order_number)`

/**
 * The orders that take their invoice customer over its credit limit. The customers are locked until the transaction ends, in the order of their
 * records: two clerks cannot both use the last of a limit. One statement where no customer has a limit, seven at most. Call it after the lines
 * of the orders are stored and before stock is locked. Source: Supply Chain specification, 3.6 and EX-25.
 */
export async function checkCredit(sql: SqlRunner, { dataAreaId, documents, on }: CreditCheck): Promise<CreditFinding[]> {
  const numbers = documents.map(({ salesOrderNumber }) => salesOrderNumber)
  const { rows } = await sql.query<LimitedOrder>(LIMITED_ORDERS, [dataAreaId, numbers], { isPrepared: true })
  if (rows.length === 0) return []
  const { creditLimitType: type, creditLimitMessage: mode } = await readSalesParameters(sql, dataAreaId)
  const orders = rows.filter((order) => creditCheckOf(type, limitOf(order)) !== undefined)
  if (orders.length === 0) return []
  await sql.query(`select rec_id from customer where rec_id = any($1::bigint[]) order by rec_id for no key update`, [
    [...new Set(orders.map(({ customer_rec_id }) => customer_rec_id))],
  ])
  const exchange = await loadExchange(sql, { dataAreaId, currencyCodes: [...new Set(orders.map(({ currency }) => currency))] })
  const customerAccounts = [...new Set(orders.map(({ account }) => account.toLowerCase()))]
  // Of customers with many orders, their sum is not asked for where it does not count.
  const withOrders = orders.some((order) => countsOrders(type, limitOf(order)))
  const reading = await readExposure(sql, {
    dataAreaId,
    customerAccounts,
    exceptSalesOrders: orders.map(({ number }) => number),
    withOrders,
    on,
  })
  if (!reading.ok) return orders.flatMap((order) => reading.infolog.map((entry) => unexchanged(order, entry)))
  const given = new Map(documents.map((each) => [each.salesOrderNumber.toLowerCase(), each.amount]))
  const checked = new Map<string, Decimal>()
  return orders.flatMap((order) => {
    const amount = given.get(order.number.toLowerCase()) ?? decimal(order.open_amount)
    const document = exchange.toAccounting(amount, order.currency, on)
    if (document === undefined) return [unexchanged(order, exchange.missing(order.currency, on))]
    const account = order.account.toLowerCase()
    const exposure = toExposure(reading.exposures.get(account), checked.get(account) ?? ZERO)
    checked.set(account, (checked.get(account) ?? ZERO).plus(document))
    const excess = creditExcess({ type, limit: limitOf(order), exposure, document })
    if (excess === undefined) return []
    const entry = creditEntry({ account: order.account, excess, currencyCode: currencyOf(exchange, order) }, mode)
    return [{ salesOrderNumber: order.number, entry, isRefused: mode === 'Error', excess: excess.times(amount).dividedBy(document) }]
  })
}

const unexchanged = (order: LimitedOrder, entry: InfologEntry): CreditFinding => ({
  salesOrderNumber: order.number,
  entry,
  isRefused: true,
  excess: decimal(order.open_amount),
})

const limitOf = ({ credit_limit, is_mandatory }: LimitedOrder) => ({ limit: decimal(credit_limit), isMandatory: is_mandatory })

/** A company without an accounting currency counts in that of its documents. */
const currencyOf = ({ accountingCurrency }: AccountingExchange, { currency }: LimitedOrder): string =>
  accountingCurrency === '' ? currency : accountingCurrency

type ReadExposure = { readonly openBalance: Decimal; readonly deliveredNotInvoiced: Decimal; readonly openOrders: Decimal }

/** What is owed; orders that were checked a moment ago are orders to the next one. */
const toExposure = (read: ReadExposure | undefined, checkedBefore: Decimal): Exposure => ({
  balance: read?.openBalance ?? ZERO,
  delivered: read?.deliveredNotInvoiced ?? ZERO,
  ordered: (read?.openOrders ?? ZERO).plus(checkedBefore),
})
