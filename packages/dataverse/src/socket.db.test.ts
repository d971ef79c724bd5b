import { request } from 'node:http'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { startPlatform } from './platform.case.ts'

interface RawAnswer {
  readonly status: number | undefined
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

function call(url: string, options: { readonly token: string; readonly method?: string; readonly body?: string }): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method: options.method ?? 'GET',
        headers: { authorization: `Bearer ${options.token}`, ...(options.body !== undefined && { 'content-type': 'application/json' }) },
      },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('end', () =>
          resolve({ status: answer.statusCode, headers: answer.headers, text: Buffer.concat(chunks).toString('utf8') }),
        )
      },
    )
    sent.on('error', reject)
    sent.end(options.body)
  })
}

test('DV-006 the service answers over a socket: create, read, a long URL, a delete with a content type', async (t) => {
  const { platform, token } = await startPlatform(t)
  const base = await platform.app.listen({ port: 0, host: '127.0.0.1' })
  const root = `${base}/api/data/v9.2`
  const created = await call(`${root}/accounts`, { token, method: 'POST', body: '{"name":"Søren"}' })
  expect([created.status, created.text, created.headers['odata-version']]).toEqual([204, '', '4.0'])
  const read = await call(`${root}/accounts?$select=name&$filter=name%20eq%20%27S%C3%B8ren%27`, { token })
  expect([read.headers['content-type'], JSON.parse(read.text).value[0].name]).toEqual(['application/json; odata.metadata=minimal', 'Søren'])
  const long = Array.from({ length: 500 }, (_, n) => `name%20eq%20%27account%20${n}%27`).join('%20or%20')
  expect([200, 400]).toContain((await call(`${root}/accounts?$select=name&$filter=${long}`, { token })).status)
  expect((await call(`${root}/accounts?$filter=${'x'.repeat(40_000)}`, { token })).status).toBe(400)
  expect((await call(`${root}/accounts(${JSON.parse(read.text).value[0].accountid})`, { token, method: 'DELETE' })).status).toBe(204)
  expect(created.headers['x-ms-service-request-id']).toMatch(/^[0-9a-f-]{36}$/)
})

/** What comes back for bytes that are no request of any library. */
function sendRaw(base: string, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(base).port), '127.0.0.1', () => socket.write(bytes))
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk.toString()
    })
    socket.on('error', (error: Error & { code?: string }) => (error.code === 'ECONNRESET' ? resolve(text) : reject(error)))
    socket.on('close', () => resolve(text))
  })
}

test('DV-109 what is no HTTP gets the error body too, and the service lives on', async (t) => {
  const { platform, token } = await startPlatform(t)
  const base = await platform.app.listen({ port: 0, host: '127.0.0.1' })
  const path = '/api/data/v9.2/accounts'
  const head = `Host: x\r\nAuthorization: Bearer ${token}\r\n`
  for (const [status, bytes] of [
    [400, '\u0000\u0001\r\n\r\n'],
    [400, `FOO ${path} HTTP/1.1\r\n${head}\r\n`],
    [400, `POST ${path} HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}`],
    [400, `POST ${path} HTTP/1.1\r\n${head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`],
    [200, `GET http://x${path}?$select=name HTTP/1.1\r\n${head}Connection: close\r\n\r\n`],
  ] as const) {
    const answer = await sendRaw(base, bytes)
    expect([bytes.slice(0, 20), answer.slice(9, 12)]).toEqual([bytes.slice(0, 20), String(status)])
    if (status >= 400) expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '').error.message).toEqual(expect.any(String))
  }
  const aborted = connect(Number(new URL(base).port), '127.0.0.1', () => {
    aborted.write(`POST ${path} HTTP/1.1\r\n${head}Content-Type: application/json\r\nContent-Length: 900\r\n\r\n{"na`, () =>
      aborted.destroy(),
    )
  })
  await new Promise((resolve) => aborted.on('close', resolve))
  expect((await call(`${base}${path}?$select=name`, { token })).status).toBe(200)
})
