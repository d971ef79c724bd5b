import { expect, test } from 'vitest'
import { faultSettingsSchema } from './fault-rule.ts'
import { createPlan, hash53, hitsOf, type PlannedRequest } from './plan.ts'

const aRequest = (values: Partial<PlannedRequest> = {}): PlannedRequest => ({
  method: 'GET',
  path: '/data/CustomersV3?$top=1',
  earlier: 0,
  client: 'client-a',
  isToken: false,
  isThrottled: true,
  isSecured: true,
  isIncrement: false,
  isBatchPart: false,
  ...values,
})

const planOf = (rules: readonly object[], more: object = {}) => createPlan({ ...faultSettingsSchema.parse({ rules, ...more }), seed: 42 })
const kindsOf = (rules: readonly object[], request: Partial<PlannedRequest> = {}, more: object = {}) =>
  hitsOf(planOf(rules, more), aRequest(request)).map(({ rule }) => rule.kind)

test('a rate of 1 hits always, a rate of 0 never, and the order is that of the rules', () => {
  const rules = [
    { kind: 'truncate', rate: 1 },
    { kind: 'latency', rate: 0 },
    { kind: 'drop-before', rate: 1 },
  ]
  for (let earlier = 0; earlier < 500; earlier += 1) expect(kindsOf(rules, { earlier })).toEqual(['truncate', 'drop-before'])
})

test.each<[match: object, request: Partial<PlannedRequest>, expected: boolean]>([
  [{}, {}, true],
  [{ method: 'get' }, {}, true],
  [{ method: 'POST' }, {}, false],
  [{ path: 'Customers' }, {}, true],
  [{ path: '^/data/CustomersV3\\?' }, {}, true],
  [{ path: '^/Customers' }, {}, false],
  [{ path: 'top=1$', method: 'GET' }, {}, true],
  [{ path: 'top=1$', method: 'PUT' }, {}, false],
  [{ client: 'CLIENT-A' }, {}, true],
  [{ client: 'client-b' }, {}, false],
  [{ priority: 'low' }, {}, true],
  [{ priority: 'low' }, { client: 'important' }, false],
  [{ priority: 'medium' }, { client: 'usual' }, true],
  [{ priority: 'medium' }, {}, true],
  [{ priority: 'medium' }, { client: 'important' }, false],
  [{ priority: 'high' }, { client: 'Important' }, true],
])('FO-113 a rule with match %j and request %j: %s', (match, request, expected) => {
  const priorities = { important: 'high', usual: 'medium' }
  expect(kindsOf([{ kind: 'drop-before', rate: 1, match }], request, { priorities })).toEqual(expected ? ['drop-before'] : [])
})

test('a rule that names clients never concerns a request of nobody', () => {
  const { client: _client, ...anonymous } = aRequest()
  const rules = [{ client: 'client-a' }, { priority: 'high' }].map((match) => ({ kind: 'drop-before', rate: 1, match }))
  expect(hitsOf(planOf(rules), anonymous)).toEqual([])
})

test.each<[kind: string, request: Partial<PlannedRequest>, expected: boolean]>([
  ['throttle', { isThrottled: false }, false],
  ['expired-token', { isSecured: false, isThrottled: false }, false],
  ['expired-token', { isThrottled: false }, true],
  ['expired-delta-token', {}, false],
  ['expired-delta-token', { isIncrement: true }, true],
  ['throttle', { isBatchPart: true }, false],
  ['latency', { isBatchPart: true }, false],
  ['server-error', { isSecured: false, isThrottled: false }, true],
])('%s for a request with %j: %s', (kind, request, expected) => {
  expect(kindsOf([{ kind, rate: 1 }], request)).toEqual(expected ? [kind] : [])
})

test('a request for a token meets only rules that name its address', () => {
  const request = { path: '/local/oauth2/v2.0/token', isToken: true, isThrottled: false, isSecured: false }
  const rules = [undefined, { path: '.' }, { path: 'token' }, { path: 'oauth2/v2' }].map((match) => ({
    kind: 'server-error',
    rate: 1,
    match,
  }))
  expect(hitsOf(planOf(rules), aRequest(request)).map(({ index }) => index)).toEqual([3])
})

test('decisions follow from seed, rule, address and count alone: any interleaving gives the same ones', () => {
  const rules = [
    { kind: 'server-error', rate: 0.3 },
    { kind: 'latency', rate: 0.3 },
  ]
  const requests = ['/a', '/b?x=1', '/c'].flatMap((path) => Array.from({ length: 50 }, (_, earlier) => aRequest({ path, earlier })))
  const decide = (list: readonly PlannedRequest[]) => {
    const plan = planOf(rules)
    return new Map(list.map((request) => [`${request.path} ${request.earlier}`, JSON.stringify(hitsOf(plan, request))]))
  }
  const forwards = decide(requests)
  expect(decide(requests.toReversed())).toEqual(forwards)
  expect(new Set(forwards.values()).size).toBeGreaterThan(10)
})

test('another seed, rule, address, method or count is another draw', () => {
  const hits = (seed: number, request: Partial<PlannedRequest>) =>
    hitsOf(
      createPlan({
        ...faultSettingsSchema.parse({
          rules: [
            { kind: 'latency', rate: 1 },
            { kind: 'latency', rate: 1 },
          ],
        }),
        seed,
      }),
      aRequest(request),
    )
  const draws = [hits(1, {}), hits(2, {}), hits(1, { path: '/x' }), hits(1, { method: 'POST' }), hits(1, { earlier: 1 })].flat()
  expect(new Set(draws.map(({ draw }) => draw)).size).toBe(10)
})

test('rates are met, for one address as for many, and rules hit independently of each other', () => {
  const rules = [
    { kind: 'server-error', rate: 0.05 },
    { kind: 'latency', rate: 0.05 },
  ]
  const plan = planOf(rules)
  const count = 100_000
  for (const one of [(n: number) => ({ earlier: n }), (n: number) => ({ path: `/accounts(${n})` })]) {
    const hits = Array.from({ length: count }, (_, n) => hitsOf(plan, aRequest(one(n))))
    const share = (wanted: (kinds: string[]) => boolean) => hits.filter((list) => wanted(list.map(({ rule }) => rule.kind))).length / count
    expect(share((kinds) => kinds.includes('server-error'))).toBeCloseTo(0.05, 2)
    expect(share((kinds) => kinds.includes('latency'))).toBeCloseTo(0.05, 2)
    expect(share((kinds) => kinds.length === 2)).toBeCloseTo(0.0025, 2.6)
  }
})

test('the hash is a whole number that fits, and spreads texts that differ by one sign', () => {
  const hashes = Array.from({ length: 20_000 }, (_, n) => hash53(`request ${n}`))
  expect(new Set(hashes).size).toBe(20_000)
  expect(hashes.every((hash) => Number.isSafeInteger(hash) && hash >= 0)).toBe(true)
})

test('clocks add up while their rate is not 0', () => {
  const rules = [
    { kind: 'clock-skew', rate: 1, skewSeconds: 60 },
    { kind: 'clock-skew', rate: 0.05, skewSeconds: -10 },
    { kind: 'clock-skew', rate: 0, skewSeconds: 1_000 },
  ]
  expect(planOf(rules).skewMs).toBe(50_000)
  expect(hitsOf(planOf(rules), aRequest())).toEqual([])
})
