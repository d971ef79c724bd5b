import type { Decimal, SqlRunner } from '@p2c/base'
import { assertNoProblems, CommandRefusal } from '../commands/command.ts'
import type { LineReference } from '../commands/parameters.ts'
import type { FieldValues } from '../domain/field-value.ts'
import { checkOrderAction, type OrderAction } from '../domain/fulfilment/order-guards.ts'
import { type OrderLine, orderLine } from '../domain/fulfilment/order-line.ts'
import { refuseCommand } from '../domain/messages.ts'
import { type Table, tableByRelation } from '../entities/catalogue.ts'
import type { Entity } from '../entities/entity.ts'
import { duplicateEntry, initialValues } from '../store/decide-write.ts'
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

/** Locks one order and reads it; E01 where it does not exist. */
export async function openOrder(sql: SqlRunner, dataAreaId: string, salesOrderNumber: string): Promise<OpenOrder> {
  const [order] = await openOrders(sql, dataAreaId, [salesOrderNumber])
  if (order === undefined) throw new TypeError('an order that was locked is missing')
  return order
}

/** Refuses the command where the action may not be done with one of the orders; everything that stands in the way is told. */
export async function guardOrders(sql: SqlRunner, action: OrderAction, orders: readonly OpenOrder[]): Promise<void> {
  const keys = orders.flatMap((order) => accountsOf(order).map((account) => [order.key.dataAreaId, account]))
  const customers = await findRows(sql, {
    table: tableByRelation('customer'),
    fields: ['dataAreaId', 'CustomerAccount'],
    keys: [...new Map(keys.map((key) => [joinKey(key), key])).values()],
    only: ['dataAreaId', 'CustomerAccount', 'OnHoldStatus'],
  })
  assertAllowed(action, orders, new Map(customers.map(({ values }) => [(values.CustomerAccount ?? '').toLowerCase(), values])))
}

/** The same with customers that are known, by account in lower case. */
export function assertAllowed(action: OrderAction, orders: readonly OpenOrder[], customers: ReadonlyMap<string, FieldValues>): void {
  const problems = orders.flatMap((order) => {
    const own = accountsOf(order).map((account) => customers.get(account.toLowerCase()))
    return checkOrderAction(action, order.header.values, own)
  })
  assertNoProblems(problems)
}

const accountsOf = ({ header }: OpenOrder): string[] => [
  header.values.OrderingCustomerAccountNumber ?? '',
  header.values.InvoiceCustomerAccountNumber ?? '',
]

/** The rows of locked orders as calculations take them: they need not be read again. */
export const rowsOf = (orders: readonly OpenOrder[]) => ({
  headers: orders.map(({ header }) => header),
  lines: orders.flatMap(({ lines }) => lines.map(({ row }) => row)),
})

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

/** A line of an order with a quantity of it, in its sales unit. */
export interface LineToPost {
  readonly order: OpenOrder
  readonly target: OpenLine
  readonly quantity: Decimal
}

/** Quantities that a caller gave, and the rule for the lines without one; without a rule the given lines are all that is meant. */
export interface QuantityChoice<Rule extends string> {
  readonly lines?: readonly (LineReference & { readonly quantity: Decimal })[] | undefined
  readonly quantityRule?: Rule | undefined
}

/** What each line of an order is to be posted with; the quantities that were given come first. */
export function linesToPost<Rule extends string>(
  order: OpenOrder,
  { lines, quantityRule }: QuantityChoice<Rule>,
  byRule: (target: OpenLine) => Decimal,
): LineToPost[] {
  const typed = findOrderLines(order, lines ?? []).map(({ target, wish }) => ({ order, target, quantity: wish.quantity }))
  const named = new Set(typed.map(({ target }) => target))
  const rest = lines === undefined || quantityRule !== undefined ? order.lines.filter((each) => !named.has(each)) : []
  return [...typed, ...rest.map((target) => ({ order, target, quantity: byRule(target) }))]
}

/** An order of which nothing is posted is refused (E22): the caller meant it. */
export function assertEachOrder(orders: readonly OpenOrder[], lines: readonly { readonly order: OpenOrder }[]): void {
  const posted = new Set(lines.map(({ order }) => order))
  assertNoProblems(orders.filter((order) => !posted.has(order)).map(({ key }) => refuseCommand('E22', key.salesOrderNumber)))
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

/**
 * Inserts rows of a posted document; columns that are not given are empty. Gives their record ids in the order given. Refuses with E03 where a
 * number is taken.
 */
export async function insertPosted(sql: SqlRunner, relation: string, rows: readonly FieldValues[]): Promise<string[]> {
  const table = tableByRelation(relation)
  const initial = initialValues(table)
  const inserted = await insertRows(
    sql,
    table,
    rows.map((row) => ({ ...initial, ...row })),
  )
  return inserted.map((identity, index) => {
    // Numbers come from sequences and locked orders: a collision is a number that somebody set back.
    if (identity === undefined) throw new CommandRefusal(duplicateEntry(keyEntity(table), table, rows[index] ?? {}))
    return identity.recId
  })
}

/** The entity whose key rows of the table collide in. */
function keyEntity({ relation, entities: [entity] }: Table): Entity {
  if (entity === undefined) throw new TypeError(`no entity keeps its rows in ${relation}`)
  return entity
}

/** The fields of `names` that a row has: what a document keeps of an order or a line. */
export const pickValues = (values: Readonly<Record<string, string>>, names: Iterable<string>): Record<string, string> =>
  Object.fromEntries([...names].flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])))
