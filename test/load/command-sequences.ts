import type { Chance } from '../support/chance.ts'

/** How a sequence talks to Supply Chain: OData below `/data`, commands by name. */
export interface SequenceClient {
  data(method: 'POST' | 'PATCH' | 'DELETE' | 'GET', path: string, body?: object): Promise<SequenceReply>
  command(name: string, body: object): Promise<SequenceReply>
}

export interface SequenceReply {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: answers of many shapes
  readonly json: any
  readonly text: string
}

/** What sequences are about: few items and customers, so that they meet. */
export interface Market {
  readonly dataAreaId: string
  readonly items: readonly string[]
  readonly customers: readonly string[]
}

interface Sequence {
  readonly client: SequenceClient
  readonly chance: Chance
  readonly market: Market
  readonly customer: string
  /** Of the order that the steps are about; a step may begin another one. */
  salesOrderNumber: string
  orders: number
  lines: number
  readonly invoices: string[]
}

/** How often each answer came: `post-packing-slip 200`. */
export type Tally = Map<string, number>

const quantity = (chance: Chance, most: number): number => 1 + Math.floor(chance.below(most))

/** A line of the order by its number, with a quantity. */
const aLine = ({ chance, lines }: Sequence, most: number) => ({
  lineCreationSequenceNumber: 1 + Math.floor(chance.below(Math.max(1, lines))),
  quantity: quantity(chance, most),
})

const order = ({ market, salesOrderNumber }: Sequence) => ({ dataAreaId: market.dataAreaId, salesOrderNumber })

const lineAddress = ({ market, salesOrderNumber, chance, lines }: Sequence): string =>
  `/CDSSalesOrderLines(dataAreaId='${market.dataAreaId}',SalesOrderNumber='${salesOrderNumber}',LineCreationSequenceNumber=${1 + Math.floor(chance.below(Math.max(1, lines)))})`

type Step = (sequence: Sequence) => Promise<SequenceReply>

async function addLine(sequence: Sequence): Promise<SequenceReply> {
  const { client, chance, market, salesOrderNumber } = sequence
  const reply = await client.data('POST', '/CDSSalesOrderLines', {
    dataAreaId: market.dataAreaId,
    SalesOrderNumber: salesOrderNumber,
    LineCreationSequenceNumber: sequence.lines + 1,
    ProductNumber: chance.pick(market.items),
    OrderedSalesQuantity: quantity(chance, 40),
    SalesPrice: Math.round(chance.below(10_000)) / 100,
    ...(chance.below(3) < 1 && { TotalDiscountAmount: Math.round(chance.below(1_000)) / 100 }),
  })
  if (reply.status === 201) sequence.lines += 1
  return reply
}

/** The next order of the same customer, with a line or two. */
async function newOrder(sequence: Sequence): Promise<SequenceReply> {
  const { client, chance, market, customer } = sequence
  sequence.orders += 1
  sequence.salesOrderNumber = `${sequence.salesOrderNumber.replace(/\.\d+$/, '')}.${sequence.orders}`
  sequence.lines = 0
  const header = await client.data('POST', '/CDSSalesOrderHeaders', {
    ...{ dataAreaId: market.dataAreaId, SalesOrderNumber: sequence.salesOrderNumber, OrderingCustomerAccountNumber: customer },
    ...{ DefaultShippingSiteId: '1', DefaultShippingWarehouseId: '13' },
  })
  if (header.status !== 201) throw new Error(`order ${sequence.salesOrderNumber}: ${header.status} ${header.text}`)
  if (chance.below(2) < 1) await addLine(sequence)
  return addLine(sequence)
}

async function receiveStock({ client, chance, market }: Sequence): Promise<SequenceReply> {
  const { dataAreaId } = market
  const header = await client.data('POST', '/InventoryAdjustmentJournalHeaders', { dataAreaId })
  if (header.status !== 201) return header
  const journalNumber: string = header.json.JournalNumber
  const line = await client.data('POST', '/InventoryAdjustmentJournalLines', {
    ...{
      dataAreaId,
      JournalNumber: journalNumber,
      ItemNumber: chance.pick(market.items),
      InventorySiteId: '1',
      InventoryWarehouseId: '13',
    },
    ...{
      InventoryQuantity: chance.below(8) < 1 ? -quantity(chance, 5) : quantity(chance, 20),
      CostPrice: Math.round(chance.below(500)) / 100,
    },
  })
  return line.status === 201 ? client.command('post-inventory-journal', { dataAreaId, journalNumber }) : line
}

async function pay({ client, chance, market, customer, invoices }: Sequence): Promise<SequenceReply> {
  const { dataAreaId } = market
  const header = await client.data('POST', '/CustomerPaymentJournalHeaders', { dataAreaId })
  if (header.status !== 201) return header
  const journalBatchNumber: string = header.json.JournalBatchNumber
  const line = await client.data('POST', '/CustomerPaymentJournalLines', {
    ...{ dataAreaId, JournalBatchNumber: journalBatchNumber, AccountDisplayValue: customer },
    ...{ CreditAmount: Math.round(1 + chance.below(30_000)) / 100, CurrencyCode: 'USD' },
    ...(invoices.length > 0 && chance.below(3) < 2 && { MarkedInvoice: chance.pick(invoices) }),
  })
  return line.status === 201 ? client.command('post-payment-journal', { dataAreaId, journalBatchNumber }) : line
}

async function invoice(sequence: Sequence): Promise<SequenceReply> {
  const { client, chance } = sequence
  const lines = chance.below(4) < 1 ? { lines: [aLine(sequence, 6)] } : {}
  const quantityRule = chance.pick(['PackingSlip', 'PackingSlip', 'All', 'DeliverNow', 'Picked'])
  const reply = await client.command('post-sales-invoice', { ...order(sequence), quantityRule, ...lines })
  for (const posted of reply.json?.result?.invoices ?? []) sequence.invoices.push(posted.invoiceNumber)
  return reply
}

async function credit(sequence: Sequence): Promise<SequenceReply> {
  const { client, chance, invoices, market } = sequence
  const invoiceNumber = invoices.length === 0 ? 'NONE' : chance.pick(invoices)
  return client.command('create-credit-note', {
    dataAreaId: market.dataAreaId,
    invoiceNumber,
    lines: [aLine(sequence, 4)],
    post: chance.below(2) < 1,
  })
}

/** Every kind of step with its weight. */
const STEPS: readonly (readonly [name: string, weight: number, step: Step])[] = [
  ['new order', 3, newOrder],
  ['add line', 3, addLine],
  ['receive stock', 4, receiveStock],
  ['confirm', 2, (s) => s.client.command('confirm-sales-order', order(s))],
  ['reserve', 4, (s) => s.client.command('reserve-sales-order-line', { ...order(s), lines: [aLine(s, 8)] })],
  ['unreserve', 1, (s) => s.client.command('unreserve-sales-order-line', { ...order(s), lines: [aLine(s, 4)] })],
  [
    'picking list',
    4,
    (s) => s.client.command('post-picking-list', { ...order(s), ...(s.chance.below(2) < 1 && { lines: [aLine(s, 6)] }) }),
  ],
  ['pick', 4, (s) => s.client.command('register-picking', { ...order(s), ...(s.chance.below(2) < 1 && { lines: [aLine(s, 5)] }) })],
  ['unpick', 2, (s) => s.client.command('unpick', { ...order(s), ...(s.chance.below(2) < 1 && { lines: [aLine(s, 3)] }) })],
  [
    'pack',
    5,
    (s) =>
      s.client.command('post-packing-slip', {
        ...order(s),
        quantityRule: s.chance.pick(['All', 'Picked', 'DeliverNow', 'PickedAndNotStocked']),
      }),
  ],
  ['pack some', 3, (s) => s.client.command('post-packing-slip', { ...order(s), lines: [aLine(s, 5)] })],
  ['cancel slip', 1, cancelSlip],
  ['invoice', 5, invoice],
  ['credit', 2, credit],
  ['cancel remainder', 1, (s) => s.client.command('cancel-deliver-remainder', order(s))],
  [
    'change quantity',
    2,
    (s) => s.client.data('PATCH', `${lineAddress(s)}?cross-company=true`, { OrderedSalesQuantity: quantity(s.chance, 15) }),
  ],
  ['change price', 1, (s) => s.client.data('PATCH', `${lineAddress(s)}?cross-company=true`, { SalesPrice: quantity(s.chance, 90) })],
  [
    'move line',
    1,
    (s) => s.client.data('PATCH', `${lineAddress(s)}?cross-company=true`, { ShippingWarehouseId: s.chance.pick(['11', '13']) }),
  ],
  ['delete line', 1, (s) => s.client.data('DELETE', `${lineAddress(s)}?cross-company=true`)],
  ['hold', 1, (s) => s.client.command('hold-sales-order', order(s))],
  ['clear hold', 3, (s) => s.client.command('clear-sales-order-hold', order(s))],
  ['pay', 2, pay],
]

async function cancelSlip({ client, market, salesOrderNumber, chance }: Sequence): Promise<SequenceReply> {
  const slips = await client.data(
    'GET',
    `/SalesPackingSlipHeaders?$filter=SalesOrderNumber eq '${salesOrderNumber}'&$select=PackingSlipNumber`,
  )
  const numbers: string[] = (slips.json?.value ?? []).map((row: { PackingSlipNumber: string }) => row.PackingSlipNumber)
  const packingSlipNumber = numbers.length === 0 ? 'NONE' : chance.pick(numbers)
  return client.command('cancel-packing-slip', { dataAreaId: market.dataAreaId, packingSlipNumber })
}

const WEIGHT = STEPS.reduce((sum, [, weight]) => sum + weight, 0)

function pickStep(chance: Chance): (typeof STEPS)[number] {
  let at = chance.below(WEIGHT)
  for (const step of STEPS) {
    at -= step[1]
    if (at < 0) return step
  }
  throw new RangeError('weights do not add up')
}

/**
 * One random life of an order: `length` commands, allowed or not. Every answer must be a success or a refusal: throws at the first one that
 * is neither. What was done and how it was answered goes to `tally`.
 */
export async function runSequence(
  client: SequenceClient,
  options: { readonly chance: Chance; readonly market: Market; readonly number: string; readonly length: number; readonly tally: Tally },
): Promise<void> {
  const { chance, market, number, length, tally } = options
  const customer = chance.pick(market.customers)
  const sequence: Sequence = { client, chance, market, customer, salesOrderNumber: number, orders: 0, lines: 0, invoices: [] }
  await newOrder(sequence)
  for (let at = 0; at < length; at += 1) {
    const [name, , step] = pickStep(chance)
    const reply = await step(sequence)
    if (reply.status >= 500 || (reply.status >= 401 && reply.status !== 404 && reply.status !== 409))
      throw new Error(`order ${sequence.salesOrderNumber}, step ${at}, ${name}: ${reply.status} ${reply.text.slice(0, 1_000)}`)
    const kind = `${name} ${reply.status < 300 ? 'done' : `refused ${reply.json?.error?.code ?? ''}`.trimEnd()}`
    tally.set(kind, (tally.get(kind) ?? 0) + 1)
  }
}

/** Steps that were never done: a run that only refuses proves nothing. */
export const neverDone = (tally: Tally): string[] => STEPS.map(([name]) => name).filter((name) => (tally.get(`${name} done`) ?? 0) === 0)
