import { expect, test } from 'vitest'
import { newLedger } from '../pipeline/custom-logic.ts'
import { createStepCache, type StepReader } from './step-cache.ts'

const STEP = {
  id: 's',
  name: 'S',
  message: 'Update',
  table_name: 'account',
  stage: 40,
  mode: 0,
  rank: 1,
  filter: null,
  autodelete: null,
  impersonating: null,
  endpoint: 'e',
  url: 'http://127.0.0.1/',
  authtype: 5,
  authvalue: null,
  images: null,
}

/** A database of registrations that counts how often it is asked, and answers when it is told. */
function aDatabase() {
  let asked = 0
  let rows: readonly object[] = []
  let gate = Promise.resolve()
  const sql = {
    query: async () => {
      asked += 1
      const seen = rows
      await gate
      return { rows: seen }
    },
  } as unknown as StepReader['sql']
  return {
    transaction: (): StepReader => ({ sql, ledger: newLedger() }),
    asked: () => asked,
    hold: (until: Promise<void>, next: readonly object[]) => {
      gate = until
      rows = next
    },
  }
}

test('a write asks no database for steps once it is known that there are none', async () => {
  const database = aDatabase()
  const cache = createStepCache()
  cache.listen(true)
  expect((await cache.current(database.transaction())).find('account', 'update')).toBeUndefined()
  for (let writes = 0; writes < 1_000; writes += 1) expect(cache.current(database.transaction())).not.toBeInstanceOf(Promise)
  expect(database.asked()).toBe(1)
})

test('while changes of others are not heard of, each transaction asks once', async () => {
  const database = aDatabase()
  const cache = createStepCache()
  for (let transactions = 0; transactions < 3; transactions += 1) {
    const transaction = database.transaction()
    for (let writes = 0; writes < 5; writes += 1) await cache.current(transaction)
  }
  expect(database.asked()).toBe(3)
})

test('what was read before a change is not kept behind it', async () => {
  const database = aDatabase()
  const cache = createStepCache()
  cache.listen(true)
  const { promise, resolve } = Promise.withResolvers<void>()
  database.hold(promise, [])
  const reading = cache.current(database.transaction())
  database.hold(Promise.resolve(), [STEP])
  cache.invalidate()
  resolve()
  expect((await reading).find('account', 'update')).toBeUndefined()
  expect((await cache.current(database.transaction())).find('account', 'update')).toHaveLength(1)
  expect((await cache.current(database.transaction())).find('contact', 'update')).toBeUndefined()
})

test('a transaction that registers sees its own steps, and nobody else does', async () => {
  const database = aDatabase()
  const cache = createStepCache()
  cache.listen(true)
  await cache.current(database.transaction())
  const registering = database.transaction()
  registering.ledger.registrationsChanged = true
  database.hold(Promise.resolve(), [STEP])
  expect((await cache.current(registering)).find('account', 'update')).toHaveLength(1)
  expect((await cache.current(database.transaction())).find('account', 'update')).toBeUndefined()
})
