import { createManualClock } from '@p2c/base'
import { expect, test } from 'vitest'
import { createApplicationClient, pauseMs } from './http.ts'

const NOW = Date.parse('2024-03-01T08:00:00Z')

test.each([
  [null, 1000],
  ['', 1000],
  ['0', 0],
  ['2', 2000],
  ['0.5', 500],
  ['99999', 60_000],
  ['soon', 1000],
  ['Fri, 01 Mar 2024 08:00:05 GMT', 5000],
  ['Fri, 01 Mar 2024 07:00:00 GMT', 0],
])('Retry-After %j asks to wait %d ms', (text, expected) => {
  expect(pauseMs(text, NOW)).toBe(expected)
})

/** A client of an application that gives these answers one after the other. */
function aClient(...answers: readonly Response[]) {
  const left = [...answers]
  return createApplicationClient({
    baseUrl: 'http://sales.example',
    token: async () => 'T',
    fetch: async () => left.shift() ?? Promise.reject(new TypeError('fetch failed')),
    clock: createManualClock('2024-03-01T08:00:00Z'),
  })
}

const STATUSES: readonly (readonly [status: number, code: string])[] = [
  [400, 'application-refused'],
  [404, 'application-refused'],
  [412, 'application-refused'],
  [401, 'sign-in-refused'],
  [403, 'sign-in-refused'],
  [500, 'application-failed'],
  [502, 'application-failed'],
]

test.each(STATUSES)('status %d is %s, with the words of the application', async (status, code) => {
  const client = aClient(new Response(JSON.stringify({ error: { code: '1', message: 'Not so.' } }), { status }))
  await expect(client.json('GET', '/x?$top=1')).rejects.toMatchObject({ code, message: expect.stringMatching(/^\/x .*Not so\./) })
})

test('what is refused for its rate is sent again, as often as is sensible', async () => {
  const busy = (status: number) => new Response('busy', { status, headers: { 'retry-after': '0' } })
  expect(await aClient(busy(429), busy(503), new Response('{"a":1}')).json('GET', '/x')).toEqual({ a: 1 })
  await expect(aClient(...Array.from({ length: 6 }, () => busy(429))).json('GET', '/x')).rejects.toMatchObject({ code: 'throttled' })
})

test('no answer, and an answer that is no JSON, are told from a refusal', async () => {
  await expect(aClient().json('GET', '/x')).rejects.toMatchObject({ code: 'application-unreachable', retryable: true })
  await expect(aClient(new Response('<html>')).json('GET', '/x')).rejects.toMatchObject({ code: 'application-failed' })
})

test('with patience an application that is away is waited for; a refusal and the end of the patience are told at once', async () => {
  const clock = createManualClock('2024-03-01T08:00:00Z')
  const away = () => {
    clock.advance(40_000)
    return Promise.reject(new TypeError('fetch failed'))
  }
  const answers = [away, away, async () => new Response('{"a":1}'), async () => new Response('{}', { status: 400 }), away, away, away, away]
  const client = createApplicationClient({
    baseUrl: 'http://sales.example',
    token: async () => 'T',
    fetch: () => answers.shift()?.() ?? away(),
    clock,
    patienceMs: 90_000,
  })
  expect(await client.json('GET', '/x')).toEqual({ a: 1 })
  await expect(client.json('GET', '/x')).rejects.toMatchObject({ code: 'application-refused' })
  await expect(client.json('GET', '/x')).rejects.toMatchObject({ code: 'application-unreachable' })
  expect(answers).toHaveLength(1)
})

test('headers go along', async () => {
  const sent: unknown[] = []
  const client = createApplicationClient({
    baseUrl: 'http://sales.example',
    token: async () => 'T',
    fetch: async (_url, init) => {
      sent.push(init?.headers)
      return new Response('{}')
    },
    clock: createManualClock('2024-03-01T08:00:00Z'),
  })
  await client.json('POST', '/x', {}, { 'Idempotency-Key': 'k' })
  expect(sent).toEqual([expect.objectContaining({ 'Idempotency-Key': 'k', authorization: 'Bearer T' })])
})
