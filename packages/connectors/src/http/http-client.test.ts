import { type Logger, silentLogger } from '@p2c/base'
import type { RequestBudget } from '@p2c/engine'
import { expect, onTestFinished, test } from 'vitest'
import { startStubService } from '../stub-service.ts'
import { checkFeedLink } from './feed-link.ts'
import { createHttpClient } from './http-client.ts'
import { retryAfterMs } from './http-error.ts'
import { mapLimited } from './limited.ts'

const signal = new AbortController().signal
const start = async (t: Parameters<typeof startStubService>[0], more: object = {}) => {
  const stub = await startStubService(t)
  const http = createHttpClient({ ...stub.settings, ...more }, { throttleDelayMs: 1000 })
  t.onTestFinished(() => http.close())
  return { stub, http }
}

test('DV-001 FO-001 the token request is form-encoded with the scope of the root, as G-DV-01 and G-FO-01', async (t) => {
  const { stub, http } = await start(t)
  let form = ''
  stub.on((request) => {
    if (request.url === '/token') form = request.body
    return request.url === '/x' ? { status: 200, body: { authorization: request.headers.authorization } } : undefined
  })
  const response = await http.send({ method: 'GET', url: '/x' }, signal)
  expect(JSON.parse(response.text)).toEqual({ authorization: 'Bearer token-1' })
  expect(form).toBe(
    `client_id=client-1&client_secret=s3cret%7Evalue&scope=${encodeURIComponent(`${stub.root}/.default`)}&grant_type=client_credentials`,
  )
})

test('DV-002 FO-002 a token is shared, renewed 60 seconds before its end, and by one request at a time', async (t) => {
  const { stub, http } = await start(t)
  stub.on((request) => (request.url === '/x' ? { status: 200, body: {} } : undefined))
  const get = () => http.send({ method: 'GET', url: '/x' }, signal)
  await Promise.all([get(), get(), get()])
  expect(stub.tokenRequests).toBe(1)
  stub.clock.advance(3_538_000)
  await get()
  expect(stub.tokenRequests).toBe(1)
  stub.clock.advance(1_000)
  await Promise.all([get(), get()])
  expect(stub.tokenRequests).toBe(2)
})

test('DV-002 a 401 forces a renewal and a repeat; 401s that stay are connection-refused within bounds', async (t) => {
  const { stub, http } = await start(t)
  stub.on((request) =>
    request.url === '/x' ? { status: request.headers.authorization === 'Bearer token-1' ? 401 : 200, body: {} } : undefined,
  )
  await http.send({ method: 'POST', url: '/x' }, signal)
  expect(stub.requests.map((request) => request.headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-2'])
  stub.on((request) => (request.url === '/x' ? { status: 401, body: {} } : undefined))
  await expect(http.send({ method: 'GET', url: '/x' }, signal)).rejects.toMatchObject({
    category: 'auth',
    code: 'connection-refused',
    retryable: false,
  })
  expect(stub.requests).toHaveLength(2 + 7)
  expect(stub.waits).toEqual([100, 200, 400, 800, 1600])
})

test('DV-002 tokens that are refused by chance, several in a row and by several requests at once, refuse no connection', async (t) => {
  const { stub, http } = await start(t)
  const refused = ['Bearer token-1', 'Bearer token-2', 'Bearer token-3']
  stub.on((request) => (request.url === '/x' ? { status: refused.includes(String(request.headers.authorization)) ? 401 : 200 } : undefined))
  const get = () => http.send({ method: 'GET', url: '/x' }, signal)
  expect((await Promise.all([get(), get(), get()])).map(({ status }) => status)).toEqual([200, 200, 200])
  expect(stub.tokenRequests).toBe(4)
})

test('a sign-in that breaks or is overloaded is repeated, also before a write, and is never in doubt', async (t) => {
  const { stub, http } = await start(t)
  let signIns = 0
  stub.on((request) => {
    if (request.url === '/x') return { status: 204 }
    signIns += 1
    return signIns === 1 ? 'reset' : signIns === 2 ? { status: 500 } : signIns === 3 ? { status: 503 } : undefined
  })
  expect((await http.send({ method: 'POST', url: '/x', body: '{}' }, signal)).status).toBe(204)
  expect(signIns).toBe(4)
})

test('a sign-in that stays away ends in bounded time, for a write without doubt', async (t) => {
  const { stub, http } = await start(t)
  stub.on((request) => (request.url === '/token' ? { status: 503, headers: { 'retry-after': '2' } } : undefined))
  const failure = await http.send({ method: 'POST', url: '/x', body: '{}' }, signal).catch((error) => error)
  expect(failure).toMatchObject({ category: 'auth', code: 'sign-in-unavailable', retryable: true, retryAfterMs: 2000 })
  expect(failure.details.ambiguous).toBeUndefined()
  expect(stub.tokenRequests).toBe(15)
  expect(stub.requests).toEqual([])
})

test('a read meets a fault in every fourth attempt and is given up with odds below one in a thousand millions', async (t) => {
  const { stub, http } = await start(t)
  let answers = 0
  stub.on((request) => {
    if (request.url !== '/x') return undefined
    answers += 1
    return answers < 15
      ? answers % 2 === 0
        ? 'reset'
        : { status: 500, body: { error: { code: '0x80040216', message: 'Unexpected.' } } }
      : { status: 200 }
  })
  expect((await http.send({ method: 'GET', url: '/x' }, signal)).status).toBe(200)
  expect(0.25 ** 15).toBeLessThan(1e-9)
  expect(Math.max(...stub.waits)).toBe(2000)
  answers = Number.NEGATIVE_INFINITY
  stub.on((request) => (request.url === '/x' ? 'reset' : undefined))
  stub.waits.length = 0
  await expect(http.send({ method: 'GET', url: '/x' }, signal)).rejects.toMatchObject({ code: 'connection-lost' })
  expect(stub.waits.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(30_000)
})

const SAYS_WHY = { error: { code: '', message: 'An error has occurred.', innererror: { message: 'The action failed.' } } }

test.each([
  ['GET', false, { status: 500, raw: '<html>' }, 'thrown', 15],
  ['GET', false, { status: 500, body: SAYS_WHY }, 'answered', 15],
  ['POST', false, { status: 500, raw: '<html>' }, 'thrown', 1],
  ['POST', false, { status: 500, raw: '' }, 'thrown', 1],
  ['POST', false, { status: 500, body: SAYS_WHY }, 'answered', 1],
  ['POST', true, { status: 500, body: { error: { message: 'An error has occurred.' } } }, 'answered', 15],
  ['POST', true, { status: 500, body: SAYS_WHY }, 'answered', 1],
] as const)('a 500 that stays: %s, repeatable %s, %o is %s after %i requests', async (method, repeatable, answer, outcome, requests) => {
  const stub = await startStubService({ onTestFinished })
  const http = createHttpClient(stub.settings, { throttleDelayMs: 1000 })
  stub.on((request) => (request.url === '/x' ? answer : undefined))
  const sent = http.send({ method, url: '/x', repeatable }, signal)
  if (outcome === 'answered') expect((await sent).status).toBe(500)
  else await expect(sent).rejects.toMatchObject({ code: 'service-unavailable', retryable: true, details: { ambiguous: true, status: 500 } })
  expect(stub.requests).toHaveLength(requests)
  await http.close()
})

/** A budget that notes what it is asked and told. */
function notingBudget(events: string[]): RequestBudget {
  return {
    acquire: async () => void events.push('acquire'),
    report: async ({ latencyMs, ...report }) => {
      expect(latencyMs).toBeGreaterThanOrEqual(0)
      events.push(JSON.stringify(report))
    },
    exclusive: (_name, work) => work(),
  }
}

test('with a budget every request with a token asks it and tells it, sign-in and blobs do not, and pauses are waited for there', async (t) => {
  const events: string[] = []
  const { stub, http } = await start(t, { budget: notingBudget(events) })
  const limits = { 'x-ms-ratelimit-burst-remaining-xrm-requests': '17', 'x-ms-ratelimit-time-remaining-xrm-requests': '1,200.50' }
  let answers = 0
  stub.on((request) => {
    if (request.url !== '/x') return undefined
    answers += 1
    return [{ status: 429, headers: { 'retry-after': '37' } }, { status: 429 }, 'reset' as const, { status: 200, headers: limits }][
      answers - 1
    ]
  })
  await http.send({ method: 'GET', url: '/x' }, signal)
  await http.send({ method: 'GET', url: '/blob', withoutToken: true }, signal)
  expect(events).toEqual([
    'acquire',
    '{"status":429,"retryAfterMs":37000}',
    'acquire',
    '{"status":429}',
    'acquire',
    '{}',
    'acquire',
    '{"status":200,"remainingRequests":17,"remainingTimeMs":1200500}',
  ])
  expect(stub.waits).toEqual([800]) // the reset alone: pauses are the budget's
})

test('FO-111 a request that the limits leave alone takes no slot; a pause that it is asked for it waits for itself, and all are told', async (t) => {
  const events: string[] = []
  const { stub, http } = await start(t, { budget: notingBudget(events) })
  const answers = [200, 429, 200]
  stub.on((request) => {
    if (request.url !== '/package') return undefined
    expect(request.headers.authorization).toBe('Bearer token-1')
    const status = answers.shift() ?? 200
    return { status, ...(status === 429 && { headers: { 'retry-after': '7' } }) }
  })
  const call = () => http.send({ method: 'POST', url: '/package', body: '{}', isExempt: true }, signal)
  expect([(await call()).status, (await call()).status]).toEqual([200, 200])
  expect(events).toEqual(['{"status":429,"retryAfterMs":7000}'])
  expect(stub.waits).toEqual([7000])
})

test('a request asks the budget only when a connection is free for it', async (t) => {
  const events: string[] = []
  const { stub, http } = await start(t, { budget: notingBudget(events), connections: 2 })
  stub.on((request) => {
    // All that were let go have arrived or are about to: never more than two without an answer.
    const open = events.filter((event) => event === 'acquire').length - events.filter((event) => event !== 'acquire').length
    return request.url === '/x' ? { status: open <= 2 ? 200 : 418 } : undefined
  })
  const answers = await Promise.all(Array.from({ length: 12 }, () => http.send({ method: 'GET', url: '/x' }, signal)))
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 200))
})

test('a refused sign-in names the client and the code, never the secret', async (t) => {
  const { stub, http } = await start(t)
  stub.on((request) =>
    request.url === '/token'
      ? { status: 401, body: { error: 'invalid_client', error_description: 'AADSTS7000215: s3cret~value is wrong' } }
      : undefined,
  )
  const failure = await http.send({ method: 'GET', url: '/x' }, signal).catch((error) => error)
  expect(failure).toMatchObject({ category: 'auth', code: 'sign-in-refused', retryable: false })
  expect(failure.message).toContain('client-1')
  expect(JSON.stringify([failure.message, failure.details])).not.toContain('s3cret')
})

test('DV-112 a 429 waits exactly Retry-After, also for a write, which was not carried out', async (t) => {
  const { stub, http } = await start(t)
  let answers = 0
  stub.on((request) => {
    if (request.url !== '/x') return undefined
    answers += 1
    return answers < 3 ? { status: 429, headers: { 'retry-after': '37' }, body: {} } : { status: 204 }
  })
  expect((await http.send({ method: 'POST', url: '/x', body: '{}' }, signal)).status).toBe(204)
  expect(stub.waits).toEqual([37_000, 37_000])
})

test('DV-114 the limits that an answer tells are logged; they pace nothing where there is no budget', async (t) => {
  const stub = await startStubService(t)
  const logged: unknown[] = []
  const log = Object.assign(Object.create(silentLogger) as Logger, { debug: (facts: unknown) => logged.push(facts) })
  const http = createHttpClient({ ...stub.settings, log }, { throttleDelayMs: 1000 })
  t.onTestFinished(() => http.close())
  const headers = { 'x-ms-ratelimit-burst-remaining-xrm-requests': '0', 'x-ms-ratelimit-time-remaining-xrm-requests': '12,300.25' }
  stub.on((request) => (request.url === '/x' ? { status: 200, headers, body: {} } : undefined))
  await http.send({ method: 'GET', url: '/x' }, signal)
  await http.send({ method: 'GET', url: '/x' }, signal)
  expect(logged).toEqual(Array.from({ length: 2 }, () => ({ root: stub.root, remainingRequests: '0', remainingTime: '12,300.25' })))
  expect(stub.waits).toEqual([])
})

test('a wait that is longer than allowed is reported with its length', async (t) => {
  const { stub, http } = await start(t)
  stub.on((request) => (request.url === '/x' ? { status: 429, headers: { 'retry-after': '600' }, body: {} } : undefined))
  await expect(http.send({ method: 'GET', url: '/x' }, signal)).rejects.toMatchObject({
    category: 'throttling',
    code: 'throttled',
    retryable: true,
    retryAfterMs: 600_000,
  })
  expect(stub.waits).toEqual([])
})

test('a 503 and a broken connection are repeated for reads; for writes they are thrown as ambiguous', async (t) => {
  const { stub, http } = await start(t)
  let answers = 0
  stub.on((request) => {
    if (request.url !== '/x') return undefined
    answers += 1
    return answers === 1 ? { status: 503, body: {} } : answers === 2 ? 'reset' : { status: 200, body: {} }
  })
  expect((await http.send({ method: 'GET', url: '/x' }, signal)).status).toBe(200)
  expect(stub.waits).toHaveLength(2)
  stub.on((request) => (request.url === '/x' ? 'reset' : undefined))
  await expect(http.send({ method: 'POST', url: '/x', body: '{}' }, signal)).rejects.toMatchObject({
    code: 'connection-lost',
    retryable: true,
    details: { ambiguous: true },
  })
})

test('a host that does not listen is connection-unreachable', async (t) => {
  const { stub, http } = await start(t, { maxRepeats: 0, tokenUrl: 'http://127.0.0.1:1/token' })
  await expect(http.send({ method: 'GET', url: '/x' }, signal)).rejects.toMatchObject({
    category: 'connectivity',
    code: 'connection-unreachable',
    retryable: true,
  })
  expect(stub.requests).toEqual([])
})

test('an answer above the limit is refused, and an abort ends a request at once', async (t) => {
  const { stub, http } = await start(t, { maxResponseBytes: 1000 })
  stub.on((request) => (request.url === '/big' ? { status: 200, raw: 'x'.repeat(5000) } : undefined))
  await expect(http.send({ method: 'GET', url: '/big' }, signal)).rejects.toMatchObject({ code: 'response-too-large', retryable: false })
  const stop = new AbortController()
  stub.on((request) => {
    if (request.url === '/stop') stop.abort(new Error('stopped by a person'))
    return request.url === '/stop' ? { status: 200, body: {} } : undefined
  })
  await expect(http.send({ method: 'GET', url: '/stop' }, stop.signal)).rejects.toThrow('stopped by a person')
})

test.each([
  ['https://a.example/api/data/v9.2/accounts?$skiptoken=1', true],
  ['https://b.example/api/data/v9.2/accounts', false],
  ['http://a.example/api/data/v9.2/accounts', false],
  ['https://a.example/api/data/v9.1/accounts', false],
  ['https://a.example/api/data/v9.2/../../../evil', false],
  ['https://a.example@b.example/api/data/v9.2/', false],
  ['https://user:x@a.example/api/data/v9.2/', false],
  ['//b.example/api/data/v9.2/', false],
  ['javascript:alert(1)', false],
  ['accounts?$skiptoken=2', true],
])('a link of a feed is followed only inside the own root: %s -> %s', (link, allowed) => {
  const check = () => checkFeedLink(link, 'https://a.example/api/data/v9.2/')
  if (allowed) expect(check()).toContain('https://a.example/api/data/v9.2/accounts?')
  else expect(check).toThrow(expect.objectContaining({ code: 'link-refused' }))
})

test.each([
  ['37', 37_000],
  ['0', 0],
  ['1.5', 1500],
  ['Tue, 11 Feb 2025 09:31:00 GMT', 60_000],
  ['soon', undefined],
  [undefined, undefined],
])('Retry-After %s is %s ms', (header, expected) => {
  expect(retryAfterMs(header, new Date('2025-02-11T09:30:00Z'))).toBe(expected)
})

test('limited work starts nothing after a failure, and throws only when what runs has ended', async () => {
  const ended: number[] = []
  const work = async (item: number) => {
    await new Promise((resolve) => setImmediate(resolve))
    ended.push(item)
    if (item === 1) throw new Error('one')
    return item
  }
  await expect(mapLimited([1, 2, 3, 4, 5], 2, work)).rejects.toThrow('one')
  expect(ended).toEqual([1, 2])
})
