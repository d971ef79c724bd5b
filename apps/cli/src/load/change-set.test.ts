import { expect, test } from 'vitest'
import { sendChangeSet, type Write } from './change-set.ts'
import { type ApplicationClient, messageOf } from './http.ts'

interface Sent {
  path: string
  body: string
  contentType: string
}

/** A client that remembers what was sent and answers with the text given. */
function aClient(answer: string, sent: Sent[] = []): ApplicationClient {
  return {
    json: async () => undefined,
    text: async (path, body, contentType) => {
      sent.push({ path, body, contentType })
      return answer
    },
  }
}

const WRITES: readonly Write[] = [
  { method: 'POST', path: 'CustomersV2?cross-company=true', body: { OrganizationName: 'Ærø Båd' } },
  { method: 'PATCH', path: "ProductsV2(ProductNumber='A')", body: { ProductName: 'A' } },
]

const answerOf = (...parts: readonly string[]): string =>
  [
    '--batchresponse_1',
    'Content-Type: multipart/mixed; boundary=changesetresponse_2',
    '',
    ...parts,
    '--changesetresponse_2--',
    '--batchresponse_1--',
    '',
  ].join('\r\n')

const part = (status: string, ...body: readonly string[]): string =>
  [
    '--changesetresponse_2',
    'Content-Type: application/http',
    'Content-ID: 1',
    '',
    `HTTP/1.1 ${status}`,
    'OData-Version: 4.0',
    '',
    ...body,
  ].join('\r\n')

test('all writes go as one change set with lengths in bytes', async () => {
  const sent: Sent[] = []
  await sendChangeSet(aClient(answerOf(part('201 Created', '{}'), part('204 No Content', '')), sent), '/data', WRITES)
  expect(sent).toHaveLength(1)
  expect(sent[0]).toMatchObject({ path: '/data/$batch', contentType: 'multipart/mixed; boundary=batch_1' })
  const body = sent[0]?.body ?? ''
  expect(body.split('\r\n').every((line) => !line.includes('\n'))).toBe(true)
  expect(body.match(/^Content-ID: \d/gm)).toEqual(['Content-ID: 1', 'Content-ID: 2'])
  expect(body).toContain('POST /data/CustomersV2?cross-company=true HTTP/1.1\r\n')
  expect(body).toContain(`Content-Length: ${Buffer.byteLength('{"OrganizationName":"Ærø Båd"}')}\r\n\r\n{"OrganizationName":"Ærø Båd"}\r\n`)
  expect(body.endsWith('--changeset_1--\r\n\r\n--batch_1--\r\n')).toBe(true)
})

test.each([
  '400 Bad Request',
  '500 Internal Server Error',
  '412 Precondition Failed',
])('a part with %s is a refusal with its reason', async (status) => {
  const error = { error: { code: '', message: 'An error has occurred.', innererror: { message: 'The record already exists.' } } }
  await expect(sendChangeSet(aClient(answerOf(part(status, JSON.stringify(error)))), '/data', WRITES)).rejects.toMatchObject({
    code: 'application-refused',
    message: 'The record already exists.',
    details: { status: Number(status.slice(0, 3)) },
  })
})

test('a status that only stands in a body is none', async () => {
  await sendChangeSet(aClient(answerOf(part('201 Created', '{"Name":"HTTP/1.1 400 Bad Request"}'))), '/data', WRITES)
})

test.each([
  ['{"error":{"message":"outer","innererror":{"message":"middle","innererror":{"message":"deepest"}}}}', 'deepest'],
  ['{"error":{"code":"0x80040217","message":"Does Not Exist"}}', 'Does Not Exist'],
  ['{"Message":"No route"}', '{"Message":"No route"}'],
  ['<html>Bad Gateway</html>', '<html>Bad Gateway</html>'],
  ['', ''],
  ['null', 'null'],
])('the message of %s', (text, message) => {
  expect(messageOf(text)).toBe(message)
})
