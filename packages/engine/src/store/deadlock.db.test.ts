import { openScratchDatabase, randomIds, systemClock } from '@p2c/base'
import { expect, test } from 'vitest'
import { createDatabaseStore } from './database-store.ts'

test("two transactions that want each other's rows both commit in the end", async (t) => {
  const database = await openScratchDatabase(t)
  const store = createDatabaseStore(database, { clock: systemClock, ids: randomIds })
  await database.query('create table counted (id int primary key, number int not null)')
  await database.query('insert into counted values (1, 0), (2, 0)')
  const first = Promise.withResolvers<void>()
  const second = Promise.withResolvers<void>()
  const attempts = { first: 0, second: 0 }
  const count = 'update counted set number = number + 1 where id = $1'
  await Promise.all([
    store.transaction(async ({ runner }) => {
      attempts.first++
      await runner.query(count, [1])
      first.resolve()
      await second.promise
      await runner.query(count, [2])
    }),
    store.transaction(async ({ runner }) => {
      attempts.second++
      await runner.query(count, [2])
      second.resolve()
      await first.promise
      await runner.query(count, [1])
    }),
  ])
  expect(attempts.first + attempts.second).toBe(3)
  const { rows } = await database.query('select number from counted')
  expect(rows).toEqual([{ number: 2 }, { number: 2 }])
})
