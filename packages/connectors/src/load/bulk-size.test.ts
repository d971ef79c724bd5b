import { expect, test } from 'vitest'
import { afterBulkCall, afterRows, type BulkCall, type BulkState, bulkSizeOf, createBulkSizes, firstBulkState } from './bulk-size.ts'
import { inBulk } from './in-bulk.ts'

const limits = { start: 100, least: 10, most: 1000, targetMs: 2000 }
const state = (size: number): BulkState => ({ size, rows: 0, refused: 0 })
const call = (rows: number, ms: number, end: BulkCall['end'] = 'done'): BulkCall => ({ rows, ms, end })

test.each([
  ['a quick call makes the next one larger by half', 100, call(100, 50), 150],
  ['the service’s limit is the most', 900, call(900, 50), 1000],
  ['a call that would be too slow when larger keeps its size', 100, call(100, 1500), 100],
  ['a slow call makes the next one fit the time', 400, call(400, 3000), 266],
  ['a very slow call halves it and no more', 400, call(400, 60_000), 200],
  ['a time-out, a lost answer or a body too large halves it', 400, call(400, 5, 'overloaded'), 200],
  ['a smaller call that is too large counts by its own size', 400, call(60, 5, 'overloaded'), 30],
  ['nothing falls below the least', 12, call(12, 5, 'overloaded'), 10],
  ['a small rest at the end of a page proves nothing', 400, call(30, 1), 400],
  ['a refused call proves nothing', 100, call(100, 1, 'refused'), 100],
])('%s', (_, size, one, next) => {
  expect(bulkSizeOf(afterBulkCall(state(size), one, limits), limits)).toBe(next)
})

test.each([
  [1000, 0, 1000],
  [1000, 1, 148],
  [1000, 10, 46],
  [100, 50, 10],
])('of %s rows each time %s are refused: the size settles at %s', (rows, refused, size) => {
  let now: BulkState = { size: 1000, rows: 0, refused: 0 }
  for (let page = 0; page < 200; page += 1) now = afterRows(now, rows, refused)
  expect(Math.abs(bulkSizeOf(now, limits) - size)).toBeLessThanOrEqual(size * 0.05)
})

test('refused rows are forgotten when none follow', () => {
  let now = afterRows({ size: 1000, rows: 0, refused: 0 }, 1000, 20)
  expect(bulkSizeOf(now, limits)).toBeLessThan(150)
  for (let page = 0; page < 100; page += 1) now = afterRows(now, 1000, 0)
  expect(bulkSizeOf(now, limits)).toBe(1000)
})

test('a size that is set is where it starts and the most', () => {
  expect(firstBulkState({ start: 5, least: 10, most: 5, targetMs: 2000 }).size).toBe(5)
  const sizes = createBulkSizes({ start: 5, least: 10, most: 5, targetMs: 2000 })
  sizes.afterCall('accounts', call(5, 1))
  expect(sizes.sizeOf('accounts')).toBe(5)
})

test('each entity has a size of its own', () => {
  const sizes = createBulkSizes(limits)
  sizes.afterCall('accounts', call(100, 1))
  expect([sizes.sizeOf('accounts'), sizes.sizeOf('contacts')]).toEqual([150, 100])
})

test('pieces have one kind each, follow the size as it changes, and give their results in order', async () => {
  const pieces: number[][] = []
  let size = 3
  const work = async (piece: readonly number[]) => {
    pieces.push([...piece])
    size = 2
    return piece.map((item) => item * 10)
  }
  const kindOf = (item: number) => (item < 5 ? 'small' : 'large')
  const results = await inBulk([1, 2, 3, 4, 5, 6, 7], { parallel: 1, sizeOf: () => size, kindOf }, work)
  expect(pieces).toEqual([[1, 2, 3], [4], [5, 6], [7]])
  expect(results).toEqual([10, 20, 30, 40, 50, 60, 70])
})

test('lines of one document that follow each other stay in one piece, unless they fill it', async () => {
  const pieces: string[][] = []
  const work = async (piece: readonly string[]) => {
    pieces.push([...piece])
    return piece
  }
  const keys = ['A|1', 'A|2', 'B|1', 'B|2', 'C|1', 'C|2', 'C|3', 'C|4', 'C|5', 'D', 'E', 'F', 'G']
  expect(await inBulk(keys, { parallel: 1, sizeOf: () => 3, keyOf: (key) => key }, work)).toEqual(keys)
  expect(pieces).toEqual([
    ['A|1', 'A|2'],
    ['B|1', 'B|2'],
    ['C|1', 'C|2', 'C|3'],
    ['C|4', 'C|5', 'D'],
    ['E', 'F', 'G'],
  ])
})

test('a piece without all its results is outcome-missing, and nothing further is started', async () => {
  let calls = 0
  const work = async () => {
    calls += 1
    return []
  }
  await expect(inBulk([1, 2, 3], { parallel: 1, sizeOf: () => 1 }, work)).rejects.toMatchObject({ code: 'outcome-missing' })
  expect(calls).toBe(1)
})
