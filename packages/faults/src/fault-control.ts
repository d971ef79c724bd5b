import { randomInt } from 'node:crypto'
import type { Clock } from '@p2c/base'
import { type Admission, type ClientLedger, type ClientReport, createClientLedger, type Refusal } from './client-ledger.ts'
import { FAULT_KINDS, type FaultKind, type FaultRule, type FaultSettings, type Priority, type RequestRule } from './fault-rule.ts'
import { LIMIT_REASONS, type Limits } from './limits.ts'
import { createPlan, type FaultPlan, type Hit, hash53, hitsOf, type PlannedRequest } from './plan.ts'

/** Answer of `GET /local/faults`. */
export interface FaultReport {
  /** Null while no rules were put. */
  readonly seed: number | null
  readonly rules: readonly FaultRule[]
  readonly priorities: Readonly<Record<string, Priority>>
  /** Requests that the rules were asked about. */
  readonly requests: number
  readonly injected: Readonly<Record<FaultKind, number>>
}

/** One fault as it happened. */
export interface FaultLogEntry {
  /** From 1, in the order in which the faults happened. */
  readonly number: number
  /** UTC. */
  readonly time: string
  readonly kind: FaultKind
  readonly method: string
  readonly path: string
  /** What was done, in words. */
  readonly done: string
}

/** A request that arrives; `earlier` is known here alone. */
export type ArrivingRequest = Omit<PlannedRequest, 'earlier'>

/** What becomes of a request. */
export interface Passage {
  /** It gets a 429. Everything else is without meaning then, but for the clock. */
  readonly refusal?: Refusal
  /** Pause before anything else. */
  readonly delayMs: number
  /** The fault that it meets then. */
  readonly fault?: RequestRule
  /** Shift of the clock that the reply shows. */
  readonly skewMs: number
  /** It counts for the limits. */
  readonly admission?: Admission
  /** What the limits were when it came; absent: none. */
  readonly limits?: Limits
}

/** Faults and limits of one application: what is set, what happened, and the decision for each request. */
export interface FaultControl {
  /** The application's clock as its clients see it: shifted while a rule says so. */
  readonly clock: Clock
  /** The clock as it is. */
  readonly trueClock: Clock
  /** True while nothing is switched on. */
  isIdle(): boolean
  arrive(request: ArrivingRequest): Passage
  /** Seconds after which an operation of a batch may be sent again; undefined: it goes through. Nothing else of its client is held back. */
  throttleBatchPart(client: string, operation: { readonly method: string; readonly path: string }): number | undefined
  setFaults(settings: FaultSettings): void
  clearFaults(): void
  faults(): FaultReport
  /** Newest first. */
  log(limit: number): FaultLogEntry[]
  setLimits(limits: Limits | undefined): void
  limits(): { readonly limits: Limits | null; readonly clients: readonly ClientReport[] }
}

/** Entries that the log keeps. */
export const LOG_LENGTH = 10_000
/** Addresses whose requests are counted. Behind that, counting begins again: a server that is left alone with its faults must not fill its memory. */
const MOST_ADDRESSES = 1_000_000
const HIGHEST_SEED = 2 ** 31

interface Run {
  readonly plan: FaultPlan
  readonly priorities: Readonly<Record<string, Priority>>
  readonly hasBatchRules: boolean
  /** How often each rule acted. */
  readonly acted: number[]
  /** Requests by the hash of method and path. */
  readonly seen: Map<number, number>
  requests: number
}

/** Everything that is set or has happened. */
interface State {
  readonly trueClock: Clock
  readonly record: FaultRecord
  run: Run | undefined
  limits: Limits | undefined
  ledger: ClientLedger
}

const skewOf = (state: State): number => state.run?.plan.skewMs ?? 0

/** What the application knows of its clients. */
export interface FaultControlOptions {
  /** Priority of a client where the settings of the rules name none; undefined: low. */
  readonly priorityOf?: (client: string) => Priority | undefined
}

export function createFaultControl(trueClock: Clock, options: FaultControlOptions = {}): FaultControl {
  const state: State = {
    trueClock,
    record: createRecord(trueClock),
    run: undefined,
    limits: undefined,
    ledger: createClientLedger(undefined),
  }
  return {
    trueClock,
    clock: { now: () => shifted(trueClock.now(), skewOf(state)) },
    isIdle: () => state.run === undefined && state.limits === undefined,
    arrive: (request) => arrive(state, request),
    throttleBatchPart: (client, operation) => throttleBatchPart(state, client, operation),
    setFaults(settings) {
      forgetRun(state)
      state.run = startRun({ ...settings, seed: settings.seed ?? randomInt(HIGHEST_SEED) }, options)
    },
    clearFaults: () => forgetRun(state),
    faults: () => ({
      seed: state.run?.plan.seed ?? null,
      rules: state.run?.plan.rules ?? [],
      priorities: state.run?.priorities ?? {},
      requests: state.run?.requests ?? 0,
      injected: state.record.counts(),
    }),
    log: state.record.newest,
    setLimits(next) {
      state.limits = next
      state.ledger = createClientLedger(next)
    },
    limits: () => ({ limits: state.limits ?? null, clients: state.ledger.report() }),
  }
}

function forgetRun(state: State): void {
  state.run = undefined
  state.record.clear()
  state.ledger.liftInjected()
}

const shifted = (time: Date, byMs: number): Date => (byMs === 0 ? time : new Date(time.getTime() + byMs))

const startRun = (settings: FaultSettings & { readonly seed: number }, { priorityOf }: FaultControlOptions): Run => ({
  plan: createPlan(settings, priorityOf),
  priorities: settings.priorities ?? {},
  hasBatchRules: settings.rules.some((rule) => rule.kind === 'throttle' && rule.batchParts),
  acted: settings.rules.map(() => 0),
  seen: new Map(),
  requests: 0,
})

/** First what an earlier 429 demands, then the rules that throttle, then the limits, then every other rule. */
function arrive(state: State, request: ArrivingRequest): Passage {
  const { run, limits, ledger, record } = state
  const now = state.trueClock.now().getTime()
  const client = request.isThrottled ? request.client : undefined
  const skewMs = skewOf(state)
  const common = { skewMs, delayMs: 0, ...(limits !== undefined && { limits }) }
  if (skewMs !== 0) record.skew(request, skewMs)
  const waiting = client === undefined ? undefined : ledger.arrive(client, now)
  if (waiting !== undefined) return { ...common, refusal: waiting }
  const hits = run === undefined ? [] : hitsIn(run, request)
  const first = hits.find(({ rule }) => rule.kind !== 'latency')
  if (first?.rule.kind === 'throttle') {
    const facts = { seconds: first.rule.retryAfterSeconds, reason: reasonOf(first) }
    spend(run, first)
    record.hit(request, first.rule, `429, Retry-After ${facts.seconds}`)
    return { ...common, refusal: client === undefined ? unknownClient(facts) : ledger.refuse(client, now, facts) }
  }
  const admitted = client === undefined ? undefined : ledger.admit(client, now)
  if (admitted !== undefined && 'refusal' in admitted) return { ...common, refusal: admitted.refusal }
  return { ...common, ...admitted, ...inject(run, hits, { request, record }) }
}

function throttleBatchPart(
  { run, record }: State,
  client: string,
  operation: Pick<ArrivingRequest, 'method' | 'path'>,
): number | undefined {
  if (run?.hasBatchRules !== true) return undefined
  const request: ArrivingRequest = { ...operation, client, ...BATCH_PART }
  const hit = hitsIn(run, request)[0]
  if (hit?.rule.kind !== 'throttle') return undefined
  spend(run, hit)
  record.hit(request, hit.rule, `429 for one part of a batch, Retry-After ${hit.rule.retryAfterSeconds}`)
  return hit.rule.retryAfterSeconds
}

const BATCH_PART = { isToken: false, isThrottled: true, isSecured: true, isIncrement: false, isBatchPart: true } as const

/** The rules that act on this request: as planned, and not as often already as they may. */
function hitsIn(run: Run, request: ArrivingRequest): Hit[] {
  const address = hash53(`${request.isBatchPart ? 'part ' : ''}${request.method} ${request.path}`)
  const earlier = run.seen.get(address) ?? 0
  if (earlier === 0 && run.seen.size >= MOST_ADDRESSES) run.seen.clear()
  run.seen.set(address, earlier + 1)
  run.requests += 1
  return hitsOf(run.plan, { ...request, earlier }).filter(({ index, rule }) => (run.acted[index] ?? 0) < (rule.times ?? Infinity))
}

function spend(run: Run | undefined, { index }: Hit): void {
  if (run !== undefined) run.acted[index] = (run.acted[index] ?? 0) + 1
}

/** The 429 of a rule names any of the three limits; which one is a part of the plan. */
const reasonOf = (hit: Hit): (typeof LIMIT_REASONS)[number] => LIMIT_REASONS[Math.floor(hit.draw * LIMIT_REASONS.length)] ?? 'requests'

/** Nobody can be held to a 429 who did not say who he is. */
const unknownClient = (facts: { readonly seconds: number; readonly reason: (typeof LIMIT_REASONS)[number] }): Refusal => ({
  ...facts,
  isInjected: true,
  known: () => undefined,
})

interface Injection {
  readonly request: ArrivingRequest
  readonly record: FaultRecord
}

/** Pauses add up; of the other faults the first one acts, and the rules behind it are not asked. */
function inject(run: Run | undefined, hits: readonly Hit[], { request, record }: Injection): Pick<Passage, 'delayMs' | 'fault'> {
  let delayMs = 0
  for (const hit of hits) {
    const { rule } = hit
    spend(run, hit)
    if (rule.kind !== 'latency') {
      record.hit(request, rule, DONE[rule.kind](rule))
      return { delayMs, fault: rule }
    }
    const pauseMs = Math.round(rule.minMs + hit.draw * (rule.maxMs - rule.minMs))
    record.hit(request, rule, `waited ${pauseMs} ms`)
    delayMs += pauseMs
  }
  return { delayMs }
}

const DONE: Record<Exclude<RequestRule['kind'], 'latency'>, (rule: RequestRule) => string> = {
  throttle: () => '429',
  'server-error': (rule) => `${rule.kind === 'server-error' ? rule.status : ''}, nothing carried out`,
  'drop-before': () => 'connection closed, nothing carried out',
  'drop-after': () => 'carried out, connection closed in place of the answer',
  truncate: () => 'carried out, connection closed after half of the answer',
  'expired-token': () => '401, nothing carried out',
  'expired-delta-token': () => 'position expired, nothing carried out',
}

/** Counts and log of what was done. */
interface FaultRecord {
  hit(request: ArrivingRequest, rule: RequestRule, done: string): void
  /** Counts a request that saw a shifted clock; the first one is logged. */
  skew(request: ArrivingRequest, skewMs: number): void
  counts(): Record<FaultKind, number>
  newest(limit: number): FaultLogEntry[]
  clear(): void
}

function createRecord(clock: Clock): FaultRecord {
  let entries: FaultLogEntry[] = []
  let last = 0
  let counts = zeros()
  const add = (kind: FaultKind, { method, path }: ArrivingRequest, done: string): void => {
    last += 1
    entries.push({ number: last, time: clock.now().toISOString(), kind, method, path, done })
    // Cut seldom: moving the whole log for each entry would cost more than the fault.
    if (entries.length >= 2 * LOG_LENGTH) entries = entries.slice(-LOG_LENGTH)
  }
  return {
    hit(request, rule, done) {
      counts[rule.kind] += 1
      add(rule.kind, request, done)
    },
    skew(request, skewMs) {
      counts['clock-skew'] += 1
      if (counts['clock-skew'] === 1) add('clock-skew', request, `clock shifted by ${skewMs / 1_000} s from here on`)
    },
    counts: () => ({ ...counts }),
    newest: (limit) => entries.slice(-Math.min(limit, LOG_LENGTH)).reverse(),
    clear() {
      entries = []
      last = 0
      counts = zeros()
    },
  }
}

const zeros = (): Record<FaultKind, number> => Object.fromEntries(FAULT_KINDS.map((kind) => [kind, 0])) as Record<FaultKind, number>
