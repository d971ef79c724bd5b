import type { SqlRunner } from '@p2c/base'
import { CommandRefusal } from '../commands/command.ts'
import { checkOrderAction, type OrderAction } from '../domain/fulfilment/order-guards.ts'
import { type OrderLine, orderLine } from '../domain/fulfilment/order-line.ts'
import { refuseCommand } from '../domain/messages.ts'
import { tableByRelation } from '../entities/catalogue.ts'
import { initialValues } from '../store/decide-write.ts'
import { findRows, insertRows, type RowUpdate, updateRows } from '../store/rows.ts'
import { joinKey, type StoredRow } from '../store/tracked-row.ts'
import { lockOrders, type OrderKey, orderKeyText } from './lock-order.ts'

/** An order line with its row; `row.values` is what is stored, `line` what the rules read of it. */
export interface OpenLine {
  readonly row: StoredRow
  readonly line: OrderLine
}

/** A locked order. */
export interface OpenOrder {
  readonly key: OrderKey
  readonly header: StoredRow
  readonly lines: readonly OpenLine[]
}

/** Locks the orders and reads them, in the order given; each once. Refuses with E01 where one does not exist. */
export async function openOrders(sql: SqlRunner, dataAreaId: string, salesOrderNumbers: readonly string[]): Promise<OpenOrder[]> {
  const keys = salesOrderNumbers.map((salesOrderNumber) => ({ dataAreaId, salesOrderNumber }))
  const found = await lockOrders(sql, keys)
  return keys.map((key) => {
    const rows = found.get(orderKeyText(key))
    if (rows === undefined) throw new CommandRefusal(refuseCommand('E01', key.salesOrderNumber, 'Sales order', 'Sales orders'))
    return {
      key: { dataAreaId, salesOrderNumber: rows.header.values.SalesOrderNumber ?? '' },
      header: rows.header,
      lines: rows.lines.map((row) => ({ row, line: orderLine(row.values) })),
    }
  })
}

/** Refuses the command where the action may not be done with one of the orders; everything that stands in the way is told. */
export async function guardOrders(sql: SqlRunner, action: OrderAction, orders: readonly OpenOrder[]): Promise<void> {
  const accountsOf = ({ header }: OpenOrder) => [
    header.values.OrderingCustomerAccountNumber ?? '',
    header.values.InvoiceCustomerAccountNumber ?? '',
  ]
  const keys = orders.flatMap((order) => accountsOf(order).map((account) => [order.key.dataAreaId, account]))
  const customers = await findRows(sql, {
    table: tableByRelation('customer'),
    fields: ['dataAreaId', 'CustomerAccount'],
    keys: [...new Map(keys.map((key) => [joinKey(key), key])).values()],
    only: ['dataAreaId', 'CustomerAccount', 'OnHoldStatus'],
  })
  const byAccount = new Map(customers.map(({ values }) => [joinKey([values.CustomerAccount ?? '']), values]))
  const problems = orders.flatMap((order) => {
    const own = accountsOf(order).map((account) => byAccount.get(joinKey([account])))
    return checkOrderAction(action, order.header.values, own)
  })
  if (problems.length > 0) throw new CommandRefusal(...problems)
}

/** How a caller names a line: by its lot or by its number within the order. */
export interface LineReference {
  readonly inventoryLotId?: string | undefined
  readonly lineCreationSequenceNumber?: number | undefined
}

/** Finds lines of one order by lot or by number, a thousand of them without going through all lines each time. E01 where there is none. */
function lineFinder(order: OpenOrder): (reference: LineReference) => OpenLine {
  const byLot = new Map(order.lines.map((each) => [joinKey([each.line.lotId]), each]))
  const bySequence = new Map(order.lines.map((each) => [each.line.lineSequence, each]))
  return ({ inventoryLotId, lineCreationSequenceNumber }) => {
    const found = inventoryLotId === undefined ? bySequence.get(String(lineCreationSequenceNumber)) : byLot.get(joinKey([inventoryLotId]))
    if (found !== undefined) return found
    const [field, value] =
      inventoryLotId === undefined ? ['Line creation sequence', String(lineCreationSequenceNumber ?? '')] : ['Lot ID', inventoryLotId]
    throw new CommandRefusal(refuseCommand('E01', value, field, 'Order lines'))
  }
}

/** The lines that a caller names with what belongs to each. E01 for a line that does not exist, L61 for one that is named twice. */
export function findOrderLines<Wish extends LineReference>(order: OpenOrder, wishes: readonly Wish[]): { target: OpenLine; wish: Wish }[] {
  const find = lineFinder(order)
  const named = new Set<OpenLine>()
  return wishes.map((wish) => {
    const target = find(wish)
    if (named.has(target)) throw new CommandRefusal(refuseCommand('L61', target.line.lineNumber))
    named.add(target)
    return { target, wish }
  })
}

/** The line as it is to be stored. */
export const withLineValues = ({ row }: OpenLine, values: Readonly<Record<string, string>>): RowUpdate => ({
  stored: row,
  after: { ...row.values, ...values },
})

/** Stores changed order lines. Call `refreshOrders` once afterwards. */
export async function updateLines(sql: SqlRunner, updates: readonly RowUpdate[]): Promise<void> {
  await updateRows(sql, tableByRelation('sales_order_line'), updates)
}

/** Inserts rows of a posted document; columns that are not given are empty. */
export async function insertPosted(sql: SqlRunner, relation: string, rows: readonly Readonly<Record<string, string>>[]): Promise<void> {
  const table = tableByRelation(relation)
  const initial = initialValues(table)
  const inserted = await insertRows(
    sql,
    table,
    rows.map((row) => ({ ...initial, ...row })),
  )
  // Numbers come from sequences and locked orders: a collision is a number that somebody set back.
  const taken = rows.find((_, index) => inserted[index] === undefined)
  if (taken !== undefined)
    throw new CommandRefusal(refuseCommand('E03', table.tableLabel, table.tableName, Object.values(taken).slice(0, 3).join(', ')))
}

/** The fields of `names` that a row has: what a document keeps of an order or a line. */
export const pickValues = (values: Readonly<Record<string, string>>, names: Iterable<string>): Record<string, string> =>
  Object.fromEntries([...names].flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])))
