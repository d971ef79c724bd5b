import type { ConnectedEnvironment } from '@p2c/engine'
import { expect, test } from 'vitest'
import { createSideClient, readFact } from './side-client.ts'

const ENVIRONMENT: ConnectedEnvironment = {
  connectionSetName: 'cloud',
  environmentType: 'AX',
  connectionName: 'Cloud Supply Chain',
  baseUrl: 'https://scm.example/',
  settings: { tokenUrl: 'https://login.example/token', clientId: 'the-client' },
  secrets: { clientSecret: { value: 'the-secret' } },
}

interface Call {
  readonly url: string
  readonly authorization: string | undefined
}

/** A client whose service gives these answers one after the other, behind a sign-in. */
function clientWith(answers: readonly (() => Response)[], environment = ENVIRONMENT) {
  const calls: Call[] = []
  const fetch = (async (url: string, init?: RequestInit) => {
    if (url === 'https://login.example/token') return Response.json({ access_token: 'a-token' })
    calls.push({ url, authorization: (init?.headers as Record<string, string> | undefined)?.authorization })
    const answer = answers[calls.length - 1]
    if (answer === undefined) throw new TypeError('fetch failed')
    return answer()
  }) as typeof globalThis.fetch
  return { client: createSideClient({ environment, fetch, signal: AbortSignal.timeout(10_000) }), calls }
}

const page = (value: readonly unknown[], next?: string) => () =>
  Response.json({ value, ...(next !== undefined && { '@odata.nextLink': next }) })

test('rows are read page by page with one token, up to the limit', async () => {
  const { client, calls } = clientWith([page([{ a: 1 }, { a: 2 }], 'https://scm.example/data/X?page=2'), page([{ a: 3 }, { a: 4 }])])
  expect(await client.rows('/data/X', 3)).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }])
  expect(calls).toEqual([
    { url: 'https://scm.example/data/X', authorization: 'Bearer a-token' },
    { url: 'https://scm.example/data/X?page=2', authorization: 'Bearer a-token' },
  ])
})

test('a next page on another host is not followed: it would get the token', async () => {
  const { client, calls } = clientWith([page([], 'https://elsewhere.example/data/X')])
  await expect(client.rows('/data/X')).rejects.toMatchObject({ code: 'side-refused', message: expect.stringContaining('on another host') })
  expect(calls).toHaveLength(1)
})

test('a throttled call is repeated as the service asks', async () => {
  const throttled = () => new Response('', { status: 429, headers: { 'retry-after': '0.01' } })
  const { client, calls } = clientWith([throttled, throttled, page([{ a: 1 }])])
  expect(await client.rows('/data/X')).toEqual([{ a: 1 }])
  expect(calls).toHaveLength(3)
})

const cut = (): Response => {
  throw new TypeError('terminated')
}
const expired = (): Response => Response.json({ error: { message: 'expired' } }, { status: 401 })

test('a read is repeated where the answer was lost, the server failed or the token has expired; a write is sent once', async () => {
  const failing = () => new Response('<html>', { status: 500, headers: { 'retry-after': '0.01' } })
  const { client, calls } = clientWith([cut, failing, expired, page([{ a: 1 }])])
  expect(await client.rows('/data/X')).toEqual([{ a: 1 }])
  expect(calls).toHaveLength(4)
  const writing = clientWith([cut, page([])])
  await expect(writing.client.send('POST', '/data/X', {})).rejects.toMatchObject({ code: 'side-unreachable' })
  expect(writing.calls).toHaveLength(1)
})

test('a token that is refused again and again is a refusal', async () => {
  const { client, calls } = clientWith([expired, expired])
  await expect(client.get('/data/X')).rejects.toMatchObject({ code: 'side-refused', message: '/data/X was refused (401): expired' })
  expect(calls).toHaveLength(2)
})

test('a refusal carries the words of the service, and a page in place of JSON its status', async () => {
  const error = { error: { message: 'An error has occurred.', innererror: { message: 'No access to usmf.' } } }
  const { client } = clientWith([() => Response.json(error, { status: 403 }), () => new Response('<html>', { status: 302 })])
  await expect(client.get('/data/X?$top=1')).rejects.toMatchObject({ message: '/data/X was refused (403): No access to usmf.' })
  await expect(client.get('/data/Y')).rejects.toMatchObject({ message: '/data/Y was refused (302): no reason given' })
})

test('a system that does not answer is unknown with what to do', async () => {
  const { client } = clientWith([])
  expect(await readFact(() => client.get('/data/X'), AbortSignal.timeout(1000))).toEqual({
    known: false,
    reason: 'https://scm.example does not answer. See whether the system runs and whether the address of the connection is right.',
  })
})

test('a connection without its secret says what is missing, and a mistake of ours is none of the system', async () => {
  const { client } = clientWith([], { ...ENVIRONMENT, secrets: { clientSecret: { reference: 'env:SECRET' } } })
  await expect(client.get('/data/X')).rejects.toMatchObject({ code: 'connection-incomplete' })
  await expect(readFact(() => Promise.reject(new TypeError('ours')), AbortSignal.timeout(1000))).rejects.toThrow('ours')
})
