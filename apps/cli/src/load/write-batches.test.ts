import { AppError } from '@p2c/base'
import { expect, test } from 'vitest'
import { type BatchOptions, type LoadOutcome, writeBatches } from './write-batches.ts'

const refusal = (message: string): AppError => new AppError({ category: 'data', code: 'application-refused', message })

interface Written extends LoadOutcome {
  readonly stored: readonly number[]
  readonly calls: number
  readonly progress: readonly number[]
}

/** Writes the numbers below `count`; a batch with one of the bad ones is refused as a whole. */
async function write(count: number, bad: readonly number[], options: Partial<BatchOptions<number>> = {}): Promise<Written> {
  const stored: number[] = []
  const progress: number[] = []
  let calls = 0
  const outcome = await writeBatches<number>({
    items: Array.from({ length: count }, (_, index) => index),
    size: 10,
    lanes: 2,
    keyOf: String,
    write: async (items) => {
      calls += 1
      const first = items.find((item) => bad.includes(item))
      if (first !== undefined) throw refusal(`item ${first} is bad`)
      stored.push(...items)
    },
    onProgress: (done) => progress.push(done),
    ...options,
  })
  return { ...outcome, stored: stored.sort((a, b) => a - b), calls, progress }
}

test('all is written in batches of the size given', async () => {
  const { written, refused, calls, stored, progress } = await write(25, [])
  expect([written, refused, calls, stored.length]).toEqual([25, [], 3, 25])
  expect(progress).toEqual([...progress].sort((a, b) => a - b))
  expect(progress.at(-1)).toBe(25)
})

test('nothing to write is no call', async () => {
  expect(await write(0, [])).toMatchObject({ written: 0, refused: [], calls: 0, progress: [] })
})

test('one bad item stands alone with its reason, and all others get in once', async () => {
  const { written, refused, stored, calls } = await write(30, [17])
  expect(refused).toEqual([{ key: '17', reason: 'item 17 is bad' }])
  expect(written).toBe(29)
  expect(stored).toEqual(Array.from({ length: 30 }, (_, index) => index).filter((item) => item !== 17))
  expect(calls).toBeLessThanOrEqual(3 + 2 * 4)
})

test('the first, the last, and all items may be bad', async () => {
  const everything = Array.from({ length: 12 }, (_, index) => index)
  for (const bad of [[0], [11], [0, 11], everything]) {
    const { written, refused, progress } = await write(12, bad)
    expect(refused.map((item) => Number(item.key)).sort((a, b) => a - b)).toEqual(bad)
    expect(written).toBe(12 - bad.length)
    expect(progress.at(-1)).toBe(12)
  }
})

test('what is no refusal ends the load: an unreachable application does not make bad items', async () => {
  const broken = new AppError({ category: 'connectivity', code: 'application-unreachable', message: 'gone' })
  const failing = write(30, [], {
    write: async () => {
      throw broken
    },
  })
  await expect(failing).rejects.toBe(broken)
})

test('a failure that is no refusal ends the load: nothing further is begun, and what was under way is over when it is thrown', async () => {
  const ends: string[] = []
  const { promise: opened, resolve: open } = Promise.withResolvers<void>()
  const load = writeBatches<number>({
    items: [0, 1, 2, 3, 4, 5],
    size: 1,
    lanes: 2,
    keyOf: String,
    write: async ([item]) => {
      if (item === 0) {
        queueMicrotask(open)
        throw new Error('no answer')
      }
      await opened
      ends.push(String(item))
    },
    onProgress: () => undefined,
  })
  await expect(load).rejects.toThrow('no answer')
  expect(ends).toEqual(['1'])
})
