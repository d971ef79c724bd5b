import { countInLedger, EMPTY_LEDGER, type Ledger, rateOfWindow } from './window-plan.ts'

/** What is known of one identity at one system. Times are milliseconds since 1970 by the clock of the database. */
export interface BudgetState {
  /** No request leaves before; 0: never paused. */
  readonly pausedUntilMs: number
  readonly lastThrottledAtMs?: number
  /** Pauses in a row for which the service named no time. */
  readonly unnamedPauses: number
  /** Rate that 429s have taught, in requests per second. `measured`: over enough requests to mean the limit; otherwise only to begin gently. */
  readonly taught?: { readonly rate: number; readonly measured: boolean; readonly at: number }
  /** Requests since the end of the last pause, and when they began: how fast it went when the next 429 comes. */
  readonly stretch: { readonly requests: number; readonly fromMs: number }
  /** Requests per second of the last seconds, fading. */
  readonly pace: { readonly rate: number; readonly atMs: number }
  /** What the headers told. */
  readonly window?: { readonly limit: number; readonly remaining: number; readonly ledger: Ledger; readonly atMs: number }
  readonly time?: { readonly limitMs: number; readonly remainingMs: number; readonly atMs: number }
  /** Usual latency, how many answers in a row were slow, and the rate it was slowed to while answers take much longer. */
  readonly latency?: { readonly usualMs: number; readonly answers: number; readonly slow?: number }
  readonly slowed?: { readonly rate: number; readonly before: number; readonly atMs: number }
}

/** Settings of one identity. */
export interface BudgetSettings {
  /** Sliding window of the service's limits; default 300 seconds, as documented for Dataverse and for F&O. */
  readonly windowSeconds?: number
  /** First pause of a 429 that names none, doubled by each further one; default 1 second (Dataverse), 30 for F&O (FO-112). */
  readonly firstPauseMs?: number
}

/** What the requests of one process told since it last said so. */
export interface Tally {
  /** Answered with something else than 429. */
  readonly requests: number
  readonly throttled: number
  /** The longest pause that an answer asked for; 0: none did. */
  readonly pauseMs: number
  /** A 429 came that named no time. */
  readonly unnamed: boolean
  readonly latencyMs: number
  readonly latencies: number
  readonly remainingRequests?: number
  readonly remainingTimeMs?: number
}

export const EMPTY_TALLY: Tally = { requests: 0, throttled: 0, pauseMs: 0, unnamed: false, latencyMs: 0, latencies: 0 }

export const FIRST_STATE: BudgetState = {
  pausedUntilMs: 0,
  unnamedPauses: 0,
  stretch: { requests: 0, fromMs: 0 },
  pace: { rate: 0, atMs: 0 },
}

/** Each process tells at least so often, while it has something to tell. */
export const TELL_MS = 250
const DEFAULT_WINDOW_S = 300
const DEFAULT_FIRST_PAUSE_MS = 1_000
const LONGEST_UNNAMED_PAUSE_MS = 300_000

export const windowMsOf = (settings: BudgetSettings): number => (settings.windowSeconds ?? DEFAULT_WINDOW_S) * 1000

export interface TallyContext {
  readonly nowMs: number
  /** 0 to 1, for the jitter of pauses that nobody named. */
  readonly random: number
  readonly settings: BudgetSettings
}

/** The state after what one process told. */
export function afterTally(before: BudgetState, tally: Tally, context: TallyContext): BudgetState {
  const counted = withWindow(withCounts(before, tally, context), tally, context)
  const judged = withLatency(counted, tally, context)
  return tally.throttled > 0 || tally.pauseMs > 0 || tally.unnamed
    ? withPause(judged, tally, context)
    : withRecovery(judged, tally, context)
}

/** Time in which the count of the pace fades. */
const PACE_MS = 5_000

function withCounts(state: BudgetState, tally: Tally, { nowMs, settings }: TallyContext): BudgetState {
  const requests = tally.requests + tally.throttled
  const elapsed = Math.max(nowMs - state.pace.atMs, 0)
  const rate = state.pace.rate * Math.exp(-elapsed / PACE_MS) + requests / (PACE_MS / 1000)
  return {
    ...state,
    pace: { rate, atMs: nowMs },
    stretch: longerStretch(state, tally, { nowMs, idleMs: elapsed, windowMs: windowMsOf(settings) }),
  }
}

/** So long after the last word of anyone a new stretch begins: idle time would make the rate look low. */
const IDLE_MS = 5_000

function longerStretch(
  { stretch, pausedUntilMs }: BudgetState,
  tally: Tally,
  { nowMs, idleMs, windowMs }: { readonly nowMs: number; readonly idleMs: number; readonly windowMs: number },
): BudgetState['stretch'] {
  if (stretch.requests === 0 || idleMs > IDLE_MS) return { requests: tally.requests, fromMs: Math.max(pausedUntilMs, nowMs - TELL_MS) }
  const requests = stretch.requests + tally.requests
  const lengthMs = nowMs - stretch.fromMs
  // What lies behind a whole window no longer counts against the limit: of two windows one is let go.
  return lengthMs > 2 * windowMs ? { requests: requests / 2, fromMs: nowMs - lengthMs / 2 } : { requests, fromMs: stretch.fromMs }
}

function withWindow(state: BudgetState, tally: Tally, { nowMs, settings }: TallyContext): BudgetState {
  const { remainingRequests: requests, remainingTimeMs: time } = tally
  let next = state
  if (requests !== undefined || state.window !== undefined) {
    const remaining = requests ?? state.window?.remaining ?? 0
    const ledger = countInLedger(state.window?.ledger ?? EMPTY_LEDGER, tally.requests, { nowMs, windowMs: windowMsOf(settings) })
    const atMs = requests === undefined ? (state.window?.atMs ?? nowMs) : nowMs
    next = { ...next, window: { limit: Math.max(state.window?.limit ?? 1, remaining), remaining, ledger, atMs } }
  }
  if (time === undefined) return next
  return { ...next, time: { limitMs: Math.max(state.time?.limitMs ?? 1, time), remainingMs: time, atMs: nowMs } }
}

/** Answers that many times as slow as usual mean a system in need. */
const SLOW_TIMES = 4
const SLOW_MS = 250
const LEAST_ANSWERS = 20
/** So many in a row: one answer in between that a busy moment held up says nothing, and at 20 requests a second a tally has one or two. */
const LEAST_SLOW_ANSWERS = 10
const SLOW_DOWN = 0.7
const MOST_SLOWED = 0.25
/** Share of the former rate that is given back each second. */
const SPEED_UP_PER_S = 0.05
const SLOW_EVERY_MS = 1_000
/** How fast "usual" follows: a new kind of work (bulk instead of look-ups) is usual after some seconds. */
const FOLLOW = 0.02

function withLatency(state: BudgetState, tally: Tally, { nowMs }: TallyContext): BudgetState {
  if (tally.latencies === 0) return state
  const meanMs = tally.latencyMs / tally.latencies
  const known = state.latency ?? { usualMs: meanMs, answers: 0 }
  const follow = known.answers < LEAST_ANSWERS ? 0.2 : FOLLOW
  const isSlow = known.answers >= LEAST_ANSWERS && meanMs > SLOW_MS && meanMs > SLOW_TIMES * known.usualMs
  const slow = isSlow ? (known.slow ?? 0) + tally.latencies : 0
  const latency = { usualMs: known.usualMs + (meanMs - known.usualMs) * follow, answers: known.answers + tally.latencies, slow }
  const isDue = state.slowed === undefined || nowMs - state.slowed.atMs >= SLOW_EVERY_MS
  if (slow >= LEAST_SLOW_ANSWERS && isDue) {
    const before = state.slowed?.before ?? Math.max(state.pace.rate, 1)
    const rate = Math.max((state.slowed?.rate ?? before) * SLOW_DOWN, before * MOST_SLOWED)
    return { ...state, latency, slowed: { rate, before, atMs: nowMs } }
  }
  if (isSlow || state.slowed === undefined) return { ...state, latency }
  const { rate, before, atMs } = state.slowed
  const faster = rate + before * SPEED_UP_PER_S * ((nowMs - atMs) / 1000)
  if (faster < 2 * before) return { ...state, latency, slowed: { rate: faster, before, atMs: nowMs } }
  const { slowed: _over, ...usual } = state
  return { ...usual, latency }
}

/** Requests before a 429 from which on their rate says something about a limit; below, chance may have chosen. */
const TELLING_REQUESTS = 50
/** The next attempt stays so far below the pace at which the 429 came. */
const BACK_OFF = 0.9
/** A rate over many requests is nearly exact: a little below it is enough. */
const MEASURED_BACK_OFF = 0.97
/** No taught rate goes lower: the service's own pauses do the rest, and chance must not bring the work to a halt. */
const LEAST_TAUGHT_RATE = 5

function withPause(state: BudgetState, tally: Tally, context: TallyContext): BudgetState {
  const { nowMs } = context
  const inPause = nowMs < state.pausedUntilMs // answers to requests that left before it: the same event
  const namesNone = tally.unnamed && tally.pauseMs === 0
  const pauseMs = namesNone ? unnamedPauseMs(state, context) : tally.pauseMs
  // A pause of nobody's naming is not lengthened by the stragglers of the same rush.
  const pausedUntilMs = namesNone && inPause ? state.pausedUntilMs : Math.max(state.pausedUntilMs, nowMs + pauseMs)
  const unnamedPauses = namesNone ? state.unnamedPauses + (inPause ? 0 : 1) : 0
  const paused = { ...state, pausedUntilMs, unnamedPauses, ...(tally.throttled > 0 && { lastThrottledAtMs: nowMs }) }
  if (inPause) return { ...paused, taught: { ...(state.taught ?? gentle(state)), at: pausedUntilMs } }
  const stretch = { requests: 0, fromMs: 0 }
  return {
    ...paused,
    stretch,
    taught: { ...taughtBy(state, { nowMs, untilMs: pausedUntilMs, windowMs: windowMsOf(context.settings) }), at: pausedUntilMs },
  }
}

function unnamedPauseMs(state: BudgetState, { settings, random }: TallyContext): number {
  const first = settings.firstPauseMs ?? DEFAULT_FIRST_PAUSE_MS
  return Math.round(Math.min(first * 2 ** state.unnamedPauses, LONGEST_UNNAMED_PAUSE_MS) * (1 + random / 2))
}

const gentle = (state: BudgetState) => ({ rate: Math.max(state.pace.rate * BACK_OFF, LEAST_TAUGHT_RATE), measured: false })

/**
 * What the service really gave. A rush that used a window up counts with the pause that it cost, but no longer than the window: waits are told in
 * whole seconds. Behind a whole window the rate was the limit, and the pause is only what it takes to say so.
 */
function taughtBy(
  state: BudgetState,
  { nowMs, untilMs, windowMs }: { readonly nowMs: number; readonly untilMs: number; readonly windowMs: number },
) {
  const { requests, fromMs } = state.stretch
  if (requests < TELLING_REQUESTS || state.window !== undefined) return state.taught?.measured === true ? state.taught : gentle(state)
  const lengthMs = Math.max(nowMs - fromMs, 1)
  const seconds = Math.max(lengthMs, Math.min(lengthMs + untilMs - nowMs, windowMs)) / 1000
  return { rate: Math.max((requests / seconds) * MEASURED_BACK_OFF, LEAST_TAUGHT_RATE), measured: true }
}

/** A measured rate is tried upwards by this share a second, and no more than that in a window: only a whole window shows what it does. */
const PROBE_PER_S = 0.001
const PROBE_PER_WINDOW = 0.1
/** One that was not measured is tried upwards much faster. */
const GENTLE_PROBE_PER_S = 0.25
/**
 * Without a 429 for so long what was taught is forgotten, at a stroke: a rush follows, and where the limit still holds a long pause. Until then the
 * probe leads upwards.
 */
const FORGET_MS = 30 * 60_000
const FORGET_GENTLE_MS = 10_000

function withRecovery(state: BudgetState, tally: Tally, { nowMs, settings }: TallyContext): BudgetState {
  const unnamedPauses = tally.requests > 0 && nowMs > state.pausedUntilMs ? 0 : state.unnamedPauses
  const { taught, ...free } = { ...state, unnamedPauses }
  if (taught === undefined || nowMs <= taught.at) return { ...state, unnamedPauses }
  const quietMs = nowMs - Math.max(state.lastThrottledAtMs ?? 0, state.pausedUntilMs)
  if (quietMs > (taught.measured ? FORGET_MS : FORGET_GENTLE_MS)) return free
  const probe = Math.min(PROBE_PER_S, PROBE_PER_WINDOW / (windowMsOf(settings) / 1000))
  const perSecond = taught.measured ? probe : GENTLE_PROBE_PER_S
  const rate = taught.rate * (1 + perSecond) ** Math.min((nowMs - taught.at) / 1000, 60)
  return { ...state, unnamedPauses, taught: { ...taught, rate, at: nowMs } }
}

/** Most of the execution time that is left may be used at once; it never comes to its end. */
const TIME_TIMES = 4
const TIME_FREE_SHARE = 0.5
const LEAST_RATE = 0.2

/** Requests per second that may leave; undefined: as many as come. The tightest of all that is known counts. */
export function allowedRate(state: BudgetState, nowMs: number, settings: BudgetSettings): number | undefined {
  const windowMs = windowMsOf(settings)
  const rates: (number | undefined)[] = [state.taught?.rate, state.slowed?.rate]
  // What was told a whole window ago is of no use: all of it has come back.
  if (state.window !== undefined && nowMs - state.window.atMs < windowMs) rates.push(rateOfWindow({ ...state.window, nowMs, windowMs }))
  if (state.time !== undefined && nowMs - state.time.atMs < windowMs) rates.push(rateOfTime(state, windowMs))
  const known = rates.filter((rate) => rate !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}

function rateOfTime({ time, latency }: BudgetState, windowMs: number): number | undefined {
  if (time === undefined || latency === undefined || time.remainingMs > TIME_FREE_SHARE * time.limitMs) return undefined
  const perRequestMs = Math.max(latency.usualMs, 1)
  return Math.max((TIME_TIMES * time.remainingMs) / perRequestMs / (windowMs / 1000), LEAST_RATE)
}
