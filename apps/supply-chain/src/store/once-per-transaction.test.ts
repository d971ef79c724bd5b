import type { SqlRunner } from '@p2c/base'
import { expect, test } from 'vitest'
import { oncePerTransaction } from './once-per-transaction.ts'

const aTransaction = (): SqlRunner => ({ query: () => Promise.reject(new Error('no statement is run')) })

function aCounter() {
  let count = 0
  return () => {
    count += 1
    return Promise.resolve(count)
  }
}

test('a value is loaded once per transaction and name', async () => {
  const load = aCounter()
  const sql = aTransaction()
  const both = await Promise.all([oncePerTransaction(sql, 'parameters', load), oncePerTransaction(sql, 'parameters', load)])
  expect(both).toEqual([1, 1])
  expect(await oncePerTransaction(sql, 'currency', load)).toBe(2)
  expect(await oncePerTransaction(aTransaction(), 'parameters', load)).toBe(3)
})

test('outside a transaction a value is loaded each time: others change it', async () => {
  const load = aCounter()
  const database = { ...aTransaction(), transaction: () => Promise.reject(new Error('no transaction is begun')) }
  expect(await oncePerTransaction(database, 'parameters', load)).toBe(1)
  expect(await oncePerTransaction(database, 'parameters', load)).toBe(2)
})
