import type { CommandContext } from '../context.ts'
import { readAdventureWorks } from '../load/adventureworks/adventureworks.ts'
import { readAdventureWorksOrders } from '../load/adventureworks/orders.ts'
import type { RepeatedKey } from '../load/order-set.ts'
import { changeLoadedOrders, loadOrders, type OrderLoad } from '../load/orders/load-orders.ts'
import { type PeakMemory, readPeakMemory } from '../load/peak-memory.ts'

export interface OrderLoadOptions {
  /** The first orders of the data only. */
  readonly limit?: number
  /** Changes this share of the orders that are loaded instead of loading. */
  readonly change?: number
}

/** Processing status of an order that is through. */
const DONE = 'Invoiced'

/**
 * Brings the orders of the AdventureWorks company data through both applications; every key that the data has twice is told. Exit code 1 when a
 * row was refused or an order stands before its invoice.
 */
export async function loadAdventureWorksOrders(context: CommandContext, folder: string, options: OrderLoadOptions): Promise<number> {
  const { clock, output } = context
  const startedAt = clock.now().getTime()
  const data = await readAdventureWorksOrders(folder)
  const orders = options.limit === undefined ? data.orders : data.orders.slice(0, options.limit)
  const entered = new Set(orders.map(({ number }) => number))
  const repeatedKeys = data.repeatedKeys.filter(({ orderNumber }) => entered.has(orderNumber))
  const load =
    options.change === undefined
      ? await loadOrders(context, { masterData: await readAdventureWorks(folder), data, orders })
      : await changeLoadedOrders(context, { orders, percent: options.change })
  const memory = await readPeakMemory(context.dataDir)
  const seconds = (clock.now().getTime() - startedAt) / 1000
  const lines = orders.reduce((total, order) => total + order.lines.length, 0)
  if (options.change === undefined) printLoad(context, { load, repeatedKeys, orders: orders.length, lines, seconds })
  printMemory(context, memory)
  const { phases, statuses } = load
  output.result({ orders: orders.length, lines, repeatedKeys, phases, statuses, seconds, peakMemory: memory })
  const isThrough = options.change !== undefined || statuses[DONE] === orders.length
  return isThrough && phases.every(({ refused }) => refused.length === 0) ? 0 : 1
}

interface Summary {
  readonly load: OrderLoad
  readonly repeatedKeys: readonly RepeatedKey[]
  readonly orders: number
  readonly lines: number
  readonly seconds: number
}

function printLoad({ messages, output }: CommandContext, { load, repeatedKeys, orders, lines, seconds }: Summary): void {
  for (const { orderNumber, lineNumber, enteredAs } of repeatedKeys)
    output.line('load.repeated-key', { order: orderNumber, line: lineNumber, entered: enteredAs })
  const { [DONE]: done = 0, ...left } = load.statuses
  output.line('load.orders-finished', { orders, lines, done, seconds: messages.number(seconds, 1) })
  const others = Object.entries(left).map(([status, count]) => `${status} ${count}`)
  if (others.length > 0) output.line('load.orders-left', { statuses: others.join(', ') })
}

const BYTES_PER_MEGABYTE = 1024 * 1024

/** What each program has used at most since it was started. */
export function printMemory({ messages, output }: CommandContext, memory: readonly PeakMemory[]): void {
  const programs = memory.map(({ program, bytes }) => `${program} ${messages.number(Math.round(bytes / BYTES_PER_MEGABYTE))}`)
  output.line('load.memory', { programs: programs.join(', ') })
}
