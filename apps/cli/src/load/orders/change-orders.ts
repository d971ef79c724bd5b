import { SUPPLY_CHAIN_ROOT } from '../applications.ts'
import { quote, readRows } from '../read-rows.ts'
import { type LoadOutcome, writeBatches } from '../write-batches.ts'
import { type CompanyClient, postCommand } from './company.ts'
import { between } from './enter-orders.ts'
import type { PostInput } from './post-orders.ts'

interface InvoiceRow {
  readonly InvoiceNumber: string
  readonly SalesOrderNumber: string
  readonly TotalInvoiceAmount: number
}

const LANES = 2

/**
 * Changes a share of the invoiced orders as customers do who send goods back: a posted credit note over their first invoice, which adds lines
 * to the order. The share is reached, not added to: asking for the same again changes nothing. Orders lie evenly over all of them.
 */
export async function changeOrders(
  company: CompanyClient,
  { orderNumbers, percent, onProgress }: PostInput & { readonly percent: number },
): Promise<LoadOutcome> {
  const invoices = await readInvoices(company, orderNumbers)
  const byOrder = Map.groupBy(invoices, (row) => row.SalesOrderNumber)
  const isCredited = (number: string): boolean => (byOrder.get(number) ?? []).some((row) => row.TotalInvoiceAmount < 0)
  const chosen = evenly(
    orderNumbers.filter((number) => byOrder.has(number)),
    percent,
  )
  return writeBatches({
    items: chosen.filter((number) => !isCredited(number)).flatMap((number) => byOrder.get(number)?.slice(0, 1) ?? []),
    size: 1,
    lanes: LANES,
    keyOf: (row) => row.SalesOrderNumber,
    onProgress,
    write: async (batch) => {
      for (const { InvoiceNumber } of batch) await postCommand(company, 'create-credit-note', { invoiceNumber: InvoiceNumber, post: true })
    },
  })
}

const HUNDRED = 100

/** `percent` of the items, at least one where there are any, the same ones each time. */
export function evenly<Item>(items: readonly Item[], percent: number): Item[] {
  const count = percent === 0 ? 0 : Math.max(1, Math.round((items.length * percent) / HUNDRED))
  return Array.from({ length: Math.min(count, items.length) }, (_, index) => Math.floor((index * items.length) / count)).flatMap(
    (at) => items[at] ?? [],
  )
}

async function readInvoices({ client, company }: CompanyClient, orderNumbers: readonly string[]): Promise<InvoiceRow[]> {
  const filter = encodeURIComponent(`dataAreaId eq ${quote(company)} and ${between('SalesOrderNumber', orderNumbers)}`)
  const rows = await readRows<InvoiceRow>(
    client,
    `${SUPPLY_CHAIN_ROOT}/SalesInvoiceHeadersV2?cross-company=true&$select=InvoiceNumber,SalesOrderNumber,TotalInvoiceAmount&$orderby=InvoiceNumber&$filter=${filter}`,
  )
  const wanted = new Set(orderNumbers)
  return rows.filter((row) => wanted.has(row.SalesOrderNumber))
}
