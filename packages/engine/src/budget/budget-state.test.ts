import { expect, test } from 'vitest'
import {
  afterTally,
  allowedRate,
  type BudgetSettings,
  type BudgetState,
  EMPTY_TALLY,
  FIRST_STATE,
  type Tally,
  TELL_MS,
} from './budget-state.ts'
import { countInLedger, EMPTY_LEDGER, rateOfWindow } from './window-plan.ts'

const NOW = 1_700_000_000_000
const SETTINGS: BudgetSettings = {}
const told = (state: BudgetState, tally: Partial<Tally>, nowMs = NOW, settings = SETTINGS): BudgetState =>
  afterTally(state, { ...EMPTY_TALLY, ...tally }, { nowMs, random: 0, settings })
const rateAt = (state: BudgetState, nowMs = NOW): number | undefined => allowedRate(state, nowMs, SETTINGS)

test('nothing limits an identity of which nothing is known, nor one that only succeeds', () => {
  expect(rateAt(FIRST_STATE)).toBeUndefined()
  let state = FIRST_STATE
  for (let at = 0; at < 400; at += 1) state = told(state, { requests: 500, latencyMs: 5_000, latencies: 500 }, NOW + at * TELL_MS)
  expect(rateAt(state, NOW + 100_000)).toBeUndefined()
})

test.each<[string, Partial<Tally>, number]>([
  ['a 429 with a time', { throttled: 1, pauseMs: 37_000 }, 37_000],
  ['a 503 with a time', { requests: 1, pauseMs: 12_000 }, 12_000],
  ['several: the longest', { throttled: 3, pauseMs: 60_000 }, 60_000],
  ['one that names a time beside one that does not', { throttled: 2, pauseMs: 5_000, unnamed: true }, 5_000],
  ['one that names none', { throttled: 1, unnamed: true }, 1_000],
  ['one that names no time to wait', { throttled: 1, pauseMs: 0 }, 0],
])('%s pauses', (_title, tally, pauseMs) => {
  const state = told(FIRST_STATE, tally)
  expect(state.pausedUntilMs).toBe(NOW + pauseMs)
  expect(rateAt(state)).toBeGreaterThan(0) // what follows is spaced
})

test('a later pause never shortens an earlier one', () => {
  const long = told(FIRST_STATE, { throttled: 1, pauseMs: 60_000 })
  expect(told(long, { throttled: 1, pauseMs: 1_000 }, NOW + 10).pausedUntilMs).toBe(NOW + 60_000)
  expect(told(long, { throttled: 1, unnamed: true }, NOW + 10).pausedUntilMs).toBe(NOW + 60_000)
})

test('FO-112 DV-112 pauses that nobody named double, with jitter, and begin anew after a success', () => {
  const settings = { firstPauseMs: 30_000 }
  let state = FIRST_STATE
  const lengths = []
  for (let nowMs = NOW, n = 0; n < 5; n += 1) {
    state = told(state, { throttled: 1, unnamed: true }, nowMs, settings)
    lengths.push(state.pausedUntilMs - nowMs)
    nowMs = state.pausedUntilMs + 1
  }
  expect(lengths).toEqual([30_000, 60_000, 120_000, 240_000, 300_000])
  const jittered = afterTally(FIRST_STATE, { ...EMPTY_TALLY, throttled: 1, unnamed: true }, { nowMs: NOW, random: 1, settings })
  expect(jittered.pausedUntilMs).toBe(NOW + 45_000)
  state = told(state, { requests: 1 }, state.pausedUntilMs + 1)
  expect(told(state, { throttled: 1, unnamed: true }, NOW + 10_000_000, settings).pausedUntilMs).toBe(NOW + 10_030_000)
})

test('the rate that a limit gave, its pause included, is taught; probed upwards; forgotten after a quiet time', () => {
  let state = FIRST_STATE
  for (let at = 1; at <= 240; at += 1) state = told(state, { requests: 25 }, NOW + at * TELL_MS)
  const end = NOW + 240 * TELL_MS // 6,000 requests in 60 s
  state = told(state, { throttled: 1, pauseMs: 240_000 }, end)
  expect(rateAt(state, end)).toBeCloseTo(19.4, 1) // 0.97 of 6,000 / 300 s
  expect(told(state, { throttled: 7, pauseMs: 239_000 }, end + 5).taught?.rate).toBe(state.taught?.rate) // stragglers are the same event
  const resumed = state.pausedUntilMs
  for (let at = 1; at <= 480; at += 1) state = told(state, { requests: 5 }, resumed + at * TELL_MS)
  expect(rateAt(state, resumed + 120_000)).toBeCloseTo(19.4 * (1 + 0.1 / 300) ** 120, 1)
  expect(rateAt(told(state, { requests: 1 }, resumed + 1_801_000), resumed + 1_801_000)).toBeUndefined()
})

test('a rush into a short window teaches its limit though waits are told in whole seconds, and quiet windows do not end in another rush', () => {
  const settings = { windowSeconds: 5 }
  let state = FIRST_STATE
  for (let at = 1; at <= 8; at += 1) state = told(state, { requests: 12.5 }, NOW + at * TELL_MS, settings)
  state = told(state, { throttled: 1, pauseMs: 4_000 }, NOW + 2_000, settings) // 100 in 2 s; they come back 5 s after they were sent
  expect(allowedRate(state, NOW + 2_000, settings)).toBeCloseTo(19.4, 1)
  for (let at = 1; at <= 240; at += 1) state = told(state, { requests: 5 }, NOW + 6_000 + at * TELL_MS, settings)
  expect(allowedRate(state, NOW + 66_000, settings)).toBeLessThan(19.4 * 1.1)
})

test('a 429 behind whole windows teaches the rate that led to it, not the pause that it cost', () => {
  const settings = { windowSeconds: 5 }
  let state = FIRST_STATE
  for (let at = 1; at <= 60; at += 1) state = told(state, { requests: 5 }, NOW + at * TELL_MS, settings)
  state = told(state, { throttled: 1, pauseMs: 1_000 }, NOW + 15_000, settings)
  expect(allowedRate(state, NOW + 15_000, settings)).toBeCloseTo(19.4, 1)
})

test('a 429 by chance after few requests teaches no limit: what follows begins gently and is soon free', () => {
  let state = told(FIRST_STATE, { requests: 20 })
  state = told(state, { throttled: 1, pauseMs: 1_000 }, NOW + 500)
  expect(state.taught).toMatchObject({ measured: false, rate: 5 })
  state = told(state, { requests: 5 }, NOW + 3_500)
  expect(rateAt(state, NOW + 3_500)).toBeGreaterThan(7)
  state = told(state, { requests: 5 }, NOW + 12_000)
  expect(rateAt(state, NOW + 12_000)).toBeUndefined()
})

test('answers that become several times as slow slow down, those that recover speed up again, and a new usual is accepted', () => {
  let state = FIRST_STATE
  let nowMs = NOW
  const answer = (latencyMs: number, times: number) => {
    for (let n = 0; n < times; n += 1) {
      nowMs += TELL_MS
      state = told(state, { requests: 10, latencies: 10, latencyMs: 10 * latencyMs }, nowMs)
    }
    return rateAt(state, nowMs)
  }
  expect(answer(100, 40)).toBeUndefined()
  const slow = answer(900, 1) ?? Number.POSITIVE_INFINITY
  expect(slow).toBeLessThan(0.75 * 40)
  const slower = answer(3_000, 4) ?? Number.POSITIVE_INFINITY
  expect(slower).toBeLessThan(slow)
  expect(answer(100, 20) ?? 0).toBeGreaterThan(slower)
  expect(answer(100, 240)).toBeUndefined()
  expect(answer(900, 400)).toBeUndefined() // another kind of work
})

test('single answers that a busy moment held up slow nothing down, however few answers a tally has', () => {
  let state = FIRST_STATE
  for (let at = 0; at < 1_000; at += 1) {
    const latencyMs = at % 20 === 19 ? 2_000 : 40
    state = told(state, { requests: 2, latencies: 2, latencyMs }, NOW + at * 83)
    expect(rateAt(state, NOW + at * 83)).toBeUndefined()
  }
})

test('execution time that comes to its end slows down, and what was told a window ago no longer counts', () => {
  let state = told(FIRST_STATE, { requests: 30, latencies: 30, latencyMs: 30_000, remainingTimeMs: 1_200_000 })
  expect(rateAt(state)).toBeUndefined()
  state = told(state, { requests: 1, remainingTimeMs: 300_000 }, NOW + 1_000)
  expect(rateAt(state, NOW + 1_000)).toBeCloseTo(4, 5) // 4 x 300 s / 1 s each / 300 s
  expect(rateAt(state, NOW + 302_000)).toBeUndefined()
})

test.each([
  [6_000, 6_000, undefined],
  [6_000, 5_500, undefined],
  [6_000, 4_000, 100],
  [1, 0, 1], // the first answer of all: others have used everything
])('of %i requests, %i left: %s a second', (limit, remaining, rate) => {
  expect(rateOfWindow({ limit, remaining, ledger: EMPTY_LEDGER, nowMs: NOW, windowMs: 300_000 })).toBe(rate)
})

test('what is left lasts until what was used comes back, and nothing left still asks now and then', () => {
  const facts = { limit: 6_000, nowMs: NOW, windowMs: 300_000 }
  const ledger = countInLedger(EMPTY_LEDGER, 3_600, facts)
  expect(rateOfWindow({ ...facts, remaining: 2_400, ledger })).toBeCloseTo(2_280 / 300, 0)
  expect(rateOfWindow({ ...facts, remaining: 0, ledger })).toBe(2)
  expect(rateOfWindow({ ...facts, nowMs: NOW + 280_000, remaining: 2_400, ledger })).toBeCloseTo(19.3, 1)
})

interface Simulated {
  readonly accepted: number
  readonly refused: number
  readonly busiestSecond: number
}

/** A service with an exact sliding window, asked by `lanes` callers without a break; time passes only here, and answers tell what was left when it was asked. */
function simulate(options: {
  limit: number
  windowMs: number
  forMs: number
  lanes: number
  headers: boolean
  latencyMs: number
}): Simulated {
  const { limit, windowMs, forMs, lanes, headers, latencyMs } = options
  const settings = { windowSeconds: windowMs / 1000 }
  const tellMs = Math.min(TELL_MS, windowMs / 60)
  let state = FIRST_STATE
  let tally: Tally = EMPTY_TALLY
  let spacingMs = 0
  let nextAt = NOW
  let toldAt = 0
  let refused = 0
  const tell = (nowMs: number) => {
    state = afterTally(state, tally, { nowMs, random: 0.5, settings })
    const rate = allowedRate(state, nowMs, settings)
    spacingMs = rate === undefined ? 0 : 1000 / rate
    tally = EMPTY_TALLY
    toldAt = nowMs
  }
  const sent: number[] = []
  let first = 0
  const answers: { readonly at: number; readonly remaining: number }[] = Array.from({ length: lanes }, () => ({
    at: NOW,
    remaining: limit,
  }))
  for (;;) {
    // Each caller sends its next request when the answer to the last one is there; they come in order, as all take equally long.
    const answer = answers.shift()
    if (answer === undefined) throw new Error('a caller is always under way')
    if (answer.at > NOW) {
      tally = { ...tally, requests: tally.requests + 1, latencies: tally.latencies + 1, latencyMs: tally.latencyMs + latencyMs }
      if (headers) tally = { ...tally, remainingRequests: Math.min(answer.remaining, tally.remainingRequests ?? limit) }
      if (answer.at - toldAt >= tellMs) tell(answer.at)
    }
    let at = Math.max(answer.at, nextAt, state.pausedUntilMs)
    nextAt = at + spacingMs
    for (;;) {
      while ((sent[first] ?? at) <= at - windowMs) first += 1
      if (sent.length - first < limit) break
      refused += 1
      const pauseMs = Math.ceil(((sent[first] ?? at) + windowMs - at) / 1000) * 1000
      tally = { ...tally, throttled: 1, pauseMs }
      tell(at)
      at = state.pausedUntilMs
      nextAt = at + spacingMs
    }
    if (at >= NOW + forMs) break
    sent.push(at)
    answers.push({ at: at + latencyMs, remaining: limit - (sent.length - first) })
  }
  let busiest = 0
  for (let from = 0, to = 0; to < sent.length; to += 1) {
    while ((sent[from] ?? 0) <= (sent[to] ?? 0) - 1000) from += 1
    busiest = Math.max(busiest, to - from + 1)
  }
  return { accepted: sent.length, refused, busiestSecond: busiest }
}

test.each([
  [6_000, 300_000, 50],
  [600, 30_000, 50],
  [60, 3_000, 8], // as many under way as this are a good part of the limit
])('with headers a limit of %i requests in %i ms is used to 90 % and more, without a single 429', (limit, windowMs, mostLanes) => {
  const windows = 10
  for (const [lanes, latencyMs] of [
    [4, 50],
    [8, 100],
    [16, 100],
    [50, 400],
  ] as const) {
    if (lanes > mostLanes) continue
    const seen = simulate({ limit, windowMs, forMs: windows * windowMs, lanes, headers: true, latencyMs })
    expect({ lanes, refused: seen.refused }).toEqual({ lanes, refused: 0 })
    expect({ lanes, used: seen.accepted / (limit * windows) >= 0.9 }, `${seen.accepted}`).toEqual({ lanes, used: true })
  }
})

test.each([
  [6_000, 300_000, 12, 40],
  [600, 30_000, 20, 60],
  [100, 5_000, 60, 20],
])('without headers a limit of %i requests in %i ms is used to 90 %% and more in %i windows, with at most %i 429s', (limit, windowMs, windows, most) => {
  for (const [lanes, latencyMs] of [
    [3, 30],
    [6, 60],
    [8, 200],
    [16, 100],
  ] as const) {
    const seen = simulate({ limit, windowMs, forMs: windows * windowMs, lanes, headers: false, latencyMs })
    expect({ lanes, used: seen.accepted / (limit * windows) >= 0.9 }, `${seen.accepted}`).toEqual({ lanes, used: true })
    expect(seen.refused).toBeLessThanOrEqual(most)
  }
})
