import type { Market } from '../load/command-sequences.ts'
import type { Chance } from '../support/chance.ts'
import type { PatientClient } from './patient-client.ts'

/** A command that Supply Chain has answered with 200: from then on it has happened, once, whatever dies. */
export interface Accepted {
  readonly key: string
  readonly name: string
  readonly body: object
  /** `result` of the answer, as text. */
  readonly result: string
  readonly salesOrderNumber: string
  /** Of a posted payment journal. */
  readonly journalBatchNumber?: string
}

/** What all clerks did together. */
export interface Shift {
  readonly accepted: Accepted[]
  orders: number
  paid: number
  replays: number
  /** Refusals by their stable code. */
  readonly refusals: Map<string, number>
}

export const newShift = (): Shift => ({ accepted: [], orders: 0, paid: 0, replays: 0, refusals: new Map() })

/** A clerk works through one of several addresses of the same application, another one for each request. */
export interface PostingClerk {
  readonly clients: readonly PatientClient[]
  readonly chance: Chance
  readonly market: Market
  readonly shift: Shift
  /** Makes the numbers of this clerk's orders and journals. */
  readonly name: string
}

/** For want of stock, or beyond the credit limit: part of the work. Anything else ends the test. */
const EXPECTED = ['E07', 'E14']

interface Order {
  readonly clerk: PostingClerk
  readonly salesOrderNumber: string
  readonly customer: string
}

/** Takes orders from entry to payment until it is over; an order that was begun is finished. */
export async function postUntil(clerk: PostingClerk, isOver: () => boolean): Promise<void> {
  for (let number = 1; !isOver(); number += 1) {
    const order = { clerk, salesOrderNumber: `${clerk.name}-${number}`, customer: clerk.chance.pick(clerk.market.customers) }
    await orderToCash(order)
    if (clerk.chance.below(2) < 1) await repeatOne(clerk)
  }
}

/** Sends what was accepted again under its key: the answer must be that of the first time. */
export async function repeat(client: PatientClient, { name, key, body, result }: Accepted): Promise<void> {
  const reply = await client.keyed(name, key, body)
  const again = JSON.stringify(reply.json?.result)
  if (reply.status !== 200 || !reply.isReplayed || again !== result)
    throw new Error(
      `${name} ${key} was answered with ${result}, and repeated with ${reply.status}, replayed ${reply.isReplayed}: ${reply.text}`,
    )
}

async function repeatOne({ clients, chance, shift }: PostingClerk): Promise<void> {
  if (shift.accepted.length === 0) return
  await repeat(chance.pick(clients), chance.pick(shift.accepted))
  shift.replays += 1
}

async function create({ clients, chance, market }: PostingClerk, set: string, body: object): Promise<void> {
  const reply = await chance.pick(clients).data('POST', `/${set}`, { dataAreaId: market.dataAreaId, ...body })
  if (reply.status !== 201) throw new Error(`POST ${set} ${JSON.stringify(body)}: ${reply.status} ${reply.text.slice(0, 500)}`)
}

/** The result of a command; undefined where it was refused for a reason that is part of the work. */
async function post(order: Order, name: string, body: object): Promise<Readonly<Record<string, unknown>> | undefined> {
  const { clerk, salesOrderNumber } = order
  const key = `${salesOrderNumber} ${name}`
  const whole = { dataAreaId: clerk.market.dataAreaId, ...body }
  const reply = await clerk.chance.pick(clerk.clients).keyed(name, key, whole)
  if (reply.status === 200) {
    const journal = 'journalBatchNumber' in body ? { journalBatchNumber: String(body.journalBatchNumber) } : {}
    clerk.shift.accepted.push({ key, name, body: whole, result: JSON.stringify(reply.json?.result), salesOrderNumber, ...journal })
    return reply.json?.result
  }
  const code = String(reply.json?.error?.code ?? '')
  if (reply.status !== 400 || !EXPECTED.includes(code)) throw new Error(`${name} ${key}: ${reply.status} ${reply.text.slice(0, 500)}`)
  clerk.shift.refusals.set(code, (clerk.shift.refusals.get(code) ?? 0) + 1)
  return undefined
}

async function orderToCash(order: Order): Promise<void> {
  const { clerk, salesOrderNumber, customer } = order
  const { chance, market, shift } = clerk
  await create(clerk, 'CDSSalesOrderHeaders', {
    ...{ SalesOrderNumber: salesOrderNumber, OrderingCustomerAccountNumber: customer },
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
  await post(order, 'confirm-sales-order', { salesOrderNumber })
  const first = { lines: [{ lineCreationSequenceNumber: 1, quantity: 1 }] }
  if (chance.below(2) < 1) await post(order, 'reserve-sales-order-line', { salesOrderNumber, ...first })
  if ((await post(order, 'post-packing-slip', { salesOrderNumber, quantityRule: 'All' })) === undefined) return
  const invoiced = await post(order, 'post-sales-invoice', { salesOrderNumber, quantityRule: 'PackingSlip' })
  const [invoice] = (invoiced?.invoices ?? []) as readonly { readonly invoiceNumber: string; readonly invoiceAmount: number }[]
  if (invoice !== undefined) await pay(order, invoice)
}

async function pay(order: Order, invoice: { readonly invoiceNumber: string; readonly invoiceAmount: number }): Promise<void> {
  const { clerk, salesOrderNumber, customer } = order
  const journalBatchNumber = `P-${salesOrderNumber}`
  await create(clerk, 'CustomerPaymentJournalHeaders', { JournalBatchNumber: journalBatchNumber })
  await create(clerk, 'CustomerPaymentJournalLines', {
    ...{ JournalBatchNumber: journalBatchNumber, LineNumber: 1, AccountDisplayValue: customer, CurrencyCode: 'USD' },
    ...{ CreditAmount: invoice.invoiceAmount, MarkedInvoice: invoice.invoiceNumber },
  })
  if ((await post(order, 'post-payment-journal', { journalBatchNumber })) !== undefined) clerk.shift.paid += 1
}
