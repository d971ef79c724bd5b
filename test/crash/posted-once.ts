import type { SqlRunner } from '@p2c/base'
import type { EventBody } from '../support/event-listener.ts'
import type { SentPackage } from './package-clerk.ts'
import type { Accepted } from './posting-clerk.ts'

/** How often a command has left its trace: a statement that gives one row per order or journal. */
const TRACES: Readonly<Record<string, string>> = {
  'confirm-sales-order': 'select sales_order_number as name, count(*) as times from sales_order_confirmation group by 1',
  'post-packing-slip': 'select sales_order_number as name, count(*) as times from packing_slip group by 1',
  'post-sales-invoice': 'select sales_order_number as name, count(*) as times from sales_invoice group by 1',
  'post-payment-journal': `select l.journal_batch_number as name, count(*) as times from customer_payment_journal_line l
    join cust_trans t on t.data_area_id = l.data_area_id and t.voucher = l.voucher and t.trans_type = 'Payment' group by 1`,
}

const nameOf = ({ journalBatchNumber, salesOrderNumber }: Accepted): string => journalBatchNumber ?? salesOrderNumber

/** Clerks do each of these once per order: what was done more often, and what was accepted and is not there. */
export async function notOnce(sql: SqlRunner, accepted: readonly Accepted[]): Promise<string[]> {
  const problems: string[] = []
  for (const [command, trace] of Object.entries(TRACES)) {
    // What is accepted while the statement runs is looked for the next time.
    const expected = accepted.filter(({ name }) => name === command)
    const { rows } = await sql.query<{ name: string; times: string }>(trace)
    const times = new Map(rows.map((row) => [row.name.toUpperCase(), Number(row.times)]))
    for (const [name, count] of times) if (count !== 1) problems.push(`${command} ${name}: ${count} times`)
    for (const one of expected)
      if (!times.has(nameOf(one).toUpperCase())) problems.push(`${command} ${nameOf(one)}: accepted and not there`)
  }
  return problems
}

/** Rows that a package has made more or less often than it holds them. */
export async function notImportedOnce(sql: SqlRunner, sent: readonly SentPackage[]): Promise<string[]> {
  const problems: string[] = []
  for (const { prefix, customers, orders, executionId } of sent) {
    const made = async (table: string, column: string): Promise<string> => {
      const { rows } = await sql.query<{ rows: string; names: string }>(
        `select count(*) as rows, count(distinct lower(${column})) as names from ${table} where lower(${column}) like lower($1) || '-%'`,
        [prefix],
      )
      return `${rows[0]?.rows} rows of ${rows[0]?.names}`
    }
    const found = [await made('customer', 'customer_account'), await made('sales_order', 'customer_requisition_number')]
    const expected = [customers, orders].map((count) => `${count} rows of ${count}`)
    if (found.join() !== expected.join())
      problems.push(`${executionId}: customers ${found[0]}, orders ${found[1]}; sent ${expected.join(', ')}`)
  }
  return problems
}

/** Business events of postings: what each is known by, and every posting that must have raised one. */
const EVENTS: Readonly<Record<string, { readonly member: string; readonly posted: string }>> = {
  SalesOrderConfirmedBusinessEvent: { member: 'ConfirmId', posted: 'select confirmation_number as id from sales_order_confirmation' },
  SalesPackingSlipPostedBusinessEvent: { member: 'PackingSlipId', posted: 'select packing_slip_number as id from packing_slip' },
  SalesInvoicePostedBusinessEvent: { member: 'InvoiceId', posted: 'select invoice_number as id from sales_invoice' },
  CustomerPaymentPostedBusinessEvent: { member: 'Voucher', posted: "select voucher as id from cust_trans where trans_type = 'Payment'" },
}
export const EVENT_NAMES = Object.keys(EVENTS)

/** Postings whose event has not come in, with its name; and events of postings that there are not. */
export async function eventsMissing(sql: SqlRunner, received: readonly EventBody[]): Promise<string[]> {
  const problems: string[] = []
  for (const [name, { member, posted }] of Object.entries(EVENTS)) {
    const { rows } = await sql.query<{ id: string }>(posted)
    const ids = new Set(rows.map(({ id }) => id))
    const seen = new Set(received.filter((event) => event.BusinessEventId === name).map((event) => String(event[member])))
    problems.push(...[...ids].filter((id) => !seen.has(id)).map((id) => `${name} of ${id} has not come in`))
    problems.push(...[...seen].filter((id) => !ids.has(id)).map((id) => `${name} of ${id}, which is not posted`))
  }
  return problems
}

/** Events that came in more than once; only a kill between delivery and record may bring that about. */
export function deliveredTwice(received: readonly EventBody[]): string[] {
  const ids = Map.groupBy(received, (event) => String(event.EventId))
  return [...ids]
    .filter(([, events]) => events.length > 1)
    .map(([id, events]) => `${events[0]?.BusinessEventId} ${id}: ${events.length} times`)
}
