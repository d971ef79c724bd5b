import { AppError } from '@p2c/base'
import { expect, test } from 'vitest'
import { DEFAULT_RETRY_POLICY, retryDelayMs, withRetry } from './retry.ts'

const failure = (facts: { retryable: boolean; retryAfterMs?: number }) =>
  new AppError({ category: 'throttling', code: 'too-many-requests', message: 'slow down', ...facts })

function calling(failures: readonly unknown[]) {
  const delays: number[] = []
  const left = [...failures]
  const aborter = new AbortController()
  const result = () =>
    withRetry(
      async () => {
        if (left.length > 0) throw left.shift()
        return 'done'
      },
      {
        policy: { attempts: 4, firstDelayMs: 100, longestDelayMs: 1_000 },
        signal: aborter.signal,
        random: () => 1,
        delay: async (ms) => {
          delays.push(ms)
        },
      },
    )
  return { result, delays, aborter }
}

test('a call that may succeed later is repeated with growing waits', async () => {
  const { result, delays } = calling([failure({ retryable: true }), failure({ retryable: true }), failure({ retryable: true })])
  expect(await result()).toBe('done')
  expect(delays).toEqual([100, 200, 400])
})

test('the last attempt throws the failure itself', async () => {
  const { result, delays } = calling(Array.from({ length: 4 }, () => failure({ retryable: true })))
  await expect(result()).rejects.toMatchObject({ code: 'too-many-requests' })
  expect(delays).toHaveLength(3)
})

test('what is not retryable is thrown at once, and what is no AppError becomes one', async () => {
  const refused = calling([failure({ retryable: false })])
  await expect(refused.result()).rejects.toMatchObject({ code: 'too-many-requests' })
  const bug = calling([new TypeError('x is not a function')])
  await expect(bug.result()).rejects.toMatchObject({ code: 'unexpected', category: 'internal', message: 'x is not a function' })
  expect([...refused.delays, ...bug.delays]).toEqual([])
})

test('Retry-After is obeyed, also where it is longer than the longest wait', async () => {
  const { result, delays } = calling([failure({ retryable: true, retryAfterMs: 5_000 })])
  await result()
  expect(delays).toEqual([5_000])
})

test('an abort ends the repetition', async () => {
  const { result, delays, aborter } = calling([failure({ retryable: true })])
  aborter.abort()
  await expect(result()).rejects.toMatchObject({ code: 'too-many-requests' })
  expect(delays).toEqual([])
})

test('half of a wait is jitter, and waits stop growing', () => {
  expect(retryDelayMs(1, undefined, { policy: DEFAULT_RETRY_POLICY, random: () => 0 })).toBe(125)
  expect(retryDelayMs(20, undefined, { policy: DEFAULT_RETRY_POLICY, random: () => 1 })).toBe(30_000)
})
