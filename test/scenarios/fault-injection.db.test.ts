import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { fileScope } from '../support/command-line.ts'
import {
  CLIENT,
  type FaultyApplication,
  OTHER_CLIENT,
  startFaultySales,
  startFaultySupplyChain,
  type WireReply,
} from '../support/faulty-applications.ts'

const scope = fileScope(afterAll)

/** How the two APIs say the same things. */
const APPLICATIONS = [
  {
    name: 'Sales',
    start: startFaultySales,
    throttled: (reply: WireReply) => expect(reply.json.error.code).toMatch(/^0x8007232[126]$/),
    serverError: { error: { code: '0x80040216', message: 'An unexpected error occurred.' } },
    challenge: /^Bearer authorization_uri=http.*, resource_id=http/,
    expired: {
      method: 'GET',
      path: '/api/data/v9.2/accounts?$select=name&$deltatoken=1%2101%2f01%2f2020%2000%3a00%3a00',
      error: { code: '0x80044352', message: 'Version stamp associated with the client has expired. Please perform a full sync.' },
    },
  },
  {
    name: 'Supply Chain',
    start: startFaultySupplyChain,
    throttled: (reply: WireReply) =>
      expect(reply.json.error).toEqual({
        code: '',
        message: `This request could not be processed at this time due to system experiencing high resource utilization. Please retry the request after ${reply.headers['retry-after']} seconds`,
      }),
    serverError: { error: { code: '', message: 'An error has occurred.' } },
    challenge: /^Bearer$/,
    expired: {
      method: 'POST',
      path: '/data/DataManagementDefinitionGroups/Microsoft.Dynamics.DataEntities.ExportToPackageAsync',
      error: {
        code: '',
        message: 'An error has occurred.',
        innererror: {
          message:
            'Exception occurred while executing action ExportToPackageAsync on Entity DataManagementDefinitionGroup: Change tracking of the definition group is no longer valid. Export everything once and continue from there.',
          type: 'System.InvalidOperationException',
          stacktrace: '',
        },
      },
    },
  },
]

const bareHead = (reply: WireReply) => ({ status: reply.status, isWhole: reply.isWhole })

describe.each(APPLICATIONS)('$name', ({ start, throttled, serverError, challenge, expired }) => {
  let app: FaultyApplication
  beforeAll(async () => {
    app = await start(scope)
  })
  beforeEach(() => app.clear())
  const read = () => app.call('GET', app.readPath)
  const report = async () => (await app.call('GET', '/local/faults')).json
  const clients = async () => (await app.call('GET', '/local/limits')).json.clients

  /** Calls until a call is no longer taken for one that was on its way. */
  const earlyAfterGrace = async () => {
    await expect
      .poll(async () => {
        expect((await read()).status).toBe(429)
        return (await clients())[0].early
      })
      .toBe(1)
    return (await clients())[0]
  }

  test('the end points need a token of the application', async () => {
    for (const [method, path] of [
      ['GET', '/local/faults'],
      ['PUT', '/local/faults'],
      ['DELETE', '/local/faults'],
      ['GET', '/local/faults/log'],
      ['GET', '/local/limits'],
      ['PUT', '/local/limits'],
      ['DELETE', '/local/limits'],
    ] as const) {
      const reply = await app.call(method, path, { token: '' })
      expect([path, reply.status, reply.headers['www-authenticate']]).toEqual([path, 401, expect.stringMatching(challenge)])
    }
  })

  test('rules are put, told and removed; a seed that is missing is chosen', async () => {
    const nothing = { seed: null, rules: [], requests: 0, priorities: {} }
    expect(await report()).toMatchObject(nothing)
    const rules = [
      { kind: 'throttle', rate: 0.5 },
      { kind: 'latency', rate: 0.1, minMs: 1, maxMs: 2, match: { method: 'post', path: 'x' } },
    ]
    const put = await app.call('PUT', '/local/faults', { body: { rules } })
    expect(put.status).toBe(200)
    expect(put.json).toMatchObject({
      seed: expect.any(Number),
      rules: [
        { kind: 'throttle', rate: 0.5, retryAfterSeconds: 5 },
        { kind: 'latency', match: { method: 'POST', path: 'x' } },
      ],
      requests: 0,
      injected: { throttle: 0, 'drop-after': 0, 'clock-skew': 0 },
    })
    expect((await app.call('PUT', '/local/faults', { body: { seed: -3, rules: [] } })).json.seed).toBe(-3)
    expect((await app.call('DELETE', '/local/faults')).status).toBe(204)
    expect(await report()).toMatchObject(nothing)
  })

  test('what cannot be used is refused with its place, all problems at once, and changes nothing', async () => {
    await app.faults([{ kind: 'latency', rate: 0 }])
    const rules = [
      { kind: 'throttle', rate: 2, retryAfterSeconds: 1.5 },
      { kind: 'server-error', rate: 0.1, status: 418 },
      { kind: 'latency', rate: 0.1, minMs: 5, maxMs: 1 },
      { kind: 'drop-before', rate: 0.1, match: { path: '(', 'a/b': 1 } },
      { kind: 'clock-skew', rate: 1 },
      { kind: 'earthquake', rate: 1 },
      { kind: 'truncate', rate: 1, times: 0 },
    ]
    const refused = await app.call('PUT', '/local/faults', { body: { seed: 1.5, rules, more: true } })
    expect(refused).toMatchObject({ status: 400, json: { error: { code: 'request-invalid' } } })
    expect(refused.json.error.problems.map((problem: { pointer: string }) => problem.pointer).sort()).toEqual([
      '/more',
      '/rules/0/rate',
      '/rules/0/retryAfterSeconds',
      '/rules/1/status',
      '/rules/2/maxMs',
      '/rules/3/match/a~1b',
      '/rules/3/match/path',
      '/rules/4/skewSeconds',
      '/rules/5/kind',
      '/rules/6/times',
      '/seed',
    ])
    expect((await report()).rules).toHaveLength(1)
    const bad = await app.call('PUT', '/local/limits', { body: { requests: 0, concurrent: 'many' } })
    expect(bad.json.error.problems.map((problem: { pointer: string }) => problem.pointer)).toEqual(['/requests', '/concurrent'])
    expect((await app.call('PUT', '/local/faults', { body: '{"rules":' })).json.error.problems).toMatchObject([{ pointer: '' }])
    expect((await app.call('GET', '/local/faults/log?limit=0')).json.error.problems).toMatchObject([{ pointer: '/limit' }])
  })

  test('DV-111 FO-111 a throttled client gets 429 with Retry-After, and nothing else before that time', async () => {
    await app.faults([{ kind: 'throttle', rate: 1, times: 1, retryAfterSeconds: 12 }])
    const first = await read()
    expect(first).toMatchObject({ status: 429, headers: { 'retry-after': '12' } })
    throttled(first)
    app.clock.advance(7_040)
    const later = await app.call('POST', app.createPath, { body: {} })
    expect(later).toMatchObject({ status: 429, headers: { 'retry-after': '5' } })
    throttled(later)
    expect(await earlyAfterGrace()).toMatchObject({ accepted: 0, earliestMs: 4_960 })
    const other = await app.signIn(OTHER_CLIENT.clientId)
    expect((await app.call('GET', app.readPath, { token: other })).status).toBe(200)
    app.clock.advance(4_960)
    expect((await read()).status).toBe(200)
    expect(await clients()).toMatchObject([
      { client: CLIENT.clientId, accepted: 1, early: 1, earliestMs: 4_960 },
      { client: OTHER_CLIENT.clientId, accepted: 1, refused: 0, early: 0, earliestMs: 0 },
    ])
    expect(await report()).toMatchObject({ requests: 4, injected: { throttle: 1 } }) // the refused ones are not counted, that for a token is
  })

  test('a server error has the shape of the API or is the page of a gateway, and nothing is carried out', async () => {
    for (const status of [500, 502, 503, 504]) {
      await app.faults([{ kind: 'server-error', rate: 1, times: 1, status }])
      const reply = await app.create(`E${status}`)
      expect(reply.status).toBe(status)
      if (status === 500) expect(reply.json).toEqual(serverError)
      else expect([reply.headers['content-type'], reply.text]).toEqual(['text/html', expect.stringContaining(`<h1>${status} `)])
      expect(await app.exists(`E${status}`)).toBe(false)
    }
  })

  test('latency delays, and several add up', async () => {
    const rule = { kind: 'latency', rate: 1, minMs: 60, maxMs: 60 }
    await app.faults([rule, rule])
    const started = performance.now()
    expect((await read()).status).toBe(200)
    expect(performance.now() - started).toBeGreaterThan(118)
    expect((await report()).injected.latency).toBe(2)
  })

  test('a connection that is dropped before leaves nothing, one that is dropped after leaves the row', async () => {
    await app.faults([{ kind: 'drop-before', rate: 1, times: 1 }])
    expect(bareHead(await app.create('BEFORE'))).toEqual({ status: undefined, isWhole: false })
    expect(await app.exists('BEFORE')).toBe(false)
    await app.faults([{ kind: 'drop-after', rate: 1, times: 1 }])
    expect(bareHead(await app.create('AFTER'))).toEqual({ status: undefined, isWhole: false })
    expect(await app.exists('AFTER')).toBe(true)
    expect((await report()).injected).toMatchObject({ 'drop-before': 0, 'drop-after': 1 })
  })

  test('a truncated answer has the full length in its head and half of the body', async () => {
    const whole = await read()
    await app.faults([{ kind: 'truncate', rate: 1 }])
    const half = await read()
    expect(bareHead(half)).toEqual({ status: 200, isWhole: false })
    expect(half.headers['content-length']).toBe(whole.headers['content-length'])
    expect(half.headers['content-type']).toBe(whole.headers['content-type'])
    expect(half.text).toBe(whole.text.slice(0, Math.floor(whole.text.length / 2)))
    await app.create('HALF')
    await app.faults([])
    expect(await app.exists('HALF')).toBe(true)
  })

  test('an expired token is refused as the API does it', async () => {
    await app.faults([{ kind: 'expired-token', rate: 1, times: 1 }])
    const reply = await read()
    expect([reply.status, reply.headers['www-authenticate']]).toEqual([401, expect.stringMatching(challenge)])
    expect((await read()).status).toBe(200)
  })

  test('DV-082 an increment whose start has expired is refused as the API does it', async () => {
    await app.faults([{ kind: 'expired-delta-token', rate: 1 }])
    expect((await read()).status).toBe(200)
    const reply = await app.call(expired.method, expired.path, { ...(expired.method === 'POST' && { body: {} }) })
    expect([reply.status, reply.json.error]).toEqual([400, expired.error])
    expect(await report()).toMatchObject({ requests: 2, injected: { 'expired-delta-token': 1 } })
  })

  test('a shifted clock shows in dates and tokens, and goes back with its rule', async () => {
    const dateOf = (reply: WireReply) => new Date(String(reply.headers.date)).getTime() - app.clock.now().getTime()
    const before = app.token
    await app.faults([{ kind: 'clock-skew', rate: 1, skewSeconds: 86_400 }])
    expect(await read()).toMatchObject({ status: 401 }) // expired by the shifted clock
    const fresh = await app.signIn()
    const reply = await app.call('GET', app.readPath, { token: fresh })
    expect(reply.status).toBe(200)
    expect(Math.abs(dateOf(reply) - 86_400_000)).toBeLessThan(1_000)
    // The switch itself takes tokens of either clock, so nobody is locked out.
    for (const token of [before, fresh]) expect((await app.call('GET', '/local/faults', { token })).status).toBe(200)
    expect((await report()).injected['clock-skew']).toBeGreaterThan(1)
    expect((await app.call('GET', '/local/faults/log')).json.entries.length).toBe(1)
    await app.clear()
    expect((await read()).status).toBe(200)
    expect((await app.call('GET', app.readPath, { token: fresh })).status).toBe(401) // not valid yet
  })

  test('every other address is concerned, also one that leads nowhere', async () => {
    await app.faults([{ kind: 'server-error', rate: 1, status: 502 }])
    for (const path of ['/', '/nothing/here', '/local/other']) expect((await app.call('GET', path, { token: '' })).status).toBe(502)
  })

  test('health, the switches and sign-in are left alone, sign-in unless a rule names it', async () => {
    await app.faults([{ kind: 'server-error', rate: 1, status: 503 }])
    expect((await app.call('GET', '/health')).status).toBe(200)
    expect((await app.call('GET', '/local/limits')).status).toBe(200)
    await expect(app.signIn()).resolves.toMatch(/\./)
    await app.faults([{ kind: 'server-error', rate: 1, status: 503, match: { path: '/oauth2/' } }])
    await expect(app.signIn()).rejects.toThrow('no token: 503')
    expect((await read()).status).toBe(200)
    await app.faults([{ kind: 'throttle', rate: 1, match: { path: '/oauth2/' } }])
    await expect(app.signIn()).rejects.toThrow('no token: 429')
  })

  test('the same seed meets the same requests with the same faults, whatever happens between them', async () => {
    const rules = [
      { kind: 'server-error', rate: 0.4, status: 500 },
      { kind: 'expired-token', rate: 0.4 },
    ]
    const statuses = async (path: string, count: number) => {
      const list: (number | undefined)[] = []
      for (let n = 0; n < count; n += 1) list.push((await app.call('GET', path)).status)
      return list
    }
    const other = `${app.readPath}&$count=true`
    await app.faults(rules, { seed: 99 })
    const alone = await statuses(app.readPath, 12)
    await app.faults(rules, { seed: 99 })
    const mixed: (number | undefined)[] = []
    for (let n = 0; n < 12; n += 1) {
      await statuses(other, n % 3)
      mixed.push(...(await statuses(app.readPath, 1)))
    }
    expect(mixed).toEqual(alone)
    expect(new Set(alone)).toEqual(new Set([200, 401, 500]))
    await app.faults(rules, { seed: 100 })
    expect(await statuses(app.readPath, 12)).not.toEqual(alone)
  })

  test('the log tells newest first what was done', async () => {
    await app.faults([
      { kind: 'expired-token', rate: 1, times: 1 },
      { kind: 'server-error', rate: 1, times: 1, status: 502 },
    ])
    await read()
    await app.create('LOGGED')
    const time = app.clock.now().toISOString()
    const entries = [
      { number: 2, time, kind: 'server-error', method: 'POST', path: app.createPath, done: '502, nothing carried out' },
      { number: 1, time, kind: 'expired-token', method: 'GET', path: app.readPath, done: '401, nothing carried out' },
    ]
    expect((await app.call('GET', '/local/faults/log')).json).toEqual({ entries })
    expect((await app.call('GET', '/local/faults/log?limit=1')).json).toEqual({ entries: entries.slice(0, 1) })
  })

  test('DV-113 FO-114 limits are off by default, exact when on, and settable', async () => {
    expect((await app.call('GET', '/local/limits')).json).toEqual({ limits: null, clients: [] })
    await app.limits({})
    expect((await app.call('GET', '/local/limits')).json.limits).toMatchObject({
      requests: 6_000,
      windowSeconds: 300,
      executionSeconds: 1_200,
      concurrent: 52,
    })
    await app.limits({ requests: 3 })
    for (let n = 0; n < 3; n += 1) expect((await read()).status).toBe(200)
    const reply = await read()
    expect(reply).toMatchObject({ status: 429, headers: { 'retry-after': '300' } })
    expect(reply.json.error.message).toBe('Number of requests exceeded the limit of 3 over time window of 300 seconds.')
    app.clock.advance(299_999)
    expect(await earlyAfterGrace()).toMatchObject({ accepted: 3, early: 1, earliestMs: 1 })
    app.clock.advance(1_000) // the early call cost one second more
    expect((await read()).status).toBe(429)
    app.clock.advance(1_001) // and this one again
    expect((await read()).status).toBe(200)
    expect(await clients()).toMatchObject([{ accepted: 4, early: 2, earliestMs: 1 }])
    expect((await app.call('DELETE', '/local/limits')).status).toBe(204)
    expect((await app.call('GET', '/local/limits')).json).toEqual({ limits: null, clients: [] })
  })

  test('a connection that ends in the middle frees its place, and its time counts', async () => {
    await app.limits({ concurrent: 1, executionSeconds: 100 })
    await app.faults([{ kind: 'drop-after', rate: 1, times: 1 }])
    expect((await read()).status).toBeUndefined()
    expect((await read()).status).toBe(200)
    await app.faults([{ kind: 'latency', rate: 1, times: 1, minMs: 100, maxMs: 100 }])
    const slow = read()
    await expect.poll(async () => (await report()).injected.latency).toBe(1)
    const refused = await read()
    expect([refused.status, refused.json.error.message]).toEqual([429, 'Number of concurrent requests exceeded the limit of 1.'])
    app.clock.advance(101_000)
    expect((await slow).status).toBe(200)
    await expect
      .poll(async () => (await read()).json.error?.message)
      .toMatch(/^Combined execution time .* limit of 100,000 {2}milliseconds/)
  })

  test('an application that stops waits for no pause', async () => {
    const own = await start(scope)
    await own.faults([{ kind: 'latency', rate: 1, minMs: 60_000, maxMs: 60_000 }])
    const waiting = own.call('GET', own.readPath)
    await expect.poll(async () => (await own.call('GET', '/local/faults')).json.injected.latency).toBe(1)
    await own.stop()
    expect((await waiting).status).toBeUndefined()
  })
})
