import { totalCounters } from '@p2c/api'
import { decimal, roundTo } from '@p2c/base'
import type { Row } from '../scenarios/kit/wire.ts'
import { createChance } from '../support/chance.ts'
import { type BothSides, type Difference, judge, readBothSides } from './round-trip-judge.ts'
import { randomOrder, simplerOrders, type TradedCharge, type TradedLine, type TradedOrder } from './round-trip-orders.ts'
import { COMPANY, type ProjectName, type World } from './round-trip-world.ts'

/** What a play of orders came to. */
export interface Played {
  /** By order; those without any are left out. */
  readonly differences: ReadonlyMap<TradedOrder, readonly Difference[]>
  /** What an execution wrote although nothing had changed, and rows of no order played that failed or wait. */
  readonly echo: readonly string[]
  readonly invoices: number
}

/** Calls under way at the same time. */
const CLERKS = 4
/** Orders of one command of Supply Chain. */
const BATCH = 25
const CALCULATE = '/BatchJobs/Microsoft.Dynamics.DataEntities.CalculateSalesTotals'

/**
 * Takes orders there and back: entered on the side that they begin on, sent, set up, confirmed, sent back, delivered and invoiced in two parts,
 * sent back again. Judged three times; after the last time nothing may be left to write.
 */
export async function playOrders(world: World, orders: readonly TradedOrder[]): Promise<Played> {
  const found = new Map<TradedOrder, Difference[]>()
  const note = (stage: string, both: BothSides): void => {
    for (const order of orders) {
      const differences = judge(order, both).map((each) => `${stage}: ${each}`)
      if (differences.length > 0) found.set(order, [...(found.get(order) ?? []), ...differences])
    }
  }
  await enterInSales(world, orders)
  await world.run('orders-to-supply-chain')
  await enterInSupplyChain(world, orders)
  await setUp(world, orders)
  await confirm(world, orders)
  await bringBack(world)
  note('confirmed', await readBothSides(world))
  await invoiceFirstPart(world, orders)
  await bringBack(world)
  note('partly invoiced', await readBothSides(world))
  await invoiceRest(world, orders)
  await bringBack(world)
  const both = await readBothSides(world)
  note('invoiced', both)
  const byNumber = new Map(orders.map((order) => [order.number, order]))
  const strangers: string[] = []
  for (const [number, failure] of await readFailures(world, both)) {
    const order = byNumber.get(number)
    if (order === undefined) strangers.push(failure)
    else found.set(order, [failure, ...(found.get(order) ?? [])])
  }
  return { differences: found, echo: [...strangers, ...(await readEcho(world))], invoices: both.supplyChain.invoices.size }
}

/** Rows that were refused or still wait, by the number of their order. */
async function readFailures({ engine }: World, { supplyChain }: BothSides): Promise<readonly (readonly [string, Difference])[]> {
  const limit = 1000
  const failed = [...(await engine.listRecordErrors({ limit })), ...(await engine.listWaitingRecords({ limit }))]
  return failed.map(({ projectName, taskName, sourceKey, code, message }) => {
    const key = sourceKey.split('|')[0] ?? ''
    const number = String(supplyChain.invoices.get(key)?.SalesOrderNumber ?? key)
    return [number, `${projectName} ${taskName} ${sourceKey}: ${code} ${message}`]
  })
}

/** Totals, then the templates in the order of templates specification, 3. */
async function bringBack(world: World): Promise<void> {
  await world.supplyChain.send('POST', CALCULATE, {})
  for (const project of ['orders-to-supply-chain', 'orders-to-sales', 'invoices'] as const) await world.run(project)
}

async function readEcho(world: World): Promise<readonly string[]> {
  const projects: readonly ProjectName[] = ['orders-to-supply-chain', 'orders-to-sales', 'invoices']
  const echo: string[] = []
  for (const project of projects) {
    const { inserted, updated, failed, waiting } = totalCounters((await world.run(project)).tasks)
    if (inserted + updated + failed + waiting > 0) echo.push(`${project}: ${JSON.stringify({ inserted, updated, failed, waiting })}`)
  }
  return echo
}

async function inParallel<Item>(items: readonly Item[], work: (item: Item) => Promise<unknown>): Promise<void> {
  const rest = [...items].values()
  const clerk = async (): Promise<void> => {
    for (const item of rest) await work(item)
  }
  await Promise.all(Array.from({ length: CLERKS }, clerk))
}

const inBatches = <Item>(items: readonly Item[]): Item[][] =>
  Array.from({ length: Math.ceil(items.length / BATCH) }, (_, at) => items.slice(at * BATCH, (at + 1) * BATCH))

const enterInSales = ({ seller, ids }: World, orders: readonly TradedOrder[]): Promise<void> =>
  inParallel(
    orders.filter(({ origin }) => origin === 'sales'),
    async (order) => {
      const { customer, currency } = order
      const { salesorderid } = await seller.send('POST', '/salesorders', {
        ...{ ordernumber: order.number, name: `Round trip ${order.number}` },
        [`customerid_${customer.isContact ? 'contact' : 'account'}@odata.bind`]: `/${customer.isContact ? 'contacts' : 'accounts'}(${ids.get(`customer ${customer.number}`)})`,
        'transactioncurrencyid@odata.bind': `/transactioncurrencies(${ids.get(`currency ${currency.code}`)})`,
        'pricelevelid@odata.bind': `/pricelevels(${ids.get(`list ${currency.code}`)})`,
        order_details: order.lines.map((line) => ({
          'productid@odata.bind': `/products(${ids.get(`product ${line.product.number}`)})`,
          'uomid@odata.bind': `/uoms(${ids.get(`unit of ${line.product.number}`)})`,
          ...{ quantity: Number(line.quantity), ispriceoverridden: true, priceperunit: Number(line.price) },
          manualdiscountamount: Number(line.discount),
        })),
      })
      await seller.send('PATCH', `/salesorders(${salesorderid})`, { msdynce_processingstatus: 647_390_000 })
    },
  )

const enterInSupplyChain = ({ supplyChain }: World, orders: readonly TradedOrder[]): Promise<void> =>
  inParallel(
    orders.filter(({ origin }) => origin === 'supply-chain'),
    async (order) => {
      await supplyChain.send('POST', '/CDSSalesOrderHeaders', {
        ...{ dataAreaId: COMPANY, SalesOrderNumber: order.number, OrderingCustomerAccountNumber: order.customer.number },
        CurrencyCode: order.currency.code,
      })
      for (const [index, line] of order.lines.entries()) {
        await supplyChain.send('POST', '/CDSSalesOrderLines', {
          ...{
            dataAreaId: COMPANY,
            SalesOrderNumber: order.number,
            LineCreationSequenceNumber: index + 1,
            ProductNumber: line.product.number,
          },
          ...{ OrderedSalesQuantity: Number(line.quantity), SalesPrice: Number(line.price), SalesPriceQuantity: line.priceUnit },
          ...discountOf(line),
        })
      }
    },
  )

const discountOf = (line: TradedLine): Row => ({
  ...(line.discount !== '0' && { TotalDiscountAmount: Number(line.discount) }),
  ...(line.unitDiscount !== '0' && { LineDiscountAmount: Number(line.unitDiscount) }),
  ...(line.percent !== '0' && { LineDiscountPercentage: Number(line.percent) }),
})

const orderPath = (set: string, number: string): string =>
  `/${set}(dataAreaId='${COMPANY}',SalesOrderNumber='${number}')?cross-company=true`
const linePath = (number: string, at: number): string =>
  `/CDSSalesOrderLinesV2(dataAreaId='${COMPANY}',SalesOrderNumber='${number}',LineCreationSequenceNumber=${at})?cross-company=true`

const chargeValues = ({ code, category, value }: TradedCharge): Row => ({
  ...{ dataAreaId: COMPANY, ChargeCode: code, ChargeCategory: category, ChargeValue: Number(value) },
})

/** What clerks add: charges of the order and of lines, sales charges, a discount of the whole order. */
const setUp = ({ supplyChain }: World, orders: readonly TradedOrder[]): Promise<void> =>
  inParallel(orders, async ({ number, charges, lines, totalDiscount }) => {
    for (const charge of charges)
      await supplyChain.send('POST', '/SalesOrderHeaderCharges', { ...chargeValues(charge), SalesOrderNumber: number })
    if (totalDiscount !== '0')
      await supplyChain.send('PATCH', orderPath('SalesOrderHeadersV2', number), { TotalDiscountPercentage: Number(totalDiscount) })
    for (const [index, { ownCharge, charge }] of lines.entries()) {
      if (ownCharge === '0' && charge === undefined) continue
      const stored = await supplyChain.get(linePath(number, index + 1))
      // The field shows own charges and the rest of a split discount together.
      const own = decimal(String(stored.FixedPriceCharges)).plus(ownCharge)
      if (ownCharge !== '0') await supplyChain.send('PATCH', linePath(number, index + 1), { FixedPriceCharges: Number(own.toFixed()) })
      if (charge === undefined) continue
      const body = { ...chargeValues(charge), SalesOrderNumber: number, InventoryLotId: stored.InventoryLotId }
      await supplyChain.send('POST', '/SalesOrderLineCharges', body)
    }
  })

const confirm = (world: World, orders: readonly TradedOrder[]): Promise<void> =>
  inParallel(inBatches(orders.filter(({ isConfirmed }) => isConfirmed)), (batch) =>
    world.command('confirm-sales-order', { salesOrderNumbers: batch.map(({ number }) => number) }),
  )

const isForLater = (line: TradedLine): boolean => decimal(line.delivered).isZero() || line.isCanceled

/** Lines are cancelled, the first charge changes or goes, a part of the rest is delivered and invoiced. */
async function invoiceFirstPart(world: World, orders: readonly TradedOrder[]): Promise<void> {
  const further = orders.filter(({ isConfirmed, reaches }) => isConfirmed && reaches !== 'confirmed')
  await inParallel(
    orders.filter(({ isConfirmed }) => isConfirmed),
    async (order) => {
      await changeCharge(world, order)
      const canceled = order.lines.flatMap((line, index) => (line.isCanceled ? [{ lineCreationSequenceNumber: index + 1 }] : []))
      if (canceled.length > 0) await world.command('cancel-deliver-remainder', { salesOrderNumber: order.number, lines: canceled })
    },
  )
  await inParallel(further, async ({ number, lines }) => {
    const first = lines.flatMap((line, index) =>
      isForLater(line) ? [] : [{ lineCreationSequenceNumber: index + 1, quantity: Number(line.delivered) }],
    )
    if (first.length === 0) return
    await world.command('post-packing-slip', { salesOrderNumber: number, lines: first })
    await world.command('post-sales-invoice', { salesOrderNumber: number })
  })
}

async function changeCharge({ supplyChain }: World, { number, charges, laterCharge }: TradedOrder): Promise<void> {
  const [first] = charges
  if (first === undefined || laterCharge === 'stays') return
  const path = `/SalesOrderHeaderCharges(dataAreaId='${COMPANY}',SalesOrderNumber='${number}',ChargeLineNumber=1)?cross-company=true`
  if (laterCharge === 'goes') await supplyChain.send('DELETE', path)
  else await supplyChain.send('PATCH', path, { ChargeValue: Number(roundTo(decimal(first.value).times('1.5'), 0).toFixed()) })
}

/** The rest is delivered and invoiced; credit notes give back what the last invoice has of lines without a discount. */
async function invoiceRest(world: World, orders: readonly TradedOrder[]): Promise<void> {
  const open = orders.filter(({ isConfirmed, reaches, lines }) => isConfirmed && isFinished(reaches) && lines.some(isOpen))
  await inParallel(open, async (order) => {
    const { number, lines } = order
    await world.command('post-packing-slip', { salesOrderNumber: number })
    const { result } = await world.command('post-sales-invoice', { salesOrderNumber: number })
    const invoiced: readonly Row[] = result.invoices[0].lines
    const plain = invoiced.filter((line) => isPlain(lines[line.lineCreationSequenceNumber - 1]))
    if (order.reaches !== 'credited' || order.totalDiscount !== '0' || plain.length === 0) return
    const named = plain.map(({ inventoryLotId }) => ({ inventoryLotId }))
    await world.command('create-credit-note', { invoiceNumber: result.invoices[0].invoiceNumber, lines: named, post: true })
  })
}

const isFinished = (reaches: TradedOrder['reaches']): boolean => reaches === 'invoiced' || reaches === 'credited'

const isPlain = (line: TradedLine | undefined): boolean =>
  line !== undefined && [line.discount, line.percent, line.unitDiscount, line.ownCharge].every((each) => decimal(each).isZero())

/** Something of it is left to deliver after the first part. */
const isOpen = (line: TradedLine): boolean => !line.isCanceled && !decimal(line.quantity).equals(line.delivered)

type Failing = readonly [TradedOrder, readonly Difference[]]

/** Rounds of looking for something simpler that fails as well. */
const MOST_ROUNDS = 12

/** The simplest order found that still has differences, with them; all candidates of a round are played at once. */
async function shrink(world: World, failing: Failing): Promise<Failing> {
  let smallest = failing
  for (let round = 1; round <= MOST_ROUNDS; round += 1) {
    const [order] = smallest
    const candidates = simplerOrders(order, `${failing[0].number}-${round}`)
    const { differences } = await playOrders(world, candidates)
    const [next] = differences
    if (next === undefined) return smallest
    smallest = next
  }
  return smallest
}

/** Plays random orders of a printed seed; throws with the failing orders, the first of them as simple as it was found to fail. */
export async function assertRoundTrips(world: World, options: { readonly orders: number; readonly seed: number }): Promise<Played> {
  const chance = createChance(options.seed)
  const orders = Array.from({ length: options.orders }, (_, index) => randomOrder(chance, index + 1))
  const played = await playOrders(world, orders)
  const [failing] = played.differences
  if (failing !== undefined) throw new Error(await described(world, played, failing))
  if (played.echo.length > 0) throw new Error(`Nothing was left to do, and yet: ${played.echo.join('; ')}`)
  return played
}

async function described(world: World, { differences, echo }: Played, failing: Failing): Promise<string> {
  const [simplest, found] = await shrink(world, failing)
  const others = [...differences].slice(0, 10).map(([{ number }, [first]]) => `  ${number}: ${first}`)
  return [
    `${differences.size} orders differ:`,
    ...others,
    ...(echo.length > 0 ? [`Done although nothing was left to do: ${echo.join('; ')}`] : []),
    `The first of them, simplified: ${JSON.stringify(simplest)}`,
    ...found.map((each) => `  ${each}`),
  ].join('\n')
}
