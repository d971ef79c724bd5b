import type { SqlRunner } from '@p2c/base'
import { z } from 'zod'
import { assertNoProblems, type CommandContext, CommandRefusal, command } from '../commands/command.ts'
import { company, identifier, namesOrders, ordersOf, ordersToPost } from '../commands/parameters.ts'
import { timeOf } from '../domain/field-value.ts'
import { refuseCommand } from '../domain/messages.ts'
import { tableByRelation } from '../entities/catalogue.ts'
import { openStock } from '../inventory/stock.ts'
import { findRows, updateRows } from '../store/rows.ts'
import type { StoredRow } from '../store/tracked-row.ts'
import { insertPosted, type OpenOrder, openOrders } from './open-orders.ts'
import { ORDER_SERVICE } from './order-service.ts'
import { freeReservations } from './reservations.ts'

const holdCode = identifier(10, 'Hold code')

/** Stops the processing of orders under a hold code; one that removes reservations gives back what is reserved and on no list. */
export const HOLD_SALES_ORDER = command({
  name: 'hold-sales-order',
  summary: 'Puts orders on hold: they are not released, picked, packed or invoiced until the hold is cleared.',
  operation: { ...ORDER_SERVICE, name: 'HoldSalesOrder' },
  parameters: z
    .object({
      dataAreaId: company,
      ...ordersToPost,
      holdCode: holdCode.optional().meta({ description: 'Hold code; default: the default hold code of the company' }),
      comment: z.string().max(1000).optional().meta({ description: 'Why' }),
    })
    .refine(...namesOrders),
  async run(context, parameters) {
    const { sql } = context
    const orders = await openOrders(sql, parameters.dataAreaId, ordersOf(parameters))
    const code = await findHoldCode(sql, parameters.dataAreaId, parameters.holdCode)
    const numbers = await nextHoldNumbers(sql, orders)
    await insertPosted(
      sql,
      'sales_order_hold',
      orders.map((order, index) => ({
        dataAreaId: order.key.dataAreaId,
        SalesOrderNumber: order.key.salesOrderNumber,
        HoldSequenceNumber: numbers[index] ?? '',
        SalesOrderHoldCode: code.values.SalesOrderHoldCode ?? '',
        HoldComment: parameters.comment ?? '',
        IsActive: 'Yes',
        HeldBy: context.userId,
        HeldDateTime: momentOf(context),
      })),
    )
    await storeStopped(sql, orders, 'Yes')
    if (code.values.IsHoldCodeRemovingInventoryReservations === 'Yes') await removeReservations(context, orders)
    return { ok: true, value: { salesOrderNumbers: numbersOf(orders), holdCode: code.values.SalesOrderHoldCode } }
  },
})

/** Ends holds. The order is processed again once none is left. */
export const CLEAR_SALES_ORDER_HOLD = command({
  name: 'clear-sales-order-hold',
  summary: 'Ends the holds of orders, or those with one hold code; an order without holds is processed again.',
  operation: { ...ORDER_SERVICE, name: 'ClearSalesOrderHold' },
  parameters: z
    .object({
      dataAreaId: company,
      ...ordersToPost,
      holdCode: holdCode.optional().meta({ description: 'Only holds with this code; default: all' }),
    })
    .refine(...namesOrders),
  async run(context, parameters) {
    const { sql } = context
    const orders = await openOrders(sql, parameters.dataAreaId, ordersOf(parameters))
    const active = await readActiveHolds(sql, orders)
    const isMeant = ({ values }: StoredRow): boolean =>
      parameters.holdCode === undefined || values.SalesOrderHoldCode?.toLowerCase() === parameters.holdCode.toLowerCase()
    const problems = orders.flatMap((order) => {
      const isHeld = (active.get(order) ?? []).some(isMeant)
      // A client may have stopped the order itself, without a hold.
      const isStopped = parameters.holdCode === undefined && order.header.values.IsSalesProcessingStopped === 'Yes'
      return isHeld || isStopped ? [] : [refuseCommand('L50', order.key.salesOrderNumber)]
    })
    assertNoProblems(problems)
    const cleared = { IsActive: 'No', ClearedBy: context.userId, ClearedDateTime: momentOf(context) }
    await updateRows(
      sql,
      tableByRelation('sales_order_hold'),
      [...active.values()]
        .flat()
        .filter(isMeant)
        .map((stored) => ({ stored, after: { ...stored.values, ...cleared } })),
    )
    const free = orders.filter((order) => (active.get(order) ?? []).every(isMeant))
    await storeStopped(sql, free, 'No')
    return { ok: true, value: { salesOrderNumbers: numbersOf(orders), processed: numbersOf(free) } }
  },
})

const numbersOf = (orders: readonly OpenOrder[]): string[] => orders.map(({ key }) => key.salesOrderNumber)

/** A date and time as rows hold it: whole seconds. */
const momentOf = ({ now }: CommandContext): string => timeOf(now)

/** The hold code, or the default one of the company. E01, E02 where there is none. */
async function findHoldCode(sql: SqlRunner, dataAreaId: string, code: string | undefined): Promise<StoredRow> {
  const table = tableByRelation('sales_order_hold_code')
  const [fields, key] =
    code === undefined
      ? [
          ['dataAreaId', 'IsDefaultSalesOrderHoldCode'],
          [dataAreaId, 'Yes'],
        ]
      : [
          ['dataAreaId', 'SalesOrderHoldCode'],
          [dataAreaId, code],
        ]
  const [found] = await findRows(sql, { table, fields, keys: [key] })
  if (found !== undefined) return found
  throw new CommandRefusal(
    code === undefined ? refuseCommand('E02', 'Hold code') : refuseCommand('E01', code, 'Hold code', table.tableLabel),
  )
}

const orderKeys = (orders: readonly OpenOrder[]): string[][] => orders.map(({ key }) => [key.dataAreaId, key.salesOrderNumber])

/** Holds of one order count from 1; the lock of its header makes the next number safe. */
async function nextHoldNumbers(sql: SqlRunner, orders: readonly OpenOrder[]): Promise<string[]> {
  const rows = await findRows(sql, {
    table: tableByRelation('sales_order_hold'),
    fields: ['dataAreaId', 'SalesOrderNumber'],
    keys: orderKeys(orders),
    only: ['SalesOrderNumber', 'HoldSequenceNumber'],
    isMany: true,
  })
  return orders.map(({ key }) => {
    const own = rows.filter(({ values }) => values.SalesOrderNumber?.toLowerCase() === key.salesOrderNumber.toLowerCase())
    return String(Math.max(0, ...own.map(({ values }) => Number(values.HoldSequenceNumber))) + 1)
  })
}

async function readActiveHolds(sql: SqlRunner, orders: readonly OpenOrder[]): Promise<ReadonlyMap<OpenOrder, StoredRow[]>> {
  const rows = await findRows(sql, {
    table: tableByRelation('sales_order_hold'),
    fields: ['dataAreaId', 'SalesOrderNumber', 'IsActive'],
    keys: orderKeys(orders).map((key) => [...key, 'Yes']),
    isMany: true,
  })
  return new Map(
    orders.map((order) => [
      order,
      rows.filter(({ values }) => values.SalesOrderNumber?.toLowerCase() === order.key.salesOrderNumber.toLowerCase()),
    ]),
  )
}

async function storeStopped(sql: SqlRunner, orders: readonly OpenOrder[], isStopped: 'Yes' | 'No'): Promise<void> {
  const changed = orders.filter(({ header }) => header.values.IsSalesProcessingStopped !== isStopped)
  await updateRows(
    sql,
    tableByRelation('sales_order'),
    changed.map(({ header }) => ({ stored: header, after: { ...header.values, IsSalesProcessingStopped: isStopped } })),
  )
}

async function removeReservations({ sql, now }: CommandContext, orders: readonly OpenOrder[]): Promise<void> {
  const lines = orders.flatMap((order) => order.lines)
  const dataAreaId = orders[0]?.key.dataAreaId ?? ''
  const stock = await openStock(sql, { dataAreaId, lots: lines.map(({ line }) => line.lotId), now })
  for (const { line } of lines) stock.unreserve(line.lotId, freeReservations(stock, line))
  await stock.save()
}
