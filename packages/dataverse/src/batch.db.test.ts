import { expect, test } from 'vitest'
import { guid, ROOT, startPlatform, type TestAnswer, type TestPlatform } from './platform.case.ts'

const operation = (request: string, options: { readonly id?: string; readonly body?: string; readonly headers?: string } = {}): string =>
  [
    'Content-Type: application/http',
    'Content-Transfer-Encoding: binary',
    ...(options.id === undefined ? [] : [`Content-ID: ${options.id}`]),
    '',
    `${request} HTTP/1.1`,
    ...(options.body === undefined ? [] : ['Content-Type: application/json']),
    ...(options.headers === undefined ? [] : [options.headers]),
    '',
    ...(options.body === undefined ? [''] : [options.body]),
  ].join('\r\n')

const multipart = (boundary: string, parts: readonly string[]): string =>
  `${parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('')}--${boundary}--\r\n`
const changeSet = (parts: readonly string[], name = 'changeset_1'): string =>
  `Content-Type: multipart/mixed; boundary=${name}\r\n\r\n${multipart(name, parts)}`

const batch = (send: TestPlatform['send'], parts: readonly string[], prefer?: string): Promise<TestAnswer> =>
  send('POST', '$batch', {
    headers: { 'content-type': 'multipart/mixed; boundary="batch_1"' },
    body: multipart('batch_1', parts),
    ...(prefer !== undefined && { prefer }),
  })

const statuses = (answer: TestAnswer): string[] => [...answer.text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map((match) => match[1] ?? '')

test('DV-086 DV-090 the first failure ends a batch, unless it may continue', async (t) => {
  const { send } = await startPlatform(t)
  const parts = [
    operation('GET accounts({G:01})?$select=name'),
    operation('GET accounts({G:ff})'),
    operation('DELETE /api/data/v9.2/accounts({G:10})'),
  ]
  const stopped = await batch(send, parts)
  expect([stopped.status, statuses(stopped)]).toEqual([400, ['200', '404']])
  const continued = await batch(send, parts, 'odata.continue-on-error')
  expect([continued.status, statuses(continued)]).toEqual([200, ['200', '404', '204']])
  const tooMany = await batch(
    send,
    Array.from({ length: 1001 }, () => operation('DELETE accounts({G:01})')),
  )
  expect(tooMany.status).toBe(400)
  expect((await send('GET', 'accounts({G:01})?$select=name')).status).toBe(200)
})

test('DV-087 DV-144 a change set with one failing part leaves nothing; GET has no place in one', async (t) => {
  const { send } = await startPlatform(t)
  const failed = await batch(send, [
    changeSet([
      operation('PATCH accounts({G:01})', { id: '1', body: '{"name":"Changed"}' }),
      operation('POST accounts', { id: '2', body: '{"name":"X","accountnumber":"HMS-1002"}' }),
      operation('DELETE accounts({G:10})', { id: '3' }),
    ]),
  ])
  expect([failed.status, statuses(failed)]).toEqual([400, ['412']])
  expect(failed.text).toContain('Content-ID: 2')
  expect((await send('GET', 'accounts({G:01})?$select=name')).json.name).toBe('Halvorsen Marine Supply')
  expect((await batch(send, [changeSet([operation('GET accounts', { id: '1' })])])).status).toBe(400)
  expect((await batch(send, [changeSet([operation('DELETE accounts({G:10})')])])).json.error.code).toBe('0x80060888')
})

test('DV-088 references in URLs and bodies; unknown and forward ones are refused', async (t) => {
  const { send } = await startPlatform(t)
  const done = await batch(send, [
    changeSet([
      operation('POST accounts', { id: 'a', body: '{"accountid":"{G:50}","name":"New"}', headers: 'Prefer: return=representation' }),
      operation('PATCH $a', { id: 'b', body: '{"address1_city":"Oslo"}' }),
      operation('PUT $a/primarycontactid/$ref', { id: 'c', body: '{"@odata.id":"contacts({G:02})"}' }),
      operation('POST contacts', { id: 'd', body: '{"contactid":"{G:51}","lastname":"Two","parentcustomerid_account@odata.bind":"$a"}' }),
    ]),
  ])
  expect([done.status, statuses(done)]).toEqual([200, ['201', '204', '204', '204']])
  const { json } = await send(
    'GET',
    'accounts({G:50})?$select=address1_city,_primarycontactid_value&$expand=contact_customer_accounts($select=lastname)',
  )
  expect(json).toMatchObject({
    address1_city: 'Oslo',
    _primarycontactid_value: guid('02'),
    contact_customer_accounts: [{ lastname: 'Two' }],
  })
  for (const body of ['{"primarycontactid@odata.bind":"$2"}', '{"primarycontactid@odata.bind":"$9"}']) {
    const answer = await batch(send, [
      changeSet([
        operation('PATCH accounts({G:10})', { id: '1', body }),
        operation('POST contacts', { id: '2', body: '{"lastname":"X"}' }),
      ]),
    ])
    expect(answer.status).toBe(400)
    expect(answer.text).toContain(`Content-ID Reference: '${body.includes('$2') ? '$2' : '$9'}' does not exist in the batch context.`)
  }
})

test('DV-130 lenient reading: bare boundary, LF, preamble, absolute URLs', async (t) => {
  const { send } = await startPlatform(t)
  const parts = [operation(`GET ${ROOT}/accounts({G:01})?$select=name`), operation('GET /api/data/v9.2/accounts({G:10})?$select=name')]
  const body = `preamble\r\n${multipart('b', parts)}epilogue`
  for (const text of [body, body.replaceAll('\r\n', '\n'), body.replaceAll('Content-Type', 'content-type')]) {
    const answer = await send('POST', '$batch', { headers: { 'content-type': 'multipart/mixed;boundary=b' }, body: text })
    expect([answer.status, statuses(answer)]).toEqual([200, ['200', '200']])
  }
  expect([400, 415]).toContain((await send('POST', '$batch', { body: { requests: [] } })).status)
  expect((await batch(send, [operation('POST $batch', { body: '{}' })])).status).toBe(400)
})
