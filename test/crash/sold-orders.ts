import type { Database } from '@p2c/base'
import type { TestInstallation } from '../support/test-installation.ts'

/** What became of the orders on both sides, by key: read from the tables of the applications, without numbers that depend on who came first. */
export type SoldOrders = ReadonlyMap<string, string>

/** Of each order: its status and amounts, and how often each thing was posted. */
const ORDERS = `
  select 'order ' || o.sales_order_number as key, concat_ws(' ', o.sales_order_processing_status, o.currency_code, t.order_total_amount,
    (select count(*) || ' lines ' || sum(l.ordered_sales_quantity) || ' of ' || sum(l.line_amount) from sales_order_line l
       where l.sales_order_number = o.sales_order_number),
    (select count(*) || ' confirmations' from sales_order_confirmation c where c.sales_order_number = o.sales_order_number),
    (select count(*) || ' slips' from packing_slip p where p.sales_order_number = o.sales_order_number),
    (select count(*) || ' invoices ' || sum(i.total_invoice_amount) from sales_invoice i where i.sales_order_number = o.sales_order_number),
    (select count(*) || ' open ' || sum(c.amount_cur - c.settle_amount_cur) from cust_trans c
       join sales_invoice i on i.invoice_number = c.invoice where i.sales_order_number = o.sales_order_number and c.trans_type = 'Sales'),
    (select count(*) || ' payments ' || sum(c.amount_cur) from cust_trans c
       join sales_invoice i on i.invoice_number = c.paym_reference where i.sales_order_number = o.sales_order_number)) as state
  from sales_order o left join sales_order_total t on t.sales_order_number = o.sales_order_number`

const STOCK = `
  select 'stock ' || item_number as key, concat_ws(' ', sum(posted_qty), sum(received), sum(deducted), sum(picked)) as state
  from inventory_sum group by item_number`

/**
 * What a single piece cost is rounded as it leaves, so a cent stays in stock or goes with it as the deliveries follow each other: stock and costs of sales
 * are one sum.
 */
const LEDGER = `
  select case when main_account in ('140200', '500100') then 'goods' else 'account ' || main_account end as key,
    sum(accounting_currency_amount)::text as state
  from ledger_transaction group by 1`

const CUSTOMERS = `select 'customer ' || customer_account as key, '' as state from customer`

const SALES_ORDERS = `
  select 'in Sales ' || o.ordernumber as key, concat_ws(' ', o.msdynce_processingstatus, o.statecode, o.totalamount,
    (select count(*) || ' lines ' || sum(l.quantity) || ' of ' || sum(l.extendedamount) from salesorderdetail l where l.salesorderid = o.salesorderid),
    (select count(*) || ' invoices ' || sum(i.totalamount) from invoice i where i.salesorderid = o.salesorderid),
    (select count(*) || ' invoice lines ' || sum(d.extendedamount) from invoicedetail d join invoice i on i.invoiceid = d.invoiceid
       where i.salesorderid = o.salesorderid)) as state
  from salesorder o`

/** The end state of a load on both sides. Two rows of one key show as one with both states: a doubled order differs. */
export async function readSoldOrders(installation: TestInstallation): Promise<SoldOrders> {
  const states = new Map<string, string>()
  const add = async (database: Database, statement: string): Promise<void> => {
    const { rows } = await database.query<{ key: string; state: string }>(statement)
    for (const { key, state } of rows) states.set(key, states.has(key) ? `${states.get(key)} and ${state}` : state)
  }
  for (const statement of [ORDERS, STOCK, LEDGER, CUSTOMERS]) await add(installation.database('supply_chain'), statement)
  await add(installation.database('sales'), SALES_ORDERS)
  return states
}
