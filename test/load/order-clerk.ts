import type { Chance } from '../support/chance.ts'
import type { Market, SequenceClient, SequenceReply } from './command-sequences.ts'
import type { Stopwatch } from './figures.ts'

/** What all clerks did together. */
export interface Shift {
  orders: number
  shipped: number
  invoiced: number
  /** Refusals by their stable code. */
  readonly refusals: Map<string, number>
}

/** One clerk: a client with a chance of its own. */
export interface Clerk {
  readonly client: SequenceClient
  readonly chance: Chance
  readonly market: Market
  readonly stopwatch: Stopwatch
  readonly shift: Shift
  /** Makes the numbers of this clerk's orders. */
  readonly name: string
}

/** Codes with which stock, credit and states refuse a clerk; anything else ends the load. */
const EXPECTED = ['E07', 'E22', 'L40', 'L41', 'E14']

async function timed(clerk: Clerk, kind: string, work: () => Promise<SequenceReply>): Promise<SequenceReply> {
  const startedAt = performance.now()
  const reply = await work()
  clerk.stopwatch.note(kind, performance.now() - startedAt)
  return reply
}

/** True where the command was done; a refusal for want of stock is part of the work. */
async function command(clerk: Clerk, name: string, body: object): Promise<boolean> {
  const reply = await timed(clerk, name, () => clerk.client.command(name, { dataAreaId: clerk.market.dataAreaId, ...body }))
  if (reply.status === 200) return true
  const code = String(reply.json?.error?.code ?? '')
  if (reply.status !== 400 || !EXPECTED.includes(code)) throw new Error(`${name}: ${reply.status} ${reply.text.slice(0, 500)}`)
  clerk.shift.refusals.set(code, (clerk.shift.refusals.get(code) ?? 0) + 1)
  return false
}

async function create(clerk: Clerk, set: string, body: object): Promise<void> {
  const reply = await timed(clerk, `POST ${set}`, () =>
    clerk.client.data('POST', `/${set}`, { dataAreaId: clerk.market.dataAreaId, ...body }),
  )
  if (reply.status !== 201) throw new Error(`POST ${set}: ${reply.status} ${reply.text.slice(0, 500)}`)
}

/** Takes orders, reserves, picks, packs and invoices them until it is over. */
export async function workUntil(clerk: Clerk, isOver: () => boolean): Promise<void> {
  for (let number = 1; !isOver(); number += 1) await handleOrder(clerk, `${clerk.name}-${number}`, isOver)
}

async function handleOrder(clerk: Clerk, salesOrderNumber: string, isOver: () => boolean): Promise<void> {
  const { chance, market, shift } = clerk
  await create(clerk, 'CDSSalesOrderHeaders', {
    ...{ SalesOrderNumber: salesOrderNumber, OrderingCustomerAccountNumber: chance.pick(market.customers) },
    ...{ DefaultShippingSiteId: '1', DefaultShippingWarehouseId: '13' },
  })
  const lines = 1 + Math.floor(chance.below(3))
  for (let line = 1; line <= lines; line += 1) {
    await create(clerk, 'CDSSalesOrderLines', {
      ...{ SalesOrderNumber: salesOrderNumber, LineCreationSequenceNumber: line, ProductNumber: chance.pick(market.items) },
      OrderedSalesQuantity: 1 + Math.floor(chance.below(6)),
    })
  }
  shift.orders += 1
  const order = { salesOrderNumber }
  if (isOver()) return
  await command(clerk, 'confirm-sales-order', order)
  if (chance.below(2) < 1)
    await command(clerk, 'reserve-sales-order-line', {
      ...order,
      lines: [{ lineCreationSequenceNumber: 1 + Math.floor(chance.below(lines)), quantity: 1 }],
    })
  if (chance.below(2) < 1 && (await command(clerk, 'post-picking-list', order))) await command(clerk, 'register-picking', order)
  if (isOver() || !(await command(clerk, 'post-packing-slip', { ...order, quantityRule: chance.pick(['All', 'Picked']) }))) return
  shift.shipped += 1
  if (await command(clerk, 'post-sales-invoice', { ...order, quantityRule: 'PackingSlip' })) shift.invoiced += 1
}
