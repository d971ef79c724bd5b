import type { Plugin, PluginContext, Row, TableEvent } from '@p2c/dataverse'
import {
  EXTERNAL_INVOICE_READ_ONLY,
  EXTERNAL_PRODUCT_READ_ONLY,
  isMoreThanState,
  type KeptColumns,
  LINE_DISCOUNT,
  LOCK_RULES,
  refuseKeptColumns,
  refuseOrderEdit,
} from '../../domain/p2c/p2c-locks.ts'
import { PROCESSING_STATUSES, STATUS_NOT_FOR_USERS } from '../../domain/p2c/p2c-processing-status.ts'
import type { SalesSwitches } from '../../domain/sales-switches.ts'
import { byId, enforce, idOf, nextIds, textOf } from '../row-values.ts'

/** A write that a person sends: cascades of it, actions, plug-ins and the integration user are not bound by locks. Source: Sales 6.6. */
export const isUserWrite = ({ origin, isIntegrationUser }: Pick<PluginContext, 'origin' | 'isIntegrationUser'>): boolean =>
  origin === 'client' && !isIntegrationUser

type Check = (events: readonly TableEvent[], context: PluginContext) => Promise<void>

const forUsers =
  (check: Check): Plugin['run'] =>
  async (events, context) => {
    if (isUserWrite(context)) await check(events, context)
  }

const checkKept =
  (kept: KeptColumns): Check =>
  async (events) => {
    for (const event of events)
      enforce(refuseKeptColumns(kept, { sent: (column) => event.target[column], stored: (column) => event.before?.[column] }))
  }

const STATUS = 'msdynce_processingstatus'
const EXTERNAL = 'msdynce_ismaintainedexternally'
const ORDER_FACTS = ['ordernumber', STATUS, EXTERNAL]

const refuseEdit = (order: Readonly<Row> | undefined) =>
  refuseOrderEdit({
    orderNumber: textOf(order?.ordernumber),
    status: Number(order?.[STATUS] ?? PROCESSING_STATUSES.draft),
    isExternal: order?.[EXTERNAL] === true,
  })

const checkOrders: Check = async (events) => {
  for (const event of events) enforce(refuseEdit(event.before))
}

/** Which move is allowed is asked where orders are activated; here an order begins, as a draft. */
const checkFirstStatus: Check = async (events) => {
  for (const { target } of events) {
    if ((target[STATUS] ?? PROCESSING_STATUSES.draft) !== PROCESSING_STATUSES.draft) enforce(STATUS_NOT_FOR_USERS)
  }
}

/** Headers that lines belong to and will belong to. */
const headersOf = (events: readonly TableEvent[], parent: string): readonly string[] => [
  ...new Set([...nextIds(events, parent), ...events.flatMap((event) => idOf(event.before?.[parent]) ?? [])]),
]

/** The orders are locked first: one that is activated meanwhile takes no more lines. */
const checkOrderLines: Check = async (events, context) => {
  const where = { salesorderid: headersOf(events, 'salesorderid') }
  const found = await context.service.find({ table: 'salesorder', columns: ORDER_FACTS, where, forUpdate: true })
  for (const order of byId(found, 'salesorderid').values()) enforce(refuseEdit(order))
}

const refuseInvoice = (row: Readonly<Row>, id: string): void => {
  if (row[EXTERNAL] === true) enforce(EXTERNAL_INVOICE_READ_ONLY(textOf(row.invoicenumber) ?? id))
}

const checkInvoices: Check = async (events) => {
  for (const { before, target, id } of events) if (before !== undefined && isMoreThanState(Object.keys(target))) refuseInvoice(before, id)
}

const checkInvoiceLines: Check = async (events, context) => {
  const where = { invoiceid: headersOf(events, 'invoiceid') }
  const found = await context.service.find({ table: 'invoice', columns: ['invoicenumber', EXTERNAL], where, forUpdate: true })
  for (const row of found) refuseInvoice(row, String(row.invoiceid))
}

const checkProducts: Check = async (events) => {
  for (const { before, target, id } of events) {
    const isLocked = before?.[EXTERNAL] === true && isMoreThanState(Object.keys(target))
    if (isLocked) enforce(EXTERNAL_PRODUCT_READ_ONLY(textOf(before.productnumber) ?? id))
  }
}

const lock = (table: string, message: Plugin['message'], check: Check, reads?: readonly string[]): Plugin => ({
  name: `${table} lock`,
  table,
  message,
  stage: 'pre-operation',
  ...(reads !== undefined && { reads }),
  run: forUsers(check),
})

/** Kept columns wake their check by being written: an update of others does not read them. */
const kept = (table: string, columns: KeptColumns): readonly Plugin[] => {
  const names = [...columns.amounts, ...Object.keys(columns.flags)]
  if (names.length === 0) return []
  return [
    lock(table, 'create', checkKept(columns)),
    { ...lock(table, 'update', checkKept(columns), names), name: `${table} kept columns`, columns: names },
  ]
}

const withDiscount = (columns: KeptColumns, { p2cLockLineDiscount }: SalesSwitches): KeptColumns =>
  p2cLockLineDiscount ? { ...columns, amounts: [...columns.amounts, LINE_DISCOUNT] } : columns

/** What users may not write; the table of decisions stands at `LOCK_RULES`. Source: Sales 6.4 to 6.7. */
export const lockPlugins = (switches: SalesSwitches): readonly Plugin[] => [
  lock('salesorder', 'create', checkFirstStatus),
  lock('salesorder', 'update', checkOrders, ORDER_FACTS),
  ...kept('salesorder', LOCK_RULES.salesorder),
  lock('salesorderdetail', 'create', checkOrderLines),
  lock('salesorderdetail', 'update', checkOrderLines, ['salesorderid']),
  lock('salesorderdetail', 'delete', checkOrderLines),
  ...kept('salesorderdetail', withDiscount(LOCK_RULES.salesorderdetail, switches)),
  ...kept('quotedetail', withDiscount(LOCK_RULES.quotedetail, switches)),
  lock('invoice', 'update', checkInvoices, ['invoicenumber', EXTERNAL]),
  ...kept('invoice', LOCK_RULES.invoice),
  lock('invoicedetail', 'create', checkInvoiceLines),
  lock('invoicedetail', 'update', checkInvoiceLines, ['invoiceid']),
  lock('invoicedetail', 'delete', checkInvoiceLines),
  ...kept('invoicedetail', LOCK_RULES.invoicedetail),
  lock('product', 'update', checkProducts, ['productnumber', EXTERNAL]),
  ...kept('product', LOCK_RULES.product),
]
