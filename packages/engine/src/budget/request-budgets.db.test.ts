import { type Database, openDatabase, openScratchDatabase, randomIds, silentLogger, systemClock, type TestScope } from '@p2c/base'
import { expect, test } from 'vitest'
import type { RequestBudget } from '../model/request-budget.ts'
import { createDatabaseStore } from '../store/database-store.ts'
import type { BudgetSettings } from './budget-state.ts'
import { createRequestBudgets } from './request-budgets.ts'

const signal = new AbortController().signal
const IDENTITY = 'https://sales.example|client-1'

/** Two processes as far as the budget can tell: each has a pool of its own and knows nothing but the database. */
async function startPair(t: TestScope, settings: BudgetSettings = {}): Promise<{ budgets: readonly RequestBudget[]; database: Database }> {
  const database = await openScratchDatabase(t)
  await createDatabaseStore(database, { clock: systemClock, ids: randomIds }).migrate()
  const other = openDatabase({ connectionString: database.connectionString, maxConnections: 4 })
  t.onTestFinished(() => other.close())
  const budgets = [database, other].map((own) => createRequestBudgets({ database: own, log: silentLogger }).budgetOf(IDENTITY, settings))
  return { budgets, database }
}

const statusOf = async (database: Database) => (await createRequestBudgets({ database, log: silentLogger }).list())[0]

/** When requests left, of both processes in turn. */
async function leave(budgets: readonly RequestBudget[], requests: number): Promise<number[]> {
  const times: number[] = []
  await Promise.all(
    Array.from({ length: requests }, async (_, at) => {
      await budgets[at % budgets.length]?.acquire(signal)
      times.push(performance.now())
    }),
  )
  return times.sort((a, b) => a - b)
}

test('an identity of which nothing is known, or only successes, waits for nothing', async (t) => {
  const { budgets, database } = await startPair(t)
  expect(await leave(budgets, 20)).toHaveLength(20)
  for (const budget of budgets) await budget.report({ status: 200, latencyMs: 10 })
  const { rows } = await database.query<{ wait: number }>('select take_request_slot($1, 1000) as wait', [IDENTITY])
  expect(rows[0]?.wait).toBe(0)
  expect(await statusOf(database)).toEqual({ identity: IDENTITY })
})

test('DV-112 no request of any process leaves before a pause that one of them was told, and then they leave spaced', async (t) => {
  const { budgets, database } = await startPair(t)
  const toldAt = performance.now()
  await budgets[0]?.report({ status: 429, latencyMs: 5, retryAfterMs: 700 })
  const status = await statusOf(database)
  expect(status).toMatchObject({ requestsPerSecond: 5 })
  expect(Date.parse(status?.pausedUntil ?? '')).toBeGreaterThan(Date.parse(status?.lastThrottledAt ?? ''))
  const times = await leave(budgets, 4)
  expect((times[0] ?? 0) - toldAt).toBeGreaterThanOrEqual(700)
  for (const [at, time] of times.slice(1).entries()) expect(time - (times[at] ?? 0)).toBeGreaterThan(100)
})

test('a pause that is told while others wait for an earlier one to end holds for them too', async (t) => {
  const { budgets } = await startPair(t)
  await budgets[0]?.report({ status: 429, latencyMs: 5, retryAfterMs: 400 })
  const waiting = leave(budgets, 3)
  const toldAt = performance.now()
  await budgets[1]?.report({ status: 503, latencyMs: 5, retryAfterMs: 1_000 })
  expect(((await waiting)[0] ?? 0) - toldAt).toBeGreaterThanOrEqual(1_000)
})

test('a pause that is too long is thrown at once with its time, and an abort ends a wait', async (t) => {
  const { budgets } = await startPair(t)
  await budgets[0]?.report({ status: 429, latencyMs: 5, retryAfterMs: 600_000 })
  await expect(budgets[1]?.acquire(signal, { longestWaitMs: 60_000 })).rejects.toMatchObject({
    code: 'throttled',
    retryable: true,
    retryAfterMs: expect.toSatisfy((ms: number) => ms > 590_000 && ms <= 600_000),
  })
  const stop = new AbortController()
  const waiting = budgets[1]?.acquire(stop.signal)
  stop.abort(new Error('stopped by a person'))
  await expect(waiting).rejects.toThrow('stopped by a person')
  await expect(budgets[1]?.acquire(stop.signal)).rejects.toThrow('stopped by a person')
})

test('a pause that cannot be stored is stored before the next request leaves', async (t) => {
  const database = await openScratchDatabase(t)
  const budget = createRequestBudgets({ database, log: silentLogger }).budgetOf(IDENTITY)
  await budget.report({ status: 429, latencyMs: 5, retryAfterMs: 600_000 }) // no table yet
  await expect(budget.acquire(signal)).rejects.toThrow('request_budget')
  await createDatabaseStore(database, { clock: systemClock, ids: randomIds }).migrate()
  await expect(budget.acquire(signal, { longestWaitMs: 1_000 })).rejects.toMatchObject({ code: 'throttled' })
  expect(await statusOf(database)).toHaveProperty('pausedUntil')
})

test('answers of both processes that say how little is left slow down both', async (t) => {
  const { budgets, database } = await startPair(t)
  await budgets[0]?.report({ status: 200, latencyMs: 5, remainingRequests: 6_000 })
  expect(await statusOf(database)).toEqual({ identity: IDENTITY, remainingRequests: 6_000 })
  await budgets[1]?.report({ status: 200, latencyMs: 5, remainingRequests: 1_500 })
  const status = await statusOf(database)
  expect(status?.remainingRequests).toBe(1_500)
  expect(status?.requestsPerSecond).toBeGreaterThan(4)
  expect(status?.requestsPerSecond).toBeLessThan(6)
})

test('a sliding window of 20 requests a second is used to 90 % and more by two processes, and none asks early', async (t) => {
  const windowMs = 3_000
  const limit = 60
  const windows = 3
  const { budgets } = await startPair(t, { windowSeconds: windowMs / 1000 })
  const accepted: number[] = []
  const seen = { refused: 0, early: 0, closedUntil: 0, told: false }
  const call = () => {
    const now = performance.now()
    if (now < seen.closedUntil && seen.told) seen.early += 1
    const used = accepted.filter((time) => time > now - windowMs).length
    if (used < limit && now >= seen.closedUntil) {
      accepted.push(now)
      return { status: 200, remainingRequests: limit - used - 1 }
    }
    seen.refused += 1
    seen.closedUntil = Math.max(seen.closedUntil, now + 1_000)
    return { status: 429, retryAfterMs: 1_000, remainingRequests: 0 }
  }
  const end = performance.now() + windows * windowMs
  const lane = async (budget: RequestBudget) => {
    while (performance.now() < end) {
      await budget.acquire(signal)
      if (performance.now() >= end) return
      const answer = call()
      await budget.report({ ...answer, latencyMs: 1 })
      if (answer.status === 429) seen.told = true
    }
  }
  await Promise.all([...budgets, ...budgets].map(lane))
  expect(seen).toMatchObject({ refused: 0, early: 0 })
  expect(accepted.length).toBeGreaterThanOrEqual(0.9 * windows * limit)
  expect(accepted.length).toBeLessThanOrEqual(windows * limit)
})

test('exclusive work of one name runs one at a time in all processes, other names beside it, and a waiter can stop', async (t) => {
  const { budgets } = await startPair(t)
  const [one, other] = budgets as [RequestBudget, RequestBudget]
  const finish = Promise.withResolvers<string>()
  const began = Promise.withResolvers<void>()
  const first = one.exclusive(
    'export',
    () => {
      began.resolve()
      return finish.promise
    },
    signal,
  )
  await began.promise
  expect(await other.exclusive('import', async () => 'beside', signal)).toBe('beside')
  const stop = new AbortController()
  const stopped = other.exclusive('export', async () => 'never', stop.signal)
  stop.abort(new Error('stopped by a person'))
  await expect(stopped).rejects.toThrow('stopped by a person')
  const events: string[] = []
  const second = other.exclusive('export', async () => events.push('second'), signal)
  events.push('first ends')
  finish.resolve('first')
  expect(await first).toBe('first')
  await second
  expect(events).toEqual(['first ends', 'second'])
  await expect(one.exclusive('export', () => Promise.reject(new Error('failed')), signal)).rejects.toThrow('failed')
  expect(await other.exclusive('export', async () => 'free again', signal)).toBe('free again')
})
