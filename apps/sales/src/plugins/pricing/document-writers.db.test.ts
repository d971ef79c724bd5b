import type { PoolClient } from 'pg'
import { expect, test } from 'vitest'
import type { Json, SalesUnderTest } from '../../sales-app.fixture.ts'
import { ofPrice, ofProduct, startPricing, writeIn } from './pricing.fixture.ts'

const WRITERS = 8

test('eight writers that add lines to one order at once leave the right total', { timeout: 90_000 }, async (t) => {
  const p = await startPricing(t)
  const product = await p.product({ price: 10 })
  const order = await p.document('salesorder', { discountpercentage: 10 })
  const writer = async (n: number): Promise<readonly number[]> => {
    const statuses: number[] = []
    for (let at = 0; at < 5; at += 1) {
      const line = at % 2 === 0 ? ofProduct(product, { quantity: n + 1 }) : writeIn(`by ${n}`, 1.25)
      statuses.push((await p.tryLine('salesorder', order, line)).status)
    }
    return statuses
  }
  const answers = await Promise.all(Array.from({ length: WRITERS }, (_, n) => writer(n)))
  expect(answers.flat().every((status) => status === 204)).toBe(true)
  // Three lines of each writer are products, two are write-ins: 3 x 10 x 36 + 2 x 8 x 1.25.
  expect(await p.read('salesorder', order)).toMatchObject({ totallineitemamount: 1100, totaldiscountamount: 110, totalamount: 990 })
  const numbers = (await p.lines('salesorder', order)).map((line) => line.lineitemnumber)
  expect(numbers).toEqual(Array.from({ length: 40 }, (_, at) => at + 1))
})

test('writers that change and add lines of two orders at once do not block each other for good', { timeout: 90_000 }, async (t) => {
  const p = await startPricing(t)
  const product = await p.product({ price: 10 })
  const orders = [await p.document('salesorder'), await p.document('salesorder')] as const
  const first = await Promise.all(
    Array.from({ length: WRITERS }, (_, n) => p.line('salesorder', orders[n % 2 === 0 ? 0 : 1], ofProduct(product, { quantity: 1 }))),
  )
  const start = performance.now()
  const answers = await Promise.all(
    first.flatMap((line, n) => [
      p.changeLine('salesorder', line, { quantity: 2 + n }),
      p.change('salesorder', orders[n % 2 === 0 ? 0 : 1], { freightamount: 5 }),
      p.tryLine('salesorder', orders[n % 2 === 0 ? 1 : 0], writeIn('x', 3)),
      p.sales.bulk(
        'salesorderdetails',
        'UpdateMultiple',
        (n % 2 === 0 ? first : first.toReversed()).map((each) => ({
          '@odata.type': 'Microsoft.Dynamics.CRM.salesorderdetail',
          salesorderdetailid: each.salesorderdetailid,
          tax: 1,
        })),
      ),
    ]),
  )
  console.info(`${answers.length} writers of two orders: ${Math.round(performance.now() - start)} ms`)
  expect(answers.filter((answer) => answer.status !== 204)).toEqual([])
  for (const order of orders) {
    const lines = await p.lines('salesorder', order)
    const sum = lines.reduce((total, line) => total + line.extendedamount, 0)
    expect((await p.read('salesorder', order)).totalamount).toBe(sum + 5)
  }
})

/** Statements that the connections of the application run meanwhile. */
async function statements(sales: SalesUnderTest, work: () => Promise<unknown>): Promise<number> {
  const { pool } = sales.database
  let count = 0
  const watched = new Map<PoolClient, PoolClient['query']>()
  const watch = (client: PoolClient): void => {
    if (watched.has(client)) return
    const { query } = client
    watched.set(client, query)
    client.query = ((...given: unknown[]) => {
      count += 1
      return Reflect.apply(query, client, given)
    }) as PoolClient['query']
  }
  pool.on('acquire', watch)
  await work()
  pool.off('acquire', watch)
  for (const [client, query] of watched) client.query = query
  return count
}

test('lines of many orders in one call take a fixed number of statements', { timeout: 90_000 }, async (t) => {
  const p = await startPricing(t)
  const product = await p.product({ price: 10 })
  const orders = await Promise.all(Array.from({ length: 50 }, (_, n) => p.document('salesorder', { name: `Order ${n}`, freightamount: 2 })))
  const rows = (count: number): readonly Json[] =>
    Array.from({ length: count }, (_, n) => ({
      '@odata.type': 'Microsoft.Dynamics.CRM.salesorderdetail',
      'salesorderid@odata.bind': `/salesorders(${orders[n % orders.length]})`,
      'uomid@odata.bind': `/uoms(${p.unit})`,
      msdynce_ismaintainedexternally: true,
      sequencenumber: n,
      ...(n % 2 === 0 ? ofPrice(product, 9.5, { quantity: 2, tax: 1 }) : ofProduct(product, { quantity: 1, manualdiscountamount: 1 })),
    }))
  const create = async (count: number): Promise<void> => {
    const answer = await p.sales.bulk('salesorderdetails', 'CreateMultiple', rows(count))
    expect(answer.body.Ids).toHaveLength(count)
  }
  await create(50) // What a process reads once is read here.
  const few = await statements(p.sales, () => create(50))
  const start = performance.now()
  const many = await statements(p.sales, () => create(500))
  const ms = performance.now() - start
  console.info(
    `CreateMultiple of 500 order lines on 50 orders: ${Math.round(ms)} ms, ${Math.round(500_000 / ms)} rows/s, ${many} statements`,
  )
  expect(many).toBe(few)
  expect(many).toBeLessThan(60)
  const totals = await p.sales.database.query<{ n: number; t: string }>('select count(*)::int as n, sum(totalamount) as t from salesorder')
  // 600 lines: half at 2 x 9.50 + 1.00, half at 10.00 - 1.00; 50 orders with a freight of 2.00.
  expect(totals.rows).toEqual([{ n: 50, t: '8800' }])

  const lines = (await p.sales.get('salesorderdetails?$select=salesorderdetailid&$top=500')).body.value
  const update = await statements(p.sales, async () => {
    const targets = lines.map((line: Json) => ({ '@odata.type': 'Microsoft.Dynamics.CRM.salesorderdetail', ...line, tax: 2 }))
    expect((await p.sales.bulk('salesorderdetails', 'UpdateMultiple', targets)).status).toBe(204)
  })
  expect(update).toBeLessThan(60)

  const item = await p.itemOf(product)
  const reprice = performance.now()
  expect((await p.sales.patch(`productpricelevels(${item})`, { amount: 11 })).status).toBe(204)
  console.info(`a new price for 300 open lines on 50 orders: ${Math.round(performance.now() - reprice)} ms`)

  const statementsOf = async (lines: number): Promise<number> => {
    const body = { name: 'Gone', 'customerid_account@odata.bind': `/accounts(${p.account})` }
    const order_details = Array.from({ length: lines }, () => writeIn('x', 1))
    const made = await p.sales.create('salesorders', { ...body, 'pricelevelid@odata.bind': `/pricelevels(${p.list})`, order_details })
    return statements(p.sales, async () => {
      expect((await p.sales.remove(`salesorders(${made.salesorderid})`)).status).toBe(204)
    })
  }
  expect(await statementsOf(40)).toBe(await statementsOf(2))
})

/** Resolves when a connection waits for a lock of another one, or when `other` does. */
async function blocked(sales: SalesUnderTest, other: Promise<unknown>): Promise<void> {
  let isOver = false
  const over = (): void => {
    isOver = true
  }
  other.then(over, over)
  while (!isOver) {
    const found = await sales.database.query(
      "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' limit 1",
    )
    if (found.rows.length > 0) return
  }
}

test('a line that is written while its price changes gets the new price', async (t) => {
  const p = await startPricing(t)
  const product = await p.product({ price: 10 })
  const item = await p.itemOf(product)
  const quote = await p.document('quote')
  const written = await p.sales.database.transaction(async (sql) => {
    await sql.query('update productpricelevel set amount = 12 where productpricelevelid = $1', [item])
    const writing = p.tryLine('quote', quote, ofProduct(product, { quantity: 1 }))
    await blocked(p.sales, writing)
    return { writing }
  })
  expect((await written.writing).status).toBe(204)
  expect(await p.read('quote', quote)).toMatchObject({ totalamount: 12 })
})

test('writers of lines and of prices at once leave every open line at the last price', { timeout: 60_000 }, async (t) => {
  const p = await startPricing(t)
  const product = await p.product({ price: 1 })
  const item = await p.itemOf(product)
  const quotes = await Promise.all(Array.from({ length: 4 }, () => p.document('quote')))
  const lines = quotes.flatMap((quote) =>
    Array.from({ length: 4 }, (_, n) => p.tryLine('quote', quote, ofProduct(product, { quantity: n + 1 }))),
  )
  const prices = Array.from({ length: 4 }, (_, n) => p.sales.patch(`productpricelevels(${item})`, { amount: n + 2 }))
  const answers = await Promise.all([...lines, ...prices])
  expect(answers.map((answer) => answer.status).filter((status) => status !== 204)).toEqual([])
  const price = (await p.sales.get(`productpricelevels(${item})`)).body.amount
  for (const quote of quotes) expect(await p.read('quote', quote)).toMatchObject({ totalamount: 10 * price })
})
