import { type FaultRule, type FaultSettings, PRIORITIES, type Priority, type RequestRule } from './fault-rule.ts'

/** Rules made ready to be asked. The same settings always give the same decisions. */
export interface FaultPlan {
  readonly seed: number
  readonly rules: readonly FaultRule[]
  readonly asked: readonly AskedRule[]
  /** Shift of the application's clock while the plan stands; 0: none. */
  readonly skewMs: number
  readonly priorityOf: (client: string) => Priority
}

interface AskedRule {
  readonly index: number
  readonly rule: RequestRule
  readonly path: RegExp | undefined
  /** The rule speaks of token end points by name, and so reaches them. */
  readonly namesTokens: boolean
}

/** All that a decision depends on, besides the plan. */
export interface PlannedRequest {
  readonly method: string
  /** Path and query as they were sent. */
  readonly path: string
  /** Earlier requests with this method and path under the plan. */
  readonly earlier: number
  /** The client whose token the request carries; absent: none, or a token that is not good. */
  readonly client?: string
  /** A request for a token. */
  readonly isToken: boolean
  /** One that service protection concerns. */
  readonly isThrottled: boolean
  /** One that needs a bearer token. */
  readonly isSecured: boolean
  /** One that asks for changes since an earlier read. */
  readonly isIncrement: boolean
  /** One operation of a batch, which is a request of its own. */
  readonly isBatchPart: boolean
}

/** A rule that decided to act on a request. */
export interface Hit {
  readonly index: number
  readonly rule: RequestRule
  /** For a pause how long, for a 429 which limit it names: a number from 0 up to 1, as fixed as the decision. */
  readonly draw: number
}

/** `mapped`: the priorities that the application itself knows; those of the settings win. */
export function createPlan(
  settings: FaultSettings & { readonly seed: number },
  mapped: (client: string) => Priority | undefined = () => undefined,
): FaultPlan {
  const { seed, rules, priorities = {} } = settings
  const byClient = new Map(Object.entries(priorities).map(([client, priority]) => [client.toLowerCase(), priority]))
  return {
    seed,
    rules,
    asked: rules.flatMap((rule, index) => (rule.kind === 'clock-skew' ? [] : [toAsked(rule, index)])),
    skewMs: rules.reduce((sum, rule) => (rule.kind === 'clock-skew' && rule.rate > 0 ? sum + rule.skewSeconds * 1_000 : sum), 0),
    priorityOf: (client) => byClient.get(client.toLowerCase()) ?? mapped(client) ?? 'low',
  }
}

const toAsked = (rule: RequestRule, index: number): AskedRule => {
  const path = rule.match?.path
  return { index, rule, path: path === undefined ? undefined : new RegExp(path), namesTokens: path !== undefined && /oauth2/i.test(path) }
}

/**
 * The rules that act on a request, in their order. A pure function of seed, index of the rule, method, path and the number of earlier
 * requests with the same method and path: the same requests meet the same faults again, however requests to other addresses fall between.
 */
export const hitsOf = (plan: FaultPlan, request: PlannedRequest): Hit[] =>
  plan.asked.flatMap(({ index, rule, path, namesTokens }) => {
    const concerns = (!request.isToken || namesTokens) && appliesTo(rule, request) && matches(plan, { rule, path }, request)
    if (!concerns || draw(plan.seed, { index, purpose: 'hit', request }) >= rule.rate) return []
    return [{ index, rule, draw: draw(plan.seed, { index, purpose: 'size', request }) }]
  })

/** Some faults mean something to some requests only: a token cannot expire where none is asked for. */
function appliesTo(rule: RequestRule, request: PlannedRequest): boolean {
  if (rule.kind === 'throttle') return (request.isThrottled || request.isToken) && rule.batchParts === request.isBatchPart
  if (request.isBatchPart) return false
  if (rule.kind === 'expired-token') return request.isSecured
  if (rule.kind === 'expired-delta-token') return request.isIncrement
  return true
}

function matches(plan: FaultPlan, { rule, path }: Pick<AskedRule, 'rule' | 'path'>, request: PlannedRequest): boolean {
  const { method, client, priority } = rule.match ?? {}
  if (method !== undefined && method !== request.method.toUpperCase()) return false
  if (path?.test(request.path) === false) return false
  if (client === undefined && priority === undefined) return true
  if (request.client === undefined) return false
  if (client !== undefined && client.toLowerCase() !== request.client.toLowerCase()) return false
  return priority === undefined || PRIORITIES.indexOf(plan.priorityOf(request.client)) >= PRIORITIES.indexOf(priority)
}

interface Draw {
  readonly index: number
  /** Decision and size of one fault are two numbers that have nothing to do with each other. */
  readonly purpose: 'hit' | 'size'
  readonly request: Pick<PlannedRequest, 'method' | 'path' | 'earlier'>
}

const draw = (seed: number, { index, purpose, request }: Draw): number =>
  hash53(`${seed} ${index} ${purpose} ${request.earlier} ${request.method.toUpperCase()} ${request.path}`) / 2 ** 53

/**
 * A whole number from 0 up to 2^53 - 1, spread evenly over texts that differ a little: two multiplicative hashes of 32 bits whose ends are mixed.
 * Not a secret: chance that can be repeated.
 */
export function hash53(text: string): number {
  let high = 0xdeadbeef
  let low = 0x41c6ce57
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    high = Math.imul(high ^ unit, 2_654_435_761)
    low = Math.imul(low ^ unit, 1_597_334_677)
  }
  const mixedHigh = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909)
  const mixedLow = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(mixedHigh ^ (mixedHigh >>> 13), 3_266_489_909)
  return (mixedLow >>> 0) * 2 ** 21 + (mixedHigh >>> 11)
}
