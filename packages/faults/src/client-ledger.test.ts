import { expect, test } from 'vitest'
import { type Admission, createClientLedger, type Refusal } from './client-ledger.ts'
import { DEFAULT_LIMITS, type Limits, limitMessage } from './limits.ts'
import { createSlidingSum } from './sliding-sum.ts'

const limitsOf = (values: Partial<Limits>): Limits => ({ ...DEFAULT_LIMITS, ...values })

/** One client that calls at given times; each request takes `ms`. */
function aCaller(limits: Limits | undefined) {
  const ledger = createClientLedger(limits)
  const call = (now: number): { readonly refusal?: Refusal; readonly admission?: Admission } => {
    const waiting = ledger.arrive('a', now)
    return waiting === undefined ? ledger.admit('a', now) : { refusal: waiting }
  }
  return {
    ledger,
    call,
    /** Calls and ends after `ms`; the reason and wait of a 429. */
    done(now: number, ms = 0): string {
      const { refusal, admission } = call(now)
      admission?.end(now + ms)
      refusal?.known()
      return refusal === undefined ? 'ok' : `${refusal.reason} ${refusal.seconds}`
    },
    get report() {
      return ledger.report()[0]
    },
  }
}

test('an amount counts for one window, to the millisecond, and a wait is exactly as long as needed', () => {
  const sum = createSlidingSum(1_000)
  sum.add(0, 5)
  sum.add(400, 3)
  expect([sum.total(999), sum.waitFor(999, 5), sum.waitFor(999, 3), sum.waitFor(999, 2)]).toEqual([8, 1, 1, 401])
  expect([sum.total(1_000), sum.total(1_399), sum.total(1_400)]).toEqual([3, 3, 0])
  expect(sum.waitFor(1_400, 0)).toBe(0)
})

test('a long-lived sum forgets what is behind its window', () => {
  const sum = createSlidingSum(100)
  for (let now = 0; now < 10_000; now += 1) sum.add(now, 1)
  expect(sum.total(9_999)).toBe(100)
})

test('DV-113 as many requests as the limit go through in a window; the next waits until the first one leaves it', () => {
  const caller = aCaller(limitsOf({ requests: 3, windowSeconds: 10 }))
  expect([0, 1_000, 2_000, 2_500].map((now) => caller.done(now))).toEqual(['ok', 'ok', 'ok', 'requests 8'])
  // 8 s after 2.5 s, in whole seconds: half a second later than the window needed.
  expect([10_500, 10_501].map((now) => caller.done(now))).toEqual(['ok', 'requests 1'])
})

test('DV-113 the defaults are 6,000 requests in 300 s, 1,200 s of execution, 52 at a time', () => {
  expect(DEFAULT_LIMITS).toMatchObject({ requests: 6_000, windowSeconds: 300, executionSeconds: 1_200, concurrent: 52 })
  const caller = aCaller(DEFAULT_LIMITS)
  for (let n = 0; n < 6_000; n += 1) expect(caller.done(0)).toBe('ok')
  expect(caller.done(0)).toBe('requests 300')
  expect(caller.report).toMatchObject({ accepted: 6_000, refused: 1, early: 0 })
})

test('DV-113 as much execution time as the limit is used, then no more until enough of it is a window old', () => {
  const caller = aCaller(limitsOf({ executionSeconds: 2, windowSeconds: 10 }))
  expect(caller.done(0, 1_000)).toBe('ok')
  expect(caller.done(1_000, 1_000)).toBe('ok')
  expect(caller.done(2_000, 1)).toBe('ok') // exactly the limit was used: not exceeded
  expect(caller.done(3_000)).toBe('execution-time 8')
  expect(caller.done(11_000)).toBe('ok')
})

test('DV-113 as many requests as the limit run at a time', () => {
  const caller = aCaller(limitsOf({ concurrent: 2 }))
  const [first] = [caller.call(0), caller.call(0)]
  expect(caller.done(1)).toBe('concurrency 1')
  first?.admission?.end(2)
  first?.admission?.end(3) // ends once, however often it is told
  expect(caller.done(1_001)).toBe('ok')
  expect(caller.call(1_002).admission).toBeDefined()
  expect(caller.done(1_003)).toBe('concurrency 1')
})

test('each user has limits of its own', () => {
  const ledger = createClientLedger(limitsOf({ requests: 1 }))
  expect(['a', 'b', 'a'].map((client) => 'admission' in ledger.admit(client, 0))).toEqual([true, true, false])
})

test('who obeys the header is let through at once, and is not early', () => {
  const caller = aCaller(limitsOf({ requests: 1, windowSeconds: 2.3 }))
  expect([0, 100, 3_100].map((now) => caller.done(now))).toEqual(['ok', 'requests 3', 'ok'])
  expect(caller.report).toMatchObject({ accepted: 2, refused: 1, early: 0, earliestMs: 0 })
})

test('DV-111 the wait grows with each call that comes too early, up to a window', () => {
  const caller = aCaller(limitsOf({ requests: 1, windowSeconds: 10 }))
  expect([0, 1_000].map((now) => caller.done(now))).toEqual(['ok', 'requests 9'])
  expect([2_000, 2_000, 2_000].map((now) => caller.done(now))).toEqual(['requests 9', 'requests 10', 'requests 10'])
  expect(caller.done(11_999)).toBe('requests 2')
  expect(caller.report).toMatchObject({ refused: 5, early: 4, earliestMs: 10_000 })
})

test('a request that was on its way when the 429 left is refused, not early', () => {
  const caller = aCaller(undefined)
  const refusal = caller.ledger.refuse('a', 1_000, { seconds: 2, reason: 'requests' })
  expect([1_010, 1_020].map((now) => caller.call(now).refusal?.seconds)).toEqual([2, 2])
  expect(caller.report).toMatchObject({ refused: 3, early: 0 })
  refusal.known()
  expect([1_061, 2_999].map((now) => caller.done(now))).toEqual(['requests 2', 'requests 1'])
  expect(caller.report).toMatchObject({ refused: 5, early: 2, earliestMs: 1_939 })
  expect(caller.done(3_000)).toBe('ok')
})

test('the 429 of a rule holds for its seconds and does not grow', () => {
  const caller = aCaller(undefined)
  caller.ledger.refuse('a', 0, { seconds: 5, reason: 'concurrency' }).known()
  expect([100, 200, 4_999, 5_000].map((now) => caller.done(now))).toEqual(['concurrency 5', 'concurrency 5', 'concurrency 1', 'ok'])
})

test('when rules are replaced their 429s are over, those of limits are not', () => {
  const caller = aCaller(limitsOf({ requests: 1 }))
  caller.ledger.refuse('a', 0, { seconds: 5, reason: 'requests' })
  caller.ledger.liftInjected()
  expect([caller.done(1), caller.done(2)]).toEqual(['ok', 'requests 300'])
  caller.ledger.liftInjected()
  expect(caller.done(3)).toBe('requests 300')
})

test('the report says when a client was first and last seen', () => {
  const caller = aCaller(undefined)
  caller.done(0)
  caller.done(90_000)
  expect(caller.report).toMatchObject({ client: 'a', firstAt: '1970-01-01T00:00:00.000Z', lastAt: '1970-01-01T00:01:30.000Z' })
})

test('DV-111 the texts are those of the service', () => {
  expect(limitMessage('requests', DEFAULT_LIMITS)).toBe('Number of requests exceeded the limit of 6000 over time window of 300 seconds.')
  expect(limitMessage('concurrency', DEFAULT_LIMITS)).toBe('Number of concurrent requests exceeded the limit of 52.')
  expect(limitMessage('execution-time', DEFAULT_LIMITS)).toBe(
    'Combined execution time of incoming requests exceeded limit of 1,200,000  milliseconds over time window of 300 seconds. Decrease number of concurrent requests or reduce the duration of requests and try again later.',
  )
})
