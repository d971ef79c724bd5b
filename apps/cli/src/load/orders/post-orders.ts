import { SUPPLY_CHAIN_ROOT } from '../applications.ts'
import { quote, readRows } from '../read-rows.ts'
import { type LoadOutcome, writeBatches } from '../write-batches.ts'
import { type CompanyClient, postCommand } from './company.ts'
import { between } from './enter-orders.ts'

/** The postings that bring an order from its arrival to its invoice, in their order. */
export const POSTINGS = ['confirm', 'deliver', 'invoice'] as const
export type Posting = (typeof POSTINGS)[number]

const COMMANDS: Readonly<Record<Posting, { readonly name: string; readonly from: string; readonly rule?: string }>> = {
  confirm: { name: 'confirm-sales-order', from: 'Active' },
  deliver: { name: 'post-packing-slip', from: 'Confirmed', rule: 'All' },
  invoice: { name: 'post-sales-invoice', from: 'Delivered', rule: 'PackingSlip' },
}

/** Orders of one command: they stay locked until it ends. */
const BATCH_SIZE = 100
const LANES = 2

export interface PostInput {
  readonly orderNumbers: readonly string[]
  readonly onProgress: (done: number) => void
}

/** Does the posting with the orders that stand just before it; those that are further are left alone. */
export async function postOrders(company: CompanyClient, posting: Posting, input: PostInput): Promise<LoadOutcome> {
  const { name, from, rule } = COMMANDS[posting]
  const statuses = await readStatuses(company, input.orderNumbers)
  return writeBatches({
    items: input.orderNumbers.filter((number) => statuses.get(number) === from),
    size: BATCH_SIZE,
    lanes: LANES,
    keyOf: (number) => number,
    onProgress: input.onProgress,
    write: async (batch) => {
      await postCommand(company, name, { salesOrderNumbers: batch, ...(rule !== undefined && { quantityRule: rule }) })
    },
  })
}

/** Processing status of the orders that Supply Chain has, by number. */
export async function readStatuses(
  { client, company }: CompanyClient,
  orderNumbers: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const filter = encodeURIComponent(`dataAreaId eq ${quote(company)} and ${between('SalesOrderNumber', orderNumbers)}`)
  const rows = await readRows<{ readonly SalesOrderNumber: string; readonly SalesOrderProcessingStatus: string }>(
    client,
    `${SUPPLY_CHAIN_ROOT}/SalesOrderHeadersV2?cross-company=true&$select=SalesOrderNumber,SalesOrderProcessingStatus&$filter=${filter}`,
  )
  return new Map(rows.map((row) => [row.SalesOrderNumber, row.SalesOrderProcessingStatus]))
}
