import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { type FeedRow, readFeed, type Side } from './feed.ts'

type Behaviour = (response: ServerResponse) => void

const json =
  (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Behaviour =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))

const GATEWAY: Behaviour = (response) =>
  response.writeHead(503, { 'retry-after': '0' }).end('<html><h1>503 Service Unavailable</h1></html>')
const THROTTLED = json(429, { error: { code: '0x80072322', message: 'too many requests' } }, { 'retry-after': '0' })
const CUT: Behaviour = (response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000', 'retry-after': '0' })
  response.write('{"value":[{"na', () => response.destroy())
}
const SILENT: Behaviour = (response) => response.destroy()
const EXPIRED = json(401, { error: { message: 'expired' } })
const ROWS = json(200, { value: [{ name: 'one' }] })

/** A side that behaves as told, request by request, the last way from then on; every sign-in gets another token. */
async function startSide(...behaviours: readonly [Behaviour, ...Behaviour[]]): Promise<{ readonly side: Side; readonly tokens: string[] }> {
  const left = [...behaviours]
  const tokens: string[] = []
  let signIns = 0
  const listener: RequestListener = (request, response) => {
    if (request.url === '/token') {
      signIns += 1
      return json(200, { access_token: `t${signIns}` })(response)
    }
    tokens.push(request.headers.authorization ?? '')
    const behave = left.length > 1 ? left.shift() : left[0]
    behave?.(response)
  }
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { side: { environmentType: 'CRM', url, tokenUrl: `${url}/token`, clientId: 'a', clientSecret: 'b' }, tokens }
}

async function read(side: Side): Promise<readonly FeedRow[]> {
  const rows: FeedRow[] = []
  for await (const page of readFeed(side, '/rows', AbortSignal.timeout(20_000))) rows.push(...page)
  return rows
}

test.for([
  ['a gateway that answers 503', GATEWAY],
  ['a 429', THROTTLED],
  ['an answer that is cut', CUT],
  ['a connection that ends without an answer', SILENT],
] as const)('a comparison reads again after %s', async ([, fault]) => {
  const { side } = await startSide(fault, fault, ROWS)
  expect(await read(side)).toEqual([{ name: 'one' }])
})

test('a token that has expired while a comparison reads is replaced', async () => {
  const { side, tokens } = await startSide(EXPIRED, ROWS)
  expect(await read(side)).toEqual([{ name: 'one' }])
  expect(tokens).toEqual(['Bearer t1', 'Bearer t2'])
})

test.for([
  ['keeps answering 503', GATEWAY, /: 503\. See whether/],
  ['refuses the token again and again', EXPIRED, /: 401 \{"error":\{"message":"expired"\}\}\. See/],
  ['refuses the query', json(400, { error: { message: 'no such column' } }), /: 400 .*no such column/],
] as const)('a comparison whose side %s fails with the address and the reason, not as unexpected', async ([, fault, message]) => {
  const { side } = await startSide(fault)
  await expect(read(side)).rejects.toMatchObject({
    code: 'comparison-read-failed',
    retryable: true,
    message: expect.stringMatching(message),
  })
})
