import { afterAll, expect, test } from 'vitest'
import { countFromEnvironment, createChance, printedSeed, tell } from '../support/chance.ts'
import { fileScope, scratchFolder, startInstallation } from '../support/command-line.ts'
import { createOutsideClient, type OutsideClient, outsideClients } from '../support/outside-client.ts'
import { createStopwatch, toTable } from './figures.ts'
import { type Market, workUntil } from './seller.ts'

const CLIENTS = countFromEnvironment('P2C_LOAD_CLIENTS', 500)
const SECONDS = countFromEnvironment('P2C_LOAD_SECONDS', 60)
/** Few enough that sellers meet on them all the time. */
const SHARED = { counters: 40, orders: 20 }
/** No request may take longer: with 500 clients on two cores each one waits for its turn. */
const LONGEST_MS = 30_000

const scope = fileScope(afterAll)

test(`${CLIENTS} clients read and write for ${SECONDS} s: no fault, no lost update, no deadlock that shows`, async () => {
  const seed = printedSeed('sales clients')
  const installation = await startInstallation(await scratchFolder(scope))
  scope.onTestFinished(async () => void (await installation.stop()))
  const { sales, tokens } = await outsideClients(installation)
  const market = await openMarket(sales)
  const stopwatch = createStopwatch()
  let failure: unknown
  const endsAt = performance.now() + SECONDS * 1000
  const isOver = (): boolean => failure !== undefined || performance.now() >= endsAt
  const startedAt = performance.now()
  await Promise.all(
    Array.from({ length: CLIENTS }, async (_, at) => {
      const seller = {
        client: createOutsideClient(sales.root, tokens.sales),
        chance: createChance(seed + at),
        market,
        stopwatch,
        name: `Seller ${at}`,
      }
      await workUntil(seller, isOver).catch((error: unknown) => {
        failure ??= error
      })
    }),
  )
  const figures = stopwatch.figures()
  tell(`\n${toTable(figures, (performance.now() - startedAt) / 1000)}\n`)
  tell(`${market.conflicts} updates met a newer version (412) and were not written`)
  if (failure !== undefined) throw failure
  await expectNothingLost(sales, market)
  expect(figures.at(-1)?.longest).toBeLessThan(LONGEST_MS)
  expect(market.conflicts, 'sellers met on shared rows').toBeGreaterThan(0)
}, 600_000)

async function openMarket(sales: OutsideClient): Promise<Market> {
  const created = async (set: string, body: unknown): Promise<Record<string, string>> => {
    const reply = await sales.call('POST', `/${set}`, { body, headers: { prefer: 'return=representation' } })
    if (reply.status !== 201) throw new Error(`POST ${set}: ${reply.status} ${reply.text}`)
    return reply.json
  }
  const currencies = await sales.call('GET', "/transactioncurrencies?$select=transactioncurrencyid&$filter=isocurrencycode eq 'USD'")
  const currencyId: string = currencies.json.value[0].transactioncurrencyid
  const currency = { 'transactioncurrencyid@odata.bind': `/transactioncurrencies(${currencyId})` }
  const list = await created('pricelevels', { name: 'Prices of the load', ...currency })
  const priceListId = String(list.pricelevelid)
  const counters: string[] = []
  for (let at = 0; at < SHARED.counters; at += 1) {
    const account = await created('accounts', { name: `Shared account ${at}`, numberofemployees: 0 })
    counters.push(String(account.accountid))
  }
  const orders: string[] = []
  for (let at = 0; at < SHARED.orders; at += 1) {
    const order = await created('salesorders', {
      name: `Shared order ${at}`,
      'customerid_account@odata.bind': `/accounts(${counters[at]})`,
      'pricelevelid@odata.bind': `/pricelevels(${priceListId})`,
      ...currency,
    })
    orders.push(String(order.salesorderid))
  }
  return { counters, orders, currencyId, priceListId, counted: new Map(), added: new Map(), conflicts: 0, numbers: [] }
}

/** Each accepted write is there, once; each order adds up to the cent; no number was given twice. */
async function expectNothingLost(sales: OutsideClient, market: Market): Promise<void> {
  for (const id of market.counters) {
    const { json } = await sales.call('GET', `/accounts(${id})?$select=numberofemployees`)
    expect(json.numberofemployees, `account ${id}`).toBe(market.counted.get(id) ?? 0)
  }
  for (const id of market.orders) {
    const { json } = await sales.call('GET', `/salesorders(${id})?$select=totallineitemamount,totalamount`)
    const cents = market.added.get(id) ?? 0
    expect([json.totallineitemamount, json.totalamount], `order ${id}`).toEqual([cents / 100, cents / 100])
  }
  expect(new Set(market.numbers).size, 'numbers').toBe(market.numbers.length)
  expect(market.numbers.every((number) => /^[A-Z]{3}-\d{5,}-[A-Z0-9]{6}$/.test(number))).toBe(true)
}
