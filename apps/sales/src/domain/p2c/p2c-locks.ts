import { parseDecimal } from '@p2c/base'
import type { RuleRefusal } from '../refusal.ts'
import { ONLY_EXTERNAL } from './p2c-documents.ts'
import { PROCESSING_STATUSES } from './p2c-processing-status.ts'

/**
 * What users may not write while the Prospect to Cash solution is installed. It binds writes that clients send themselves, the integration
 * user's excepted: the original keeps most of it in form scripts, the local application keeps it on the server (Sales 6.6), since its clients
 * are not only forms. Actions and plug-ins are not bound.
 *
 * | who is written | locked while | refused then | always refused |
 * |---|---|---|---|
 * | salesorder | *Is Maintained Externally* or processing status not Draft (6.6 form table) | every update | processing status (but Draft to Active, 6.6 Activate), the two flags, header discount % and amount, freight (6.6 form table, last column); on create values other than the defaults |
 * | salesorderdetail | its order is locked (6.6: lines neither added nor deleted; Templates 9.3 no. 2: editable only while Draft; includes the row of the line form) | create, update, delete | tax, the three flags, the Freight Tax mark; the line discount with `p2cLockLineDiscount` |
 * | quotedetail | – (state rules only) | – | the line discount with `p2cLockLineDiscount` (6.4); header discounts, freight and line tax of quotes stay a matter of forms: 6.4 says so |
 * | invoice | *Is Maintained Externally* (Templates 9.3 no. 5; that the form is disabled for all invoices, 6.7, stays a matter of forms) | every update that is more than a state: *Invoice Paid* is no hidden command | *Is Maintained Externally*, on create too |
 * | invoicedetail | its invoice is locked (6.7: line form likewise, no new lines) | create, update, delete | the Freight Tax mark |
 * | product | *Is Maintained Externally* (6.5, Templates 9.3 no. 5) | every update that is more than a state: drafts are published by hand | *Is Maintained Externally*, on create too |
 *
 * Deleting a header is a command, which no form locks: it takes its lines along. Hidden and disabled commands (*Create Invoice*, *Cancel Order*,
 * *Revise Quote* ...) are a matter of forms: their actions stay allowed (T4).
 */
export const LOCK_RULES = {
  salesorder: {
    amounts: ['discountpercentage', 'discountamount', 'freightamount'],
    flags: { msdynce_ismaintainedexternally: false, [ONLY_EXTERNAL]: true },
  },
  salesorderdetail: {
    amounts: ['tax'],
    flags: {
      msdynce_ismaintainedexternally: false,
      msdynce_orderhasexternalmaintainedproductsonly: false,
      msdynce_orderissubmitted: false,
      msdynce_ismisctax: false,
    },
  },
  quotedetail: { amounts: [], flags: {} },
  invoice: { amounts: [], flags: { msdynce_ismaintainedexternally: false } },
  invoicedetail: { amounts: [], flags: { msdynce_ismisctax: false } },
  product: { amounts: [], flags: { msdynce_ismaintainedexternally: false } },
} as const satisfies Readonly<Record<string, KeptColumns>>

/** Columns of a table that are kept for the application. */
export interface KeptColumns {
  /** Numbers; empty and 0 mean the same. */
  readonly amounts: readonly string[]
  /** Yes/no columns with what an empty one means. */
  readonly flags: Readonly<Record<string, boolean>>
}

export const LINE_DISCOUNT = 'manualdiscountamount'

/** What the lock asks of an order. */
export interface LockedOrder {
  readonly orderNumber: string | null
  readonly status: number | null
  readonly isExternal: boolean
}

const locked = (message: string): RuleRefusal => ({ code: '0x80040265', message })

/** Why users may not change an order or its lines; undefined while it is a draft of Sales. Source: Sales 6.6, Templates 5 S8. */
export function refuseOrderEdit(order: LockedOrder): RuleRefusal | undefined {
  const name = `Order ${order.orderNumber ?? ''}`.trim()
  if (order.isExternal) return locked(`${name} is maintained externally: it and its lines cannot be changed in Sales.`)
  if (order.status === PROCESSING_STATUSES.draft) return undefined
  return locked(`${name} is past processing status Draft: it and its lines cannot be changed in Sales any more.`)
}

export const EXTERNAL_INVOICE_READ_ONLY = (number: string): RuleRefusal =>
  locked(`Invoice ${number} is maintained externally and is read-only in Sales; only its state may be changed.`)

export const EXTERNAL_PRODUCT_READ_ONLY = (number: string): RuleRefusal =>
  locked(`Product ${number} is maintained externally and is read-only in Sales; only its state may be changed.`)

/** A write of one row as far as kept columns go: the value sent (undefined: not sent) and the stored one (null on create). */
export interface SentValues {
  readonly sent: (column: string) => unknown
  readonly stored: (column: string) => unknown
}

/** Why a user's write is refused: the first kept column that it would change. A value that repeats the stored one changes nothing. */
export function refuseKeptColumns(kept: KeptColumns, row: SentValues): RuleRefusal | undefined {
  const amount = kept.amounts.find((column) => isSent(row, column) && !sameAmount(row.sent(column), row.stored(column)))
  if (amount !== undefined) return keptColumn(amount)
  const flag = Object.entries(kept.flags).find(
    ([column, empty]) => isSent(row, column) && (row.sent(column) ?? empty) !== (row.stored(column) ?? empty),
  )
  return flag === undefined ? undefined : keptColumn(flag[0])
}

const isSent = (row: SentValues, column: string): boolean => row.sent(column) !== undefined
const keptColumn = (column: string): RuleRefusal =>
  locked(`Column '${column}' is kept by the Prospect to Cash solution and cannot be written by users. Leave it out.`)

function sameAmount(a: unknown, b: unknown): boolean {
  const [left, right] = [a, b].map((value) => parseDecimal(String(value ?? '0')))
  return left !== undefined && right !== undefined && left.equals(right)
}

/** Columns of an update that say who wrote and when, or change the state only. */
const STATE_COLUMNS: ReadonlySet<string> = new Set(['statecode', 'statuscode', 'modifiedon', 'modifiedby', 'modifiedonbehalfby'])

/** True where an update writes more than a state. */
export const isMoreThanState = (columns: readonly string[]): boolean => columns.some((column) => !STATE_COLUMNS.has(column))
